//! What a direction remembers: strings and templates that were sent once, and have numbers from then on.
//!
//! Both sides count entries and bytes, so both know without a word which entries have found room.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use crate::{Capacity, NAMES, Name, TEMPLATES};

/// How full a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room {
    capacity: Capacity,
    entries: u32,
    bytes: usize,
}

impl Room {
    fn new(capacity: Capacity) -> Self {
        Self {
            capacity,
            entries: 0,
            bytes: 0,
        }
    }

    /// The index of an entry of so many bytes, if there is room for it.
    fn take(&mut self, bytes: usize) -> Option<u32> {
        let fits =
            self.entries < self.capacity.entries && self.capacity.bytes - self.bytes >= bytes;
        fits.then(|| {
            self.bytes += bytes;
            self.entries += 1;
            self.entries - 1
        })
    }
}

/// A sender's table. What a message has added is forgotten unless the message is finished.
#[derive(Debug)]
pub(crate) struct Sent<K, V> {
    entries: HashMap<K, (u32, V)>,
    room: Room,
    committed: Room,
}

impl<K: Hash + Eq, V> Sent<K, V> {
    fn new(capacity: Capacity) -> Self {
        Self {
            entries: HashMap::new(),
            room: Room::new(capacity),
            committed: Room::new(capacity),
        }
    }

    /// The index of an entry and what is known of it.
    pub(crate) fn get<Q: ?Sized + Hash + Eq>(&self, key: &Q) -> Option<&(u32, V)>
    where
        K: Borrow<Q>,
    {
        self.entries.get(key)
    }

    /// Adds an entry if there is room.
    pub(crate) fn add(&mut self, bytes: usize, entry: impl FnOnce() -> (K, V)) {
        if let Some(index) = self.room.take(bytes) {
            let (key, value) = entry();
            self.entries.insert(key, (index, value));
        }
    }

    /// What was added stays.
    pub(crate) fn commit(&mut self) {
        self.committed = self.room;
    }

    /// What was added and not committed is forgotten.
    pub(crate) fn roll_back(&mut self) {
        if self.room != self.committed {
            self.entries
                .retain(|_, (index, _)| *index < self.committed.entries);
            self.room = self.committed;
        }
    }
}

/// What a sender knows of a template.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SentTemplate {
    pub(crate) statics: usize,
    pub(crate) bytes: usize,
}

/// A sender's table of strings.
pub(crate) type SentNames = Sent<Name, ()>;
/// A sender's table of templates, by the caller's keys.
pub(crate) type SentTemplates = Sent<u64, SentTemplate>;

pub(crate) fn sent_names() -> SentNames {
    Sent::new(NAMES)
}

pub(crate) fn sent_templates() -> SentTemplates {
    Sent::new(TEMPLATES)
}

/// A receiver's table.
#[derive(Debug)]
pub(crate) struct Received<T> {
    entries: Vec<T>,
    room: Room,
}

/// The static parts of a template.
pub(crate) type Statics = Arc<[Box<str>]>;

/// A receiver's tables.
#[derive(Debug)]
pub(crate) struct ReceivedTables {
    pub(crate) names: Received<Name>,
    pub(crate) templates: Received<Statics>,
}

impl ReceivedTables {
    pub(crate) fn new() -> Self {
        Self {
            names: Received::new(NAMES),
            templates: Received::new(TEMPLATES),
        }
    }
}

impl<T: Clone> Received<T> {
    fn new(capacity: Capacity) -> Self {
        Self {
            entries: Vec::new(),
            room: Room::new(capacity),
        }
    }

    pub(crate) fn get(&self, index: u64) -> Option<&T> {
        self.entries.get(usize::try_from(index).ok()?)
    }

    pub(crate) fn add(&mut self, bytes: usize, entry: &T) {
        if self.room.take(bytes).is_some() {
            self.entries.push(entry.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Capacity = Capacity {
        entries: 3,
        bytes: 10,
    };

    #[test]
    fn entries_and_bytes_are_counted() {
        let mut room = Room::new(SMALL);
        assert_eq!(room.take(11), None);
        assert_eq!(room.take(8), Some(0));
        assert_eq!(room.take(3), None);
        assert_eq!(room.take(2), Some(1));
        assert_eq!(room.take(1), None);
        assert_eq!(room.take(0), Some(2));
        assert_eq!(room.take(0), None);
    }

    #[test]
    fn what_is_not_committed_is_forgotten() {
        let mut sent = Sent::<u64, ()>::new(SMALL);
        sent.add(4, || (1, ()));
        sent.commit();
        sent.add(4, || (2, ()));
        sent.roll_back();
        assert_eq!(sent.get(&1), Some(&(0, ())));
        assert_eq!(sent.get(&2), None);
        sent.add(6, || (3, ()));
        sent.commit();
        sent.roll_back();
        assert_eq!(sent.get(&3), Some(&(1, ())));
    }
}
