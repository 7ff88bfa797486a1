//! Compiles Svelte components and modules with runes, with the app's own compiler, through the cache.

mod imports;
mod installed;
mod language;
mod problem;
mod program;
mod typescript;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rolldown_sourcemap::{JSONSourceMap, SourceMap};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

pub(crate) use imports::imports;
pub(crate) use installed::Installed;
pub(crate) use language::help as style_help;
use program::Program;

use crate::Diagnostic;
use crate::cache::Cache;
use crate::hash::Digest;

/// Where code is to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Server,
    Client,
}

impl Side {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

/// What is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Component,
    Module,
}

/// The kind of a file that Svelte compiles.
fn kind(path: &str) -> Option<Kind> {
    if path.ends_with(".svelte") {
        Some(Kind::Component)
    } else if path.ends_with(".svelte.js") || path.ends_with(".svelte.ts") {
        Some(Kind::Module)
    } else {
        None
    }
}

/// Whether Svelte compiles a file.
pub(crate) fn is_svelte(path: &str) -> bool {
    kind(path).is_some()
}

/// A compiled component or module.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Compiled {
    pub(crate) js: String,
    pub(crate) map: Option<String>,
    pub(crate) css: Option<String>,
    pub(crate) warnings: Vec<Diagnostic>,
}

/// The compiler of an app.
pub(crate) struct Compiler {
    program: Arc<Program>,
    cache: Arc<Cache>,
    installed: Installed,
    compiled: AtomicUsize,
    cached: AtomicUsize,
}

impl std::fmt::Debug for Compiler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compiler")
            .field("version", &self.installed.version)
            .finish_non_exhaustive()
    }
}

/// How many compilations there were, and how many were found in the cache.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) compiled: usize,
    pub(crate) cached: usize,
}

impl Compiler {
    pub(crate) fn new(
        installed: Installed,
        engine: wellhead_js::Engine,
        cache: Arc<Cache>,
    ) -> Self {
        Self {
            program: Arc::new(Program::new(installed.compiler.clone(), engine)),
            cache,
            installed,
            compiled: AtomicUsize::new(0),
            cached: AtomicUsize::new(0),
        }
    }

    pub(crate) fn installed(&self) -> &Installed {
        &self.installed
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts {
            compiled: self.compiled.load(Ordering::Relaxed),
            cached: self.cached.load(Ordering::Relaxed),
        }
    }

    /// Compiles the file at `path` for a side. `shown` is its name for people and for the compiler, relative to the app,
    /// so that a bundle does not depend on where the app is.
    pub(crate) async fn compile(
        &self,
        path: &Path,
        shown: &str,
        side: Side,
        dev: bool,
        extra: &Map<String, Value>,
    ) -> Result<Arc<Compiled>, Vec<Diagnostic>> {
        let source = tokio::fs::read_to_string(path)
            .await
            .map_err(|error| vec![Diagnostic::unreadable(shown, &error)])?;
        let kind = kind(shown).unwrap_or(Kind::Component);
        let options = options(kind, shown, side, dev, extra);
        let key = self.key(kind, &options, &source);
        if let Some(compiled) = self.cache.get(&key).await {
            self.cached.fetch_add(1, Ordering::Relaxed);
            return Ok(compiled);
        }
        if kind == Kind::Component
            && let Some(problem) = language::check(shown, &source)
        {
            return Err(vec![problem]);
        }
        let stripped = match kind {
            Kind::Module if shown.ends_with(".ts") => Some(typescript::strip(shown, &source)?),
            _ => None,
        };
        let text = stripped
            .as_ref()
            .map_or_else(|| source.clone(), |stripped| stripped.code.clone());
        let outcome = self
            .program
            .compile(kind == Kind::Module, text, options)
            .await;
        let output = outcome.map_err(|message| {
            vec![
                Diagnostic::error(
                    "svelte_compiler",
                    format!("the Svelte compiler failed: {message}"),
                )
                .in_file(shown),
            ]
        })?;
        self.compiled.fetch_add(1, Ordering::Relaxed);
        let compiled = problem::read(output, shown, &source, stripped.as_ref())?;
        Ok(self.cache.put(&key, compiled).await)
    }

    fn key(&self, kind: Kind, options: &Map<String, Value>, source: &str) -> String {
        let kind: &[u8] = match kind {
            Kind::Component => b"component",
            Kind::Module => b"module",
        };
        Digest::default()
            .add(concat!("svelte 1 ", env!("CARGO_PKG_VERSION")).as_bytes())
            .add(self.installed.version.as_bytes())
            .add(kind)
            .add(Value::Object(options.clone()).to_string().as_bytes())
            .add(source.as_bytes())
            .long()
    }
}

impl Compiled {
    /// Where a place of the compiled code is in the source: line from 1, column from 0.
    pub(crate) fn original(&self, line: u32, column: u32) -> Option<(u32, u32)> {
        let map = read_map(self.map.as_deref()?, "source")?;
        let token = map.lookup_token(&map.generate_lookup_table(), line.checked_sub(1)?, column)?;
        Some((token.get_src_line() + 1, token.get_src_col()))
    }
}

/// Reads the source map of a compiled file.
pub(crate) fn read_map(text: &str, path: &str) -> Option<SourceMap> {
    let mut map = serde_json::from_str::<JSONSourceMap>(text).ok()?;
    // The compiler names a file without its folder.
    map.sources = vec![path.to_owned()];
    SourceMap::from_json(map).ok()
}

/// The options for the compiler. The app's own cannot change what the build depends on.
fn options(
    kind: Kind,
    shown: &str,
    side: Side,
    dev: bool,
    extra: &Map<String, Value>,
) -> Map<String, Value> {
    let is_dependency = shown.split('/').any(|part| part == "node_modules");
    let mut options = match kind {
        Kind::Component => extra.clone(),
        // A module takes but a few options, and refuses others.
        Kind::Module => extra
            .iter()
            .filter(|(key, _)| *key == "experimental")
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect(),
    };
    if is_dependency {
        // Packages choose their own mode.
        options.remove("runes");
    }
    let mut set = |key: &str, value: Value| options.insert(key.to_owned(), value);
    set("filename", json!(shown));
    set("generate", json!(side.as_str()));
    set("dev", json!(dev));
    if kind == Kind::Component && extra.get("css").is_none_or(|css| css != "injected") {
        set("css", json!("external"));
    }
    options
}
