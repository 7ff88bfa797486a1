//! The comparison of trees: HTML strings, and templates that took each other's place.

use std::{
    hash::{Hash, Hasher},
    ops::Range,
    sync::Arc,
};

use rustc_hash::FxHasher;

use super::{Diff, Place, matching::Matching, stream::is_whole, text};
use crate::{
    Fragment, escape,
    flat::Flat,
    fragment::{Data, Element},
    held::{Held, Markup, number_nodes},
    names,
    operation::{Operation, Source},
    write::push_name,
};

/// Nodes that are in the browser.
#[derive(Clone, Copy)]
struct Shown<'a> {
    fragment: &'a Fragment,
    numbers: &'a [u32],
}

/// Nodes that are to be there, and their numbers as far as they are known.
struct Wanted<'a> {
    fragment: &'a Fragment,
    numbers: &'a mut [u32],
}

impl Diff<'_> {
    pub(super) fn html(&mut self, markup: &mut Markup, next: Arc<Fragment>, after: Place) {
        if Arc::ptr_eq(&markup.fragment, &next) {
            return;
        }
        let mut numbers = vec![0; next.len()];
        let shown = Shown {
            fragment: &markup.fragment,
            numbers: &markup.numbers,
        };
        let mut wanted = Wanted {
            fragment: &next,
            numbers: &mut numbers,
        };
        let ranges = (0..markup.fragment.len(), 0..next.len());
        self.siblings(shown, &mut wanted, ranges, after);
        *markup = Markup {
            fragment: next,
            numbers,
        };
    }

    /// Changes content of one template to that of another, if they have an element in common to begin with: then what is
    /// in it, such as a focused field, may be in common too. The nodes keep numbers that are all their own; gives the
    /// first of them.
    pub(super) fn morph(&mut self, held: &Held, next: &Held, after: Place) -> Option<u32> {
        let is_tree = |held: &Held| matches!(held, Held::Instance(_) | Held::Html(_));
        if !is_tree(held) || !is_tree(next) || !is_whole(held) {
            return None;
        }
        let (old, new) = (Flat::new(held), Flat::new(next));
        let first = |fragment: &Fragment| {
            let root = fragment
                .roots()
                .find_map(|root| fragment.element(root))?
                .name
                .clone();
            Some(root)
        };
        if first(&old.fragment)? != first(&new.fragment)? {
            return None;
        }
        let mut numbers = vec![0; new.fragment.len()];
        let shown = Shown {
            fragment: &old.fragment,
            numbers: &old.numbers,
        };
        let mut wanted = Wanted {
            fragment: &new.fragment,
            numbers: &mut numbers,
        };
        let ranges = (0..old.fragment.len(), 0..new.fragment.len());
        self.siblings(shown, &mut wanted, ranges, after);
        numbers.first().copied()
    }

    /// All nodes side by side in one parent. `after` is the place right after the last of them.
    fn siblings(
        &mut self,
        old: Shown<'_>,
        new: &mut Wanted<'_>,
        (old_range, new_range): (Range<usize>, Range<usize>),
        after: Place,
    ) {
        let mut ours: Vec<usize> = old.fragment.siblings(old_range).collect();
        let mut theirs: Vec<usize> = new.fragment.siblings(new_range).collect();
        let same = |a: &usize, b: &usize| same_tree(old.fragment, *a, new.fragment, *b);
        let start = ours
            .iter()
            .zip(&theirs)
            .take_while(|(a, b)| same(a, b))
            .count();
        let end = ours[start..]
            .iter()
            .rev()
            .zip(theirs[start..].iter().rev())
            .take_while(|(a, b)| same(a, b))
            .count();
        for (&a, &b) in ours[..start].iter().zip(&theirs[..start]) {
            keep(old, new, a, b);
        }
        let (ours_end, theirs_end) = (ours.len() - end, theirs.len() - end);
        for (&a, &b) in ours[ours_end..].iter().zip(&theirs[theirs_end..]) {
            keep(old, new, a, b);
        }
        let after = theirs
            .get(theirs_end)
            .map_or(after, |&next| Place::Before(new.numbers[next]));
        ours.truncate(ours_end);
        theirs.truncate(theirs_end);
        self.rearrange(old, new, &ours[start..], &theirs[start..], after);
    }

    /// What is left between equal nodes.
    fn rearrange(
        &mut self,
        old: Shown<'_>,
        new: &mut Wanted<'_>,
        ours: &[usize],
        theirs: &[usize],
        after: Place,
    ) {
        let matching = matches(old.fragment, new.fragment, ours, theirs);
        if let (Some(&first), Some(&from), Some(&last)) =
            (ours.first(), theirs.first(), theirs.last())
            && matching.found.iter().all(Option::is_none)
        {
            let to = new.fragment.end(last);
            number_nodes(new.fragment, from..to, new.numbers, self.numbers);
            (self.out)(Operation::Replace {
                node: old.numbers[first],
                count: length(ours.len()),
                markup: crate::Markup(Source::Nodes(new.fragment, from, to)),
            });
            return;
        }
        self.remove(old, ours, &matching.free);

        let unmoved = matching.unmoved();
        let mut place = after;
        let mut at = theirs.len();
        while at > 0 {
            at -= 1;
            let index = theirs[at];
            if let Some(ours_at) = matching.found[at] {
                let ours_index = ours[ours_at];
                let number = old.numbers[ours_index];
                if !unmoved[ours_at] {
                    (self.out)(place.move_here(number, 1));
                }
                self.node(old, new, ours_index, index);
                place = Place::Before(number);
                continue;
            }
            let last = at;
            while at > 0 && matching.found[at - 1].is_none() {
                at -= 1;
            }
            let (from, to) = (theirs[at], new.fragment.end(theirs[last]));
            number_nodes(new.fragment, from..to, new.numbers, self.numbers);
            (self.out)(place.insert(Source::Nodes(new.fragment, from, to)));
            place = Place::Before(new.numbers[from]);
        }
    }

    /// Removes what has no match, in runs.
    fn remove(&mut self, old: Shown<'_>, ours: &[usize], free: &[bool]) {
        let mut at = 0;
        while at < ours.len() {
            let count = free[at..].iter().take_while(|&&free| free).count();
            if count > 0 {
                (self.out)(Operation::Remove {
                    node: old.numbers[ours[at]],
                    count: length(count),
                });
            }
            at += count + 1;
        }
    }

    /// A node that becomes another of the same kind.
    fn node(&mut self, old: Shown<'_>, new: &mut Wanted<'_>, ours: usize, theirs: usize) {
        if same_tree(old.fragment, ours, new.fragment, theirs) {
            keep(old, new, ours, theirs);
            return;
        }
        let node = old.numbers[ours];
        new.numbers[theirs] = node;
        match (
            &old.fragment.nodes[ours].data,
            &new.fragment.nodes[theirs].data,
        ) {
            (Data::Text(before), Data::Text(after))
            | (Data::Comment(before), Data::Comment(after)) => {
                (self.out)(text::change(node, before, after));
            }
            (Data::Element(before), Data::Element(after)) => {
                self.attributes(node, before, after);
                if after.is_ignored() {
                    return;
                }
                let ranges = (
                    ours + 1..old.fragment.end(ours),
                    theirs + 1..new.fragment.end(theirs),
                );
                if names::has_only_text(&after.name) {
                    self.only_text(node, (old.fragment, ranges.0), (new.fragment, ranges.1));
                } else {
                    self.siblings(old, new, ranges, Place::End(node));
                }
            }
            _ => {}
        }
    }

    fn attributes(&mut self, node: u32, before: &Element, after: &Element) {
        let mut name = String::new();
        for attribute in &before.attributes {
            if !after
                .attributes
                .iter()
                .any(|other| other.name == attribute.name)
            {
                name.clear();
                push_name(&attribute.name, &mut name);
                (self.out)(Operation::RemoveAttribute { node, name: &name });
            }
        }
        for attribute in &after.attributes {
            if before.attributes.contains(attribute) {
                continue;
            }
            name.clear();
            push_name(&attribute.name, &mut name);
            (self.out)(Operation::SetAttribute {
                node,
                name: &name,
                value: &attribute.value,
            });
        }
    }

    /// An element that contains one text or nothing.
    fn only_text(
        &mut self,
        node: u32,
        (old, old_range): (&Fragment, Range<usize>),
        (new, new_range): (&Fragment, Range<usize>),
    ) {
        let (before, after) = (text_of(old, old_range), text_of(new, new_range));
        if before != after {
            (self.out)(Operation::SetText { node, text: after });
        }
    }
}

