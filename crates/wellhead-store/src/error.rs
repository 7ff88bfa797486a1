//! What a store says when it cannot do what it is asked for.

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
