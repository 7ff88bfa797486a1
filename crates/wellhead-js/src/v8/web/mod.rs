//! The web APIs that every isolate has: what the startup snapshot is made of.
//!
//! This module is compiled twice, into the crate and into its build script, which evaluates the JavaScript of these
//! extensions and stores the heap. So it may use nothing of the crate, and the order of extensions and ops is the same
//! in both. JavaScript that runs here sees slow bindings of ops for good; hot ops belong to the engine's own extension.

use deno_core::Extension;
use deno_web::{BlobStore, InMemoryBroadcastChannel};

deno_core::extension!(
    wellhead_web,
    deps = [deno_webidl, deno_web],
    js = [dir "src/v8/web", "bootstrap.js"],
);

/// The extensions of the snapshot, in the order that build and run time share.
pub(crate) fn extensions() -> Vec<Extension> {
    vec![
        deno_webidl::deno_webidl::init(),
        deno_web::deno_web::init(
            BlobStore::default_arc(),
            None,
            false,
            InMemoryBroadcastChannel::default(),
        ),
        wellhead_web::init(),
    ]
}
