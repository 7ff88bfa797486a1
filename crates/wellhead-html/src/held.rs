//! What a browser shows: values that were rendered, with the numbers of their nodes.

mod digest;
mod stream;

use std::{borrow::Cow, sync::Arc};

use crate::{
    Context, Fragment,
    template::{Binding, BindingKind, Gap, Part, Root, Slot, Template},
    url::{REFUSED, UrlRule},
    value::{self, Instance, Value},
};

pub(crate) use self::stream::{Entry, Outcome, Stream};

/// What is in a slot. A number of 0 is none yet.
#[derive(Debug, Clone)]
pub(crate) enum Held {
    Nothing,
    /// An attribute that is there and empty.
    Present,
    /// Part of an attribute, or a text node, which is never empty.
    Text {
        number: u32,
        text: Box<str>,
    },
    Instance(Box<Placed>),
    List(Vec<Item>),
    Html(Box<Markup>),
    Component(Box<Component>),
    Stream(Box<Stream>),
}

/// A component within another.
#[derive(Debug, Clone)]
pub(crate) struct Component {
    pub(crate) id: u32,
    /// Where it stands.
    pub(crate) context: Context,
    pub(crate) content: Held,
}

/// An instance of a template.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub(crate) template: Arc<Template>,
    /// The number of the first node of each segment.
    starts: Box<[u32]>,
    pub(crate) slots: Box<[Held]>,
}

/// An item of a list.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// The number of the comment before it, which keeps its text apart from that of the item before.
    pub(crate) marker: Option<u32>,
    pub(crate) content: Held,
}

/// HTML as it is, with a number for each node; 0 for what is ignored.
#[derive(Debug, Clone)]
pub(crate) struct Markup {
    pub(crate) fragment: Arc<Fragment>,
    pub(crate) numbers: Vec<u32>,
}

/// Gives nodes their numbers, in document order. The browser counts the same.
#[derive(Debug, Clone)]
pub struct Numbers {
    next: u32,
}

impl Default for Numbers {
    fn default() -> Self {
        Self { next: 1 }
    }
}

impl Numbers {
    pub(crate) fn take(&mut self) -> u32 {
        self.take_several(1)
    }

    fn take_several(&mut self, count: u32) -> u32 {
        let first = self.next;
        self.next = self.next.saturating_add(count);
        first
    }

    /// How many numbers were given.
    pub fn given(&self) -> u32 {
        self.next - 1
    }
}

impl Held {
    /// A value among nodes.
    pub(crate) fn content(value: Value<'_>) -> Self {
        match value {
            Value::Nothing | Value::Flag(_) => Self::Nothing,
            Value::Text(text) if text.is_empty() => Self::Nothing,
            Value::Text(text) => Self::text(text),
            Value::Instance(instance) => Self::Instance(Box::new(Placed::new(instance))),
            Value::List(items) => Self::List(items.into_iter().map(Item::new).collect()),
            Value::Html(fragment) => Self::Html(Box::new(Markup {
                numbers: vec![0; fragment.len()],
                fragment,
            })),
            Value::Component(component) => Self::Component(Box::new(Component {
                id: component.id,
                context: component.context,
                content: Self::content(*component.content),
            })),
            Value::Stream(stream) => Self::Stream(Box::new(Stream::new(stream))),
        }
    }

    /// A value in an attribute. Nodes have no meaning there.
    pub(crate) fn part(value: Value<'_>) -> Self {
        match value {
            Value::Text(text) => Self::text(text),
            Value::Flag(true) => Self::Present,
            _ => Self::Nothing,
        }
    }

    fn text(text: Cow<'_, str>) -> Self {
        Self::Text {
            number: 0,
            text: text.into(),
        }
    }

    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Gives all nodes new numbers.
    pub(crate) fn number(&mut self, numbers: &mut Numbers) {
        match self {
            Self::Nothing | Self::Present => {}
            Self::Text { number, .. } => *number = numbers.take(),
            Self::Instance(placed) => placed.number(numbers),
            Self::List(items) => items.iter_mut().for_each(|item| item.number(numbers)),
            Self::Html(markup) => markup.number(numbers),
            Self::Component(component) => component.content.number(numbers),
            Self::Stream(stream) => stream.number(numbers),
        }
    }

