//! What a store says when it cannot do what it is asked for.

use std::path::PathBuf;

use crate::{MAX_MEMBERS, MAX_NAME, MAX_VALUE};

/// Why a store cannot do what it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A topic or key is longer than [`MAX_NAME`].
    #[error("a name of {length} bytes, at most {MAX_NAME}; hint: use an identifier")]
    NameTooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// A message or value is longer than [`MAX_VALUE`].
    #[error(
        "a value of {length} bytes, at most {MAX_VALUE}; hint: keep it elsewhere, and its name here"
    )]
    ValueTooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// A topic has as many members as it may, [`MAX_MEMBERS`].
    #[error("{MAX_MEMBERS} members are present at a topic already; hint: use several topics")]
    TooManyMembers,
    /// A URL that names no store.
    #[error("{problem}; hint: `memory:` or `sqlite:PATH`, such as `sqlite:state.db`")]
    BadUrl {
        /// What is wrong with it. Of a URL of another kind, which may hold a password, only the scheme is told.
        problem: String,
    },
    /// A store has the file open already, in another process or in this one.
    #[error(
        "{} is in use by another process; hint: end the server that has it, or give this one a file of its own", .path.display()
    )]
    InUse {
        /// The database.
        path: PathBuf,
    },
    /// There is no such folder, or a folder in place of the file.
    #[error("{} cannot be opened: {problem}; hint: {hint}", .path.display())]
    CannotOpen {
        /// The database.
        path: PathBuf,
        /// What is wrong.
        problem: String,
        /// What to do.
        hint: &'static str,
    },
    /// The file or its folder may not be written.
    #[error(
        "{} cannot be written: {problem}; hint: the server's user has to be able to write the file and its folder", .path.display()
    )]
    NotWritable {
        /// The database.
        path: PathBuf,
        /// What the system says.
        problem: String,
    },
    /// The file is there and is something else.
    #[error("{} is not a SQLite database; hint: name another file", .path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file is a database of another program. It is left as it is.
    #[error("{} is a SQLite database, but not of Wellhead; hint: name another file", .path.display())]
    OtherDatabase {
        /// The database.
        path: PathBuf,
    },
    /// A newer Wellhead wrote the file. It is left as it is.
    #[error(
        "{} was written by a newer Wellhead (format {found}, this one knows {known}); hint: run that version, or name another file", .path.display()
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The newest format that is known here.
        known: i64,
    },
    /// The file is damaged.
    #[error(
        "{} is damaged; hint: put a copy of it in place, or remove it and start empty", .path.display()
    )]
    Damaged {
        /// The database.
        path: PathBuf,
    },
    /// The disk is full. What was kept before is still there.
    #[error("the disk is full, {} cannot grow; hint: make room on it", .path.display())]
    Full {
        /// The database.
        path: PathBuf,
    },
    /// Another program, such as a backup, has the database locked for seconds.
    #[error("another program keeps {} locked; hint: end it", .path.display())]
    Locked {
        /// The database.
        path: PathBuf,
    },
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The store cannot be reached, or failed.
    #[error("the store failed: {message}")]
    Unavailable {
        /// What it said.
        message: String,
    },
}
