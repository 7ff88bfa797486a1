//! What a page needs of the client's chunks: the scripts to preload and the styles in order of the cascade.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rolldown_common::OutputChunk;

use crate::generate;
use crate::manifest::PageAssets;
use crate::plugins::{self, Style};
use crate::session::Session;

/// The client's chunks and what they import.
pub(super) struct Graph {
    chunks: BTreeMap<String, Chunk>,
    nodes: BTreeMap<usize, String>,
    entry: Option<String>,
}

struct Chunk {
    imports: Vec<String>,
    styles: Vec<Style>,
}

impl Graph {
    pub(super) fn new(session: &Session, chunks: &[Arc<OutputChunk>]) -> Self {
        let mut graph = Self {
            chunks: BTreeMap::new(),
            nodes: BTreeMap::new(),
            entry: None,
        };
        for chunk in chunks {
            let facade = chunk.facade_module_id.as_ref().map(|id| id.as_str());
            if let Some(number) = facade.and_then(generate::node_number) {
                graph.nodes.insert(number, chunk.filename.to_string());
            }
            if chunk.is_entry {
                graph.entry = Some(chunk.filename.to_string());
            }
            let styles = plugins::place(session, &chunk.name, &chunk.modules.keys);
            let imports = chunk.imports.iter().map(ToString::to_string).collect();
            graph
                .chunks
                .insert(chunk.filename.to_string(), Chunk { imports, styles });
        }
        graph
    }

    /// The chunk of the client's entry.
    pub(super) fn entry(&self) -> Option<&str> {
        self.entry.as_deref()
    }

    /// What a page of these nodes needs: `nodes` run at once; `styled` may be shown instead, and only their styles are needed.
    pub(super) fn assets(&self, nodes: &[usize], styled: &[usize], runs: bool) -> PageAssets {
        let mut seen = BTreeSet::new();
        let mut order = Vec::new();
        if let Some(entry) = &self.entry {
            self.visit(entry, &mut seen, &mut order);
        }
        for file in nodes.iter().filter_map(|node| self.nodes.get(node)) {
            self.visit(file, &mut seen, &mut order);
        }
        let scripts = if runs {
            order.iter().map(|file| format!("/{file}")).collect()
        } else {
            Vec::new()
        };
        for file in styled.iter().filter_map(|node| self.nodes.get(node)) {
            self.visit(file, &mut seen, &mut order);
        }
        let roots: Vec<_> = nodes
            .iter()
            .chain(styled)
            .map(|node| generate::node_name(*node))
            .collect();
        let roots: Vec<_> = roots.iter().map(String::as_str).collect();
        let styles = order
            .iter()
            .flat_map(|file| &self.chunks[*file].styles)
            .filter(|style| style.is_for(&roots))
            .map(|style| style.path.clone())
            .collect();
        PageAssets { scripts, styles }
    }

    fn visit<'a>(&'a self, file: &'a str, seen: &mut BTreeSet<&'a str>, order: &mut Vec<&'a str>) {
        let Some(chunk) = self.chunks.get(file) else {
            return;
        };
        if seen.insert(file) {
            chunk
                .imports
                .iter()
                .for_each(|import| self.visit(import, seen, order));
            order.push(file);
        }
    }
}
