//! Runs rolldown for one side: its options, and what comes out.

mod problem;

use std::path::Path;
use std::sync::Arc;

use rolldown::{
    BundlerOptions, ChecksOptions, ChunkFilenamesOutputOption, CodeSplittingMode, InputItem,
    OutputFormat, Platform, PreserveEntrySignatures, RawMinifyOptions, ResolveOptions,
    SourceMapType, TsConfig,
};
use rolldown_common::{Output, OutputChunk, RollupPreRenderedChunk, SourceMapPathTransform};

use rolldown_plugin::__inner::SharedPluginable;

use crate::options::ClientMaps;
use crate::session::{App, Session, normalized};
use crate::svelte::Side;
use crate::{chunking, env, generate, plugins};
use problem::{convert, convert_all};

/// A side's chunks and how many modules went into them.
#[derive(Debug, Default)]
pub(crate) struct Bundled {
    pub(crate) chunks: Vec<Arc<OutputChunk>>,
    /// Source maps as files: name and content.
    pub(crate) maps: Vec<(String, Vec<u8>)>,
}

/// What goes into a bundle's entry.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) module: String,
    pub(crate) splitting: bool,
    /// Whether its chunks are planned for the pages of the app.
    planned: bool,
}

impl Entry {
    /// The entry of an app's side.
    pub(crate) fn of(side: Side) -> Self {
        let (name, module) = match side {
            Side::Server => ("index", "server/entry"),
            Side::Client => ("app", "client/entry"),
        };
        Self {
            name,
            module: format!("{}{module}", generate::PREFIX),
            splitting: true,
            planned: side == Side::Client,
        }
    }

    /// The entry of what live pages run in the browser.
    pub(crate) fn live() -> Self {
        Self {
            name: "live",
            module: format!("{}live/entry", generate::PREFIX),
            splitting: true,
            planned: false,
        }
    }

    /// The entry of a single component.
    pub(crate) fn component(path: &Path) -> Self {
        Self {
            name: "component",
            module: format!("{}{}", generate::COMPONENT, path.display()),
            splitting: false,
            planned: false,
        }
    }
}

/// Bundles one side. Problems are kept in the session.
pub(crate) async fn bundle(session: &Arc<Session>, entry: &Entry) -> Option<Bundled> {
    // Development builds change all the time, and load from nearby: they do without the plan.
    if entry.planned && !session.app.options.is_dev() {
        let plugins = plugins::before_chunking(session);
        let mut options = options(session, entry);
        options.minify = Some(RawMinifyOptions::Bool(false));
        options.sourcemap = None;
        let natural = run(session, options, plugins, Warnings::Drop).await?;
        let _ = session.chunking.set(chunking::of(session, &natural.chunks));
    }
    run(
        session,
        options(session, entry),
        plugins::all(session),
        Warnings::Keep,
    )
    .await
}

/// Whether the bundler's warnings are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Warnings {
    Keep,
    /// The same ones come again.
    Drop,
}

async fn run(
    session: &Arc<Session>,
    options: BundlerOptions,
    plugins: Vec<SharedPluginable>,
    warnings: Warnings,
) -> Option<Bundled> {
    let outcome = match rolldown::Bundler::with_plugins(options, plugins) {
        Ok(mut bundler) => {
            let outcome = bundler.generate().await;
            let closed = bundler.close().await;
            outcome.and_then(|output| closed.map(|()| output))
        }
        Err(problems) => Err(problems),
    };
    let output = match outcome {
        Ok(output) => output,
        Err(problems) => {
            convert_all(session, &problems);
            return None;
        }
    };
    if warnings == Warnings::Keep {
        output
            .warnings
            .iter()
            .for_each(|warning| convert(session, warning));
    }
    let mut bundled = Bundled::default();
    for output in output.assets {
        match output {
            Output::Chunk(chunk) => bundled.chunks.push(chunk),
            Output::Asset(asset) => bundled
                .maps
                .push((asset.filename.to_string(), asset.source.as_bytes().to_vec())),
        }
    }
    Some(bundled)
}

