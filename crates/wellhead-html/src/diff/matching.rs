//! Which of the siblings that are there becomes which of those that are to be there.

use std::{collections::VecDeque, hash::Hash};

use rustc_hash::FxHashMap;

use super::{alignment::align, sequence::longest_increasing};

/// Which of our siblings becomes which of theirs, each by its index.
#[derive(Clone)]
pub(super) struct Matching {
    /// For each of theirs, which of ours becomes it.
    pub(super) found: Vec<Option<usize>>,
    /// For each of ours, whether it becomes none of theirs.
    pub(super) free: Vec<bool>,
}

/// What makes a sibling of ours and one of theirs the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Same {
    /// They are matched: by the index of ours.
    Matched(usize),
    /// They have equal content: by its hash.
    Content(u64),
    /// It has no other: which it is.
    Ours(usize),
    Theirs(usize),
}

impl Matching {
    pub(super) fn new(ours: usize, theirs: usize) -> Self {
        Self {
            found: vec![None; theirs],
            free: vec![true; ours],
        }
    }

    pub(super) fn add(&mut self, ours: usize, theirs: usize) {
        self.found[theirs] = Some(ours);
        self.free[ours] = false;
    }

    /// Matches those with the same key, wherever they are. Several may have one key: they are told apart by their order.
    pub(super) fn by_key<K: Eq + Hash>(
        &mut self,
        ours: impl Iterator<Item = (usize, K)>,
        theirs: impl Iterator<Item = (usize, K)>,
        fits: impl Fn(usize, usize) -> bool,
    ) {
        let mut known: FxHashMap<K, VecDeque<usize>> = FxHashMap::default();
        for (at, key) in ours {
            known.entry(key).or_default().push_back(at);
        }
        if known.is_empty() {
            return;
        }
        for (at, key) in theirs {
            if let Some(queue) = known.get_mut(&key)
                && let Some(&first) = queue.front()
                && fits(first, at)
            {
                queue.pop_front();
                self.add(first, at);
            }
        }
    }

    /// Matches those of equal content: first as many as can stay where they are, beside what is matched already, then the
    /// others. Hashes are given for those that may be matched.
    pub(super) fn by_content(
        &mut self,
        ours: &[Option<u64>],
        theirs: &[Option<u64>],
        same: impl Fn(usize, usize) -> bool,
    ) {
        for (a, b) in self.in_order(ours, theirs) {
            if self.found[b].is_none() && same(a, b) {
                self.add(a, b);
            }
        }
        let free = |at: &(usize, u64)| self.free[at.0];
        let unmatched = |at: &(usize, u64)| self.found[at.0].is_none();
        let ours: Vec<(usize, u64)> = hashes(ours).filter(free).collect();
        let theirs: Vec<(usize, u64)> = hashes(theirs).filter(unmatched).collect();
        self.by_key(ours.into_iter(), theirs.into_iter(), same);
    }

    /// Pairs that may stay where they are, if their contents are equal indeed.
    fn in_order(&self, ours: &[Option<u64>], theirs: &[Option<u64>]) -> Vec<(usize, usize)> {
        let ours = ours.iter().enumerate();
        let theirs = theirs.iter().enumerate();
        let mut left: Vec<Same> = ours
            .map(|(at, hash)| hash.map_or(Same::Ours(at), Same::Content))
            .collect();
        let mut right: Vec<Same> = theirs
            .map(|(at, hash)| hash.map_or(Same::Theirs(at), Same::Content))
            .collect();
        for (b, found) in self.found.iter().enumerate() {
            if let Some(a) = *found {
                (left[a], right[b]) = (Same::Matched(a), Same::Matched(a));
            }
        }
        align(&left, &right)
    }

    /// Between those that stay where they are, matches those of one kind, as many as can be in their order. Hashes of kinds
    /// are given for those that may be matched.
    pub(super) fn by_kind(
        &mut self,
        ours: &[Option<u64>],
        theirs: &[Option<u64>],
        fits: impl Fn(usize, usize) -> bool,
    ) {
        if !self.free.contains(&true) || self.found.iter().all(Option::is_some) {
            return;
        }
        let unmoved = self.unmoved();
        let stays = self.found.iter().enumerate();
        let stays = stays.filter_map(|(b, a)| a.filter(|&a| unmoved[a]).map(|a| (a, b)));
        let stays: Vec<(usize, usize)> = stays.collect();
        let (mut a, mut b) = (0, 0);
        for (next_a, next_b) in stays.into_iter().chain([(ours.len(), theirs.len())]) {
            let left = hashes(&ours[a..next_a]).map(|(at, kind)| (a + at, kind));
            let right = hashes(&theirs[b..next_b]).map(|(at, kind)| (b + at, kind));
            let left: Vec<_> = left.filter(|at| self.free[at.0]).collect();
            let right: Vec<_> = right.filter(|at| self.found[at.0].is_none()).collect();
            self.align_kinds(&left, &right, &fits);
            (a, b) = (next_a + 1, next_b + 1);
        }
    }

    fn align_kinds(
        &mut self,
        left: &[(usize, u64)],
        right: &[(usize, u64)],
        fits: &impl Fn(usize, usize) -> bool,
    ) {
        let kinds = |of: &[(usize, u64)]| of.iter().map(|at| at.1).collect::<Vec<u64>>();
        for (a, b) in align(&kinds(left), &kinds(right)) {
            let (a, b) = (left[a].0, right[b].0);
            if fits(a, b) {
                self.add(a, b);
            }
        }
    }

    /// For each of ours, whether it stays where it is: as many as can, so that as few as can are moved.
    pub(super) fn unmoved(&self) -> Vec<bool> {
        let matched: Vec<usize> = self.found.iter().copied().flatten().collect();
        let mut unmoved = vec![false; self.free.len()];
        for index in longest_increasing(&matched) {
            unmoved[matched[index]] = true;
        }
        unmoved
    }
}

fn hashes(of: &[Option<u64>]) -> impl Iterator<Item = (usize, u64)> {
    of.iter()
        .enumerate()
        .filter_map(|(at, hash)| Some((at, (*hash)?)))
}
