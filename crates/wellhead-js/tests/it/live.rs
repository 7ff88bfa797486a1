//! Live components: commands and news between sessions and the workers that have them.
//!
//! The bundles here have hosts of their own, which do as little as the contract lets them.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::value::RawValue;
use wellhead_js::{Engine, EngineOptions};
use wellhead_render::live::{Command, Effect, LiveChannel, LiveHost, News, Saved, Turn};
use wellhead_render::{ErrorCode, Mounted, PageMounts, RenderError, RenderRequest, RetireReason};

use crate::app::{App, PRELUDE, body, get, limited, workers};

on_each_engine!(
    commands_are_handled_in_order_and_their_news_come_in_order,
    commands_that_wait_are_handled_together,
    news_that_no_command_waits_for_come_too,
    templates_are_learnt_in_order_whatever_session_tells_of_them,
    sessions_keep_their_own_async_context,
    a_handler_that_loops_loses_its_worker_and_only_its_session_hears_why,
    a_loop_after_an_await_is_charged_to_its_session,
    a_heap_that_a_session_fills_is_charged_to_it,
    renders_beside_a_session_that_loops_start_again,
    renders_beside_a_timer_that_loops_start_again,
    a_render_that_loops_after_an_await_is_found_out_beside_sessions,
    a_render_that_loops_costs_its_worker_the_sessions,
    sessions_are_spread_over_workers,
    a_bundle_without_live_components_says_so,
    a_bundle_whose_live_is_no_function_does_not_load,
    what_a_host_throws_ends_its_session,
    news_that_are_too_long_end_their_session,
    the_end_of_a_session_clears_its_timers,
    timers_of_sessions_are_no_leak_of_renders,
    a_session_may_have_only_so_many_timers,
    ten_thousand_commands_may_wait_and_no_more,
    sessions_save_what_they_have_when_their_worker_is_replaced,
    sessions_save_what_they_have_when_the_pool_closes,
    a_session_that_never_saves_keeps_nothing_from_ending,
    sessions_save_what_they_have_when_the_engine_is_dropped,
    what_is_told_before_the_bundle_is_loaded_waits,
    sessions_hear_why_a_bundle_does_not_load,
    a_page_mounts_what_it_asks_for,
    a_session_of_the_page_answers_while_the_page_waits_for_it,
    mounts_that_fail_are_among_the_errors_of_the_reply,
    without_mounts_a_page_is_told_that_nothing_can_be_mounted,
    a_mount_ends_with_its_request,
);

