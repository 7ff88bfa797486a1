//! The JavaScript that runs in each process: one module, made of the files in `glue/`.

/// The module. It is handed over on the command line, so that there is no file to leave behind.
pub(super) const SOURCE: &str = concat!(
    include_str!("glue/wire.mjs"),
    include_str!("glue/errors.mjs"),
    include_str!("glue/output.mjs"),
    include_str!("glue/loading.mjs"),
    include_str!("glue/calls.mjs"),
    include_str!("glue/replies.mjs"),
    include_str!("glue/live.mjs"),
    include_str!("glue/timers.mjs"),
    include_str!("glue/tool.mjs"),
    include_str!("glue/main.mjs"),
);

// Linux takes no longer argument than 128 KiB.
const _: () = assert!(SOURCE.len() < 100 << 10);
