//! The page at one moment: the elements of all its components, with what their fields hold, to be looked at by selectors.

mod matching;

use std::{collections::HashMap, sync::Arc};

use selectors::context::SelectorCaches;
use wellhead_html::{Dom, DomNode, DomNodeKind};

use super::{
    css,
    error::{Error, Excerpt, Near},
    fields::Field,
    state::{Root, State},
};

/// Where a node is, as long as its component is not rendered anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    /// The index of the component among those that the page itself contains.
    pub(super) root: usize,
    /// What tells the node from others of the component.
    pub(super) id: usize,
}

#[derive(Debug)]
pub(super) struct Document {
    nodes: Vec<Entry>,
    ids: HashMap<Place, usize>,
    doms: Vec<Arc<Dom>>,
}

#[derive(Debug)]
struct Entry {
    place: Option<Place>,
    parent: Option<usize>,
    children: Vec<usize>,
    /// Where it is among the children of its parent.
    position: usize,
    kind: Kind,
    component: Option<u32>,
    field: Field,
    is_focused: bool,
}

#[derive(Debug)]
enum Kind {
    Element {
        name: String,
        is_html: bool,
        attributes: Vec<(String, String)>,
    },
    Text(String),
}

/// A node of a document.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'d> {
    document: &'d Document,
    id: usize,
}

impl PartialEq for At<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Document {
    pub(super) fn of(state: &State) -> Self {
        let mut document = Self {
            nodes: Vec::new(),
            ids: HashMap::new(),
            doms: state
                .roots
                .iter()
                .map(|root| Arc::clone(&root.dom))
                .collect(),
        };
        document.nodes.push(Entry {
            place: None,
            parent: None,
            children: Vec::new(),
            position: 0,
            kind: Kind::Element {
                name: "body".into(),
                is_html: true,
                attributes: Vec::new(),
            },
            component: None,
            field: Field::default(),
            is_focused: false,
        });
        for (index, root) in state.roots.iter().enumerate() {
            document.take(state, index, root, root.dom.container(), 0);
        }
        document
    }

    fn take(&mut self, state: &State, index: usize, root: &Root, node: DomNode<'_>, parent: usize) {
        let is_root = node.parent().is_none();
        let is_gone = is_root && root.is_gone;
        let kind = match node.kind() {
            DomNodeKind::Element { name, is_html } => Kind::Element {
                name: name.to_owned(),
                is_html,
                attributes: node
                    .attributes()
                    .map(|(name, value)| (name.into_owned(), value.to_owned()))
                    .chain(is_gone.then(|| ("data-live".to_owned(), "gone".to_owned())))
                    .collect(),
            },
            DomNodeKind::Text(text) => Kind::Text(text.to_owned()),
            _ => return,
        };
        let id = self.nodes.len();
        let place = Place {
            root: index,
            id: node.id(),
        };
        let is_template = matches!(&kind, Kind::Element { name, .. } if name == "template");
        self.nodes.push(Entry {
            place: Some(place),
            parent: Some(parent),
            children: Vec::new(),
            position: self.nodes[parent].children.len(),
            kind,
            component: if is_root {
                Some(root.number)
            } else {
                node.component()
            },
            field: state.fields.get(&place).cloned().unwrap_or_default(),
            is_focused: state.focused == Some(place),
        });
        self.nodes[parent].children.push(id);
        self.ids.insert(place, id);
        // What is in a template is no part of the page.
        if !is_template {
            for child in node.children() {
                self.take(state, index, root, child, id);
            }
        }
    }

    pub(super) fn at(&self, place: Place) -> Option<At<'_>> {
        let id = *self.ids.get(&place)?;
        Some(At { document: self, id })
    }

    pub(super) fn body(&self) -> At<'_> {
        At {
            document: self,
            id: 0,
        }
    }

    pub(super) fn html(&self) -> String {
        self.doms.iter().map(|dom| dom.html()).collect()
    }

    pub(super) fn excerpt(&self) -> Excerpt {
        Excerpt(self.html())
    }

    /// All elements that fit, in document order. The body and the containers of components are no part of what a component shows.
    pub(super) fn all(&self, selector: &str) -> Result<Vec<At<'_>>, Error> {
        let list = css::parse(selector)?;
        let mut caches = SelectorCaches::default();
        Ok(self.select(|at| matching::fits(at, &list, &mut caches)))
    }

    pub(super) fn select(&self, mut wanted: impl FnMut(At<'_>) -> bool) -> Vec<At<'_>> {
        let all = (0..self.nodes.len()).map(|id| At { document: self, id });
        all.filter(|at| at.is_element() && at.is_shown_by_a_component() && wanted(*at))
            .collect()
    }

    /// The one element that fits.
    pub(super) fn one(&self, selector: &str) -> Result<At<'_>, Error> {
        let found = self.all(selector)?;
        match found[..] {
            [one] => Ok(one),
            [] => Err(Error::Missing {
                selector: selector.to_owned(),
                near: self.near(selector),
                page: self.excerpt(),
            }),
            _ => Err(Error::Several {
                selector: selector.to_owned(),
                found: tags(&found),
            }),
        }
    }

    /// Elements that may have been meant: what the last part of the selector, without its parts, fits.
    fn near(&self, selector: &str) -> Near {
        let last = selector
            .rsplit([' ', '>', '+', '~'])
            .find(|part| !part.is_empty());
        let name: String = last
            .unwrap_or_default()
            .chars()
            .take_while(|character| character.is_ascii_alphanumeric() || *character == '-')
            .collect();
        let same = self.select(|at| !name.is_empty() && at.name() == name);
        if !same.is_empty() {
            return tags(&same);
        }
        tags(&self.select(|at| {
            at.attributes()
                .any(|(name, _)| matches!(name, "id" | "name") || super::bindings::is_one(name))
        }))
    }
}

