//! Compiles single components, each with what it imports, into one module that renders it.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::Diagnostic;
use crate::alias::Aliases;
use crate::asset::Assets;
use crate::bundling::{self, Entry};
use crate::cache::Cache;
use crate::css;
use crate::env::Env;
use crate::options::BuildOptions;
use crate::report::BuildError;
use crate::runtime::Runtime;
use crate::scan::Routes;
use crate::session::{App, Session};
use crate::svelte::{Compiler, Installed, Side};
use crate::threads::Threads;

/// A component that was compiled for itself.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Component {
    /// An ES module that imports nothing but modules of Node. It exports `render(props)`, which returns
    /// `{ head, body }`, and `renderAsync(props)`, which awaits what the component awaits. Its source map is in it.
    pub code: String,
    /// The styles of the component and of those that it uses, as the compiler gives them.
    pub css: String,
    /// The folder that the paths in the source map are told from: that of the nearest package.json, or the component's.
    pub root: PathBuf,
    /// What is odd.
    pub warnings: Vec<Diagnostic>,
}

/// Compiles components one by one, with one warm compiler.
///
/// ```no_run
/// use wellhead_build::{BuildOptions, Components};
///
/// let components = Components::new(BuildOptions::production())?;
/// let button = components.compile("src/lib/Button.svelte")?;
/// assert!(button.code.contains("render"));
/// # Ok::<(), wellhead_build::BuildError>(())
/// ```
#[derive(Debug)]
pub struct Components {
    options: BuildOptions,
    cache: Arc<Cache>,
    compilers: Mutex<HashMap<PathBuf, Arc<Compiler>>>,
    threads: Threads,
}

impl Components {
    /// With the options of a build, of which those of a bundle's folder have no effect.
    ///
    /// # Errors
    ///
    /// Threads cannot be started.
    pub fn new(options: BuildOptions) -> Result<Self, BuildError> {
        Ok(Self {
            options,
            cache: Arc::new(Cache::in_memory()),
            compilers: Mutex::default(),
            threads: Threads::start()?,
        })
    }

    /// Compiles a component with its imports and the packages of the nearest `node_modules`.
    ///
    /// # Errors
    ///
    /// Every problem that was found.
    pub fn compile(&self, file: impl AsRef<Path>) -> Result<Component, BuildError> {
        let file = file.as_ref();
        let found = file.canonicalize().and_then(|path| {
            if path.is_dir() {
                return Err(ErrorKind::IsADirectory.into());
            }
            Ok(path)
        });
        let path =
            found.map_err(|error| Diagnostic::unreadable(file.display().to_string(), &error))?;
        let root = root(&path);
        let compiler = self.compiler(&root)?;
        let runtime = if root.join("src/routes").is_dir() {
            Runtime::write(&root, &self.options)?
        } else {
            Runtime::absent()
        };
        let mut warnings = Vec::new();
        let aliases = Aliases::read(&root, &mut warnings);
        let app = Arc::new(App {
            routes: Routes::none(&root),
            aliases,
            env: Env::read(&root, &self.options),
            options: self.options.clone(),
            runtime,
            compiler,
            dir: root,
        });
        let assets = Arc::new(Assets::new(self.options.base()));
        let session = Arc::new(Session::new(app, Side::Server, assets).with_plain_styles());
        let bundled = self.threads.wait(async {
            let session = Arc::clone(&session);
            tokio::spawn(async move { bundling::bundle(&session, &Entry::component(&path)).await })
                .await
        });
        let mut problems = warnings;
        problems.extend(session.take_problems());
        let chunk = match bundled {
            Ok(bundled) => bundled.and_then(|bundled| bundled.chunks.into_iter().next()),
            Err(error) => {
                problems.push(Diagnostic::error(
                    "bundler_panic",
                    format!("the bundler failed: {error}"),
                ));
                None
            }
        };
        let sheets = |modules: &[rolldown_common::ModuleId]| -> Vec<_> {
            modules
                .iter()
                .filter_map(|id| session.styles.get(id.as_str()))
                .collect()
        };
        match chunk {
            Some(chunk) if !problems.iter().any(Diagnostic::is_error) => Ok(Component {
                code: chunk.code.clone(),
                css: css::joined(&sheets(&chunk.modules.keys)),
                root: session.app.dir.clone(),
                warnings: problems,
            }),
            _ => Err(BuildError::new(problems)),
        }
    }

    fn compiler(&self, root: &Path) -> Result<Arc<Compiler>, Diagnostic> {
        let installed = Installed::find(root)?;
        let mut compilers = self
            .compilers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let compiler = compilers
            .entry(installed.compiler.clone())
            .or_insert_with(|| {
                Arc::new(Compiler::new(
                    installed,
                    self.options.engine(),
                    Arc::clone(&self.cache),
                ))
            });
        Ok(Arc::clone(compiler))
    }
}

/// The folder that a component's paths are told from: that of the nearest package.json, or its own.
fn root(path: &Path) -> PathBuf {
    let folder = path.parent().unwrap_or(Path::new("/"));
    folder
        .ancestors()
        .find(|dir| dir.join("package.json").is_file())
        .unwrap_or(folder)
        .to_owned()
}
