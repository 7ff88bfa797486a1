//! Programs that run in an engine and are called with JSON: compilers, mostly.

pub(crate) mod threads;

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Engine, JsError};

/// The JavaScript of a [`Tool`].
#[derive(Debug, Clone)]
pub struct Program {
    pub(crate) code: Code,
    /// What loading it, and each call, may take.
    pub(crate) time: Option<Duration>,
}

#[derive(Debug, Clone)]
pub(crate) enum Code {
    Scripts(Vec<(String, String)>),
    Modules {
        dir: PathBuf,
        entry: String,
        source: Option<String>,
    },
}

impl Program {
    /// Classic scripts, name and source, run in turn. Functions are looked up on `globalThis`.
    #[must_use]
    pub fn scripts(scripts: Vec<(String, String)>) -> Self {
        Self {
            code: Code::Scripts(scripts),
            time: None,
        }
    }

    /// An ES module in a folder that also holds whatever it imports. Functions are its exports.
    #[must_use]
    pub fn modules(dir: impl Into<PathBuf>, entry: impl Into<String>) -> Self {
        Self {
            code: Code::Modules {
                dir: dir.into(),
                entry: entry.into(),
                source: None,
            },
            time: None,
        }
    }

    /// An ES module that is given as text and is no file, as if it were in a folder under a name.
    #[must_use]
    pub fn module_text(
        dir: impl Into<PathBuf>,
        name: impl Into<String>,
        source: impl Into<String>,
    ) -> Self {
        Self {
            code: Code::Modules {
                dir: dir.into(),
                entry: name.into(),
                source: Some(source.into()),
            },
            time: None,
        }
    }

    /// Ends the loading of the program, and any call, that takes longer, with an error of the name [`JsError::LIMIT`].
    /// Without a limit a program that loops forever is never ended.
    #[must_use]
    pub fn with_time_limit(mut self, time: Duration) -> Self {
        self.time = Some(time);
        self
    }
}

/// A program that runs in an engine, on threads or processes of its own.
///
/// A tool can be called from many threads; calls past the number of workers wait. It ends when the last clone is dropped.
#[derive(Clone)]
pub struct Tool {
    inner: Inner,
}

#[derive(Clone)]
enum Inner {
    #[cfg(has_v8)]
    V8(crate::v8::V8Tool),
    Node(crate::node::NodeTool),
}

impl Tool {
    /// Starts a program. One worker is started at once, so that an error of the program is told here; others when there
    /// are calls for them, up to `workers`.
    ///
    /// # Errors
    /// The program does not load, or the engine is not in this build.
    pub fn start(engine: Engine, program: Program, workers: usize) -> Result<Tool, JsError> {
        let workers = workers.max(1);
        let inner = match engine {
            #[cfg(has_v8)]
            Engine::V8 => Inner::V8(crate::v8::V8Tool::start(
                crate::v8::Source::new(program),
                workers,
            )?),
            #[cfg(not(has_v8))]
            Engine::V8 => return Err(JsError::no_v8(&(program, workers))),
            Engine::Node => Inner::Node(crate::node::NodeTool::start(
                crate::node::Source::new(program)?,
                workers,
            )?),
        };
        Ok(Tool { inner })
    }

    /// Calls a function and waits for its result; a promise is awaited.
    ///
    /// An argument that is a list (a tuple, a slice, a `Vec`) is spread over the function's parameters; anything else is
    /// its only argument. `undefined` comes back as `null`.
    ///
    /// Blocks the thread: in async code, call it through `spawn_blocking`.
    ///
    /// # Errors
    /// What the function threw, with its name, message and stack; an argument or a result that is not JSON; a call that
    /// went over the heap limit or the time limit, or never settled.
    pub fn call<T: DeserializeOwned>(
        &self,
        function: &str,
        arguments: &(impl Serialize + ?Sized),
    ) -> Result<T, JsError> {
        let arguments = serde_json::to_string(arguments).map_err(|error| {
            JsError::engine(format!(
                "the arguments of `{function}` are not JSON: {error}"
            ))
        })?;
        let result = match &self.inner {
            #[cfg(has_v8)]
            Inner::V8(tool) => tool.call(function, arguments)?,
            Inner::Node(tool) => tool.call(function, arguments)?,
        };
        serde_json::from_str(&result).map_err(|error| {
            JsError::engine(format!(
                "the result of `{function}` is not what was asked for: {error}"
            ))
        })
    }
}

impl std::fmt::Debug for Tool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tool").finish_non_exhaustive()
    }
}
