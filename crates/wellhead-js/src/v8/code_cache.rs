//! V8's code cache on disk: what a module compiles to, so that the next start does not compile it again.
//!
//! A file is named by the content of its module and by what V8 checks (its version and flags), and is written whole or
//! not at all. V8 trusts the bytes, so they carry a checksum: a file that was damaged is as good as none.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use deno_core::v8;

const MAGIC: &[u8; 8] = b"whcode01";
const HEADER: usize = MAGIC.len() + size_of::<u64>();

/// The folder of the cache.
#[derive(Debug)]
pub(super) struct CodeCache {
    dir: PathBuf,
    tag: u32,
}

impl CodeCache {
    /// Opens the cache in a folder, which is made. To be called when V8 is set up.
    pub(super) fn open(dir: &Path) -> Option<Self> {
        if let Err(error) = std::fs::create_dir_all(dir) {
            tracing::warn!(
                "no code cache: cannot make the folder {}: {error}",
                dir.display()
            );
            return None;
        }
        Some(Self {
            dir: dir.to_path_buf(),
            tag: v8::script_compiler::cached_data_version_tag(),
        })
    }

    /// Where it is.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// What a module of this content compiles to, if that is known.
    pub(super) fn read(&self, content: &str) -> Option<Vec<u8>> {
        let mut file = std::fs::read(self.path(content)).ok()?;
        let intact = file.len() > HEADER
            && file.starts_with(MAGIC)
            && file[MAGIC.len()..HEADER] == checksum(&file[HEADER..]).to_le_bytes();
        intact.then(|| file.split_off(HEADER))
    }

    /// Notes what a module of this content compiles to. A failure is logged: the module is compiled again then.
    pub(super) fn write(&self, content: &str, code: &[u8]) {
        let path = self.path(content);
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let new = path.with_extension(format!("{}-{number}.new", std::process::id()));
        let file = [MAGIC.as_slice(), &checksum(code).to_le_bytes(), code].concat();
        let written = std::fs::write(&new, file).and_then(|()| std::fs::rename(&new, &path));
        if let Err(error) = written {
            tracing::warn!("cannot write the code cache {}: {error}", path.display());
            // It may not be there at all.
            let _ = std::fs::remove_file(&new);
        }
    }

    fn path(&self, content: &str) -> PathBuf {
        // The name comes from a manifest, so it is not used as a path as it is.
        self.dir.join(format!(
            "{:016x}-{:08x}.code",
            checksum(content.as_bytes()),
            self.tag
        ))
    }
}

/// Tells apart what is damaged, not what is forged: whoever can write here can write modules too.
fn checksum(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_files_are_as_good_as_none() {
        let dir = tempfile::tempdir().unwrap();
        let cache = CodeCache {
            dir: dir.path().to_path_buf(),
            tag: 7,
        };
        assert_eq!(cache.read("a"), None);
        cache.write("a", b"some code");
        assert_eq!(cache.read("a").unwrap(), b"some code");
        assert_eq!(cache.read("b"), None);
        let path = cache.path("a");
        let whole = std::fs::read(&path).unwrap();
        for damaged in [
            &whole[..5],
            &whole[..whole.len() - 1],
            &[whole.as_slice(), b"x"].concat(),
        ] {
            std::fs::write(&path, damaged).unwrap();
            assert_eq!(cache.read("a"), None);
        }
        let mut flipped = whole.clone();
        *flipped.last_mut().unwrap() ^= 1;
        std::fs::write(&path, flipped).unwrap();
        assert_eq!(cache.read("a"), None);
        assert_eq!(
            std::fs::read_dir(dir.path()).unwrap().count(),
            1,
            "nothing is left over"
        );
    }
}
