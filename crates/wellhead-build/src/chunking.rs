//! Decides which of the client's modules share a file.
//!
//! The bundler by itself makes one chunk for each set of modules that the same entries use, so a page with many components
//! loads dozens of small files. So it bundles twice: first in its own way, which tells what is left of each module and who
//! uses it, and then with what is decided here. What the same *pages* load goes together, and small chunks are joined as
//! long as no page loads much more than it uses. What is every page's (Svelte, the runtime) is a file of its own, which a
//! change to the app leaves as it is.

mod plan;

use std::collections::BTreeMap;
use std::sync::Arc;

use rolldown::{
    ChunkingContext, CodeSplittingMode, ManualCodeSplittingOptions, MatchGroup, MatchGroupName,
};
use rolldown_common::OutputChunk;

use crate::generate;
use crate::hash::Digest;
use crate::session::{Session, is_dependency};
use plan::{Graph, Module};

/// Packages of every page: the framework and what the runtime stands on.
const FRAMEWORK: [&str; 4] = ["svelte", "devalue", "esm-env", "clsx"];

/// Which modules share a chunk, and which pages load them.
#[derive(Debug, Default)]
pub(crate) struct Chunking {
    /// The group of each module that has one.
    groups: BTreeMap<String, String>,
    /// For each module the entries that import it, directly or not; none for those of the client's own entry.
    users: BTreeMap<String, Vec<String>>,
}

impl Chunking {
    /// The entries that use a module, where it is not part of every page.
    pub(crate) fn users(&self, module: &str) -> Option<&[String]> {
        self.users.get(module).map(Vec::as_slice)
    }
}

/// How the client is split: by the bundler itself, as long as nothing is decided.
pub(crate) fn options(session: &Arc<Session>) -> CodeSplittingMode {
    if session.chunking.get().is_none() {
        return CodeSplittingMode::Bool(true);
    }
    let session = Arc::clone(session);
    let name = move |id: &str, _: &ChunkingContext| {
        let chunking = session.chunking.get();
        let name = chunking.and_then(|chunking| chunking.groups.get(id).cloned());
        Box::pin(async move { Ok(name) }) as std::pin::Pin<Box<dyn Future<Output = _> + Send>>
    };
    CodeSplittingMode::Advanced(ManualCodeSplittingOptions {
        groups: Some(vec![MatchGroup {
            name: MatchGroupName::Dynamic(Arc::new(name)),
            include_dependencies_recursively: Some(false),
            ..MatchGroup::default()
        }]),
        ..ManualCodeSplittingOptions::default()
    })
}

/// A part of one of the bundler's chunks: its modules of the framework, or all others.
struct Part<'a> {
    chunk: &'a OutputChunk,
    modules: Vec<&'a str>,
    module: Module,
}

