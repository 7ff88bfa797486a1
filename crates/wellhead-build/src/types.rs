//! What editors and `tsc` are told of an app: `.wellhead/types.d.ts`, which its tsconfig.json includes, and in
//! `.wellhead/types` the `./$types` of each folder with routes.
//!
//! The modules that an app imports by name are declared from the sources that run, so the two cannot differ. Each source
//! file becomes an ambient module; those without a name of their own get one.

mod routes;
mod untyped;

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

use oxc::allocator::Allocator;
use oxc::codegen::{Codegen, CodegenOptions, CommentOptions};
use oxc::isolated_declarations::{IsolatedDeclarations, IsolatedDeclarationsOptions};
use oxc::parser::Parser;
use oxc::span::SourceType;

use crate::env::{self, Env};
use crate::runtime::Runtime;
use crate::scan::Routes;
use crate::session::normalized;
use crate::{Diagnostic, asset, atomic};

/// What an app's code imports of the runtime.
const MODULES: [&str; 5] = [
    "wellhead",
    "wellhead/test",
    "wellhead:live",
    "$app/environment",
    "$app/paths",
];

/// What apps with components import beside.
const COMPONENT_MODULES: [&str; 3] = ["$app/navigation", "$app/state", "$app/stores"];

/// What does not depend on the app.
const AMBIENT: &str = include_str!("types/ambient.d.ts");

/// What declares the types of components, in apps that have some.
const SVELTE: &str = "/// <reference types=\"svelte\" />\n";

/// Writes the files for an app, where they are not already what they should be.
pub(crate) fn write(routes: &Routes, runtime: &Runtime, env: &Env) -> Result<(), Diagnostic> {
    let dir = routes.app_dir.join(".wellhead");
    let written = declarations(runtime, env, routes.has_components())
        .and_then(|text| atomic::update(&dir.join("types.d.ts"), &text))
        .and_then(|()| write_tree(&dir.join("types"), routes::files(routes)));
    written.map_err(|error| {
        Diagnostic::error(
            "unwritable",
            format!("cannot write the types for editors: {error}"),
        )
        .in_file(dir.join("types").display().to_string())
        .with_help("check the folder's permissions and the space on the disk")
    })
}

/// Writes files into a folder, by path, and removes what else is in it: types of routes that are gone, and half-written
/// files of builds that were killed. Those of a build that runs must stay, so each waits for its turn.
fn write_tree(dir: &Path, files: BTreeMap<String, String>) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let _turn = atomic::turn(dir);
    for (path, text) in &files {
        atomic::update(&dir.join(path), text)?;
    }
    let kept: HashSet<PathBuf> = files
        .keys()
        .flat_map(|path| Path::new(path).ancestors())
        .map(|path| dir.join(path))
        .collect();
    remove_others(dir, &kept)
}

fn remove_others(dir: &Path, kept: &HashSet<PathBuf>) -> io::Result<()> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        match (entry.file_type()?.is_dir(), kept.contains(&path)) {
            (true, true) => remove_others(&path, kept)?,
            (true, false) => fs::remove_dir_all(&path)?,
            (false, true) => {}
            (false, false) => fs::remove_file(&path)?,
        }
    }
    Ok(())
}

/// The declarations for an app.
fn declarations(runtime: &Runtime, env: &Env, has_components: bool) -> io::Result<String> {
    let (first, more) = if has_components {
        (SVELTE, &COMPONENT_MODULES[..])
    } else {
        ("", &[][..])
    };
    let mut out = format!("{first}{AMBIENT}");
    for extension in asset::EXTENSIONS {
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "declare module \"*.{extension}\" {{\n\tconst url: string;\n\texport default url;\n}}\n"
        );
    }
    out.push_str(&env::declarations(env));
    let named = MODULES.iter().chain(more).filter_map(|module| {
        let file = runtime.module(module)?;
        Some((file, (*module).to_owned()))
    });
    let mut modules: BTreeMap<PathBuf, String> = named.collect();
    let mut waiting: Vec<PathBuf> = modules.keys().cloned().collect();
    while let Some(file) = waiting.pop() {
        let mut body = String::new();
        for line in declared(&fs::read_to_string(&file)?).lines() {
            let Some((before, specifier, after)) = relative_import(line) else {
                body.push_str(&ambient(line));
                body.push('\n');
                continue;
            };
            let imported = normalized(&file.with_file_name(specifier));
            let name = modules.entry(imported.clone()).or_insert_with(|| {
                let name = runtime.shown(&imported.to_string_lossy());
                waiting.push(imported);
                name.unwrap_or_default().trim_end_matches(".ts").to_owned()
            });
            let _ = writeln!(body, "{before}{name}{after}");
        }
        let _ = write!(
            out,
            "\ndeclare module \"{}\" {{\n{body}}}\n",
            modules[&file]
        );
    }
    Ok(out)
}

/// The declarations of a source file, one statement's beginning on a line.
fn declared(source: &str) -> String {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, SourceType::ts()).parse();
    let options = IsolatedDeclarationsOptions {
        strip_internal: true,
    };
    let declared = IsolatedDeclarations::new(&allocator, options).build(&parsed.program);
    // What has no type of its own is a mistake in the runtime's sources, which a test looks for.
    debug_assert!(
        declared.diagnostics.is_empty(),
        "{:?}",
        declared.diagnostics
    );
    let options = CodegenOptions {
        comments: CommentOptions {
            jsdoc: true,
            ..CommentOptions::disabled()
        },
        ..CodegenOptions::default()
    };
    let printed = Codegen::new().with_options(options);
    printed.build(&declared.program).code
}

/// A statement that imports another source file: what is before its name, the name, and what is after it.
fn relative_import(line: &str) -> Option<(&str, &str, &str)> {
    if !line.starts_with("import ") && !line.starts_with("export ") {
        return None;
    }
    let (before, rest) = line.split_once(" from \"")?;
    let (specifier, _) = rest.split_once('"')?;
    let start = before.len() + " from \"".len();
    specifier.starts_with('.').then(|| {
        let (before, rest) = line.split_at(start);
        let (specifier, after) = rest.split_at(specifier.len());
        (before, specifier, after)
    })
}

/// A line in a module that is ambient already.
fn ambient(line: &str) -> String {
    for (declare, without) in [("declare ", ""), ("export declare ", "export ")] {
        if let Some(rest) = line.strip_prefix(declare) {
            return format!("{without}{rest}");
        }
    }
    line.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_that_are_written_at_once_do_not_disturb_each_other() {
        let dir = tempfile::tempdir().unwrap();
        let tree = |own: &str| -> BTreeMap<String, String> {
            let files = (0..20).map(|i| format!("{own}/{i}")).chain([own.into()]);
            files
                .map(|name| (format!("{name}.d.ts"), own.into()))
                .collect()
        };
        let dir = dir.path();
        std::thread::scope(|scope| {
            for own in ["a", "b"] {
                scope.spawn(move || {
                    for _ in 0..20 {
                        write_tree(dir, tree(own)).unwrap();
                    }
                });
            }
        });
        let left = fs::read_dir(dir).unwrap().count();
        assert_eq!(left, 2, "a folder and a file of the last one");
    }
}