/// Elements as errors name them.
pub(super) fn tags(elements: &[At<'_>]) -> Near {
    Near(elements.iter().map(|element| element.tag()).collect())
}

impl<'d> At<'d> {
    fn entry(self) -> &'d Entry {
        &self.document.nodes[self.id]
    }

    fn with(self, id: usize) -> Self {
        Self { id, ..self }
    }

    pub(super) fn place(self) -> Option<Place> {
        self.entry().place
    }

    pub(super) fn document(self) -> &'d Document {
        self.document
    }

    pub(super) fn field(self) -> &'d Field {
        &self.entry().field
    }

    pub(super) fn is_focused(self) -> bool {
        self.entry().is_focused
    }

    pub(super) fn is_element(self) -> bool {
        matches!(self.entry().kind, Kind::Element { .. })
    }

    fn is_shown_by_a_component(self) -> bool {
        self.entry()
            .parent
            .is_some_and(|parent| self.document.nodes[parent].place.is_some())
    }

    /// Its name; of a text, none.
    pub(super) fn name(self) -> &'d str {
        match &self.entry().kind {
            Kind::Element { name, .. } => name,
            Kind::Text(_) => "",
        }
    }

    pub(super) fn is(self, names: &[&str]) -> bool {
        names.contains(&self.name())
    }

    pub(super) fn attributes(self) -> impl Iterator<Item = (&'d str, &'d str)> {
        let attributes = match &self.entry().kind {
            Kind::Element { attributes, .. } => &attributes[..],
            Kind::Text(_) => &[],
        };
        attributes.iter().map(|(name, value)| (&**name, &**value))
    }

    pub(super) fn attribute(self, name: &str) -> Option<&'d str> {
        let mut all = self.attributes();
        all.find(|(other, _)| *other == name)
            .map(|(_, value)| value)
    }

    pub(super) fn has(self, attribute: &str) -> bool {
        self.attribute(attribute).is_some()
    }

    pub(super) fn parent(self) -> Option<Self> {
        self.entry().parent.map(|id| self.with(id))
    }

    /// The elements that it is in, itself included, the innermost first.
    pub(super) fn path(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |at| at.parent())
    }

    pub(super) fn closest(self, wanted: impl FnMut(&Self) -> bool) -> Option<Self> {
        self.path().find(wanted)
    }

    pub(super) fn children(self) -> impl DoubleEndedIterator<Item = Self> {
        let children = self.entry().children.iter();
        children.map(move |&id| self.with(id))
    }

    pub(super) fn contains(self, other: Self) -> bool {
        other.path().any(|around| around == self)
    }

    /// The elements in it, in document order.
    pub(super) fn inner(self) -> Vec<Self> {
        let mut found = Vec::new();
        let mut open: Vec<Self> = self.children().rev().collect();
        while let Some(at) = open.pop() {
            if at.is_element() {
                found.push(at);
                open.extend(at.children().rev());
            }
        }
        found
    }

    /// What is written in it, as it is in the DOM.
    pub(super) fn content(self) -> String {
        fn collect(at: At<'_>, out: &mut String) {
            match &at.entry().kind {
                Kind::Text(text) => out.push_str(text),
                Kind::Element { .. } => at.children().for_each(|child| collect(child, out)),
            }
        }
        let mut text = String::new();
        collect(self, &mut text);
        text
    }

    /// What a reader sees of it: white space is one space, and none at the ends.
    pub(super) fn text(self) -> String {
        let content = self.content();
        content.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The component whose events those of the element are: the innermost that shows it.
    pub(super) fn component(self) -> Option<u32> {
        self.path().find_map(|at| at.entry().component)
    }

    /// Whether it is on the screen, as far as attributes and client commands tell.
    pub(super) fn is_visible(self) -> bool {
        !self.path().any(|at| {
            let style = at.attribute("style").unwrap_or_default();
            at.has("hidden") || style.replace(' ', "").contains("display:none")
        })
    }

    /// Its start tag, and the beginning of its text.
    pub(super) fn tag(self) -> String {
        let mut tag = format!("<{}", self.name());
        for (name, value) in self.attributes() {
            tag.push(' ');
            tag.push_str(name);
            if !value.is_empty() {
                tag.push_str(&format!("={value:?}"));
            }
        }
        tag.push('>');
        let text = self.text();
        let shown: String = text.chars().take(40).collect();
        tag.push_str(&shown);
        if shown.len() < text.len() {
            tag.push('…');
        }
        tag
    }

    /// An error that says what is wrong with it.
    pub(super) fn unfit(self, selector: &str, problem: impl Into<String>) -> Error {
        Error::Unfit {
            selector: selector.to_owned(),
            element: self.tag(),
            problem: problem.into(),
            page: self.document.excerpt(),
        }
    }
}
