//! Lists: items with keys are moved as few times as can be, items without are told apart by what they show.

mod unkeyed;

use std::borrow::Cow;

use self::unkeyed::Unkeyed;
use super::{Diff, Place, matching::Matching};
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
        let matching = matches(&old, &next);
        if let Some(first) = old.first()
            && !next.is_empty()
            && matching.found.iter().all(Option::is_none)
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
        self.remove_items(&old, &matching.free);
        self.rearrange_items(&old, &matching, after);
        let mut old: Vec<Option<Item>> = old.into_iter().map(Some).collect();
        // Built from right to left.
        let mut result: Vec<Item> = Vec::with_capacity(next.len());
        let mut inserted: Vec<Value<'_>> = Vec::new();
        let mut place = after;
        for (value, found) in next.into_iter().zip(&matching.found).rev() {
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
    fn rearrange_items(&mut self, old: &[Item], matching: &Matching, after: Place) {
        let unmoved = matching.unmoved();
        let mut place = after;
        for &at in matching.found.iter().rev().flatten() {
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
    fn remove_items(&mut self, items: &[Item], free: &[bool]) {
        let mut at = 0;
        while at < items.len() {
            let run = free[at..].iter().take_while(|&&free| free).count();
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

/// Which item becomes which value: the one with the same key, and of those without keys the one that suits best.
fn matches(old: &[Item], next: &[Value<'_>]) -> Matching {
    let mut matching = Matching::new(old.len(), next.len());
    let ours: Vec<_> = old.iter().map(|item| item.content.key()).collect();
    let theirs: Vec<_> = next.iter().map(Value::key).collect();
    matching.by_key(with_keys(&ours), with_keys(&theirs), |_, _| true);
    Unkeyed {
        old,
        next,
        ours: without_keys(&ours),
        theirs: without_keys(&theirs),
    }
    .add_to(matching)
}

fn with_keys<'k>(keys: &'k [Option<Cow<'_, str>>]) -> impl Iterator<Item = (usize, &'k str)> {
    let keys = keys.iter().enumerate();
    keys.filter_map(|(at, key)| Some((at, key.as_deref()?)))
}

fn without_keys(keys: &[Option<Cow<'_, str>>]) -> Vec<usize> {
    (0..keys.len()).filter(|&at| keys[at].is_none()).collect()
}
