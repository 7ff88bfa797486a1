//! How an app is built.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use wellhead_js::Engine;

/// Source maps of the client's scripts. The server's are always written, as files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClientMaps {
    /// None.
    #[default]
    Off,
    /// Files beside the scripts that no script names.
    Hidden,
    /// Files beside the scripts, which name them.
    Linked,
}

/// How an app is built.
///
/// ```
/// use wellhead_build::BuildOptions;
///
/// let options = BuildOptions::production().with_base("/docs");
/// assert!(!options.is_dev());
/// ```
#[derive(Debug, Clone)]
pub struct BuildOptions {
    dev: bool,
    out_dir: Option<PathBuf>,
    base: String,
    engine: Engine,
    svelte: Map<String, Value>,
    client_maps: ClientMaps,
    compress: bool,
    brotli_quality: u32,
    unused_components: bool,
    tests: Vec<String>,
    runtime_dir: Option<PathBuf>,
}

impl BuildOptions {
    /// A build to be served to users: minified, with hashed names, compressed.
    #[must_use]
    pub fn production() -> Self {
        Self {
            dev: false,
            out_dir: None,
            base: String::new(),
            engine: Engine::default(),
            svelte: Map::new(),
            client_maps: ClientMaps::Off,
            compress: true,
            brotli_quality: 9,
            unused_components: false,
            tests: Vec::new(),
            runtime_dir: None,
        }
    }

    /// A build for development: readable, with the framework's checks and linked source maps, not compressed.
    #[must_use]
    pub fn development() -> Self {
        Self {
            dev: true,
            client_maps: ClientMaps::Linked,
            compress: false,
            ..Self::production()
        }
    }

    /// The bundle's folder; `build` in the app, or `.wellhead/dev` for development, unless set.
    #[must_use]
    pub fn with_out_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(dir.into());
        self
    }

    /// The path that the app is served under: empty, or with a leading slash. Slashes at the end do not matter.
    #[must_use]
    pub fn with_base(mut self, base: impl AsRef<str>) -> Self {
        let base = base.as_ref().trim_matches('/');
        self.base = if base.is_empty() {
            String::new()
        } else {
            format!("/{base}")
        };
        self
    }

    /// What runs the Svelte compiler.
    #[must_use]
    pub fn with_engine(mut self, engine: Engine) -> Self {
        self.engine = engine;
        self
    }

    /// `compilerOptions` for Svelte, such as `{ "runes": true, "experimental": { "async": true } }`.
    #[must_use]
    pub fn with_svelte(mut self, options: Map<String, Value>) -> Self {
        self.svelte = options;
        self
    }

    /// Source maps of the client's scripts.
    #[must_use]
    pub fn with_client_maps(mut self, maps: ClientMaps) -> Self {
        self.client_maps = maps;
        self
    }

    /// Whether text assets are compressed beside themselves, with Brotli of a quality from 0 to 11 and gzip.
    #[must_use]
    pub fn with_compression(mut self, brotli_quality: Option<u32>) -> Self {
        self.compress = brotli_quality.is_some();
        self.brotli_quality = brotli_quality.unwrap_or(self.brotli_quality).min(11);
        self
    }

    /// Compiles the components below `src` that no route reaches too, to see what is wrong with them.
    #[must_use]
    pub fn with_unused_components(mut self) -> Self {
        self.unused_components = true;
        self
    }

    /// Makes a bundle that runs these files of tests in place of the app: paths relative to it, with `/`.
    #[must_use]
    pub fn with_tests(mut self, files: impl IntoIterator<Item = String>) -> Self {
        self.tests = files.into_iter().collect();
        self
    }

    /// Takes the runtime's sources from a folder with `client/src` and `host/src` instead of those that this crate carries.
    #[must_use]
    pub fn with_runtime_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.runtime_dir = Some(dir.into());
        self
    }

    /// Whether this is for development.
    #[must_use]
    pub fn is_dev(&self) -> bool {
        self.dev
    }

    /// The bundle's folder for an app.
    #[must_use]
    pub fn out_dir(&self, app_dir: &Path) -> PathBuf {
        let default = if self.dev { ".wellhead/dev" } else { "build" };
        app_dir.join(self.out_dir.as_deref().unwrap_or(Path::new(default)))
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn engine(&self) -> Engine {
        self.engine
    }

    pub(crate) fn svelte(&self) -> &Map<String, Value> {
        &self.svelte
    }

    pub(crate) fn client_maps(&self) -> ClientMaps {
        self.client_maps
    }

    pub(crate) fn brotli_quality(&self) -> Option<u32> {
        self.compress.then_some(self.brotli_quality)
    }

    pub(crate) fn checks_unused_components(&self) -> bool {
        self.unused_components
    }

    pub(crate) fn tests(&self) -> &[String] {
        &self.tests
    }

    pub(crate) fn runtime_dir(&self) -> Option<&Path> {
        self.runtime_dir.as_deref()
    }

    /// Whether components may await in their markup.
    pub(crate) fn async_components(&self) -> bool {
        self.svelte
            .get("experimental")
            .and_then(|experimental| experimental.get("async"))
            == Some(&Value::Bool(true))
    }
}
