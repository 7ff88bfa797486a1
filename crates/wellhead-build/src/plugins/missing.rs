//! Reports imports of the app that lead nowhere, at their place in the source, with what to do.

use std::borrow::Cow;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use rolldown_plugin::{
    HookLoadArgs, HookLoadReturn, HookResolveIdArgs, HookResolveIdOutput, HookResolveIdReturn,
    HookUsage, Plugin, PluginContext, SharedLoadPluginContext,
};

use super::names::options;
use super::{split_query, stub};
use crate::Diagnostic;
use crate::session::{App, Session};

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
        if args.specifier.starts_with(PREFIX) || crate::css::is_external(args.specifier) {
            return Ok(None);
        }
        let error = match ctx
            .resolve(args.specifier, Some(importer), options(args))
            .await?
        {
            Ok(resolved) => return Ok(Some(HookResolveIdOutput::from_resolved_id(resolved))),
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
    let found = ['"', '\'', '`']
        .iter()
        .find_map(|quote| source.find(&format!("{quote}{specifier}{quote}")));
    match found {
        Some(at) => problem.at(shown, &source, at + 1..at + 1 + specifier.len()),
        None => problem.in_file(shown),
    }
}

fn explain(app: &App, importer: &str, specifier: &str, reason: &str) -> Diagnostic {
    if specifier.starts_with('.') || specifier.starts_with('/') {
        let problem = Diagnostic::error(
            "unresolved_import",
            format!("there is no file `{specifier}`"),
        );
        let similar = Path::new(split_query(importer).0)
            .parent()
            .and_then(|dir| similar(&dir.join(split_query(specifier).0)));
        return match similar {
            Some(name) => problem.with_help(format!("did you mean `{name}`?")),
            None => problem.with_help(
                "check the path; a name without its extension must be a `.ts` or `.js` file",
            ),
        };
    }
    if let Some(rest) = specifier.strip_prefix("$lib") {
        return Diagnostic::error(
            "unresolved_import",
            format!("there is no file `{specifier}`"),
        )
        .with_help(format!(
            "`$lib` is src/lib: check that src/lib{rest} is there, extension and all"
        ));
    }
    if specifier.starts_with("$app/") || specifier.starts_with("$env/") {
        return Diagnostic::error(
            "unresolved_import",
            format!("there is no module `{specifier}`"),
        )
        .with_help("there are $app/environment, $app/navigation, $app/paths and $app/state");
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
