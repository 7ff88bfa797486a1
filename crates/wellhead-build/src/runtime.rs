//! The runtime's sources, which the crate carries, in a folder of the app from where they are bundled like its own.

use std::io;
use std::path::{Path, PathBuf};

use crate::Diagnostic;
use crate::atomic::update;
use crate::options::BuildOptions;

mod carried {
    include!(concat!(env!("OUT_DIR"), "/runtime.rs"));
}

/// Components where an app has none of its own.
const DEFAULTS: [(&str, &str); 2] = [
    (
        "defaults/layout.svelte",
        include_str!("defaults/layout.svelte"),
    ),
    (
        "defaults/error.svelte",
        include_str!("defaults/error.svelte"),
    ),
];

/// The folder of the runtime's sources.
#[derive(Debug, Clone)]
pub(crate) struct Runtime {
    /// Empty where there is none.
    dir: PathBuf,
    /// Where `client` and `host` are: in `dir`, or where the options say.
    sources: PathBuf,
}

impl Runtime {
    /// Writes the sources to `.wellhead/runtime` of the app, those that differ.
    pub(crate) fn write(app_dir: &Path, options: &BuildOptions) -> Result<Self, Diagnostic> {
        let dir = app_dir.join(".wellhead/runtime");
        let failed = |error: io::Error| {
            Diagnostic::error(
                "unwritable",
                format!("cannot write the runtime's sources: {error}"),
            )
            .in_file(dir.display().to_string())
            .with_help("check the folder's permissions and the space on the disk")
        };
        update(&app_dir.join(".wellhead/.gitignore"), "*\n").map_err(failed)?;
        let sources = match options.runtime_dir() {
            Some(sources) => sources.to_owned(),
            None => {
                carried::CARRIED
                    .iter()
                    .try_for_each(|(path, text)| update(&dir.join(path), text))
                    .map_err(failed)?;
                dir.clone()
            }
        };
        DEFAULTS
            .iter()
            .try_for_each(|(path, text)| update(&dir.join(path), text))
            .map_err(failed)?;
        Ok(Self { dir, sources })
    }

    /// No runtime, for components outside an app.
    pub(crate) fn absent() -> Self {
        Self {
            dir: PathBuf::new(),
            sources: PathBuf::new(),
        }
    }

    /// Whether a file is of the runtime.
    pub(crate) fn owns(&self, path: &str) -> bool {
        if self.dir.as_os_str().is_empty() {
            return false;
        }
        Path::new(path).starts_with(&self.dir) || Path::new(path).starts_with(&self.sources)
    }

    /// The name of one of its files for people: `wellhead/client/src/start.ts`.
    pub(crate) fn shown(&self, path: &str) -> Option<String> {
        if !self.owns(path) {
            return None;
        }
        let path = Path::new(path);
        let inner = path
            .strip_prefix(&self.dir)
            .or_else(|_| path.strip_prefix(&self.sources))
            .ok()?;
        Some(format!(
            "wellhead/{}",
            inner.to_string_lossy().replace('\\', "/")
        ))
    }

    /// The file behind a module that app code or a generated module imports by name.
    pub(crate) fn module(&self, specifier: &str) -> Option<PathBuf> {
        if self.dir.as_os_str().is_empty() {
            return None;
        }
        let (stem, in_dir) = match specifier {
            "wellhead" => ("client/src/index".to_owned(), false),
            "wellhead:client" => ("client/src/start".to_owned(), false),
            "wellhead:live" => ("client/src/live/live".to_owned(), false),
            "wellhead:live/dev" => ("client/src/live/dev".to_owned(), false),
            "wellhead:plain" => ("client/src/plain".to_owned(), false),
            "wellhead:host/live" => ("host/src/live".to_owned(), false),
            "wellhead:host/tests" => ("host/src/test/running".to_owned(), false),
            "wellhead/test" => ("host/src/test/index".to_owned(), false),
            "wellhead:host" => ("host/src/index".to_owned(), false),
            "wellhead:adapter/client" => ("client/src/svelte/client".to_owned(), false),
            "wellhead:adapter/server" => ("client/src/svelte/server".to_owned(), false),
            "wellhead:markup" => ("client/src/svelte/markup".to_owned(), false),
            "wellhead:rendering" => ("client/src/svelte/rendering".to_owned(), false),
            "wellhead:browser-env" => ("client/src/browser/env".to_owned(), false),
            "wellhead:default/layout" => ("defaults/layout".to_owned(), true),
            "wellhead:default/error" => ("defaults/error".to_owned(), true),
            _ => {
                let name = specifier.strip_prefix("$app/")?;
                let valid = !name.is_empty()
                    && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
                (valid.then(|| format!("client/src/app/{name}"))?, false)
            }
        };
        let base = if in_dir { &self.dir } else { &self.sources };
        ["ts", "svelte.ts", "js", "svelte.js", "svelte"]
            .iter()
            .map(|extension| base.join(format!("{stem}.{extension}")))
            .find(|path| path.is_file())
    }
}
