//! Lists: items with keys are moved as few times as can be, items without are compared in order.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::{Diff, Place, sequence::longest_increasing};
use crate::{
    held::{Item, needs_marker},
    operation::{Markup, Operation, Source},
    value::Value,
};

impl Diff<'_> {
    pub(super) fn list(&mut self, items: &mut Vec<Item>, next: Vec<Value<'_>>, after: Place) {
        let fits = |item: &Item, value: &Value<'_>| match (item.content.key(), value.key()) {
            (None, None) => item.content.is(value),
            (ours, theirs) => ours == theirs,
        };
        let start = items
            .iter()
            .zip(&next)
            .take_while(|(item, value)| fits(item, value))
            .count();
        let end = items[start..]
            .iter()
            .rev()
            .zip(next[start..].iter().rev())
            .take_while(|(item, value)| fits(item, value))
            .count();
        let (ours_end, theirs_end) = (items.len() - end, next.len() - end);

        // From right to left, so that what comes after an item is as it will be.
        let mut next = next.into_iter();
        for (at, value) in (ours_end..items.len()).rev().zip(next.by_ref().rev()) {
            self.item_at(items, at, value, after);
        }
        if start < ours_end.max(theirs_end) {
            let place = place_before(items, ours_end, after);
            let old: Vec<Item> = items.drain(start..ours_end).collect();
            let mut middle: Vec<Value<'_>> = next.by_ref().rev().take(theirs_end - start).collect();
            middle.reverse();
            let new_middle = self.middle(old, middle, place);
            items.splice(start..start, new_middle);
        }
        for (at, value) in next.enumerate().rev() {
            self.item_at(items, at, value, after);
        }
    }

    fn item_at(&mut self, items: &mut [Item], at: usize, value: Value<'_>, after: Place) {
        let place = place_before(items, at + 1, after);
        self.item(&mut items[at], value, place);
    }

    fn item(&mut self, item: &mut Item, value: Value<'_>, after: Place) {
        if item.marker.is_some() == needs_marker(&value) {
            self.content(&mut item.content, value, after);
            return;
        }
        let (node, count) = (item.first().unwrap_or_default(), item.count());
        *item = Item::new(value);
        item.number(self.numbers);
        (self.out)(Operation::Replace {
            node,
            count,
            markup: Markup(Source::Items(std::slice::from_ref(item))),
        });
        self.told(&mut item.content);
    }

    /// What is left between items that stay where they are.
    fn middle(&mut self, old: Vec<Item>, next: Vec<Value<'_>>, after: Place) -> Vec<Item> {
        let matches = matches(&old, &next);
        if let Some(first) = old.first()
            && !next.is_empty()
            && matches.iter().all(Option::is_none)
        {
            let mut items: Vec<Item> = next.into_iter().map(Item::new).collect();
            items.iter_mut().for_each(|item| item.number(self.numbers));
            (self.out)(Operation::Replace {
                node: first.first().unwrap_or_default(),
                count: old.iter().map(Item::count).sum(),
                markup: Markup(Source::Items(&items)),
            });
            self.told_items(&mut items);
            return items;
        }
        let mut stays = vec![false; old.len()];
        matches.iter().flatten().for_each(|&at| stays[at] = true);
        self.remove_items(&old, &stays);

        let matched: Vec<usize> = matches.iter().copied().flatten().collect();
        let mut unmoved = vec![false; old.len()];
        for index in longest_increasing(&matched) {
            unmoved[matched[index]] = true;
        }
        self.rearrange_items(&old, &matches, &unmoved, after);
        let mut old: Vec<Option<Item>> = old.into_iter().map(Some).collect();
        // Built from right to left.
        let mut result: Vec<Item> = Vec::with_capacity(next.len());
        let mut inserted: Vec<Value<'_>> = Vec::new();
        let mut place = after;
        for (value, found) in next.into_iter().zip(&matches).rev() {
            let Some(mut item) = found.and_then(|at| old[at].take()) else {
                inserted.push(value);
                continue;
            };
            place = self.insert(&mut inserted, &mut result, place);
            self.item(&mut item, value, place);
            place = item.first().map_or(place, Place::Before);
            result.push(item);
        }
        self.insert(&mut inserted, &mut result, place);
        result.reverse();
        result
    }

    /// Brings the items that stay into their order, before any of them changes: what changes counts on the nodes of an
    /// item being side by side, with nothing of another between them.
    fn rearrange_items(
        &mut self,
        old: &[Item],
        matches: &[Option<usize>],
        unmoved: &[bool],
        after: Place,
    ) {
        let mut place = after;
        for &at in matches.iter().rev().flatten() {
            let item = &old[at];
            let Some(node) = item.first() else { continue };
            if !unmoved[at] {
                (self.out)(place.move_here(node, item.count()));
            }
            place = Place::Before(node);
        }
    }

    /// Inserts values that were collected from right to left. Gives the place before them.
    fn insert(
        &mut self,
        values: &mut Vec<Value<'_>>,
        result: &mut Vec<Item>,
        place: Place,
    ) -> Place {
        if values.is_empty() {
            return place;
        }
        let mut items: Vec<Item> = values.drain(..).rev().map(Item::new).collect();
        items.iter_mut().for_each(|item| item.number(self.numbers));
        (self.out)(place.insert(Source::Items(&items)));
        self.told_items(&mut items);
        let before = items.first().and_then(Item::first);
        result.extend(items.into_iter().rev());
        before.map_or(place, Place::Before)
    }

    /// Removes items, those side by side at once.
    fn remove_items(&mut self, items: &[Item], stays: &[bool]) {
        let mut at = 0;
        while at < items.len() {
            let run = stays[at..].iter().take_while(|&&stays| !stays).count();
            if run > 0 {
                let gone = &items[at..at + run];
                (self.out)(Operation::Remove {
                    node: gone[0].first().unwrap_or_default(),
                    count: gone.iter().map(Item::count).sum(),
                });
            }
            at += run + 1;
        }
    }
}

/// The place before the item with this index.
pub(super) fn place_before(items: &[Item], at: usize, after: Place) -> Place {
    items
        .get(at)
        .and_then(Item::first)
        .map_or(after, Place::Before)
}

/// For each value, which item becomes it: the one with the same key; of those without keys, the one in the same order.
fn matches(old: &[Item], next: &[Value<'_>]) -> Vec<Option<usize>> {
    let mut keyed: FxHashMap<_, VecDeque<usize>> = FxHashMap::default();
    for (at, item) in old.iter().enumerate() {
        keyed.entry(item.content.key()).or_default().push_back(at);
    }
    // Several items may have one key: they are told apart by their order.
    next.iter()
        .map(|value| keyed.get_mut(&value.key())?.pop_front())
        .collect()
}
