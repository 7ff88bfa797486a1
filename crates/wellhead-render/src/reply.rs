//! What a renderer answers.

use http::{HeaderMap, StatusCode};

use crate::{Chunks, RenderError};

/// A rendered answer: its head now, its body as it comes.
#[derive(Debug)]
pub struct Reply {
    /// The status, as the application set it.
    pub status: StatusCode,
    /// The headers that the application set; the server adds its own without replacing these.
    pub headers: HeaderMap,
    /// Whether the chunks are parts of a document or a body as it is.
    pub shape: Shape,
    /// The index of the route that answered, where one did: the server takes preloads and metric labels from it.
    pub route: Option<u32>,
    /// The errors of application code that this reply stands for, such as those behind an error page. The server logs
    /// them with the trace id, and shows them in development only.
    pub errors: Vec<RenderError>,
    /// The body.
    pub chunks: Chunks,
}

impl Reply {
    /// A `200 OK` document.
    #[must_use]
    pub fn page(chunks: Chunks) -> Self {
        Self {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            shape: Shape::Page,
            route: None,
            errors: Vec::new(),
            chunks,
        }
    }

    /// A `200 OK` body that is sent as it is.
    #[must_use]
    pub fn raw(chunks: Chunks) -> Self {
        Self {
            shape: Shape::Raw,
            ..Self::page(chunks)
        }
    }
}

/// What the chunks of a [`Reply`] are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Shape {
    /// The body as it is: an endpoint's, data, a redirect. Every chunk is a [`Part::Body`](crate::Part::Body).
    Raw = 0,
    /// Parts of a document, which the server composes with the shell.
    Page = 1,
    /// The error page of last resort: the application has none, or it failed too. The server writes its own.
    Fallback = 2,
}
