//! Sessions as a browser and a host meet them.

mod browser;
mod fake;

mod abuse;
mod events;
mod joining;
mod resuming;
mod streams;
mod topics;