    /// The number of the first node.
    pub(crate) fn first(&self) -> Option<u32> {
        match self {
            Self::Nothing | Self::Present => None,
            Self::Text { number, .. } => Some(*number),
            Self::Instance(placed) => placed.first(),
            Self::List(items) => items.first().and_then(Item::first),
            Self::Html(markup) => markup.numbers.first().copied(),
            Self::Component(component) => component.content.first(),
            Self::Stream(stream) => stream.first(),
        }
    }

    /// How many nodes there are side by side.
    pub(crate) fn count(&self) -> u32 {
        match self {
            Self::Nothing | Self::Present => 0,
            Self::Text { .. } => 1,
            Self::Instance(placed) => placed
                .template
                .roots
                .iter()
                .map(|root| match root {
                    Root::Node(_) => 1,
                    Root::Child(child) => placed.child(*child).count(),
                })
                .sum(),
            Self::List(items) => items.iter().map(Item::count).sum(),
            Self::Html(markup) => {
                u32::try_from(markup.fragment.roots().count()).expect("a fragment's length fits")
            }
            Self::Component(component) => component.content.count(),
            Self::Stream(stream) => stream.count(),
        }
    }

    /// Whether a value would be held like this, but for numbers.
    pub(crate) fn is(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Nothing, Value::Nothing | Value::Flag(_)) => true,
            (Self::Nothing, Value::Text(text)) => text.is_empty(),
            (Self::Text { text, .. }, Value::Text(next)) => **text == **next,
            (Self::Instance(placed), Value::Instance(next)) => placed.is(next),
            (Self::List(items), Value::List(next)) => {
                items.len() == next.len()
                    && items
                        .iter()
                        .zip(next)
                        .all(|(item, next)| item.content.is(next))
            }
            (Self::Html(markup), Value::Html(next)) => {
                Arc::ptr_eq(&markup.fragment, next) || markup.fragment == *next
            }
            (Self::Component(component), Value::Component(next)) => {
                component.id == next.id && component.content.is(&next.content)
            }
            (Self::Stream(stream), Value::Stream(next)) => {
                *stream.name == *next.name && next.changes.is_empty()
            }
            _ => false,
        }
    }

    /// Whether both are the same text, wherever it is.
    pub(crate) fn is_text(&self, value: &Value<'_>) -> bool {
        matches!((self, value), (Self::Text { text, .. }, Value::Text(next)) if **text == **next)
    }

    /// Whether this part of an attribute is the value.
    pub(crate) fn is_part(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Text { text, .. }, Value::Text(next)) => **text == **next,
            (Self::Present, Value::Flag(true)) => true,
            (Self::Text { .. } | Self::Present, _) => false,
            (_, value) => !matches!(value, Value::Text(_) | Value::Flag(true)),
        }
    }

    pub(crate) fn key(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Instance(placed) => {
                value::key(&placed.template, |slot| placed.slots[slot].as_text())
            }
            Self::Component(component) => Some(format!("component {}", component.id).into()),
            Self::Stream(stream) => Some(format!("stream {}", stream.name).into()),
            _ => None,
        }
    }
}

impl Placed {
    fn new(instance: Instance<'_>) -> Self {
        let Instance { template, values } = instance;
        let slots = template
            .slots
            .iter()
            .zip(values)
            .map(|(slot, value)| match slot {
                Slot::Part(_) => Held::part(value),
                Slot::Child(_) => Held::content(value),
            })
            .collect();
        Self {
            starts: vec![0; template.segments.len()].into(),
            slots,
            template,
        }
    }

    fn is(&self, next: &Instance<'_>) -> bool {
        Arc::ptr_eq(&self.template, &next.template) && self.equal_slots(next).all(|equal| equal)
    }

    /// For each slot, whether it holds the value of another instance of this template.
    pub(crate) fn equal_slots(&self, next: &Instance<'_>) -> impl Iterator<Item = bool> {
        self.template
            .slots
            .iter()
            .zip(self.slots.iter().zip(&next.values))
            .map(|(slot, (held, value))| match slot {
                Slot::Part(_) => held.is_part(value),
                Slot::Child(_) => held.is(value),
            })
    }

    fn number(&mut self, numbers: &mut Numbers) {
        let template = Arc::clone(&self.template);
        for (segment, &length) in template.segments.iter().enumerate() {
            self.starts[segment] = numbers.take_several(length);
            match template.gaps.get(segment) {
                Some(Gap::Child(child)) => {
                    self.slots[template.children[*child].slot].number(numbers);
                }
                Some(Gap::Content(binding)) => {
                    let text = self.joined(&template.bindings[*binding]);
                    if text.is_some_and(|text| !text.is_empty()) {
                        numbers.take();
                    }
                }
                None => {}
            }
        }
    }

