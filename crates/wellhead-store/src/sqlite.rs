//! A store in a file, which outlives its process.
//!
//! ```text
//! callers ── bounded channel ── one thread ── one transaction for all that waits ── file
//! ```
//!
//! Callers wait without blocking their thread. The more of them wait, the more share a transaction, so that ten thousand saves at once
//! cost little more than the bytes.

mod failure;
mod file;
#[cfg(test)]
mod tests;
mod writer;

use std::{
    fmt,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    runtime::Builder,
    sync::{Semaphore, mpsc, oneshot, watch},
};

use crate::{
    Memory, Store, StoreError, StoreFuture, Subscription, check_name, check_value, clock::Clock,
};
use file::File;
use writer::{Call, Request, Writer};

/// How many bytes of values are kept in the file.
const ROOM: u64 = 1024 * 1024 * 1024;
/// How many calls wait for the thread; then callers wait for room.
const WAITING: usize = 1024;
/// How many bytes of values wait for the thread; then callers wait for room.
const WAITING_BYTES: usize = 64 * 1024 * 1024;

/// A store in a SQLite file: up to 1 GiB of values, which outlive the process, also if that is killed.
///
/// What [`Store::put`] and [`Store::take`] have said is done survives the process. A loss of power may cost the last ten seconds or so,
/// and leaves the file sound. Values expire by the clock of the machine. If there is no room, those go first that would
/// expire first. The file does not shrink, but what was used before is used again.
///
/// Topics, their messages and members are those of this process, as in [`Memory`]. So one process has the file, and
/// others are refused; servers that are to share topics need a store that is a server itself.
///
/// Beside the file are SQLite's own, its name with `-wal` and `-shm`, and one with `.lock`, which stays: the file is in use as long as a
/// process holds a lock on that, which ends with the process. All are made for their owner only, since there is the state
/// of sessions in them.
///
/// ```
/// use std::time::Duration;
/// use wellhead_store::{Sqlite, Store};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), wellhead_store::StoreError> {
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("state.db");
/// let store = Sqlite::open(&path).await?;
/// store.put("key", "value".into(), Duration::MAX).await?;
/// store.close().await?;
///
/// let store = Sqlite::open(&path).await?;
/// assert_eq!(store.get("key").await?.unwrap(), "value");
/// # Ok(())
/// # }
/// ```
///
/// [`Store::close`] waits until all is done and the file is free for another. Dropping the store does so too, but blocks
/// its thread meanwhile.
pub struct Sqlite {
    topics: Memory,
    /// There until it is closed.
    calls: Mutex<Option<mpsc::Sender<Call>>>,
    /// For values that wait.
    room: Arc<Semaphore>,
    clock: Clock,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// Ends with the thread.
    ended: watch::Receiver<()>,
}

