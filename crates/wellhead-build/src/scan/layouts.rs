//! Numbers the nodes and finds each page's chain of layouts and error pages.

use super::exports::Exports;
use super::options::PageOptions;
use super::tree::{Files, Tree};
use super::{Node, NodeKind, Page};
use crate::Diagnostic;

/// The nodes, and for each folder the numbers of its own.
#[derive(Debug)]
pub(super) struct Numbering {
    pub(super) nodes: Vec<Node>,
    layout: Vec<Option<usize>>,
    error: Vec<Option<usize>>,
    page: Vec<Option<usize>>,
}

/// Numbers layouts and error pages first, because many routes share them, then pages.
pub(super) fn number(tree: &Tree) -> Numbering {
    let count = tree.folders.len();
    let mut numbering = Numbering {
        nodes: Vec::new(),
        layout: vec![None; count],
        error: vec![None; count],
        page: vec![None; count],
    };
    for (at, folder) in tree.folders.iter().enumerate() {
        let is_root = at == 0;
        if is_root || folder.layout.is_some() {
            numbering.layout[at] = Some(numbering.nodes.len());
            numbering
                .nodes
                .push(node(NodeKind::Layout, folder.layout.as_ref()));
        }
        if is_root || folder.error.is_some() {
            numbering.error[at] = Some(numbering.nodes.len());
            numbering.nodes.push(Node {
                kind: NodeKind::Error,
                component: folder.error.clone(),
                ..Node::default()
            });
        }
    }
    for (at, folder) in tree.folders.iter().enumerate() {
        if folder.page.is_some() {
            numbering.page[at] = Some(numbering.nodes.len());
            numbering
                .nodes
                .push(node(NodeKind::Page, folder.page.as_ref()));
        }
    }
    numbering
}

fn node(kind: NodeKind, files: Option<&Files>) -> Node {
    let Some(files) = files else {
        return Node {
            kind,
            ..Node::default()
        };
    };
    Node {
        kind,
        component: files.component.clone(),
        universal: files.universal.clone(),
        server: files.server.clone(),
        live: files.live.clone(),
        ..Node::default()
    }
}

/// The chain of the page in a folder.
pub(super) fn chain(
    tree: &Tree,
    numbering: &Numbering,
    exports: &[Exports],
    folder: usize,
    problems: &mut Vec<Diagnostic>,
) -> Page {
    let mut layouts = Vec::new();
    let mut errors = Vec::new();
    // The error page of a folder without a layout is shown in the next layout outwards, instead of that one's own.
    let mut nearest_error = None;
    let page = tree.folders[folder].page.as_ref();
    let mut wanted = page.and_then(|page| page.reset.clone());
    let mut by = page.and_then(|page| page.component.clone());
    let mut current = Some(folder);
    while let Some(at) = current {
        let here = &tree.folders[at];
        if wanted.as_ref().is_none_or(|name| *name == here.name) {
            nearest_error = nearest_error.or(numbering.error[at]);
            wanted = None;
            if let Some(layout) = numbering.layout[at] {
                layouts.push(layout);
                errors.push(nearest_error.take());
                let files = here.layout.as_ref();
                wanted = files.and_then(|files| files.reset.clone());
                by = files.and_then(|files| files.component.clone());
            }
        }
        current = here.parent;
    }
    if let (Some(name), Some(by)) = (wanted, by) {
        problems.push(
            Diagnostic::error("unknown_layout", format!("`@{name}` names no folder above it"))
                .in_file(by)
                .with_help("name one of the folders that it is in, such as `@(group)`, or nothing for the root: `@`"),
        );
    }
    layouts.reverse();
    errors.reverse();
    let leaf = numbering.page[folder].unwrap_or_default();
    let nodes = || layouts.iter().copied().chain([leaf]);
    let mut options = PageOptions::default();
    nodes().for_each(|node| options.inherit(&exports[node].options));
    let server_load = nodes().map(|node| exports[node].server_load).collect();
    Page {
        layouts,
        errors,
        leaf,
        server_load,
        options,
    }
}
