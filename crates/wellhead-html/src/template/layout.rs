//! Where the nodes and slots of a template are: what has its number when, and what follows what.

use html5ever::QualName;

use super::{Binding, BindingKind, ChildSlot, is_slot, slot_index};
use crate::{
    Context,
    fragment::{Builder, Data, Element, Fragment},
};

/// What comes after a slot in the same parent. It is never another slot, since there is a comment between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Follow {
    /// The node with this index.
    Node(usize),
    /// Nothing: the slot is the last in the element with this index.
    End(usize),
    /// What comes after the template: the slot is its last root.
    Outside,
}

/// What has its numbers between two segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gap {
    /// The content of the child slot with this index.
    Child(usize),
    /// The text of the binding with this index, while there is any.
    Content(usize),
}

/// A node or slot that no element of the template contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    Node(usize),
    Child(usize),
}

/// The slot of a comment that stands for one.
pub(crate) fn slot_of(data: &Data) -> Option<usize> {
    match data {
        Data::Comment(text) => text.chars().next().filter(|&c| is_slot(c)).map(slot_index),
        _ => None,
    }
}

/// The fragment with a comment between a slot and a text or slot beside it, which the browser would join otherwise.
pub(super) fn separated(fragment: &Fragment) -> Fragment {
    let mut builder = Builder::with_capacity(fragment.nodes.len() + 8);
    copy_separated(fragment, fragment.roots().collect::<Vec<_>>(), &mut builder);
    builder.finish()
}

fn copy_separated(fragment: &Fragment, siblings: Vec<usize>, out: &mut Builder) {
    let mut before: Option<bool> = None;
    for index in siblings {
        let data = &fragment.nodes[index].data;
        let is_slot = slot_of(data).is_some();
        let is_text = matches!(data, Data::Text(_));
        // `before` tells whether the node before was a slot, if it was a slot or a text.
        if matches!(
            (before, is_slot, is_text),
            (Some(_), true, _) | (Some(true), _, true)
        ) {
            out.comment("");
        }
        before = (is_slot || is_text).then_some(is_slot);
        match data {
            Data::Text(text) => out.text(text.clone()),
            Data::Comment(text) => out.comment(text.clone()),
            Data::Element(element) => {
                out.open(with_long_names(element));
                copy_separated(fragment, fragment.children(index).collect(), out);
                out.close();
            }
        }
    }
}

/// `@click` is short for `ts-on:click`, which scripts can set.
fn with_long_names(element: &Element) -> Element {
    let mut element = element.clone();
    for attribute in &mut element.attributes {
        if let Some(event) = attribute.name.local.strip_prefix('@') {
            attribute.name.local = format!("ts-on:{event}").into();
        }
    }
    element
}

pub(super) struct Layout {
    pub(super) positions: Vec<Option<(u32, u32)>>,
    pub(super) segments: Vec<u32>,
    pub(super) gaps: Vec<Gap>,
    pub(super) children: Vec<ChildSlot>,
    pub(super) roots: Vec<Root>,
    pub(super) has_open_edge: bool,
}

pub(super) fn of(fragment: &Fragment, context: &Context, bindings: &[Binding]) -> Layout {
    let mut walk = Walk {
        fragment,
        context,
        bindings,
        open: Vec::new(),
        layout: Layout {
            positions: vec![None; fragment.nodes.len()],
            segments: vec![0],
            gaps: Vec::new(),
            children: Vec::new(),
            roots: Vec::new(),
            has_open_edge: false,
        },
    };
    let roots = walk.siblings(fragment.roots().collect(), None, false);
    let mut layout = walk.layout;
    let is_open = |root: Option<&Root>| match root {
        None | Some(Root::Child(_)) => true,
        Some(Root::Node(index)) => matches!(fragment.nodes[*index].data, Data::Text(_)),
    };
    layout.has_open_edge = is_open(roots.first()) || is_open(roots.last());
    layout.roots = roots;
    layout
}

struct Walk<'a> {
    fragment: &'a Fragment,
    context: &'a Context,
    bindings: &'a [Binding],
    /// The elements that are open.
    open: Vec<&'a QualName>,
    layout: Layout,
}

impl Walk<'_> {
    fn siblings(
        &mut self,
        siblings: Vec<usize>,
        parent: Option<usize>,
        ignored: bool,
    ) -> Vec<Root> {
        let mut found = Vec::with_capacity(siblings.len());
        for (at, &index) in siblings.iter().enumerate() {
            let fragment = self.fragment;
            let data = &fragment.nodes[index].data;
            if let Some(slot) = slot_of(data) {
                let follow = match (siblings.get(at + 1), parent) {
                    (Some(&next), _) => Follow::Node(next),
                    (None, Some(parent)) => Follow::End(parent),
                    (None, None) => Follow::Outside,
                };
                let child = self.layout.children.len();
                found.push(Root::Child(child));
                if !ignored {
                    self.gap(Gap::Child(child));
                }
                self.layout.children.push(ChildSlot {
                    slot,
                    context: self.context.inside(self.open.iter().copied()),
                    follow,
                    ignored,
                });
                continue;
            }
            found.push(Root::Node(index));
            if !ignored {
                self.number(index);
            }
            let Data::Element(element) = data else {
                continue;
            };
            let ignored = ignored || element.is_ignored();
            let content = self
                .bindings
                .iter()
                .position(|binding| binding.node == index && binding.kind == BindingKind::Content);
            if let Some(binding) = content {
                if !ignored {
                    self.gap(Gap::Content(binding));
                }
                continue;
            }
            self.open.push(&element.name);
            self.siblings(fragment.children(index).collect(), Some(index), ignored);
            self.open.pop();
        }
        found
    }

    fn gap(&mut self, gap: Gap) {
        self.layout.gaps.push(gap);
        self.layout.segments.push(0);
    }

    fn number(&mut self, index: usize) {
        let segment = self.layout.segments.len() - 1;
        let place = &mut self.layout.segments[segment];
        let segment = u32::try_from(segment).expect("there are fewer segments than slots");
        self.layout.positions[index] = Some((segment, *place));
        *place += 1;
    }
}
