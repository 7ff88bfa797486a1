//! Reading a [`Dom`]: its nodes one by one, for who looks for some by what they are.

use std::borrow::Cow;

use html5ever::ns;

use super::{CONTAINER, Dom, Id};
use crate::{fragment::Data, write::push_name};

/// A node of a [`Dom`], the container included.
#[derive(Debug, Clone, Copy)]
pub struct DomNode<'d> {
    dom: &'d Dom,
    id: Id,
}

/// What a node of a [`Dom`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DomNodeKind<'d> {
    /// An element.
    Element {
        /// Its name without a namespace's prefix, as HTML's parser writes it.
        name: &'d str,
        /// Whether it is one of HTML, and not of SVG or MathML.
        is_html: bool,
    },
    /// A text.
    Text(&'d str),
    /// A comment.
    Comment(&'d str),
}

impl Dom {
    /// The element that all is in.
    ///
    /// ```
    /// use wellhead_html::{Dom, DomNodeKind};
    ///
    /// let dom = Dom::parse("<p>Hello</p>");
    /// let paragraph = dom.container().children().next().expect("it has a child");
    /// assert_eq!(paragraph.kind(), DomNodeKind::Element { name: "p", is_html: true });
    /// assert_eq!(paragraph.number(), Some(2));
    /// ```
    pub fn container(&self) -> DomNode<'_> {
        DomNode {
            dom: self,
            id: CONTAINER,
        }
    }

    /// The node that has this number now.
    pub fn numbered(&self, number: u32) -> Option<DomNode<'_>> {
        let id = self.find(number).ok()?;
        Some(DomNode { dom: self, id })
    }
}

impl<'d> DomNode<'d> {
    /// What tells it from all other nodes that this `Dom` has or has had, whatever happens to its number.
    pub fn id(self) -> usize {
        self.id
    }

    /// Its number; none has what is in an element with `ts-ignore`.
    pub fn number(self) -> Option<u32> {
        let number = self.dom.nodes[self.id].number;
        (number != 0).then_some(number)
    }

    /// The component that it is a root of, if it is the root of one.
    pub fn component(self) -> Option<u32> {
        let component = self.dom.nodes[self.id].component;
        (component != 0).then_some(component)
    }

    /// What it is.
    pub fn kind(self) -> DomNodeKind<'d> {
        match &self.dom.nodes[self.id].data {
            Data::Element(element) => DomNodeKind::Element {
                name: &element.name.local,
                is_html: element.name.ns == ns!(html),
            },
            Data::Text(text) => DomNodeKind::Text(text),
            Data::Comment(text) => DomNodeKind::Comment(text),
        }
    }

    /// The attributes of an element, named as in HTML.
    pub fn attributes(self) -> impl Iterator<Item = (Cow<'d, str>, &'d str)> {
        let element = self.dom.element(self.id);
        element.into_iter().flat_map(|element| {
            element.attributes.iter().map(|attribute| {
                let name = if attribute.name.ns.is_empty() {
                    Cow::Borrowed(&*attribute.name.local)
                } else {
                    let mut name = String::new();
                    push_name(&attribute.name, &mut name);
                    Cow::Owned(name)
                };
                (name, &*attribute.value)
            })
        })
    }

    /// The node that it is in.
    pub fn parent(self) -> Option<Self> {
        let id = self.dom.nodes[self.id].parent?;
        Some(Self { id, ..self })
    }

    /// What is in it, that of a `<template>` included.
    pub fn children(self) -> impl Iterator<Item = Self> {
        let children = self.dom.nodes[self.id].children.iter();
        children.map(move |&id| Self { id, ..self })
    }
}
