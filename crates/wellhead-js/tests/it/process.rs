//! Code that works on the process that it runs in, and processes that end under it.

use std::process::Command;
use std::time::Duration;

use wellhead_js::{Engine, Limits};
use wellhead_render::{ErrorCode, RetireReason};

use crate::app::{App, text, workers};
use crate::limits::beside_others;

on_each_engine!(
    code_that_ends_the_process_fails_alone,
    what_is_thrown_in_a_timer_belongs_to_its_render,
    floods_of_logs_do_not_get_into_replies,
);

const OFFENDERS: &str = r#"
    const offenders = {
        "/exit"() { process.exit(3); },
        "/abort"() { process.abort(); },
        "/kill"() { process.kill(process.pid, "SIGKILL"); return new Promise(() => {}); },
        "/terminate"() { process.kill(process.pid, "SIGTERM"); return new Promise(() => {}); },
        async "/kill-later"() { await sleep(1); process.kill(process.pid, "SIGKILL"); return new Promise(() => {}); },
        "/atomics"() { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); },
    };
    export const respond = (call) => {
        const name = path(call);
        if (name === "/wait") return sleep(5).then(() => page("waited"));
        return offenders[name]?.() ?? page("ok");
    };
"#;

async fn code_that_ends_the_process_fails_alone(engine: Engine) {
    for path in ["/exit", "/abort"] {
        let (app, outcome) = beside_others(engine, OFFENDERS, path, |_| {}).await;
        let error = outcome.unwrap_err();
        assert_eq!(error.code, ErrorCode::Threw, "{path}: {error}");
        assert_eq!(app.renderer.stats().retired, [], "{path}");
    }
    for path in ["/kill", "/terminate", "/kill-later"] {
        let (app, outcome) = beside_others(engine, OFFENDERS, path, |_| {}).await;
        let error = outcome.unwrap_err();
        let retired = app.renderer.stats().retired;
        match engine {
            // There is no process of its own to be killed.
            Engine::V8 => assert_eq!(error.code, ErrorCode::Threw, "{path}: {error}"),
            Engine::Node => {
                assert_eq!(error.code, ErrorCode::WorkerLost, "{path}: {error}");
                let [(RetireReason::Exit, 1..)] = retired[..] else {
                    panic!("{path}: {retired:?}")
                };
            }
        }
    }
}

async fn what_is_thrown_in_a_timer_belongs_to_its_render(engine: Engine) {
    let source = r#"export const respond = async (call) => {
        if (path(call) === "/bad") setTimeout(() => { throw new Error("in a timer") }, 0);
        await sleep(0);
        return page("ok");
    };"#;
    let app = App::start(engine, source, workers(1)).await;
    let (bad, good) = tokio::join!(app.get("/bad"), app.get("/good"));
    assert_eq!(bad.unwrap().errors[0].message, "in a timer");
    assert!(good.unwrap().errors.is_empty());
    assert_eq!(app.renderer.stats().retired, []);
}

async fn floods_of_logs_do_not_get_into_replies(engine: Engine) {
    let source = r#"
        const flood = () => {
            console.log("x".repeat(1 << 20));
            console.error("y".repeat(1 << 20));
            process.stdout?.write?.(new Uint8Array(1 << 16).fill(5));
            process.stdout?.write?.("no end of line");
        };
        async function* late() { for (let i = 0; i < 20; i++) { flood(); await sleep(0); yield [1, "z".repeat(1 << 14)]; } }
        export const respond = () => { flood(); return page("", { rest: late() }) };"#;
    let app = App::start(engine, source, workers(1)).await;
    let page = app.text("/").await.unwrap();
    assert_eq!(page.len(), 20 << 14);
    assert!(page.bytes().all(|byte| byte == b'z'));
    assert_eq!(app.renderer.stats().retired, []);
}

/// Waiting in this way uses no processor time.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_blocks_hits_the_wall_limit() {
    let short = |limits: &mut Limits| limits.wall = Duration::from_millis(1_500);
    let (app, outcome) = beside_others(Engine::Node, OFFENDERS, "/atomics", short).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.code, ErrorCode::WallLimit, "{error}");
    assert_eq!(app.renderer.stats().retired, [(RetireReason::Cpu, 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_ends_its_streams_with_an_error() {
    let source = r#"
        async function* late() { for (;;) { yield [1, "more "]; await sleep(1); } }
        export const respond = (call) => path(call) === "/ok" ? page("ok") : page(`${process.pid} `, { rest: late() });"#;
    let app = App::start(Engine::Node, source, workers(1)).await;
    let mut reply = app.get("/").await.unwrap();
    let first = reply.chunks.next().await.unwrap().unwrap();
    let pid = text(&first.bytes).trim().to_owned();
    let more = reply.chunks.next().await.unwrap().unwrap();
    assert_eq!(text(&more.bytes), "more ");
    let killed = Command::new("kill").args(["-9", &pid]).status().unwrap();
    assert!(killed.success());
    let error = loop {
        match reply.chunks.next().await.expect("an error at the end") {
            Ok(chunk) => assert_eq!(text(&chunk.bytes), "more "),
            Err(error) => break error,
        }
    };
    assert_eq!(error.code, ErrorCode::WorkerLost, "{error}");
    assert!(error.message.contains("signal 9"), "{error}");
    assert!(reply.chunks.next().await.is_none());
    assert_eq!(app.text("/ok").await.unwrap(), "ok");
    assert_eq!(app.renderer.stats().retired, [(RetireReason::Exit, 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_that_does_not_load_is_tried_again_after_pauses_that_grow() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("starts");
    let broken = format!(
        "import {{ appendFileSync }} from 'node:fs'; appendFileSync({log:?}, `${{Date.now()}}\\n`); throw new Error('not yet');"
    );
    let app = App::unready(Engine::Node, &[("server.js", &broken)], workers(1));
    let starts = || -> Vec<u64> {
        let text = std::fs::read_to_string(&log).unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok()).collect()
    };
    while starts().len() < 4 {
        let error = app.get("/").await.unwrap_err();
        assert_eq!(error.code, ErrorCode::ModuleFailed, "{error}");
    }
    let starts = starts();
    let pauses = starts.windows(2).map(|pair| pair[1] - pair[0]);
    for (pause, least) in pauses.zip([100, 200, 400]) {
        assert!(pause >= least, "{starts:?}");
    }
    // It is mended, and then loads without anybody's help.
    let mended = "export const abi = 1; export const respond = () => ({ status: 200, headers: [], shape: 1, route: 0, head: '', body: 'mended', state: '', rest: null });";
    std::fs::write(app.dir.path().join("server.js"), mended).unwrap();
    let page = loop {
        if let Ok(page) = app.text("/").await {
            break page;
        }
    };
    assert_eq!(page, "mended");
}
