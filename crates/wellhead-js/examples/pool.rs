//! What the pool itself costs: the time until a bundle of one line is loaded, and of a render that does nothing.
//!
//! ```text
//! cargo run --release -p wellhead-js --example pool -- [WORKERS] [RENDERS]
//! ```
//!
//! Prints one line of JSON, times in nanoseconds: `ready` from the start to the first loaded worker, `one_by_one` for a
//! render when each waits for the one before, `concurrent` for a render when 25 are under way at a time, and
//! `concurrent_async` for one that awaits a promise.

use std::time::Instant;

use futures_util::stream::{self, StreamExt};
use wellhead_js::{Engine, EngineOptions, ServerBundle};
use wellhead_render::{RenderRequest, Renderer};

const SERVER: &str = r#"
export const abi = 1;
const page = () => ({ status: 200, headers: [], shape: 1, route: 0, head: "", body: "<h1>hello</h1>", state: "", rest: null });
export const respond = (call) => call.url.endsWith("/async") ? Promise.resolve().then(page) : page();
"#;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<usize>());
    let workers = arguments.next().and_then(Result::ok).unwrap_or(1);
    let renders = arguments.next().and_then(Result::ok).unwrap_or(100_000);
    let dir = tempfile::tempdir().expect("there is a folder for temporary files");
    std::fs::write(dir.path().join("server.js"), SERVER).expect("the folder can be written to");

    let start = Instant::now();
    let options = EngineOptions {
        workers,
        ..EngineOptions::default()
    };
    let renderer = wellhead_js::start(
        Engine::default(),
        ServerBundle::new(dir.path(), "server.js"),
        options,
    )
    .expect("the pool starts");
    renderer.ready().await.expect("the bundle loads");
    let ready = start.elapsed();

    run(&*renderer, "/", 1, renders / 10).await;
    let one_by_one = run(&*renderer, "/", 1, renders / 4).await;
    let concurrent = run(&*renderer, "/", 25, renders).await;
    let concurrent_async = run(&*renderer, "/async", 25, renders).await;
    println!(
        r#"{{"workers":{workers},"ready":{},"one_by_one":{one_by_one},"concurrent":{concurrent},"concurrent_async":{concurrent_async}}}"#,
        ready.as_nanos()
    );
}

/// Nanoseconds of one of many renders, some of which are under way at a time.
async fn run(renderer: &dyn Renderer, path: &str, at_a_time: usize, renders: usize) -> u128 {
    let url = format!("http://localhost{path}");
    let start = Instant::now();
    stream::iter(0..renders)
        .map(|_| renderer.render(RenderRequest::get(&url)))
        .buffer_unordered(at_a_time)
        .for_each(|reply| async {
            reply.expect("the render succeeds");
        })
        .await;
    start.elapsed().as_nanos() / renders as u128
}
