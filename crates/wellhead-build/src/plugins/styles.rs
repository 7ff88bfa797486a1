//! Loads style sheets: those of components and imported `.css` files. What is left of them in a script is a marker.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rolldown_common::ImportKind;
use rolldown_plugin::{
    HookLoadArgs, HookLoadOutput, HookLoadReturn, HookUsage, Plugin, PluginContext,
    PluginContextResolveOptions, SharedLoadPluginContext,
};

use super::svelte::STYLE;
use super::{has_flag, marker, script, split_query, stub};
use crate::Diagnostic;
use crate::asset::Inline;
use crate::css::{self, Joined, Resolved, Sheet, Sources};
use crate::generate::quote;
use crate::session::{Session, normalized};
use crate::svelte::style_help;

/// Languages that become CSS, which need their own compilers.
const OTHER_LANGUAGES: [&str; 6] = ["scss", "sass", "less", "styl", "stylus", "pcss"];

#[derive(Debug)]
pub(super) struct StyleModules(pub(super) Arc<Session>);

impl Plugin for StyleModules {
    fn name(&self) -> Cow<'static, str> {
        "wellhead:styles".into()
    }

    fn register_hook_usage(&self) -> HookUsage {
        HookUsage::Load
    }

    async fn load(&self, ctx: SharedLoadPluginContext, args: &HookLoadArgs<'_>) -> HookLoadReturn {
        let session = &self.0;
        if let Some(component) = args.id.strip_suffix(STYLE) {
            let css = session.styles.source(args.id).unwrap_or_default();
            if session.leaves_styles {
                let sheet = Sheet {
                    css,
                    ..Sheet::default()
                };
                session.styles.insert(args.id, sheet);
            } else if let Ok((sheet, _)) = self.process(&ctx, component, css).await {
                session.styles.insert(args.id, sheet);
            }
            return Ok(Some(marker()));
        }
        let (file, query) = split_query(args.id);
        let language = OTHER_LANGUAGES.iter().find_map(|language| {
            file.strip_suffix(language)?
                .ends_with('.')
                .then_some(*language)
        });
        if let Some(language) = language {
            session.report(
                Diagnostic::error(
                    "unsupported_style",
                    format!("style sheets in {language} are not compiled, only CSS is"),
                )
                .in_file(session.app.shown(file))
                .with_help(style_help(language)),
            );
            return Ok(Some(stub()));
        }
        if !file.ends_with(".css") {
            return Ok(None);
        }
        let source = match tokio::fs::read_to_string(file).await {
            Ok(source) => source,
            Err(error) => {
                session.report(Diagnostic::unreadable(session.app.shown(file), &error));
                return Ok(Some(stub()));
            }
        };
        let Ok((sheet, names)) = self.process(&ctx, file, source).await else {
            return Ok(Some(stub()));
        };
        if has_flag(query, "inline") || has_flag(query, "url") {
            return Ok(Some(self.as_value(file, query, sheet)));
        }
        let output = match names {
            Some(names) => named(&names),
            None => marker(),
        };
        if session.keeps_styles {
            session.styles.insert(args.id, sheet);
        }
        Ok(Some(output))
    }
}

impl StyleModules {
    /// Joins a style sheet with what it imports and finds its URLs. A problem is reported, and is an error without content.
    async fn process(
        &self,
        ctx: &PluginContext,
        file: &str,
        css: String,
    ) -> Result<(Sheet, Option<Vec<(String, String)>>), ()> {
        let app = &self.0.app;
        let shown = |file: &str| app.shown(file);
        let report = |problem: Diagnostic| self.0.report(problem);
        let sources = self.sources(ctx, file, css).await?;
        let is_module = file.ends_with(".module.css");
        let mut joined =
            css::join(&sources, Path::new(file), is_module, &app.dir, shown).map_err(report)?;
        let names = joined.exports.take();
        let urls = self.urls(ctx, &joined).await;
        Ok((joined.finish(&urls), names))
    }

    /// Reads a style sheet and all that it imports. Problems are reported, all of them, and are an error without content.
    async fn sources(&self, ctx: &PluginContext, file: &str, css: String) -> Result<Sources, ()> {
        let app = &self.0.app;
        let mut failed = false;
        let mut report = |problem: Diagnostic| {
            self.0.report(problem);
            failed = true;
        };
        let mut sources = Sources::default();
        let mut open = vec![(PathBuf::from(file), css)];
        while let Some((path, css)) = open.pop() {
            let name = path.to_string_lossy().into_owned();
            let urls = css::imports(&name, &app.shown(&name), &css);
            for url in urls.map_err(&mut report).unwrap_or_default() {
                let resolved = if css::is_external(&url) {
                    Resolved::External(url.clone())
                } else if let Some(found) = self.find(ctx, &name, &url).await {
                    if !sources.files.contains_key(&found)
                        && !open.iter().any(|(path, _)| *path == found)
                        && found != path
                    {
                        match tokio::fs::read_to_string(&found).await {
                            Ok(text) => open.push((found.clone(), text)),
                            Err(error) => {
                                let shown = app.shown(&found.to_string_lossy());
                                report(Diagnostic::unreadable(shown, &error));
                            }
                        }
                    }
                    Resolved::File(found)
                } else {
                    let problem = Diagnostic::error(
                        "unresolved_import",
                        format!("there is no style sheet `{url}`"),
                    )
                    .with_help("check the path, or install the package that it is in");
                    report(place(problem, &app.shown(&name), &css, &url));
                    Resolved::External(url.clone())
                };
                sources.resolved.insert((path.clone(), url), resolved);
            }
            sources.files.insert(path, css);
        }
        if failed { Err(()) } else { Ok(sources) }
    }

