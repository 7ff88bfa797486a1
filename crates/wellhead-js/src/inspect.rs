//! Lets a debugger attach to isolates: the channel, without the HTTP and WebSocket server that DevTools speaks to.

use std::fmt;
use std::pin::Pin;
#[cfg(has_v8)]
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::stream::{Stream, StreamExt};

/// The isolates that a debugger can attach to. Cheap to clone; all clones are one.
///
/// Put one into [`EngineOptions::inspect`](crate::EngineOptions::inspect) and keep a clone. What a session sends and
/// receives are messages of the [Chrome DevTools protocol](https://chromedevtools.github.io/devtools-protocol/), as text.
///
/// An isolate that stops at a breakpoint has no limits of time, so this is for development only.
#[derive(Clone, Default)]
pub struct Inspector {
    targets: Arc<Mutex<Vec<Target>>>,
}

/// An isolate that a debugger can attach to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectTarget {
    /// Its number; the isolate that replaces it has another.
    pub id: u64,
    /// What it is, for people.
    pub title: String,
}

/// A debugger's connection to an isolate; ends when dropped.
pub struct InspectSession {
    pub(crate) send: Box<dyn Fn(String) -> bool + Send + Sync>,
    pub(crate) receive: Pin<Box<dyn Stream<Item = String> + Send>>,
}

type Connect = Box<dyn Fn() -> Option<InspectSession> + Send>;

struct Target {
    shown: InspectTarget,
    connect: Connect,
}

impl Inspector {
    /// An inspector without isolates; an engine that is started with it adds them.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The isolates that there are now.
    #[must_use]
    pub fn targets(&self) -> Vec<InspectTarget> {
        self.lock()
            .iter()
            .map(|target| target.shown.clone())
            .collect()
    }

    /// Attaches to an isolate; `None` if it is gone.
    #[must_use]
    pub fn attach(&self, id: u64) -> Option<InspectSession> {
        let targets = self.lock();
        let target = targets.iter().find(|target| target.shown.id == id)?;
        (target.connect)()
    }

    /// Adds an isolate until the registration is dropped.
    #[cfg(has_v8)]
    pub(crate) fn add(&self, title: String, connect: Connect) -> Registration {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let shown = InspectTarget { id, title };
        self.lock().push(Target { shown, connect });
        Registration {
            inspector: self.clone(),
            id,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Target>> {
        self.targets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl InspectSession {
    /// Sends a message to the isolate; `false` when it is gone.
    pub fn send(&self, message: String) -> bool {
        (self.send)(message)
    }

    /// The next message of the isolate; `None` when it is gone. Cancel-safe.
    pub async fn next(&mut self) -> Option<String> {
        self.receive.next().await
    }
}

/// Takes an isolate out when dropped.
#[cfg(has_v8)]
pub(crate) struct Registration {
    inspector: Inspector,
    id: u64,
}

#[cfg(has_v8)]
impl Drop for Registration {
    fn drop(&mut self) {
        self.inspector
            .lock()
            .retain(|target| target.shown.id != self.id);
    }
}

impl fmt::Debug for Inspector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Inspector").field(&self.targets()).finish()
    }
}

impl fmt::Debug for InspectSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InspectSession").finish_non_exhaustive()
    }
}
