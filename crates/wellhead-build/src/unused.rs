//! Components that no route reaches, compiled to see what is wrong with them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Diagnostic;
use crate::session::{App, Session, is_dependency, leads_back};
use crate::svelte::{Side, is_svelte};

/// What is wrong or odd with the components below `src` that neither side of a build has compiled.
pub(crate) async fn check(app: &App, sides: [&Session; 2]) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for file in components(&app.dir.join("src")) {
        let id = file.to_string_lossy();
        if sides.iter().any(|side| side.compiled(&id).is_some()) {
            continue;
        }
        let (dev, options) = (app.options.is_dev(), app.options.svelte());
        let compiled = app
            .compiler
            .compile(&file, &app.shown(&id), Side::Server, dev, options)
            .await;
        match compiled {
            Ok(compiled) => problems.extend(compiled.warnings.iter().cloned()),
            Err(errors) => problems.extend(errors),
        }
    }
    problems
}

/// Whether an app has files that Svelte compiles.
pub(crate) fn has_components(app_dir: &Path) -> bool {
    !components(&app_dir.join("src")).is_empty()
}

/// The files below a folder that Svelte compiles, as modules know them.
fn components(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(folder).into_iter().flatten();
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let name = path.to_string_lossy();
            if path.is_dir() {
                if !is_dependency(&name) && !leads_back(&path) {
                    open.push(path);
                }
            } else if is_svelte(&name) {
                // A link that leads nowhere is told where it is imported.
                found.extend(path.canonicalize());
            }
        }
    }
    found.sort();
    found.dedup();
    found
}
