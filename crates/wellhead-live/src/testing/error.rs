//! What a test is told when something cannot be done.

use std::{fmt, time::Duration};

use crate::PaintError;

/// How much of the page an error shows, in bytes.
const SHOWN: usize = 4000;

/// Why a page cannot be opened, or something cannot be done on it.
///
/// Its text says which element was meant, what is there in its place, and what the page shows.
///
/// ```
/// use wellhead_live::testing::Error;
///
/// let error = Error::Redirect { url: "/login".into() };
/// assert_eq!(error.to_string(), "the page sends its browser to /login");
/// ```
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A component sends the browser elsewhere before it shows anything.
    #[error("the page sends its browser to {url}")]
    Redirect {
        /// Where to, as the component said it.
        url: String,
    },
    /// A component's `mount` threw an error with a status: 404, say.
    #[error("the page answers with the status {status}: {message}")]
    Status {
        /// The status of the page.
        status: u16,
        /// What may be shown.
        message: String,
    },
    /// A component could not be mounted.
    #[error("{0}")]
    Mount(PaintError),
    /// The server ended the connection.
    #[error("the server has ended the connection: {reason}")]
    Disconnected {
        /// The name of its code, and more words.
        reason: String,
    },
    /// This is no selector.
    #[error("{selector:?} is no selector: {problem}")]
    Selector {
        /// What was given.
        selector: String,
        /// What is wrong.
        problem: String,
    },
    /// No element fits a selector.
    #[error("nothing on the page is {selector:?}{near}\n{page}")]
    Missing {
        /// The selector.
        selector: String,
        /// Elements that may have been meant.
        near: Near,
        /// What the page shows.
        page: Excerpt,
    },
    /// Several elements fit a selector where one is wanted.
    #[error("{} elements are {selector:?}{found}", .found.0.len())]
    Several {
        /// The selector.
        selector: String,
        /// Them.
        found: Near,
    },
    /// The element is one with which this cannot be done.
    #[error("{element} ({selector:?}) {problem}\n{page}")]
    Unfit {
        /// The selector.
        selector: String,
        /// The start tag of the element.
        element: String,
        /// What is wrong with it.
        problem: String,
        /// What the page shows.
        page: Excerpt,
    },
    /// Neither the element nor one around it handles the event.
    #[error("nothing handles {event} of {element} ({selector:?}){near}\n{page}")]
    Unhandled {
        /// The selector.
        selector: String,
        /// The event's type.
        event: String,
        /// The start tag of the element.
        element: String,
        /// Elements that handle such an event.
        near: Near,
        /// What the page shows.
        page: Excerpt,
    },
    /// Markup asks for what cannot be done.
    #[error("{element} cannot do {value:?}: {problem}")]
    Markup {
        /// The start tag of the element.
        element: String,
        /// The attribute's value.
        value: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The server says that an event failed.
    #[error("{handler:?} failed: {failure}")]
    Failed {
        /// The handler.
        handler: String,
        /// What the server says.
        failure: ServerError,
    },
    /// The server does not take a file.
    #[error("the file {name:?} is refused: {message} ({code})")]
    Refused {
        /// The file's name.
        name: String,
        /// What is wrong.
        code: String,
        /// What may be shown.
        message: String,
    },
    /// What is waited for did not come.
    #[error("{awaited} after {waited:?}\n{page}")]
    Late {
        /// What is missing: `"#done" is not on the page`.
        awaited: String,
        /// How long it was waited for.
        waited: Duration,
        /// What the page shows.
        page: Excerpt,
    },
}

/// What the server says of something that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({code})")]
pub struct ServerError {
    /// What kind of failure it is.
    pub code: String,
    /// What happened; outside of development, what may be shown.
    pub message: String,
    /// By which the log has the whole story.
    pub trace: String,
}

/// Start tags of elements, a line each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Near(pub(super) Vec<String>);

impl fmt::Display for Near {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 12;
        let Self(tags) = self;
        if tags.is_empty() {
            return Ok(());
        }
        f.write_str("; there are:")?;
        for tag in tags.iter().take(MOST) {
            write!(f, "\n  {tag}")?;
        }
        match tags.len().checked_sub(MOST) {
            None | Some(0) => Ok(()),
            Some(more) => write!(f, "\n  and {more} more"),
        }
    }
}

/// The HTML of a page, as far as it is worth showing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt(pub(super) String);

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(html) = self;
        if html.len() <= SHOWN {
            return write!(f, "The page: {html}");
        }
        let end = html.floor_char_boundary(SHOWN);
        let more = html.len() - end;
        write!(f, "The page: {}… ({more} bytes more)", &html[..end])
    }
}

impl From<PaintError> for Error {
    fn from(error: PaintError) -> Self {
        match error {
            PaintError::Redirect { url } => Self::Redirect { url },
            PaintError::Failed(failure) => match failure.status {
                Some(status) => Self::Status {
                    status,
                    message: failure.message,
                },
                None => Self::Mount(PaintError::Failed(failure)),
            },
            other => Self::Mount(other),
        }
    }
}
