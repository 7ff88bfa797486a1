//! What uses too much fails alone, with its code; the neighbours and the next render do not notice.

use std::cell::Cell;
use std::time::Duration;

use wellhead_js::{Engine, Limits};
use wellhead_render::{ErrorCode, RenderError, RetireReason};

use crate::app::{App, limited, workers};

on_each_engine!(
    arrays_that_grow_for_ever_hit_the_heap_limit,
    strings_that_double_hit_the_heap_limit,
    maps_that_grow_hit_the_heap_limit,
    one_huge_array_hits_the_heap_limit,
    heap_that_fills_up_between_turns_is_charged_to_its_render,
    buffers_hit_their_limit,
    an_endless_loop_hits_the_cpu_limit,
    an_endless_loop_of_microtasks_hits_the_cpu_limit,
    an_endless_loop_in_a_timer_hits_the_cpu_limit,
    a_catastrophic_regular_expression_hits_the_cpu_limit,
    deep_recursion_hits_the_stack_limit,
    a_promise_that_never_settles_is_stalled,
    a_promise_that_never_settles_beside_others_fails_alone,
    a_render_that_takes_too_long_hits_the_wall_limit,
    a_flood_of_output_hits_its_limit,
    too_many_timers_hit_their_limit,
    timers_that_are_left_behind_cost_the_isolate,
    a_module_that_throws_fails_only_who_needs_it,
    what_throws_in_the_middle_of_its_output_fails_alone,
);

/// Renders that go wrong, one for each path; and `/ok`.
const OFFENDERS: &str = r#"
    const offenders = {
        "/array"() { const all = []; for (;;) all.push({ a: [1, 2, 3] }); },
        "/string"() { let text = "x".repeat(1 << 20); const all = []; for (;;) { text += text.slice(1); all.push(text.charCodeAt(7), text); if (text.length > 1 << 27) text = "y".repeat(1 << 20) + Math.random(); } },
        "/map"() { const map = new Map(); for (let i = 0; ; i++) map.set(i, `${i}`); },
        "/huge"() { const all = []; for (;;) all.push(new Array(1 << 25).fill(1.5)); },
        async "/later"() { const all = []; for (;;) { await null; for (let i = 0; i < 1000; i++) all.push(new Array(100).fill(i)); } },
        async "/turns"() { const all = []; for (;;) { await sleep(0); for (let i = 0; i < 100_000; i++) all.push([i]); } },
        "/buffer"() { const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1)); },
        "/arraybuffer"() { const all = []; for (;;) all.push(new ArrayBuffer(1 << 24)); },
        "/encoder"() { const all = [], text = "x".repeat(1 << 20), encoder = new TextEncoder(); for (;;) all.push(encoder.encode(text)); },
        "/resizable"() { const all = []; for (;;) { const b = new ArrayBuffer(8, { maxByteLength: 1 << 26 }); b.resize(1 << 26); new Uint8Array(b).fill(1); all.push(b); } },
        "/loop"() { for (;;); },
        "/microtasks"() { const again = () => Promise.resolve().then(again); again(); return sleep(1e6); },
        "/timer"() { setTimeout(() => { for (;;); }, 0); return sleep(1e6); },
        "/regexp"() { return /^(a+)+$/.test("a".repeat(40) + "b"); },
        "/atomics"() { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); },
        "/stack"() { const deep = (n) => deep(n + 1) + 1; return deep(0); },
        "/getter"() { const self = { get x() { return self.x + 1 } }; return self.x; },
        "/never"() { return new Promise(() => {}); },
        "/timers"() { for (let i = 0; i < 10_000; i++) setTimeout(() => {}, 1e8); },
        "/caught"() { try { for (;;) setTimeout(() => {}, 1e8); } catch {} return page("as if nothing had been"); },
        "/leak"() { for (let i = 0; i < 40; i++) setTimeout(() => {}, 1e8); return page("leaks"); },
        "/module"() { return import("./bad.js"); },
        "/middle"() { return page("sent ", { rest: (async function* () { yield [1, "too "]; await sleep(1); throw new Error("in the middle"); })() }); },
        "/slow"() { return sleep(1e6); },
        "/flood"() { return page("x".repeat(1 << 21)); },
        "/stream"() { return page("", { rest: { async next() { return { done: false, value: [1, "x".repeat(1 << 16)] } } } }); },
    };
    export const respond = (call) => {
        const offender = offenders[path(call)];
        if (offender === undefined) return path(call) === "/wait" ? sleep(5).then(() => page("waited")) : page("ok");
        return offender();
    };
"#;

/// What the offenders' `./bad.js` is.
const BAD_MODULE: &str = "throw new Error('at the top of the module')";

/// Runs an offender while others render, and checks that it alone fails, with its code.
async fn fails_alone(
    engine: Engine,
    path: &str,
    limits: impl Fn(&mut Limits),
    code: ErrorCode,
) -> App {
    let (app, outcome) = beside_others(engine, OFFENDERS, path, limits).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.code, code, "{error}");
    app
}