    /// The number of a node of the template; none for what is ignored.
    pub(crate) fn node(&self, index: usize) -> Option<u32> {
        let (segment, offset) = self.template.positions[index]?;
        Some(self.starts[segment as usize] + offset)
    }

    pub(crate) fn child(&self, index: usize) -> &Held {
        &self.slots[self.template.children[index].slot]
    }

    fn first(&self) -> Option<u32> {
        self.template.roots.iter().find_map(|root| match root {
            Root::Node(index) => self.node(*index),
            Root::Child(child) => self.child(*child).first(),
        })
    }

    /// What the slots of a binding make together: the value of the attribute, if it is there, or a text.
    pub(crate) fn joined(&self, binding: &Binding) -> Option<Cow<'_, str>> {
        let value: Cow<'_, str> = match (binding.kind, &*binding.parts) {
            (BindingKind::Flag, [Part::Slot(slot)]) => match &self.slots[*slot] {
                Held::Present => "".into(),
                Held::Text { text, .. } if !text.is_empty() => "".into(),
                _ => return None,
            },
            (BindingKind::Whole, [Part::Slot(slot)]) => match &self.slots[*slot] {
                Held::Present => "".into(),
                Held::Text { text, .. } => (&**text).into(),
                _ => return None,
            },
            (_, parts) => parts
                .iter()
                .map(|part| match part {
                    Part::Fixed(text) => text,
                    Part::Slot(slot) => self.slots[*slot].as_text().unwrap_or_default(),
                })
                .collect::<String>()
                .into(),
        };
        if binding.url.allows(&value) {
            return Some(value);
        }
        if binding.kind == BindingKind::Whole {
            return Some(REFUSED.into());
        }
        let mut refused = String::new();
        for part in &binding.parts {
            match part {
                Part::Fixed(text) => refused.push_str(text),
                Part::Slot(slot) => refused.push_str(self.refused_part(binding, *slot)),
            }
        }
        Some(refused.into())
    }

    /// What stands for a slot in an address that was refused.
    fn refused_part(&self, binding: &Binding, slot: usize) -> &'static str {
        if binding.slots().next() == Some(slot) {
            "about:invalid#"
        } else {
            ""
        }
    }

    /// The text of a slot within a binding that has more parts.
    pub(crate) fn part_text(&self, binding: &Binding, slot: usize) -> &str {
        let refused = binding.url != UrlRule::None && {
            let value: String = binding
                .parts
                .iter()
                .map(|part| match part {
                    Part::Fixed(text) => text,
                    Part::Slot(slot) => self.slots[*slot].as_text().unwrap_or_default(),
                })
                .collect();
            !binding.url.allows(&value)
        };
        if refused {
            self.refused_part(binding, slot)
        } else {
            self.slots[slot].as_text().unwrap_or_default()
        }
    }
}

impl Item {
    pub(crate) fn new(value: Value<'_>) -> Self {
        Self {
            marker: needs_marker(&value).then_some(0),
            content: Held::content(value),
        }
    }

    pub(crate) fn number(&mut self, numbers: &mut Numbers) {
        if let Some(marker) = &mut self.marker {
            *marker = numbers.take();
        }
        self.content.number(numbers);
    }

    pub(crate) fn first(&self) -> Option<u32> {
        self.marker.or_else(|| self.content.first())
    }

    pub(crate) fn count(&self) -> u32 {
        u32::from(self.marker.is_some()) + self.content.count()
    }
}

/// Whether an item has to be kept apart from others: it may begin or end with text, or be empty.
pub(crate) fn needs_marker(value: &Value<'_>) -> bool {
    match value {
        Value::Instance(instance) => instance.template.has_open_edge,
        _ => true,
    }
}

impl Markup {
    fn number(&mut self, numbers: &mut Numbers) {
        number_nodes(
            &self.fragment,
            0..self.fragment.len(),
            &mut self.numbers,
            numbers,
        );
    }
}

/// Numbers nodes in document order, but for what is ignored.
pub(crate) fn number_nodes(
    fragment: &Fragment,
    range: std::ops::Range<usize>,
    out: &mut [u32],
    numbers: &mut Numbers,
) {
    let mut index = range.start;
    while index < range.end {
        out[index] = numbers.take();
        index = match fragment.element(index) {
            Some(element) if element.is_ignored() => fragment.end(index),
            _ => index + 1,
        };
    }
}
