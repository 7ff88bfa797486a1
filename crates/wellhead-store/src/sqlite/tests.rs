//! The file as operators meet it, and what it does by itself.

use std::{fs, path::PathBuf, time::Duration};

use bytes::Bytes;
use futures_util::future::join_all;
use rusqlite::Connection;
use tempfile::TempDir;

use super::{ROOM, Sqlite, file::File};
use crate::{Store, StoreError, clock::Clock};

const MINUTE: Duration = Duration::from_secs(60);

/// A place for a file that is not there yet.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    (folder, path)
}

async fn refused(path: &std::path::Path) -> StoreError {
    Sqlite::open(path).await.err().unwrap()
}

#[tokio::test]
async fn values_are_there_when_it_is_opened_again() {
    let (_folder, path) = place();
    let store = Sqlite::open(&path).await.unwrap();
    store.put("a", "1".into(), MINUTE).await.unwrap();
    store.close().await.unwrap();
    let store = Sqlite::open(&path).await.unwrap();
    assert_eq!(store.get("a").await, Ok(Some("1".into())));
    drop(store);
    let store = Sqlite::open(&path).await.unwrap();
    assert_eq!(store.take("a").await, Ok(Some("1".into())));
}

#[tokio::test]
async fn a_closed_one_says_so_and_keeps_what_was_asked_before() {
    let (_folder, path) = place();
    let store = Sqlite::open(&path).await.unwrap();
    let puts = (0..2000).map(|number: u32| {
        let store = &store;
        async move { store.put(&number.to_string(), "1".into(), MINUTE).await }
    });
    let (puts, closed) = tokio::join!(join_all(puts), store.close());
    closed.unwrap();
    assert!(puts.iter().all(Result::is_ok));
    let closed = StoreError::Closed;
    assert_eq!(
        store.put("a", "1".into(), MINUTE).await,
        Err(closed.clone())
    );
    assert_eq!(store.get("a").await, Err(closed.clone()));
    assert_eq!(store.take("a").await, Err(closed));

    let store = Sqlite::open(&path).await.unwrap();
    assert_eq!(store.get("1999").await, Ok(Some("1".into())));
}

#[tokio::test]
async fn who_gives_up_before_it_begins_has_not_taken_a_value() {
    let (_folder, path) = place();
    let store = Sqlite::open(&path).await.unwrap();
    store.put("a", "1".into(), MINUTE).await.unwrap();
    // The thread waits for the lock that another program has.
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let busy = store.put("b", "1".into(), MINUTE);
    let given_up = async {
        let take = store.take("a");
        let soon = tokio::time::timeout(Duration::from_millis(1), take).await;
        assert!(soon.is_err());
        other.execute_batch("COMMIT").unwrap();
    };
    let (busy, ()) = tokio::join!(busy, given_up);
    busy.unwrap();
    assert_eq!(store.get("a").await, Ok(Some("1".into())));
}

#[tokio::test]
async fn a_file_is_for_one_store() {
    let (folder, path) = place();
    let store = Sqlite::open(&path).await.unwrap();
    let error = refused(&path).await;
    assert_eq!(error, StoreError::InUse { path: path.clone() });
    assert!(error.to_string().starts_with(path.to_str().unwrap()));
    #[cfg(unix)]
    {
        let link = folder.path().join("link.db");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(matches!(refused(&link).await, StoreError::InUse { .. }));
    }
    drop((store, folder));
}

/// Which failed now and then where a process was started at the same moment.
#[test]
fn a_process_that_is_being_started_keeps_no_file_in_use() {
    let (_folder, path) = place();
    let file = File::open(&path, ROOM).unwrap();
    let _copy = file.copy_of_lock();
    drop(file);
    File::open(&path, ROOM).unwrap();
}

