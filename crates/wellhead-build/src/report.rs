//! What a build tells of itself, or why it failed.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use crate::Diagnostic;

/// A number of things, for people: `1 route`, `2 routes`.
#[must_use]
pub fn counted(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// A build that succeeded.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The bundle's folder.
    pub out_dir: PathBuf,
    /// The bundle's hash.
    pub hash: String,
    /// Compilations of components and modules, one for each side.
    pub compiled: usize,
    /// Compilations that were found in the cache.
    pub cached: usize,
    /// Modules in the bundle, on both sides.
    pub modules: usize,
    /// Chunks of the server's modules.
    pub server_chunks: usize,
    /// Chunks of the client's scripts.
    pub client_chunks: usize,
    /// Bytes of the server's modules, without source maps.
    pub server_bytes: u64,
    /// Bytes of the client's files, without source maps and compressed copies.
    pub client_bytes: u64,
    /// The routes.
    pub routes: usize,
    /// How long it took.
    #[serde(serialize_with = "millis")]
    pub duration: Duration,
    /// What is odd.
    pub warnings: Vec<Diagnostic>,
}

fn millis<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}, {}: compiled {}, cached {}; server {}, {} kB; client {}, {} kB; {} ms",
            counted(self.routes, "route"),
            counted(self.modules, "module"),
            self.compiled,
            self.cached,
            counted(self.server_chunks, "chunk"),
            self.server_bytes / 1000,
            counted(self.client_chunks, "chunk"),
            self.client_bytes / 1000,
            self.duration.as_millis(),
        )
    }
}

/// A build that failed, with all its errors and warnings.
#[derive(Debug, Clone, thiserror::Error)]
pub struct BuildError {
    diagnostics: Vec<Diagnostic>,
}

impl BuildError {
    pub(crate) fn new(mut diagnostics: Vec<Diagnostic>) -> Self {
        crate::diagnostic::sort(&mut diagnostics);
        Self { diagnostics }
    }

    /// Errors first, then warnings; each by file and place.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

impl From<Diagnostic> for BuildError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostics: vec![diagnostic],
        }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diagnostic in &self.diagnostics {
            writeln!(f, "{diagnostic}\n")?;
        }
        let errors = self
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.is_error())
            .count();
        write!(
            f,
            "the build failed: {errors} {}",
            if errors == 1 { "error" } else { "errors" }
        )
    }
}
