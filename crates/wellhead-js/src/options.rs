//! What an engine is started with.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use crate::{Inspector, JsError};

/// What runs JavaScript.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// V8, embedded: one isolate per worker thread.
    V8,
    /// A pool of Node processes.
    Node,
}

impl Engine {
    /// The name as it stands in configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Engine::V8 => "v8",
            Engine::Node => "node",
        }
    }
}

impl Default for Engine {
    /// `v8` where the build has it, else `node`.
    fn default() -> Self {
        if cfg!(has_v8) {
            Engine::V8
        } else {
            Engine::Node
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Engine {
    type Err = JsError;

    fn from_str(text: &str) -> Result<Self, JsError> {
        match text {
            "v8" => Ok(Engine::V8),
            "node" => Ok(Engine::Node),
            _ => Err(JsError::engine(format!(
                "there is no engine `{text}`; use `v8` or `node`"
            ))),
        }
    }
}

/// The part of a bundle that an engine runs.
#[derive(Debug, Clone, Default)]
pub struct ServerBundle {
    /// The folder that holds all modules; nothing outside it is loaded.
    pub dir: PathBuf,
    /// The entry module, relative to `dir`; it exports `abi` and `respond` (`packages/host/src/abi.ts`).
    pub entry: String,
    /// Every module by its path relative to `dir` (with `/`), and a hash of its content that keys the code cache. A
    /// module that is not listed is loaded too, without a code cache.
    pub modules: BTreeMap<String, String>,
}

impl ServerBundle {
    /// A bundle of which no module is listed, so that there is no code cache.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>, entry: impl Into<String>) -> Self {
        Self {
            dir: dir.into(),
            entry: entry.into(),
            modules: BTreeMap::new(),
        }
    }
}

/// How an engine runs. The fields are public; make one with `EngineOptions { workers: 2, ..Default::default() }`.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// How many isolates or processes there are; as many as there are cores by default.
    pub workers: usize,
    /// What one isolate or render may use.
    pub limits: Limits,
    /// How many requests may wait for a worker; more are refused with `render_overloaded`. 1,024 by default.
    pub queue: usize,
    /// How many renders one isolate has in flight while they await something. 256 by default.
    pub in_flight: usize,
    /// The folder for V8's code cache; none is kept without it.
    pub code_cache: Option<PathBuf>,
    /// What application code sees as `process.env`; empty by default, so that nothing of the server's own leaks.
    pub env: BTreeMap<String, String>,
    /// Whether the application is being developed: more is checked and told.
    pub dev: bool,
    /// The folder of the client's assets, for application code that reads them.
    pub assets: Option<PathBuf>,
    /// Lets debuggers attach. The limits of time do not hold then, since code may stop at a breakpoint.
    pub inspect: Option<Inspector>,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            workers: std::thread::available_parallelism().map_or(1, usize::from),
            limits: Limits::default(),
            queue: 1024,
            in_flight: 256,
            code_cache: None,
            env: BTreeMap::new(),
            dev: false,
            assets: None,
            inspect: None,
        }
    }
}

/// What one isolate or render may use; past it the render fails with a code of its own and its neighbours do not notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of JavaScript heap of one isolate; 256 MiB by default. V8 takes at least about 16 MiB.
    pub heap_bytes: usize,
    /// Bytes of all array buffers of one isolate, memory of WebAssembly included; 256 MiB by default.
    pub buffer_bytes: usize,
    /// Processor time that a render may use in one go, without a turn of the event loop; 2 s by default.
    pub cpu: Duration,
    /// Time from the start of a render to its end, reading of its output by the client excepted; 30 s by default. What
    /// waits for a promise that never settles ends at once only if no other render in its isolate waits for anything.
    pub wall: Duration,
    /// Bytes of output of one render; 64 MiB by default.
    pub output_bytes: usize,
    /// Timers that one render may have at a time, and that all renders of an isolate may leave behind before the
    /// isolate is replaced; 1,000 by default.
    pub timers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            heap_bytes: 256 << 20,
            buffer_bytes: 256 << 20,
            cpu: Duration::from_secs(2),
            wall: Duration::from_secs(30),
            output_bytes: 64 << 20,
            timers: 1_000,
        }
    }
}
