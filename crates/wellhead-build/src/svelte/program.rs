//! The compiler's program in an engine. It starts with the first call, so that a build whose components are all cached
//! never starts one.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use serde_json::{Map, Value};
use wellhead_js::{Engine, Tool};

use super::problem::Problem;

/// More workers than this gain little: bundling needs cores too.
const WORKERS_LIMIT: usize = 4;

/// The compiler, not yet started or running.
pub(super) struct Program {
    compiler: PathBuf,
    engine: Engine,
    tool: Mutex<Option<Tool>>,
}

/// What the program answers.
#[derive(Debug, Deserialize)]
pub(super) struct Output {
    #[serde(default)]
    pub(super) js: String,
    #[serde(default)]
    pub(super) map: Option<String>,
    #[serde(default)]
    pub(super) css: Option<String>,
    #[serde(default)]
    pub(super) warnings: Vec<Problem>,
    #[serde(default)]
    pub(super) error: Option<Problem>,
}

impl Program {
    pub(super) fn new(compiler: PathBuf, engine: Engine) -> Self {
        Self {
            compiler,
            engine,
            tool: Mutex::new(None),
        }
    }

    /// Compiles a source on a thread of its own.
    pub(super) async fn compile(
        self: &Arc<Self>,
        is_module: bool,
        source: String,
        options: Map<String, Value>,
    ) -> Result<Output, String> {
        let this = Arc::clone(self);
        let call = move || {
            let tool = this.tool()?;
            tool.call("compile", &(is_module, source, options))
                .map_err(|error| error.to_string())
        };
        tokio::task::spawn_blocking(call)
            .await
            .map_err(|error| error.to_string())?
    }

    fn tool(&self) -> Result<Tool, String> {
        let mut tool = self.tool.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tool) = &*tool {
            return Ok(tool.clone());
        }
        let compiler = fs::read_to_string(&self.compiler)
            .map_err(|error| format!("cannot read {}: {error}", self.compiler.display()))?;
        let program = wellhead_js::Program::scripts(vec![
            ("svelte/compiler/index.js".into(), compiler),
            (
                "wellhead/compile.js".into(),
                include_str!("program.js").into(),
            ),
        ]);
        let workers = std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(WORKERS_LIMIT);
        let started =
            Tool::start(self.engine, program, workers).map_err(|error| error.to_string())?;
        *tool = Some(started.clone());
        Ok(started)
    }
}
