//! Components within others: told apart by numbers, changed with the component around them or alone.

use super::{Diff, Place, list::place_before, place_after};
use crate::{
    Context,
    held::{Component, Held, Item, Numbers, Placed},
    operation::Operation,
    template::Slot,
    value::Value,
};

/// Calls `found` with each component, those around others first: its number, its first node and how many nodes it has
/// side by side.
pub(crate) fn components(held: &Held, found: &mut dyn FnMut(u32, u32, u32)) {
    match held {
        Held::Nothing | Held::Present | Held::Text { .. } | Held::Html(_) => {}
        Held::Instance(placed) => shown(placed).for_each(|(_, held)| components(held, found)),
        Held::List(items) => items
            .iter()
            .for_each(|item| components(&item.content, found)),
        Held::Component(component) => {
            if let Some(first) = component.content.first() {
                found(component.id, first, component.content.count());
            }
            components(&component.content, found);
        }
    }
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
pub(crate) struct Path(Vec<usize>);

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
        Held::Nothing | Held::Present | Held::Text { .. } | Held::Html(_) => None,
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

/// Changes one component within what `container` contains.
pub(crate) fn diff_component(
    container: u32,
    held: &mut Held,
    path: &Path,
    next: Value<'_>,
    numbers: &mut Numbers,
    out: &mut dyn FnMut(Operation<'_>),
) {
    let mut diff = Diff { numbers, out };
    diff.component_at(held, &path.0, next, Place::End(container));
}

impl Diff<'_> {
    pub(super) fn component(&mut self, component: &mut Component, next: Value<'_>, after: Place) {
        let nodes = |held: &Held| (held.first(), held.count());
        let before = nodes(&component.content);
        self.content(&mut component.content, next, after);
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

    fn component_at(&mut self, held: &mut Held, path: &[usize], next: Value<'_>, after: Place) {
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

    /// Tells of the components in what was inserted or has new numbers.
    pub(super) fn announce(&mut self, held: &Held) {
        components(held, &mut |component, node, count| {
            (self.out)(Operation::Mark {
                node,
                count,
                component,
            });
        });
    }

    pub(super) fn announce_items(&mut self, items: &[Item]) {
        for item in items {
            self.announce(&item.content);
        }
    }
}
