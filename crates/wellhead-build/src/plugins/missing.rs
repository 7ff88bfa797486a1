//! Reports imports of the app that lead nowhere, at their place in the source, with what to do.

use std::borrow::Cow;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use rolldown_common::ImportKind;
use rolldown_plugin::{
    HookLoadArgs, HookLoadReturn, HookResolveIdArgs, HookResolveIdOutput, HookResolveIdReturn,
    HookUsage, Plugin, PluginContext, SharedLoadPluginContext,
};

use super::names::options;
use super::{split_query, stub};
use crate::session::{App, Session, normalized};
use crate::{Diagnostic, generate};

/// The prefix of ids of modules that were not found.
const PREFIX: &str = "wellhead:missing/";

#[derive(Debug)]
pub(super) struct Missing(pub(super) Arc<Session>);

impl Plugin for Missing {
    fn name(&self) -> Cow<'static, str> {
        "wellhead:missing".into()
    }

    fn register_hook_usage(&self) -> HookUsage {
        HookUsage::ResolveId | HookUsage::Load
    }

    async fn resolve_id(
        &self,
        ctx: &PluginContext,
        args: &HookResolveIdArgs<'_>,
    ) -> HookResolveIdReturn {
        let app = &self.0.app;
        let Some(importer) = args.importer.filter(|importer| app.owns(importer)) else {
            return Ok(None);
        };
        // Style sheets tell of their own imports.
        if args.specifier.starts_with(PREFIX)
            || args.specifier.starts_with(generate::PREFIX)
            || matches!(args.kind, ImportKind::AtImport | ImportKind::UrlImport)
        {
            return Ok(None);
        }
        // `#name` is one of the `imports` of package.json.
        let external = crate::css::is_external(args.specifier) && !args.specifier.starts_with('#');
        let error = match ctx
            .resolve(args.specifier, Some(importer), options(args))
            .await?
        {
            Ok(resolved) => {
                self.0
                    .keep_specifier(importer, resolved.id.as_str(), args.specifier);
                return Ok(Some(HookResolveIdOutput::from_resolved_id(resolved)));
            }
            Err(_) if external => return Ok(None),
            Err(error) => error,
        };
        let problem = explain(app, importer, args.specifier, &error.to_string());
        self.0
            .report(point_at(app, importer, args.specifier, problem));
        Ok(Some(HookResolveIdOutput::from_id(format!(
            "{PREFIX}{}",
            args.specifier
        ))))
    }

    async fn load(&self, _: SharedLoadPluginContext, args: &HookLoadArgs<'_>) -> HookLoadReturn {
        Ok(args.id.starts_with(PREFIX).then(stub))
    }
}

/// Adds the place of an import in the file that has it.
pub(super) fn point_at(
    app: &App,
    importer: &str,
    specifier: &str,
    problem: Diagnostic,
) -> Diagnostic {
    let shown = app.shown(importer);
    let Ok(source) = fs::read_to_string(split_query(importer).0) else {
        return problem.in_file(shown);
    };
    // A query may be the build's own.
    for specifier in [specifier, split_query(specifier).0] {
        let found = ['"', '\'', '`']
            .iter()
            .find_map(|quote| source.find(&format!("{quote}{specifier}{quote}")));
        if let Some(at) = found {
            return problem.at(shown, &source, at + 1..at + 1 + specifier.len());
        }
    }
    problem.in_file(shown)
}

