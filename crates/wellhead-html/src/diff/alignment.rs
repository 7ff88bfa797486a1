//! What two sequences have in common, in the order of both: what may stay while the rest comes and goes around it.

use std::hash::Hash;

use rustc_hash::{FxHashMap, FxHashSet};

use super::sequence::longest_increasing;

/// Up to so many elements that come or go are found by walking past all others, whatever they are.
const MOST_EDITS: usize = 512;

/// Up to so many pairs of equal elements are all looked at.
const MOST_PAIRS: usize = 250_000;

/// How many elements are looked at beyond that, to find one that is equal.
const LOOK_AHEAD: usize = 64;

/// Pairs of equal elements in the order of both sequences.
///
/// There are as many as there can be if, of the elements that both sequences have, 512 or fewer are in no pair, or if
/// there are 250,000 pairs of equal elements or fewer, as in any two sequences of 500. Beyond, each element takes the
/// next one that is near. Takes O(512 · n + 250,000 · log n) at worst, and O(n) if little has changed.
pub(super) fn align<T: Copy + Eq + Hash>(left: &[T], right: &[T]) -> Vec<(usize, usize)> {
    // What only one of both has is in no pair.
    let (left, right) = (found_in(left, right), found_in(right, left));
    let same = |(a, b): &(&(usize, T), &(usize, T))| a.1 == b.1;
    let start = left.iter().zip(&right).take_while(same).count();
    let end = left[start..]
        .iter()
        .rev()
        .zip(right[start..].iter().rev())
        .take_while(same)
        .count();
    let (left_end, right_end) = (left.len() - end, right.len() - end);
    let elements = |of: &[(usize, T)]| of.iter().map(|&(_, element)| element).collect::<Vec<T>>();
    let middle = (
        elements(&left[start..left_end]),
        elements(&right[start..right_end]),
    );
    let middle = by_edits(&middle.0, &middle.1)
        .or_else(|| by_pairs(&middle.0, &middle.1))
        .unwrap_or_else(|| by_looking_ahead(&middle.0, &middle.1));
    (0..start)
        .map(|at| (at, at))
        .chain(middle.iter().map(|&(a, b)| (start + a, start + b)))
        .chain((0..end).map(|at| (left_end + at, right_end + at)))
        .map(|(a, b)| (left[a].0, right[b].0))
        .collect()
}

/// The elements that the other sequence has too, and where they are.
fn found_in<T: Copy + Eq + Hash>(elements: &[T], other: &[T]) -> Vec<(usize, T)> {
    let known: FxHashSet<T> = other.iter().copied().collect();
    let all = elements.iter().copied().enumerate();
    all.filter(|(_, element)| known.contains(element)).collect()
}

/// A longest common subsequence, if few elements are not in it: O(edits · n) in time, O(edits²) in space.
///
/// Source: E. W. Myers, “An O(ND) Difference Algorithm and Its Variations”, Algorithmica 1 (1986).
fn by_edits<T: Eq>(left: &[T], right: &[T]) -> Option<Vec<(usize, usize)>> {
    if left.len().abs_diff(right.len()) > MOST_EDITS {
        return None;
    }
    // For each number of edits, one row: how far `left` was followed with `removed` of its elements removed, for each
    // such number. The other edits insert.
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for edits in 0..=MOST_EDITS {
        let mut row = Vec::with_capacity(edits + 1);
        for removed in 0..=edits {
            let mut a = rows.last().map_or(0, |row| reach(row, removed).0);
            let mut b = a + edits - 2 * removed;
            while a < left.len() && b < right.len() && left[a] == right[b] {
                (a, b) = (a + 1, b + 1);
            }
            if a == left.len() && b == right.len() {
                return Some(walk_back(&rows, removed, a));
            }
            row.push(a);
        }
        rows.push(row);
    }
    None
}

/// How far one more edit gets when so many remove, given what those before it reached; and whether that one removes.
fn reach(before: &[usize], removed: usize) -> (usize, bool) {
    let by_removing = removed.checked_sub(1).map(|fewer| before[fewer] + 1);
    let by_inserting = before.get(removed).copied();
    match by_removing.max(by_inserting) {
        Some(a) => (a, by_removing == Some(a)),
        None => (0, false),
    }
}

/// The pairs on the way to where the edits after `rows` got.
fn walk_back(rows: &[Vec<usize>], mut removed: usize, mut a: usize) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for edits in (0..=rows.len()).rev() {
        let before = edits.checked_sub(1).map(|fewer| &rows[fewer]);
        let (from, removes) = before.map_or((0, false), |row| reach(row, removed));
        pairs.extend((from..a).rev().map(|a| (a, a + edits - 2 * removed)));
        if removes {
            removed -= 1;
        }
        a = before.map_or(0, |row| row.get(removed).copied().unwrap_or(0));
    }
    pairs.reverse();
    pairs
}

