//! What is held, as a fragment: for the comparison of trees that do not come from the same template.

use crate::{
    Fragment,
    fragment::{Attribute, Builder, Data, Element},
    held::{Held, Item, Placed},
    template::{BindingKind, slot_of},
};

/// Nodes with a number for each; 0 for one that has none.
pub(crate) struct Flat {
    pub(crate) fragment: Fragment,
    pub(crate) numbers: Vec<u32>,
}

impl Flat {
    pub(crate) fn new(held: &Held) -> Self {
        let mut writer = Writer {
            builder: Builder::with_capacity(64),
            numbers: Vec::new(),
        };
        writer.held(held);
        Self {
            fragment: writer.builder.finish(),
            numbers: writer.numbers,
        }
    }
}

struct Writer {
    builder: Builder,
    numbers: Vec<u32>,
}

impl Writer {
    fn held(&mut self, held: &Held) {
        match held {
            Held::Nothing | Held::Present => {}
            Held::Text { number, text } => {
                self.numbers.push(*number);
                self.builder.text(text.clone());
            }
            Held::Instance(placed) => {
                let roots: Vec<_> = placed.template.fragment.roots().collect();
                self.nodes(placed, roots);
            }
            Held::List(items) => items.iter().for_each(|item| self.item(item)),
            Held::Html(markup) => {
                self.numbers.extend(&markup.numbers);
                self.builder.copy(&markup.fragment);
            }
            Held::Component(component) => self.held(&component.content),
            Held::Stream(stream) => stream.kept().for_each(|item| self.item(item)),
        }
    }

    fn item(&mut self, item: &Item) {
        if let Some(marker) = item.marker {
            self.numbers.push(marker);
            self.builder.comment("");
        }
        self.held(&item.content);
    }

    fn nodes(&mut self, placed: &Placed, siblings: Vec<usize>) {
        let fragment = &placed.template.fragment;
        for index in siblings {
            let data = &fragment.nodes[index].data;
            if let Some(slot) = slot_of(data) {
                self.held(&placed.slots[slot]);
                continue;
            }
            self.numbers.push(placed.node(index).unwrap_or_default());
            match data {
                Data::Text(text) => self.builder.text(text.clone()),
                Data::Comment(text) => self.builder.comment(text.clone()),
                Data::Element(element) => {
                    self.builder.open(element_of(placed, index, element));
                    match content_of(placed, index) {
                        Some(text) if text.is_empty() => {}
                        Some(text) => {
                            self.numbers.push(0);
                            self.builder.text(text);
                        }
                        None => self.nodes(placed, fragment.children(index).collect()),
                    }
                    self.builder.close();
                }
            }
        }
    }
}

fn element_of(placed: &Placed, index: usize, element: &Element) -> Element {
    let bindings = || {
        placed
            .template
            .bindings
            .iter()
            .filter(|binding| binding.node == index && binding.kind != BindingKind::Content)
    };
    let mut bound = bindings();
    let attributes = element
        .attributes
        .iter()
        .filter_map(|attribute| {
            if !attribute.value.contains(crate::template::is_slot) {
                return Some(attribute.clone());
            }
            // Bindings are in the order of the attributes.
            let binding = bound.next()?;
            let value = placed.joined(binding)?;
            let mut name = attribute.name.clone();
            if binding.kind == BindingKind::Flag {
                name.local = (&*binding.name).into();
            }
            Some(Attribute {
                name,
                value: (&*value).into(),
            })
        })
        .collect();
    Element {
        name: element.name.clone(),
        attributes,
    }
}

/// The text of an element that contains nothing else.
fn content_of(placed: &Placed, index: usize) -> Option<String> {
    let binding = placed
        .template
        .bindings
        .iter()
        .find(|binding| binding.node == index && binding.kind == BindingKind::Content)?;
    Some(placed.joined(binding).unwrap_or_default().into_owned())
}
