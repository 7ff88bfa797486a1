//! A DOM that does what a browser does with operations: for tests without a browser.

mod node;

use std::collections::HashMap;

use crate::{
    Fragment, Operation,
    context::context_of,
    escape,
    fragment::{Attribute, Builder, Data, Element},
    operation::Markup,
    write::{push_name, split_name},
};

pub use self::node::{DomNode, DomNodeKind};

/// Why an operation cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DomError {
    /// No node has this number, or it is no longer there.
    #[error("there is no node {node}")]
    NoNode {
        /// The number.
        node: u32,
    },
    /// The node is of another kind, or not where the operation needs it.
    #[error("node {node} does not fit: {problem}")]
    Misfit {
        /// The number.
        node: u32,
        /// What was expected.
        problem: &'static str,
    },
}

type Id = usize;

#[derive(Debug, Clone)]
struct Node {
    data: Data,
    parent: Option<Id>,
    children: Vec<Id>,
    number: u32,
    /// Whose root it is, or 0.
    component: u32,
}

/// The content of a container, as a browser has it.
///
/// ```
/// use wellhead_html::{Dom, Operation};
///
/// let mut dom = Dom::parse("<p>Hello</p>");
/// dom.apply(Operation::SetText { node: 3, text: "Bye" })?;
/// assert_eq!(dom.html(), "<p>Bye</p>");
/// assert!(dom.apply(Operation::SetText { node: 9, text: "" }).is_err());
/// # Ok::<(), wellhead_html::DomError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Dom {
    nodes: Vec<Node>,
    by_number: HashMap<u32, Id>,
    next: u32,
}

const CONTAINER: Id = 0;

impl Dom {
    /// What a browser has after it parsed this in a `div`, all nodes numbered, the `div` first.
    pub fn parse(html: &str) -> Self {
        let container = Element {
            name: crate::Context::default().element(),
            attributes: Vec::new(),
        };
        let mut dom = Self {
            nodes: vec![Node {
                data: Data::Element(Box::new(container)),
                parent: None,
                children: Vec::new(),
                number: 0,
                component: 0,
            }],
            by_number: HashMap::new(),
            next: 1,
        };
        let children = dom.create(html, CONTAINER);
        dom.attach(CONTAINER, 0, children);
        dom.number(CONTAINER);
        dom
    }

    /// How many nodes there are, the container included, as far as they have numbers.
    pub fn count(&self) -> u32 {
        fn count(dom: &Dom, id: Id) -> u32 {
            match dom.element(id) {
                Some(element) if element.is_ignored() => 1,
                _ => {
                    1 + dom.nodes[id]
                        .children
                        .iter()
                        .map(|&child| count(dom, child))
                        .sum::<u32>()
                }
            }
        }
        count(self, CONTAINER)
    }

    /// Does one operation, as the browser's runtime does.
    ///
    /// # Errors
    ///
    /// [`DomError`] if the operation does not fit; the browser would ask for everything anew.
    pub fn apply(&mut self, operation: Operation<'_>) -> Result<(), DomError> {
        match operation {
            Operation::SetText { node, text } => self.set_text(node, text),
            Operation::SpliceText {
                node,
                at,
                remove,
                text,
            } => self.splice(node, at, remove, text),
            Operation::SetAttribute { node, name, value } => self.set_attribute(node, name, value),
            Operation::RemoveAttribute { node, name } => {
                let element = self.element_mut(node)?;
                element
                    .attributes
                    .retain(|attribute| !is_named(attribute, name));
                Ok(())
            }
            Operation::InsertBefore { node, markup } => {
                let (parent, at) = self.place(self.find(node)?, node)?;
                self.insert(parent, at, markup);
                Ok(())
            }
            Operation::InsertEnd { parent, markup } => {
                let id = self.find(parent)?;
                self.element_mut(parent)?;
                let at = self.nodes[id].children.len();
                self.insert(id, at, markup);
                Ok(())
            }
            Operation::Remove { node, count } => self.take(node, count).map(|_| ()),
            Operation::MoveBefore {
                node,
                count,
                before,
            } => {
                let moved = self.take(node, count)?;
                let (parent, at) = self.place(self.find(before)?, before)?;
                self.attach(parent, at, moved);
                Ok(())
            }
            Operation::MoveEnd {
                node,
                count,
                parent,
            } => {
                let moved = self.take(node, count)?;
                let id = self.find(parent)?;
                let at = self.nodes[id].children.len();
                self.attach(id, at, moved);
                Ok(())
            }
            Operation::Replace {
                node,
                count,
                markup,
            } => {
                let (parent, at) = self.place(self.find(node)?, node)?;
                self.take(node, count)?;
                self.insert(parent, at, markup);
                Ok(())
            }
            Operation::Mark {
                node,
                count,
                component,
            } => {
                let (parent, at) = self.place(self.find(node)?, node)?;
                for id in self.run(parent, at, node, count)? {
                    self.nodes[id].component = component;
                }
                Ok(())
            }
            Operation::Renumber { node, count } => {
                let (parent, at) = self.place(self.find(node)?, node)?;
                let siblings = self.run(parent, at, node, count)?;
                for sibling in siblings {
                    self.number(sibling);
                }
                Ok(())
            }
        }
    }

