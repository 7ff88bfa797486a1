//! The folders of `src/routes`, read from disk with the files that each has.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::files::{self, Name, RouteFile};
use super::id::{self, Parsed};
use crate::Diagnostic;
use crate::manifest::Segment;
use crate::session::leads_back;

/// Folders deeper than this are a link that leads back to itself.
const DEPTH_LIMIT: usize = 40;

/// The path of a file, relative to the app, with `/`.
pub(crate) type AppFile = String;

/// All folders, parents before children and in order of names.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) folders: Vec<Folder>,
}

/// A folder of routes.
#[derive(Debug, Default)]
pub(super) struct Folder {
    /// `/` for the root.
    pub(super) id: String,
    /// The folder's name, empty for the root: what a reset (`+page@name`) means.
    pub(super) name: String,
    pub(super) parent: Option<usize>,
    /// The whole path's segments.
    pub(super) segments: Vec<Segment>,
    pub(super) page: Option<Files>,
    pub(super) layout: Option<Files>,
    pub(super) error: Option<AppFile>,
    pub(super) endpoint: Option<AppFile>,
}

/// The files of a page or a layout.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) component: Option<AppFile>,
    pub(super) universal: Option<AppFile>,
    pub(super) server: Option<AppFile>,
    pub(super) live: Option<AppFile>,
    /// The folder whose layout to begin with, empty for the root's.
    pub(super) reset: Option<String>,
}

/// Reads `src/routes`.
pub(super) fn read(app_dir: &Path, problems: &mut Vec<Diagnostic>) -> Tree {
    let mut tree = Tree::default();
    let routes = app_dir.join("src/routes");
    if !routes.is_dir() {
        problems.push(
            Diagnostic::error("no_routes_folder", "there is no folder src/routes")
                .in_file(app_dir.display().to_string())
                .with_help("run this in an app's folder, or make one with `wellhead new`"),
        );
        return tree;
    }
    let root = Folder {
        id: "/".into(),
        ..Folder::default()
    };
    walk(&routes, root, 0, &mut tree, problems);
    tree
}

fn walk(
    path: &Path,
    folder: Folder,
    depth: usize,
    tree: &mut Tree,
    problems: &mut Vec<Diagnostic>,
) {
    let at = tree.folders.len();
    let base = folder.id.clone();
    let base = base.trim_end_matches('/');
    let segments = folder.segments.clone();
    tree.folders.push(folder);
    if depth > DEPTH_LIMIT {
        problems.push(
            Diagnostic::error(
                "too_deep",
                format!("folders are nested more than {DEPTH_LIMIT} deep"),
            )
            .in_file(format!("src/routes{base}"))
            .with_help("is this a symbolic link to one of its own parents?"),
        );
        return;
    }
    let mut folders = Vec::new();
    for name in entries(path, &format!("src/routes{base}"), problems) {
        let path = path.join(&name);
        if path.is_dir() {
            folders.push((name, path));
        } else {
            file(
                &mut tree.folders[at],
                &format!("src/routes{base}/{name}"),
                &name,
                problems,
            );
        }
    }
    for (name, path) in folders {
        let id = format!("{base}/{name}");
        if leads_back(&path) {
            problems.push(loop_of_links(format!("src/routes{id}")));
            continue;
        }
        let mut segments = segments.clone();
        match id::parse(&name) {
            Ok(Parsed::Group) => {}
            Ok(Parsed::Segment(segment)) => segments.push(segment),
            Err((message, help)) => {
                problems.push(
                    Diagnostic::error(
                        "invalid_route",
                        format!("`{name}` cannot be part of a path: {message}"),
                    )
                    .in_file(format!("src/routes{id}"))
                    .with_help(help),
                );
                continue;
            }
        }
        id::check_path(&id, &segments, problems);
        let folder = Folder {
            id,
            name,
            parent: Some(at),
            segments,
            ..Folder::default()
        };
        walk(&path, folder, depth + 1, tree, problems);
    }
}

/// A folder that is inside itself.
pub(crate) fn loop_of_links(file: String) -> Diagnostic {
    Diagnostic::error(
        "link_loop",
        "the folder is a symbolic link to a folder that it is in",
    )
    .in_file(file)
    .with_help("remove the link, or let it name another folder")
}

