//! One file for each command.

pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod dev;
pub(crate) mod new;
pub(crate) mod render;
pub(crate) mod routes;
pub(crate) mod serve;
pub(crate) mod test;
