//! Writes files so that nobody sees half of one, however many builds run at the same time.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Writes a file beside its place and moves it there. Folders are made.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = beside(path, "tmp");
    let written = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What is half-written would only take the space that there is none of.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Writes a file where it is not already what it should be, so that nothing that watches the folder stirs.
pub(crate) fn update(path: &Path, text: &str) -> io::Result<()> {
    if fs::read(path).is_ok_and(|there| there == text.as_bytes()) {
        return Ok(());
    }
    write(path, text.as_bytes())
}

/// A hidden name beside a path that no other build uses.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}-{number}.{suffix}", std::process::id()));
    path.with_file_name(name)
}

/// Waits until no other build moves or removes what is in a folder; the turn ends when it is dropped, or with the process.
/// Where there can be no lock, there is no turn to wait for: the worst is that one of two builds fails.
pub(crate) fn turn(folder: &Path) -> Option<fs::File> {
    let folder = fs::File::open(folder).ok()?;
    folder.lock().ok()?;
    Some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_moved_into_place_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        write(&dir.path().join("a/b"), b"1").unwrap();
        write(&dir.path().join("a/b"), b"2").unwrap();
        assert_eq!(fs::read(dir.path().join("a/b")).unwrap(), b"2");
        fs::create_dir(dir.path().join("a/c")).unwrap();
        assert!(write(&dir.path().join("a/c"), b"3").is_err());
        assert_eq!(fs::read_dir(dir.path().join("a")).unwrap().count(), 2);
    }
}
