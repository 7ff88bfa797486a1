//! What the plugins of one bundling share.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::Diagnostic;
use crate::alias::Aliases;
use crate::asset::Assets;
use crate::chunking::Chunking;
use crate::css::Styles;
use crate::env::Env;
use crate::options::BuildOptions;
use crate::runtime::Runtime;
use crate::scan::Routes;
use crate::svelte::{Compiled, Compiler, Side, is_svelte};

/// What is the same for both sides.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) dir: PathBuf,
    pub(crate) routes: Routes,
    pub(crate) options: BuildOptions,
    pub(crate) runtime: Runtime,
    pub(crate) compiler: Arc<Compiler>,
    pub(crate) aliases: Aliases,
    pub(crate) env: Env,
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

/// Whether a folder is a symbolic link to one of the folders that it is in.
pub(crate) fn leads_back(path: &Path) -> bool {
    path.is_symlink()
        && path.parent().is_some_and(|parent| {
            let ends = (path.canonicalize(), parent.canonicalize());
            matches!(ends, (Ok(target), Ok(parent)) if parent.starts_with(&target))
        })
}

/// A file's path from a folder, as a specifier.
pub(crate) fn relative_path(from: &Path, to: &Path) -> String {
    let (from, to): (Vec<_>, Vec<_>) = (from.components().collect(), to.components().collect());
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let mut parts = vec![".."; from.len() - common];
    if parts.is_empty() {
        parts.push(".");
    }
    let names = to[common..]
        .iter()
        .filter_map(|part| part.as_os_str().to_str());
    parts.into_iter().chain(names).collect::<Vec<_>>().join("/")
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
    /// Whether components write bytes: see `plugins/markup.rs`.
    pub(crate) writes_bytes: bool,
    problems: Mutex<Vec<Diagnostic>>,
    compiled: Mutex<HashMap<String, Arc<Compiled>>>,
    /// What the app's files import, by importer and the id that was found: the specifier as written.
    specifiers: Mutex<HashMap<(String, String), String>>,
    /// Modules that do something when they are loaded.
    effects: Mutex<HashSet<String>>,
    /// What shares a chunk, as soon as all modules are known.
    pub(crate) chunking: OnceLock<Chunking>,
}

impl Session {
    pub(crate) fn new(app: Arc<App>, side: Side, assets: Arc<Assets>) -> Self {
        let options = &app.options;
        let whole_pages = !options.is_dev() && !options.async_components();
        Self {
            writes_bytes: side == Side::Server && whole_pages,
            app,
            side,
            assets,
            styles: Styles::default(),
            keeps_styles: side == Side::Client,
            leaves_styles: false,
            problems: Mutex::default(),
            compiled: Mutex::default(),
            specifiers: Mutex::default(),
            effects: Mutex::default(),
            chunking: OnceLock::new(),
        }
    }

    /// Keeps the styles of modules on the server too, those of components as the compiler gives them.
    pub(crate) fn with_plain_styles(mut self) -> Self {
        self.keeps_styles = true;
        self.leaves_styles = true;
        self.writes_bytes = false;
        self
    }

    /// Keeps a problem for the end, so that all are told at once.
    pub(crate) fn report(&self, problem: Diagnostic) {
        self.problems().push(problem);
    }

    pub(crate) fn take_problems(&self) -> Vec<Diagnostic> {
        std::mem::take(&mut *self.problems())
    }

    /// Keeps what a component was compiled to, for places in it.
    pub(crate) fn keep_compiled(&self, id: &str, compiled: Arc<Compiled>) {
        self.compiled
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id.to_owned(), compiled);
    }

    /// What a component was compiled to.
    pub(crate) fn compiled(&self, id: &str) -> Option<Arc<Compiled>> {
        self.compiled
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .cloned()
    }

    /// Keeps how a file of the app names what it imports.
    pub(crate) fn keep_specifier(&self, importer: &str, id: &str, specifier: &str) {
        self.specifiers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((importer.to_owned(), id.to_owned()), specifier.to_owned());
    }

    /// How a file of the app names what it imports.
    pub(crate) fn specifier(&self, importer: &str, id: &str) -> Option<String> {
        self.specifiers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&(importer.to_owned(), id.to_owned()))
            .cloned()
    }

    /// Keeps that a module does something when it is loaded.
    pub(crate) fn keep_effects(&self, id: &str) {
        self.effects
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id.to_owned());
    }

    /// Whether a module does something when it is loaded.
    pub(crate) fn has_effects(&self, id: &str) -> bool {
        self.effects
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(id)
    }

    /// Points a problem at a place of a module's code: line from 1, column from 0. In a component that is the place that
    /// the code was compiled from.
    pub(crate) fn at_place(
        &self,
        problem: Diagnostic,
        file: &str,
        line: u32,
        column: u32,
    ) -> Diagnostic {
        let shown = self.app.shown(file);
        let Ok(source) = std::fs::read_to_string(file) else {
            return problem.in_file(shown);
        };
        let place = if is_svelte(file) {
            let compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
            let compiled = compiled.get(file).cloned();
            compiled.and_then(|compiled| compiled.original(line, column))
        } else {
            Some((line, column))
        };
        match place {
            Some((line, column)) => problem.at_position(shown, &source, line, column),
            None => problem.in_file(shown),
        }
    }

    /// Points a problem at a range of bytes of a module's code.
    pub(crate) fn at_code(
        &self,
        problem: Diagnostic,
        file: &str,
        code: &str,
        range: Range<usize>,
    ) -> Diagnostic {
        if !is_svelte(file) {
            return problem.at(self.app.shown(file), code, range);
        }
        let before = code.get(..range.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .encode_utf16()
            .count();
        let number = |n| u32::try_from(n).unwrap_or(u32::MAX);
        self.at_place(problem, file, number(line), number(column))
    }

    fn problems(&self) -> MutexGuard<'_, Vec<Diagnostic>> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
