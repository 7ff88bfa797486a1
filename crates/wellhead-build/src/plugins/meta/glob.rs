//! `import.meta.glob`: the files that patterns mean.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::session::{App, leads_back, normalized, relative_path};

/// Folders deeper than this are a link that leads back to itself.
const DEPTH_LIMIT: usize = 40;

/// A call with its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glob {
    /// Those that begin with `!` take away.
    patterns: Vec<String>,
    /// Whether the modules are imported at once.
    pub(super) eager: bool,
    /// The export that is wanted of each.
    pub(super) import: Option<String>,
    /// What is added to each path, with its question mark.
    pub(super) query: String,
    /// Whether names that begin with a dot, and packages, count too.
    pub(super) exhaustive: bool,
}

impl Glob {
    pub(super) fn new(patterns: Vec<String>) -> Self {
        Self {
            patterns,
            eager: false,
            import: None,
            query: String::new(),
            exhaustive: false,
        }
    }
}

/// A message and what to do.
type Wrong = (String, &'static str);

/// A folder, and a pattern of paths in it.
#[derive(Debug, PartialEq, Eq)]
struct Pattern {
    dir: PathBuf,
    rest: String,
}

/// The files that a call in the module `importer` means: each one's key, and its path as a specifier.
pub(super) fn expand(
    app: &App,
    importer: &str,
    glob: &Glob,
) -> Result<Vec<(String, String)>, Wrong> {
    let here = Path::new(importer).parent().unwrap_or(Path::new("/"));
    let (taken, wanted): (Vec<_>, Vec<_>) = glob
        .patterns
        .iter()
        .partition(|pattern| pattern.starts_with('!'));
    let read = |pattern: &&String| locate(app, here, pattern.trim_start_matches('!'));
    let wanted = wanted.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let taken = taken.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    // Keys are as the patterns are: relative to this file, or from the app's folder.
    let relative = glob
        .patterns
        .iter()
        .all(|pattern| pattern.starts_with(['.', '!']));
    let mut files = BTreeMap::new();
    for pattern in &wanted {
        let mut found = Vec::new();
        if pattern.rest.is_empty() {
            if pattern.dir.is_file() {
                found.push(pattern.dir.clone());
            }
        } else {
            walk(&pattern.dir, "", pattern, glob.exhaustive, 0, &mut found);
        }
        for file in found {
            if file == Path::new(importer) || taken.iter().any(|pattern| pattern.matches(&file)) {
                continue;
            }
            let path = relative_path(here, &file);
            let key = if relative {
                path.clone()
            } else {
                format!("/{}", slashes(file.strip_prefix(&app.dir).unwrap_or(&file)))
            };
            files.insert(file, (key, path));
        }
    }
    Ok(files.into_values().collect())
}

/// Takes a pattern apart into the folder that it begins in and what is matched there.
fn locate(app: &App, here: &Path, pattern: &str) -> Result<Pattern, Wrong> {
    for sign in ["@(", "!(", "+(", "?(", "*("] {
        if pattern.contains(sign) {
            return Err((
                format!("the pattern `{pattern}` uses `{sign}…)`, which is not supported"),
                "write alternatives in braces: `{a,b}`",
            ));
        }
    }
    if let Err(error) = fast_glob::validate(pattern) {
        return Err((
            format!(
                "the pattern `{pattern}` is wrong at character {}: {error}",
                error.index + 1
            ),
            "a backslash before a special character makes it an ordinary one",
        ));
    }
    let segments: Vec<&str> = pattern.split('/').collect();
    let plain = segments
        .iter()
        .position(|segment| segment.contains(['*', '?', '[', '{', '\\']))
        .unwrap_or(segments.len());
    let (folder, rest) = (segments[..plain].join("/"), segments[plain..].join("/"));
    let dir = if pattern.starts_with("./") || pattern.starts_with("../") {
        here.join(&folder)
    } else if pattern.starts_with('/') {
        app.dir.join(folder.trim_start_matches('/'))
    } else if pattern.starts_with("**") {
        app.dir.clone()
    } else {
        let candidates: Vec<_> = app.aliases.candidates(&folder).map(PathBuf::from).collect();
        let there = candidates.iter().find(|dir| dir.exists());
        there
            .or(candidates.first())
            .cloned()
            .ok_or_else(|| -> Wrong {
                (
                    format!("the pattern `{pattern}` has no beginning that is known"),
                    "begin it with `./`, `../`, `/` for the app's folder, or an alias such as `$lib/`",
                )
            })?
    };
    Ok(Pattern {
        dir: normalized(&dir),
        rest,
    })
}

impl Pattern {
    fn matches(&self, file: &Path) -> bool {
        if self.rest.is_empty() {
            return file == self.dir;
        }
        file.strip_prefix(&self.dir)
            .is_ok_and(|path| fast_glob::glob_match(&self.rest, &*slashes(path)))
    }
}

fn walk(
    dir: &Path,
    inside: &str,
    pattern: &Pattern,
    exhaustive: bool,
    depth: usize,
    found: &mut Vec<PathBuf>,
) {
    // Where nothing crosses folders, deeper ones cannot match.
    let crosses = pattern.rest.contains("**") || pattern.rest.contains('{');
    if depth > DEPTH_LIMIT || (!crosses && depth > pattern.rest.matches('/').count()) {
        return;
    }
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if !exhaustive && (name.starts_with('.') || name == "node_modules") {
            continue;
        }
        let path = entry.path();
        let inside = format!("{inside}{name}");
        if path.is_dir() {
            // What the build itself makes is never a source.
            if name != ".wellhead" && !leads_back(&path) {
                walk(
                    &path,
                    &format!("{inside}/"),
                    pattern,
                    exhaustive,
                    depth + 1,
                    found,
                );
            }
        } else if fast_glob::glob_match(&pattern.rest, &*inside) {
            found.push(path);
        }
    }
}

fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
