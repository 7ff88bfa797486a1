//! Lets a debugger attach to isolates and processes: who there is, and the channel to each. The HTTP and WebSocket server
//! that DevTools speaks to is not here.

use std::cmp::Reverse;
use std::fmt;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::stream::{Stream, StreamExt};

/// Time without a limit, for what stops at breakpoints.
pub(crate) const ENDLESS: Duration = Duration::from_secs(24 * 60 * 60);

/// The isolates and processes that a debugger can attach to. Cheap to clone; all clones are one.
///
/// Put one into [`EngineOptions::inspect`](crate::EngineOptions::inspect) and keep a clone. What a session sends and
/// receives are messages of the [Chrome DevTools protocol](https://chromedevtools.github.io/devtools-protocol/), as text.
///
/// What stops at a breakpoint must have no limits of time, so an engine that has an inspector has none of them at all:
/// this is for development only.
#[derive(Clone, Default)]
pub struct Inspector {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    targets: Mutex<Vec<Target>>,
    /// How many engines were started with this inspector.
    engines: AtomicU64,
}

/// An isolate or a process that a debugger can attach to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InspectTarget {
    /// Its number; what replaces it has another.
    pub id: u64,
    /// What it is, for people.
    pub title: String,
    /// The folder of the bundle that it runs: what scripts and their source maps are in.
    pub root: PathBuf,
    /// The entry module, relative to `root`.
    pub entry: String,
}

/// The way to a target.
#[derive(Debug)]
#[non_exhaustive]
pub enum Attachment {
    /// It is in this process.
    Session(InspectSession),
    /// It has an inspector of its own, at this address: `ws://127.0.0.1:…`.
    Address(String),
}

/// A debugger's connection to an isolate; ends when dropped, and lets an isolate go on that it had stopped.
pub struct InspectSession {
    send: Box<dyn Fn(String) -> bool + Send + Sync>,
    receive: Pin<Box<dyn Stream<Item = String> + Send>>,
}

type Connect = Box<dyn Fn() -> Option<Attachment> + Send>;

struct Target {
    /// The engine that has it and its place there; lists begin with the newest engine.
    place: (Reverse<u64>, usize),
    shown: InspectTarget,
    connect: Connect,
}

impl Inspector {
    /// An inspector without targets; an engine that is started with it adds them.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What there is now: the newest engine's first, in the order in which they get requests.
    #[must_use]
    pub fn targets(&self) -> Vec<InspectTarget> {
        let targets = self.lock();
        targets.iter().map(|target| target.shown.clone()).collect()
    }

    /// The way to a target; `None` if it is gone.
    #[must_use]
    pub fn attach(&self, id: u64) -> Option<Attachment> {
        let targets = self.lock();
        let target = targets.iter().find(|target| target.shown.id == id)?;
        (target.connect)()
    }

    /// A place for the targets of an engine that starts.
    pub(crate) fn engine(&self, root: PathBuf, entry: String) -> EngineTargets {
        EngineTargets {
            inspector: self.clone(),
            number: self.shared.engines.fetch_add(1, Ordering::Relaxed),
            root,
            entry,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Target>> {
        self.shared
            .targets
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an engine adds its targets by.
#[derive(Debug)]
pub(crate) struct EngineTargets {
    inspector: Inspector,
    number: u64,
    root: PathBuf,
    entry: String,
}

impl EngineTargets {
    /// Adds a target until the registration is dropped.
    pub(crate) fn add(&self, slot: usize, title: String, connect: Connect) -> Registration {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let target = Target {
            place: (Reverse(self.number), slot),
            shown: InspectTarget {
                id,
                title,
                root: self.root.clone(),
                entry: self.entry.clone(),
            },
            connect,
        };
        let mut targets = self.inspector.lock();
        // What replaces a target comes before it.
        let at = targets.partition_point(|other| other.place < target.place);
        targets.insert(at, target);
        drop(targets);
        Registration {
            inspector: self.inspector.clone(),
            id,
        }
    }
}

impl InspectSession {
    /// A session of anything that takes messages and gives messages. `send` says whether there is still someone to take
    /// them; the end of `receive` is the end of the session.
    pub fn new(
        send: impl Fn(String) -> bool + Send + Sync + 'static,
        receive: impl Stream<Item = String> + Send + 'static,
    ) -> Self {
        Self {
            send: Box::new(send),
            receive: Box::pin(receive),
        }
    }

    /// Sends a message to the isolate; `false` when it is gone.
    pub fn send(&self, message: String) -> bool {
        (self.send)(message)
    }

    /// The next message of the isolate; `None` when it is gone. Cancel-safe.
    pub async fn next(&mut self) -> Option<String> {
        self.receive.next().await
    }
}

/// Takes a target out when dropped.
#[derive(Debug)]
pub(crate) struct Registration {
    inspector: Inspector,
    id: u64,
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_engine_and_what_replaces_a_target_come_first() {
        let inspector = Inspector::new();
        let add = |engine: &EngineTargets, slot, title: &str| {
            engine.add(slot, title.into(), Box::new(|| None))
        };
        let old = inspector.engine("/old".into(), String::new());
        let second = add(&old, 1, "old 1");
        let _first = add(&old, 0, "old 0");
        let new = inspector.engine("/new".into(), String::new());
        let _new = add(&new, 0, "new 0");
        let _replaced = add(&old, 0, "old 0 again");
        let titles = |inspector: &Inspector| -> Vec<String> {
            let targets = inspector.targets().into_iter();
            targets.map(|target| target.title).collect()
        };
        assert_eq!(
            titles(&inspector),
            ["new 0", "old 0 again", "old 0", "old 1"]
        );
        drop(second);
        assert_eq!(titles(&inspector), ["new 0", "old 0 again", "old 0"]);
    }
}
