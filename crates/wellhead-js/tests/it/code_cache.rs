//! What modules compile to is kept for the next start.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

use tempfile::TempDir;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use wellhead_js::{Engine, EngineOptions, ServerBundle};

use crate::app::{App, get, workers};

// The cache is V8's own; Node keeps one of another kind.
const SERVER: &str = r#"
export const abi = 1;
const reply = (body) => ({ status: 200, headers: [], shape: 1, route: 0, head: "", body, state: "", rest: null });
export const respond = async (call) => {
    if (!call.url.endsWith("/seldom")) return reply("ok");
    const { seldom } = await import("./seldom.js");
    return reply(seldom(call.url.length));
};
"#;
const SELDOM: &str = r#"
function drawn(n) {
    const shapes = ["circle", "square", "triangle"].map((shape, i) => ({ shape, area: (i + 1) * n, name: shape.toUpperCase() }));
    return shapes.filter(({ area }) => area > 1).map(({ shape, name, area }) => `<${shape}>${name}: ${area}</${shape}>`).join("");
}
export const seldom = (n) => n > 1_000 ? "" : drawn(n);
"#;

fn options(dir: &Path) -> EngineOptions {
    EngineOptions {
        code_cache: Some(dir.to_path_buf()),
        ..workers(1)
    }
}

/// The files in the cache, by name.
fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = fs::read_dir(dir).unwrap().map(|file| file.unwrap().path());
    files
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

/// What one start made of the cache, in modules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    accepted: u64,
    rejected: u64,
    compiled: u64,
}

fn tally(accepted: u64, rejected: u64, compiled: u64) -> Tally {
    Tally {
        accepted,
        rejected,
        compiled,
    }
}

/// Runs the bundle once, in the folder of its sources, and gives what became of the cache.
async fn run(sources: &Path, cache: &Path, path: &str) -> Tally {
    let folder = cache.display().to_string();
    TALLIES.lock().unwrap().remove(&folder);
    let mut bundle = ServerBundle::new(sources, "server.js");
    for name in ["server.js", "seldom.js"] {
        let source = fs::read(sources.join(name)).unwrap();
        bundle.modules.insert(name.into(), hash(&source));
    }
    let renderer = wellhead_js::start(Engine::V8, bundle, options(cache)).unwrap();
    renderer.ready().await.unwrap();
    for _ in 0..3 {
        renderer.render(get(path)).await.unwrap();
    }
    renderer.close().await;
    let told = TALLIES.lock().unwrap().remove(&folder);
    told.unwrap_or_default()
}

fn hash(source: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    source.hash(&mut hasher);
    format!("{:x}", hasher.finish())
}

/// A folder with the sources.
fn sources() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("server.js"), SERVER).unwrap();
    fs::write(dir.path().join("seldom.js"), SELDOM).unwrap();
    dir
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_that_ran_are_in_the_cache() {
    let source = tempfile::tempdir().unwrap();
    fs::write(source.path().join("seldom.js"), "").unwrap();
    let server = SERVER.replace(r#"const { seldom } = await import("./seldom.js");"#, "");
    fs::write(source.path().join("server.js"), server + SELDOM).unwrap();
    let (cold, warm) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    run(source.path(), cold.path(), "/").await;
    run(source.path(), warm.path(), "/seldom").await;
    let size = |dir: &TempDir| files(dir.path()).values().map(Vec::len).sum::<usize>();
    assert!(
        size(&warm) > size(&cold),
        "{} is not more than {}",
        size(&warm),
        size(&cold)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_start_compiles_nothing() {
    let (source, cache) = (sources(), tempfile::tempdir().unwrap());
    let first = run(source.path(), cache.path(), "/seldom").await;
    assert_eq!(first, tally(0, 0, 2));
    let kept = files(cache.path());
    assert_eq!(kept.len(), 2);
    let second = run(source.path(), cache.path(), "/seldom").await;
    assert_eq!(second, tally(2, 0, 0));
    assert_eq!(files(cache.path()), kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_changed_is_compiled() {
    let (source, cache) = (sources(), tempfile::tempdir().unwrap());
    run(source.path(), cache.path(), "/seldom").await;
    let changed = SELDOM.replace("circle", "ellipse");
    fs::write(source.path().join("seldom.js"), changed).unwrap();
    let next = run(source.path(), cache.path(), "/seldom").await;
    assert_eq!(next, tally(1, 0, 1));
    let last = run(source.path(), cache.path(), "/seldom").await;
    assert_eq!(last, tally(2, 0, 0));
}

/// V8 looks whether code was made of a source of this length, with these flags and by this version.
#[tokio::test(flavor = "multi_thread")]
async fn what_v8_does_not_accept_is_written_again() {
    let (source, cache) = (sources(), tempfile::tempdir().unwrap());
    run(source.path(), cache.path(), "/seldom").await;
    // Each is whole, and the other's.
    let swapped = files(cache.path());
    for (path, code) in swapped.keys().zip(swapped.values().rev()) {
        fs::write(path, code).unwrap();
    }
    let refused = run(source.path(), cache.path(), "/seldom").await;
    assert_eq!(refused, tally(0, 2, 2));
    let mended = run(source.path(), cache.path(), "/seldom").await;
    assert_eq!(mended, tally(2, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_cache_is_ignored_and_written_again() {
    let (source, cache) = (sources(), tempfile::tempdir().unwrap());
    run(source.path(), cache.path(), "/seldom").await;
    for (path, mut bytes) in files(cache.path()) {
        let middle = bytes.len() / 2;
        for byte in &mut bytes[middle..] {
            *byte = !*byte;
        }
        fs::write(path, bytes).unwrap();
    }
    let damaged = run(source.path(), cache.path(), "/seldom").await;
    assert_eq!(damaged, tally(0, 0, 2));
    let mended = run(source.path(), cache.path(), "/seldom").await;
    assert_eq!(mended, tally(2, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_made_costs_only_the_cache() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let app = App::with_files(
        Engine::V8,
        &[("server.js", SERVER)],
        options(&file.join("cache")),
    )
    .await;
    assert_eq!(app.text("/").await.unwrap(), "ok");
}

/// The last that the log has told of each cache, by its folder. The process may run other tests too.
static TALLIES: LazyLock<Mutex<HashMap<String, Tally>>> = LazyLock::new(|| {
    tracing::subscriber::set_global_default(Listener).expect("nobody else listens");
    Mutex::default()
});

struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.fields().field("accepted").is_some()
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        TALLIES.lock().unwrap().insert(line.folder, line.tally);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Line {
    folder: String,
    tally: Tally,
}

impl Visit for Line {
    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "accepted" => self.tally.accepted = value,
            "rejected" => self.tally.rejected = value,
            "compiled" => self.tally.compiled = value,
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "folder" {
            self.folder = format!("{value:?}");
        }
    }
}
