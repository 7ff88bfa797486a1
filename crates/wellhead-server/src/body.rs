//! The body of a response.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Frame, SizeHint};
use wellhead_render::RenderError;

use crate::record::Record;

/// Why the body of a response ended before its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    /// The render failed.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// Reading a file, or compressing, failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

pub(crate) type BodyStream = Pin<Box<dyn Stream<Item = Result<Bytes, BodyError>> + Send>>;

/// The body of a response.
pub(crate) struct Body {
    inner: Inner,
    /// What is written to the log when the body is sent or given up.
    record: Option<Record>,
}

enum Inner {
    /// All is there, in pieces of which none is empty.
    Whole(vec::IntoIter<Bytes>),
    Stream {
        stream: BodyStream,
        length: Option<u64>,
    },
}

impl Body {
    pub(crate) fn empty() -> Self {
        Self::whole(Vec::new())
    }

    /// A body that is all there, in one piece.
    pub(crate) fn full(bytes: impl Into<Bytes>) -> Self {
        Self::whole(vec![bytes.into()])
    }

    /// A body that is all there. Its pieces go to the socket from where they are.
    pub(crate) fn whole(mut pieces: Vec<Bytes>) -> Self {
        pieces.retain(|piece| !piece.is_empty());
        Self {
            inner: Inner::Whole(pieces.into_iter()),
            record: None,
        }
    }

    /// A body that comes; `length` where it is known.
    pub(crate) fn stream(
        stream: impl Stream<Item = Result<Bytes, BodyError>> + Send + 'static,
        length: Option<u64>,
    ) -> Self {
        Self {
            inner: Inner::Stream {
                stream: Box::pin(stream),
                length,
            },
            record: None,
        }
    }

    /// The bytes, if all are there.
    pub(crate) fn pieces(&self) -> Option<&[Bytes]> {
        match &self.inner {
            Inner::Whole(pieces) => Some(pieces.as_slice()),
            Inner::Stream { .. } => None,
        }
    }

    /// The stream, or the bytes where all are there.
    pub(crate) fn into_parts(self) -> Result<BodyStream, vec::IntoIter<Bytes>> {
        match self.inner {
            Inner::Whole(pieces) => Err(pieces),
            Inner::Stream { stream, .. } => Ok(stream),
        }
    }

    /// Keeps the record of the request up to date, and until the body is sent or given up.
    pub(crate) fn with_record(mut self, record: Record) -> Self {
        self.record = Some(record);
        self
    }

    fn sent(&mut self, bytes: &Bytes) {
        if let Some(record) = &mut self.record {
            record.bytes += bytes.len() as u64;
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let next = match &mut self.inner {
            Inner::Whole(pieces) => pieces.next().map(Ok),
            Inner::Stream { stream, .. } => ready!(stream.as_mut().poll_next(cx)),
        };
        if let Some(Ok(bytes)) = &next {
            self.sent(bytes);
        }
        if let (Some(Err(_)), Some(record)) = (&next, &mut self.record) {
            record.broken = true;
        }
        Poll::Ready(next.map(|next| next.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.pieces().is_some_and(<[Bytes]>::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        match &self.inner {
            Inner::Whole(pieces) => SizeHint::with_exact(length(pieces.as_slice())),
            Inner::Stream {
                length: Some(length),
                ..
            } => SizeHint::with_exact(*length),
            Inner::Stream { .. } => SizeHint::default(),
        }
    }
}

/// Bytes in all pieces together.
pub(crate) fn length(pieces: &[Bytes]) -> u64 {
    pieces.iter().map(|piece| piece.len() as u64).sum()
}
