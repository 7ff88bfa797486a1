//! A document that is sent while it is rendered.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use wellhead_render::{Chunks, RenderError};

use super::PageWriter;

/// What is gathered before it is sent, if more is there.
const GATHER: usize = 64 * 1024;

/// What happens to a page whose render fails when some of it is sent.
pub(crate) type OnError = Box<dyn FnMut(&RenderError) -> Option<String> + Send>;

/// The bytes of a document, as they come. The shell goes out at once; chunks that are there together go out together.
pub(crate) struct PageStream {
    writer: PageWriter,
    chunks: Chunks,
    on_error: OnError,
    stage: Stage,
}

#[derive(PartialEq, Eq)]
enum Stage {
    Unopened,
    Open,
    Closed,
}

impl PageStream {
    /// `on_error` gets a failure; HTML that it returns ends the document, and
    /// without any the connection is broken off, so that nobody takes half a page for a whole one.
    pub(crate) fn new(writer: PageWriter, chunks: Chunks, on_error: OnError) -> Self {
        Self {
            writer,
            chunks,
            on_error,
            stage: Stage::Unopened,
        }
    }
}

impl Stream for PageStream {
    type Item = Result<Bytes, RenderError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.stage == Stage::Closed {
            return Poll::Ready(None);
        }
        let mut out = BytesMut::new();
        if this.stage == Stage::Unopened {
            this.writer.open(&mut out);
            this.stage = Stage::Open;
        }
        while out.len() < GATHER {
            let next = match Pin::new(&mut this.chunks).poll_next(cx) {
                Poll::Pending if !out.is_empty() => break,
                next => ready!(next),
            };
            match next {
                Some(Ok(chunk)) => this.writer.chunk(&chunk, &mut out),
                Some(Err(error)) => {
                    this.stage = Stage::Closed;
                    let Some(html) = (this.on_error)(&error) else {
                        return Poll::Ready(Some(Err(error)));
                    };
                    this.writer.close(&mut out);
                    out.extend_from_slice(html.as_bytes());
                    break;
                }
                None => {
                    this.stage = Stage::Closed;
                    this.writer.close(&mut out);
                    break;
                }
            }
        }
        Poll::Ready(Some(Ok(out.freeze())))
    }
}
