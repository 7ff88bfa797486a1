//! What an operator is told of errors of SQLite and of the file system.

use std::{io, path::Path};

use rusqlite::ErrorCode;

use crate::StoreError;

/// What went wrong in the database.
pub(super) fn of_sqlite(path: &Path, error: &rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full { path },
        Some(ErrorCode::NotADatabase) => StoreError::NotADatabase { path },
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged { path },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked { path },
        // That the file itself can be opened is known: what cannot be is what SQLite has beside it.
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            StoreError::NotWritable {
                path,
                problem: error.to_string(),
            }
        }
        _ => StoreError::Unavailable {
            message: format!("{}: {error}", path.display()),
        },
    }
}

/// What went wrong with the file before it was a database.
pub(super) fn of_file(path: &Path, error: &io::Error) -> StoreError {
    use io::ErrorKind::{
        InvalidInput, IsADirectory, NotADirectory, NotFound, PermissionDenied, QuotaExceeded,
        ReadOnlyFilesystem, StorageFull,
    };
    let path = path.to_owned();
    let problem = error.to_string();
    let cannot_open = |hint| StoreError::CannotOpen {
        path: path.clone(),
        problem: problem.clone(),
        hint,
    };
    match error.kind() {
        NotFound => cannot_open("make its folder"),
        IsADirectory | NotADirectory | InvalidInput => cannot_open("name a file in a folder"),
        PermissionDenied | ReadOnlyFilesystem => StoreError::NotWritable { path, problem },
        StorageFull | QuotaExceeded => StoreError::Full { path },
        _ => StoreError::Unavailable {
            message: format!("{}: {problem}", path.display()),
        },
    }
}
