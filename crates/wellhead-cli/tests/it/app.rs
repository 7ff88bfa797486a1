//! Building, serving and developing an app, with the engine and the compiler.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};

use crate::{command, link_packages, wellhead};

/// The demo app, with the packages of this repository.
pub(crate) fn demo() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let made = wellhead(folder.path(), &["new", "app", "--template", "demo"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let app = folder.path().join("app");
    link_packages(&app);
    (folder, app)
}

/// A server that runs; it ends with the test.
pub(crate) struct Running {
    child: Child,
    pub(crate) address: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(dir: &Path, args: &[&str]) -> Running {
    let (running, mut log) = start_logged(dir, args);
    // Someone has to read the log, or it would be written no further at some point.
    std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    running
}

/// Starts a server; gives its log too.
pub(crate) fn start_logged(dir: &Path, args: &[&str]) -> (Running, ChildStderr) {
    start_command(command(dir, args))
}

/// Starts what is a server; gives its log too.
pub(crate) fn start_command(mut server: Command) -> (Running, ChildStderr) {
    let mut child = server
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = child.stderr.take().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let Some(address) = line.trim().strip_prefix("http://") else {
        let mut error = String::new();
        log.read_to_string(&mut error).unwrap();
        panic!("no address: {line}{error}");
    };
    let address = address.to_owned();
    (Running { child, address }, log)
}

impl Running {
    /// The number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks for a path; status line, headers and body as they come.
    pub(crate) fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\naccept: text/html\r\n\r\n",
            self.address
        )
        .unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    /// Asks again until the answer has this in it.
    pub(crate) fn until(&self, path: &str, wanted: &str) -> String {
        loop {
            let answer = self.get(path);
            if answer.contains(wanted) {
                return answer;
            }
        }
    }
}

#[test]
fn a_new_app_is_built_and_served() {
    let (folder, app) = demo();
    let built = wellhead(&app, &["build", "--json"]);
    assert_eq!(built.code, 0, "{}", built.err);
    let report: serde_json::Value = serde_json::from_str(&built.out).unwrap();
    assert_eq!(report["routes"], 3);
    let again = wellhead(&app, &["build", "--json"]);
    let again: serde_json::Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(again["compiled"], 0, "{again}");
    // What is served needs neither the app nor its packages.
    let bundle = folder.path().join("bundle");
    fs::rename(app.join("build"), &bundle).unwrap();
    fs::remove_dir_all(&app).unwrap();

    let server = start(folder.path(), &["serve", "bundle", "--port", "0"]);
    let page = server.get("/quotes/2");
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    assert!(
        page.contains("<blockquote>The most dangerous phrase"),
        "{page}"
    );
    assert!(server.get("/quotes/9").contains("There is no quote 9"));
    assert!(server.get("/").contains(" visits") || server.get("/").contains("data-wellhead-late"));
    assert!(server.get("/api/time").contains("{\"time\":\""));
    assert!(server.get("/favicon.svg").contains("<svg"));
    assert!(server.get("/-/readyz").contains("ready"));
    assert!(
        server
            .get("/-/metrics")
            .contains("wellhead_pool_renders_total")
    );
}

#[cfg(unix)]
#[test]
fn a_signal_ends_the_server_well() {
    let (_folder, app) = demo();
    assert_eq!(wellhead(&app, &["build"]).code, 0);
    let mut server = start(&app, &["serve", "--port", "0"]);
    let ended = std::process::Command::new("kill")
        .arg(server.child.id().to_string())
        .status()
        .unwrap();
    assert!(ended.success());
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

/// A woken thread that interrupts a running one costs both time; see `scheduling.rs`.
#[test]
#[cfg(target_os = "linux")]
fn no_thread_of_a_server_interrupts_another() {
    const SCHED_BATCH: &str = "3";
    let (_folder, app) = demo();
    assert_eq!(wellhead(&app, &["build"]).code, 0);
    let server = start(&app, &["serve", "--port", "0"]);
    server.get("/");
    let tasks = fs::read_dir(format!("/proc/{}/task", server.child.id())).unwrap();
    let mut names = Vec::new();
    for task in tasks {
        // A thread may end meanwhile.
        let Ok(stat) = fs::read_to_string(task.unwrap().path().join("stat")) else {
            continue;
        };
        // The name may hold anything, also a bracket; the policy is the 39th field after it.
        let (name, fields) = stat.rsplit_once(") ").unwrap();
        assert_eq!(fields.split(' ').nth(38), Some(SCHED_BATCH), "{name}");
        names.push(name.split_once('(').unwrap().1.to_owned());
    }
    assert!(names.len() > 2, "{names:?}");
    // It runs only if the allocator found its options, and it was there before the policy was set.
    assert!(
        names.iter().any(|name| name == "jemalloc_bg_thd"),
        "{names:?}"
    );
}

#[test]
fn a_port_in_use_is_explained() {
    let (_folder, app) = demo();
    assert_eq!(wellhead(&app, &["build"]).code, 0);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let outcome = wellhead(&app, &["serve", "--port", &port]);
    assert_eq!(outcome.code, 1);
    assert!(
        outcome
            .err
            .contains(&format!("cannot listen on 127.0.0.1:{port}")),
        "{}",
        outcome.err
    );
    assert!(
        outcome.err.contains("\nhint: another program has the port"),
        "{}",
        outcome.err
    );
}

#[test]
fn a_change_is_built_and_a_mistake_is_shown_until_it_is_gone() {
    let (_folder, app) = demo();
    let server = start(&app, &["dev", "--port", "0"]);
    server.until("/", "<h1>Quotes</h1>");
    let page = app.join("src/routes/+page.svelte");
    let source = fs::read_to_string(&page).unwrap();
    fs::write(&page, source.replace("<h1>Quotes", "<h1>Changed")).unwrap();
    server.until("/", "<h1>Changed</h1>");
    // A mistake leaves the last good build in place and is told to every open page.
    fs::write(&page, "<h1>{#if}</h1>").unwrap();
    let mut events = TcpStream::connect(&server.address).unwrap();
    write!(events, "GET /-/dev HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
    let told = BufReader::new(events)
        .lines()
        .map(Result::unwrap)
        .find(|line| line.contains("expected_whitespace"));
    assert!(told.unwrap().contains("src/routes/+page.svelte:1:"));
    assert!(server.get("/").contains("<h1>Changed</h1>"));
    fs::write(&page, "<h1>Mended</h1>").unwrap();
    server.until("/", "<h1>Mended</h1>");
}

#[test]
fn an_app_that_was_never_built_well_shows_why() {
    let (_folder, app) = demo();
    fs::write(app.join("src/routes/+page.svelte"), "<h1>{#if}</h1>").unwrap();
    let server = start(&app, &["dev", "--port", "0"]);
    let answer = server.until("/", "expected_whitespace");
    assert!(answer.starts_with("HTTP/1.1 500"), "{answer}");
    assert!(
        answer.contains("src/routes/+page.svelte:1:")
            && answer.contains("svelte.dev/e/expected_whitespace"),
        "{answer}"
    );
}

/// The events of a development server, one line each.
fn events(server: &Running) -> impl Iterator<Item = String> {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    write!(stream, "GET /-/dev HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
    BufReader::new(stream).lines().map(Result::unwrap)
}

#[test]
fn a_configuration_that_is_broken_at_the_start_is_shown_until_it_is_mended() {
    let (_folder, app) = demo();
    let file = app.join("wellhead.toml");
    fs::write(&file, "[server]\nprot = 1\n").unwrap();
    let server = start(&app, &["dev", "--port", "0"]);
    server.until("/", "<h1>Quotes</h1>");
    let told = events(&server).find(|line| line.contains("server.prot"));
    assert!(told.unwrap().contains("did you mean `port`?"));
    fs::write(&file, "[log]\nlevel = 'inof'\n").unwrap();
    let told = events(&server).find(|line| line.contains("log.level"));
    assert!(told.unwrap().contains("is no level"));
    fs::write(&file, "[security]\nheaders = { x-mended = 'yes' }\n").unwrap();
    server.until("/", "x-mended: yes");
    events(&server).find(|line| line == "data: []").unwrap();
}

#[test]
fn what_is_wrong_with_the_environment_ends_development() {
    let (_folder, app) = demo();
    let output = command(&app, &["dev"])
        .env("WELLHEAD_SERVER_PORT", "many")
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(
        error.contains("WELLHEAD_SERVER_PORT") && error.contains("\nhint: "),
        "{error}"
    );
}

#[test]
fn packages_that_are_installed_late_are_found() {
    let (_folder, app) = demo();
    let (packages, aside) = (app.join("node_modules"), app.join("aside"));
    fs::rename(&packages, &aside).unwrap();
    let server = start(&app, &["dev", "--port", "0"]);
    let answer = server.until("/", "missing_node_modules");
    assert!(answer.contains("run `npm install`"), "{answer}");
    fs::rename(&aside, &packages).unwrap();
    server.until("/", "<h1>Quotes</h1>");
}
