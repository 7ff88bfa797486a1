//! The bundler's problems as this crate's.

use oxc::allocator::Allocator;
use oxc::parser::Parser;
use oxc::span::SourceType;
use rolldown_error::{
    BatchedBuildDiagnostic, BuildDiagnostic, DiagnosticOptions, EventKind, Severity,
};

use crate::env::env_module;
use crate::session::{Session, is_dependency};
use crate::{Diagnostic, generate, plugins};

/// More names than this help nobody.
const NAMES_LIMIT: usize = 12;

pub(super) fn convert_all(session: &Session, problems: &BatchedBuildDiagnostic) {
    problems
        .iter()
        .for_each(|problem| convert(session, problem));
}

/// Keeps a problem of rolldown as one of this crate's.
pub(super) fn convert(session: &Session, problem: &BuildDiagnostic) {
    let kind = problem.kind();
    let id = problem.id().unwrap_or_default();
    let unresolved = matches!(kind, EventKind::UnresolvedImport);
    let is_error = problem.severity() == Severity::Error || unresolved;
    if !is_error && !session.app.owns(&id) {
        return;
    }
    let options = DiagnosticOptions {
        cwd: session.app.dir.clone(),
    };
    let detail = problem.to_diagnostic_with(&options);
    let message = problem.to_message_with(&options);
    let exporter = problem.exporter();
    let mut diagnostic = match (kind, &exporter) {
        (EventKind::MissingExportError, Some(exporter)) => missing_export(
            session,
            message.split('"').nth(1).unwrap_or_default(),
            exporter,
        ),
        _ if is_error => Diagnostic::error(detail.kind().to_lowercase(), message),
        _ => Diagnostic::warning(detail.kind().to_lowercase(), message),
    };
    diagnostic = match detail.get_primary_location() {
        Some((file, line, column, _)) => place(session, diagnostic, &file, line, column),
        None if id.is_empty() => diagnostic,
        None => diagnostic.in_file(session.app.shown(&id)),
    };
    if unresolved && let Some(specifier) = exporter {
        let package = plugins::package(&specifier);
        let by = if is_dependency(&id) {
            " (a package that you use needs it)"
        } else {
            ""
        };
        diagnostic = diagnostic.with_help(format!("run `npm install {package}`{by}"));
    }
    session.report(diagnostic);
}

fn missing_export(session: &Session, name: &str, exporter: &str) -> Diagnostic {
    let problem = |message| Diagnostic::error("missing_export", message);
    if let Some(module) = env_module(exporter) {
        let module = module.specifier();
        let help = match (module.ends_with("public"), name.starts_with("PUBLIC_")) {
            (true, false) => "public variables have names that begin with `PUBLIC_`",
            (false, true) => "variables that begin with `PUBLIC_` are in `$env/static/public`",
            _ => {
                "set it in .env or in the environment of the build; `$env/dynamic/…` reads it when the app runs"
            }
        };
        return problem(format!("`{module}` has no variable `{name}`")).with_help(help);
    }
    let shown = session.app.shown(exporter);
    let found = problem(format!("{shown} has no export `{name}`"));
    if exporter.ends_with(".svelte") {
        return found.with_help(
            "a component is the default export of its file; others are those of its `<script module>`",
        );
    }
    let names = if session.app.owns(exporter) {
        exports(exporter)
    } else {
        Vec::new()
    };
    match names.len() {
        0 => found,
        1..=NAMES_LIMIT => found.with_help(format!("it exports {}", names.join(", "))),
        _ => found.with_help(format!(
            "it exports {} and others",
            names[..NAMES_LIMIT].join(", ")
        )),
    }
}

/// The names that a script exports, in alphabetical order.
fn exports(file: &str) -> Vec<String> {
    let Ok(source) = std::fs::read_to_string(file) else {
        return Vec::new();
    };
    let allocator = Allocator::default();
    let source_type = SourceType::from_path(file).unwrap_or_default();
    let parsed = Parser::new(&allocator, &source, source_type).parse();
    let mut names: Vec<_> = parsed
        .module_record
        .exported_bindings
        .keys()
        .map(|name| format!("`{name}`"))
        .collect();
    names.sort();
    names
}

/// Points at a place that the bundler tells. Modules that the build itself makes have none.
fn place(
    session: &Session,
    diagnostic: Diagnostic,
    file: &str,
    line: usize,
    column: usize,
) -> Diagnostic {
    if file.starts_with(generate::PREFIX) {
        return diagnostic;
    }
    let path = session.app.dir.join(file);
    let number = |n| u32::try_from(n).unwrap_or(u32::MAX);
    session.at_place(
        diagnostic,
        &path.to_string_lossy(),
        number(line),
        number(column),
    )
}
