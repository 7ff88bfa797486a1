//! The body of a response.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use buf_list::BufList;
use bytes::{Buf as _, Bytes};
use futures_core::Stream;
use http_body::{Frame, SizeHint};
use wellhead_render::RenderError;

use crate::record::Record;
use crate::streams::Turn;

/// What of a body leaves at once over HTTP/2, in bytes: as much as a frame takes. The rest stays where its deadline is.
const FRAME: usize = 16 * 1024;

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
    /// Over HTTP/2, whose turn it is.
    turn: Option<Arc<Turn>>,
}

enum Inner {
    /// All is there. It leaves as one frame, so that a page is one write to the socket.
    Whole(BufList),
    Stream {
        stream: BodyStream,
        length: Option<u64>,
    },
}

impl Body {
    pub(crate) fn empty() -> Self {
        Self::whole(BufList::new())
    }

    /// A body that is all there, in one piece.
    pub(crate) fn full(bytes: impl Into<Bytes>) -> Self {
        Self::whole(BufList::from(bytes))
    }

    /// A body that is all there. Its pieces go to the socket from where they are.
    pub(crate) fn whole(pieces: BufList) -> Self {
        Self {
            inner: Inner::Whole(pieces),
            record: None,
            turn: None,
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
            turn: None,
        }
    }

    /// The bytes, if all are there.
    pub(crate) fn pieces(&self) -> Option<&BufList> {
        match &self.inner {
            Inner::Whole(pieces) => Some(pieces),
            Inner::Stream { .. } => None,
        }
    }

    /// The stream, or the bytes where all are there.
    pub(crate) fn into_parts(self) -> Result<BodyStream, BufList> {
        match self.inner {
            Inner::Whole(pieces) => Err(pieces),
            Inner::Stream { stream, .. } => Ok(stream),
        }
    }

    /// Keeps the record of the request up to date, and until the body is sent or given up; and says whose turn it is.
    pub(crate) fn with_record(mut self, record: Record) -> Self {
        self.record = Some(record);
        self.turn = Turn::current();
        self
    }

    fn sent(&mut self, data: &BufList) {
        if let Some(record) = &mut self.record {
            record.bytes += data.remaining() as u64;
        }
    }
}

impl http_body::Body for Body {
    type Data = BufList;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<BufList>, BodyError>>> {
        let in_frames = self.turn.is_some();
        let next = match &mut self.inner {
            Inner::Whole(pieces) if !pieces.has_remaining() => Poll::Ready(None),
            Inner::Whole(pieces) if in_frames && pieces.remaining() > FRAME => {
                Poll::Ready(Some(Ok(pieces.copy_to_bytes(FRAME).into())))
            }
            Inner::Whole(pieces) => Poll::Ready(Some(Ok(std::mem::take(pieces)))),
            Inner::Stream { stream, .. } => {
                (stream.as_mut().poll_next(cx)).map(|next| next.map(|next| next.map(BufList::from)))
            }
        };
        if let Some(turn) = &self.turn {
            match next {
                Poll::Ready(_) => turn.give_to_client(),
                Poll::Pending => turn.give_to_app(),
            }
        }
        let next = ready!(next);
        if let Some(Ok(data)) = &next {
            self.sent(data);
        }
        if let (Some(Err(_)), Some(record)) = (&next, &mut self.record) {
            record.broken = true;
        }
        Poll::Ready(next.map(|next| next.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.pieces().is_some_and(|pieces| !pieces.has_remaining())
    }

    fn size_hint(&self) -> SizeHint {
        match &self.inner {
            Inner::Whole(pieces) => SizeHint::with_exact(pieces.remaining() as u64),
            Inner::Stream {
                length: Some(length),
                ..
            } => SizeHint::with_exact(*length),
            Inner::Stream { .. } => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use http_body::Body as _;
    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn what_is_all_there_leaves_in_one_frame() {
        let pieces = ["head", "", "a large part", "tail"].map(str::as_bytes);
        let mut body = Body::whole(pieces.into_iter().collect());
        assert_eq!(body.size_hint().exact(), Some(20));
        let frame = body.frame().await.unwrap().unwrap();
        let data = frame.into_data().unwrap();
        assert_eq!(data.num_chunks(), 3, "without a copy");
        assert!(body.is_end_stream() && body.frame().await.is_none());
    }

    #[tokio::test]
    async fn an_empty_body_has_no_frame() {
        let mut body = Body::full("");
        assert!(body.is_end_stream() && body.frame().await.is_none());
    }
}
