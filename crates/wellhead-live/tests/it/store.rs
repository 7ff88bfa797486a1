//! A store that may be slow, and knows who listens.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::StreamExt;
use wellhead_store::{Memory, Store, StoreFuture, Subscription};

/// Clones are the same.
#[derive(Clone)]
pub(crate) struct TestStore {
    inner: Arc<dyn Store>,
    is_stuck: Arc<AtomicBool>,
    subscribers: Arc<AtomicUsize>,
    /// How many values it was asked to keep.
    pub(crate) puts: Arc<AtomicUsize>,
}

impl Default for TestStore {
    fn default() -> Self {
        Self::on(Arc::new(Memory::default()))
    }
}

impl TestStore {
    /// One that keeps things where another does.
    pub(crate) fn on(inner: Arc<dyn Store>) -> Self {
        Self {
            inner,
            is_stuck: Arc::default(),
            subscribers: Arc::default(),
            puts: Arc::default(),
        }
    }

    /// From now on, or no longer, nothing that is asked for comes to an end.
    pub(crate) fn is_stuck(&self, is_stuck: bool) {
        self.is_stuck.store(is_stuck, Ordering::Relaxed);
    }

    /// How many subscriptions there are, to all topics.
    pub(crate) fn subscribers(&self) -> usize {
        self.subscribers.load(Ordering::Relaxed)
    }

    async fn answers(&self) {
        while self.is_stuck.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

struct Listens(Arc<AtomicUsize>);

impl Drop for Listens {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Store for TestStore {
    fn publish<'s>(&'s self, topic: &'s str, message: Bytes) -> StoreFuture<'s, ()> {
        Box::pin(async move {
            self.answers().await;
            self.inner.publish(topic, message).await
        })
    }

    fn subscribe<'s>(&'s self, topic: &'s str) -> StoreFuture<'s, Subscription> {
        Box::pin(async move {
            self.answers().await;
            let messages = self.inner.subscribe(topic).await?;
            self.subscribers.fetch_add(1, Ordering::Relaxed);
            let listens = Listens(Arc::clone(&self.subscribers));
            Ok(Subscription::new(messages.map(move |message| {
                let _ = &listens;
                message
            })))
        })
    }

    fn put<'s>(&'s self, key: &'s str, value: Bytes, keep: Duration) -> StoreFuture<'s, ()> {
        Box::pin(async move {
            self.puts.fetch_add(1, Ordering::Relaxed);
            self.answers().await;
            self.inner.put(key, value, keep).await
        })
    }

    fn enter<'s>(
        &'s self,
        topic: &'s str,
        member: &'s str,
        about: Bytes,
        keep: Duration,
    ) -> StoreFuture<'s, ()> {
        Box::pin(async move {
            self.answers().await;
            self.inner.enter(topic, member, about, keep).await
        })
    }

    fn exit<'s>(&'s self, topic: &'s str, member: &'s str) -> StoreFuture<'s, ()> {
        Box::pin(async move {
            self.answers().await;
            self.inner.exit(topic, member).await
        })
    }

    fn members<'s>(&'s self, topic: &'s str) -> StoreFuture<'s, Vec<(String, Bytes)>> {
        Box::pin(async move {
            self.answers().await;
            self.inner.members(topic).await
        })
    }

    fn get<'s>(&'s self, key: &'s str) -> StoreFuture<'s, Option<Bytes>> {
        Box::pin(async move {
            self.answers().await;
            self.inner.get(key).await
        })
    }

    fn take<'s>(&'s self, key: &'s str) -> StoreFuture<'s, Option<Bytes>> {
        Box::pin(async move {
            self.answers().await;
            self.inner.take(key).await
        })
    }

    fn close(&self) -> StoreFuture<'_, ()> {
        self.inner.close()
    }
}