fn length(nodes: usize) -> u32 {
    u32::try_from(nodes).expect("a fragment's length fits")
}

fn text_of(fragment: &Fragment, mut range: Range<usize>) -> &str {
    range
        .find_map(|index| match &fragment.nodes[index].data {
            Data::Text(text) => Some(&**text),
            _ => None,
        })
        .unwrap_or_default()
}

/// Equal trees have the same numbers.
fn keep(old: Shown<'_>, new: &mut Wanted<'_>, ours: usize, theirs: usize) {
    let length = old.fragment.end(ours) - ours;
    new.numbers[theirs..theirs + length].copy_from_slice(&old.numbers[ours..ours + length]);
}

fn same_tree(old: &Fragment, ours: usize, new: &Fragment, theirs: usize) -> bool {
    let length = old.end(ours) - ours;
    length == new.end(theirs) - theirs
        && old.nodes[ours].hash == new.nodes[theirs].hash
        && (0..length).all(|at| {
            old.nodes[ours + at].data == new.nodes[theirs + at].data
                && old.end(ours + at) - ours == new.end(theirs + at) - theirs
        })
}

/// Which of `ours` becomes which of `theirs`: elements with keys by these, wherever they are, then equal nodes, then what
/// is between them by its kind.
fn matches(old: &Fragment, new: &Fragment, ours: &[usize], theirs: &[usize]) -> Matching {
    let mut matching = Matching::new(ours.len(), theirs.len());
    if ours.is_empty() || theirs.is_empty() {
        return matching;
    }
    let may_become = |a: usize, b: usize| may_become(old, ours[a], new, theirs[b]);
    matching.by_key(keys(old, ours), keys(new, theirs), may_become);
    matching.by_content(&hashes(old, ours), &hashes(new, theirs), |a, b| {
        same_tree(old, ours[a], new, theirs[b])
    });
    matching.by_kind(&kinds(old, ours), &kinds(new, theirs), may_become);
    matching
}

