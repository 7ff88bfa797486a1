//! Reads what a route's modules export, from their syntax: page options as literals, and whether there is a `load`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use oxc::allocator::Allocator;
use oxc::ast::ast::{
    BindingPattern, Declaration, ExportSpecifier, Expression, ImportDeclarationSpecifier, Program,
    Statement, VariableDeclarator,
};
use oxc::parser::Parser;
use oxc::span::{GetSpan, SourceType, Span};

use super::Node;
use super::options::{Flag, PageOptions};
use crate::Diagnostic;

/// What a node's modules export.
#[derive(Debug, Clone, Default)]
pub(super) struct Exports {
    pub(super) options: PageOptions,
    pub(super) server_load: bool,
    pub(super) universal_load: bool,
    /// What a live component imports for its styles.
    pub(super) styles: Vec<String>,
}

/// The kinds of modules, which may export different names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Module {
    Universal,
    Server,
    Endpoint,
    Live,
}

const OPTIONS: [&str; 7] = [
    "ssr",
    "csr",
    "trailingSlash",
    "prerender",
    "revalidate",
    "config",
    "entries",
];
/// Of these, what a live page may have.
const LIVE_OPTIONS: [&str; 2] = ["trailingSlash", "config"];
const METHODS: [&str; 8] = [
    "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "fallback",
];

/// Reads the modules of all nodes.
pub(super) fn of_nodes(
    app_dir: &Path,
    nodes: &[Node],
    problems: &mut Vec<Diagnostic>,
) -> Vec<Exports> {
    let node = |node: &Node| {
        let mut exports = Exports::default();
        if let Some(file) = &node.server {
            let found = read(app_dir, file, Module::Server, problems);
            exports.server_load = found.load;
            exports.options.inherit(&found.options);
        }
        if let Some(file) = &node.universal {
            let found = read(app_dir, file, Module::Universal, problems);
            exports.universal_load = found.load;
            exports.options.inherit(&found.options);
        }
        if let Some(file) = &node.live {
            let found = read(app_dir, file, Module::Live, problems);
            exports.styles = found.styles;
            exports.options.inherit(&PageOptions {
                // The server has its state, and what it renders is all there is to show.
                ssr: Some(Flag::On),
                csr: Some(Flag::Off),
                ..found.options
            });
        }
        exports
    };
    nodes.iter().map(node).collect()
}

/// Reads the options of an endpoint's module.
pub(super) fn of_endpoint(
    app_dir: &Path,
    file: &str,
    problems: &mut Vec<Diagnostic>,
) -> PageOptions {
    read(app_dir, file, Module::Endpoint, problems).options
}

#[derive(Default)]
struct Found {
    load: bool,
    /// Whether there is a default export.
    component: bool,
    styles: Vec<String>,
    options: PageOptions,
}

fn read(app_dir: &Path, file: &str, module: Module, problems: &mut Vec<Diagnostic>) -> Found {
    let source = match fs::read_to_string(app_dir.join(file)) {
        Ok(source) => source,
        Err(error) => {
            problems.push(Diagnostic::unreadable(file, &error));
            return Found::default();
        }
    };
    let allocator = Allocator::default();
    let source_type = if file.ends_with(".ts") {
        SourceType::ts()
    } else {
        SourceType::mjs()
    };
    let parsed = Parser::new(&allocator, &source, source_type).parse();
    for error in parsed.diagnostics.errors() {
        problems.push(syntax_error(file, &source, error));
    }
    let mut reader = Reader {
        file,
        source: &source,
        module,
        problems,
        dev: local_dev(&parsed.program),
        found: Found::default(),
    };
    reader.program(&parsed.program);
    let found = reader.found;
    if module == Module::Live && !found.component && parsed.diagnostics.is_empty() {
        problems.push(
            Diagnostic::error(
                "no_component",
                "a live page exports its component as default",
            )
            .in_file(file)
            .with_help("write `export default class … extends LiveView`"),
        );
    }
    found
}

/// A parser's error as a [`Diagnostic`].
pub(crate) fn syntax_error(
    file: &str,
    source: &str,
    error: &oxc::diagnostics::OxcDiagnostic,
) -> Diagnostic {
    let diagnostic = Diagnostic::error("syntax", error.message.to_string());
    let diagnostic = match error.labels.first() {
        Some(label) => diagnostic.at(
            file,
            source,
            label.offset() as usize..(label.offset() + label.len()) as usize,
        ),
        None => diagnostic.in_file(file),
    };
    match &error.help {
        Some(help) => diagnostic.with_help(help.to_string()),
        None => diagnostic,
    }
}

/// The name that `dev` of `$app/environment` has in a module.
fn local_dev<'a>(program: &Program<'a>) -> Option<&'a str> {
    let imports = program.body.iter().filter_map(|statement| match statement {
        Statement::ImportDeclaration(import) if import.source.value == "$app/environment" => {
            import.specifiers.as_ref()
        }
        _ => None,
    });
    imports.flatten().find_map(|specifier| match specifier {
        ImportDeclarationSpecifier::ImportSpecifier(import) if import.imported.name() == "dev" => {
            Some(import.local.name.as_str())
        }
        _ => None,
    })
}

