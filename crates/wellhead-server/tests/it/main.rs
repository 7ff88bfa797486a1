//! The server over real sockets, with a renderer that only plays one.

mod abuse;
mod assets;
mod endpoints;
mod fake;
mod inspect;
mod lifecycle;
mod pages;
mod routing;
mod security;
