//! A parsed piece of HTML: nodes in document order, as they would be in a browser's DOM.

use std::hash::Hasher;

use html5ever::QualName;
use rustc_hash::FxHasher;

use crate::Context;

/// An attribute of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) name: QualName,
    pub(crate) value: Box<str>,
}

/// An element without its children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: QualName,
    /// In the order of the source.
    pub(crate) attributes: Vec<Attribute>,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| &*attribute.name.local == name)
            .map(|attribute| &*attribute.value)
    }

    /// Whether what is inside belongs to a script in the browser (`ts-ignore`): it is written once, has no
    /// numbers and is never looked at again.
    pub(crate) fn is_ignored(&self) -> bool {
        self.attribute("ts-ignore").is_some()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Data {
    Element(Box<Element>),
    Text(Box<str>),
    Comment(Box<str>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) data: Data,
    /// The index after the last node inside this one.
    pub(crate) end: u32,
    /// Of this node and everything in it: different hashes mean different content.
    pub(crate) hash: u64,
}

/// A parsed piece of HTML.
///
/// It equals what a browser has in its DOM after it parsed the same text in the same place. Equal fragments consist of
/// the same nodes with the same attributes in the same order.
#[derive(Debug, Clone, Default)]
pub struct Fragment {
    pub(crate) nodes: Vec<Node>,
    context: Context,
}

impl PartialEq for Fragment {
    fn eq(&self, other: &Self) -> bool {
        self.nodes == other.nodes
    }
}

impl Eq for Fragment {}

impl Fragment {
    /// How many nodes there are: elements, texts and comments.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Where it may stand.
    pub fn context(&self) -> &Context {
        &self.context
    }

    pub(crate) fn with_context(mut self, context: &Context) -> Self {
        self.context = context.clone();
        self
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The same nodes without directives: HTML of somebody else must not call handlers. `ts-key` and `ts-ignore` stay.
    #[must_use]
    pub fn without_directives(mut self) -> Self {
        let is_directive = |name: &str| {
            name.starts_with('@')
                || (name.starts_with("ts-") && !matches!(name, "ts-key" | "ts-ignore"))
        };
        let any = self.nodes.iter().any(|node| match &node.data {
            Data::Element(element) => element
                .attributes
                .iter()
                .any(|attribute| is_directive(&attribute.name.local)),
            _ => false,
        });
        if any {
            for node in &mut self.nodes {
                if let Data::Element(element) = &mut node.data {
                    element
                        .attributes
                        .retain(|attribute| !is_directive(&attribute.name.local));
                }
            }
            let mut builder = Builder::with_capacity(self.nodes.len());
            builder.rebuild(&self);
            self.nodes = builder.finish().nodes;
        }
        self
    }

    /// The same nodes without what does not matter to a comparison: the order of attributes, which is free in a DOM, and
    /// what is inside of elements with `ts-ignore`.
    #[must_use]
    pub fn comparable(&self) -> Self {
        let mut builder = Builder::with_capacity(self.len());
        let mut open: Vec<usize> = Vec::new();
        let mut index = 0;
        loop {
            while open.last().is_some_and(|&end| end == index) {
                open.pop();
                builder.close();
            }
            let Some(node) = self.nodes.get(index) else {
                return builder.finish();
            };
            index += 1;
            match &node.data {
                Data::Text(text) => builder.text(text.clone()),
                Data::Comment(text) => builder.comment(text.clone()),
                Data::Element(element) => {
                    let mut element = (**element).clone();
                    element.attributes.sort_by(|a, b| {
                        (&a.name.ns, &a.name.local).cmp(&(&b.name.ns, &b.name.local))
                    });
                    if element.is_ignored() {
                        index = node.end as usize;
                    }
                    builder.open(element);
                    open.push(node.end as usize);
                }
            }
        }
    }

    pub(crate) fn siblings(&self, range: std::ops::Range<usize>) -> Siblings<'_> {
        Siblings {
            fragment: self,
            next: range.start,
            end: range.end,
        }
    }

    /// The nodes that no other node of the fragment contains.
    pub(crate) fn roots(&self) -> Siblings<'_> {
        self.siblings(0..self.nodes.len())
    }

    pub(crate) fn children(&self, index: usize) -> Siblings<'_> {
        self.siblings(index + 1..self.nodes[index].end as usize)
    }

    pub(crate) fn end(&self, index: usize) -> usize {
        self.nodes[index].end as usize
    }

    pub(crate) fn element(&self, index: usize) -> Option<&Element> {
        match &self.nodes[index].data {
            Data::Element(element) => Some(element),
            _ => None,
        }
    }
}