#[tokio::test]
async fn what_is_no_database_is_told_and_left_as_it_is() {
    let (_folder, path) = place();
    for text in ["x".to_owned(), "no database ".repeat(1000)] {
        fs::write(&path, &text).unwrap();
        let error = refused(&path).await;
        assert_eq!(error, StoreError::NotADatabase { path: path.clone() });
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[tokio::test]
async fn a_database_of_another_program_is_told_and_left_as_it_is() {
    let (_folder, path) = place();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE users (name)").unwrap();
    drop(other);
    let before = fs::read(&path).unwrap();
    let error = refused(&path).await;
    assert_eq!(error, StoreError::OtherDatabase { path: path.clone() });
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_newer_format_is_told_and_left_as_it_is() {
    let (_folder, path) = place();
    drop(Sqlite::open(&path).await.unwrap());
    let newer = Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 7).unwrap();
    drop(newer);
    let before = fs::read(&path).unwrap();
    let error = refused(&path).await;
    let (found, known) = (7, 1);
    assert_eq!(
        error,
        StoreError::Newer {
            path: path.clone(),
            found,
            known
        }
    );
    assert!(error.to_string().contains("format 7, this one knows 1"));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_damaged_file_is_told() {
    let (_folder, path) = place();
    let store = Sqlite::open(&path).await.unwrap();
    let value = Bytes::from(vec![1; 1000]);
    for key in 0..200 {
        store
            .put(&key.to_string(), value.clone(), MINUTE)
            .await
            .unwrap();
    }
    store.close().await.unwrap();
    let mut bytes = fs::read(&path).unwrap();
    // Everything but the header and the schema.
    bytes[4096..].fill(0x55);
    fs::write(&path, bytes).unwrap();
    let store = Sqlite::open(&path).await.unwrap();
    let damaged = StoreError::Damaged { path };
    assert_eq!(store.get("1").await, Err(damaged.clone()));
    assert_eq!(store.put("x", value, MINUTE).await, Err(damaged));
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let error = refused(&folder.path().join("no/store.db"))
        .await
        .to_string();
    assert!(error.contains("no/store.db cannot be opened"), "{error}");
    assert!(error.ends_with("hint: make its folder"), "{error}");
    for no_file in [folder.path(), std::path::Path::new("/dev/null")] {
        let error = refused(no_file).await.to_string();
        assert!(error.ends_with("hint: name a file in a folder"), "{error}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_may_not_be_written_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = place();
    drop(Sqlite::open(&path).await.unwrap());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    if fs::OpenOptions::new().write(true).open(&path).is_ok() {
        // The superuser may write everything.
        return;
    }
    let error = refused(&path).await;
    assert!(matches!(error, StoreError::NotWritable { .. }), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = place();
    let store = Sqlite::open(&path).await.unwrap();
    store.put("a", "1".into(), MINUTE).await.unwrap();
    let mut count = 0;
    for file in fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.path().display());
        count += 1;
    }
    assert_eq!(count, 4, "the file, its log, the log's index, the lock");
}

#[tokio::test]
async fn a_full_disk_is_told_and_costs_nothing_that_was_kept() {
    let (_folder, path) = place();
    let file = File::open(&path, ROOM).unwrap();
    file.allow_pages(file.pages() + 40);
    let store = Sqlite::start(file, Clock::default()).unwrap();
    store.put("small", "1".into(), MINUTE).await.unwrap();
    let (large, middle) = (Bytes::from(vec![1; 500_000]), Bytes::from(vec![1; 50_000]));
    store.put("middle", middle.clone(), MINUTE).await.unwrap();
    // One of those that may share a transaction fails, the others do not.
    let (put, failed, found, taken) = tokio::join!(
        store.put("other", "1".into(), MINUTE),
        store.put("large", large.clone(), MINUTE),
        store.get("small"),
        store.take("middle"),
    );
    put.unwrap();
    let full = StoreError::Full { path: path.clone() };
    assert_eq!(failed, Err(full.clone()));
    assert_eq!(found, Ok(Some("1".into())));
    assert_eq!(taken, Ok(Some(middle.clone())));
    assert_eq!(store.put("large", large, MINUTE).await, Err(full));
    store.put("middle", middle.clone(), MINUTE).await.unwrap();
    assert_eq!(store.get("middle").await, Ok(Some(middle)));
    assert_eq!(store.get("large").await, Ok(None));
}

#[tokio::test]
async fn a_lock_of_another_program_is_told_to_all_at_once() {
    let (_folder, path) = place();
    let file = File::open(&path, ROOM).unwrap();
    file.wait_for_others(Duration::from_millis(50));
    let store = Sqlite::start(file, Clock::default()).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let puts = (0..500).map(|number: u32| {
        let store = &store;
        async move { store.put(&number.to_string(), "1".into(), MINUTE).await }
    });
    let locked = Err(StoreError::Locked { path: path.clone() });
    let (puts, found) = tokio::join!(join_all(puts), store.get("1"));
    assert!(puts.iter().all(|put| *put == locked));
    assert_eq!(found, Ok(None));
    other.execute_batch("COMMIT").unwrap();
    store.put("1", "1".into(), MINUTE).await.unwrap();
}

#[test]
fn the_disk_gets_what_is_still_in_the_log() {
    let (_folder, path) = place();
    let mut file = File::open(&path, ROOM).unwrap();
    file.transaction(|values| values.put("key", b"a rare value", i64::MAX))
        .unwrap();
    let has_value = || {
        let bytes = fs::read(&path).unwrap();
        bytes.windows(12).any(|window| window == b"a rare value")
    };
    assert!(!has_value());
    file.sync().unwrap();
    assert!(has_value());
}

#[tokio::test]
async fn what_expires_first_makes_room() {
    let (_folder, path) = place();
    let room = 1_000_000;
    let store = Sqlite::open_with_room_for(&path, room).await.unwrap();
    store
        .put("secret", "1".into(), Duration::MAX)
        .await
        .unwrap();
    let value = Bytes::from(vec![1; 5_000]);
    for number in 0..2_000 {
        let (key, keep) = (number.to_string(), MINUTE + Duration::from_secs(number));
        store.put(&key, value.clone(), keep).await.unwrap();
    }
    assert_eq!(store.get("secret").await, Ok(Some("1".into())));
    assert_eq!(store.get("1999").await, Ok(Some(value)));
    assert_eq!(store.get("1000").await, Ok(None));
    store.close().await.unwrap();
    let length = fs::metadata(&path).unwrap().len();
    assert!(length < room + room / 10, "{length}");
}

#[tokio::test]
async fn what_has_expired_is_removed_although_nobody_asks() {
    let (_folder, path) = place();
    let clock = Clock::default();
    let store = Sqlite::open_at(&path, ROOM, clock.clone()).await.unwrap();
    for number in 0..450 {
        store
            .put(&number.to_string(), "1".into(), MINUTE)
            .await
            .unwrap();
    }
    store.put("stays", "1".into(), 10 * MINUTE).await.unwrap();
    store.close().await.unwrap();
    clock.advance(2 * MINUTE);

    let _store = Sqlite::open_at(&path, ROOM, clock).await.unwrap();
    let file = Connection::open(&path).unwrap();
    let count = || -> i64 {
        file.query_row("SELECT count(*) FROM kept", [], |row| row.get(0))
            .unwrap()
    };
    while count() > 1 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(count(), 1);
}

#[test]
fn expired_values_are_removed_some_at_a_time() {
    let (_folder, path) = place();
    let mut file = File::open(&path, ROOM).unwrap();
    file.transaction(|values| {
        (0..250).try_for_each(|number: i64| values.put(&number.to_string(), b"1", number))
    })
    .unwrap();
    let mut removed = || file.sweep(239).unwrap();
    assert_eq!(
        [removed(), removed(), removed(), removed()],
        [100, 100, 40, 0]
    );
    let kept = file.transaction(|values| values.get("240", 239)).unwrap();
    assert_eq!(kept, Some("1".into()));
}
