//! The temporary file of an upload.

use std::{
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use tokio::{
    fs::{File, OpenOptions},
    io::AsyncWriteExt,
};

use crate::token::random_name;

/// A temporary file that is being written.
#[derive(Debug)]
pub(super) struct Temporary {
    file: File,
    place: Place,
}

/// Where a temporary file is. It is removed with this.
#[derive(Debug)]
pub(super) struct Place(PathBuf);

impl Temporary {
    /// A new file, which only this user may read.
    pub(super) async fn create(folder: &Path) -> io::Result<Self> {
        let path = folder.join(format!("wellhead-upload-{}", random_name()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        let file = options.open(&path).await?;
        Ok(Self {
            file,
            place: Place(path),
        })
    }

    /// Returns when the operating system has the bytes.
    pub(super) async fn write(&mut self, bytes: &Bytes) -> io::Result<()> {
        self.file.write_all(bytes).await?;
        self.file.flush().await
    }

    /// Closes the file, which stays where it is.
    pub(super) fn close(self) -> Place {
        self.place
    }
}

impl Place {
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Removes the file, and returns when it is gone.
    pub(super) async fn remove(mut self) {
        let path = std::mem::take(&mut self.0);
        told(&path, tokio::fs::remove_file(&path).await);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let path = std::mem::take(&mut self.0);
        if path.as_os_str().is_empty() {
            return;
        }
        let remove = move || told(&path, std::fs::remove_file(&path));
        // To remove a large file takes its time.
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(remove)),
            Err(_) => remove(),
        }
    }
}

fn told(path: &Path, removed: io::Result<()>) {
    if let Err(error) = removed
        && error.kind() != ErrorKind::NotFound
    {
        tracing::error!(path = %path.display(), %error, "a temporary file stays");
    }
}

/// What is told of a file that could not be written.
pub(super) fn code_of(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => super::DISK_FULL,
        _ => super::NOT_STORED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_written_is_there_as_long_as_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let mut temporary = Temporary::create(folder.path()).await.unwrap();
        temporary.write(&"abc".into()).await.unwrap();
        temporary.write(&"def".into()).await.unwrap();
        let place = temporary.close();
        assert_eq!(std::fs::read(place.path()).unwrap(), b"abcdef");
        let path = place.path().to_owned();
        drop(place);
        while path.exists() {
            tokio::task::yield_now().await;
        }
        let temporary = Temporary::create(folder.path()).await.unwrap();
        temporary.close().remove().await;
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nobody_else_reads_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let temporary = Temporary::create(folder.path()).await.unwrap();
        let metadata = std::fs::metadata(temporary.place.path()).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_full_disk_has_its_code() {
        let file = OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .await
            .unwrap();
        let place = Place("/nowhere/at/all".into());
        let mut full = Temporary { file, place };
        let error = full.write(&"abc".into()).await.expect_err("it is full");
        assert_eq!(code_of(&error), "disk_full");
        let error = Temporary::create(Path::new("/nowhere/at/all"))
            .await
            .expect_err("there is no such folder");
        assert_eq!(code_of(&error), "not_stored");
    }
}
