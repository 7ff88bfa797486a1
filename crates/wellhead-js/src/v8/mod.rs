//! The engine `v8`: isolates on threads of their own.

#[expect(
    unsafe_code,
    reason = "V8 takes an allocator as a table of C functions"
)]
mod alloc;
mod errors;
#[expect(
    unsafe_code,
    reason = "V8 calls back with raw pointers, and the system's clocks are C"
)]
mod guard;
mod isolate;
mod loader;
mod platform;
mod tool;
mod web;

use std::sync::Arc;

use wellhead_render::Renderer;

use crate::{EngineOptions, JsError, ServerBundle};

pub(crate) use tool::V8Tool;

/// Starts a pool of isolates that render a bundle.
pub(crate) fn start(
    _bundle: ServerBundle,
    _options: EngineOptions,
) -> Result<Arc<dyn Renderer>, JsError> {
    Err(JsError::engine("not yet"))
}
