//! The compile cache: files of JSON by content hash, and the ones of late in memory.
//!
//! Nothing depends on it: what is damaged, cannot be written or is removed meanwhile is compiled again.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use crate::svelte::Compiled;
use crate::{atomic, hash};

/// Files that nobody asked for in this time are removed.
const AGE_LIMIT: Duration = Duration::from_secs(30 * 24 * 3600);

/// The oldest files are removed until the others fit.
const SIZE_LIMIT: u64 = 256 << 20;

/// What is kept in memory; when it is full, it is emptied.
const MEMORY_LIMIT: usize = 64 << 20;

/// A file's time of change is its time of last use, but not renewed more often than this.
const TOUCH_AFTER: Duration = Duration::from_secs(24 * 3600);

#[derive(Debug)]
pub(crate) struct Cache {
    dir: Option<PathBuf>,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    entries: HashMap<String, Arc<Compiled>>,
    size: usize,
}

impl Cache {
    /// A cache in a folder, which need not be there.
    pub(crate) fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: Some(dir.into()),
            memory: Mutex::default(),
        }
    }

    /// A cache that ends with the process.
    pub(crate) fn in_memory() -> Self {
        Self {
            dir: None,
            memory: Mutex::default(),
        }
    }

    pub(crate) async fn get(&self, key: &str) -> Option<Arc<Compiled>> {
        if let Some(found) = self.memory().entries.get(key) {
            return Some(Arc::clone(found));
        }
        let path = self.path(key)?;
        // A file that is damaged will be written again.
        let compiled = Arc::new(decode(&tokio::fs::read(&path).await.ok()?)?);
        touch(&path);
        self.remember(key, &compiled);
        Some(compiled)
    }

    pub(crate) async fn put(&self, key: &str, compiled: Compiled) -> Arc<Compiled> {
        let compiled = Arc::new(compiled);
        self.remember(key, &compiled);
        if let (Some(path), Some(file)) = (self.path(key), encode(&compiled)) {
            let write = move || {
                // A cache that cannot be written makes the next build slower, not this one fail.
                if let Err(error) = atomic::write(&path, &file) {
                    tracing::debug!(path = %path.display(), %error, "cannot write to the compile cache");
                }
            };
            let _ = tokio::task::spawn_blocking(write).await;
        }
        compiled
    }

    /// Removes what is old, and the oldest of what is too much.
    pub(crate) fn prune(&self) {
        let Some(dir) = &self.dir else { return };
        let mut files = Vec::new();
        for folder in read_dir(dir) {
            files.extend(read_dir(&folder).filter_map(|path| {
                let meta = path.metadata().ok()?;
                Some((meta.modified().ok()?, meta.len(), path))
            }));
        }
        files.sort_unstable_by(|a, b| b.cmp(a));
        let now = SystemTime::now();
        let mut size = 0;
        for (modified, len, path) in files {
            size += len;
            if size > SIZE_LIMIT
                || now
                    .duration_since(modified)
                    .is_ok_and(|age| age > AGE_LIMIT)
            {
                let _ = fs::remove_file(path);
            }
        }
    }

    fn path(&self, key: &str) -> Option<PathBuf> {
        let (folder, name) = key.split_at(2);
        Some(self.dir.as_ref()?.join(folder).join(format!("{name}.json")))
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, key: &str, compiled: &Arc<Compiled>) {
        let mut memory = self.memory();
        let size = compiled.js.len()
            + compiled.map.as_ref().map_or(0, String::len)
            + compiled.css.as_ref().map_or(0, String::len);
        if memory.size + size > MEMORY_LIMIT {
            *memory = Memory::default();
        }
        memory.size += size;
        memory.entries.insert(key.to_owned(), Arc::clone(compiled));
    }
}

fn read_dir(path: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(path)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
}

/// An entry's file: a line with the hash of the rest, so that what was damaged is no entry.
fn encode(compiled: &Compiled) -> Option<Vec<u8>> {
    let text = serde_json::to_vec(compiled).ok()?;
    Some([hash::short(&text).as_bytes(), b"\n", &text].concat())
}

fn decode(file: &[u8]) -> Option<Compiled> {
    let at = file.iter().position(|byte| *byte == b'\n')?;
    let (sum, text) = (&file[..at], &file[at + 1..]);
    (sum == hash::short(text).as_bytes())
        .then(|| serde_json::from_slice(text).ok())
        .flatten()
}

fn touch(path: &Path) {
    let Ok(modified) = path.metadata().and_then(|meta| meta.modified()) else {
        return;
    };
    let now = SystemTime::now();
    if now
        .duration_since(modified)
        .is_ok_and(|age| age > TOUCH_AFTER)
        && let Ok(file) = fs::File::options().append(true).open(path)
    {
        let _ = file.set_modified(now);
    }
}