/// What is decided of the chunks that the bundler made by itself.
pub(crate) fn of(session: &Session, chunks: &[Arc<OutputChunk>]) -> Chunking {
    let mut chunks: Vec<&OutputChunk> = chunks.iter().map(Arc::as_ref).collect();
    // The entry is first, and the others are in an order that changes of their content leave as it is.
    chunks.sort_by_cached_key(|chunk| {
        let facade = chunk.facade_module_id.iter();
        let names = facade.chain(&chunk.modules.keys);
        let names: Vec<_> = names.map(|id| session.app.shown(id.as_str())).collect();
        (!chunk.is_entry, names)
    });
    let mut parts: Vec<Part<'_>> = Vec::with_capacity(2 * chunks.len());
    for chunk in &chunks {
        for framework in [false, true] {
            parts.push(part(session, chunk, framework));
        }
    }
    let numbers: BTreeMap<&str, usize> = chunks
        .iter()
        .enumerate()
        .map(|(number, chunk)| (chunk.filename.as_str(), number))
        .collect();
    // Chunk `n` has the parts `2n` and `2n + 1`, of the framework, which imports nothing else.
    for (number, chunk) in chunks.iter().enumerate() {
        let of = |names: &[arcstr::ArcStr]| -> Vec<usize> {
            names
                .iter()
                .filter_map(|name| numbers.get(name.as_str()).copied())
                .collect()
        };
        let (imports, later) = (of(&chunk.imports), of(&chunk.dynamic_imports));
        let both = imports.iter().flat_map(|to| [2 * to, 2 * to + 1]);
        parts[2 * number].module.imports = both.chain([2 * number + 1]).collect();
        parts[2 * number].module.dynamic_imports = later.iter().map(|to| 2 * to).collect();
        parts[2 * number + 1].module.imports = imports.iter().map(|to| 2 * to + 1).collect();
    }
    let root = |id: &str| {
        chunks
            .iter()
            .position(|chunk| {
                chunk
                    .facade_module_id
                    .as_ref()
                    .is_some_and(|facade| facade.as_str() == id)
            })
            .map(|number| 2 * number)
    };
    let node = |n: &usize| root(&generate::node_name(*n));
    let routes = session.app.routes.routes.iter();
    let pages = routes.filter_map(|route| route.page.as_ref()).map(|page| {
        page.layouts
            .iter()
            .chain([&page.leaf])
            .filter_map(node)
            .collect()
    });
    let hooks = [
        &session.app.routes.hooks.client,
        &session.app.routes.hooks.shared,
    ];
    let always = hooks
        .into_iter()
        .flatten()
        .filter_map(|path| root(&session.app.dir.join(path).to_string_lossy()))
        .chain(node(&0));
    let graph = Graph {
        pages: pages.collect(),
        always: always.collect(),
        modules: parts.iter().map(|part| part.module.clone()).collect(),
    };
    name_groups(session, &parts, &plan::make(&graph))
}

fn part<'a>(session: &Session, chunk: &'a OutputChunk, framework: bool) -> Part<'a> {
    let mut part = Part {
        chunk,
        modules: Vec::new(),
        module: Module {
            is_framework: framework,
            ..Module::default()
        },
    };
    for (id, rendered) in chunk.modules.keys.iter().zip(&chunk.modules.values) {
        if is_framework(session, id.as_str()) == framework {
            part.modules.push(id.as_str());
            part.module.size += rendered.code().map_or(0, |code| code.len());
            part.module.has_effects |= session.has_effects(id.as_str());
        }
    }
    part
}

fn name_groups(session: &Session, parts: &[Part<'_>], plan: &plan::Plan) -> Chunking {
    let mut chunking = Chunking::default();
    for group in &plan.groups {
        let modules: Vec<_> = group
            .modules
            .iter()
            .flat_map(|part| &parts[*part].modules)
            .collect();
        let name = if group.is_framework {
            "framework".to_owned()
        } else {
            // A name that other groups do not change.
            let mut digest = Digest::default();
            let mut members: Vec<_> = modules.iter().map(|id| session.app.shown(id)).collect();
            members.sort_unstable();
            members.iter().for_each(|name| {
                digest.add(name.as_bytes());
            });
            format!("shared-{}", digest.short())
        };
        for module in modules {
            chunking.groups.insert((*module).to_owned(), name.clone());
        }
    }
    for (part, users) in parts.iter().zip(&plan.users) {
        let Some(users) = users else { continue };
        let users = users.iter().map(|user| parts[*user].chunk);
        let users: Vec<_> = users
            .filter_map(|chunk| chunk.facade_module_id.as_ref().map(ToString::to_string))
            .collect();
        for module in &part.modules {
            chunking.users.insert((*module).to_owned(), users.clone());
        }
    }
    chunking
}

fn is_framework(session: &Session, id: &str) -> bool {
    if session.app.runtime.owns(id) && !is_dependency(id) {
        return true;
    }
    let package = id
        .rsplit("node_modules/")
        .next()
        .filter(|_| is_dependency(id));
    package.is_some_and(|path| {
        FRAMEWORK.iter().any(|name| {
            path.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('/'))
        })
    })
}