    /// The component that events of a node belong to: that of the nearest node around it which is the root of one; 0 for
    /// the component of the whole tree. `None` if there is no such node.
    pub fn component_of(&self, node: u32) -> Option<u32> {
        let mut id = self.find(node).ok()?;
        while self.nodes[id].component == 0
            && let Some(parent) = self.nodes[id].parent
        {
            id = parent;
        }
        Some(self.nodes[id].component)
    }

    /// The content as HTML.
    pub fn html(&self) -> String {
        self.fragment().html()
    }

    /// The content.
    pub fn fragment(&self) -> Fragment {
        let mut builder = Builder::with_capacity(self.nodes.len());
        self.build(CONTAINER, &mut builder);
        builder.finish()
    }

    fn build(&self, parent: Id, builder: &mut Builder) {
        for &child in &self.nodes[parent].children {
            match &self.nodes[child].data {
                Data::Text(text) => builder.text(text.clone()),
                Data::Comment(text) => builder.comment(text.clone()),
                Data::Element(element) => {
                    builder.open((**element).clone());
                    self.build(child, builder);
                    builder.close();
                }
            }
        }
    }

    fn find(&self, number: u32) -> Result<Id, DomError> {
        self.by_number
            .get(&number)
            .copied()
            .ok_or(DomError::NoNode { node: number })
    }

    fn element(&self, id: Id) -> Option<&Element> {
        match &self.nodes[id].data {
            Data::Element(element) => Some(element),
            _ => None,
        }
    }

    fn element_mut(&mut self, node: u32) -> Result<&mut Element, DomError> {
        let id = self.find(node)?;
        match &mut self.nodes[id].data {
            Data::Element(element) => Ok(element),
            _ => Err(DomError::Misfit {
                node,
                problem: "it is no element",
            }),
        }
    }

    /// The parent, and the index there.
    fn place(&self, id: Id, node: u32) -> Result<(Id, usize), DomError> {
        let parent = self.nodes[id].parent.ok_or(DomError::Misfit {
            node,
            problem: "it has no parent",
        })?;
        let at = self.nodes[parent]
            .children
            .iter()
            .position(|&child| child == id);
        Ok((parent, at.unwrap_or_default()))
    }

    fn run(&self, parent: Id, at: usize, node: u32, count: u32) -> Result<Vec<Id>, DomError> {
        self.nodes[parent]
            .children
            .get(at..at + count as usize)
            .map(<[Id]>::to_vec)
            .ok_or(DomError::Misfit {
                node,
                problem: "it has fewer siblings",
            })
    }

    fn set_text(&mut self, node: u32, text: &str) -> Result<(), DomError> {
        let id = self.find(node)?;
        match &mut self.nodes[id].data {
            Data::Text(old) | Data::Comment(old) => *old = text.into(),
            Data::Element(_) => {
                for child in std::mem::take(&mut self.nodes[id].children) {
                    self.forget(child);
                }
                if !text.is_empty() {
                    let child = self.add(Data::Text(text.into()));
                    self.attach(id, 0, vec![child]);
                }
            }
        }
        Ok(())
    }

