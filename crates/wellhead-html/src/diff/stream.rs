//! Streams: what was told is forgotten, so items come, go, and are replaced as they are.

use super::{
    Diff, Place,
    component::{Found, visit},
};
use crate::{
    held::{self, Entry, Held, Item, Outcome},
    operation::{Markup, Operation, Source},
    stream::Stream,
    value::{Instance, Value},
};

/// What a tree knows of its streams, beside what is in them.
#[derive(Debug, Clone)]
pub(crate) struct Streams {
    /// Whether there may be any.
    pub(crate) any: bool,
    /// Whether items stay when they are told.
    pub(crate) keep: bool,
    /// Whether what is told next is of another instance, whose streams begin empty.
    pub(crate) restarted: bool,
    /// Whose streams stand elsewhere than before, without their items, since this was asked last.
    pub(crate) lost: Vec<Option<u32>>,
}

impl Default for Streams {
    /// What a new tree knows: nothing was told.
    fn default() -> Self {
        Self {
            any: true,
            keep: true,
            restarted: false,
            lost: Vec::new(),
        }
    }
}

/// A stream by the component that shows it, if that is one within, and its name.
pub(crate) type Name = (Option<u32>, Box<str>);

/// Nodes between two items that stay: what was there, and what comes in its place.
#[derive(Default)]
struct Gap {
    first: Option<u32>,
    count: u32,
    keys: Vec<Box<str>>,
    items: Vec<Item>,
}

impl Gap {
    fn goes(&mut self, entry: &Entry) {
        let (first, count) = entry.nodes();
        self.first.get_or_insert(first);
        self.count += count;
    }

    fn comes(&mut self, key: impl Into<Box<str>>, item: Instance<'_>) {
        self.keys.push(key.into());
        self.items.push(Item::new(Value::Instance(item)));
    }
}

impl Diff<'_> {
    pub(super) fn stream(&mut self, stream: &mut held::Stream, next: Stream<'_>, after: Place) {
        let Stream { mut changes, .. } = next;
        if self.streams.restarted {
            changes.insert(0, crate::stream::Change::Reset);
        }
        if changes.is_empty() {
            return;
        }
        let mut outcome = Outcome::of(&stream.entries, changes);
        if outcome.is_reset {
            stream.lost = false;
        }
        let mut old = std::mem::take(&mut stream.entries).into_iter().enumerate();
        let entries = &mut stream.entries;
        let mut gap = Gap::default();
        for id in outcome.order {
            if let Some((key, item)) = outcome.shown.remove(&id) {
                gap.comes(key, item);
                continue;
            }
            // Those before it that do not stay go, also for what is shown in their place.
            for (at, entry) in old.by_ref() {
                if at < id {
                    gap.goes(&entry);
                    continue;
                }
                let place = Place::Before(entry.nodes().0);
                self.close(&mut gap, place, entries);
                entries.push(entry);
                break;
            }
        }
        old.for_each(|(_, entry)| gap.goes(&entry));
        self.close(&mut gap, after, entries);
    }

    /// Tells of what is between items that stay. `place` is behind it.
    fn close(&mut self, gap: &mut Gap, place: Place, entries: &mut Vec<Entry>) {
        let Gap {
            first,
            count,
            keys,
            mut items,
        } = std::mem::take(gap);
        items.iter_mut().for_each(|item| item.number(self.numbers));
        let markup = Source::Items(&items);
        match (first, items.is_empty()) {
            (None, true) => return,
            (None, false) => (self.out)(place.insert(markup)),
            (Some(node), true) => (self.out)(Operation::Remove { node, count }),
            (Some(node), false) => (self.out)(Operation::Replace {
                node,
                count,
                markup: Markup(markup),
            }),
        }
        for (key, item) in keys.into_iter().zip(items) {
            let mut entry = Entry::new(key, item);
            if !self.streams.keep {
                entry.forget();
            }
            entries.push(entry);
        }
    }

    /// What is held anew was told, with all that is in its streams.
    pub(super) fn told(&mut self, held: &mut Held) {
        if !self.announce(held) {
            return;
        }
        self.streams.any = true;
        let (streams, known) = (&mut *self.streams, &self.known);
        each_stream(held, self.component, &mut |component, stream| {
            // If it was there, just elsewhere, the host has told only what has changed.
            let is_known = |(other, name): &Name| *other == component && *name == stream.name;
            if !stream.was_reset && known.iter().any(is_known) {
                stream.lost = true;
                streams.lost.push(component);
            }
            if !streams.keep {
                stream.forget();
            }
        });
    }

    pub(super) fn told_items(&mut self, items: &mut [Item]) {
        for item in items {
            self.told(&mut item.content);
        }
    }
}

/// Which streams there are.
pub(super) fn names(held: &Held) -> Vec<Name> {
    let mut names = Vec::new();
    visit(held, None, &mut |found| {
        if let Found::Stream(component, stream) = found {
            names.push((component, stream.name.clone()));
        }
    });
    names
}

/// Whether all items of all streams are here.
pub(crate) fn is_whole(held: &Held) -> bool {
    let mut is_whole = true;
    visit(held, None, &mut |found| {
        if let Found::Stream(_, stream) = found {
            is_whole &= stream.is_whole();
        }
    });
    is_whole
}

/// Whether a stream stands elsewhere than before, and was not told anew since.
pub(crate) fn has_lost(held: &Held) -> bool {
    let mut has_lost = false;
    visit(held, None, &mut |found| {
        if let Found::Stream(_, stream) = found {
            has_lost |= stream.lost;
        }
    });
    has_lost
}

/// Calls `change` with each stream and the component that shows it.
pub(crate) fn each_stream(
    held: &mut Held,
    component: Option<u32>,
    change: &mut dyn FnMut(Option<u32>, &mut held::Stream),
) {
    match held {
        Held::Nothing | Held::Present | Held::Text { .. } | Held::Html(_) => {}
        Held::Instance(placed) => {
            for child in &placed.template.children {
                each_stream(&mut placed.slots[child.slot], component, change);
            }
        }
        Held::List(items) => items
            .iter_mut()
            .for_each(|item| each_stream(&mut item.content, component, change)),
        Held::Component(inner) => each_stream(&mut inner.content, Some(inner.id), change),
        Held::Stream(stream) => change(component, stream),
    }
}