/// Which of these nodes have keys, and these.
fn keys<'f>(fragment: &'f Fragment, nodes: &[usize]) -> impl Iterator<Item = (usize, &'f str)> {
    nodes
        .iter()
        .enumerate()
        .filter_map(|(at, &index)| Some((at, fragment.element(index).and_then(key_of)?)))
}

fn hashes(fragment: &Fragment, nodes: &[usize]) -> Vec<Option<u64>> {
    let hash = |&index: &usize| Some(fragment.nodes[index].hash);
    nodes.iter().map(hash).collect()
}

/// What tells an element from its siblings.
fn key_of(element: &Element) -> Option<&str> {
    ["ts-key", "key", "id"]
        .into_iter()
        .find_map(|name| element.attribute(name))
        .filter(|key| !key.is_empty())
}

/// Whether operations can make one node the other.
fn may_become(old: &Fragment, ours: usize, new: &Fragment, theirs: usize) -> bool {
    match (&old.nodes[ours].data, &new.nodes[theirs].data) {
        (Data::Text(_), Data::Text(_)) | (Data::Comment(_), Data::Comment(_)) => true,
        (Data::Element(before), Data::Element(after)) => {
            before.name == after.name
                // What is inserted into one is parsed without regard to its attributes, and they decide whether it is HTML.
                && before.name.local != *"annotation-xml"
                && before.is_ignored() == after.is_ignored()
                && before
                    .attributes
                    .iter()
                    .chain(&after.attributes)
                    .filter(|attribute| {
                        !(before.attributes.contains(attribute)
                            && after.attributes.contains(attribute))
                    })
                    .all(|attribute| escape::is_settable(&attribute.name.local))
        }
        _ => false,
    }
}

/// Hashes by which nodes without keys may become each other.
fn kinds(fragment: &Fragment, nodes: &[usize]) -> Vec<Option<u64>> {
    let kind = |&index: &usize| kind(&fragment.nodes[index].data);
    nodes.iter().map(kind).collect()
}

fn kind(data: &Data) -> Option<u64> {
    match data {
        Data::Text(_) => Some(0),
        Data::Comment(_) => Some(1),
        Data::Element(element) if key_of(element).is_some() => None,
        Data::Element(element) => {
            let hash = |hashed: &dyn Fn(&mut FxHasher)| {
                let mut hasher = FxHasher::default();
                hashed(&mut hasher);
                hasher.finish()
            };
            // They keep their attributes that cannot be set, in whatever order.
            let fixed = element.attributes.iter();
            let fixed = fixed.filter(|attribute| !escape::is_settable(&attribute.name.local));
            let fixed = fixed
                .map(|attribute| hash(&|hasher| (&attribute.name, &attribute.value).hash(hasher)));
            let fixed = fixed.fold(0, u64::wrapping_add);
            Some(hash(&|hasher| {
                (&element.name, element.is_ignored(), fixed).hash(hasher);
            }))
        }
    }
}
