//! Streams: lists of which a tree has the order, and the items only until they are told.
//!
//! What is left of an item that was told is its key and which nodes are its own. So it can be removed or replaced, and
//! what comes beside it finds its place; that it becomes something else in part is not possible.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::{Item, Numbers};
use crate::{
    stream::{self, Change},
    value::{Instance, Value},
};

/// A list that changes by what is told of it.
#[derive(Debug, Clone)]
pub(crate) struct Stream {
    pub(crate) name: Box<str>,
    pub(crate) entries: Vec<Entry>,
    /// Whether it is known from the beginning: its first changes were a reset.
    pub(crate) was_reset: bool,
    /// Whether there were items before, elsewhere, of which nobody knows any more.
    pub(crate) lost: bool,
}

/// An item of a stream.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: Box<str>,
    content: Content,
}

#[derive(Debug, Clone)]
enum Content {
    /// Not told yet.
    Kept(Box<Item>),
    Forgotten(Nodes),
}

/// Nodes that only the browser has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nodes {
    pub(crate) first: u32,
    /// How many there are side by side.
    pub(crate) count: u32,
    /// How many have numbers, what is inside of others included.
    numbered: u32,
}

impl Stream {
    /// A stream that was not there.
    pub(super) fn new(value: stream::Stream<'_>) -> Self {
        let mut outcome = Outcome::of(&[], value.changes);
        let entries = outcome.order.iter().filter_map(|id| {
            let (key, item) = outcome.shown.remove(id)?;
            let item = Item::new(Value::Instance(item));
            Some(Entry::new(key, item))
        });
        Self {
            entries: entries.collect(),
            name: value.name.into(),
            was_reset: outcome.is_reset,
            lost: false,
        }
    }

    pub(super) fn number(&mut self, numbers: &mut Numbers) {
        for entry in &mut self.entries {
            match &mut entry.content {
                Content::Kept(item) => item.number(numbers),
                Content::Forgotten(nodes) => nodes.first = numbers.take_several(nodes.numbered),
            }
        }
    }

    pub(super) fn first(&self) -> Option<u32> {
        self.entries.first().map(|entry| entry.nodes().0)
    }

    pub(super) fn count(&self) -> u32 {
        self.entries.iter().map(|entry| entry.nodes().1).sum()
    }

    /// The items that are not forgotten.
    pub(crate) fn kept(&self) -> impl Iterator<Item = &Item> {
        self.entries
            .iter()
            .filter_map(|entry| match &entry.content {
                Content::Kept(item) => Some(&**item),
                Content::Forgotten(_) => None,
            })
    }

    /// Whether all that is in it is here.
    pub(crate) fn is_whole(&self) -> bool {
        !self.lost && self.kept().count() == self.entries.len()
    }

    /// Forgets the items.
    pub(crate) fn forget(&mut self) {
        self.entries.iter_mut().for_each(Entry::forget);
        self.entries.shrink_to_fit();
    }
}

impl Entry {
    pub(crate) fn new(key: impl Into<Box<str>>, item: Item) -> Self {
        Self {
            key: key.into(),
            content: Content::Kept(Box::new(item)),
        }
    }

    /// The first node, and how many there are side by side. There is always one: items have either a root that is a
    /// node or a comment before them.
    pub(crate) fn nodes(&self) -> (u32, u32) {
        match &self.content {
            Content::Kept(item) => (item.first().unwrap_or_default(), item.count()),
            Content::Forgotten(nodes) => (nodes.first, nodes.count),
        }
    }

    pub(crate) fn forget(&mut self) {
        let Content::Kept(item) = &mut self.content else {
            return;
        };
        let (first, count) = (item.first().unwrap_or_default(), item.count());
        // What it is numbered by now matters no more.
        let mut numbers = Numbers::default();
        item.number(&mut numbers);
        self.content = Content::Forgotten(Nodes {
            first,
            count,
            numbered: numbers.given(),
        });
    }
}

/// What changes come to.
pub(crate) struct Outcome<'v> {
    /// Whether nothing of what was there stays.
    pub(crate) is_reset: bool,
    /// The items in their order. Those that were there have the numbers up to how many there were, and are in the order
    /// in which they were.
    pub(crate) order: Vec<usize>,
    /// The keys and items that are new or are shown anew, by these numbers.
    pub(crate) shown: FxHashMap<usize, (Cow<'v, str>, Instance<'v>)>,
}

impl<'v> Outcome<'v> {
    /// Makes changes in a list.
    pub(crate) fn of(entries: &[Entry], changes: Vec<Change<'v>>) -> Self {
        let mut draft = Draft::new(entries, &changes);
        for change in changes {
            draft.change(change);
        }
        draft.outcome
    }
}

/// A list while it changes.
struct Draft<'v, 'e> {
    entries: &'e [Entry],
    outcome: Outcome<'v>,
    /// Which items have the keys that are told of, if any.
    by_key: FxHashMap<Cow<'v, str>, Option<usize>>,
    /// The number of the next item that is new.
    next: usize,
}

