//! What a test waits for.

use std::fmt;

use crate::testing::{Error, document::Document};

/// What a test waits for, with [`Page::wait_for`](super::Page::wait_for).
///
/// ```
/// use wellhead_live::testing::Awaited;
///
/// assert_eq!(Awaited::from("#done"), Awaited::selector("#done"));
/// assert_eq!(Awaited::text("Saved").to_string(), "\"Saved\" is not on the page");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited(Want);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Want {
    Selector(String),
    Gone(String),
    Text(String),
}

impl Awaited {
    /// An element that fits.
    pub fn selector(selector: impl Into<String>) -> Self {
        Self(Want::Selector(selector.into()))
    }

    /// That no element fits any more.
    pub fn gone(selector: impl Into<String>) -> Self {
        Self(Want::Gone(selector.into()))
    }

    /// A text that a reader sees somewhere on the page.
    pub fn text(text: impl Into<String>) -> Self {
        Self(Want::Text(text.into()))
    }

    pub(super) fn holds(&self, document: &Document) -> Result<bool, Error> {
        Ok(match &self.0 {
            Want::Selector(selector) => !document.all(selector)?.is_empty(),
            Want::Gone(selector) => document.all(selector)?.is_empty(),
            Want::Text(text) => {
                let wanted: Vec<&str> = text.split_whitespace().collect();
                document.body().text().contains(&wanted.join(" "))
            }
        })
    }
}

impl From<&str> for Awaited {
    fn from(selector: &str) -> Self {
        Self::selector(selector)
    }
}

impl fmt::Display for Awaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Want::Selector(wanted) | Want::Text(wanted) => {
                write!(f, "{wanted:?} is not on the page")
            }
            Want::Gone(selector) => write!(f, "{selector:?} is still on the page"),
        }
    }
}
