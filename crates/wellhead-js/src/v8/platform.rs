//! V8's process-wide state: flags, the platform and the snapshot.

use std::sync::Once;

use deno_core::{JsRuntime, v8};

use super::last_words;

/// The heap that every isolate starts from; see `build.rs`.
pub(super) static SNAPSHOT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/web.snapshot"));

/// Kilobytes of stack that JavaScript may use. V8 does not look at the real size of the stack.
const STACK_KILOBYTES: usize = 2_000;

/// Pages of 64 KiB that a memory of WebAssembly may have: 1 GiB. An isolate's limit is another; see `wasm_memory.js`.
const WASM_PAGES: usize = 1 << 14;

/// The stack of a worker thread: what JavaScript may use, and room for what it calls.
pub(super) const THREAD_STACK_BYTES: usize = 8 << 20;

/// Sets V8 up, once.
///
/// Memory of V8 may be protected by keys that a thread inherits from the one that made them, so this runs on a thread
/// that starts workers, never on a worker.
pub(super) fn init() {
    static INIT: Once = Once::new();
    INIT.call_once(|| {
        v8::V8::set_flags_from_string(&format!(
            "--stack-size={STACK_KILOBYTES} --wasm-max-mem-pages={WASM_PAGES}"
        ));
        JsRuntime::init_platform(None);
        last_words::init();
    });
}
