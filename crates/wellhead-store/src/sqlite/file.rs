//! The database: opening it, and the statements.

use std::{
    fs::{self, OpenOptions, TryLockError},
    io::{self, Read},
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction};

use super::failure;
use crate::StoreError;

/// How every SQLite database begins.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// Stands in the header of the file: "WELL".
const APPLICATION: i64 = 0x5745_4c4c;
/// The format, in the header too. A file of a newer one is refused; for an older one the steps to this one belong here.
const FORMAT: i64 = 1;
const SCHEMA: &str = "
    CREATE TABLE kept (key TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL, until INTEGER NOT NULL) STRICT;
    CREATE INDEX kept_until ON kept (until);
";
/// How long another program, such as a backup, may have the file locked.
const PATIENCE: Duration = Duration::from_secs(5);
/// To this size SQLite cuts its log when it has been taken into the file.
const LOG: i64 = 64 * 1024 * 1024;
/// How many values are removed in one transaction, so that callers wait for milliseconds.
pub(super) const AT_ONCE: usize = 100;

/// The file, open and locked. Dropped in this order, so that it is free when it is closed.
#[derive(Debug)]
pub(super) struct File {
    connection: Connection,
    /// As it was named.
    path: PathBuf,
    /// How large it may be, in bytes.
    room: u64,
    _lock: Lock,
}

/// Keeps other processes away. The system lets go of it however this one ends.
#[derive(Debug)]
struct Lock(fs::File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that is being started has a copy of it for a moment.
        let _ = self.0.unlock();
    }
}

/// What can be done with the values, within a transaction.
pub(super) struct Values<'t>(Transaction<'t>);

impl File {
    pub(super) fn open(path: &Path, room: u64) -> Result<Self, StoreError> {
        let of_file = |error: io::Error| failure::of_file(path, &error);
        let place = place(path).map_err(of_file)?;
        let lock = lock(path, &place)?;
        // SQLite would make it readable for everybody, would take one that may only be read, and would write over a short text.
        if !private()
            .open(&place)
            .and_then(is_database)
            .map_err(of_file)?
        {
            return Err(StoreError::NotADatabase {
                path: path.to_owned(),
            });
        }

        let of_sqlite = |error: rusqlite::Error| failure::of_sqlite(path, &error);
        // One thread has the connection, and the name is a path even if it begins with `file:`.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&place, flags).map_err(of_sqlite)?;
        connection.busy_timeout(PATIENCE).map_err(of_sqlite)?;
        let is_new = is_new(&connection, path)?;
        configure(&connection).map_err(of_sqlite)?;
        if is_new {
            set_up(&mut connection).map_err(of_sqlite)?;
        }
        Ok(Self {
            connection,
            path: path.to_owned(),
            room,
            _lock: lock,
        })
    }

    /// Does all of something, or nothing if there is an error.
    pub(super) fn transaction<T>(
        &mut self,
        work: impl FnOnce(&Values<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let done = || {
            let values = Values(self.connection.transaction()?);
            let result = work(&values)?;
            values.0.commit()?;
            Ok(result)
        };
        done().map_err(|error| failure::of_sqlite(&self.path, &error))
    }

    /// Removes some that have expired, and says how many.
    pub(super) fn sweep(&mut self, now: i64) -> Result<usize, StoreError> {
        self.transaction(|values| values.remove_first(now))
    }

    /// Removes those that would expire first, as long as the file is too large, and says how many.
    pub(super) fn make_room(&mut self) -> Result<usize, StoreError> {
        let mut removed = 0;
        while self.size()? > self.room {
            match self.transaction(|values| values.remove_first(i64::MAX))? {
                0 => break,
                more => removed += more,
            }
        }
        Ok(removed)
    }

    /// Has the disk take everything, and the log into the file as far as nobody reads it.
    pub(super) fn sync(&mut self) -> Result<(), StoreError> {
        let done =
            self.connection
                .pragma_update_and_check(None, "wal_checkpoint", "PASSIVE", |_| Ok(()));
        done.map_err(|error| failure::of_sqlite(&self.path, &error))
    }

    /// How much of the file is in use, in bytes. The rest is used again before it grows.
    fn size(&self) -> Result<u64, StoreError> {
        let pragma = |name| {
            self.connection
                .pragma_query_value(None, name, |row| row.get(0))
        };
        let size = || -> rusqlite::Result<i64> {
            let (pages, free): (i64, i64) = (pragma("page_count")?, pragma("freelist_count")?);
            Ok((pages - free) * pragma("page_size")?)
        };
        let size = size().map_err(|error| failure::of_sqlite(&self.path, &error))?;
        Ok(u64::try_from(size).unwrap_or_default())
    }

    /// A file that cannot grow, as on a disk that is full.
    #[cfg(test)]
    pub(super) fn allow_pages(&self, pages: i64) {
        self.connection
            .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
            .unwrap();
    }

    /// What a process has for a moment that this one starts.
    #[cfg(test)]
    pub(super) fn copy_of_lock(&self) -> fs::File {
        self._lock.0.try_clone().unwrap()
    }

    /// How long it is waited for other programs.
    #[cfg(test)]
    pub(super) fn wait_for_others(&self, patience: Duration) {
        self.connection.busy_timeout(patience).unwrap();
    }

    #[cfg(test)]
    pub(super) fn pages(&self) -> i64 {
        let pages = self
            .connection
            .pragma_query_value(None, "page_count", |row| row.get(0));
        pages.unwrap()
    }
}

impl Values<'_> {
    pub(super) fn put(&self, key: &str, value: &[u8], until: i64) -> rusqlite::Result<()> {
        let mut put = self.0.prepare_cached(
            "INSERT INTO kept (key, value, until) VALUES (?1, ?2, ?3)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value, until = excluded.until",
        )?;
        put.execute((key, value, until))?;
        Ok(())
    }

