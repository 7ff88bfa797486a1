//! What every store does.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use wellhead_store::{MAX_MEMBERS, MAX_NAME, MAX_VALUE, Memory, Sqlite, Store, StoreError, open};

const MINUTE: Duration = Duration::from_secs(60);

/// Each law for each store.
macro_rules! laws {
    ($($law:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test]
            async fn $law() {
                super::$law(super::Memory::default()).await;
            })*
        }

        mod sqlite {
            $(#[tokio::test]
            async fn $law() {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("store.db");
                super::$law(super::Sqlite::open(path).await.unwrap()).await;
            })*
        }
    };
}

laws! {
    subscribers_get_what_is_published_after_they_came,
    who_is_slow_loses_the_oldest_and_is_told,
    members_come_and_go_and_expire,
    a_topic_has_so_many_members,
    a_value_stays_when_it_is_looked_at,
    a_value_is_taken_once,
    of_several_that_ask_at_once_one_takes_a_value,
    a_value_takes_the_place_of_the_one_before,
    what_has_expired_is_not_found,
    a_value_can_be_kept_for_good,
    any_bytes_can_be_kept_under_any_name,
    what_is_as_long_as_it_may_be_is_kept,
    what_is_too_long_is_refused,
    many_can_ask_at_once,
    it_can_be_closed_twice,
}

async fn subscribers_get_what_is_published_after_they_came(store: impl Store) {
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

async fn who_is_slow_loses_the_oldest_and_is_told(store: impl Store) {
    let mut slow = store.subscribe("t").await.unwrap();
    for number in 0..300 {
        store.publish("t", number.to_string().into()).await.unwrap();
    }
    let first = slow.next().await.unwrap();
    assert_eq!((first.lost, &first.bytes[..]), (44, &b"44"[..]));
    assert_eq!(slow.next().await.unwrap().lost, 0);
}

async fn members_come_and_go_and_expire(store: impl Store) {
    let names = async || -> Vec<String> {
        let members = store.members("t").await.unwrap();
        members.into_iter().map(|(name, _)| name).collect()
    };
    let expired = Duration::ZERO;
    store.enter("t", "b", "1".into(), MINUTE).await.unwrap();
    store.enter("t", "a", "1".into(), MINUTE).await.unwrap();
    store.enter("t", "b", "2".into(), MINUTE).await.unwrap();
    store.enter("u", "c", "1".into(), MINUTE).await.unwrap();
    store.enter("t", "d", "1".into(), expired).await.unwrap();
    // In the order in which they came; who comes again keeps the place.
    assert_eq!(names().await, ["b", "a"]);
    assert_eq!(store.members("t").await.unwrap()[0].1, "2");
    store.exit("t", "b").await.unwrap();
    store.exit("t", "nobody").await.unwrap();
    assert_eq!(names().await, ["a"]);
    store.exit("t", "a").await.unwrap();
    assert!(names().await.is_empty());
}

async fn a_topic_has_so_many_members(store: impl Store) {
    for member in 0..MAX_MEMBERS {
        let member = member.to_string();
        store.enter("t", &member, "".into(), MINUTE).await.unwrap();
    }
    let more = store.enter("t", "more", "".into(), MINUTE).await;
    assert_eq!(more, Err(StoreError::TooManyMembers));
    assert_eq!(store.enter("t", "0", "".into(), MINUTE).await, Ok(()));
}

async fn a_value_stays_when_it_is_looked_at(store: impl Store) {
    assert_eq!(store.get("k").await, Ok(None));
    store.put("k", "1".into(), MINUTE).await.unwrap();
    for _ in 0..3 {
        assert_eq!(store.get("k").await, Ok(Some("1".into())));
    }
    assert_eq!(store.get("K").await, Ok(None));
}

async fn a_value_is_taken_once(store: impl Store) {
    store.put("k", "1".into(), MINUTE).await.unwrap();
    assert_eq!(store.take("k").await, Ok(Some("1".into())));
    assert_eq!(store.take("k").await, Ok(None));
    assert_eq!(store.get("k").await, Ok(None));
}

async fn of_several_that_ask_at_once_one_takes_a_value(store: impl Store) {
    let store = Arc::new(store);
    for _ in 0..20 {
        store.put("k", "1".into(), MINUTE).await.unwrap();
        let all = (0..20).map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.take("k").await.unwrap() })
        });
        let found = futures_util::future::join_all(all).await;
        let found = found.into_iter().filter_map(Result::unwrap).count();
        assert_eq!(found, 1);
    }
}

