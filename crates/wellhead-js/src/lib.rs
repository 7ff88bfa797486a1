//! Engines that run JavaScript: embedded V8 isolates and a pool of Node processes, behind one contract.
//!
//! [`start`] serves a server bundle through [`Renderer`]; [`Tool`] runs a program such as a
//! compiler and calls its functions with JSON.
//!
//! ```
//! # #[cfg(has_v8)] {
//! use wellhead_js::{Engine, Program, Tool};
//!
//! let program = Program::scripts(vec![("greet.js".into(), "function greet(name) { return `Hello ${name}` }".into())]);
//! let tool = Tool::start(Engine::V8, program, 1).unwrap();
//! let greeting: String = tool.call("greet", &["you"]).unwrap();
//! assert_eq!(greeting, "Hello you");
//! # }
//! ```

mod error;
mod inbox;
mod inspect;
mod node;
mod options;
mod reloads;
mod tool;
#[cfg(has_v8)]
mod v8;

use std::sync::Arc;

use wellhead_render::Renderer;

pub use error::JsError;
pub use inspect::{Attachment, InspectSession, InspectTarget, Inspector};
pub use options::{Engine, EngineOptions, Limits, ServerBundle};
pub use tool::{Program, Tool};

/// Starts a pool of workers that render a server bundle.
///
/// Returns as soon as the workers start: [`Renderer::ready`] waits until the bundle is loaded, and tells why it is not.
///
/// # Errors
/// The engine is not in this build, or cannot start at all.
pub fn start(
    engine: Engine,
    bundle: ServerBundle,
    options: EngineOptions,
) -> Result<Arc<dyn Renderer>, JsError> {
    match engine {
        #[cfg(has_v8)]
        Engine::V8 => v8::start(bundle, options),
        #[cfg(not(has_v8))]
        Engine::V8 => Err(JsError::no_v8(&(bundle, options))),
        Engine::Node => node::start(bundle, options),
    }
}