impl<'v, 'e> Draft<'v, 'e> {
    fn new(entries: &'e [Entry], changes: &[Change<'v>]) -> Self {
        let keys = changes.iter().filter_map(|change| match change {
            Change::Show { key, .. } | Change::Remove(key) => Some((key.clone(), None)),
            _ => None,
        });
        // Of the changes, which are few as a rule, and not of all items.
        let mut by_key: FxHashMap<_, _> = keys.collect();
        for (id, entry) in entries.iter().enumerate() {
            if let Some(found) = by_key.get_mut(&*entry.key) {
                *found = Some(id);
            }
        }
        Self {
            entries,
            outcome: Outcome {
                is_reset: false,
                order: (0..entries.len()).collect(),
                shown: FxHashMap::default(),
            },
            by_key,
            next: entries.len(),
        }
    }

    fn change(&mut self, change: Change<'v>) {
        match change {
            Change::Reset => {
                self.drop_items(0, self.outcome.order.len());
                self.outcome.is_reset = true;
            }
            Change::Show { key, at, item } => self.show(key, at, item),
            Change::Remove(key) => {
                if let Some(Some(id)) = self.by_key.get(&key)
                    && let Some(at) = self.outcome.order.iter().position(|other| other == id)
                {
                    self.drop_items(at, at + 1);
                }
            }
            Change::KeepFirst(count) => {
                let length = self.outcome.order.len();
                self.drop_items(count.min(length), length);
            }
            Change::KeepLast(count) => {
                self.drop_items(0, self.outcome.order.len().saturating_sub(count));
            }
        }
    }

    fn show(&mut self, key: Cow<'v, str>, at: Option<usize>, item: Instance<'v>) {
        let Outcome { order, shown, .. } = &mut self.outcome;
        let id = match self.by_key.get(&key) {
            Some(&Some(id)) => id,
            _ => {
                let id = self.next;
                self.next += 1;
                order.insert(at.map_or(order.len(), |at| at.min(order.len())), id);
                self.by_key.insert(key.clone(), Some(id));
                id
            }
        };
        shown.insert(id, (key, item));
    }

    fn drop_items(&mut self, from: usize, to: usize) {
        for id in self.outcome.order.drain(from..to) {
            let shown = self.outcome.shown.remove(&id);
            let key = match (&shown, self.entries.get(id)) {
                (Some((key, _)), _) => &**key,
                (None, Some(entry)) => &*entry.key,
                (None, None) => continue,
            };
            if let Some(found) = self.by_key.get_mut(key) {
                *found = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Context, Template};

    fn entries(keys: &[&str]) -> Vec<Entry> {
        let mut stream = crate::Stream::new("s");
        for key in keys {
            stream
                .show((*key).to_owned(), None, item())
                .expect("it has no slots");
        }
        let mut stream = Stream::new(stream);
        stream.forget();
        stream.entries
    }

    fn item() -> Instance<'static> {
        let template = Template::parse(&["<p>x</p>"], &Context::default()).expect("it is fine");
        Instance::new(Arc::new(template), Vec::new()).expect("it has no slots")
    }

    /// The order, and what is shown, after changes of a stream with the items 0 to 3.
    fn outcome(change: impl FnOnce(&mut crate::Stream<'_>)) -> (Vec<usize>, Vec<usize>) {
        let mut stream = crate::Stream::new("s");
        change(&mut stream);
        let outcome = Outcome::of(&entries(&["a", "b", "c", "d"]), stream.changes);
        let mut shown: Vec<usize> = outcome.shown.keys().copied().collect();
        shown.sort_unstable();
        (outcome.order, shown)
    }

    #[test]
    fn an_item_that_was_told_takes_little_room() {
        assert!(size_of::<Entry>() <= 32);
    }

    #[test]
    fn keys_that_went_are_new_when_they_come_again() {
        let show = |stream: &mut crate::Stream<'_>, key: &'static str, at| {
            stream
                .show(key.to_owned(), at, item())
                .expect("it has no slots");
        };
        assert_eq!(
            outcome(|stream| {
                show(stream, "b", Some(0));
                show(stream, "z", Some(1));
                show(stream, "z", Some(4));
            }),
            (vec![0, 4, 1, 2, 3], vec![1, 4])
        );
        assert_eq!(
            outcome(|stream| {
                stream.remove("a");
                show(stream, "a", Some(1));
                stream.keep_first(3);
                show(stream, "d", None);
            }),
            (vec![1, 4, 2, 5], vec![4, 5])
        );
        assert_eq!(
            outcome(|stream| {
                show(stream, "a", None);
                stream.keep_last(1);
                show(stream, "a", Some(0));
            }),
            (vec![4, 3], vec![4])
        );
        assert_eq!(
            outcome(|stream| {
                stream.reset();
                show(stream, "d", None);
            }),
            (vec![4], vec![4])
        );
    }
}