/// Runs a render while others do, and checks that these and the next notice nothing of it. The bundle answers `/ok` and
/// `/wait`.
pub(crate) async fn beside_others(
    engine: Engine,
    source: &str,
    path: &str,
    limits: impl Fn(&mut Limits),
) -> (App, Result<String, RenderError>) {
    let start = || App::start(engine, source, limited(2, &limits));
    beside(start, async |app| app.text(path).await, |_| false).await
}

/// The same, where those that share the isolate with the offender may be lost with it: it cannot be stopped.
pub(crate) async fn beside_others_that_may_be_lost(
    engine: Engine,
    source: &str,
    path: &str,
    limits: impl Fn(&mut Limits),
) -> (App, Result<String, RenderError>) {
    let start = || App::start(engine, source, limited(2, &limits));
    let lost = |error: &RenderError| error.code == ErrorCode::WorkerLost;
    beside(start, async |app| app.text(path).await, lost).await
}

/// What takes long fails only after others were rendered, in one of so many tries: how long the machine lets them wait
/// is not known.
const TRIES: usize = 5;

async fn beside(
    start: impl AsyncFn() -> App,
    offend: impl AsyncFn(&App) -> Result<String, RenderError>,
    may_fail: impl Fn(&RenderError) -> bool,
) -> (App, Result<String, RenderError>) {
    for _ in 0..TRIES {
        let app = start().await;
        std::fs::write(app.dir.path().join("bad.js"), BAD_MODULE).unwrap();
        let rendered = Cell::new(0);
        // These share isolates with the offender, and are started again where one is lost.
        let neighbour = async |path, expected| loop {
            match app.text(path).await {
                Ok(text) => {
                    assert_eq!(text, expected);
                    rendered.set(rendered.get() + 1);
                }
                Err(error) => assert!(may_fail(&error), "after {}: {error}", rendered.get()),
            }
        };
        let outcome = tokio::select! {
            outcome = offend(&app) => outcome,
            () = neighbour("/ok", "ok") => unreachable!("neighbours render until the offender ends"),
            () = neighbour("/wait", "waited") => unreachable!("neighbours render until the offender ends"),
        };
        if rendered.get() == 0 && takes_long(&outcome) {
            continue;
        }
        for _ in 0..10 {
            assert_eq!(app.text("/ok").await.unwrap(), "ok");
            assert_eq!(app.text("/wait").await.unwrap(), "waited");
        }
        return (app, outcome);
    }
    panic!("nothing was rendered while an offender ran, {TRIES} times");
}

/// Whether a limit of time or memory was reached, which takes at least tens of milliseconds.
fn takes_long(outcome: &Result<String, RenderError>) -> bool {
    let long = [
        ErrorCode::CpuLimit,
        ErrorCode::HeapLimit,
        ErrorCode::WallLimit,
    ];
    outcome
        .as_ref()
        .is_err_and(|error| long.contains(&error.code))
}

fn retired(app: &App) -> Vec<(RetireReason, u64)> {
    app.renderer.stats().retired
}

fn small_heap(limits: &mut Limits) {
    limits.heap_bytes = 64 << 20;
}

async fn arrays_that_grow_for_ever_hit_the_heap_limit(engine: Engine) {
    let app = fails_alone(engine, "/array", small_heap, ErrorCode::HeapLimit).await;
    assert_eq!(retired(&app), [(RetireReason::Heap, 1)]);
    fails_alone(engine, "/later", small_heap, ErrorCode::HeapLimit).await;
}

async fn strings_that_double_hit_the_heap_limit(engine: Engine) {
    fails_alone(engine, "/string", small_heap, ErrorCode::HeapLimit).await;
}

async fn maps_that_grow_hit_the_heap_limit(engine: Engine) {
    fails_alone(engine, "/map", small_heap, ErrorCode::HeapLimit).await;
}

async fn one_huge_array_hits_the_heap_limit(engine: Engine) {
    fails_alone(engine, "/huge", small_heap, ErrorCode::HeapLimit).await;
}

async fn heap_that_fills_up_between_turns_is_charged_to_its_render(engine: Engine) {
    fails_alone(engine, "/turns", small_heap, ErrorCode::HeapLimit).await;
}

async fn buffers_hit_their_limit(engine: Engine) {
    let small = |limits: &mut Limits| limits.buffer_bytes = 32 << 20;
    for path in ["/buffer", "/arraybuffer", "/encoder", "/resizable"] {
        let app = fails_alone(engine, path, small, ErrorCode::BufferLimit).await;
        assert_eq!(retired(&app), [(RetireReason::Buffers, 1)], "{path}");
    }
}

fn little_cpu(limits: &mut Limits) {
    limits.cpu = Duration::from_millis(200);
}

async fn an_endless_loop_hits_the_cpu_limit(engine: Engine) {
    let app = fails_alone(engine, "/loop", little_cpu, ErrorCode::CpuLimit).await;
    assert_eq!(retired(&app), [(RetireReason::Cpu, 1)]);
}

async fn an_endless_loop_of_microtasks_hits_the_cpu_limit(engine: Engine) {
    fails_alone(engine, "/microtasks", little_cpu, ErrorCode::CpuLimit).await;
}