struct Reader<'a> {
    file: &'a str,
    source: &'a str,
    module: Module,
    problems: &'a mut Vec<Diagnostic>,
    dev: Option<&'a str>,
    found: Found,
}

impl Reader<'_> {
    fn program(&mut self, program: &Program<'_>) {
        let mut locals = BTreeMap::new();
        for statement in &program.body {
            if let Statement::VariableDeclaration(declaration) = statement {
                for declarator in declaration.declarations.iter() {
                    if let BindingPattern::BindingIdentifier(id) = &declarator.id {
                        locals.insert(id.name.as_str(), declarator);
                    }
                }
            }
        }
        for statement in &program.body {
            match statement {
                Statement::ExportDeclaration(export) => self.declaration(&export.declaration),
                Statement::ExportNamedDeclaration(export) if !export.export_kind.is_type() => {
                    for specifier in export
                        .specifiers
                        .iter()
                        .filter(|s| !s.export_kind.is_type())
                    {
                        let init = locals
                            .get(specifier.local.name().as_str())
                            .and_then(|local| local.init.as_ref());
                        self.specifier(specifier, init);
                    }
                }
                Statement::ExportFromDeclaration(export) if !export.export_kind.is_type() => {
                    for specifier in export
                        .specifiers
                        .iter()
                        .filter(|s| !s.export_kind.is_type())
                    {
                        self.specifier(specifier, None);
                    }
                }
                Statement::ExportDefaultDeclaration(_) => self.found.component = true,
                Statement::ImportDeclaration(import)
                    if self.module == Module::Live
                        && import.specifiers.is_none()
                        && import.source.value.ends_with(".css") =>
                {
                    self.found.styles.push(import.source.value.to_string());
                }
                // What a whole module exports is not known without reading it: there may be a `load`.
                Statement::ExportAllDeclaration(export) if export.exported.is_none() => {
                    self.found.load = true
                }
                _ => {}
            }
        }
    }

    fn declaration(&mut self, declaration: &Declaration<'_>) {
        match declaration {
            Declaration::VariableDeclaration(variables) => {
                variables.declarations.iter().for_each(|d| self.variable(d))
            }
            Declaration::FunctionDeclaration(function) => {
                if let Some(id) = &function.id {
                    self.export(&id.name, None, id.span);
                }
            }
            Declaration::ClassDeclaration(class) => {
                if let Some(id) = &class.id {
                    self.export(&id.name, None, id.span);
                }
            }
            _ => {}
        }
    }

    fn variable(&mut self, variable: &VariableDeclarator<'_>) {
        for id in variable.id.get_binding_identifiers() {
            let plain = matches!(variable.id, BindingPattern::BindingIdentifier(_));
            self.export(&id.name, variable.init.as_ref().filter(|_| plain), id.span);
        }
    }

    fn specifier(&mut self, specifier: &ExportSpecifier<'_>, init: Option<&Expression<'_>>) {
        self.export(&specifier.exported.name(), init, specifier.exported.span());
    }

    fn export(&mut self, name: &str, value: Option<&Expression<'_>>, span: Span) {
        match (name, self.module) {
            ("load", Module::Universal | Module::Server) => self.found.load = true,
            ("default", _) => self.found.component = true,
            // Tests and other components may want what else it has.
            _ if self.module == Module::Live
                && !OPTIONS.contains(&name)
                && !["load", "actions"].contains(&name) => {}
            _ if self.module == Module::Live && !LIVE_OPTIONS.contains(&name) => {
                let problem = Diagnostic::error(
                    "invalid_export",
                    format!("a live page cannot export `{name}`: its component loads in `mount`, handles in its methods, and stays on the server"),
                )
                .with_help(format!("it may export {}", LIVE_OPTIONS.join(", ")));
                self.report(problem, span);
            }
            _ if OPTIONS.contains(&name) => self.option(name, value, span),
            ("actions", Module::Server) => {}
            _ if self.module == Module::Endpoint && METHODS.contains(&name) => {}
            _ if name.starts_with('_') => {}
            _ => {
                let allowed = match self.module {
                    Module::Universal => "load".to_owned(),
                    Module::Server => "load, actions".to_owned(),
                    Module::Endpoint => METHODS.join(", "),
                    Module::Live => LIVE_OPTIONS.join(", "),
                };
                let problem = Diagnostic::error(
                    "invalid_export",
                    format!("a route's file cannot export `{name}`"),
                )
                .with_help(format!(
                    "it may export {allowed}, {}, or names that begin with `_`",
                    OPTIONS.join(", ")
                ));
                self.report(problem, span);
            }
        }
    }

    fn option(&mut self, name: &str, value: Option<&Expression<'_>>, span: Span) {
        if let Err(allowed) = self.found.options.read(name, value, self.dev) {
            let problem = Diagnostic::error(
                "dynamic_option",
                format!("`{name}` is not a literal that can be read without running the module"),
            )
            .with_help(format!(
                "write `export const {name} =` and one of: {allowed}"
            ));
            self.report(problem, span);
        }
    }

    fn report(&mut self, problem: Diagnostic, span: Span) {
        self.problems.push(problem.at(
            self.file,
            self.source,
            span.start as usize..span.end as usize,
        ));
    }
}
