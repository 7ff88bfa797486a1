//! A reply's body: chunks that are there, then chunks that come.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use tokio::sync::mpsc;

use crate::RenderError;

/// A piece of a reply and the place in the document that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Where the bytes belong.
    pub part: Part,
    /// The bytes; UTF-8 in every part of a page.
    pub bytes: Bytes,
}

/// A place in a document. Parts come in this order; a part may come in several chunks, but for the state, or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Part {
    /// HTML for the end of `<head>`.
    Head = 0,
    /// HTML for the body, or the bytes of a [`Shape::Raw`](crate::Shape::Raw) reply.
    Body = 1,
    /// What the client hydrates from, in one chunk: text for a script element of type `application/json`, already safe there.
    State = 2,
    /// State that was not there yet when the document was: each chunk is text for a script element of its own.
    Late = 3,
}

impl Part {
    /// The part with this number, as engines send it.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        [Part::Head, Part::Body, Part::State, Part::Late]
            .into_iter()
            .find(|part| *part as u32 == number)
    }
}

/// The reader's end of what is still to come.
struct Coming {
    receiver: mpsc::Receiver<Result<Chunk, RenderError>>,
    /// What ended the stream before its end; yielded after what was sent.
    broken: Arc<OnceLock<RenderError>>,
}

/// The stream of a reply's chunks. Dropping it cancels what still renders.
pub struct Chunks {
    ready: VecDeque<Chunk>,
    coming: Option<Coming>,
    guard: Option<Box<dyn Send + Sync>>,
}

impl Chunks {
    /// A body that is all there.
    #[must_use]
    pub fn full(parts: impl IntoIterator<Item = (Part, Bytes)>) -> Self {
        let ready = parts.into_iter().filter(|(_, bytes)| !bytes.is_empty());
        Self {
            ready: ready.map(|(part, bytes)| Chunk { part, bytes }).collect(),
            coming: None,
            guard: None,
        }
    }

    /// A body of which `self` is the start and what is sent to the [`ChunkSender`] the rest. At most `capacity` chunks
    /// wait in between; then sending waits too.
    #[must_use]
    pub fn then_coming(mut self, capacity: usize) -> (ChunkSender, Self) {
        let (sender, receiver) = mpsc::channel(capacity);
        let broken = Arc::new(OnceLock::new());
        self.coming = Some(Coming {
            receiver,
            broken: Arc::clone(&broken),
        });
        (ChunkSender { sender, broken }, self)
    }

    /// Keeps `guard` until the chunks are dropped: its `Drop` is how a renderer learns that nobody reads any more.
    #[must_use]
    pub fn with_guard(mut self, guard: impl Send + Sync + 'static) -> Self {
        self.guard = Some(Box::new(guard));
        self
    }

    /// The next chunk if it is here already; `None` tells nothing about what still comes.
    pub fn pop_ready(&mut self) -> Option<Chunk> {
        self.ready.pop_front()
    }

    /// Whether everything has come: what [`pop_ready`](Self::pop_ready) yields is then all there is.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.coming.is_none()
    }

    /// The next chunk, waiting for it; `None` at the end. Cancel-safe.
    ///
    /// # Errors
    /// What ended the render before its end.
    pub async fn next(&mut self) -> Option<Result<Chunk, RenderError>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl Stream for Chunks {
    type Item = Result<Chunk, RenderError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(chunk) = self.ready.pop_front() {
            return Poll::Ready(Some(Ok(chunk)));
        }
        let Some(coming) = &mut self.coming else {
            return Poll::Ready(None);
        };
        let next = std::task::ready!(coming.receiver.poll_recv(cx));
        if next.is_none() {
            // Nothing comes after the error, and it comes once.
            let ended = self.coming.take();
            return Poll::Ready(ended.and_then(|ended| ended.broken.get().cloned()).map(Err));
        }
        Poll::Ready(next)
    }
}

impl fmt::Debug for Chunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunks")
            .field("ready", &self.ready)
            .field("complete", &self.is_complete())
            .finish()
    }
}