async fn a_value_takes_the_place_of_the_one_before(store: impl Store) {
    store.put("k", "long ago".into(), MINUTE).await.unwrap();
    store.put("k", "2".into(), MINUTE).await.unwrap();
    assert_eq!(store.get("k").await, Ok(Some("2".into())));
    // Its time counts too.
    store.put("k", "3".into(), Duration::ZERO).await.unwrap();
    assert_eq!(store.get("k").await, Ok(None));
    store.put("k", "4".into(), MINUTE).await.unwrap();
    assert_eq!(store.take("k").await, Ok(Some("4".into())));
    assert_eq!(store.take("k").await, Ok(None));
}

async fn what_has_expired_is_not_found(store: impl Store) {
    store.put("k", "1".into(), Duration::ZERO).await.unwrap();
    assert_eq!(store.get("k").await, Ok(None));
    assert_eq!(store.take("k").await, Ok(None));
}

async fn a_value_can_be_kept_for_good(store: impl Store) {
    store.put("k", "1".into(), Duration::MAX).await.unwrap();
    assert_eq!(store.get("k").await, Ok(Some("1".into())));
    store
        .enter("t", "m", "2".into(), Duration::MAX)
        .await
        .unwrap();
    assert_eq!(store.members("t").await.unwrap().len(), 1);
}

async fn any_bytes_can_be_kept_under_any_name(store: impl Store) {
    let bytes: Bytes = (0..=255).collect::<Vec<u8>>().into();
    let names = [
        "",
        " ",
        "a",
        "a\0",
        "a\0b",
        "'; --",
        "ü",
        "u\u{308}",
        "\u{10ffff}",
    ];
    for (number, name) in names.iter().enumerate() {
        let value = bytes.slice(number..);
        store.put(name, value, MINUTE).await.unwrap();
    }
    for (number, name) in names.iter().enumerate() {
        assert_eq!(store.get(name).await, Ok(Some(bytes.slice(number..))));
    }
    store.put("empty", Bytes::new(), MINUTE).await.unwrap();
    assert_eq!(store.take("empty").await, Ok(Some(Bytes::new())));
}

async fn what_is_as_long_as_it_may_be_is_kept(store: impl Store) {
    let (name, value) = ("x".repeat(MAX_NAME), Bytes::from(vec![1; MAX_VALUE]));
    store.put(&name, value.clone(), MINUTE).await.unwrap();
    assert_eq!(store.take(&name).await, Ok(Some(value)));
}

async fn what_is_too_long_is_refused(store: impl Store) {
    let name = "x".repeat(MAX_NAME + 1);
    let value = Bytes::from(vec![0; MAX_VALUE + 1]);
    let too_long = Some(StoreError::NameTooLong { length: 513 });
    let nothing = Bytes::new();
    assert_eq!(store.publish(&name, nothing.clone()).await.err(), too_long);
    assert_eq!(store.subscribe(&name).await.err(), too_long);
    let entered = store.enter(&name, "m", nothing.clone(), MINUTE).await;
    assert_eq!(entered.err(), too_long);
    assert_eq!(store.put(&name, nothing, MINUTE).await.err(), too_long);
    assert_eq!(store.get(&name).await.err(), too_long);
    assert_eq!(store.take(&name).await.err(), too_long);
    let too_long = Some(StoreError::ValueTooLong {
        length: MAX_VALUE + 1,
    });
    assert_eq!(store.publish("t", value.clone()).await.err(), too_long);
    assert_eq!(store.put("k", value, MINUTE).await.err(), too_long);
}

async fn many_can_ask_at_once(store: impl Store) {
    let store = Arc::new(store);
    let all = (0..10_000).map(|number: u32| {
        let store = Arc::clone(&store);
        async move {
            let (key, value) = (number.to_string(), Bytes::from(number.to_string()));
            store.put(&key, value.clone(), MINUTE).await.unwrap();
            assert_eq!(store.get(&key).await, Ok(Some(value)));
        }
    });
    futures_util::future::join_all(all).await;
    assert_eq!(store.take("9999").await, Ok(Some("9999".into())));
}

async fn it_can_be_closed_twice(store: impl Store) {
    store.put("k", "1".into(), MINUTE).await.unwrap();
    assert_eq!(store.close().await, Ok(()));
    assert_eq!(store.close().await, Ok(()));
}

#[tokio::test]
async fn a_url_opens_the_store_that_it_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let url = format!("sqlite:{}", path.display());
    let store = open(&url).await.unwrap();
    store.put("k", "1".into(), MINUTE).await.unwrap();
    let in_use = StoreError::InUse { path };
    assert_eq!(open(&url).await.err(), Some(in_use));
    drop(store);
    assert_eq!(
        open(&url).await.unwrap().get("k").await,
        Ok(Some("1".into()))
    );

    let store = open("memory:").await.unwrap();
    assert_eq!(store.get("k").await, Ok(None));
}
