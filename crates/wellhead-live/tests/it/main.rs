//! Sessions as a browser and a host meet them.

mod browser;
mod fake;
mod stage;
mod store;

mod abuse;
mod events;
mod joining;
mod logout;
mod mounting;
mod resuming;
mod slow_store;
mod streams;
mod testing;
mod topics;
mod uploads;
