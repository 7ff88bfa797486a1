//! What has to change so that a browser shows the next render.
//!
//! The cost follows what is dynamic: instances of the same template are compared slot by slot, lists item by item, and
//! only HTML strings and templates that took each other's place are compared as trees.

mod alignment;
mod component;
mod list;
mod matching;
mod nodes;
mod sequence;
mod stream;
mod text;

use crate::{
    held::{Held, Numbers, Placed},
    operation::{Markup, Operation, Source},
    template::{Binding, BindingKind, ChildSlot, Follow, Slot},
    value::{Instance, Value},
};

/// A place among nodes.
#[derive(Debug, Clone, Copy)]
enum Place {
    Before(u32),
    End(u32),
}

impl Place {
    fn insert(self, markup: Source<'_>) -> Operation<'_> {
        let markup = Markup(markup);
        match self {
            Self::Before(node) => Operation::InsertBefore { node, markup },
            Self::End(parent) => Operation::InsertEnd { parent, markup },
        }
    }

    fn move_here(self, node: u32, count: u32) -> Operation<'static> {
        match self {
            Self::Before(before) => Operation::MoveBefore {
                node,
                count,
                before,
            },
            Self::End(parent) => Operation::MoveEnd {
                node,
                count,
                parent,
            },
        }
    }
}

pub(crate) use self::{
    component::{Path, components, find_component},
    stream::{Streams, each_stream, has_lost, is_whole},
};

/// What is to change: all that the node `container` contains, or one component within that.
pub(crate) struct Target<'t> {
    pub(crate) container: u32,
    pub(crate) held: &'t mut Held,
    pub(crate) component: Option<&'t Path>,
    pub(crate) streams: &'t mut Streams,
}

/// Changes what is held to the next value, and tells `out` how a browser follows.
pub(crate) fn diff(
    target: Target<'_>,
    next: Value<'_>,
    numbers: &mut Numbers,
    out: &mut dyn FnMut(Operation<'_>),
) {
    let Target {
        container,
        held,
        component,
        streams,
    } = target;
    let mut known = match streams.any {
        true => stream::names(held),
        false => Vec::new(),
    };
    streams.any = !known.is_empty();
    if streams.restarted {
        known.clear();
    }
    let mut diff = Diff {
        numbers,
        out,
        component: None,
        streams,
        known,
    };
    let after = Place::End(container);
    match component {
        Some(path) => diff.component_at(held, &path.0, next, after),
        None => diff.content(held, next, after),
    }
}

struct Diff<'d> {
    numbers: &'d mut Numbers,
    out: &'d mut dyn FnMut(Operation<'_>),
    /// The component within that is looked at.
    component: Option<u32>,
    streams: &'d mut Streams,
    /// The streams that were there before.
    known: Vec<stream::Name>,
}

impl Diff<'_> {
    /// What is in a slot among nodes. `after` is the place right after it.
    fn content(&mut self, held: &mut Held, next: Value<'_>, after: Place) {
        match (held, next) {
            (Held::Text { number, text }, Value::Text(next)) if !next.is_empty() => {
                if **text != *next {
                    (self.out)(text::change(*number, text, &next));
                    *text = next.into();
                }
            }
            (Held::Instance(placed), Value::Instance(next))
                if std::sync::Arc::ptr_eq(&placed.template, &next.template) =>
            {
                self.instance(placed, next, after);
            }
            (Held::List(items), Value::List(next)) => self.list(items, next, after),
            (Held::Html(markup), Value::Html(next)) => self.html(markup, next, after),
            (Held::Component(component), Value::Component(next)) if component.id == next.id => {
                self.component(component, *next.content, after);
            }
            (Held::Stream(stream), Value::Stream(next)) if *stream.name == *next.name => {
                self.stream(stream, next, after);
            }
            (held, next) if held.is(&next) => {}
            (held, next) => self.other(held, next, after),
        }
    }

    /// Content of another kind, or of another template.
    fn other(&mut self, held: &mut Held, next: Value<'_>, after: Place) {
        let next = Held::content(next);
        if let Some(node) = self.morph(held, &next, after) {
            *held = next;
            let count = held.count();
            (self.out)(Operation::Renumber { node, count });
            held.number(self.numbers);
            self.told(held);
            return;
        }
        let (first, count) = (held.first(), held.count());
        *held = next;
        held.number(self.numbers);
        let markup = Source::Content(held);
        match (first, held.count()) {
            (None, 0) => {}
            (None, _) => (self.out)(after.insert(markup)),
            (Some(node), 0) => (self.out)(Operation::Remove { node, count }),
            (Some(node), _) => (self.out)(Operation::Replace {
                node,
                count,
                markup: Markup(markup),
            }),
        }
        self.told(held);
    }

    fn instance(&mut self, placed: &mut Placed, next: Instance<'_>, after: Place) {
        let Instance { template, values } = next;
        // Slots of one binding follow each other; it is looked at when all of them have their values.
        let mut changed: Option<usize> = None;
        for (slot, value) in values.into_iter().enumerate() {
            // Most values are texts that are as they were.
            if placed.slots[slot].is_text(&value) {
                continue;
            }
            let kind = template.slots[slot];
            if changed.is_some() && changed != binding_of(kind) {
                self.binding(
                    placed,
                    &template.bindings[changed.take().unwrap_or_default()],
                );
            }
            match kind {
                Slot::Part(binding) => {
                    if !placed.slots[slot].is_part(&value) {
                        placed.slots[slot] = Held::part(value);
                        changed = Some(binding);
                    }
                }
                Slot::Child(child) => {
                    let child = &template.children[child];
                    if child.ignored {
                        continue;
                    }
                    let after = place_after(placed, child, after);
                    self.content(&mut placed.slots[slot], value, after);
                }
            }
        }
        if let Some(binding) = changed {
            self.binding(placed, &template.bindings[binding]);
        }
    }

    /// A binding some of whose slots changed.
    fn binding(&mut self, placed: &Placed, binding: &Binding) {
        let Some(node) = placed.node(binding.node) else {
            return;
        };
        let name = &*binding.name;
        let value = placed.joined(binding);
        (self.out)(match (&value, binding.kind) {
            (Some(text), BindingKind::Content) => Operation::SetText { node, text },
            (Some(value), _) => Operation::SetAttribute { node, name, value },
            (None, _) => Operation::RemoveAttribute { node, name },
        });
    }
}

/// The place right after what is in a slot.
fn place_after(placed: &Placed, child: &ChildSlot, outside: Place) -> Place {
    let number = |index| placed.node(index).unwrap_or_default();
    match child.follow {
        Follow::Node(index) => Place::Before(number(index)),
        Follow::End(index) => Place::End(number(index)),
        Follow::Outside => outside,
    }
}

fn binding_of(slot: Slot) -> Option<usize> {
    match slot {
        Slot::Part(binding) => Some(binding),
        Slot::Child(_) => None,
    }
}
