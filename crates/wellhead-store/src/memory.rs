//! A store in the memory of this process.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use quick_cache::{Weighter, sync::Cache};
use tokio::sync::broadcast::{Receiver, Sender, channel, error::RecvError};

use crate::{
    MAX_MEMBERS, Message, Store, StoreError, StoreFuture, Subscription, check_name, check_value,
    clock::Clock,
};

/// How many messages of a topic wait for a slow subscriber; then it loses the oldest.
const WAITING: usize = 256;
/// How many bytes of values are kept; then those that were not used for long go.
const VALUES: u64 = 256 * 1024 * 1024;

/// In place of a time that no clock reaches.
const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// A store in the memory of this process: up to 256 MiB of values, up to 256 messages for a subscriber that is slow.
#[derive(Debug, Clone)]
pub struct Memory {
    topics: Arc<Mutex<HashMap<String, Sender<Bytes>>>>,
    values: Arc<Cache<String, Value, Weight>>,
    members: Arc<Mutex<HashMap<String, HashMap<String, Present>>>>,
    /// How many members have entered so far.
    entered: Arc<AtomicU64>,
    clock: Clock,
}

/// A member that is present at a topic.
#[derive(Debug)]
struct Present {
    /// By which members are in the order in which they came.
    place: u64,
    value: Value,
}

#[derive(Debug, Clone)]
struct Value {
    bytes: Bytes,
    until: Instant,
}

#[derive(Debug, Clone)]
struct Weight;

impl Weighter<String, Value> for Weight {
    fn weight(&self, key: &String, value: &Value) -> u64 {
        (key.len() + value.bytes.len() + 128) as u64
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::with_room_for(VALUES)
    }
}

impl Memory {
    /// A store that keeps so many bytes of values.
    #[must_use]
    pub fn with_room_for(bytes: u64) -> Self {
        Self {
            topics: Arc::default(),
            members: Arc::default(),
            entered: Arc::default(),
            values: Arc::new(Cache::with_weighter(10_000, bytes, Weight)),
            clock: Clock::default(),
        }
    }

    /// An empty store with the time of a test.
    #[cfg(test)]
    pub(crate) fn with_clock(clock: Clock) -> Self {
        Self {
            clock,
            ..Self::default()
        }
    }

    fn topics(&self) -> MutexGuard<'_, HashMap<String, Sender<Bytes>>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn present(&self) -> MutexGuard<'_, HashMap<String, HashMap<String, Present>>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn listen(&self, topic: &str) -> Listener {
        let mut topics = self.topics();
        let receiver = match topics.get(topic) {
            Some(sender) => sender.subscribe(),
            None => {
                let (sender, receiver) = channel(WAITING);
                topics.insert(topic.to_owned(), sender);
                receiver
            }
        };
        Listener {
            store: self.clone(),
            topic: topic.to_owned(),
            receiver: Some(receiver),
        }
    }
}

/// A topic is forgotten with its last subscriber.
struct Listener {
    store: Memory,
    topic: String,
    /// There until it is dropped.
    receiver: Option<Receiver<Bytes>>,
}

impl Listener {
    async fn next(&mut self) -> Option<Message> {
        let mut lost = 0;
        loop {
            match self.receiver.as_mut()?.recv().await {
                Ok(bytes) => return Some(Message { bytes, lost }),
                Err(RecvError::Lagged(missed)) => lost += missed,
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut topics = self.store.topics();
        drop(self.receiver.take());
        if topics
            .get(&self.topic)
            .is_some_and(|sender| sender.receiver_count() == 0)
        {
            topics.remove(&self.topic);
        }
    }
}

impl Store for Memory {
    fn publish<'s>(&'s self, topic: &'s str, message: Bytes) -> StoreFuture<'s, ()> {
        Box::pin(async move {
            check_name(topic)?;
            check_value(&message)?;
            if let Some(sender) = self.topics().get(topic) {
                // Nobody may be listening any more, which is fine.
                let _ = sender.send(message);
            }
            Ok(())
        })
    }

    fn subscribe<'s>(&'s self, topic: &'s str) -> StoreFuture<'s, Subscription> {
        Box::pin(async move {
            check_name(topic)?;
            let listener = self.listen(topic);
            Ok(Subscription::new(futures_util::stream::unfold(
                listener,
                async |mut listener| Some((listener.next().await?, listener)),
            )))
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
            check_name(topic)?;
            check_name(member)?;
            check_value(&about)?;
            let now = self.clock.monotonic();
            let mut topics = self.present();
            let members = topics.entry(topic.to_owned()).or_default();
            if members.len() >= MAX_MEMBERS && !members.contains_key(member) {
                members.retain(|_, present| present.value.until > now);
                if members.len() >= MAX_MEMBERS {
                    return Err(StoreError::TooManyMembers);
                }
            }
            let value = Value {
                bytes: about,
                until: later(now, keep),
            };
            match members.get_mut(member) {
                // Whoever is there already keeps the place.
                Some(known) => known.value = value,
                None => {
                    let place = self.entered.fetch_add(1, Ordering::Relaxed);
                    members.insert(member.to_owned(), Present { place, value });
                }
            }
            Ok(())
        })
    }

    fn exit<'s>(&'s self, topic: &'s str, member: &'s str) -> StoreFuture<'s, ()> {
        Box::pin(async move {
            let mut topics = self.present();
            if let Some(members) = topics.get_mut(topic) {
                members.remove(member);
                if members.is_empty() {
                    topics.remove(topic);
                }
            }
            Ok(())
        })
    }

