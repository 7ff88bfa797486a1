//! The sending side of a direction.

use std::marker::PhantomData;

use bytes::Bytes;

use crate::codec::Alternatives;
use crate::writer::Writer;
use crate::{Down, EncodeError, Limits, Up};

/// The messages of a direction: [`Up`] or [`Down`].
pub trait Message: Alternatives {
    /// What a receiver takes unless it says otherwise.
    const LIMITS: Limits;
}

impl Message for Up {
    const LIMITS: Limits = Limits::up();
}

impl Message for Down {
    const LIMITS: Limits = Limits::down();
}

/// Writes the messages of a direction, and remembers what the other side knows.
///
/// A client begins a new encoder with each connection; a server with each stream (see
/// [`Stream`](crate::Stream)). Messages must be sent in the order in which they were written.
///
/// ```
/// use wellhead_protocol::{Encoder, Up};
///
/// let click = Up::Event { component: 0, handler: "increment".into(), payload: None };
/// let mut encoder = Encoder::new();
/// assert_eq!(encoder.encode(&click)?.len(), 13);
/// assert_eq!(encoder.encode(&click)?[..], [4, 0, 1]);
/// # Ok::<(), wellhead_protocol::EncodeError>(())
/// ```
#[derive(Debug)]
pub struct Encoder<M> {
    pub(crate) writer: Writer,
    messages: PhantomData<fn(&M)>,
}

impl<M: Message> Encoder<M> {
    /// An encoder that has sent nothing.
    #[must_use]
    pub fn new() -> Self {
        Self {
            writer: Writer::new(),
            messages: PhantomData,
        }
    }

    /// Writes a message.
    ///
    /// # Errors
    /// [`EncodeError::IntegerTooLarge`] and [`EncodeError::MarkupTooLarge`]. The encoder is then as it was before.
    pub fn encode(&mut self, message: &M) -> Result<Bytes, EncodeError> {
        self.writer.begin(message.code());
        message.write_fields(&mut self.writer);
        self.writer.finish()
    }
}

impl<M: Message> Default for Encoder<M> {
    fn default() -> Self {
        Self::new()
    }
}
