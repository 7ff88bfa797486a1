//! The tree that html5ever builds, as it builds it.

use std::{borrow::Cow, cell::RefCell};

use html5ever::{
    Attribute as Parsed, ExpandedName, QualName,
    interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink},
    tendril::StrTendril,
};

use crate::fragment::{Attribute, Builder, Element, Fragment};

/// A node, and its name if it is an element.
#[derive(Clone)]
pub(crate) struct Handle {
    id: usize,
    /// Of the document and of what is no element: the name of the element that stands for it.
    name: QualName,
    /// An `<annotation-xml>` that contains HTML.
    contains_html: bool,
}

enum Kind {
    Document,
    Element(Element),
    Text(String),
    Comment(String),
}

struct Node {
    kind: Kind,
    parent: Option<usize>,
    children: Vec<usize>,
}

/// Why a tree is not nested as its source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moved {
    /// Content of a table that may not stand there was moved before the table.
    OutOfTable,
    /// An element was closed and opened again around others, as in `<b><p></b></p>`.
    Reopened,
}

/// Collects what the parser builds. Everything is behind a `RefCell` since the parser has shared references.
pub(crate) struct Sink {
    nodes: RefCell<Vec<Node>>,
    document: QualName,
    moved: RefCell<Option<Moved>>,
}

impl Sink {
    pub(super) fn new() -> Self {
        let document = Node {
            kind: Kind::Document,
            parent: None,
            children: Vec::new(),
        };
        Self {
            nodes: RefCell::new(vec![document]),
            document: QualName::new(None, html5ever::ns!(), html5ever::local_name!("")),
            moved: RefCell::new(None),
        }
    }

    fn add(&self, kind: Kind, name: QualName) -> Handle {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(Node {
            kind,
            parent: None,
            children: Vec::new(),
        });
        Handle {
            id: nodes.len() - 1,
            name,
            contains_html: false,
        }
    }

    fn detach(&self, child: usize) {
        let mut nodes = self.nodes.borrow_mut();
        if let Some(parent) = nodes[child].parent.take() {
            nodes[parent].children.retain(|&other| other != child);
        }
    }

    /// Puts `child` into `parent` at `at`, where text joins the text before it.
    fn insert(&self, parent: usize, at: usize, child: NodeOrText<Handle>) {
        match child {
            NodeOrText::AppendNode(node) => {
                let mut nodes = self.nodes.borrow_mut();
                nodes[node.id].parent = Some(parent);
                nodes[parent].children.insert(at, node.id);
            }
            NodeOrText::AppendText(text) => {
                let mut nodes = self.nodes.borrow_mut();
                let before = at.checked_sub(1).map(|index| nodes[parent].children[index]);
                if let Some(before) = before
                    && let Kind::Text(existing) = &mut nodes[before].kind
                {
                    existing.push_str(&text);
                    return;
                }
                let id = nodes.len();
                nodes.push(Node {
                    kind: Kind::Text(text.to_string()),
                    parent: Some(parent),
                    children: Vec::new(),
                });
                nodes[parent].children.insert(at, id);
            }
        }
    }

    fn note(&self, moved: Moved) {
        self.moved.borrow_mut().get_or_insert(moved);
    }

    /// What lies below the root of the fragment, in document order.
    pub(super) fn into_parsed(self) -> (Fragment, Option<Moved>) {
        let mut nodes = self.nodes.into_inner();
        // The document has one child, the root element, whose children are the fragment.
        let root = nodes[0].children.first().copied().unwrap_or_default();
        let roots = std::mem::take(&mut nodes[root].children);
        let mut builder = Builder::with_capacity(nodes.len());
        let mut stack = vec![roots.into_iter()];
        while let Some(siblings) = stack.last_mut() {
            let Some(id) = siblings.next() else {
                stack.pop();
                if !stack.is_empty() {
                    builder.close();
                }
                continue;
            };
            let node = &mut nodes[id];
            match std::mem::replace(&mut node.kind, Kind::Document) {
                Kind::Document => {}
                Kind::Text(text) => builder.text(text),
                Kind::Comment(text) => builder.comment(text),
                Kind::Element(element) => {
                    builder.open(element);
                    stack.push(std::mem::take(&mut node.children).into_iter());
                }
            }
        }
        (builder.finish(), self.moved.into_inner())
    }
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = Self;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Self {
        self
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        Handle {
            id: 0,
            name: self.document.clone(),
            contains_html: false,
        }
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> ExpandedName<'a> {
        target.name.expanded()
    }

    fn create_element(&self, name: QualName, attrs: Vec<Parsed>, flags: ElementFlags) -> Handle {
        let attributes = attrs
            .into_iter()
            .map(|attribute| Attribute {
                name: attribute.name,
                value: attribute.value.to_string().into(),
            })
            .collect();
        let element = Element {
            name: name.clone(),
            attributes,
        };
        Handle {
            contains_html: flags.mathml_annotation_xml_integration_point,
            ..self.add(Kind::Element(element), name)
        }
    }

    fn is_mathml_annotation_xml_integration_point(&self, target: &Handle) -> bool {
        target.contains_html
    }

    fn create_comment(&self, text: StrTendril) -> Handle {
        self.add(Kind::Comment(text.to_string()), self.document.clone())
    }

    fn create_pi(&self, _target: StrTendril, data: StrTendril) -> Handle {
        self.create_comment(data)
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        if let NodeOrText::AppendNode(node) = &child {
            self.detach(node.id);
        }
        let at = self.nodes.borrow()[parent.id].children.len();
        self.insert(parent.id, at, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &Handle,
        previous: &Handle,
        child: NodeOrText<Handle>,
    ) {
        self.note(Moved::OutOfTable);
        if self.nodes.borrow()[element.id].parent.is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    // What a template element contains is kept as its children.
    fn get_template_contents(&self, target: &Handle) -> Handle {
        target.clone()
    }

    fn same_node(&self, one: &Handle, other: &Handle) -> bool {
        one.id == other.id
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        self.note(Moved::OutOfTable);
        if let NodeOrText::AppendNode(node) = &child {
            self.detach(node.id);
        }
        let (parent, at) = {
            let nodes = self.nodes.borrow();
            let Some(parent) = nodes[sibling.id].parent else {
                return;
            };
            let at = nodes[parent]
                .children
                .iter()
                .position(|&child| child == sibling.id);
            (parent, at.unwrap_or(nodes[parent].children.len()))
        };
        self.insert(parent, at, child);
    }

    fn add_attrs_if_missing(&self, target: &Handle, attrs: Vec<Parsed>) {
        let mut nodes = self.nodes.borrow_mut();
        let Kind::Element(element) = &mut nodes[target.id].kind else {
            return;
        };
        for attribute in attrs {
            if !element
                .attributes
                .iter()
                .any(|existing| existing.name == attribute.name)
            {
                element.attributes.push(Attribute {
                    name: attribute.name,
                    value: attribute.value.to_string().into(),
                });
            }
        }
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.detach(target.id);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        self.note(Moved::Reopened);
        let mut nodes = self.nodes.borrow_mut();
        let children = std::mem::take(&mut nodes[node.id].children);
        for &child in &children {
            nodes[child].parent = Some(new_parent.id);
        }
        nodes[new_parent.id].children.extend(children);
    }
}
