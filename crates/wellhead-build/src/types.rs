//! What editors and `tsc` are told of an app: `.wellhead/types.d.ts`, which its tsconfig.json includes.
//!
//! The modules that an app imports by name are declared from the sources that run, so the two cannot differ. Each source
//! file becomes an ambient module; those without a name of their own get one.

use std::collections::BTreeMap;
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
use crate::{Diagnostic, asset, atomic};

/// What an app's code imports of the runtime.
const MODULES: [&str; 6] = [
    "wellhead",
    "$app/environment",
    "$app/navigation",
    "$app/paths",
    "$app/state",
    "$app/stores",
];

/// What does not depend on the app.
const AMBIENT: &str = include_str!("types/ambient.d.ts");

/// Writes the file of an app, where it is not already what it should be.
pub(crate) fn write(app_dir: &Path, runtime: &Runtime, env: &Env) -> Result<(), Diagnostic> {
    let file = app_dir.join(".wellhead/types.d.ts");
    declarations(runtime, env)
        .and_then(|text| atomic::update(&file, &text))
        .map_err(|error| {
            Diagnostic::error(
                "unwritable",
                format!("cannot write the types for editors: {error}"),
            )
            .in_file(file.display().to_string())
            .with_help("check the folder's permissions and the space on the disk")
        })
}

/// The declarations for an app.
fn declarations(runtime: &Runtime, env: &Env) -> io::Result<String> {
    let mut out = AMBIENT.to_owned();
    for extension in asset::EXTENSIONS {
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "declare module \"*.{extension}\" {{\n\tconst url: string;\n\texport default url;\n}}\n"
        );
    }
    out.push_str(&env::declarations(env));
    let named = MODULES.iter().filter_map(|module| {
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
            let imported = normal(&file, specifier);
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

/// The file behind a relative specifier.
fn normal(from: &Path, specifier: &str) -> PathBuf {
    let mut path = from.parent().unwrap_or(Path::new("")).to_owned();
    for part in specifier.split('/') {
        match part {
            "." => {}
            ".." => {
                path.pop();
            }
            part => path.push(part),
        }
    }
    path
}
