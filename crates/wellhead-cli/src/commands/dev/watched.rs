//! The files that an app is built from, watched.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;
use wellhead_server::config::CONFIG_FILE;

/// What is watched below the app's folder, and whether with all that is in it. In `node_modules` there is too much to
/// watch; npm writes a file into it when it is done.
const FOLDERS: [(&str, RecursiveMode); 3] = [
    ("src", RecursiveMode::Recursive),
    ("static", RecursiveMode::Recursive),
    ("node_modules", RecursiveMode::NonRecursive),
];

/// Files beside them that a build reads.
const FILES: [&str; 6] = [
    CONFIG_FILE,
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "svelte.config.js",
    ".env",
];

/// A watch over an app; it ends when it is dropped.
pub(super) struct Watched {
    watcher: RecommendedWatcher,
    dir: PathBuf,
}

impl Watched {
    /// Watches the app in `dir`, and notifies at every change.
    pub(super) fn new(dir: &Path, changed: Arc<Notify>) -> anyhow::Result<Self> {
        let own = dir.to_owned();
        let mut watcher =
            notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
                let Ok(event) = event else { return };
                let relevant = |path: &PathBuf| path.strip_prefix(&own).is_ok_and(is_source);
                if !event.kind.is_access() && event.paths.iter().any(relevant) {
                    changed.notify_one();
                }
            })
            .context("cannot watch files")?;
        watcher
            .watch(dir, RecursiveMode::NonRecursive)
            .with_context(|| format!("cannot watch {}", dir.display()))?;
        let mut watched = Self {
            watcher,
            dir: dir.to_owned(),
        };
        watched.extend();
        Ok(watched)
    }

    /// Watches folders that have appeared too; those that are watched already stay so.
    pub(super) fn extend(&mut self) {
        for (name, mode) in FOLDERS {
            let folder = self.dir.join(name);
            if folder.is_dir()
                && let Err(error) = self.watcher.watch(&folder, mode)
            {
                tracing::warn!(%error, "cannot watch {}: changes in it are not seen", folder.display());
            }
        }
    }
}

/// Whether a change of a path in the app's folder is one of what a build reads.
fn is_source(path: &Path) -> bool {
    let mut parts = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy());
    let (Some(first), name) = (
        parts.next(),
        path.file_name().unwrap_or_default().to_string_lossy(),
    ) else {
        return false;
    };
    // What editors keep beside a file.
    if name.starts_with(".#") || name.ends_with('~') {
        return false;
    }
    match first.as_ref() {
        "src" | "static" => true,
        "node_modules" => name == "node_modules" || name == ".package-lock.json",
        file => FILES.contains(&file) || file.starts_with(".env."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_build_writes_does_not_start_a_build() {
        for (path, source) in [
            ("src/a.svelte", true),
            ("static/x", true),
            ("static", true),
            ("wellhead.toml", true),
            (".env.local", true),
            ("node_modules/.package-lock.json", true),
            ("node_modules/svelte", false),
            (".wellhead/x", false),
            ("build/x", false),
            ("src/a.svelte~", false),
            ("src/.#a", false),
        ] {
            assert_eq!(is_source(Path::new(path)), source, "{path}");
        }
    }
}
