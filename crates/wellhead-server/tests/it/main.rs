//! The server over real sockets, with a renderer that only plays one.

mod abuse;
mod assets;
mod compression;
mod endpoints;
mod failures;
mod fake;
mod http2;
mod inspect;
mod lifecycle;
mod live;
mod pages;
mod routing;
mod security;
