//! Every store keeps values as a map does, from which what has expired goes.

use std::{collections::HashMap, time::Duration};

use bytes::Bytes;
use proptest::prelude::*;

use crate::{Memory, Sqlite, Store, clock::Clock};

const HOUR: Duration = Duration::from_secs(60 * 60);
const KEYS: [&str; 5] = ["", "a", "A", "a\0b", "ключ"];

#[derive(Debug, Clone)]
enum Step {
    Put {
        key: usize,
        value: Vec<u8>,
        keep: Option<u32>,
    },
    Get {
        key: usize,
    },
    Take {
        key: usize,
    },
    /// Whole hours, beside which what the machine's own clock adds while a test runs is nothing.
    Pass {
        hours: u32,
    },
    /// Closes what outlives its process, and opens it again.
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = 0..KEYS.len();
    let value = prop_oneof![
        9 => prop::collection::vec(any::<u8>(), 0..20),
        1 => prop::collection::vec(any::<u8>(), 10_000..20_000),
    ];
    let keep = prop_oneof![4 => (0..5u32).prop_map(Some), 1 => Just(None)];
    let step = prop_oneof![
        6 => (key.clone(), value, keep).prop_map(|(key, value, keep)| Step::Put { key, value, keep }),
        6 => key.clone().prop_map(|key| Step::Get { key }),
        3 => key.prop_map(|key| Step::Take { key }),
        3 => (0..4u32).prop_map(|hours| Step::Pass { hours }),
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..60)
}

/// A map, and hours.
#[derive(Default)]
struct Model {
    kept: HashMap<usize, (Vec<u8>, Option<u32>)>,
    now: u32,
}

impl Model {
    fn get(&self, key: usize) -> Option<Bytes> {
        let (value, until) = self.kept.get(&key)?;
        let is_kept = until.is_none_or(|until| until > self.now);
        is_kept.then(|| value.clone().into())
    }
}

async fn check(
    steps: &[Step],
    clock: &Clock,
    mut store: Box<dyn Store>,
    reopen: impl AsyncFn(Box<dyn Store>) -> Box<dyn Store>,
) {
    let mut model = Model::default();
    for step in steps {
        match step {
            Step::Put { key, value, keep } => {
                let duration = keep.map_or(Duration::MAX, |keep| HOUR * keep);
                let bytes = value.clone().into();
                store.put(KEYS[*key], bytes, duration).await.unwrap();
                let until = keep.map(|keep| model.now + keep);
                model.kept.insert(*key, (value.clone(), until));
            }
            Step::Get { key } => {
                assert_eq!(store.get(KEYS[*key]).await.unwrap(), model.get(*key));
            }
            Step::Take { key } => {
                assert_eq!(store.take(KEYS[*key]).await.unwrap(), model.get(*key));
                model.kept.remove(key);
            }
            Step::Pass { hours } => {
                clock.advance(HOUR * *hours);
                model.now += hours;
            }
            Step::Reopen => store = reopen(store).await,
        }
    }
    for (key, name) in KEYS.iter().enumerate() {
        assert_eq!(store.get(name).await.unwrap(), model.get(key));
    }
}

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(test);
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn memory_keeps_what_a_map_keeps(steps in steps()) {
        let clock = Clock::default();
        let store = Box::new(Memory::with_clock(clock.clone()));
        run(check(&steps, &clock, store, async |store| store));
    }
}

proptest! {
    // Each makes a file, which takes a disk some milliseconds.
    #![proptest_config(cases(48))]

    #[test]
    fn a_file_keeps_what_a_map_keeps(steps in steps()) {
        let clock = Clock::default();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let open = async || {
            let opened = Sqlite::open_at(&path, u64::MAX, clock.clone()).await;
            Box::new(opened.unwrap()) as Box<dyn Store>
        };
        run(async {
            check(&steps, &clock, open().await, async |store| {
                drop(store);
                open().await
            })
            .await;
        });
    }
}