/// A longest common subsequence, if there are few pairs: O(pairs · log n).
///
/// Source: J. W. Hunt and T. G. Szymanski, “A fast algorithm for computing longest common subsequences”,
/// Communications of the ACM 20 (1977).
fn by_pairs<T: Copy + Eq + Hash>(left: &[T], right: &[T]) -> Option<Vec<(usize, usize)>> {
    let mut places: FxHashMap<T, Vec<usize>> = FxHashMap::default();
    for (a, &element) in left.iter().enumerate() {
        places.entry(element).or_default().push(a);
    }
    let equal = |element| places.get(element).map_or(&[][..], |places| places);
    if right
        .iter()
        .map(|element| equal(element).len())
        .sum::<usize>()
        > MOST_PAIRS
    {
        return None;
    }
    let (mut pairs, mut lefts) = (Vec::new(), Vec::new());
    for (b, element) in right.iter().enumerate() {
        // Backwards, so that no two pairs with one `b` are both in what increases.
        let equal = equal(element).iter().rev();
        pairs.extend(equal.clone().map(|&a| (a, b)));
        lefts.extend(equal);
    }
    let longest = longest_increasing(&lefts);
    Some(longest.into_iter().map(|at| pairs[at]).collect())
}

/// A common subsequence: each element of `right` takes the next equal one of `left`, if it is near.
fn by_looking_ahead<T: Eq>(left: &[T], right: &[T]) -> Vec<(usize, usize)> {
    let mut from = 0;
    let next = |(b, element): (usize, &T)| {
        let near = left[from..].iter().take(LOOK_AHEAD);
        let a = from + near.into_iter().position(|other| other == element)?;
        from = a + 1;
        Some((a, b))
    };
    right.iter().enumerate().filter_map(next).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The length of a longest common subsequence, by definition.
    fn longest(left: &[u8], right: &[u8]) -> usize {
        let mut after = vec![0; right.len() + 1];
        for a in left.iter().rev() {
            let mut here = vec![0; right.len() + 1];
            for (b, element) in right.iter().enumerate().rev() {
                here[b] = match a == element {
                    true => after[b + 1] + 1,
                    false => after[b].max(here[b + 1]),
                };
            }
            after = here;
        }
        after[0]
    }

    fn in_order(pairs: &[(usize, usize)]) -> bool {
        pairs
            .windows(2)
            .all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1)
    }

    /// Numbers without a pattern.
    fn random(length: usize, limit: u64) -> Vec<u64> {
        let mut state = 1u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % limit
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn a_few_changes_of_a_long_sequence_are_found_though_its_elements_are_alike() {
        let left = random(10_000, 2);
        let mut right = left.clone();
        right.insert(9000, 1 - left[9000]);
        right.remove(4000);
        right.insert(2000, 1 - left[2000]);
        let pairs = align(&left, &right);
        assert_eq!(pairs.len(), 9999);
        assert!(in_order(&pairs));
        assert!(pairs.iter().all(|&(a, b)| left[a] == right[b]));
    }

    #[test]
    fn many_changes_of_a_long_sequence_are_found_if_its_elements_differ() {
        let left: Vec<usize> = (0..10_000).collect();
        let mut right = left.clone();
        right.rotate_left(3000);
        assert!(by_edits(&left, &right).is_none());
        assert_eq!(align(&left, &right).len(), 7000);
    }

    #[test]
    fn much_is_found_of_what_it_would_take_too_long_to_find_all() {
        let (left, right) = (random(4000, 3), random(5000, 3)[1000..].to_vec());
        assert!(by_edits(&left, &right).is_none() && by_pairs(&left, &right).is_none());
        let pairs = align(&left, &right);
        assert!(in_order(&pairs));
        assert!(pairs.iter().all(|&(a, b)| left[a] == right[b]));
        assert!(pairs.len() > 1000, "{}", pairs.len());
    }

    proptest! {
        #[test]
        fn there_is_no_longer_common_subsequence(
            left in proptest::collection::vec(0u8..5, 0..24),
            right in proptest::collection::vec(0u8..5, 0..24),
        ) {
            let most = longest(&left, &right);
            for pairs in [Some(align(&left, &right)), by_edits(&left, &right), by_pairs(&left, &right)] {
                let pairs = pairs.expect("they are short");
                prop_assert!(in_order(&pairs));
                prop_assert!(pairs.iter().all(|&(a, b)| left[a] == right[b]));
                prop_assert_eq!(pairs.len(), most);
            }
        }
    }
}
