//! The store that a configuration names.

use std::{path::Path, sync::Arc};

use crate::{Memory, Sqlite, Store, StoreError};

/// The store of a URL: `memory:`, or `sqlite:PATH` with a path as the system has it, absolute or from the current folder.
///
/// Has to be called on a tokio runtime. If the future is dropped, nothing stays open.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), wellhead_store::StoreError> {
/// let store = wellhead_store::open("memory:").await?;
/// assert_eq!(store.get("key").await?, None);
///
/// let error = wellhead_store::open("memroy:").await.err().unwrap();
/// assert_eq!(
///     error.to_string(),
///     "no store is called `memroy`; hint: `memory:` or `sqlite:PATH`, such as `sqlite:state.db`"
/// );
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`StoreError::BadUrl`], and those of [`Sqlite::open`].
pub async fn open(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    match parse(url).map_err(|problem| StoreError::BadUrl { problem })? {
        Parsed::Memory => Ok(Arc::new(Memory::default())),
        Parsed::Sqlite(path) => Ok(Arc::new(Sqlite::open(path).await?)),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Parsed<'u> {
    Memory,
    Sqlite(&'u Path),
}

fn parse(url: &str) -> Result<Parsed<'_>, String> {
    match url.split_once(':') {
        Some(("memory", "")) => Ok(Parsed::Memory),
        Some(("memory", rest)) => Err(format!("nothing follows `memory:`, not `{rest}`")),
        Some(("sqlite", path)) => parse_path(path).map(|path| Parsed::Sqlite(Path::new(path))),
        Some((scheme, _)) => Err(format!("no store is called `{scheme}`")),
        None if url.is_empty() => Err("no store is named".into()),
        None => Err("a store is named by a URL with a `:`".into()),
    }
}

/// Refuses what means something else with other libraries, before a file of a strange name is there.
fn parse_path(path: &str) -> Result<&str, String> {
    match path {
        "" => Err("`sqlite:` names no file".into()),
        ":memory:" => {
            Err("`sqlite::memory:` would keep nothing, which `memory:` does faster".into())
        }
        _ if path.contains('?') => Err("`sqlite:` has no options after a `?`".into()),
        _ if path.contains('\0') => Err("a path has no NUL".into()),
        // An absolute path after an empty host, as in `file:///`.
        _ => match path.strip_prefix("//") {
            Some(absolute) if absolute.starts_with('/') => Ok(absolute),
            Some(rest) => Err(format!(
                "a file is on no host: `sqlite:{rest}`, without `//`"
            )),
            None => Ok(path),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(url: &str) -> String {
        parse(url).unwrap_err()
    }

    #[test]
    fn urls_name_stores() {
        let sqlite = |path| Ok(Parsed::Sqlite(Path::new(path)));
        assert_eq!(parse("memory:"), Ok(Parsed::Memory));
        assert_eq!(parse("sqlite:state.db"), sqlite("state.db"));
        assert_eq!(parse("sqlite:./a b/ü.db"), sqlite("./a b/ü.db"));
        assert_eq!(parse("sqlite:/var/lib/app.db"), sqlite("/var/lib/app.db"));
        assert_eq!(parse("sqlite:///var/lib/app.db"), sqlite("/var/lib/app.db"));
        assert_eq!(parse(r"sqlite:C:\app.db"), sqlite(r"C:\app.db"));
    }

    #[test]
    fn what_names_no_store_is_told() {
        assert_eq!(problem(""), "no store is named");
        assert_eq!(problem("state.db"), "a store is named by a URL with a `:`");
        assert_eq!(problem("memory:x"), "nothing follows `memory:`, not `x`");
        assert_eq!(problem("sqlite:"), "`sqlite:` names no file");
        assert_eq!(
            problem("sqlite://state.db"),
            "a file is on no host: `sqlite:state.db`, without `//`"
        );
        assert!(problem("sqlite::memory:").contains("would keep nothing"));
        assert!(problem("sqlite:a.db?mode=rwc").contains("no options"));
    }

    #[test]
    fn a_password_is_not_repeated() {
        let problem = problem("redis://user:secret@host");
        assert_eq!(problem, "no store is called `redis`");
    }
}