    pub(super) fn get(&self, key: &str, now: i64) -> rusqlite::Result<Option<Bytes>> {
        let mut get = self
            .0
            .prepare_cached("SELECT value FROM kept WHERE key = ?1 AND until > ?2")?;
        let found = get.query_row((key, now), |row| row.get::<_, Vec<u8>>(0));
        Ok(found.optional()?.map(Bytes::from))
    }

    pub(super) fn take(&self, key: &str, now: i64) -> rusqlite::Result<Option<Bytes>> {
        let found = self.get(key, now)?;
        self.0
            .prepare_cached("DELETE FROM kept WHERE key = ?1")?
            .execute([key])?;
        Ok(found)
    }

    /// Removes those that expire first, of all that expire by then.
    fn remove_first(&self, until: i64) -> rusqlite::Result<usize> {
        let mut remove = self.0.prepare_cached(
            "DELETE FROM kept WHERE rowid IN
             (SELECT rowid FROM kept WHERE until <= ?1 ORDER BY until LIMIT ?2)",
        )?;
        remove.execute((until, AT_ONCE as i64))
    }
}

/// One name for one file, whatever links lead to it.
fn place(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let name = path.file_name().ok_or(error)?;
            let folder = match path.parent() {
                Some(folder) if folder != Path::new("") => folder,
                _ => Path::new("."),
            };
            Ok(fs::canonicalize(folder)?.join(name))
        }
        Ok(place) if place.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        // A pipe could be waited for without end.
        Ok(place) if !place.is_file() => {
            Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"))
        }
        found => found,
    }
}

fn lock(path: &Path, place: &Path) -> Result<Lock, StoreError> {
    let mut name = place.as_os_str().to_owned();
    name.push(".lock");
    let of_file = |error: io::Error| failure::of_file(path, &error);
    let file = private().open(PathBuf::from(name)).map_err(of_file)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(of_file(error)),
    }
}

/// A file that is made if it is not there, for its owner only.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Whether a file begins as databases do, or is empty.
fn is_database(file: fs::File) -> io::Result<bool> {
    let mut begin = Vec::new();
    file.take(MAGIC.len() as u64).read_to_end(&mut begin)?;
    Ok(begin.is_empty() || begin == MAGIC)
}

/// Whether there is nothing in the file yet. What is not ours is told, and not touched.
fn is_new(connection: &Connection, path: &Path) -> Result<bool, StoreError> {
    let read = || {
        let application: i64 =
            connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let format: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let things: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok((application, format, things))
    };
    let path = path.to_owned();
    match read().map_err(|error| failure::of_sqlite(&path, &error))? {
        (0, 0, 0) => Ok(true),
        (APPLICATION, FORMAT, _) => Ok(false),
        (APPLICATION, found, _) => Err(StoreError::Newer {
            path,
            found,
            known: FORMAT,
        }),
        _ => Err(StoreError::OtherDatabase { path }),
    }
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        tracing::warn!(
            mode,
            "the store's file system knows no shared memory; it is slower"
        );
    }
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update_and_check(None, "journal_size_limit", LOG, |_| Ok(()))
}

fn set_up(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(SCHEMA)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", FORMAT)?;
    transaction.commit()
}
