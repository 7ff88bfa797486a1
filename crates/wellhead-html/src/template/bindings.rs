//! Attributes and texts of which slots are a part.

use super::{Key, is_slot, slot_index, sole_slot};
use crate::{
    fragment::{Data, Element, Fragment},
    names,
    url::{UrlRule, url_rule},
    write::push_name,
};

/// What becomes of the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BindingKind {
    /// An attribute that is one slot: without a value it is not there.
    Whole,
    /// An attribute with slots among fixed text, always there.
    Mixed,
    /// An attribute that is there, and empty, or not.
    Flag,
    /// The text of an element that contains nothing else.
    Content,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Fixed(Box<str>),
    Slot(usize),
}

/// An attribute or a text of which slots are a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Binding {
    /// The index of the element.
    pub(crate) node: usize,
    /// As in HTML; empty for content.
    pub(crate) name: Box<str>,
    pub(crate) kind: BindingKind,
    pub(crate) parts: Box<[Part]>,
    pub(crate) url: UrlRule,
}

impl Binding {
    pub(crate) fn slots(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().filter_map(|part| match part {
            Part::Slot(slot) => Some(*slot),
            Part::Fixed(_) => None,
        })
    }

    /// Whether its slot stands for the attribute's name too.
    pub(super) fn is_whole(&self) -> bool {
        matches!(self.kind, BindingKind::Whole | BindingKind::Flag)
    }
}

/// The bindings of a template, in document order.
pub(super) fn of(fragment: &Fragment) -> Vec<Binding> {
    let mut bindings = Vec::new();
    for index in 0..fragment.nodes.len() {
        let Some(element) = fragment.element(index) else {
            continue;
        };
        bindings.extend(attributes(index, element));
        if names::has_escapable_text(&element.name)
            && let Some(text) = fragment.children(index).next()
            && let Data::Text(text) = &fragment.nodes[text].data
            && text.contains(is_slot)
        {
            bindings.push(Binding {
                node: index,
                name: "".into(),
                kind: BindingKind::Content,
                parts: parts(text),
                url: UrlRule::None,
            });
        }
    }
    bindings
}

fn attributes(node: usize, element: &Element) -> impl Iterator<Item = Binding> {
    element.attributes.iter().filter_map(move |attribute| {
        if !attribute.value.contains(is_slot) {
            return None;
        }
        let mut name = String::new();
        push_name(&attribute.name, &mut name);
        let flag = name.strip_prefix('?');
        let kind = match (flag, sole_slot(attribute)) {
            (Some(_), _) => BindingKind::Flag,
            // A key is always there.
            (None, Some(_)) if name != "ts-key" => BindingKind::Whole,
            (None, _) => BindingKind::Mixed,
        };
        Some(Binding {
            node,
            name: flag.unwrap_or(&name).into(),
            kind,
            parts: parts(&attribute.value),
            url: url_rule(element, &attribute.name),
        })
    })
}

fn parts(text: &str) -> Box<[Part]> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, c) in text.char_indices().filter(|&(_, c)| is_slot(c)) {
        if from < at {
            parts.push(Part::Fixed(text[from..at].into()));
        }
        parts.push(Part::Slot(slot_index(c)));
        from = at + c.len_utf8();
    }
    if from < text.len() {
        parts.push(Part::Fixed(text[from..].into()));
    }
    parts.into()
}

/// The key of the first element that is a root.
pub(super) fn key(fragment: &Fragment, bindings: &[Binding]) -> Option<Key> {
    let root = fragment
        .roots()
        .find(|&root| fragment.element(root).is_some())?;
    let element = fragment.element(root)?;
    ["ts-key", "key", "id"].into_iter().find_map(|name| {
        let bound = bindings.iter().position(|binding| {
            binding.node == root && &*binding.name == name && binding.kind != BindingKind::Flag
        });
        bound.map(Key::Binding).or_else(|| {
            let value = element.attribute(name)?;
            (!value.is_empty()).then(|| Key::Fixed(value.into()))
        })
    })
}
