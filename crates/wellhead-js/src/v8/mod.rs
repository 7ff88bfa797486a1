//! The engine `v8`: isolates on threads of their own.
//!
//! A request becomes a `Job` in the queue of the `Pool`. A `Worker` takes it, gives it a number and calls the host's
//! `respond` (`calls.js`); what the host does comes back through the operations (`ops.rs`) to `Calls`, which sends the
//! reply. `Guard` and the watchdog stop what uses too much. Commands of live sessions come through the worker's `Inbox`,
//! and the host's news go back through it (`live.rs`).

#[expect(
    unsafe_code,
    reason = "V8 takes an allocator as a table of C functions"
)]
mod alloc;
mod boot;
mod bundle;
mod calls;
mod code_cache;
mod debug;
mod errors;
mod failure;
#[expect(
    unsafe_code,
    reason = "V8 calls back with raw pointers, and the system's clocks are C"
)]
mod guard;
mod isolate;
#[expect(
    unsafe_code,
    reason = "V8 calls back with text as raw pointers, and traps, which only a signal handler sees"
)]
mod last_words;
mod live;
mod loader;
mod lost;
mod markup;
mod ops;
#[expect(
    unsafe_code,
    reason = "the trait of what V8 collects is unsafe to implement"
)]
mod page;
mod platform;
mod pool;
mod rest;
#[expect(
    unsafe_code,
    reason = "V8 writes strings into memory that is not initialised"
)]
mod text;
mod ticket;
mod tool;
mod watchdog;
mod web;
mod worker;

use std::sync::Arc;

use wellhead_render::Renderer;

use crate::{EngineOptions, JsError, ServerBundle};

pub(crate) use tool::{Source, V8Tool};

/// Starts a pool of isolates that render a bundle.
pub(crate) fn start(
    bundle: ServerBundle,
    options: EngineOptions,
) -> Result<Arc<dyn Renderer>, JsError> {
    pool::Pool::start(bundle, options)
}
