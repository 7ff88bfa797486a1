//! The receiving side of a direction.

use std::marker::PhantomData;

use bytes::Bytes;

use crate::reader::Reader;
use crate::tables::ReceivedTables;
use crate::{DecodeError, Fault, Limits, Message};

/// Reads the messages of a direction, and remembers what the other side may refer to.
///
/// Its bytes come from outside: any are fine. It takes no more memory than a small multiple of a message's length, and
/// keeps no more than [`NAMES`](crate::NAMES) and [`TEMPLATES`](crate::TEMPLATES) say.
///
/// ```
/// use bytes::Bytes;
/// use wellhead_protocol::{Decoder, Up};
///
/// let mut decoder = Decoder::<Up>::new();
/// assert_eq!(decoder.decode(&Bytes::from_static(&[8, 3]))?, Up::Ack { received: 3 });
/// let error = decoder.decode(&Bytes::from_static(&[8, 3, 0])).unwrap_err();
/// assert_eq!(error.to_string(), "1 bytes follow the message at byte 2");
/// # Ok::<(), wellhead_protocol::DecodeError>(())
/// ```
#[derive(Debug)]
pub struct Decoder<M> {
    tables: ReceivedTables,
    limits: Limits,
    broken: bool,
    messages: PhantomData<fn() -> M>,
}

impl<M: Message> Decoder<M> {
    /// A decoder that has received nothing, with the limits that are usual for the direction.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limits(M::LIMITS)
    }

    /// A decoder that has received nothing.
    #[must_use]
    pub fn with_limits(limits: Limits) -> Self {
        Self {
            tables: ReceivedTables::new(),
            limits,
            broken: false,
            messages: PhantomData,
        }
    }

    /// Reads a message. Large parts share its memory.
    ///
    /// # Errors
    /// Says what is wrong with the bytes and where. After that the decoder refuses every message, since it may have
    /// missed what they refer to: the connection is to be closed with [`DecodeError::close_code`].
    pub fn decode(&mut self, message: &Bytes) -> Result<M, DecodeError> {
        if std::mem::replace(&mut self.broken, true) {
            return Err(Fault::Broken.at(0));
        }
        let message = self.read(message)?;
        self.broken = false;
        Ok(message)
    }

    fn read(&mut self, message: &Bytes) -> Result<M, DecodeError> {
        let (length, limit) = (message.len(), self.limits.message);
        if length > limit {
            return Err(Fault::MessageTooLong { length, limit }.at(limit));
        }
        let mut reader = Reader::new(message, self.limits, &mut self.tables);
        let code = reader.code()?;
        let message = M::read_fields(code, &mut reader)?;
        let message = message.ok_or(Fault::UnknownMessage(code).at(0))?;
        reader.end()?;
        Ok(message)
    }
}

impl<M: Message> Default for Decoder<M> {
    fn default() -> Self {
        Self::new()
    }
}
