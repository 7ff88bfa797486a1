//! A message that is being read: total, and never ahead of the bytes that are there.

use std::str;

use bytes::Bytes;

use crate::tables::ReceivedTables;
use crate::{DecodeError, Fault, Json, Limits, MAX_INTEGER, Name, Node};

/// Reads one message.
#[derive(Debug)]
pub struct Reader<'m> {
    message: &'m Bytes,
    at: usize,
    form: u8,
    /// The node that was read last.
    node: u32,
    /// How much HTML the message has made.
    pub(crate) composed: usize,
    limits: Limits,
    pub(crate) tables: &'m mut ReceivedTables,
}

impl<'m> Reader<'m> {
    pub(crate) fn new(message: &'m Bytes, limits: Limits, tables: &'m mut ReceivedTables) -> Self {
        Self {
            message,
            at: 0,
            form: 0,
            node: 0,
            composed: 0,
            limits,
            tables,
        }
    }

    /// Takes the first byte, keeps its form, and returns its code.
    pub(crate) fn code(&mut self) -> Result<u8, DecodeError> {
        let byte = self.byte()?;
        self.form = byte & 3;
        Ok(byte >> 2)
    }

    /// The message's form, for the field that it is about.
    pub(crate) fn take_form(&mut self) -> u8 {
        std::mem::take(&mut self.form)
    }

    /// The message must be over, and its form have meant something.
    pub(crate) fn end(&self) -> Result<(), DecodeError> {
        if self.form != 0 {
            return Err(Fault::UnknownForm(self.form).at(0));
        }
        match self.message.len() - self.at {
            0 => Ok(()),
            rest => Err(Fault::Trailing(rest).at(self.at)),
        }
    }

    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    pub(crate) fn is_at_end(&self) -> bool {
        self.at == self.message.len()
    }

    pub(crate) fn byte(&mut self) -> Result<u8, DecodeError> {
        self.array().map(|[byte]| byte)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let array = self.message[self.at..].first_chunk();
        let array = array.ok_or(Fault::Truncated.at(self.message.len()))?;
        self.at += N;
        Ok(*array)
    }

    /// What is left, sharing the message's memory.
    pub(crate) fn rest(&mut self) -> Bytes {
        let rest = self.message.slice(self.at..);
        self.at = self.message.len();
        rest
    }

    pub(crate) fn integer(&mut self) -> Result<u64, DecodeError> {
        let offset = self.at;
        let mut value = 0;
        // Eight bytes have 56 bits, so nothing is shifted out.
        for shift in (0..56).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return match value {
                    _ if byte == 0 && shift > 0 => Err(Fault::Overlong.at(offset)),
                    0..=MAX_INTEGER => Ok(value),
                    _ => Err(Fault::IntegerTooLarge(MAX_INTEGER).at(offset)),
                };
            }
        }
        Err(Fault::IntegerTooLarge(MAX_INTEGER).at(offset))
    }

    /// An integer of 32 bits.
    pub(crate) fn short_integer(&mut self) -> Result<u32, DecodeError> {
        let offset = self.at;
        let value = self.integer()?;
        value
            .try_into()
            .map_err(|_| Fault::IntegerTooLarge(u32::MAX.into()).at(offset))
    }

    pub(crate) fn choice<T: Copy>(&mut self, words: &[T]) -> Result<T, DecodeError> {
        let offset = self.at;
        let index = self.integer()?;
        let word = usize::try_from(index)
            .ok()
            .and_then(|index| words.get(index));
        word.copied().ok_or(Fault::UnknownChoice(index).at(offset))
    }

    /// The length of a list.
    pub(crate) fn count(&mut self) -> Result<u64, DecodeError> {
        let offset = self.at;
        let (length, limit) = (self.integer()?, self.limits.list);
        if length > limit as u64 {
            return Err(Fault::ListTooLong { length, limit }.at(offset));
        }
        Ok(length)
    }

    pub(crate) fn text(&mut self) -> Result<&'m str, DecodeError> {
        self.text_up_to(self.limits.text)
    }

    fn text_up_to(&mut self, limit: usize) -> Result<&'m str, DecodeError> {
        let offset = self.at;
        let length = self.integer()?;
        if length > limit as u64 {
            return Err(Fault::TextTooLong { length, limit }.at(offset));
        }
        self.utf8(length)
    }

    /// So many bytes of text.
    pub(crate) fn utf8(&mut self, length: u64) -> Result<&'m str, DecodeError> {
        let rest = &self.message[self.at..];
        let bytes = usize::try_from(length)
            .ok()
            .and_then(|length| rest.get(..length));
        let bytes = bytes.ok_or(Fault::Truncated.at(self.message.len()))?;
        let text = str::from_utf8(bytes)
            .map_err(|error| Fault::NotUtf8.at(self.at + error.valid_up_to()))?;
        self.at += bytes.len();
        Ok(text)
    }

    pub(crate) fn json(&mut self) -> Result<Json, DecodeError> {
        let offset = self.at;
        Json::new(self.text()?).map_err(|error| Fault::NotJson(error).at(offset))
    }

    pub(crate) fn name(&mut self) -> Result<Name, DecodeError> {
        let offset = self.at;
        let id = self.integer()?;
        if let Some(index) = id.checked_sub(1) {
            let known = self.tables.names.get(index).cloned();
            return known.ok_or(Fault::UnknownName(id).at(offset));
        }
        let start = self.at;
        let name = Name::from(self.text_up_to(self.limits.name)?);
        self.tables.names.add(self.at - start, &name);
        Ok(name)
    }

    pub(crate) fn node(&mut self) -> Result<Node, DecodeError> {
        let offset = self.at;
        let zigzag = self.integer()?;
        let difference = (zigzag >> 1) as i64 ^ -((zigzag & 1) as i64);
        let node = i64::from(self.node) + difference;
        self.node = u32::try_from(node).map_err(|_| Fault::NodeOutOfRange(node).at(offset))?;
        Ok(Node(self.node))
    }
}
