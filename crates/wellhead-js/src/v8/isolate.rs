//! One isolate: a runtime from the snapshot, with its limits, without the names that deno_core leaves behind.

use std::rc::Rc;
use std::sync::Arc;

use deno_core::{Extension, JsRuntime, ModuleLoader, RuntimeOptions, v8};

use super::alloc::Buffers;
use super::guard::Guard;
use super::{platform, web};

/// A runtime and what watches over it. Runs on one thread, inside a current-thread tokio runtime.
pub(super) struct Isolate {
    /// Dropped before the guard, which V8's callbacks point to.
    pub(super) runtime: JsRuntime,
    pub(super) guard: Arc<Guard>,
    pub(super) buffers: Arc<Buffers>,
}

impl Isolate {
    /// An isolate with at most `heap_bytes` of heap. `extensions` come after those of the snapshot, and their scripts
    /// run before the internal names are taken away.
    pub(super) fn new(
        heap_bytes: usize,
        buffers: Arc<Buffers>,
        guard: Arc<Guard>,
        loader: Rc<dyn ModuleLoader>,
        extensions: Vec<Extension>,
    ) -> Result<Self, String> {
        let params = v8::CreateParams::default()
            .heap_limits(0, heap_bytes)
            .array_buffer_allocator(buffers.allocator());
        let mut runtime = JsRuntime::try_new(RuntimeOptions {
            module_loader: Some(loader),
            extensions: web::extensions()
                .into_iter()
                .chain([web::native(web::WebOptions::of_the_process())])
                .chain(extensions)
                .collect(),
            startup_snapshot: Some(platform::SNAPSHOT),
            create_params: Some(params),
            ..Default::default()
        })
        .map_err(|error| format!("an isolate does not start: {error}"))?;
        guard.attach(&mut runtime);
        runtime
            .execute_script(
                "ext:wellhead/scrub.js",
                "delete globalThis.Deno; delete globalThis.__bootstrap;",
            )
            .map_err(|error| format!("an isolate does not start: {error}"))?;
        Ok(Self {
            runtime,
            guard,
            buffers,
        })
    }
}

impl Drop for Isolate {
    fn drop(&mut self) {
        self.guard.detach();
    }
}