/// The names in a folder, sorted.
fn entries(path: &Path, shown: &str, problems: &mut Vec<Diagnostic>) -> Vec<String> {
    let mut names = Vec::new();
    let unreadable = |error: std::io::Error| {
        Diagnostic::error("unreadable", format!("cannot read the folder: {error}"))
            .in_file(shown)
            .with_help("check its permissions")
    };
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => {
            problems.push(unreadable(error));
            return names;
        }
    };
    for entry in entries {
        match entry.map(|entry| entry.file_name().into_string()) {
            Ok(Ok(name)) if name.starts_with('.') => {}
            Ok(Ok(name)) => names.push(name),
            Ok(Err(name)) => problems.push(
                Diagnostic::error(
                    "invalid_name",
                    format!("the name `{}` is not UTF-8", name.to_string_lossy()),
                )
                .in_file(shown)
                .with_help("rename it"),
            ),
            Err(error) => problems.push(unreadable(error)),
        }
    }
    names.sort_unstable();
    names
}

fn file(folder: &mut Folder, path: &str, name: &str, problems: &mut Vec<Diagnostic>) {
    let file = match files::classify(name) {
        Name::Route(file) => file,
        Name::Other => return,
        Name::MissingPlus => {
            problems.push(
                Diagnostic::warning("missing_plus", format!("{name} is not a route file"))
                    .in_file(path)
                    .with_help(format!("did you mean +{name}?")),
            );
            return;
        }
        Name::Unknown(help) => {
            problems.push(
                Diagnostic::error(
                    "unknown_route_file",
                    format!("{name} is no route file that Wellhead knows"),
                )
                .in_file(path)
                .with_help(help),
            );
            return;
        }
    };
    let (slot, what) = match file {
        RouteFile::Page { reset } => {
            let files = folder.page.get_or_insert_default();
            files.reset = files.reset.take().or(reset);
            (&mut files.component, "page components")
        }
        RouteFile::PageUniversal => (
            &mut folder.page.get_or_insert_default().universal,
            "page modules",
        ),
        RouteFile::PageServer => (
            &mut folder.page.get_or_insert_default().server,
            "server page modules",
        ),
        RouteFile::Live => (
            &mut folder.page.get_or_insert_default().live,
            "live components",
        ),
        RouteFile::Layout { reset } => {
            let files = folder.layout.get_or_insert_default();
            files.reset = files.reset.take().or(reset);
            (&mut files.component, "layout components")
        }
        RouteFile::LayoutUniversal => (
            &mut folder.layout.get_or_insert_default().universal,
            "layout modules",
        ),
        RouteFile::LayoutServer => (
            &mut folder.layout.get_or_insert_default().server,
            "server layout modules",
        ),
        RouteFile::Error => (&mut folder.error, "error pages"),
        RouteFile::Endpoint => (&mut folder.endpoint, "endpoints"),
    };
    if let Some(other) = slot {
        let other = other.rsplit('/').next().unwrap_or_default();
        problems.push(
            Diagnostic::error(
                "duplicate_file",
                format!("the folder has two {what}: {other} and {name}"),
            )
            .in_file(path)
            .with_help("remove one of them"),
        );
    } else {
        *slot = Some(path.to_owned());
    }
}

/// The matchers of `src/params`, by name.
pub(super) fn matchers(
    app_dir: &Path,
    problems: &mut Vec<Diagnostic>,
) -> BTreeMap<String, AppFile> {
    let mut matchers = BTreeMap::new();
    let folder = app_dir.join("src/params");
    if !folder.is_dir() {
        return matchers;
    }
    for name in entries(&folder, "src/params", problems) {
        let stem = name
            .strip_suffix(".ts")
            .or_else(|| name.strip_suffix(".js"));
        let Some(stem) = stem.filter(|stem| !stem.contains('.')) else {
            continue;
        };
        let path = format!("src/params/{name}");
        if !id::is_word(stem) {
            problems.push(
                Diagnostic::error("invalid_matcher", format!("`{stem}` cannot name a matcher"))
                    .in_file(&path)
                    .with_help("use letters, digits and underscores only"),
            );
        } else if let Some(other) = matchers.insert(stem.to_owned(), path.clone()) {
            problems.push(
                Diagnostic::error(
                    "duplicate_file",
                    format!("there are two matchers `{stem}`: {other} and {path}"),
                )
                .in_file(&path)
                .with_help("remove one of them"),
            );
        }
    }
    matchers
}

/// A module by its path without extension: `src/hooks.server` is `src/hooks.server.ts`, or `….js`, or a folder's index.
pub(super) fn module(app_dir: &Path, stem: &str) -> Option<AppFile> {
    [".ts", ".js", "/index.ts", "/index.js"]
        .into_iter()
        .map(|extension| format!("{stem}{extension}"))
        .find(|path| app_dir.join(path).is_file())
}