    fn splice(&mut self, node: u32, at: u32, remove: u32, text: &str) -> Result<(), DomError> {
        let id = self.find(node)?;
        let misfit = |problem| DomError::Misfit { node, problem };
        let (Data::Text(old) | Data::Comment(old)) = &mut self.nodes[id].data else {
            return Err(misfit("it is no text"));
        };
        let mut units: Vec<u16> = old.encode_utf16().collect();
        let (start, end) = (at as usize, (at + remove) as usize);
        if end > units.len() {
            return Err(misfit("its text is shorter"));
        }
        units.splice(start..end, text.encode_utf16());
        *old = String::from_utf16(&units)
            .map_err(|_| misfit("the place is inside of a character"))?
            .into();
        Ok(())
    }

    fn set_attribute(&mut self, node: u32, name: &str, value: &str) -> Result<(), DomError> {
        if !escape::is_settable(name) {
            return Err(DomError::Misfit {
                node,
                problem: "scripts may not set an attribute of this name",
            });
        }
        let element = self.element_mut(node)?;
        let existing = element
            .attributes
            .iter_mut()
            .find(|attribute| is_named(attribute, name));
        match existing {
            Some(attribute) => attribute.value = value.into(),
            None => {
                let name = split_name(name, &element.name.ns);
                element.attributes.push(Attribute {
                    name,
                    value: value.into(),
                });
            }
        }
        Ok(())
    }

    fn insert(&mut self, parent: Id, at: usize, markup: Markup<'_>) {
        let nodes = self.create(&markup.html(), parent);
        self.attach(parent, at, nodes.clone());
        for node in nodes {
            self.number(node);
        }
    }

    /// Parses HTML as the content of an element.
    fn create(&mut self, html: &str, parent: Id) -> Vec<Id> {
        let Some(element) = self.element(parent) else {
            return Vec::new();
        };
        let fragment = Fragment::parse_unchecked(html, &context_of(&element.name));
        fragment
            .roots()
            .map(|root| self.copy(&fragment, root))
            .collect()
    }

    fn copy(&mut self, fragment: &Fragment, index: usize) -> Id {
        let id = self.add(fragment.nodes[index].data.clone());
        let children = fragment
            .children(index)
            .map(|child| self.copy(fragment, child))
            .collect();
        self.attach(id, 0, children);
        id
    }

    fn add(&mut self, data: Data) -> Id {
        self.nodes.push(Node {
            data,
            parent: None,
            children: Vec::new(),
            number: 0,
            component: 0,
        });
        self.nodes.len() - 1
    }

    fn attach(&mut self, parent: Id, at: usize, children: Vec<Id>) {
        for &child in &children {
            self.nodes[child].parent = Some(parent);
        }
        self.nodes[parent].children.splice(at..at, children);
    }

    /// Takes nodes out of their parent. They keep their numbers, since they may be moved.
    fn take(&mut self, node: u32, count: u32) -> Result<Vec<Id>, DomError> {
        let (parent, at) = self.place(self.find(node)?, node)?;
        let taken = self.run(parent, at, node, count)?;
        self.nodes[parent].children.drain(at..at + taken.len());
        for &id in &taken {
            self.nodes[id].parent = None;
        }
        Ok(taken)
    }

    fn forget(&mut self, id: Id) {
        self.nodes[id].parent = None;
        self.by_number.remove(&self.nodes[id].number);
    }

    fn number(&mut self, id: Id) {
        self.nodes[id].component = 0;
        let old = std::mem::replace(&mut self.nodes[id].number, self.next);
        if old != 0 {
            self.by_number.remove(&old);
        }
        self.by_number.insert(self.next, id);
        self.next += 1;
        if self.element(id).is_some_and(Element::is_ignored) {
            return;
        }
        for child in self.nodes[id].children.clone() {
            self.number(child);
        }
    }
}

fn is_named(attribute: &Attribute, name: &str) -> bool {
    let mut own = String::new();
    push_name(&attribute.name, &mut own);
    own == name
}
