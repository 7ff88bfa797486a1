//! The plugins of a bundling, in the order in which they are asked.

mod assets;
mod effects;
mod markup;
mod meta;
mod missing;
mod names;
mod server_only;
mod sources;
mod style_chunks;
mod styles;
mod svelte;

use std::sync::Arc;

use rolldown_common::{ModuleType, side_effects::HookSideEffects};
use rolldown_plugin::__inner::SharedPluginable;
use rolldown_plugin::{HookLoadOutput, HookTransformOutput};
use string_wizard::{Hires, MagicString, SourceMapOptions};

pub(crate) use missing::package;
pub(crate) use style_chunks::{Style, place};

use crate::session::Session;
use crate::svelte::Side;

/// The plugins of one side.
pub(crate) fn all(session: &Arc<Session>) -> Vec<SharedPluginable> {
    let mut plugins = before_chunking(session);
    if session.side == Side::Client {
        plugins.push(Arc::new(style_chunks::StyleChunks::new(Arc::clone(
            session,
        ))));
    }
    plugins
}

/// The plugins that find and read modules.
pub(crate) fn before_chunking(session: &Arc<Session>) -> Vec<SharedPluginable> {
    let share = || Arc::clone(session);
    let mut plugins: Vec<SharedPluginable> = vec![
        // First, because it sees what all the others find.
        Arc::new(missing::Missing(share())),
        Arc::new(names::Names(share())),
        Arc::new(assets::AssetModules(share())),
        Arc::new(styles::StyleModules(share())),
        Arc::new(svelte::Svelte(share())),
        Arc::new(sources::Sources(share())),
        Arc::new(meta::Meta(share())),
        Arc::new(markup::Markup(share())),
    ];
    if session.side == Side::Client {
        plugins.insert(0, Arc::new(server_only::ServerOnly::new(share())));
        plugins.push(Arc::new(effects::Effects(share())));
    }
    plugins
}

/// A module of JavaScript.
fn script(code: impl Into<String>) -> HookLoadOutput {
    HookLoadOutput {
        code: code.into().into(),
        module_type: Some(ModuleType::Js),
        ..HookLoadOutput::default()
    }
}

/// A module without code that stays where it is imported, because its place says where its style comes.
fn marker() -> HookLoadOutput {
    HookLoadOutput {
        side_effects: Some(HookSideEffects::NoTreeshake),
        ..script("export {};")
    }
}

/// Stands for a module with a problem: whatever is imported from it is there, so that no other problem follows.
fn stub() -> HookLoadOutput {
    script("module.exports = {};")
}

/// A module whose text was edited, with the map of the edits.
fn edited(text: &MagicString<'_>, id: &str) -> HookTransformOutput {
    let map = text.source_map(SourceMapOptions {
        source: id.into(),
        hires: Hires::Boundary,
        ..SourceMapOptions::default()
    });
    HookTransformOutput {
        code: Some(text.to_string()),
        map: map.into(),
        ..HookTransformOutput::default()
    }
}

/// An id's file and its query.
fn split_query(id: &str) -> (&str, Option<&str>) {
    id.split_once('?')
        .map_or((id, None), |(file, query)| (file, Some(query)))
}

/// Whether a query has a flag: `?url`, `?a&url`, `?url=`.
fn has_flag(query: Option<&str>, flag: &str) -> bool {
    query.is_some_and(|query| {
        query
            .split('&')
            .any(|part| part.strip_suffix('=').unwrap_or(part) == flag)
    })
}
