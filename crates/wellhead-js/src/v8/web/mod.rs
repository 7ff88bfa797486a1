//! The web platform of an isolate: what server code finds on its global object and behind `node:`.
//!
//! The JavaScript is in the startup snapshot ([`extensions`]); what it needs of the machine are the ops of [`native`].

mod crypto;
mod egress;
mod log;
mod native;
mod node;
mod snapshot;
#[cfg(test)]
mod tests;

#[cfg_attr(
    not(test),
    expect(unused_imports, reason = "the pool will configure its own")
)]
pub(crate) use egress::{Egress, EgressOptions};
pub(crate) use native::{WebOptions, native};
pub(crate) use node::node_module;
pub(crate) use snapshot::extensions;
