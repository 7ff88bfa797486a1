//! What the plugins of one bundling share.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Diagnostic;
use crate::alias::Aliases;
use crate::asset::Assets;
use crate::css::Styles;
use crate::options::BuildOptions;
use crate::runtime::Runtime;
use crate::scan::Routes;
use crate::svelte::{Compiler, Side};

/// What is the same for both sides.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) dir: PathBuf,
    pub(crate) routes: Routes,
    pub(crate) options: BuildOptions,
    pub(crate) runtime: Runtime,
    pub(crate) compiler: Arc<Compiler>,
    pub(crate) aliases: Aliases,
    pub(crate) public_env: BTreeMap<String, String>,
}

impl App {
    /// The name of a file for people: relative to the app where it is inside.
    pub(crate) fn shown(&self, path: &str) -> String {
        if let Some(shown) = self.runtime.shown(path) {
            return shown;
        }
        let bare = path.split_once('?').map_or(path, |(path, _)| path);
        Path::new(bare).strip_prefix(&self.dir).map_or_else(
            |_| bare.to_owned(),
            |path| path.to_string_lossy().replace('\\', "/"),
        )
    }

    /// Whether a module is the app's own: neither a package's, nor the runtime's, nor generated.
    pub(crate) fn owns(&self, id: &str) -> bool {
        Path::new(id).starts_with(&self.dir) && !is_dependency(id) && !self.runtime.owns(id)
    }
}

/// Whether a path is inside a package.
pub(crate) fn is_dependency(path: &str) -> bool {
    path.split(['/', '\\']).any(|part| part == "node_modules")
}

/// A path without `.` and `..`, as ids are.
pub(crate) fn normalized(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                out.pop();
            }
            std::path::Component::CurDir => {}
            part => out.push(part),
        }
    }
    out
}

/// One side of a build.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) app: Arc<App>,
    pub(crate) side: Side,
    pub(crate) assets: Arc<Assets>,
    pub(crate) styles: Styles,
    /// Whether the styles of modules are kept: for browsers, or where someone asks for them.
    pub(crate) keeps_styles: bool,
    /// Whether components' styles stay as the compiler gives them.
    pub(crate) leaves_styles: bool,
    problems: Mutex<Vec<Diagnostic>>,
}

impl Session {
    pub(crate) fn new(app: Arc<App>, side: Side, assets: Arc<Assets>) -> Self {
        Self {
            app,
            side,
            assets,
            styles: Styles::default(),
            keeps_styles: side == Side::Client,
            leaves_styles: false,
            problems: Mutex::default(),
        }
    }

    /// Keeps the styles of modules on the server too, those of components as the compiler gives them.
    pub(crate) fn with_plain_styles(mut self) -> Self {
        self.keeps_styles = true;
        self.leaves_styles = true;
        self
    }

    /// Keeps a problem for the end, so that all are told at once.
    pub(crate) fn report(&self, problem: Diagnostic) {
        self.problems().push(problem);
    }

    pub(crate) fn take_problems(&self) -> Vec<Diagnostic> {
        std::mem::take(&mut *self.problems())
    }

    fn problems(&self) -> MutexGuard<'_, Vec<Diagnostic>> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
