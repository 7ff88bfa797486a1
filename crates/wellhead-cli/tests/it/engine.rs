//! What wellhead.toml says under [engine] is what runs, and what it may use.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::app::{Running, demo, start_command};
use crate::{command, wellhead};

const OFFENDERS: [(&str, &str); 4] = [
    ("loop", "export const GET = () => { for (;;); };"),
    (
        "wait",
        "export const GET = () => new Promise((resolve) => setTimeout(resolve, 1e7));",
    ),
    (
        "fill",
        "export const GET = () => { const all = []; for (;;) all.push(new Array(1e6).fill(all.length)); };",
    ),
    (
        "which",
        "const { versions, pid } = globalThis.process ?? {};
export const GET = () => Response.json({ node: versions?.node, pid });",
    ),
];

/// Builds the demo app with endpoints that use too much, and a configuration that says what is too much.
fn offenders(engine: &str) -> (tempfile::TempDir, PathBuf) {
    let (folder, app) = demo();
    for (name, text) in OFFENDERS {
        let route = app.join("src/routes/api").join(name);
        fs::create_dir_all(&route).unwrap();
        fs::write(route.join("+server.ts"), text).unwrap();
    }
    let limits = "workers = 1\nheap_mb = 48\ncpu_ms = 765\nwall_ms = 6543";
    fs::write(
        app.join("wellhead.toml"),
        format!("[engine]\nengine = \"{engine}\"\n{limits}\n"),
    )
    .unwrap();
    let built = wellhead(&app, &["build"]);
    assert_eq!(built.code, 0, "{}", built.err);
    (folder, app)
}

/// The code and the message of the next failure in a log of JSON lines.
fn next_failure(log: &mut impl BufRead) -> (String, String) {
    loop {
        let mut line = String::new();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "the log ended");
        let Ok(line) = serde_json::from_str::<Value>(&line) else {
            continue;
        };
        if let Some(code) = line["code"].as_str() {
            return (code.to_owned(), line.to_string());
        }
    }
}

fn retired(server: &Running, reason: &str) -> Option<String> {
    let metrics = server.get("/-/metrics");
    let line = format!("wellhead_pool_retired_total{{reason=\"{reason}\"}} ");
    let count = metrics.lines().find_map(|found| found.strip_prefix(&line));
    count.map(ToOwned::to_owned)
}

fn limits_hold(engine: &str) {
    let (_folder, app) = offenders(engine);
    let (server, log) = start_command(command(&app, &["serve", "--port", "0"]));
    let mut log = BufReader::new(log);
    for (path, status, code, limit, reason) in [
        ("loop", "500", "render_cpu_limit", "765ms", Some("cpu")),
        ("wait", "504", "render_wall_limit", "6.543s", None),
        ("fill", "500", "render_heap_limit", "48 MiB", Some("heap")),
    ] {
        // A worker that has just come has loaded what it needs then.
        server.get("/api/time");
        let answer = server.get(&format!("/api/{path}"));
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
        let (told, message) = next_failure(&mut log);
        assert_eq!(told, code);
        assert!(message.contains(limit), "{message}");
        if let Some(reason) = reason {
            assert_eq!(retired(&server, reason).as_deref(), Some("1"), "{reason}");
        }
    }
    assert!(server.get("/api/time").contains("{\"time\":\""));
    let metrics = server.get("/-/metrics");
    assert!(metrics.contains("\nwellhead_pool_workers 1\n"), "{metrics}");
}

#[test]
fn limits_hold_in_v8() {
    if wellhead_js::Engine::default() == wellhead_js::Engine::V8 {
        limits_hold("v8");
    }
}

#[test]
fn limits_hold_in_node() {
    limits_hold("node");
}

#[test]
fn the_engine_is_the_one_that_is_configured() {
    let (_folder, app) = offenders("node");
    let which = |server: &Running| -> Value {
        let answer = server.get("/api/which");
        // It comes in chunks.
        let json = answer.find('{').zip(answer.rfind('}'));
        let (start, end) = json.expect(&answer);
        serde_json::from_str(&answer[start..=end]).expect(&answer)
    };
    let (server, _log) = start_command(command(&app, &["serve", "--port", "0"]));
    let node = which(&server);
    assert!(node["node"].is_string(), "{node}");
    let pid = node["pid"].as_u64().unwrap();
    assert_ne!(pid, u64::from(server.id()), "a process of its own");
    // The command line has the last word.
    if wellhead_js::Engine::default() == wellhead_js::Engine::V8 {
        let args = ["serve", "--port", "0", "--engine", "v8"];
        let (server, _log) = start_command(command(&app, &args));
        assert_eq!(which(&server)["node"], Value::Null);
    }
}

/// Where there is V8, neither the compiler nor the app needs Node.
#[test]
fn nothing_but_the_engine_node_starts_node() {
    if wellhead_js::Engine::default() != wellhead_js::Engine::V8 {
        return;
    }
    let (_folder, app) = demo();
    let without_node = |args: &[&str]| {
        let mut command = command(Path::new(&app), args);
        command.env("PATH", "").env("WELLHEAD_NODE", "/nonexistent");
        command
    };
    // Both are compiled, since the cache is empty, and this is what it is like where Node is needed.
    let mut with_node = without_node(&["build"]);
    let output = with_node
        .env("WELLHEAD_ENGINE_ENGINE", "node")
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("WELLHEAD_NODE"), "{error}");
    let output = without_node(&["build"]).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{error}");
    let (server, _log) = start_command(without_node(&["serve", "--port", "0"]));
    assert!(server.get("/").contains("<h1>Quotes</h1>"));
}
