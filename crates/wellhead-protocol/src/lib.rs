//! What a live page and its server say to each other, and how it is written: messages, their binary form, limits.
//!
//! [`Up`] is what a client sends and [`Down`] what a server sends; one WebSocket message is one of them. An [`Encoder`]
//! and a [`Decoder`] hold what a direction remembers: strings and templates that were sent once and are numbers from
//! then on. Neither does I/O, and nothing here knows HTTP or HTML. `docs/protocol.md` has the bytes.
//!
//! A server writes patches without building messages first:
//!
//! ```
//! use wellhead_protocol::{Decoder, Down, Encoder, Operation, Settled, Node};
//!
//! let mut encoder = Encoder::<Down>::new();
//! let mut patch = encoder.patch(&Settled::OLDEST);
//! patch.set_text(5, "1");
//! let message = patch.finish()?;
//! assert_eq!(message[..], [0x01, 0x00, 0x0a, 0x01, b'1']);
//!
//! let mut decoder = Decoder::<Down>::new();
//! assert_eq!(
//!     decoder.decode(&message)?,
//!     Down::Patch {
//!         settled: Settled::OLDEST,
//!         operations: vec![Operation::SetText { node: Node(5), text: "1".into() }],
//!     },
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Messages are defined once, by the macros of `schema.rs`: Rust types, codec, the client's TypeScript and the tables of
//! the documentation come from the same lines.

#![forbid(unsafe_code)]

#[macro_use]
pub mod schema;
mod codec;
mod down;
mod operation;
mod up;

mod close;
mod decoder;
mod encoder;
mod error;
mod hex;
mod limits;
mod markup;
mod patch;
mod reader;
mod settled;
mod tables;
mod values;
mod wire;
mod writer;

pub use close::{CloseCode, Return};
pub use decoder::Decoder;
pub use down::{ClientLimits, ComponentState, Down, DownKind, History, Joined, Stream, Visit};
pub use encoder::{Encoder, Message};
pub use error::{DecodeError, EncodeError, Fault, JsonError};
pub use limits::{
    Capacity, Limits, MAX_INTEGER, MAX_JSON_DEPTH, MAX_MARKUP, MAX_MARKUP_DEPTH, NAMES, TEMPLATES,
};
pub use markup::MarkupWriter;
pub use operation::{Operation, OperationKind};
pub use patch::{PatchWriter, RenderWriter};
pub use settled::Settled;
pub use up::{Component, Resume, Travel, Up, UpKind};
pub use values::{Chunk, Digest, Json, Markup, Name, Node};
pub use wire::{JsonView, Unsupported, ViewError, Wire, negotiate};
