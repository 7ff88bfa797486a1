//! What the parts of a server share, on one machine or many: topics with subscribers and members, and values that expire.
//!
//! [`Store`] is the contract; [`open`] makes one of a configured URL:
//!
//! | URL | store | topics are those of | values outlive | room |
//! |---|---|---|---|---|
//! | `memory:` | [`Memory`] | this process | nothing | 256 MiB |
//! | `sqlite:PATH` | [`Sqlite`], one file | this process, the only one on that file | the process, also if it is killed | 1 GiB |
//!
//! ```
//! use std::time::Duration;
//! use wellhead_store::{Memory, Store};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), wellhead_store::StoreError> {
//! let store = Memory::default();
//! let mut messages = store.subscribe("news").await?;
//! store.publish("news", "hello".into()).await?;
//! assert_eq!(messages.next().await.unwrap().bytes, "hello");
//!
//! store.put("key", "value".into(), Duration::from_secs(60)).await?;
//! assert_eq!(store.get("key").await?.unwrap(), "value");
//! assert_eq!(store.take("key").await?.unwrap(), "value");
//! assert!(store.take("key").await?.is_none());
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod clock;
mod error;
mod memory;
#[cfg(test)]
mod model;
mod sqlite;
mod subscription;
mod url;

use std::{future::Future, pin::Pin, time::Duration};

use bytes::Bytes;

pub use error::StoreError;
pub use memory::Memory;
pub use sqlite::Sqlite;
pub use subscription::{Message, Subscription};
pub use url::open;

/// What the methods of a [`Store`] return.
pub type StoreFuture<'s, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 's>>;

/// The longest topic or key, in bytes.
pub const MAX_NAME: usize = 512;
/// The longest message or value, in bytes.
pub const MAX_VALUE: usize = 1024 * 1024;

/// The most members that may be present at a topic.
pub const MAX_MEMBERS: usize = 10_000;

/// Topics and values that a server's parts share.
///
/// All futures are cancel-safe: one that is dropped has done everything or nothing.
pub trait Store: Send + Sync + 'static {
    /// Sends a message to all that subscribe to a topic now. They get messages of one publisher in order.
    ///
    /// # Errors
    ///
    /// [`StoreError`]
    fn publish<'s>(&'s self, topic: &'s str, message: Bytes) -> StoreFuture<'s, ()>;

    /// The messages of a topic from now on.
    ///
    /// # Errors
    ///
    /// [`StoreError`]
    fn subscribe<'s>(&'s self, topic: &'s str) -> StoreFuture<'s, Subscription>;

    /// Keeps a value for some time, in place of one with the same key. It may be forgotten earlier if there is no room.
    ///
    /// [`Duration::MAX`] is for what is to be kept as long as the store is. When this has returned, a store that outlives
    /// its process has the value also if that is killed.
    ///
    /// # Errors
    ///
    /// [`StoreError`]
    fn put<'s>(&'s self, key: &'s str, value: Bytes, keep: Duration) -> StoreFuture<'s, ()>;

    /// Notes that a member is present at a topic, in place of what was noted of it before. Unless that is noted again
    /// in time, or [`Store::exit`] comes first, it is forgotten.
    ///
    /// # Errors
    ///
    /// [`StoreError`]
    fn enter<'s>(
        &'s self,
        topic: &'s str,
        member: &'s str,
        about: Bytes,
        keep: Duration,
    ) -> StoreFuture<'s, ()>;

    /// Forgets that a member is present.
    ///
    /// # Errors
    ///
    /// [`StoreError`]
    fn exit<'s>(&'s self, topic: &'s str, member: &'s str) -> StoreFuture<'s, ()>;

    /// Who is present at a topic, in the order in which they came, and what was noted of them.
    ///
    /// # Errors
    ///
    /// [`StoreError`]
    fn members<'s>(&'s self, topic: &'s str) -> StoreFuture<'s, Vec<(String, Bytes)>>;

    /// A value that is kept, and stays.
    ///
    /// # Errors
    ///
    /// [`StoreError`]
    fn get<'s>(&'s self, key: &'s str) -> StoreFuture<'s, Option<Bytes>>;

    /// Takes a value out: of several that ask at once, one gets it.
    ///
    /// # Errors
    ///
    /// [`StoreError`]
    fn take<'s>(&'s self, key: &'s str) -> StoreFuture<'s, Option<Bytes>>;

    /// Does what it was asked for before, and lets go of what it has open; a second time does nothing. What needs
    /// that afterwards gets [`StoreError::Closed`].
    ///
    /// # Errors
    ///
    /// [`StoreError`]
    fn close(&self) -> StoreFuture<'_, ()>;
}

fn check_name(name: &str) -> Result<(), StoreError> {
    match name.len() {
        length if length > MAX_NAME => Err(StoreError::NameTooLong { length }),
        _ => Ok(()),
    }
}

fn check_value(value: &Bytes) -> Result<(), StoreError> {
    match value.len() {
        length if length > MAX_VALUE => Err(StoreError::ValueTooLong { length }),
        _ => Ok(()),
    }
}
