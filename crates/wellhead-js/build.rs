//! Makes the startup snapshot: a V8 heap that already holds the web APIs.
//!
//! Every isolate of a process must come from one snapshot, and making one leaves V8 in a mode that is of no use for
//! running code, so it is made here and not at the first start.

#[cfg(all(feature = "v8", not(wellhead_without_v8)))]
#[path = "src/v8/web/snapshot.rs"]
mod web;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(has_v8)");
    if cfg!(all(feature = "v8", not(wellhead_without_v8))) {
        println!("cargo:rustc-cfg=has_v8");
    }
    #[cfg(all(feature = "v8", not(wellhead_without_v8)))]
    write_snapshot();
}

#[cfg(all(feature = "v8", not(wellhead_without_v8)))]
fn write_snapshot() {
    use std::path::Path;

    println!("cargo:rerun-if-changed=src/v8/web/snapshot.rs");
    let snapshot = deno_core::snapshot::create_snapshot(
        deno_core::snapshot::CreateSnapshotOptions {
            cargo_manifest_dir: env!("CARGO_MANIFEST_DIR"),
            startup_snapshot: None,
            skip_op_registration: false,
            extensions: web::extensions(),
            extension_transpiler: None,
            with_runtime_cb: None,
        },
        None,
    )
    .unwrap_or_else(|error| panic!("the web APIs do not load: {error}"));
    for file in &snapshot.files_loaded_during_snapshot {
        println!("cargo:rerun-if-changed={}", file.display());
    }
    let out = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    let path = Path::new(&out).join("web.snapshot");
    std::fs::write(&path, &snapshot.output)
        .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
}
