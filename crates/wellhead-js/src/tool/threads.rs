//! The threads of a tool: they take calls from one queue, each with an instance of the program, whatever the engine.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};

use crate::JsError;

/// A program that is loaded, on the thread that it belongs to.
pub(crate) trait Instance: Sized {
    /// What instances are made from.
    type Source: Send + Sync + 'static;

    /// The bytes of stack that a thread has; the system's default where there is none.
    const STACK_BYTES: Option<usize> = None;

    /// Loads the program. `give_up` is for who finds that the thread does not come back, now or later.
    fn load(source: &Self::Source, give_up: GiveUp) -> Result<Self, JsError>;

    /// Calls a function with a JSON list, for JSON.
    fn call(&mut self, function: String, arguments: String) -> Result<String, JsError>;

    /// Whether it is of no more use and has to be replaced.
    fn is_spent(&self) -> bool;
}

/// Answers in place of a thread that does not come back, and leaves it behind. Anybody may call it, more than once.
pub(crate) type GiveUp = Arc<dyn Fn(JsError) + Send + Sync>;

/// The handle of a tool's threads. They end when the last clone is dropped.
pub(crate) struct Threads<I: Instance> {
    closer: Arc<Closer<I::Source>>,
}

impl<I: Instance> Clone for Threads<I> {
    fn clone(&self) -> Self {
        Self {
            closer: Arc::clone(&self.closer),
        }
    }
}

/// Closes the queue when the last handle is dropped.
struct Closer<S>(Arc<Shared<S>>);

struct Shared<S> {
    source: S,
    /// How many threads there may be.
    most: usize,
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    calls: VecDeque<Call>,
    running: usize,
    idle: usize,
    closed: bool,
}

struct Call {
    function: String,
    arguments: String,
    reply: mpsc::SyncSender<Result<String, JsError>>,
}

/// Where a thread tells whether the program loads.
type Ready = mpsc::SyncSender<Result<(), JsError>>;

/// What a thread is at.
#[derive(Default)]
struct Post(Mutex<Duty>);

#[derive(Default)]
enum Duty {
    /// Nothing that anybody waits for.
    #[default]
    None,
    Start(Ready),
    Call(mpsc::SyncSender<Result<String, JsError>>),
    /// Nothing any more: the thread was given up.
    GivenUp,
}

impl Post {
    /// Notes what the thread is at; `false` if it was given up meanwhile.
    fn is_at(&self, duty: Duty) -> bool {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let goes_on = !matches!(*current, Duty::GivenUp);
        if goes_on {
            *current = duty;
        }
        goes_on
    }

    /// Gives the thread up, and answers who waits for it; `false` if it was given up before.
    fn give_up(&self, error: JsError) -> bool {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *current, Duty::GivenUp) {
            Duty::GivenUp => return false,
            Duty::None => {}
            Duty::Start(ready) => drop(ready.send(Err(error))),
            Duty::Call(reply) => drop(reply.send(Err(error))),
        }
        true
    }
}

impl<I: Instance> Threads<I> {
    /// Starts one thread and waits until it has loaded the program; others start when there are calls for them.
    ///
    /// # Errors
    /// The program does not load.
    pub(crate) fn start(source: I::Source, most: usize) -> Result<Self, JsError> {
        let shared = Arc::new(Shared {
            source,
            most,
            state: Mutex::new(State {
                running: 1,
                ..State::default()
            }),
            wake: Condvar::new(),
        });
        let (ready, started) = mpsc::sync_channel(1);
        spawn::<I>(&shared, Some(ready))?;
        started.recv().unwrap_or_else(|_| Err(ended()))?;
        Ok(Self {
            closer: Arc::new(Closer(shared)),
        })
    }

    /// Calls a function on the next thread that is free.
    pub(crate) fn call(&self, function: &str, arguments: String) -> Result<String, JsError> {
        let Closer(shared) = &*self.closer;
        let (reply, result) = mpsc::sync_channel(1);
        let mut state = shared.lock();
        state.calls.push_back(Call {
            function: function.into(),
            arguments,
            reply,
        });
        drop(state);
        shared.wake.notify_one();
        start_another::<I>(shared);
        result.recv().unwrap_or_else(|_| Err(ended()))
    }
}

impl<S> Drop for Closer<S> {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.wake.notify_all();
    }
}

impl<S> Shared<S> {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock; the state is whole in any case.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next call, waiting for it; `None` once the tool is closed.
    fn next(&self) -> Option<Call> {
        let mut state = self.lock();
        loop {
            if let Some(call) = state.calls.pop_front() {
                return Some(call);
            }
            if state.closed {
                return None;
            }
            state.idle += 1;
            state = self
                .wake
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }
}

fn ended() -> JsError {
    JsError::engine("the tool's thread has ended")
}

/// Starts a thread where calls wait and there may be more threads.
fn start_another<I: Instance>(shared: &Arc<Shared<I::Source>>) {
    let mut state = shared.lock();
    if state.calls.len() <= state.idle || state.running >= shared.most {
        return;
    }
    state.running += 1;
    drop(state);
    if spawn::<I>(shared, None).is_err() {
        let mut state = shared.lock();
        state.running -= 1;
        if state.running == 0 {
            // Nobody takes them; elsewhere they wait for the threads that are there.
            state.calls.clear();
        }
    }
}

fn spawn<I: Instance>(
    shared: &Arc<Shared<I::Source>>,
    ready: Option<Ready>,
) -> Result<(), JsError> {
    let shared = Arc::clone(shared);
    let mut thread = std::thread::Builder::new().name("wellhead-tool".into());
    if let Some(bytes) = I::STACK_BYTES {
        thread = thread.stack_size(bytes);
    }
    thread
        .spawn(move || work::<I>(&shared, ready))
        .map(drop)
        .map_err(|error| JsError::engine(format!("the system cannot start a thread: {error}")))
}

/// Takes calls until the tool is closed. An instance that is spent is replaced.
fn work<I: Instance>(shared: &Arc<Shared<I::Source>>, mut ready: Option<Ready>) {
    let post = Arc::new(Post::default());
    let give_up: GiveUp = {
        let (shared, post) = (Arc::clone(shared), Arc::clone(&post));
        Arc::new(move |error| {
            if post.give_up(error) {
                shared.lock().running -= 1;
                start_another::<I>(&shared);
            }
        })
    };
    loop {
        post.is_at(ready.clone().map_or(Duty::None, Duty::Start));
        let loaded = I::load(&shared.source, Arc::clone(&give_up));
        if !post.is_at(Duty::None) {
            return;
        }
        let mut instance = match loaded {
            Ok(instance) => instance,
            Err(error) => {
                if let Some(ready) = ready.take() {
                    let _ = ready.send(Err(error));
                    return;
                }
                // The program loaded on another thread, so this is of the moment: the call that waits is told.
                let Some(call) = shared.next() else { return };
                let _ = call.reply.send(Err(error));
                continue;
            }
        };
        if let Some(ready) = ready.take() {
            let _ = ready.send(Ok(()));
        }
        while !instance.is_spent() {
            let Some(call) = shared.next() else { return };
            post.is_at(Duty::Call(call.reply.clone()));
            let result = instance.call(call.function, call.arguments);
            if !post.is_at(Duty::None) {
                return;
            }
            // The caller may have been dropped with its thread.
            let _ = call.reply.send(result);
        }
    }
}