fn explain(app: &App, importer: &str, specifier: &str, reason: &str) -> Diagnostic {
    if specifier.starts_with('.') || specifier.starts_with('/') {
        let problem = Diagnostic::error(
            "unresolved_import",
            format!("there is no file `{specifier}`"),
        );
        if specifier.ends_with("/$types") {
            return problem.with_help(format!(
                "it has nothing but types: write `import type {{ … }} from \"{specifier}\"`"
            ));
        }
        let here = Path::new(split_query(importer).0).parent();
        let path = here.map(|dir| normalized(&dir.join(split_query(specifier).0)));
        return problem.with_help(path.and_then(|path| nearly(&path)).unwrap_or_else(|| {
            "check the path; a name without its extension must be a `.ts` or `.js` file".into()
        }));
    }
    if let Some(rest) = specifier.strip_prefix("$lib") {
        return Diagnostic::error(
            "unresolved_import",
            format!("there is no file `{specifier}`"),
        )
        .with_help(
            nearly(&app.dir.join(format!("src/lib{}", split_query(rest).0))).unwrap_or_else(|| {
                format!("`$lib` is src/lib: check that src/lib{rest} is there, extension and all")
            }),
        );
    }
    if specifier.starts_with("$app/") || specifier.starts_with("$env/") {
        let problem = Diagnostic::error(
            "unresolved_import",
            format!("there is no module `{specifier}`"),
        );
        return problem.with_help(match specifier {
            "$app/forms" => "form actions are not supported yet: post to a +server.ts with `fetch`",
            "$app/server" => "remote functions are not supported: use `load`, or a +server.ts with `fetch`",
            _ if specifier.starts_with("$env/") => {
                "there are $env/static/private, $env/static/public, $env/dynamic/private and $env/dynamic/public"
            }
            _ => "there are $app/environment, $app/navigation, $app/paths, $app/state and $app/stores",
        });
    }
    if specifier == "$service-worker" {
        return Diagnostic::error("unresolved_import", "service workers are not built").with_help(
            "put a service worker into `static`, as JavaScript, and register it by its path",
        );
    }
    // An alias of tsconfig.json whose file is not there.
    if let Some(target) = app.aliases.candidates(specifier).next() {
        let target = app.shown(&normalized(Path::new(&target)).to_string_lossy());
        return Diagnostic::error(
            "unresolved_import",
            format!("there is no file `{specifier}`"),
        )
        .with_help(format!(
            "by `paths` of tsconfig.json it is {target}: check that it is there, extension and all"
        ));
    }
    if let Some(name) = specifier.strip_prefix('#') {
        return Diagnostic::error("unresolved_import", format!("there is no `#{name}`"))
            .with_note(reason.to_owned())
            .with_help("see `imports` in package.json");
    }
    let package = package(specifier);
    let installed = app
        .dir
        .ancestors()
        .any(|dir| dir.join("node_modules").join(package).is_dir());
    if installed {
        return Diagnostic::error(
            "unresolved_import",
            format!("the package `{package}` has no `{specifier}`"),
        )
        .with_note(reason.to_owned())
        .with_help(format!(
            "see `exports` in node_modules/{package}/package.json"
        ));
    }
    Diagnostic::error(
        "missing_package",
        format!("the package `{package}` is not installed"),
    )
    .with_help(format!("run `npm install {package}`"))
}

/// The package of a specifier: `@scope/name/x` is in `@scope/name`.
pub(crate) fn package(specifier: &str) -> &str {
    let slashes = if specifier.starts_with('@') { 2 } else { 1 };
    specifier
        .match_indices('/')
        .nth(slashes - 1)
        .map_or(specifier, |(at, _)| &specifier[..at])
}

/// What is there in the place of a file that is missing.
fn nearly(path: &Path) -> Option<String> {
    if path.is_dir() {
        return Some("it is a folder: name a file in it, or give it an index.ts".into());
    }
    let name = similar(path)?;
    if fs::metadata(path.with_file_name(&name)).is_err() {
        return Some(format!("`{name}` is a symbolic link that leads nowhere"));
    }
    Some(format!("did you mean `{name}`?"))
}

/// A file beside the one that is missing that has its name but for case or extension.
fn similar(path: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_str()?.to_lowercase();
    let wanted = wanted.split('.').next()?;
    let mut names: Vec<_> = fs::read_dir(path.parent()?)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort_unstable();
    names
        .into_iter()
        .find(|name| name.to_lowercase().split('.').next() == Some(wanted))
}