async fn an_endless_loop_in_a_timer_hits_the_cpu_limit(engine: Engine) {
    fails_alone(engine, "/timer", little_cpu, ErrorCode::CpuLimit).await;
}

async fn a_catastrophic_regular_expression_hits_the_cpu_limit(engine: Engine) {
    fails_alone(engine, "/regexp", little_cpu, ErrorCode::CpuLimit).await;
}

async fn deep_recursion_hits_the_stack_limit(engine: Engine) {
    let app = fails_alone(engine, "/stack", |_| {}, ErrorCode::StackLimit).await;
    assert_eq!(retired(&app), [], "the isolate is as good as before");
    fails_alone(engine, "/getter", |_| {}, ErrorCode::StackLimit).await;
}

async fn a_promise_that_never_settles_is_stalled(engine: Engine) {
    let app = App::start(engine, OFFENDERS, workers(1)).await;
    assert_eq!(
        app.get("/never").await.unwrap_err().code,
        ErrorCode::Stalled
    );
    assert_eq!(app.text("/ok").await.unwrap(), "ok");
    assert_eq!(retired(&app), []);
}

/// What others in its isolate wait for might settle it, so it is not known to be stalled before they are done.
async fn a_promise_that_never_settles_beside_others_fails_alone(engine: Engine) {
    for workers in [1, 2] {
        let options = limited(workers, |limits| limits.wall = Duration::from_secs(1));
        let start = || App::start(engine, OFFENDERS, options.clone());
        let never = async |app: &App| app.text("/never").await;
        let (app, outcome) = beside(start, never, |_| false).await;
        let error = outcome.unwrap_err();
        let expected = [ErrorCode::Stalled, ErrorCode::WallLimit];
        assert!(expected.contains(&error.code), "{error}");
        assert_eq!(retired(&app), []);
    }
    // Here something goes on all the time.
    let options = limited(1, |limits| limits.wall = Duration::from_millis(300));
    let app = App::start(engine, OFFENDERS, options).await;
    let (never, slow) = tokio::join!(app.get("/never"), app.get("/slow"));
    for outcome in [never, slow] {
        assert_eq!(outcome.unwrap_err().code, ErrorCode::WallLimit);
    }
    assert_eq!(app.text("/ok").await.unwrap(), "ok");
}

async fn a_render_that_takes_too_long_hits_the_wall_limit(engine: Engine) {
    let short = |limits: &mut Limits| limits.wall = Duration::from_millis(300);
    let app = fails_alone(engine, "/slow", short, ErrorCode::WallLimit).await;
    assert_eq!(retired(&app), []);
}

async fn a_flood_of_output_hits_its_limit(engine: Engine) {
    let little = |limits: &mut Limits| limits.output_bytes = 1 << 20;
    fails_alone(engine, "/flood", little, ErrorCode::OutputLimit).await;
    let app = fails_alone(engine, "/stream", little, ErrorCode::OutputLimit).await;
    assert_eq!(retired(&app), []);
}

async fn too_many_timers_hit_their_limit(engine: Engine) {
    for path in ["/timers", "/caught"] {
        let app = fails_alone(engine, path, |_| {}, ErrorCode::TimerLimit).await;
        assert_eq!(
            retired(&app),
            [],
            "the timers of a render that failed are gone"
        );
    }
}

async fn timers_that_are_left_behind_cost_the_isolate(engine: Engine) {
    let start = || App::start(engine, OFFENDERS, limited(2, |limits| limits.timers = 100));
    let leaks = async |app: &App| {
        while retired(app).is_empty() {
            assert_eq!(app.text("/leak").await?, "leaks");
        }
        app.text("/ok").await
    };
    let (app, outcome) = beside(start, leaks, |_| false).await;
    assert_eq!(outcome.unwrap(), "ok");
    // What leaked into the other isolate may cost that one too.
    let [(RetireReason::Leak, 1..=2)] = retired(&app)[..] else {
        panic!("{:?}", retired(&app));
    };
}

async fn a_module_that_throws_fails_only_who_needs_it(engine: Engine) {
    let (app, outcome) = beside_others(engine, OFFENDERS, "/module", |_| {}).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.code, ErrorCode::ModuleFailed);
    let expected = "at the top of the module";
    assert!(error.message.contains(expected), "{error}");
    assert_eq!(retired(&app), [(RetireReason::Leak, 1)]);
}

async fn what_throws_in_the_middle_of_its_output_fails_alone(engine: Engine) {
    let (app, outcome) = beside_others(engine, OFFENDERS, "/middle", |_| {}).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.code, ErrorCode::Threw);
    assert!(error.message.contains("in the middle"), "{error}");
    assert_eq!(retired(&app), [], "the isolate is as good as before");
}

/// Waiting takes no processor time, so no limit of an isolate would end it.
#[cfg(has_v8)]
#[tokio::test(flavor = "multi_thread")]
async fn blocking_the_thread_is_refused() {
    let app = fails_alone(Engine::V8, "/atomics", |_| {}, ErrorCode::Threw).await;
    assert_eq!(retired(&app), [], "the isolate is as good as before");
}
