//! Loads the app's own scripts and JSON, so that a file that cannot be read or parsed is told once, at its place, and
//! what imports it is bundled all the same: the problems of other files are told too.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use oxc::allocator::Allocator;
use oxc::parser::Parser;
use oxc::span::SourceType;
use rolldown_common::ModuleType;
use rolldown_plugin::{
    HookLoadArgs, HookLoadOutput, HookLoadReturn, HookUsage, Plugin, SharedLoadPluginContext,
};
use serde::de::IgnoredAny;

use super::{split_query, stub};
use crate::Diagnostic;
use crate::scan::syntax_error;
use crate::session::Session;

#[derive(Debug)]
pub(super) struct Sources(pub(super) Arc<Session>);

impl Plugin for Sources {
    fn name(&self) -> Cow<'static, str> {
        "wellhead:sources".into()
    }

    fn register_hook_usage(&self) -> HookUsage {
        HookUsage::Load
    }

    async fn load(&self, _: SharedLoadPluginContext, args: &HookLoadArgs<'_>) -> HookLoadReturn {
        let app = &self.0.app;
        // What follows a `?` and means nothing here makes another module of the same file.
        let (file, _) = split_query(args.id);
        if !app.owns(file) {
            return Ok(None);
        }
        let shown = app.shown(file);
        let Some(module_type) = module_type(file) else {
            self.0.report(no_loader(&shown));
            return Ok(Some(stub()));
        };
        let source = match read(Path::new(file), &shown).await {
            Ok(source) => source,
            Err(problem) => {
                self.0.report(problem);
                return Ok(Some(stub()));
            }
        };
        let problems = check(&shown, &source, &module_type);
        if !problems.is_empty() {
            problems
                .into_iter()
                .for_each(|problem| self.0.report(problem));
            return Ok(Some(stub()));
        }
        Ok(Some(HookLoadOutput {
            code: source.into(),
            module_type: Some(module_type),
            ..HookLoadOutput::default()
        }))
    }
}

/// Reads a file of the app as text.
pub(super) async fn read(file: &Path, shown: &str) -> Result<String, Diagnostic> {
    tokio::fs::read_to_string(file)
        .await
        .map_err(|error| Diagnostic::unreadable(shown, &error))
}

fn module_type(file: &str) -> Option<ModuleType> {
    Some(match Path::new(file).extension()?.to_str()? {
        "ts" | "mts" | "cts" => ModuleType::Ts,
        "js" | "mjs" | "cjs" => ModuleType::Js,
        "tsx" => ModuleType::Tsx,
        "jsx" => ModuleType::Jsx,
        "json" => ModuleType::Json,
        _ => return None,
    })
}

fn no_loader(shown: &str) -> Diagnostic {
    let name = shown.rsplit('/').next().unwrap_or(shown);
    let kind = match name.rsplit_once('.') {
        Some((_, extension)) => format!("`.{extension}` files"),
        None => "files without an extension".to_owned(),
    };
    Diagnostic::error("no_loader", format!("{kind} cannot be imported as modules"))
        .in_file(shown)
        .with_help("import it with `?raw` for its text, or with `?url` for its address")
}

/// What is wrong with a source's syntax.
fn check(shown: &str, source: &str, module_type: &ModuleType) -> Vec<Diagnostic> {
    if *module_type == ModuleType::Json {
        let Err(error) = serde_json::from_str::<IgnoredAny>(source) else {
            return Vec::new();
        };
        // Its place has a field of its own.
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        let (line, column) = (error.line().max(1), error.column().saturating_sub(1));
        let place = |n| u32::try_from(n).unwrap_or(u32::MAX);
        return vec![
            Diagnostic::error("json_syntax", format!("invalid JSON: {message}")).at_position(
                shown,
                source,
                place(line),
                place(column),
            ),
        ];
    }
    let allocator = Allocator::default();
    let source_type = source_type(shown);
    let parsed = Parser::new(&allocator, source, source_type).parse();
    parsed
        .diagnostics
        .errors()
        .map(|error| syntax_error(shown, source, error))
        .collect()
}

/// How a script is parsed, by its name.
pub(super) fn source_type(file: &str) -> SourceType {
    match SourceType::from_path(file) {
        // JavaScript may be of CommonJS, which has no strict mode.
        Ok(kind) if !kind.is_typescript() && !file.ends_with(".mjs") => {
            SourceType::unambiguous().with_jsx(kind.is_jsx())
        }
        Ok(kind) => kind,
        Err(_) => SourceType::mjs(),
    }
}
