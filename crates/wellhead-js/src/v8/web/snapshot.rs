//! The web APIs that every isolate has: the JavaScript that the startup snapshot is made of.
//!
//! This module is compiled twice, into the crate and into its build script, which evaluates the JavaScript of these
//! extensions and stores the heap. So it may use nothing of the crate, and the order of extensions and ops is the same
//! in both. Bindings of ops that are taken here stay slow for good, and what implements them would be compiled twice:
//! the ops of our own are therefore those of another extension (`native.rs`), which only running isolates have, and are
//! looked up when called.

use deno_core::{Extension, ExtensionFileSource, ascii_str};
use deno_web::{BlobStore, InMemoryBroadcastChannel};

deno_core::extension!(
    wellhead_web,
    deps = [deno_webidl, deno_web],
    lazy_loaded_js = [
        dir "src/v8/web/js",
        "async_context.js",
        "blob.js",
        "body.js",
        "console.js",
        "crypto.js",
        "data_url.js",
        "errors.js",
        "fetch.js",
        "form_data.js",
        "headers.js",
        "hmac_key.js",
        "multipart.js",
        "node/assert.js",
        "node/buffer.js",
        "node/buffer_encoding.js",
        "node/buffer_methods.js",
        "node/buffer_numbers.js",
        "node/builtins.js",
        "node/crypto.js",
        "node/equality.js",
        "node/events.js",
        "node/events_async.js",
        "node/path.js",
        "node/process.js",
        "node/querystring.js",
        "node/small_modules.js",
        "node/stream.js",
        "node/stream_base.js",
        "node/stream_readable.js",
        "node/stream_writable.js",
        "node/string_decoder.js",
        "node/unavailable.js",
        "node/url.js",
        "node/util.js",
        "node/util_types.js",
        "request.js",
        "response.js",
        "timers.js",
        "wasm_memory.js",
    ],
    js = [dir "src/v8/web/js", "globals.js"],
);

/// Each module of Node is a script that takes it from `js/node/builtins.js`, which has them all by name.
macro_rules! node_modules {
    ($($name:literal)*) => {
        /// The modules of Node: their URLs, and the scripts that give what they export.
        pub(crate) const NODE_MODULES: &[(&str, &str)] = &[
            $((concat!("node:", $name), concat!("ext:wellhead_web/node:", $name)),)*
        ];

        const NODE_SCRIPTS: &[ExtensionFileSource] = &[
            $(ExtensionFileSource::loaded_from_memory_during_snapshot(
                concat!("ext:wellhead_web/node:", $name),
                ascii_str!(concat!(
                    "(function () { return __bootstrap.internals.builtins.get(\"",
                    $name,
                    "\"); })()"
                )),
            ),)*
        ];
    };
}

node_modules! {
    "assert"
    "assert/strict"
    "async_hooks"
    "buffer"
    "child_process"
    "cluster"
    "console"
    "constants"
    "crypto"
    "dgram"
    "diagnostics_channel"
    "dns"
    "dns/promises"
    "domain"
    "events"
    "fs"
    "fs/promises"
    "http"
    "http2"
    "https"
    "inspector"
    "module"
    "net"
    "os"
    "path"
    "path/posix"
    "path/win32"
    "perf_hooks"
    "process"
    "punycode"
    "querystring"
    "readline"
    "readline/promises"
    "repl"
    "stream"
    "stream/consumers"
    "stream/promises"
    "stream/web"
    "string_decoder"
    "sys"
    "timers"
    "timers/promises"
    "tls"
    "tty"
    "url"
    "util"
    "util/types"
    "v8"
    "vm"
    "worker_threads"
    "zlib"
}

/// The extensions of the snapshot, in the order that build and run time share.
pub(crate) fn extensions() -> Vec<Extension> {
    let mut web = wellhead_web::init();
    web.lazy_loaded_js_files
        .to_mut()
        .extend_from_slice(NODE_SCRIPTS);
    web.synthetic_esm_modules = NODE_MODULES.into();
    vec![
        deno_webidl::deno_webidl::init(),
        deno_web::deno_web::init(
            BlobStore::default_arc(),
            None,
            false,
            InMemoryBroadcastChannel::default(),
        ),
        web,
    ]
}
