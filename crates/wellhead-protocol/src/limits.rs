//! Limits: those of the protocol, which both sides compute alike, and those that a receiver chooses.

/// The largest integer on the wire, 2⁵³ − 1: the largest that every language's numbers hold.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// How deep arrays and objects of a JSON value may lie in one another.
pub const MAX_JSON_DEPTH: usize = 100;

/// How deep templates and lists of markup may lie in one another; browsers nest elements no deeper either.
pub const MAX_MARKUP_DEPTH: usize = 512;

/// The longest HTML that the markup of one message makes, in bytes.
pub const MAX_MARKUP: usize = 16 << 20;

/// What the table of strings of a direction holds.
pub const NAMES: Capacity = Capacity {
    entries: 1024,
    bytes: 64 << 10,
};

/// What the table of templates of a direction holds.
pub const TEMPLATES: Capacity = Capacity {
    entries: 1024,
    bytes: 256 << 10,
};

/// What a table holds. What finds no room is sent each time; what is smaller may still find some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    /// At most so many entries.
    pub entries: u32,
    /// At most so many bytes, as the entries have on the wire: each text with its length.
    pub bytes: usize,
}

/// What a receiver takes.
///
/// ```
/// use wellhead_protocol::{Decoder, Limits, Up};
///
/// let decoder = Decoder::<Up>::with_limits(Limits::up().with_message(64 << 10).with_text(16 << 10));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub(crate) message: usize,
    pub(crate) text: usize,
    pub(crate) name: usize,
    pub(crate) list: usize,
}

impl Limits {
    /// What a server takes unless it says otherwise: messages of 256 KiB, texts of 128 KiB, names of 4 KiB, lists of 256.
    #[must_use]
    pub const fn up() -> Self {
        Self {
            message: 256 << 10,
            text: 128 << 10,
            name: 4 << 10,
            list: 256,
        }
    }

    /// What a client takes unless it says otherwise, since it trusts its server: messages of 64 MiB, texts of
    /// 16 MiB, names of 64 KiB, lists of 65,536.
    #[must_use]
    pub const fn down() -> Self {
        Self {
            message: 64 << 20,
            text: 16 << 20,
            name: 64 << 10,
            list: 1 << 16,
        }
    }

    /// The longest message, in bytes. What reads from the socket should refuse longer ones before they are in memory.
    #[must_use]
    pub const fn with_message(self, message: usize) -> Self {
        Self { message, ..self }
    }

    /// The longest text or JSON value, in bytes.
    #[must_use]
    pub const fn with_text(self, text: usize) -> Self {
        Self { text, ..self }
    }

    /// The longest string that may be interned, in bytes.
    #[must_use]
    pub const fn with_name(self, name: usize) -> Self {
        Self { name, ..self }
    }

    /// The most entries of a list.
    #[must_use]
    pub const fn with_list(self, list: usize) -> Self {
        Self { list, ..self }
    }

    /// The longest message, in bytes.
    #[must_use]
    pub const fn message(&self) -> usize {
        self.message
    }
}
