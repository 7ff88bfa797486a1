//! Extracts each chunk's styles into a file, and makes dynamic imports bring the styles and scripts of what they load.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use arcstr::ArcStr;
use rolldown_common::{ModuleId, RollupRenderedChunk};
use rolldown_plugin::{
    HookRenderChunkArgs, HookRenderChunkOutput, HookRenderChunkReturn, HookTransformOutputMap,
    HookUsage, Plugin, PluginContext,
};
use rolldown_utils::indexmap::FxIndexMap;
use serde_json::Value;
use string_wizard::{Hires, MagicString, SourceMapOptions};

use crate::Diagnostic;
use crate::css::{self, Sheet};
use crate::session::Session;

/// The name of the function below in a chunk.
const PRELOAD: &str = "__wellhead_preload";

/// Begins to load scripts and styles beside a module and waits for the styles. What the page has already is not loaded again.
/// It comes at the end of the chunk, whose first statements may call it.
const PRELOAD_SOURCE: &str = r#"function __wellhead_preload(module, urls) {
	const waits = [module];
	for (const url of urls) {
		const rel = url.endsWith(".css") ? "stylesheet" : "modulepreload";
		let link = document.querySelector(`link[rel="${rel}"][href="${url}"]`);
		if (!link) {
			link = document.createElement("link");
			link.rel = rel;
			link.href = url;
			document.head.append(link);
		}
		if (rel === "stylesheet" && !link.sheet) {
			waits.push(new Promise((done) => { link.addEventListener("load", done); link.addEventListener("error", done); }));
		}
	}
	return Promise.all(waits).then((loaded) => loaded[0]);
}
"#;

/// A style file of a chunk, placed among the assets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Style {
    /// Its URL path without the base.
    pub(crate) path: String,
    /// The dynamically imported modules that it is for; none for all.
    users: Vec<String>,
}

impl Style {
    /// Whether one of these modules, each imported dynamically, needs it.
    pub(crate) fn is_for(&self, roots: &[&str]) -> bool {
        self.users.is_empty() || self.users.iter().any(|user| roots.contains(&user.as_str()))
    }
}

#[derive(Debug)]
pub(super) struct StyleChunks(Arc<Session>);

impl StyleChunks {
    pub(super) fn new(session: Arc<Session>) -> Self {
        Self(session)
    }
}

impl Plugin for StyleChunks {
    fn name(&self) -> Cow<'static, str> {
        "wellhead:style-chunks".into()
    }

    fn register_hook_usage(&self) -> HookUsage {
        HookUsage::RenderChunk
    }

    async fn render_chunk(
        &self,
        _: &PluginContext,
        args: &HookRenderChunkArgs<'_>,
    ) -> HookRenderChunkReturn {
        if args.chunk.dynamic_imports.is_empty() {
            return Ok(None);
        }
        let mut text = MagicString::new(args.code.as_str());
        let mut changed = false;
        for (from, to, path) in dynamic_imports(&args.code) {
            let Some(target) = resolve(&args.chunk.filename, path, &args.chunks) else {
                continue;
            };
            let urls = self.urls(target, &args.chunks);
            if urls.is_empty() {
                continue;
            }
            let call = format!("{PRELOAD}({}, {})", &args.code[from..to], Value::from(urls));
            let (Ok(from), Ok(to)) = (u32::try_from(from), u32::try_from(to)) else {
                continue;
            };
            changed |= text.update(from, to, call).is_ok();
        }
        if !changed {
            return Ok(None);
        }
        text.append(PRELOAD_SOURCE);
        let map = args.options.sourcemap.is_some().then(|| {
            text.source_map(SourceMapOptions {
                hires: Hires::Boundary,
                ..SourceMapOptions::default()
            })
        });
        let map = map.map_or(HookTransformOutputMap::Null, Into::into);
        Ok(Some(HookRenderChunkOutput {
            code: text.to_string(),
            map,
        }))
    }
}