impl Sqlite {
    /// Opens the file, or makes it. Its folder has to be there.
    ///
    /// Has to be called on a tokio runtime. If the future is dropped, nothing stays open.
    ///
    /// # Errors
    ///
    /// [`StoreError`] says what is wrong with the file: another process has it, it is no database, it cannot be
    /// written, …
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with_room_for(path, ROOM).await
    }

    /// The same for a file of another size, in bytes.
    ///
    /// # Errors
    ///
    /// As of [`Sqlite::open`].
    pub async fn open_with_room_for(
        path: impl AsRef<Path>,
        bytes: u64,
    ) -> Result<Self, StoreError> {
        Self::open_at(path.as_ref(), bytes, Clock::default()).await
    }

    pub(crate) async fn open_at(path: &Path, room: u64, clock: Clock) -> Result<Self, StoreError> {
        let path = path.to_owned();
        let opened = tokio::task::spawn_blocking(move || File::open(&path, room)).await;
        Self::start(opened.map_err(|error| unavailable(&error))??, clock)
    }

    fn start(file: File, clock: Clock) -> Result<Self, StoreError> {
        let (calls, waiting) = mpsc::channel(WAITING);
        let (ends, ended) = watch::channel(());
        let writer = Writer::new(file, waiting, clock.clone());
        let runtime = Builder::new_current_thread().enable_time().build();
        let runtime = runtime.map_err(|error| unavailable(&error))?;
        let thread = thread::Builder::new()
            .name("wellhead-store".into())
            .spawn(move || {
                writer.run(&runtime);
                // The file is free now.
                drop(ends);
            });
        Ok(Self {
            topics: Memory::default(),
            calls: Mutex::new(Some(calls)),
            room: Arc::new(Semaphore::new(WAITING_BYTES)),
            clock,
            thread: Mutex::new(Some(thread.map_err(|error| unavailable(&error))?)),
            ended,
        })
    }

    /// Has the thread do something, and waits for it.
    async fn call(&self, request: Request) -> Result<Option<Bytes>, StoreError> {
        let calls = lock(&self.calls).clone().ok_or(StoreError::Closed)?;
        let bytes = u32::try_from(request.size()).expect("values that are too long are refused");
        let room = Arc::clone(&self.room).acquire_many_owned(bytes).await;
        let (answer, answered) = oneshot::channel();
        let call = Call {
            request,
            answer,
            _room: room.map_err(|error| unavailable(&error))?,
        };
        let gone = |_| StoreError::Unavailable {
            message: "its thread has ended".into(),
        };
        calls.send(call).await.map_err(|_| StoreError::Closed)?;
        drop(calls);
        answered.await.map_err(gone)?
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unavailable(error: &impl ToString) -> StoreError {
    StoreError::Unavailable {
        message: error.to_string(),
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        lock(&self.calls).take();
        let thread = lock(&self.thread).take();
        // A waker that the thread wakes may have been the last that held the store.
        if let Some(thread) = thread.filter(|it| it.thread().id() != thread::current().id()) {
            // If it panicked, that was told when it did.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sqlite")
    }
}

impl Store for Sqlite {
    fn publish<'s>(&'s self, topic: &'s str, message: Bytes) -> StoreFuture<'s, ()> {
        self.topics.publish(topic, message)
    }

    fn subscribe<'s>(&'s self, topic: &'s str) -> StoreFuture<'s, Subscription> {
        self.topics.subscribe(topic)
    }

    fn enter<'s>(
        &'s self,
        topic: &'s str,
        member: &'s str,
        about: Bytes,
        keep: Duration,
    ) -> StoreFuture<'s, ()> {
        self.topics.enter(topic, member, about, keep)
    }

    fn exit<'s>(&'s self, topic: &'s str, member: &'s str) -> StoreFuture<'s, ()> {
        self.topics.exit(topic, member)
    }

    fn members<'s>(&'s self, topic: &'s str) -> StoreFuture<'s, Vec<(String, Bytes)>> {
        self.topics.members(topic)
    }

    fn put<'s>(&'s self, key: &'s str, value: Bytes, keep: Duration) -> StoreFuture<'s, ()> {
        Box::pin(async move {
            check_name(key)?;
            check_value(&value)?;
            // Rounded up: something that is kept at all is kept until the next millisecond.
            let keep = keep.as_nanos().div_ceil(1_000_000);
            let keep = i64::try_from(keep).unwrap_or(i64::MAX);
            let until = self.clock.unix_millis().saturating_add(keep);
            let key = key.to_owned();
            self.call(Request::Put { key, value, until }).await?;
            Ok(())
        })
    }

    fn get<'s>(&'s self, key: &'s str) -> StoreFuture<'s, Option<Bytes>> {
        Box::pin(async move {
            check_name(key)?;
            self.call(Request::Get { key: key.into() }).await
        })
    }

    fn take<'s>(&'s self, key: &'s str) -> StoreFuture<'s, Option<Bytes>> {
        Box::pin(async move {
            check_name(key)?;
            self.call(Request::Take { key: key.into() }).await
        })
    }

    fn close(&self) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            // The thread ends when those who call already have been served.
            lock(&self.calls).take();
            let mut ended = self.ended.clone();
            while ended.changed().await.is_ok() {}
            Ok(())
        })
    }
}
