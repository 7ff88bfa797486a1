//! A server bundle for a test, written by hand.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tempfile::TempDir;
use wellhead_js::{Engine, EngineOptions, Limits, ServerBundle};
use wellhead_render::{Chunks, Part, RenderError, RenderRequest, Renderer, Reply};

/// What every test bundle starts with.
pub(crate) const PRELUDE: &str = r#"
export const abi = 1;
const page = (body, more = {}) => ({
    status: 200, headers: [], shape: 1, route: 0, head: "", body, state: "", rest: null, ...more,
});
const path = (call) => new URL(call.url).pathname;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
"#;

/// A running pool and the folder of its bundle.
pub(crate) struct App {
    pub(crate) renderer: Arc<dyn Renderer>,
    /// The bundle's folder, removed with the app.
    pub(crate) dir: TempDir,
}

impl App {
    /// Starts an app of one module, which goes after [`PRELUDE`].
    pub(crate) async fn start(engine: Engine, source: &str, options: EngineOptions) -> Self {
        Self::with_files(
            engine,
            &[("server.js", &format!("{PRELUDE}{source}"))],
            options,
        )
        .await
    }

    /// Starts an app of several modules, of which `server.js` is the entry.
    pub(crate) async fn with_files(
        engine: Engine,
        files: &[(&str, &str)],
        options: EngineOptions,
    ) -> Self {
        let app = Self::unready(engine, files, options);
        app.renderer.ready().await.unwrap();
        app
    }

    /// Starts an app that may not load.
    pub(crate) fn unready(engine: Engine, files: &[(&str, &str)], options: EngineOptions) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut bundle = ServerBundle::new(dir.path(), "server.js");
        for (name, source) in files {
            std::fs::write(dir.path().join(name), source).unwrap();
            bundle
                .modules
                .insert((*name).into(), format!("{:x}", hash(source)));
        }
        let renderer = wellhead_js::start(engine, bundle, options).unwrap();
        Self { renderer, dir }
    }

    /// Renders a path.
    pub(crate) async fn get(&self, path: &str) -> Result<Reply, RenderError> {
        self.renderer.render(get(path)).await
    }

    /// Renders a path and reads all of its body.
    pub(crate) async fn text(&self, path: &str) -> Result<String, RenderError> {
        let mut reply = self.get(path).await?;
        body(&mut reply.chunks).await
    }
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// A request for a path.
pub(crate) fn get(path: &str) -> RenderRequest {
    RenderRequest::get(format!("http://app.test{path}"))
}

/// All of a body, as text.
pub(crate) async fn body(chunks: &mut Chunks) -> Result<String, RenderError> {
    Ok(parts(chunks)
        .await?
        .into_iter()
        .map(|(_, text)| text)
        .collect())
}

/// All parts of a body.
pub(crate) async fn parts(chunks: &mut Chunks) -> Result<Vec<(Part, String)>, RenderError> {
    let mut parts = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        parts.push((chunk.part, text(&chunk.bytes)));
    }
    Ok(parts)
}

pub(crate) fn text(bytes: &Bytes) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Options with a number of workers, and limits that no test reaches by being slow.
pub(crate) fn workers(workers: usize) -> EngineOptions {
    EngineOptions {
        workers,
        limits: Limits {
            cpu: Duration::from_secs(20),
            wall: Duration::from_secs(60),
            ..Limits::default()
        },
        ..EngineOptions::default()
    }
}

/// Options with one worker and other limits than the default.
pub(crate) fn limited(workers: usize, change: impl FnOnce(&mut Limits)) -> EngineOptions {
    let mut options = self::workers(workers);
    change(&mut options.limits);
    options
}
