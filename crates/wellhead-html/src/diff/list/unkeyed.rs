//! Items without keys: an item is what stands at its place, unless less changes if others come and go around it.

use std::sync::Arc;

use super::Matching;
use crate::{
    held::{Held, Item},
    value::Value,
};

/// So many changes in order, and one for so many items more, are not worth looking for a way with fewer.
const FEW_CHANGES: (usize, usize) = (2, 64);

/// What matches the items without keys of one list.
pub(super) struct Unkeyed<'l, 'v> {
    pub(super) old: &'l [Item],
    pub(super) next: &'l [Value<'v>],
    /// Indices of the items without keys.
    pub(super) ours: Vec<usize>,
    /// Indices of the values without keys.
    pub(super) theirs: Vec<usize>,
}

impl Unkeyed<'_, '_> {
    /// Adds them to what is matched by keys. In order, the cells of a table that shows other numbers each time stay where
    /// they are; by content, what is between two items that come stays as it is.
    pub(super) fn add_to(&self, keyed: Matching) -> Matching {
        let pairs = self.ours.len().min(self.theirs.len());
        if pairs == 0 {
            return keyed;
        }
        let mut in_order = keyed.clone();
        for (&a, &b) in self.ours.iter().zip(&self.theirs) {
            in_order.add(a, b);
        }
        let cost = self.cost(&in_order);
        if cost <= FEW_CHANGES.0 + pairs / FEW_CHANGES.1 {
            return in_order;
        }
        let by_content = self.by_content(keyed);
        match self.cost(&by_content) < cost {
            true => by_content,
            false => in_order,
        }
    }

    fn by_content(&self, mut matching: Matching) -> Matching {
        let (old, next) = (self.old, self.next);
        let is = |a: usize, b: usize| old[a].content.is(&next[b]);
        let ours = of_each(&self.ours, old.len(), |at| old[at].content.digest());
        let theirs = of_each(&self.theirs, next.len(), |at| next[at].digest());
        matching.by_content(&ours, &theirs, is);

        let ours = of_each(&self.ours, old.len(), |at| old[at].content.kind());
        let theirs = of_each(&self.theirs, next.len(), |at| next[at].kind());
        matching.by_kind(&ours, &theirs, |_, _| true);

        let ours = of_each(&self.ours, old.len(), |_| 0);
        let theirs = of_each(&self.theirs, next.len(), |_| 0);
        matching.by_kind(&ours, &theirs, |_, _| true);
        matching
    }

    /// How much is changed: an item counts once if it comes or goes, twice if it moves.
    fn cost(&self, matching: &Matching) -> usize {
        let unmoved = matching.unmoved();
        let cost = |(found, value): (&Option<usize>, &Value<'_>)| {
            let Some(at) = *found else { return 1 };
            let held = &self.old[at].content;
            change(held, value) + if unmoved[at] { 0 } else { 2 }
        };
        let stays: usize = matching.found.iter().zip(self.next).map(cost).sum();
        stays + matching.free.iter().filter(|&&free| free).count()
    }
}

/// A hash for each of these places, of so many.
fn of_each(places: &[usize], count: usize, hash: impl Fn(usize) -> u64) -> Vec<Option<u64>> {
    let mut hashes = vec![None; count];
    for &at in places {
        hashes[at] = Some(hash(at));
    }
    hashes
}

/// How much of an item is changed: each slot counts once, an item that is made anew twice.
fn change(held: &Held, value: &Value<'_>) -> usize {
    match (held, value) {
        (Held::Instance(placed), Value::Instance(next))
            if Arc::ptr_eq(&placed.template, &next.template) =>
        {
            placed.equal_slots(next).filter(|equal| !equal).count()
        }
        (held, value) if held.is(value) => 0,
        (held, value) if held.kind() == value.kind() => 1,
        _ => 2,
    }
}
