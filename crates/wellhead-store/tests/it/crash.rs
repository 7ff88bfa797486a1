//! What a file has when its process was killed.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use wellhead_store::{Sqlite, Store, StoreError};

/// Names the file to the process that is going to be killed.
const FILE: &str = "WELLHEAD_STORE_TEST_FILE";

fn value(round: usize, task: usize, number: usize) -> Bytes {
    format!("{round} {task} {number} ")
        .repeat(1 + number % 300)
        .into()
}

/// This test again, in a process of its own, where it uses the file without end.
fn child(path: &Path, round: usize) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "crash::uses_a_file_until_it_is_killed",
            "--exact",
            "--nocapture",
            "--ignored",
        ])
        .env(FILE, path)
        .env("ROUND", round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Says on its output what is acknowledged: `put KEY ROUND TASK NUMBER` and `take KEY`, each after `begin KEY`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "another test starts it, in a process of its own"]
async fn uses_a_file_until_it_is_killed() {
    let Some(path) = std::env::var_os(FILE).map(PathBuf::from) else {
        return;
    };
    let round = std::env::var("ROUND").unwrap().parse().unwrap();
    let store = Arc::new(Sqlite::open(path).await.unwrap());
    let say = |line: String| {
        let mut line = line;
        line.push('\n');
        std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
    };
    let tasks = (0..8).map(|task| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for number in 0.. {
                // Some keys come again, so that values are replaced too.
                let key = format!("{task}/{}", number % 700);
                say(format!("begin {key}"));
                if number % 5 == 4 {
                    store.take(&key).await.unwrap();
                    say(format!("take {key}"));
                } else {
                    let value = value(round, task, number);
                    store.put(&key, value, Duration::MAX).await.unwrap();
                    say(format!("put {key} {round} {task} {number}"));
                }
            }
        })
    });
    futures_util::future::join_all(tasks).await;
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    // What each key has, `None` if it was taken.
    let mut acknowledged: BTreeMap<String, Option<Bytes>> = BTreeMap::new();
    for (round, after) in [1, 300, 3_000, 8_000].into_iter().enumerate() {
        let mut child = child(&path, round);
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut begun = Vec::new();
        let (mut line, mut count) = (String::new(), 0);
        loop {
            line.clear();
            // The last line may have been cut.
            if lines.read_line(&mut line).unwrap() == 0 || !line.ends_with('\n') {
                break;
            }
            let words: Vec<&str> = line.split_whitespace().collect();
            let number = |at: usize| words[at].parse().unwrap();
            match words[..] {
                ["begin", key] => {
                    begun.push(key.to_owned());
                    continue;
                }
                ["put", key, ..] => {
                    begun.retain(|other| other != key);
                    let value = value(number(2), number(3), number(4));
                    acknowledged.insert(key.to_owned(), Some(value));
                }
                ["take", key] => {
                    begun.retain(|other| other != key);
                    acknowledged.insert(key.to_owned(), None);
                }
                // What the test runner says.
                _ => continue,
            }
            count += 1;
            if count == after {
                child.kill().unwrap();
            }
        }
        assert!(!child.wait().unwrap().success());
        assert!(count >= after, "the process ended after {count}");

        let store = Sqlite::open(&path).await.unwrap();
        // What had begun may be done or not.
        for key in &begun {
            acknowledged.remove(key);
        }
        for (key, value) in &acknowledged {
            let found = store.get(key).await.unwrap();
            assert!(found == *value, "{key} is not as it was acknowledged");
        }
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_file_can_be_used_whenever_its_making_was_cut_short() {
    let folder = tempfile::tempdir().unwrap();
    for millis in 0..40 {
        let path = folder.path().join(format!("{millis}.db"));
        let mut child = child(&path, 0);
        tokio::time::sleep(Duration::from_millis(millis)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        let store = Sqlite::open(&path).await.unwrap();
        store.put("a", "1".into(), Duration::MAX).await.unwrap();
        assert_eq!(store.get("a").await, Ok(Some("1".into())));
    }
}

#[tokio::test]
async fn a_second_process_is_refused_until_the_first_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let mut child = child(&path, 0);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().starts_with("begin ")));
    let in_use = StoreError::InUse { path: path.clone() };
    assert_eq!(Sqlite::open(&path).await.err(), Some(in_use));
    child.kill().unwrap();
    child.wait().unwrap();
    Sqlite::open(&path).await.unwrap();
}