/// A host: events have handlers in `on`, which give news. What came as a list is answered at once, with how many it were as a title.
const HOST: &str = r#"
    import { AsyncLocalStorage } from "node:async_hooks";
    const context = new AsyncLocalStorage();
    const worker = `${Math.random()}`;
    const kept = new Map();
    let engine, templates = 0, ticks = 0;
    const title = (text) => ({ effects: [{ title: { text } }] });
    const busy = (ms) => { const end = Date.now() + ms; while (Date.now() < end); };
    const tell = (session, news) => engine.news(session, JSON.stringify(news));
    const on = {
        echo: (session, event) => ({ settled: [event] }),
        worker: () => title(worker),
        busy(session, event, ms) { tell(session, title("begins")); busy(ms); return { settled: [event] }; },
        later(session, event, ms) { setTimeout(() => tell(session, { settled: [event] }), ms); },
        microtask(session, event) { Promise.resolve().then(() => tell(session, { settled: [event] })); },
        template: (session, event) => ({ templates: [[templates++, [`${session}`, "x"]]], settled: [event] }),
        context(session, event, text) { context.run(text, () => setTimeout(() => tell(session, title(context.getStore())), event % 3)); },
        keep(session, event, text) { kept.set(session, text); return { settled: [event] }; },
        tick(session) { setInterval(() => ticks++, 1); },
        ticks: () => title(`${ticks}`),
        timers(session, event, count) { while (count-- > 0) setTimeout(() => {}, 1e8); return { settled: [event] }; },
        loop() { for (;;); },
        async "loop-after"() { await null; for (;;); },
        "loop-later"() { setTimeout(() => { for (;;); }, 20); },
        fill() { const all = []; for (;;) all.push(new Array(1000).fill(all.length)); },
        block() { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); },
        kill() { process.kill(process.pid, "SIGKILL"); },
        throw() { throw new TypeError("the host is broken"); },
        flood: (session, event) => ({ ...on.template(session, event), ...title("x".repeat(1 << 20)) }),
        number: () => 7,
    };
    const one = (session, { type, event, handler, payload }) => {
        if (type === "event") return on[handler](session, event, payload);
        if (type === "save" && kept.get(session) === "endless") for (;;);
        if (type === "save") return { states: [[0, kept.get(session) ?? "nothing"]] };
    };
    const list = (session, commands) => {
        const all = commands.map((command) => one(session, command));
        return { settled: all.flatMap((news) => news?.settled ?? []), ...title(`${commands.length}`) };
    };
    export const live = (given) => {
        engine = given;
        return {
            command(session, text) {
                const read = JSON.parse(text);
                const news = Array.isArray(read) ? list(session, read) : one(session, read);
                return typeof news === "object" && !(news instanceof Promise) ? JSON.stringify(news) : news === 7 ? news : undefined;
            },
        };
    };
    export const respond = async (call) => {
        const name = path(call);
        if (name === "/loop") for (;;);
        if (name === "/loop-after") { await sleep(100); for (;;); }
        if (name === "/leak") { for (let i = 0; i < 40; i++) setTimeout(() => {}, 1e8); return page("leaks"); }
        if (name === "/wait") { await sleep(200); return page("waited"); }
        if (name === "/mount") return page(await call.mount("one"));
        if (name === "/mounts") return page((await Promise.all(["a", "b", "c"].map((what) => call.mount(what)))).join());
        return page("ok");
    };
"#;

/// A session, and what it hears.
struct Session {
    channel: Box<dyn LiveChannel>,
    news: Receiver<News>,
    events: u64,
}

/// How long news may take before a test fails for it.
const PATIENCE: Duration = Duration::from_secs(60);

impl Session {
    fn open(app: &App) -> Self {
        Self::try_open(app).expect("it is open")
    }

    fn try_open(app: &App) -> Result<Self, RenderError> {
        Self::with(&*host(app))
    }

    fn with(host: &dyn LiveHost) -> Result<Self, RenderError> {
        let (sender, news) = channel();
        let sender = Mutex::new(sender);
        let sink = move |news| {
            let _ = sender.lock().unwrap().send(news);
        };
        let channel = host.open(Box::new(sink))?;
        Ok(Self {
            channel,
            news,
            events: 0,
        })
    }

    /// Sends an event; gives its number.
    fn send(&mut self, handler: &str, payload: impl Display) -> u64 {
        self.events += 1;
        let payload = RawValue::from_string(payload.to_string()).unwrap();
        self.channel.send(&Command::Event {
            component: 0,
            event: self.events,
            handler,
            payload: Some(&payload),
        });
        self.events
    }

    /// Waits for the next news, without keeping others from running.
    fn next(&self) -> News {
        tokio::task::block_in_place(|| self.news.recv_timeout(PATIENCE)).expect("there is news")
    }

    fn turn(&self) -> Told {
        let News::Turn(turn) = self.next() else {
            panic!("the session is lost");
        };
        let read: Turn<'_> = serde_json::from_str(&turn.text).expect("it is news");
        let title = match read.effects.first() {
            Some(Effect::Title { text }) => text.clone(),
            _ => String::new(),
        };
        Told {
            settled: read.settled,
            title,
            states: read.states.unwrap_or_default(),
            templates: turn.sources.with(<[_]>::len),
        }
    }

