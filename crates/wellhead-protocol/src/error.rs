//! What can be wrong with a message.

use crate::{CloseCode, MAX_INTEGER, MAX_JSON_DEPTH, MAX_MARKUP, MAX_MARKUP_DEPTH};

/// Why bytes are not a message, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault} at byte {offset}")]
#[non_exhaustive]
pub struct DecodeError {
    /// Where what is wrong begins, from 0.
    pub offset: usize,
    /// What is wrong.
    pub fault: Fault,
}

impl DecodeError {
    /// How a connection ends on which this came.
    #[must_use]
    pub fn close_code(&self) -> CloseCode {
        match self.fault {
            Fault::MessageTooLong { .. } => CloseCode::MessageTooLarge,
            _ => CloseCode::ProtocolError,
        }
    }
}

/// What is wrong with a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The message ends before what it announces.
    #[error("the message ends too early")]
    Truncated,
    /// There is more than a message.
    #[error("{0} bytes follow the message")]
    Trailing(usize),
    /// The message is longer than the receiver takes.
    #[error("a message of {length} bytes, at most {limit}")]
    MessageTooLong {
        /// Its bytes.
        length: usize,
        /// The most.
        limit: usize,
    },
    /// No message has that code.
    #[error("unknown message {0}")]
    UnknownMessage(u8),
    /// The message has no such form: the two low bits of its first byte.
    #[error("unknown form {0} of the message")]
    UnknownForm(u8),
    /// No operation has that code.
    #[error("unknown operation {0}")]
    UnknownOperation(u8),
    /// The choice has no such word.
    #[error("unknown choice {0}")]
    UnknownChoice(u64),
    /// No string has that number yet.
    #[error("unknown string {0}")]
    UnknownName(u64),
    /// No template has that number yet.
    #[error("unknown template {0}")]
    UnknownTemplate(u64),
    /// A template has no static parts.
    #[error("a template without static parts")]
    EmptyTemplate,
    /// An integer with zeros that say nothing.
    #[error("an integer that is longer than it need be")]
    Overlong,
    /// An integer that is larger than its field takes.
    #[error("an integer above {0}")]
    IntegerTooLarge(u64),
    /// A node's number below 0 or above 2³² − 1.
    #[error("node {0} is out of range")]
    NodeOutOfRange(i64),
    /// A text that is not UTF-8.
    #[error("text that is not UTF-8")]
    NotUtf8,
    /// A text that is not JSON.
    #[error("not JSON: {0}")]
    NotJson(JsonError),
    /// A text that is longer than the receiver takes.
    #[error("a text of {length} bytes, at most {limit}")]
    TextTooLong {
        /// Its bytes.
        length: u64,
        /// The most.
        limit: usize,
    },
    /// A list that is longer than the receiver takes.
    #[error("a list of {length}, at most {limit}")]
    ListTooLong {
        /// Its entries.
        length: u64,
        /// The most.
        limit: usize,
    },
    /// Templates and lists lie too deep in one another.
    #[error("markup is nested more than {MAX_MARKUP_DEPTH} deep")]
    MarkupTooDeep,
    /// The markup makes too much HTML.
    #[error("markup of more than {MAX_MARKUP} bytes")]
    MarkupTooLarge,
    /// A message before was refused, so strings and templates may be missing.
    #[error("a message before was refused")]
    Broken,
}

impl Fault {
    pub(crate) fn at(self, offset: usize) -> DecodeError {
        DecodeError {
            offset,
            fault: self,
        }
    }
}

/// Why a message could not be written. The encoder is as it was before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// Fewer pieces of markup were written than announced.
    #[error("{0} pieces of markup are missing")]
    MarkupIncomplete(usize),
    /// More pieces of markup were written than announced.
    #[error("more pieces of markup than announced")]
    MarkupExcess,
    /// A template came without static parts.
    #[error("a template without static parts")]
    EmptyTemplate,
    /// A template came with a key that stands for another one.
    #[error("two templates have the key {0}")]
    TemplateChanged(u64),
    /// Templates and lists lie too deep in one another.
    #[error("markup is nested more than {MAX_MARKUP_DEPTH} deep")]
    MarkupTooDeep,
    /// The markup makes too much HTML.
    #[error("markup of more than {MAX_MARKUP} bytes")]
    MarkupTooLarge,
    /// An integer is larger than the wire takes.
    #[error("an integer above {MAX_INTEGER}")]
    IntegerTooLarge,
}

/// Why a text is not JSON that the protocol takes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// The grammar does not fit.
    #[error("column {column} of line {line}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column in bytes, from 1.
        column: usize,
    },
    /// Arrays and objects lie too deep in one another.
    #[error("nested more than {MAX_JSON_DEPTH} deep")]
    TooDeep,
}
