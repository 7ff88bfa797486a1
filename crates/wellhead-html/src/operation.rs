//! What changes a browser's DOM.

use std::{fmt, ops::Range};

use crate::{
    Fragment, Template, escape,
    held::{Held, Item, Placed},
    template::{BindingKind, Slot},
};

/// One change of a DOM. Operations are done one after the other.
///
/// Nodes are named by number. They get numbers in document order, the contents of `<template>` included, and not what
/// is in an element with `ts-ignore`: first all nodes of the container, beginning with itself, as 1; then, whenever
/// nodes are inserted, those.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Operation<'a> {
    /// Another text of a text or comment node; of an element, the one text that it contains.
    SetText {
        /// The node.
        node: u32,
        /// The text, which may be empty only for an element.
        text: &'a str,
    },
    /// Part of a text is another.
    SpliceText {
        /// The text node.
        node: u32,
        /// Where, in UTF-16 code units.
        at: u32,
        /// How many UTF-16 code units go.
        remove: u32,
        /// What takes their place.
        text: &'a str,
    },
    /// An attribute has this value, new or not.
    SetAttribute {
        /// The element.
        node: u32,
        /// As in HTML, so `xlink:href` may be one that has a namespace.
        name: &'a str,
        /// The value.
        value: &'a str,
    },
    /// An attribute is gone.
    RemoveAttribute {
        /// The element.
        node: u32,
        /// As in HTML.
        name: &'a str,
    },
    /// Nodes are inserted before a node.
    InsertBefore {
        /// The node.
        node: u32,
        /// What is inserted.
        markup: Markup<'a>,
    },
    /// Nodes are inserted as the last ones of an element.
    InsertEnd {
        /// The element.
        parent: u32,
        /// What is inserted.
        markup: Markup<'a>,
    },
    /// Nodes are removed.
    Remove {
        /// The first of them.
        node: u32,
        /// How many, side by side.
        count: u32,
    },
    /// Nodes are moved before a node.
    MoveBefore {
        /// The first of them.
        node: u32,
        /// How many, side by side.
        count: u32,
        /// What they come before.
        before: u32,
    },
    /// Nodes are moved to be the last ones of an element.
    MoveEnd {
        /// The first of them.
        node: u32,
        /// How many, side by side.
        count: u32,
        /// The element.
        parent: u32,
    },
    /// Nodes are replaced by others.
    Replace {
        /// The first of them.
        node: u32,
        /// How many, side by side.
        count: u32,
        /// What takes their place.
        markup: Markup<'a>,
    },
    /// Nodes are the roots of a component within another, whose events are its own.
    Mark {
        /// The first of them.
        node: u32,
        /// How many, side by side.
        count: u32,
        /// The component.
        component: u32,
    },
    /// Nodes, and all that is in them, get new numbers as if they were inserted now; none is the root of a component.
    Renumber {
        /// The first of them.
        node: u32,
        /// How many, side by side.
        count: u32,
    },
}

/// Nodes as HTML.
#[derive(Debug, Clone, Copy)]
pub struct Markup<'a>(pub(crate) Source<'a>);