    fn members<'s>(&'s self, topic: &'s str) -> StoreFuture<'s, Vec<(String, Bytes)>> {
        Box::pin(async move {
            let now = self.clock.monotonic();
            let mut topics = self.present();
            let Some(members) = topics.get_mut(topic) else {
                return Ok(Vec::new());
            };
            members.retain(|_, present| present.value.until > now);
            let mut present: Vec<_> = members.iter().collect();
            present.sort_by_key(|(_, present)| present.place);
            Ok(present
                .into_iter()
                .map(|(member, present)| (member.clone(), present.value.bytes.clone()))
                .collect())
        })
    }

    fn put<'s>(&'s self, key: &'s str, value: Bytes, keep: Duration) -> StoreFuture<'s, ()> {
        Box::pin(async move {
            check_name(key)?;
            check_value(&value)?;
            let until = later(self.clock.monotonic(), keep);
            self.values.insert(
                key.to_owned(),
                Value {
                    bytes: value,
                    until,
                },
            );
            Ok(())
        })
    }

    fn get<'s>(&'s self, key: &'s str) -> StoreFuture<'s, Option<Bytes>> {
        Box::pin(async move {
            check_name(key)?;
            let now = self.clock.monotonic();
            let found = self.values.get(key);
            Ok(found
                .filter(|value| value.until > now)
                .map(|value| value.bytes))
        })
    }

    fn take<'s>(&'s self, key: &'s str) -> StoreFuture<'s, Option<Bytes>> {
        Box::pin(async move {
            check_name(key)?;
            let now = self.clock.monotonic();
            let found = self.values.remove(key);
            Ok(found
                .filter(|(_, value)| value.until > now)
                .map(|(_, value)| value.bytes))
        })
    }

    fn close(&self) -> StoreFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}

/// When something that is kept so long expires. The clock has an end, which [`Duration::MAX`] is beyond.
fn later(now: Instant, keep: Duration) -> Instant {
    now.checked_add(keep).unwrap_or_else(|| now + CENTURY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn topics_go_with_their_last_subscriber() {
        let store = Memory::default();
        let one = store.subscribe("t").await.unwrap();
        let two = store.subscribe("t").await.unwrap();
        drop(one);
        assert_eq!(store.topics().len(), 1);
        drop(two);
        assert_eq!(store.topics().len(), 0);
    }

    #[tokio::test]
    async fn there_is_no_room_without_end() {
        let store = Memory::with_room_for(100_000);
        for key in 0..1000 {
            let value = Bytes::from(vec![0; 1000]);
            store
                .put(&key.to_string(), value, Duration::from_secs(60))
                .await
                .unwrap();
        }
        assert!(store.values.weight() <= 100_000);
    }

    #[tokio::test]
    async fn a_topic_is_forgotten_with_its_last_member() {
        let store = Memory::default();
        let minute = Duration::from_secs(60);
        store.enter("t", "a", "".into(), minute).await.unwrap();
        assert_eq!(store.present().len(), 1);
        store.exit("t", "a").await.unwrap();
        assert_eq!(store.present().len(), 0);
    }
}