    /// The error with which the session has lost what it had.
    fn lost(&self) -> RenderError {
        loop {
            match self.next() {
                News::Lost(error) => return error,
                News::Turn(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Sends an event that is answered at once.
    fn echoes(&mut self) {
        let event = self.send("echo", 0);
        assert_eq!(self.turn().settled, [event]);
    }

    /// What the session is told as a title when it asks for it.
    fn asks(&mut self, handler: &str, payload: impl Display) -> String {
        self.send(handler, payload);
        self.turn().title
    }

    /// The state that the session is told before it has lost what it had.
    fn saved(&self) -> String {
        let states = self.turn().states;
        let error = self.lost();
        assert_eq!(error.code, ErrorCode::WorkerLost, "{error}");
        match &states[..] {
            [(0, Saved::Text(state))] => state.clone(),
            other => panic!("{other:?}"),
        }
    }
}

/// News, as far as tests look at it.
struct Told {
    settled: Vec<u64>,
    title: String,
    states: Vec<(u32, Saved)>,
    templates: usize,
}

fn host(app: &App) -> Arc<dyn LiveHost> {
    app.renderer.live_host().expect("the engine has one")
}

async fn start(engine: Engine, options: EngineOptions) -> App {
    App::start(engine, HOST, options).await
}

/// Options with which what loops is noticed soon.
fn impatient(workers: usize) -> EngineOptions {
    limited(workers, |limits| limits.cpu = Duration::from_millis(300))
}

fn retired(app: &App) -> Vec<(RetireReason, u64)> {
    app.renderer.stats().retired
}

async fn commands_are_handled_in_order_and_their_news_come_in_order(engine: Engine) {
    let app = start(engine, workers(1)).await;
    let mut sessions = [Session::open(&app), Session::open(&app)];
    for handler in ["echo", "microtask"].repeat(50) {
        for session in &mut sessions {
            let event = session.send(handler, 0);
            assert_eq!(session.turn().settled, [event]);
        }
    }
}

async fn commands_that_wait_are_handled_together(engine: Engine) {
    let app = start(engine, workers(1)).await;
    let (mut busy, mut session) = (Session::open(&app), Session::open(&app));
    assert_eq!(busy.asks("busy", 200), "begins");
    let events: Vec<_> = (0..5).map(|_| session.send("echo", 0)).collect();
    let told = session.turn();
    assert_eq!((told.settled, told.title), (events, "5".into()));
}

async fn news_that_no_command_waits_for_come_too(engine: Engine) {
    let app = start(engine, workers(1)).await;
    let mut session = Session::open(&app);
    let later = session.send("later", 300);
    session.send("microtask", 0);
    session.send("echo", 0);
    // Those of the others may have come in one list.
    while session.turn().settled != [later] {}
    session.echoes();
}

async fn templates_are_learnt_in_order_whatever_session_tells_of_them(engine: Engine) {
    let app = start(engine, workers(1)).await;
    let mut sessions = [Session::open(&app), Session::open(&app)];
    for known in 1..=20 {
        let session = &mut sessions[known % 2];
        session.send("template", 0);
        assert_eq!(session.turn().templates, known);
    }
}

async fn sessions_keep_their_own_async_context(engine: Engine) {
    let app = start(engine, workers(1)).await;
    let mut sessions: Vec<_> = (0..5).map(|_| Session::open(&app)).collect();
    for round in 0..10 {
        for (index, session) in sessions.iter_mut().enumerate() {
            session.send("context", format!("\"{index} {round}\""));
        }
        for (index, session) in sessions.iter().enumerate() {
            assert_eq!(session.turn().title, format!("{index} {round}"));
        }
    }
}

/// Has one session of a worker do what the worker is lost for; gives the errors of this and of another.
async fn offend(engine: Engine, handler: &str, options: EngineOptions) -> [RenderError; 2] {
    let app = start(engine, options).await;
    let (mut offender, mut other) = (Session::open(&app), Session::open(&app));
    offender.echoes();
    other.echoes();
    offender.send(handler, 0);
    let errors = [offender.lost(), other.lost()];
    Session::open(&app).echoes();
    errors
}

fn codes(errors: &[RenderError; 2]) -> [ErrorCode; 2] {
    errors.each_ref().map(|error| error.code)
}

async fn a_handler_that_loops_loses_its_worker_and_only_its_session_hears_why(engine: Engine) {
    let errors = offend(engine, "loop", impatient(1)).await;
    let expected = [ErrorCode::CpuLimit, ErrorCode::WorkerLost];
    assert_eq!(codes(&errors), expected, "{errors:?}");
}

async fn a_loop_after_an_await_is_charged_to_its_session(engine: Engine) {
    let errors = offend(engine, "loop-after", impatient(1)).await;
    let expected = [ErrorCode::CpuLimit, ErrorCode::WorkerLost];
    assert_eq!(codes(&errors), expected, "{errors:?}");
}

async fn a_heap_that_a_session_fills_is_charged_to_it(engine: Engine) {
    let small = limited(1, |limits| limits.heap_bytes = 64 << 20);
    let errors = offend(engine, "fill", small).await;
    let expected = [ErrorCode::HeapLimit, ErrorCode::WorkerLost];
    assert_eq!(codes(&errors), expected, "{errors:?}");
}

/// Nothing that runs then is on its way from the server, so a process cannot be asked who it is.
#[tokio::test(flavor = "multi_thread")]
async fn a_timer_that_loops_in_a_process_costs_it_without_blame() {
    let errors = offend(Engine::Node, "loop-later", impatient(1)).await;
    assert_eq!(codes(&errors), [ErrorCode::WorkerLost; 2], "{errors:?}");
}

/// Waiting in this way uses no processor time; in an isolate it is refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_blocks_its_process_is_charged_to_its_session() {
    let short = limited(1, |limits| limits.wall = Duration::from_millis(500));
    let errors = offend(Engine::Node, "block", short).await;
    let expected = [ErrorCode::WallLimit, ErrorCode::WorkerLost];
    assert_eq!(codes(&errors), expected, "{errors:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_loses_its_sessions() {
    let errors = offend(Engine::Node, "kill", workers(1)).await;
    assert_eq!(codes(&errors), [ErrorCode::WorkerLost; 2], "{errors:?}");
    assert!(errors[0].message.contains("signal 9"), "{errors:?}");
}

async fn renders_beside_a_session_that_loops_start_again(engine: Engine) {
    let app = start(engine, impatient(1)).await;
    let mut session = Session::open(&app);
    session.echoes();
    let render = tokio::spawn(app.renderer.render(get("/wait")));
    while app.renderer.stats().in_flight == 0 {
        tokio::task::yield_now().await;
    }
    session.send("loop", 0);
    assert_eq!(session.lost().code, ErrorCode::CpuLimit);
    let mut reply = render.await.unwrap().unwrap();
    assert_eq!(body(&mut reply.chunks).await.unwrap(), "waited");
    assert_eq!(retired(&app), [(RetireReason::Cpu, 1)]);
}

async fn renders_beside_a_timer_that_loops_start_again(engine: Engine) {
    let app = start(engine, impatient(1)).await;
    let mut session = Session::open(&app);
    session.echoes();
    session.send("loop-later", 0);
    assert_eq!(app.text("/wait").await.unwrap(), "waited");
    session.lost();
}

async fn a_render_that_loops_after_an_await_is_found_out_beside_sessions(engine: Engine) {
    let app = start(engine, impatient(1)).await;
    let mut session = Session::open(&app);
    session.echoes();
    let render = tokio::spawn(app.renderer.render(get("/loop-after")));
    while !render.is_finished() {
        // Its page mounts its components again.
        if let Ok(News::Lost(_)) = session.news.try_recv() {
            session = Session::open(&app);
            session.send("echo", 0);
        }
        tokio::task::yield_now().await;
    }
    let error = render.await.unwrap().unwrap_err();
    assert_eq!(error.code, ErrorCode::CpuLimit, "{error}");
}

async fn a_render_that_loops_costs_its_worker_the_sessions(engine: Engine) {
    let app = start(engine, impatient(1)).await;
    let mut session = Session::open(&app);
    session.echoes();
    let error = app.get("/loop").await.unwrap_err();
    assert_eq!(error.code, ErrorCode::CpuLimit, "{error}");
    assert_eq!(session.lost().code, ErrorCode::WorkerLost);
    Session::open(&app).echoes();
}

async fn sessions_are_spread_over_workers(engine: Engine) {
    let app = start(engine, workers(3)).await;
    let mut sessions: Vec<_> = (0..9).map(|_| Session::open(&app)).collect();
    let mut sizes = BTreeMap::new();
    for session in &mut sessions {
        *sizes.entry(session.asks("worker", 0)).or_insert(0) += 1;
    }
    assert_eq!(sizes.into_values().collect::<Vec<_>>(), [3, 3, 3]);
    // One that goes makes room.
    let place = sessions[4].asks("worker", 0);
    sessions.remove(4);
    assert_eq!(Session::open(&app).asks("worker", 0), place);
}

async fn a_bundle_without_live_components_says_so(engine: Engine) {
    let source = "export const respond = () => page('ok');";
    let app = App::start(engine, source, workers(1)).await;
    let mut session = Session::open(&app);
    session.send("echo", 0);
    let error = session.lost();
    let expected = "the bundle has no live components";
    assert!(error.message.contains(expected), "{error}");
    assert_eq!(app.text("/").await.unwrap(), "ok");
}

async fn a_bundle_whose_live_is_no_function_does_not_load(engine: Engine) {
    let source =
        format!("{PRELUDE} export const respond = () => page('ok'); export const live = 3;");
    let app = App::unready(engine, &[("server.js", &source)], workers(1));
    let error = app.renderer.ready().await.unwrap_err();
    assert_eq!(error.code, ErrorCode::ModuleFailed, "{error}");
    assert!(error.message.contains("`live`"), "{error}");
}

async fn what_a_host_throws_ends_its_session(engine: Engine) {
    let app = start(engine, workers(1)).await;
    let (mut offender, mut other) = (Session::open(&app), Session::open(&app));
    offender.send("throw", 0);
    let error = offender.lost();
    assert_eq!(error.code, ErrorCode::Threw);
    assert!(error.message.contains("the host is broken"), "{error}");
    offender.send("number", 0);
    let mut wrong = Session::open(&app);
    wrong.send("number", 0);
    assert_eq!(wrong.lost().code, ErrorCode::Protocol);
    other.echoes();
    assert_eq!(retired(&app), []);
}

async fn news_that_are_too_long_end_their_session(engine: Engine) {
    let app = start(engine, limited(1, |limits| limits.output_bytes = 1 << 20)).await;
    let (mut offender, mut other) = (Session::open(&app), Session::open(&app));
    offender.send("flood", 0);
    assert_eq!(offender.lost().code, ErrorCode::OutputLimit);
    other.echoes();
    assert_eq!(retired(&app), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn templates_of_news_that_are_too_long_are_known_to_others() {
    let app = start(
        Engine::Node,
        limited(1, |limits| limits.output_bytes = 1 << 20),
    )
    .await;
    let (mut offender, mut other) = (Session::open(&app), Session::open(&app));
    offender.send("flood", 0);
    assert_eq!(offender.lost().code, ErrorCode::OutputLimit);
    other.send("template", 0);
    assert_eq!(other.turn().templates, 2);
}

async fn the_end_of_a_session_clears_its_timers(engine: Engine) {
    let app = start(engine, workers(1)).await;
    let (mut ticking, mut other) = (Session::open(&app), Session::open(&app));
    ticking.send("tick", 0);
    while other.asks("ticks", 0) == "0" {}
    drop(ticking);
    let ticks = other.asks("ticks", 0);
    other.send("later", 50);
    other.turn();
    assert_eq!(other.asks("ticks", 0), ticks);
}

async fn timers_of_sessions_are_no_leak_of_renders(engine: Engine) {
    let app = start(engine, limited(1, |limits| limits.timers = 100)).await;
    let mut sessions: Vec<_> = (0..10).map(|_| Session::open(&app)).collect();
    for session in &mut sessions {
        let event = session.send("timers", 80);
        assert_eq!(session.turn().settled, [event]);
    }
    for _ in 0..5 {
        assert_eq!(app.text("/wait").await.unwrap(), "waited");
    }
    sessions[0].echoes();
    assert_eq!(retired(&app), []);
}

async fn a_session_may_have_only_so_many_timers(engine: Engine) {
    let app = start(engine, limited(1, |limits| limits.timers = 100)).await;
    let (mut session, mut other) = (Session::open(&app), Session::open(&app));
    session.send("timers", 101);
    let error = session.lost();
    assert!(error.message.contains("timers"), "{error}");
    other.echoes();
}

async fn ten_thousand_commands_may_wait_and_no_more(engine: Engine) {
    let app = start(engine, workers(1)).await;
    let (mut busy, mut session) = (Session::open(&app), Session::open(&app));
    session.echoes();
    assert_eq!(busy.asks("busy", 2_000), "begins");
    for _ in 0..10_000 {
        session.send("echo", 0);
    }
    busy.turn();
    let mut settled = 0;
    while settled < 10_000 {
        settled += session.turn().settled.len();
    }
    assert_eq!(busy.asks("busy", 2_000), "begins");
    for _ in 0..10_001 {
        session.send("echo", 0);
    }
    assert_eq!(session.lost().code, ErrorCode::Overloaded);
    busy.turn();
    busy.echoes();
    assert_eq!(retired(&app), []);
}

async fn sessions_save_what_they_have_when_their_worker_is_replaced(engine: Engine) {
    let app = start(engine, limited(1, |limits| limits.timers = 100)).await;
    let mut sessions = [Session::open(&app), Session::open(&app)];
    for (index, session) in sessions.iter_mut().enumerate() {
        session.send("keep", format!("\"state {index}\""));
        session.turn();
    }
    while retired(&app).is_empty() {
        assert_eq!(app.text("/leak").await.unwrap(), "leaks");
    }
    for (index, session) in sessions.iter().enumerate() {
        assert_eq!(session.saved(), format!("state {index}"));
    }
    Session::open(&app).echoes();
}

async fn sessions_save_what_they_have_when_the_pool_closes(engine: Engine) {
    let app = start(engine, workers(2)).await;
    let mut sessions = [Session::open(&app), Session::open(&app)];
    for session in &mut sessions {
        session.send("keep", "\"it\"");
        session.turn();
    }
    app.renderer.close().await;
    for session in &sessions {
        assert_eq!(session.saved(), "it");
    }
    let error = Session::try_open(&app).err().expect("it is refused");
    assert_eq!(error.code, ErrorCode::Closing);
}

async fn a_session_that_never_saves_keeps_nothing_from_ending(engine: Engine) {
    let app = start(
        engine,
        limited(2, |limits| {
            limits.cpu = Duration::from_millis(300);
            limits.timers = 100;
        }),
    )
    .await;
    let mut sessions = [Session::open(&app), Session::open(&app)];
    for session in &mut sessions {
        session.send("keep", "\"endless\"");
        session.turn();
    }
    while retired(&app).is_empty() {
        assert_eq!(app.text("/leak").await.unwrap(), "leaks");
    }
    app.renderer.close().await;
    for session in &sessions {
        assert_eq!(session.lost().code, ErrorCode::CpuLimit);
    }
}

async fn sessions_save_what_they_have_when_the_engine_is_dropped(engine: Engine) {
    let app = start(engine, workers(1)).await;
    let mut session = Session::open(&app);
    session.send("keep", "\"it\"");
    session.turn();
    let App { renderer, dir } = app;
    drop(renderer);
    assert_eq!(session.saved(), "it");
    drop(dir);
}

async fn what_is_told_before_the_bundle_is_loaded_waits(engine: Engine) {
    let app = App::unready(
        engine,
        &[("server.js", &format!("{PRELUDE}{HOST}"))],
        workers(1),
    );
    Session::open(&app).echoes();
}

async fn sessions_hear_why_a_bundle_does_not_load(engine: Engine) {
    let broken = "throw new Error('it is broken');";
    let app = App::unready(engine, &[("server.js", broken)], workers(1));
    let error = match Session::try_open(&app) {
        Ok(session) => session.lost(),
        // It was tried already.
        Err(error) => error,
    };
    assert_eq!(error.code, ErrorCode::ModuleFailed, "{error}");
    assert!(error.message.contains("it is broken"), "{error}");
}

/// A request for a path, whose live components are mounted so.
fn mounting<F>(path: &str, mount: impl Fn(String) -> F + Send + Sync + 'static) -> RenderRequest
where
    F: Future<Output = Mounted> + Send + 'static,
{
    RenderRequest {
        mounts: Some(PageMounts::new(mount)),
        ..get(path)
    }
}

async fn a_page_mounts_what_it_asks_for(engine: Engine) {
    let app = start(engine, workers(1)).await;
    let mount = async |what: String| Mounted {
        answer: format!("<{what}>"),
        error: None,
    };
    for (path, expected) in [("/mount", "<one>"), ("/mounts", "<a>,<b>,<c>")] {
        let mut reply = app.renderer.render(mounting(path, mount)).await.unwrap();
        assert_eq!(body(&mut reply.chunks).await.unwrap(), expected);
        assert!(reply.errors.is_empty());
    }
}

async fn a_session_of_the_page_answers_while_the_page_waits_for_it(engine: Engine) {
    let app = start(engine, workers(1)).await;
    let host = host(&app);
    let runtime = tokio::runtime::Handle::current();
    let mount = move |_| {
        let mut session = Session::with(&*host).expect("it is open");
        // Not on the worker's thread, which has to handle what is sent.
        let mounted = runtime.spawn(async move {
            session.echoes();
            session.asks("worker", 0)
        });
        async {
            Mounted {
                answer: mounted.await.unwrap(),
                error: None,
            }
        }
    };
    let request = mounting("/mount", mount);
    let mut reply = app.renderer.render(request).await.unwrap();
    let worker = Session::open(&app).asks("worker", 0);
    assert_eq!(body(&mut reply.chunks).await.unwrap(), worker);
}

async fn mounts_that_fail_are_among_the_errors_of_the_reply(engine: Engine) {
    let app = start(engine, workers(1)).await;
    let mount = async |_| Mounted {
        answer: "none".into(),
        error: Some(RenderError::new(ErrorCode::Threw, "no such component")),
    };
    let mut reply = app
        .renderer
        .render(mounting("/mount", mount))
        .await
        .unwrap();
    assert_eq!(body(&mut reply.chunks).await.unwrap(), "none");
    assert_eq!(reply.errors[0].message, "no such component");
}

async fn without_mounts_a_page_is_told_that_nothing_can_be_mounted(engine: Engine) {
    let app = start(engine, workers(1)).await;
    let mut reply = app.get("/mount").await.unwrap();
    let text = body(&mut reply.chunks).await.unwrap();
    assert_eq!(text, Mounted::impossible().answer);
    assert_eq!(reply.errors[0].code, ErrorCode::Protocol);
}

async fn a_mount_ends_with_its_request(engine: Engine) {
    let app = start(engine, workers(1)).await;
    let (begun, begins) = channel();
    let (held, ended) = channel::<()>();
    let begun = Mutex::new(begun);
    let held = Mutex::new(Some(held));
    let mount = move |_| {
        begun.lock().unwrap().send(()).unwrap();
        let held = held.lock().unwrap().take();
        async move {
            let _held = held;
            std::future::pending().await
        }
    };
    let render = tokio::spawn(app.renderer.render(mounting("/mount", mount)));
    tokio::task::block_in_place(|| begins.recv_timeout(PATIENCE)).expect("it begins");
    render.abort();
    // The sender goes with the future of the mount.
    let end = tokio::task::block_in_place(|| ended.recv_timeout(PATIENCE));
    assert_eq!(end, Err(RecvTimeoutError::Disconnected));
    assert_eq!(app.text("/ok").await.unwrap(), "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_app_does_to_global_functions_keeps_no_session_waiting() {
    let source = format!("{HOST} globalThis.setImmediate = () => {{}};");
    let app = App::start(Engine::Node, &source, workers(1)).await;
    let mut session = Session::open(&app);
    for _ in 0..3 {
        session.echoes();
    }
}