/// Indices of nodes with the same parent.
#[derive(Clone)]
pub(crate) struct Siblings<'f> {
    fragment: &'f Fragment,
    next: usize,
    end: usize,
}

impl Iterator for Siblings<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let index = self.next;
        (index < self.end).then(|| {
            self.next = self.fragment.end(index);
            index
        })
    }
}

/// Makes a fragment from what begins and ends, in document order.
pub(crate) struct Builder {
    nodes: Vec<Node>,
    open: Vec<usize>,
}

impl Builder {
    pub(crate) fn with_capacity(nodes: usize) -> Self {
        Self {
            nodes: Vec::with_capacity(nodes),
            open: Vec::new(),
        }
    }

    pub(crate) fn text(&mut self, text: impl Into<Box<str>>) {
        self.leaf(Data::Text(text.into()));
    }

    pub(crate) fn comment(&mut self, text: impl Into<Box<str>>) {
        self.leaf(Data::Comment(text.into()));
    }

    pub(crate) fn open(&mut self, element: Element) {
        self.open.push(self.nodes.len());
        self.leaf(Data::Element(Box::new(element)));
    }

    /// Closes the element that was opened last.
    pub(crate) fn close(&mut self) {
        let Some(index) = self.open.pop() else {
            return;
        };
        let end = self.nodes.len();
        let mut hasher = hasher(&self.nodes[index].data);
        let mut child = index + 1;
        while child < end {
            hasher.write_u64(self.nodes[child].hash);
            child = self.nodes[child].end as usize;
        }
        self.nodes[index].hash = hasher.finish();
        self.nodes[index].end = position(end);
    }

    /// Everything that another fragment consists of, with hashes of its own.
    fn rebuild(&mut self, other: &Fragment) {
        let mut ends: Vec<usize> = Vec::new();
        for (index, node) in other.nodes.iter().enumerate() {
            while ends.last().is_some_and(|&end| end == index) {
                ends.pop();
                self.close();
            }
            match &node.data {
                Data::Element(element) => {
                    self.open((**element).clone());
                    ends.push(node.end as usize);
                }
                data => self.leaf(data.clone()),
            }
        }
    }

    /// Everything that another fragment consists of.
    pub(crate) fn copy(&mut self, other: &Fragment) {
        let offset = position(self.nodes.len());
        self.nodes.extend(other.nodes.iter().map(|node| Node {
            data: node.data.clone(),
            end: node.end + offset,
            hash: node.hash,
        }));
    }

    fn leaf(&mut self, data: Data) {
        let hash = match data {
            Data::Element(_) => 0,
            _ => hasher(&data).finish(),
        };
        let end = position(self.nodes.len() + 1);
        self.nodes.push(Node { data, end, hash });
    }

    pub(crate) fn finish(mut self) -> Fragment {
        while !self.open.is_empty() {
            self.close();
        }
        Fragment {
            nodes: self.nodes,
            context: Context::default(),
        }
    }
}

fn position(index: usize) -> u32 {
    u32::try_from(index).expect("a fragment has fewer than 2³² nodes")
}

fn hasher(data: &Data) -> FxHasher {
    let mut hasher = FxHasher::default();
    let mut write = |tag: u8, text: &str| {
        hasher.write_u8(tag);
        hasher.write_usize(text.len());
        hasher.write(text.as_bytes());
    };
    match data {
        Data::Text(text) => write(1, text),
        Data::Comment(text) => write(2, text),
        Data::Element(element) => {
            write(3, &element.name.ns);
            write(4, &element.name.local);
            for attribute in &element.attributes {
                write(5, &attribute.name.local);
                write(6, &attribute.value);
            }
        }
    }
    hasher
}