impl StyleChunks {
    /// What else a chunk needs when it is loaded: scripts that it imports, then styles in order of the cascade.
    fn urls(
        &self,
        target: &str,
        chunks: &FxIndexMap<ArcStr, Arc<RollupRenderedChunk>>,
    ) -> Vec<String> {
        let mut order = Vec::new();
        visit(target, chunks, &mut BTreeSet::new(), &mut order);
        let with_base = |path: &str| self.0.assets.with_base(path);
        let scripts = order
            .iter()
            .filter(|name| **name != target)
            .map(|name| with_base(&format!("/{name}")));
        let mut urls: Vec<_> = scripts.collect();
        // A page that runs scripts has loaded the entry.
        urls.retain(|url| {
            !chunks
                .values()
                .any(|chunk| chunk.is_entry && url.ends_with(chunk.filename.as_str()))
        });
        let root = chunks[target]
            .facade_module_id
            .as_ref()
            .map(|id| id.as_str());
        let styles = order
            .iter()
            .flat_map(|name| place(&self.0, &chunks[*name].name, &chunks[*name].modules.keys))
            .filter(|style| root.is_none_or(|root| style.is_for(&[root])));
        urls.extend(styles.map(|style| with_base(&style.path)));
        urls
    }
}

/// A chunk's static imports and the chunk itself, in order of execution.
fn visit<'a>(
    name: &'a str,
    chunks: &'a FxIndexMap<ArcStr, Arc<RollupRenderedChunk>>,
    seen: &mut BTreeSet<&'a str>,
    order: &mut Vec<&'a str>,
) {
    let Some(chunk) = chunks.get(name) else {
        return;
    };
    if seen.insert(name) {
        chunk
            .imports
            .iter()
            .for_each(|import| visit(import, chunks, seen, order));
        order.push(name);
    }
}

/// The places of `import("./…")` in a chunk that is not yet minified: begin, end, path.
fn dynamic_imports(code: &str) -> impl Iterator<Item = (usize, usize, &str)> {
    code.match_indices("import(\"")
        .filter_map(move |(from, start)| {
            let before = code[..from].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.')) {
                return None;
            }
            let path_from = from + start.len();
            let path_to = path_from + code[path_from..].find('"')?;
            let path = &code[path_from..path_to];
            let is_relative = path.starts_with("./") || path.starts_with("../");
            (is_relative && code[path_to + 1..].starts_with(')')).then_some((
                from,
                path_to + 2,
                path,
            ))
        })
}

/// The chunk that a relative path means.
fn resolve<'a>(
    from: &str,
    path: &str,
    chunks: &'a FxIndexMap<ArcStr, Arc<RollupRenderedChunk>>,
) -> Option<&'a str> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    chunks
        .get_key_value(parts.join("/").as_str())
        .map(|(name, _)| name.as_str())
}

/// Writes the styles of a chunk's modules into files: pages may share a chunk whose styles are not for all of them, so
/// there is a file for each set of users. The same modules always give the same files.
pub(crate) fn place(session: &Session, name: &str, modules: &[ModuleId]) -> Vec<Style> {
    let mut sets: Vec<(Vec<String>, Vec<Arc<Sheet>>)> = Vec::new();
    for id in modules {
        let Some(sheet) = session.styles.get(id.as_str()) else {
            continue;
        };
        if sheet.css.trim().is_empty() && sheet.imports.is_empty() {
            continue;
        }
        let chunking = session.chunking.get();
        let users = chunking.and_then(|chunking| chunking.users(id.as_str()));
        let users = users.unwrap_or_default();
        match sets.iter_mut().find(|(known, _)| known == users) {
            Some((_, sheets)) => sheets.push(sheet),
            None => sets.push((users.to_vec(), vec![sheet])),
        }
    }
    let mut styles = Vec::new();
    for (users, sheets) in sets {
        match css::file(&sheets, !session.app.options.is_dev()) {
            Ok(text) => styles.push(Style {
                path: session
                    .assets
                    .add(&format!("{name}.css"), text.into_bytes()),
                users,
            }),
            Err(message) => session.report(Diagnostic::error(
                "css",
                format!("the styles of `{name}` do not go together: {message}"),
            )),
        }
    }
    styles
}
