//! Components within others: told apart by numbers, changed with the component around them or alone.

use super::{Diff, Place, list::place_before, place_after};
use crate::{
    Context,
    held::{self, Component, Held, Placed},
    operation::Operation,
    template::Slot,
    value::Value,
};

/// What changes on its own, or by other ways than what is around it.
pub(super) enum Found<'h> {
    Component(&'h Component),
    /// A stream, and the component that shows it.
    Stream(Option<u32>, &'h held::Stream),
}

/// Calls `found` with each component, those around others first, and each stream. `component` is the one around all.
pub(super) fn visit<'h>(held: &'h Held, component: Option<u32>, found: &mut dyn FnMut(Found<'h>)) {
    match held {
        Held::Nothing | Held::Present | Held::Text { .. } | Held::Html(_) => {}
        Held::Instance(placed) => {
            shown(placed).for_each(|(_, held)| visit(held, component, found));
        }
        Held::List(items) => items
            .iter()
            .for_each(|item| visit(&item.content, component, found)),
        Held::Component(inner) => {
            found(Found::Component(inner));
            visit(&inner.content, Some(inner.id), found);
        }
        Held::Stream(stream) => found(Found::Stream(component, stream)),
    }
}

/// Calls `found` with each component, those around others first: its number, its first node and how many nodes it has
/// side by side. Gives whether there are streams, too.
pub(crate) fn components(held: &Held, found: &mut dyn FnMut(u32, u32, u32)) -> bool {
    let mut has_streams = false;
    visit(held, None, &mut |inner| match inner {
        Found::Component(component) => {
            if let Some(first) = component.content.first() {
                found(component.id, first, component.content.count());
            }
        }
        Found::Stream(..) => has_streams = true,
    });
    has_streams
}

/// What is in the slots that are looked at again, so not in `ts-ignore`.
fn shown(placed: &Placed) -> impl Iterator<Item = (usize, &Held)> {
    placed
        .template
        .children
        .iter()
        .filter(|child| !child.ignored)
        .map(|child| (child.slot, &placed.slots[child.slot]))
}

/// The way to a component: indices of slots and items, the last one first.
pub(crate) struct Path(pub(super) Vec<usize>);

/// Where a component is, and what may be there.
pub(crate) fn find_component(held: &Held, id: u32) -> Option<(Path, Context)> {
    let mut path = Vec::new();
    let context = find(held, id, &mut path)?;
    Some((Path(path), context))
}

fn find(held: &Held, id: u32, path: &mut Vec<usize>) -> Option<Context> {
    let mut step = |(at, held): (usize, &Held)| {
        let found = find(held, id, path)?;
        path.push(at);
        Some(found)
    };
    match held {
        Held::Nothing | Held::Present | Held::Text { .. } | Held::Html(_) | Held::Stream(_) => None,
        Held::Instance(placed) => shown(placed).find_map(step),
        Held::List(items) => items
            .iter()
            .map(|item| &item.content)
            .enumerate()
            .find_map(step),
        Held::Component(component) if component.id == id => Some(component.context.clone()),
        Held::Component(component) => step((0, &component.content)),
    }
}

impl Diff<'_> {
    pub(super) fn component(&mut self, component: &mut Component, next: Value<'_>, after: Place) {
        let nodes = |held: &Held| (held.first(), held.count());
        let before = nodes(&component.content);
        let around = self.component.replace(component.id);
        self.content(&mut component.content, next, after);
        self.component = around;
        if let (Some(node), count) = nodes(&component.content)
            && before != (Some(node), count)
        {
            (self.out)(Operation::Mark {
                node,
                count,
                component: component.id,
            });
            // One that is all that this one shows has the same root, which is its own.
            self.announce(&component.content);
        }
    }

    /// Changes the component at the end of a path.
    pub(super) fn component_at(
        &mut self,
        held: &mut Held,
        path: &[usize],
        next: Value<'_>,
        after: Place,
    ) {
        match (held, path) {
            (Held::Instance(placed), [rest @ .., at]) => {
                let template = std::sync::Arc::clone(&placed.template);
                if let Slot::Child(child) = template.slots[*at] {
                    let after = place_after(placed, &template.children[child], after);
                    self.component_at(&mut placed.slots[*at], rest, next, after);
                }
            }
            (Held::List(items), [rest @ .., at]) => {
                let after = place_before(items, at + 1, after);
                self.component_at(&mut items[*at].content, rest, next, after);
            }
            (Held::Component(component), []) => self.component(component, next, after),
            (Held::Component(component), [rest @ .., _]) => {
                self.component_at(&mut component.content, rest, next, after);
            }
            _ => {}
        }
    }

    /// Tells of the components in what was inserted or has new numbers. Gives whether there are streams, too.
    pub(super) fn announce(&mut self, held: &Held) -> bool {
        components(held, &mut |component, node, count| {
            (self.out)(Operation::Mark {
                node,
                count,
                component,
            });
        })
    }
}
