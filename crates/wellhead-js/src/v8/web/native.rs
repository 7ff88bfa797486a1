//! The ops of the web platform, as an extension that comes after those of the snapshot.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use deno_core::{Extension, OpState, op2, v8};

use super::egress::{self, Egress, EgressOptions, Exchanges};
use super::{crypto, log};
use crate::v8::alloc::Buffers;

/// Names and values of an environment.
pub(crate) type Env = Arc<BTreeMap<String, String>>;

/// What the web platform of an isolate is given by its engine.
pub(crate) struct WebOptions {
    /// How `fetch` reaches the network; one for the whole process.
    pub(crate) egress: Arc<Egress>,
    /// What `process.env` holds.
    pub(crate) env: Env,
}

impl WebOptions {
    /// The environment of the process, and one way out with default limits for all that do not choose.
    pub(crate) fn of_the_process() -> Self {
        static SHARED: LazyLock<(Arc<Egress>, Env)> = LazyLock::new(|| {
            let env = std::env::vars_os()
                .filter_map(|(name, value)| {
                    Some((name.into_string().ok()?, value.into_string().ok()?))
                })
                .collect();
            (Egress::new(EgressOptions::default()), Arc::new(env))
        });
        let (egress, env) = &*SHARED;
        Self {
            egress: Arc::clone(egress),
            env: Arc::clone(env),
        }
    }
}

deno_core::extension!(
    wellhead_web_native,
    deps = [wellhead_web],
    ops = [
        crypto::op_wellhead_digest,
        crypto::op_wellhead_random,
        crypto::op_wellhead_random_uuid,
        egress::op_wellhead_fetch_drop,
        egress::op_wellhead_fetch_finish,
        egress::op_wellhead_fetch_head,
        egress::op_wellhead_fetch_next,
        egress::op_wellhead_fetch_start,
        egress::op_wellhead_fetch_take,
        egress::op_wellhead_fetch_write,
        log::op_wellhead_log,
        op_wellhead_cwd,
        op_wellhead_env,
        op_wellhead_memory,
        op_wellhead_versions,
    ],
    js = ["ext:wellhead_web_native/start.js" = { source = "__bootstrap.internals.start();" }],
    options = { options: WebOptions, buffers: Arc<Buffers> },
    state = |state, options| {
        state.put(options.buffers);
        state.put(crypto::Pool::new());
        state.put(Exchanges::new(options.options.egress));
        state.put(Environment(options.options.env));
    },
);

/// The extension that must follow those of the snapshot in every isolate that runs code.
pub(crate) fn native(options: WebOptions, buffers: Arc<Buffers>) -> Extension {
    wellhead_web_native::init(options, buffers)
}

struct Environment(Env);

/// Names and values in turn.
#[op2]
#[serde]
fn op_wellhead_env(state: &mut OpState) -> Vec<String> {
    let Environment(env) = state.borrow();
    env.iter()
        .flat_map(|(name, value)| [name.clone(), value.clone()])
        .collect()
}

#[op2]
#[string]
fn op_wellhead_cwd() -> String {
    std::env::current_dir().map_or_else(|_| "/".into(), |path| path.display().to_string())
}

/// Counts bytes of WebAssembly as array buffers, or takes them off the count where the number is below zero; `false` where
/// there is no room for them.
#[op2(fast)]
fn op_wellhead_memory(state: &mut OpState, bytes: f64) -> bool {
    let buffers = state.borrow::<Arc<Buffers>>();
    if bytes < 0.0 {
        buffers.give(-bytes as usize);
        return true;
    }
    buffers.take(bytes as usize)
}

/// The versions of Wellhead and of V8.
#[op2]
#[serde]
fn op_wellhead_versions() -> (&'static str, &'static str) {
    (env!("CARGO_PKG_VERSION"), v8::V8::get_version())
}
