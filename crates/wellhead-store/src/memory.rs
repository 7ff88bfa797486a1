//! A store in the memory of this process.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use quick_cache::{Weighter, sync::Cache};
use tokio::sync::broadcast::{Receiver, Sender, channel, error::RecvError};

use crate::{
    MAX_MEMBERS, Message, Store, StoreError, StoreFuture, Subscription, check_name, check_value,
};

/// How many messages of a topic wait for a slow subscriber; then it loses the oldest.
const WAITING: usize = 256;
/// How many bytes of values are kept; then those that were not used for long go.
const VALUES: u64 = 256 * 1024 * 1024;

/// A store in the memory of this process: up to 256 MiB of values, up to 256 messages for a subscriber that is slow.
#[derive(Debug, Clone)]
pub struct Memory {
    topics: Arc<Mutex<HashMap<String, Sender<Bytes>>>>,
    values: Arc<Cache<String, Value, Weight>>,
    members: Arc<Mutex<HashMap<String, BTreeMap<String, Value>>>>,
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
            values: Arc::new(Cache::with_weighter(10_000, bytes, Weight)),
        }
    }

    fn topics(&self) -> MutexGuard<'_, HashMap<String, Sender<Bytes>>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn present(&self) -> MutexGuard<'_, HashMap<String, BTreeMap<String, Value>>> {
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
            let now = Instant::now();
            let mut topics = self.present();
            let members = topics.entry(topic.to_owned()).or_default();
            if members.len() >= MAX_MEMBERS && !members.contains_key(member) {
                members.retain(|_, value| value.until > now);
                if members.len() >= MAX_MEMBERS {
                    return Err(StoreError::TooManyMembers);
                }
            }
            let until = now + keep;
            members.insert(
                member.to_owned(),
                Value {
                    bytes: about,
                    until,
                },
            );
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
            let now = Instant::now();
            let mut topics = self.present();
            let Some(members) = topics.get_mut(topic) else {
                return Ok(Vec::new());
            };
            members.retain(|_, value| value.until > now);
            Ok(members
                .iter()
                .map(|(member, value)| (member.clone(), value.bytes.clone()))
                .collect())
        })
    }

    fn put<'s>(&'s self, key: &'s str, value: Bytes, keep: Duration) -> StoreFuture<'s, ()> {
        Box::pin(async move {
            check_name(key)?;
            check_value(&value)?;
            let until = Instant::now() + keep;
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

    fn take<'s>(&'s self, key: &'s str) -> StoreFuture<'s, Option<Bytes>> {
        Box::pin(async move {
            check_name(key)?;
            let found = self.values.remove(key);
            Ok(found
                .filter(|(_, value)| value.until > Instant::now())
                .map(|(_, value)| value.bytes))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MAX_NAME, MAX_VALUE};

    #[tokio::test]
    async fn subscribers_get_what_is_published_after_they_came() {
        let store = Memory::default();
        store.publish("t", "early".into()).await.unwrap();
        let (mut one, mut two) = (
            store.subscribe("t").await.unwrap(),
            store.subscribe("t").await.unwrap(),
        );
        let mut other = store.subscribe("u").await.unwrap();
        store.publish("t", "1".into()).await.unwrap();
        store.publish("t", "2".into()).await.unwrap();
        store.publish("u", "3".into()).await.unwrap();
        for subscriber in [&mut one, &mut two] {
            assert_eq!(subscriber.next().await.unwrap().bytes, "1");
            assert_eq!(subscriber.next().await.unwrap().bytes, "2");
        }
        assert_eq!(other.next().await.unwrap().bytes, "3");
    }

    #[tokio::test]
    async fn who_is_slow_loses_the_oldest_and_is_told() {
        let store = Memory::default();
        let mut slow = store.subscribe("t").await.unwrap();
        for number in 0..300 {
            store.publish("t", number.to_string().into()).await.unwrap();
        }
        let first = slow.next().await.unwrap();
        assert_eq!((first.lost, &first.bytes[..]), (44, &b"44"[..]));
        assert_eq!(slow.next().await.unwrap().lost, 0);
    }

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
    async fn values_are_taken_once_and_expire() {
        let store = Memory::default();
        let minute = Duration::from_secs(60);
        store.put("k", "1".into(), minute).await.unwrap();
        store.put("k", "2".into(), minute).await.unwrap();
        assert_eq!(store.take("k").await.unwrap().unwrap(), "2");
        assert_eq!(store.take("k").await.unwrap(), None);
        store.put("k", "3".into(), Duration::ZERO).await.unwrap();
        assert_eq!(store.take("k").await.unwrap(), None);
    }

    #[tokio::test]
    async fn members_come_and_go_and_expire() {
        let store = Memory::default();
        let minute = Duration::from_secs(60);
        let names = async || -> Vec<String> {
            let members = store.members("t").await.unwrap();
            members.into_iter().map(|(name, _)| name).collect()
        };
        store.enter("t", "b", "1".into(), minute).await.unwrap();
        store.enter("t", "a", "1".into(), minute).await.unwrap();
        store.enter("t", "b", "2".into(), minute).await.unwrap();
        store.enter("u", "c", "1".into(), minute).await.unwrap();
        store
            .enter("t", "d", "1".into(), Duration::ZERO)
            .await
            .unwrap();
        assert_eq!(names().await, ["a", "b"]);
        assert_eq!(store.members("t").await.unwrap()[1].1, "2");
        store.exit("t", "b").await.unwrap();
        store.exit("t", "nobody").await.unwrap();
        assert_eq!(names().await, ["a"]);
        store.exit("t", "a").await.unwrap();
        assert_eq!(store.present().len(), 1, "an empty topic is forgotten");
    }

    #[tokio::test]
    async fn a_topic_has_so_many_members() {
        let store = Memory::default();
        let minute = Duration::from_secs(60);
        for member in 0..MAX_MEMBERS {
            let member = member.to_string();
            store.enter("t", &member, "".into(), minute).await.unwrap();
        }
        let more = store.enter("t", "more", "".into(), minute).await;
        assert_eq!(more, Err(StoreError::TooManyMembers));
        assert_eq!(store.enter("t", "0", "".into(), minute).await, Ok(()));
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
    async fn what_is_too_long_is_refused() {
        let store = Memory::default();
        let name = "x".repeat(MAX_NAME + 1);
        let value = Bytes::from(vec![0; MAX_VALUE + 1]);
        let minute = Duration::from_secs(60);
        let too_long = Some(StoreError::NameTooLong { length: 513 });
        assert_eq!(store.publish(&name, Bytes::new()).await.err(), too_long);
        assert_eq!(store.subscribe(&name).await.err(), too_long);
        assert_eq!(store.put(&name, Bytes::new(), minute).await.err(), too_long);
        assert_eq!(store.take(&name).await.err(), too_long);
        let too_long = Some(StoreError::ValueTooLong {
            length: MAX_VALUE + 1,
        });
        assert_eq!(store.publish("t", value.clone()).await.err(), too_long);
        assert_eq!(store.put("k", value, minute).await.err(), too_long);
    }
}