    /// The URLs of a joined style sheet by their placeholders.
    async fn urls(&self, ctx: &PluginContext, joined: &Joined) -> Vec<(String, String)> {
        let session = &self.0;
        let mut urls = Vec::with_capacity(joined.urls.len());
        for (placeholder, url, from) in &joined.urls {
            let end = url.find(['?', '#']).unwrap_or(url.len());
            let (path, suffix) = url.split_at(end);
            let from = from.to_string_lossy();
            let public = if css::is_external(url) {
                url.clone()
            } else if path.starts_with('/') {
                // A file of `static`.
                session.assets.with_base(url)
            } else if let Some(found) = self.find(ctx, &from, path).await {
                let inline = if suffix.is_empty() {
                    Inline::Auto
                } else {
                    Inline::Never
                };
                match session.assets.url(&found, inline) {
                    Ok(public) => format!("{public}{suffix}"),
                    Err(_) => url.clone(),
                }
            } else {
                let problem = Diagnostic::warning(
                    "unresolved_url",
                    format!("there is no file `{path}`; the URL stays as it is"),
                )
                .with_help("check the path; files of `static` are named from the root: /file");
                let source = tokio::fs::read_to_string(&*from).await.unwrap_or_default();
                session.report(place(problem, &session.app.shown(&from), &source, path));
                url.clone()
            };
            urls.push((placeholder.clone(), public));
        }
        urls
    }

    /// The file that a style sheet means: relative to it, or in a package or behind an alias.
    async fn find(&self, ctx: &PluginContext, from: &str, specifier: &str) -> Option<PathBuf> {
        let specifier = specifier.strip_prefix('~').unwrap_or(specifier);
        let beside = Path::new(from)
            .parent()?
            .join(specifier.replace("%20", " "));
        if beside.is_file() {
            return Some(normalized(&beside));
        }
        let options = PluginContextResolveOptions {
            import_kind: ImportKind::AtImport,
            ..PluginContextResolveOptions::default()
        };
        let resolved = ctx
            .resolve(specifier, Some(from), Some(options))
            .await
            .ok()?
            .ok()?;
        let path = PathBuf::from(split_query(resolved.id.as_str()).0);
        if path.is_file()
            && (path.extension().is_none_or(|e| e != "js") || specifier.ends_with(".js"))
        {
            return Some(path);
        }
        // A package whose main file is a script may name its style sheet in its package.json.
        let package = resolved.package_json?;
        let dir = package.realpath().parent()?.to_owned();
        let json: serde_json::Value =
            serde_json::from_slice(&std::fs::read(package.realpath()).ok()?).ok()?;
        let style = json
            .pointer("/exports/./style")
            .or_else(|| json.get("style"))?
            .as_str()?;
        Some(dir.join(style)).filter(|path| path.is_file())
    }

    fn as_value(&self, file: &str, query: Option<&str>, sheet: Sheet) -> HookLoadOutput {
        let name = Path::new(file)
            .file_name()
            .map_or("style.css".into(), |name| name.to_string_lossy());
        let text = match css::file(&[Arc::new(sheet)], !self.0.app.options.is_dev()) {
            Ok(text) => text,
            Err(message) => {
                self.0
                    .report(Diagnostic::error("css", message).in_file(self.0.app.shown(file)));
                return stub();
            }
        };
        let value = if has_flag(query, "url") {
            let path = self.0.assets.add(&name, text.into_bytes());
            self.0.assets.with_base(&path)
        } else {
            text
        };
        script(format!("export default {};", quote(&value)))
    }
}

/// Points a problem at the text of a style sheet that it is about.
fn place(problem: Diagnostic, shown: &str, source: &str, text: &str) -> Diagnostic {
    match source.find(text) {
        Some(at) if !text.is_empty() => problem.at(shown, source, at..at + text.len()),
        _ => problem.in_file(shown),
    }
}

/// The module of a CSS module: its names by default, and those that are identifiers as exports.
fn named(names: &[(String, String)]) -> HookLoadOutput {
    let entries: Vec<_> = names
        .iter()
        .map(|(name, class)| format!("\t{}: {}", quote(name), quote(class)))
        .collect();
    HookLoadOutput {
        code: format!("export default {{\n{}\n}};\n", entries.join(",\n")).into(),
        ..marker()
    }
}
