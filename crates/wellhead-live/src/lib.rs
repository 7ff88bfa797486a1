//! Sessions of live pages: what their components show, what changes, and what survives a lost connection.
//!
//! [`Live`] has the sessions of a server. A page is rendered by [`Live::page`]; a browser that has it comes to
//! [`Live::connect`]. Each session is one task, which knows neither sockets nor what runs components: a
//! [`Connection`] and a [`LiveHost`](wellhead_render::live::LiveHost) are all it has. See docs/design/live.md.

#![forbid(unsafe_code)]

mod components;
mod connection;
mod limits;
mod live;
mod logout;
mod outbox;
mod page;
mod registry;
mod revive;
mod routes;
mod session;
pub mod testing;
mod token;

pub use connection::{Connection, Gone, Outgoing};
pub use limits::Limits;
pub use live::{Identity, Live, Options};
pub use page::{Mount, Page, PaintError, Painted};
pub use routes::{Destination, Routes};
pub use token::{KEY_LENGTH, Signer, TokenError};