fn options(session: &Arc<Session>, entry: &Entry) -> BundlerOptions {
    let (app, side) = (&session.app, session.side);
    let dev = app.options.is_dev();
    let mode = if dev { "development" } else { "production" };
    // `Platform::Node` would import `node:module` for packages that call `require`; plugins do without.
    let (platform, conditions, main_fields) = match side {
        Side::Server => (
            Platform::Neutral,
            vec!["svelte", "node", "module", mode],
            vec!["svelte", "module", "main"],
        ),
        Side::Client => (
            Platform::Browser,
            vec!["svelte", "module", mode],
            vec!["svelte", "browser", "module", "main"],
        ),
    };
    let sourcemap = match (side, app.options.client_maps()) {
        (Side::Server, _) if entry.splitting => Some(SourceMapType::File),
        // A single component is text that goes where it is wanted, and its map with it.
        (Side::Server, _) => Some(SourceMapType::Inline),
        (Side::Client, ClientMaps::Off) => None,
        (Side::Client, ClientMaps::Hidden) => Some(SourceMapType::Hidden),
        (Side::Client, ClientMaps::Linked) => Some(SourceMapType::File),
    };
    let (entry_names, chunk_names) = match side {
        Side::Server => ("[name].js".to_owned(), "chunks".to_owned()),
        Side::Client => (
            "_app/immutable/entry/[name]-[hash].js".to_owned(),
            "_app/immutable".to_owned(),
        ),
    };
    BundlerOptions {
        cwd: Some(app.dir.clone()),
        // Nothing is written there; source maps name their sources relative to it.
        dir: Some(app.dir.join(".wellhead").to_string_lossy().into_owned()),
        input: Some(vec![InputItem {
            name: Some(entry.name.to_owned()),
            import: entry.module.clone(),
        }]),
        platform: Some(platform),
        format: Some(OutputFormat::Esm),
        entry_filenames: Some(entry_names.into()),
        chunk_filenames: Some(ChunkFilenamesOutputOption::Fn(Arc::new(move |chunk| {
            let name = chunk_name(&chunk_names, side, chunk);
            Box::pin(async move { Ok(name) })
        }))),
        resolve: Some(ResolveOptions {
            condition_names: Some(conditions.into_iter().map(str::to_owned).collect()),
            main_fields: Some(main_fields.into_iter().map(str::to_owned).collect()),
            extensions: Some(
                [".ts", ".js", ".mjs", ".json", ".mts", ".cjs"]
                    .map(str::to_owned)
                    .to_vec(),
            ),
            ..ResolveOptions::default()
        }),
        define: Some(
            env::defines(&app.env, side, &app.options)
                .into_iter()
                .collect(),
        ),
        minify: Some(if dev {
            RawMinifyOptions::Bool(false)
        } else if side == Side::Client {
            RawMinifyOptions::Bool(true)
        } else {
            RawMinifyOptions::DeadCodeEliminationOnly
        }),
        sourcemap,
        sourcemap_path_transform: Some(source_names(app, side, entry)),
        code_splitting: Some(if entry.planned {
            chunking::options(session)
        } else {
            CodeSplittingMode::Bool(entry.splitting)
        }),
        // Chunks that others import from may export more than their modules do.
        preserve_entry_signatures: (side == Side::Client)
            .then_some(PreserveEntrySignatures::AllowExtension),
        tsconfig: Some(TsConfig::Auto(false)),
        checks: Some(ChecksOptions {
            // Told with their places by plugins, or of no use to who builds an app.
            plugin_timings: Some(false),
            ineffective_dynamic_import: Some(false),
            ..ChecksOptions::default()
        }),
        ..BundlerOptions::default()
    }
}

/// Names sources in maps as the app's developers know them, wherever the app is. Engines take such a name relative to its
/// module, so that those of server modules lead up to the bundle's folder first.
fn source_names(app: &Arc<App>, side: Side, entry: &Entry) -> SourceMapPathTransform {
    let app = Arc::clone(app);
    let in_folder = side == Side::Server && entry.splitting;
    SourceMapPathTransform::new(Arc::new(move |source, map| {
        let name = source_name(&app, source, map);
        let name = match Path::new(map).strip_prefix(app.dir.join(".wellhead")) {
            // As many steps as there are names: the last is the map's own, and the modules are in the folder `server`.
            Ok(inside) if in_folder && !name.starts_with(generate::PREFIX) => {
                "../".repeat(inside.components().count()) + &name
            }
            _ => name,
        };
        Box::pin(async move { Ok(name) })
    }))
}

fn source_name(app: &App, source: &str, map: &str) -> String {
    if let Some(at) = source.find(generate::PREFIX) {
        return source[at..].to_owned();
    }
    let path = normalized(
        &Path::new(map)
            .parent()
            .unwrap_or(Path::new("/"))
            .join(source),
    );
    let path = path.to_string_lossy();
    if let Some(name) = app.runtime.shown(&path) {
        return name;
    }
    let shown = app.shown(&path);
    // Packages may be installed in a folder above the app.
    shown
        .rfind("node_modules/")
        .map_or(shown.clone(), |at| shown[at..].to_owned())
}

/// The name of a chunk: nodes by their numbers, others by their own names.
fn chunk_name(folder: &str, side: Side, chunk: &RollupPreRenderedChunk) -> String {
    let node = chunk
        .facade_module_id
        .as_ref()
        .and_then(|id| generate::node_number(id.as_str()));
    match (node, side) {
        (Some(number), Side::Server) => format!("nodes/{number}-[hash].js"),
        (Some(number), Side::Client) => format!("{folder}/nodes/{number}-[hash].js"),
        // Names of the app's files are nobody's business in the browser.
        (None, Side::Client) => format!("{folder}/chunks/[hash].js"),
        (None, Side::Server) => format!("{folder}/[name]-[hash].js"),
    }
}
