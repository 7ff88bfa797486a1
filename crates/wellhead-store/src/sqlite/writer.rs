//! The thread that has the file.

use std::time::Duration;

use bytes::Bytes;
use tokio::{
    runtime::Runtime,
    sync::{OwnedSemaphorePermit, mpsc, oneshot},
    time::{Instant, timeout_at},
};

use super::file::{AT_ONCE, File, Values};
use crate::{StoreError, clock::Clock};

/// How many calls share a transaction at most.
const TOGETHER: usize = 1024;
/// How many bytes of values share a transaction; the last one may be beyond it.
const TOGETHER_BYTES: usize = 16 * 1024 * 1024;
/// When expired values are looked for again if there were no more of them.
const REST: Duration = Duration::from_secs(10);
/// When more of them are removed: up to 5,000 a second.
const BREATH: Duration = Duration::from_millis(20);

/// What is to be done, and who waits for it.
pub(super) struct Call {
    pub(super) request: Request,
    pub(super) answer: oneshot::Sender<Result<Option<Bytes>, StoreError>>,
    /// What its value takes of the memory for those that wait.
    pub(super) _room: OwnedSemaphorePermit,
}

pub(super) enum Request {
    Put {
        key: String,
        value: Bytes,
        until: i64,
    },
    Get {
        key: String,
    },
    Take {
        key: String,
    },
}

impl Request {
    /// How many bytes of values it brings.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Put { value, .. } => value.len(),
            Self::Get { .. } | Self::Take { .. } => 0,
        }
    }

    fn writes(&self) -> bool {
        !matches!(self, Self::Get { .. })
    }
}

impl Call {
    fn run(&self, values: &Values<'_>, now: i64) -> rusqlite::Result<Option<Bytes>> {
        match &self.request {
            Request::Put { key, value, until } => {
                values.put(key, value, *until)?;
                Ok(None)
            }
            // Who no longer waits for a value has not got it.
            Request::Get { .. } | Request::Take { .. } if self.answer.is_closed() => Ok(None),
            Request::Get { key } => values.get(key, now),
            Request::Take { key } => values.take(key, now),
        }
    }

    fn answer(self, answer: Result<Option<Bytes>, StoreError>) {
        // Nobody may be waiting any more, which is fine.
        let _ = self.answer.send(answer);
    }
}

/// What the thread works with.
pub(super) struct Writer {
    file: File,
    calls: mpsc::Receiver<Call>,
    clock: Clock,
    sweep_at: Instant,
    /// Something was written since the disk was made to have it.
    is_dirty: bool,
    /// That there is no room is told once.
    has_been_full: bool,
}

impl Writer {
    pub(super) fn new(file: File, calls: mpsc::Receiver<Call>, clock: Clock) -> Self {
        Self {
            file,
            calls,
            clock,
            sweep_at: Instant::now(),
            is_dirty: false,
            has_been_full: false,
        }
    }

    /// Goes on until nobody can call any more, and all who did have been served. The runtime is there to wait until there
    /// is a call or it is time, nothing else.
    pub(super) fn run(mut self, runtime: &Runtime) {
        runtime.block_on(async {
            loop {
                match timeout_at(self.sweep_at, self.calls.recv()).await {
                    Ok(Some(call)) => self.serve(call),
                    Ok(None) => break,
                    Err(_) => {}
                }
                // Also when there are calls without end.
                if Instant::now() >= self.sweep_at {
                    self.sweep();
                }
            }
        });
    }

    /// Serves a call and those that wait behind it.
    fn serve(&mut self, first: Call) {
        let mut calls = vec![first];
        while calls.len() < TOGETHER
            && let Ok(call) = self.calls.try_recv()
        {
            calls.push(call);
        }
        while !calls.is_empty() {
            calls = self.serve_together(calls);
        }
    }

    /// Serves as many as may share a transaction, and gives back the others.
    fn serve_together(&mut self, mut calls: Vec<Call>) -> Vec<Call> {
        let now = self.clock.unix_millis();
        let mut answers = Vec::new();
        let done = self.file.transaction(|values| {
            let mut bytes = 0;
            for call in &calls {
                let answer = call.run(values, now)?;
                bytes += call.request.size() + answer.as_ref().map_or(0, Bytes::len);
                answers.push(answer);
                if bytes >= TOGETHER_BYTES {
                    break;
                }
            }
            Ok(())
        });
        let others = match done {
            Ok(()) => calls.split_off(answers.len()),
            Err(_) => Vec::new(),
        };
        let has_written = calls.iter().any(|call| call.request.writes());
        match done {
            Ok(()) => {
                for (call, answer) in calls.into_iter().zip(answers) {
                    call.answer(Ok(answer));
                }
            }
            Err(error) => self.serve_one_by_one(calls, &error),
        }
        if has_written {
            self.is_dirty = true;
            self.make_room();
        }
        others
    }

    /// What one cannot do, as on a full disk, does not stop the others. But a program that has the file locked is waited
    /// for once, not for each; who only reads need not wait for it.
    fn serve_one_by_one(&mut self, calls: Vec<Call>, error: &StoreError) {
        let now = self.clock.unix_millis();
        let is_locked = matches!(error, StoreError::Locked { .. });
        for call in calls {
            let done = if is_locked && call.request.writes() {
                Err(error.clone())
            } else {
                self.file.transaction(|values| call.run(values, now))
            };
            call.answer(done);
        }
    }

    fn make_room(&mut self) {
        match self.file.make_room() {
            Ok(0) => {}
            Ok(_) if self.has_been_full => {}
            Ok(removed) => {
                self.has_been_full = true;
                tracing::warn!(
                    removed,
                    "the store has no more room; what would expire first is forgotten"
                );
            }
            Err(error) => tracing::error!(%error, "the store cannot make room"),
        }
    }

    fn sweep(&mut self) {
        let pause = match self.file.sweep(self.clock.unix_millis()) {
            Ok(removed) => {
                self.is_dirty |= removed > 0;
                match removed {
                    AT_ONCE => BREATH,
                    _ => {
                        self.sync();
                        REST
                    }
                }
            }
            Err(error) => {
                tracing::error!(%error, "what has expired cannot be removed");
                REST
            }
        };
        self.sweep_at = Instant::now() + pause;
    }

    /// Has the disk take what it has not taken yet, since SQLite itself waits until there is more of it.
    fn sync(&mut self) {
        if !self.is_dirty {
            return;
        }
        match self.file.sync() {
            Ok(()) => self.is_dirty = false,
            Err(error) => tracing::error!(%error, "the disk does not take what is kept"),
        }
    }
}
