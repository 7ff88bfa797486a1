//! One isolate: a runtime from the snapshot, with its limits, without the names that deno_core leaves behind.

use std::rc::Rc;
use std::sync::Arc;

use deno_core::{Extension, JsRuntime, ModuleLoader, RuntimeOptions, v8};

use super::alloc::Buffers;
use super::guard::Guard;
use super::web::{self, WebOptions};
use super::{last_words, platform};

/// A runtime and what watches over it. Runs on one thread, inside a current-thread tokio runtime.
pub(super) struct Isolate {
    /// Dropped before the guard, which V8's callbacks point to.
    pub(super) runtime: JsRuntime,
    pub(super) guard: Arc<Guard>,
    pub(super) buffers: Arc<Buffers>,
}

/// What an isolate is made with.
pub(super) struct Setup {
    /// The limit of the heap.
    pub(super) heap_bytes: usize,
    pub(super) buffers: Arc<Buffers>,
    pub(super) guard: Arc<Guard>,
    pub(super) loader: Rc<dyn ModuleLoader>,
    pub(super) web: WebOptions,
    /// What comes after the extensions of the snapshot. Scripts run before the internal names are taken away.
    pub(super) extensions: Vec<Extension>,
    /// Whether debuggers can attach.
    pub(super) inspector: bool,
}

impl Isolate {
    /// Makes the isolate of this thread.
    pub(super) fn new(setup: Setup) -> Result<Self, String> {
        let params = v8::CreateParams::default()
            .heap_limits(0, setup.heap_bytes)
            .array_buffer_allocator(setup.buffers.allocator())
            // A thread that waits uses no processor time, so the watchdog would not see it.
            .allow_atomics_wait(false);
        let failed = |error: &dyn std::fmt::Display| format!("an isolate does not start: {error}");
        let mut runtime = JsRuntime::try_new(RuntimeOptions {
            module_loader: Some(setup.loader),
            extensions: web::extensions()
                .into_iter()
                .chain([web::native(setup.web, Arc::clone(&setup.buffers))])
                .chain(setup.extensions)
                .collect(),
            startup_snapshot: Some(platform::SNAPSHOT),
            create_params: Some(params),
            inspector: setup.inspector,
            is_main: setup.inspector,
            ..Default::default()
        })
        .map_err(|error| failed(&error))?;
        setup.guard.attach(&mut runtime);
        last_words::listen(runtime.v8_isolate());
        runtime
            .execute_script("ext:wellhead/scrub.js", SCRUB)
            .map_err(|error| failed(&error))?;
        Ok(Self {
            runtime,
            guard: setup.guard,
            buffers: setup.buffers,
        })
    }
}

/// Takes the engine's own names away from the application.
const SCRUB: &str = "delete globalThis.Deno; delete globalThis.__bootstrap;";

impl Drop for Isolate {
    fn drop(&mut self) {
        last_words::forget();
        self.guard.detach();
    }
}