/// The renderer's end of [`Chunks`].
#[derive(Debug, Clone)]
pub struct ChunkSender {
    sender: mpsc::Sender<Result<Chunk, RenderError>>,
    broken: Arc<OnceLock<RenderError>>,
}

impl ChunkSender {
    /// Sends a chunk if there is room for it, and gives it back otherwise.
    ///
    /// # Errors
    /// The chunk, when the reader is behind or gone.
    pub fn try_send(&self, part: Part, bytes: Bytes) -> Result<(), Bytes> {
        let sent = self.sender.try_send(Ok(Chunk { part, bytes }));
        sent.map_err(|error| match error.into_inner() {
            Ok(chunk) => chunk.bytes,
            Err(_) => Bytes::new(),
        })
    }

    /// Whether there is room for a chunk.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.sender.capacity() > 0 && !self.sender.is_closed()
    }

    /// Waits until there is room for a chunk. Cancel-safe.
    ///
    /// # Errors
    /// [`Closed`] when nobody reads any more.
    pub async fn room(&self) -> Result<(), Closed> {
        self.sender.reserve().await.map(drop).map_err(|_| Closed)
    }

    /// Ends the stream with an error, which the reader gets after what was sent. Waits for nothing.
    pub fn abort(self, error: RenderError) {
        // The first error is the one that counts.
        let _ = self.broken.set(error);
    }

    /// Sends a chunk, waiting while the reader is behind. Cancel-safe: a cancelled send has not sent.
    ///
    /// # Errors
    /// [`Closed`] when nobody reads any more.
    pub async fn send(&self, part: Part, bytes: Bytes) -> Result<(), Closed> {
        self.sender
            .send(Ok(Chunk { part, bytes }))
            .await
            .map_err(|_| Closed)
    }

    /// Ends the stream with an error, waiting while the reader is behind.
    pub async fn fail(self, error: RenderError) {
        // A reader that is gone does not want the error either.
        let _ = self.sender.send(Err(error)).await;
    }

    /// Whether the reader is gone.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }
}

/// Nobody reads the chunks any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the reader of the reply is gone")]
pub struct Closed;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn ready_chunks_come_before_those_that_are_sent() {
        let (sender, mut chunks) = Chunks::full([(Part::Body, "a".into())]).then_coming(1);
        sender.send(Part::Late, "b".into()).await.unwrap();
        drop(sender);
        assert_eq!(chunks.next().await.unwrap().unwrap().bytes, "a");
        assert_eq!(chunks.next().await.unwrap().unwrap().part, Part::Late);
        assert!(chunks.next().await.is_none());
    }

    #[tokio::test]
    async fn sending_waits_when_the_reader_is_behind() {
        let (sender, mut chunks) = Chunks::full([]).then_coming(1);
        sender.send(Part::Body, "a".into()).await.unwrap();
        let mut second = Box::pin(sender.send(Part::Body, "b".into()));
        assert!(futures_poll(second.as_mut()).is_pending());
        assert_eq!(chunks.next().await.unwrap().unwrap().bytes, "a");
        assert!(futures_poll(second.as_mut()).is_ready());
    }

    #[tokio::test]
    async fn sending_to_a_dropped_reader_says_closed() {
        let (sender, chunks) = Chunks::full([]).then_coming(1);
        drop(chunks);
        assert_eq!(sender.send(Part::Body, "a".into()).await, Err(Closed));
    }

    #[tokio::test]
    async fn an_error_comes_after_what_was_sent_and_once() {
        let (sender, mut chunks) = Chunks::full([]).then_coming(1);
        sender.try_send(Part::Body, "a".into()).unwrap();
        assert!(!sender.has_room());
        assert_eq!(sender.try_send(Part::Body, "b".into()).unwrap_err(), "b");
        sender.abort(RenderError::new(crate::ErrorCode::Threw, "broken"));
        assert_eq!(chunks.next().await.unwrap().unwrap().bytes, "a");
        assert_eq!(chunks.next().await.unwrap().unwrap_err().message, "broken");
        assert!(chunks.next().await.is_none());
    }

    fn futures_poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(std::task::Waker::noop()))
    }
}
