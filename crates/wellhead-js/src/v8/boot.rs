//! Starts the isolate of a worker: from the snapshot to a loaded bundle.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use deno_core::error::CoreErrorKind;
use deno_core::url::Url;
use deno_core::{JsRuntime, ModuleLoader, PollEventLoopOptions, v8};
use wellhead_render::{ErrorCode, RenderError};

use super::alloc::Buffers;
use super::bundle::BundleLoader;
use super::calls::{Calls, CallsRef, Entry};
use super::guard::{Guard, NO_CALL, Verdict};
use super::isolate::{Isolate, Setup};
use super::live::LiveEntry;
use super::lost::{self, Blame, Place};
use super::web::WebOptions;
use super::{debug, failure, last_words, markup, ops, watchdog};
use crate::Limits;
use crate::inspect::Registration;

/// How much more processor time than a render the start may use: it compiles the whole bundle.
const CPU_FACTOR: u32 = 5;

/// An isolate that has loaded the bundle.
pub(super) struct Booted {
    /// Keeps the isolate among those that debuggers can attach to.
    pub(super) debugger: Option<Registration>,
    pub(super) loader: Rc<BundleLoader>,
    pub(super) entry: Entry,
    pub(super) live: LiveEntry,
    pub(super) calls: CallsRef,
    pub(super) isolate: Isolate,
}

/// Makes an isolate on this thread and loads the bundle.
pub(super) async fn boot(place: &Arc<Place>) -> Result<Booted, RenderError> {
    let Place { pool, slot, .. } = &**place;
    let limits = pool.options.limits;
    let targets = pool.targets.as_ref();
    let failed = |message: String| RenderError::new(ErrorCode::ModuleFailed, message);
    let buffers = Buffers::new(limits.buffer_bytes);
    // An isolate that stops at a breakpoint has all the time there is.
    let cpu = |cpu| targets.is_none().then_some(cpu);
    let guard = Guard::new(cpu(limits.cpu * CPU_FACTOR), Arc::clone(&buffers));
    let figures = Arc::clone(&pool.figures[*slot]);
    let loader = Rc::new(BundleLoader::new(Arc::clone(&pool.modules)));
    let root = pool.modules.folder.root();
    let calls = Calls::new(
        limits,
        root.to_path_buf(),
        figures,
        Rc::clone(&loader),
        Arc::clone(&place.mailbox),
    );
    let mut isolate = Isolate::new(Setup {
        heap_bytes: limits.heap_bytes,
        buffers,
        guard: Arc::clone(&guard),
        loader: Rc::clone(&loader) as Rc<dyn ModuleLoader>,
        web: WebOptions {
            env: Arc::clone(&pool.env),
            ..WebOptions::of_the_process()
        },
        extensions: vec![
            ops::extension(Rc::clone(&calls)),
            markup::extension(limits.output_bytes),
        ],
        inspector: targets.is_some(),
    })
    .map_err(failed)?;
    let debugger = targets.map(|targets| debug::register(targets, *slot, &mut isolate.runtime));
    give_up_with(place, &guard, &calls);
    watchdog::watch(&guard);
    let entries = {
        let mut calls = calls.borrow_mut();
        calls.entry.take().zip(calls.live_entry.take())
    };
    let (entry, live) =
        entries.ok_or_else(|| failed("the engine's own scripts did not run".into()))?;
    let url = pool.modules.entry().map_err(failed)?;
    let folder = Url::from_directory_path(root)
        .map_err(|()| failed(format!("{} is no absolute path", root.display())))?;

    guard.begin();
    let loaded = {
        deno_core::scope!(scope, isolate.runtime);
        let [url, root] = [url.as_str(), folder.as_str()].map(|text| {
            let text =
                v8::String::new(scope, text).expect("a URL is no longer than a string can be");
            let text = v8::Local::<v8::Value>::from(text);
            v8::Global::new(scope, text)
        });
        let timers = v8::Number::new(scope, limits.timers as f64);
        let timers = v8::Local::<v8::Value>::from(timers);
        let timers = v8::Global::new(scope, timers);
        JsRuntime::scoped_call_with_args(scope, &entry.start, &[url, timers, root])
    };
    let loading = isolate
        .runtime
        .with_event_loop_promise(loaded, PollEventLoopOptions::default());
    let loaded = tokio::time::timeout(limits.wall, loading).await;
    if let Some(verdict) = guard.end() {
        return Err(condemned_while_loading(verdict, &limits));
    }
    guard.limit_cpu(cpu(limits.cpu));
    let Ok(loaded) = loaded else {
        return Err(failed(format!(
            "the bundle did not load within {:?}",
            limits.wall
        )));
    };
    loaded.map_err(|error| match error.as_kind() {
        CoreErrorKind::Js(exception) => {
            let mut error = failure::of(exception, root);
            error.code = ErrorCode::ModuleFailed;
            error
        }
        CoreErrorKind::PendingPromiseResolution => failed(
            "the bundle waits at its top level for something that can no longer happen".into(),
        ),
        _ => failed(error.to_string()),
    })?;
    // What the entry imports has been evaluated.
    drop(loader.take_unproven());
    loader.tell_of_code_cache();
    Ok(Booted {
        debugger,
        loader,
        entry,
        live,
        calls,
        isolate,
    })
}

/// Says what becomes of the place and its calls when the isolate of this thread does not come back.
fn give_up_with(place: &Arc<Place>, guard: &Arc<Guard>, calls: &CallsRef) {
    let (dying, calls, known) = (Arc::clone(place), Rc::clone(calls), Arc::clone(guard));
    last_words::leave(move || {
        let offender = match known.offender() {
            NO_CALL => dying.mailbox.running(),
            offender => offender,
        };
        dying.give_up(Verdict::Heap, |_| {
            lost::end_calls(&dying.pool, &calls, Verdict::Heap, Blame::of(offender));
            lost::end_sessions(&dying.pool, &dying.mailbox, Verdict::Heap, offender);
        });
    });
    let stuck = Arc::clone(place);
    guard.when_stuck(move || {
        stuck.give_up(Verdict::Cpu, |error| {
            stuck.mailbox.abandon(&error, &lost::worker_lost());
        });
    });
}

/// The error of a bundle that was terminated while it loaded.
pub(super) fn condemned_while_loading(verdict: Verdict, limits: &Limits) -> RenderError {
    let why = excess(verdict, limits, limits.cpu * CPU_FACTOR);
    RenderError::new(
        ErrorCode::ModuleFailed,
        format!("while it loaded, the bundle {why}"),
    )
}

/// The error of a render that was terminated.
pub(super) fn condemned(verdict: Verdict, limits: &Limits) -> RenderError {
    let code = match verdict {
        Verdict::Heap => ErrorCode::HeapLimit,
        Verdict::Buffers => ErrorCode::BufferLimit,
        Verdict::Cpu => ErrorCode::CpuLimit,
    };
    let why = excess(verdict, limits, limits.cpu);
    RenderError::new(code, format!("the render {why}"))
}

/// What was too much of it.
fn excess(verdict: Verdict, limits: &Limits, cpu: Duration) -> String {
    match verdict {
        Verdict::Heap => format!(
            "needed more heap than the {} MiB of an isolate; raise the limit `heap_bytes` or keep less",
            limits.heap_bytes >> 20
        ),
        Verdict::Buffers => format!(
            "needed more array buffers than the {} MiB of an isolate; raise the limit `buffer_bytes` or keep less",
            limits.buffer_bytes >> 20
        ),
        Verdict::Cpu => format!(
            "computed for {cpu:?} without a pause; raise the limit `cpu` or look for a loop"
        ),
    }
}