#[derive(Debug, Clone, Copy)]
pub(crate) enum Source<'a> {
    Content(&'a Held),
    Items(&'a [Item]),
    Nodes(&'a Fragment, usize, usize),
    Html(&'a str),
}

/// Takes markup apart from its templates, whose fixed parts need to be sent only once.
pub trait MarkupSink {
    /// HTML that stands for itself.
    fn literal(&mut self, html: &str);
    /// An instance of a template: as many pieces follow as the template has slots, between its fixed parts.
    fn instance(&mut self, template: &Template);
    /// The next fixed part of the template.
    fn fixed(&mut self, html: &str);
    /// So many pieces follow.
    fn list(&mut self, pieces: usize);
}

impl<'a> Markup<'a> {
    /// Markup that came as HTML, as a browser gets it.
    pub fn from_html(html: &'a str) -> Self {
        Self(Source::Html(html))
    }

    /// Gives the markup to a sink: one piece, which may consist of others.
    pub fn write(&self, sink: &mut impl MarkupSink) {
        let mut scratch = String::new();
        match self.0 {
            Source::Content(held) => held.write(sink, &mut scratch),
            Source::Items(items) => write_items(items, sink, &mut scratch),
            Source::Nodes(fragment, start, end) => {
                write_nodes(fragment, start..end, sink, &mut scratch);
            }
            Source::Html(html) => sink.literal(html),
        }
    }

    /// The markup as HTML.
    pub fn html(&self) -> String {
        let mut html = String::new();
        self.write(&mut html);
        html
    }
}

impl Held {
    pub(crate) fn write(&self, sink: &mut impl MarkupSink, scratch: &mut String) {
        match self {
            Self::Nothing | Self::Present => sink.literal(""),
            Self::Text { text, .. } => {
                scratch.clear();
                escape::text(text, scratch);
                sink.literal(scratch);
            }
            Self::Instance(placed) => placed.write(sink, scratch),
            Self::List(items) => write_items(items, sink, scratch),
            Self::Html(markup) => {
                write_nodes(&markup.fragment, 0..markup.fragment.len(), sink, scratch);
            }
            Self::Component(component) => component.content.write(sink, scratch),
            Self::Stream(stream) => {
                sink.list(stream.kept().count());
                stream.kept().for_each(|item| item.write(sink, scratch));
            }
        }
    }
}

impl Placed {
    fn write(&self, sink: &mut impl MarkupSink, scratch: &mut String) {
        sink.instance(&self.template);
        let mut statics = self.template.statics();
        sink.fixed(statics.next().unwrap_or_default());
        for (slot, (kind, fixed)) in self.template.slots.iter().zip(statics).enumerate() {
            self.write_slot(slot, *kind, sink, scratch);
            sink.fixed(fixed);
        }
    }

    fn write_slot(
        &self,
        slot: usize,
        kind: Slot,
        sink: &mut impl MarkupSink,
        scratch: &mut String,
    ) {
        let binding = match kind {
            Slot::Child(_) => return self.slots[slot].write(sink, scratch),
            Slot::Part(binding) => &self.template.bindings[binding],
        };
        scratch.clear();
        match binding.kind {
            BindingKind::Whole | BindingKind::Flag => {
                if let Some(value) = self.joined(binding) {
                    scratch.push(' ');
                    scratch.push_str(&binding.name);
                    scratch.push_str("=\"");
                    escape::attribute(&value, scratch);
                    scratch.push('"');
                }
            }
            BindingKind::Mixed => escape::attribute(self.part_text(binding, slot), scratch),
            BindingKind::Content => escape::text(self.part_text(binding, slot), scratch),
        }
        sink.literal(scratch);
    }
}

fn write_items(items: &[Item], sink: &mut impl MarkupSink, scratch: &mut String) {
    sink.list(items.len());
    items.iter().for_each(|item| item.write(sink, scratch));
}

impl Item {
    fn write(&self, sink: &mut impl MarkupSink, scratch: &mut String) {
        if self.marker.is_some() {
            sink.list(2);
            sink.literal("<!---->");
        }
        self.content.write(sink, scratch);
    }
}

fn write_nodes(
    fragment: &Fragment,
    range: Range<usize>,
    sink: &mut impl MarkupSink,
    scratch: &mut String,
) {
    scratch.clear();
    fragment.write(range, scratch);
    sink.literal(scratch);
}

/// One HTML text.
impl MarkupSink for String {
    fn literal(&mut self, html: &str) {
        self.push_str(html);
    }

    fn instance(&mut self, _template: &Template) {}

    fn fixed(&mut self, html: &str) {
        self.push_str(html);
    }

    fn list(&mut self, _pieces: usize) {}
}

/// For people: `set text 3 "b"`.
impl fmt::Display for Operation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SetText { node, text } => write!(f, "set text {node} {text:?}"),
            Self::SpliceText {
                node,
                at,
                remove,
                text,
            } => write!(
                f,
                "splice text {node} at {at} remove {remove} insert {text:?}"
            ),
            Self::SetAttribute { node, name, value } => {
                write!(f, "set attribute {node} {name}={value:?}")
            }
            Self::RemoveAttribute { node, name } => write!(f, "remove attribute {node} {name}"),
            Self::InsertBefore { node, markup } => write!(f, "insert before {node} {markup}"),
            Self::InsertEnd { parent, markup } => {
                write!(f, "insert at the end of {parent} {markup}")
            }
            Self::Remove { node, count } => write!(f, "remove {node}{}", More(*count)),
            Self::MoveBefore {
                node,
                count,
                before,
            } => write!(f, "move {node}{} before {before}", More(*count)),
            Self::MoveEnd {
                node,
                count,
                parent,
            } => write!(f, "move {node}{} to the end of {parent}", More(*count)),
            Self::Replace {
                node,
                count,
                markup,
            } => write!(f, "replace {node}{} by {markup}", More(*count)),
            Self::Mark {
                node,
                count,
                component,
            } => write!(f, "mark {node}{} as component {component}", More(*count)),
            Self::Renumber { node, count } => write!(f, "renumber {node}{}", More(*count)),
        }
    }
}

/// How many siblings more than one.
struct More(u32);

impl fmt::Display for More {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 | 1 => Ok(()),
            count => write!(f, " and {} more", count - 1),
        }
    }
}

impl fmt::Display for Markup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.html())
    }
}
