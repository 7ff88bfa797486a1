//! What modules compile to is kept for the next start.

use std::fs;
use std::path::Path;

use wellhead_js::{Engine, EngineOptions};

use crate::app::{App, workers};

// The cache is V8's own; Node keeps one of another kind.
const SERVER: &str = r#"
export const abi = 1;
const reply = (body) => ({ status: 200, headers: [], shape: 1, route: 0, head: "", body, state: "", rest: null });
function seldom(n) {
    const shapes = ["circle", "square", "triangle"].map((shape, i) => ({ shape, area: (i + 1) * n, name: shape.toUpperCase() }));
    return shapes.filter(({ area }) => area > 1).map(({ shape, name, area }) => `<${shape}>${name}: ${area}</${shape}>`).join("");
}
export const respond = (call) => reply(call.url.endsWith("/seldom") ? seldom(3) : "ok");
"#;

fn options(dir: &Path) -> EngineOptions {
    EngineOptions {
        code_cache: Some(dir.to_path_buf()),
        ..workers(1)
    }
}

/// The sizes of the files in the cache.
fn files(dir: &Path) -> Vec<u64> {
    let files = fs::read_dir(dir).unwrap().map(|file| file.unwrap());
    files.map(|file| file.metadata().unwrap().len()).collect()
}

/// Runs the bundle once, and gives what is in the cache then.
async fn run(dir: &Path, path: &str) -> Vec<u64> {
    let app = App::with_files(Engine::V8, &[("server.js", SERVER)], options(dir)).await;
    for _ in 0..3 {
        app.get(path).await.unwrap();
    }
    app.renderer.close().await;
    files(dir)
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_that_ran_are_in_the_cache() {
    let (cold, warm) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let without = run(cold.path(), "/").await;
    let with = run(warm.path(), "/seldom").await;
    assert_eq!((without.len(), with.len()), (1, 1));
    assert!(
        with[0] > without[0],
        "{with:?} is not more than {without:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_cache_is_ignored() {
    let dir = tempfile::tempdir().unwrap();
    let first = run(dir.path(), "/seldom").await;
    for file in fs::read_dir(dir.path()).unwrap() {
        let path = file.unwrap().path();
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        for byte in &mut bytes[middle..] {
            *byte = !*byte;
        }
        fs::write(&path, bytes).unwrap();
    }
    assert_eq!(run(dir.path(), "/seldom").await.len(), first.len());
    assert_eq!(run(dir.path(), "/seldom").await.len(), first.len());
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
