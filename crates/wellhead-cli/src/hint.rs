//! Errors as the user sees them: what happened, why, and a line that says what to do.

use std::fmt;

use crate::terminal;

/// An error with something to do about it.
#[derive(Debug)]
pub(crate) struct Hinted {
    source: anyhow::Error,
    hint: String,
}

impl fmt::Display for Hinted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.source)
    }
}

impl std::error::Error for Hinted {}

/// Adds what to do.
pub(crate) trait WithHint<T> {
    /// Adds a hint, should this be an error.
    fn hint(self, hint: impl Into<String>) -> anyhow::Result<T>;
}

impl<T, E: Into<anyhow::Error>> WithHint<T> for Result<T, E> {
    fn hint(self, hint: impl Into<String>) -> anyhow::Result<T> {
        self.map_err(|error| {
            Hinted {
                source: error.into(),
                hint: hint.into(),
            }
            .into()
        })
    }
}

/// What to do about an error; empty where nothing is known.
pub(crate) fn of(error: &anyhow::Error) -> &str {
    error
        .downcast_ref::<Hinted>()
        .map_or("", |hinted| &hinted.hint)
}

/// Writes an error and its hint.
pub(crate) fn report(error: &anyhow::Error) {
    eprintln!("{} {error:#}", terminal::red("error:"));
    match of(error) {
        "" => {}
        hint => eprintln!("{} {hint}", terminal::cyan("hint:")),
    }
}
