//! Subsequences: what may stay where it is while the rest is moved around it.

/// Indices of a longest strictly increasing subsequence, in order.
///
/// Fredman's algorithm: O(n log n). Source: M. L. Fredman, “On computing the length of longest increasing subsequences”,
/// Discrete Mathematics 11 (1975).
pub(super) fn longest_increasing(values: &[usize]) -> Vec<usize> {
    // For each length, the index of the smallest value that ends a subsequence of that length.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        let length = ends.partition_point(|&end| values[end] < *value);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(index);
        } else {
            ends[length] = index;
        }
    }
    let mut longest = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(index) = next {
        longest.push(index);
        next = before[index];
    }
    longest.reverse();
    longest
}

/// Pairs of equal elements in the order of both sequences, as many as there can be. O(left · right) in time and space.
pub(super) fn common_subsequence(
    left: usize,
    right: usize,
    same: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    let width = right + 1;
    // For each pair of ends, the length of the longest common subsequence.
    let mut longest = vec![0u32; (left + 1) * width];
    for a in (0..left).rev() {
        for b in (0..right).rev() {
            longest[a * width + b] = if same(a, b) {
                longest[(a + 1) * width + b + 1] + 1
            } else {
                longest[(a + 1) * width + b].max(longest[a * width + b + 1])
            };
        }
    }
    let mut pairs = Vec::new();
    let (mut a, mut b) = (0, 0);
    while a < left && b < right {
        if same(a, b) {
            pairs.push((a, b));
            (a, b) = (a + 1, b + 1);
        } else if longest[(a + 1) * width + b] >= longest[a * width + b + 1] {
            a += 1;
        } else {
            b += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_sequences() {
        assert_eq!(longest_increasing(&[]), [0usize; 0]);
        assert_eq!(longest_increasing(&[3, 1, 2, 0, 4]), [1, 2, 4]);
        assert_eq!(longest_increasing(&[2, 1, 0]).len(), 1);
    }

    #[test]
    fn common_subsequences_are_in_both_orders() {
        let (left, right) = (b"abcbdab", b"bdcaba");
        let pairs = common_subsequence(left.len(), right.len(), |a, b| left[a] == right[b]);
        assert_eq!(pairs.len(), 4);
        assert!(pairs.iter().all(|&(a, b)| left[a] == right[b]));
        assert!(
            pairs
                .windows(2)
                .all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1)
        );
    }

    proptest! {
        #[test]
        fn it_increases_and_none_is_longer(values in Just((0usize..9).collect::<Vec<_>>()).prop_shuffle()) {
            let found = longest_increasing(&values);
            prop_assert!(found.windows(2).all(|pair| pair[0] < pair[1] && values[pair[0]] < values[pair[1]]));
            let longest = (0u32..1 << values.len())
                .filter(|set| {
                    let chosen: Vec<_> = (0..values.len()).filter(|i| set >> i & 1 == 1).map(|i| values[i]).collect();
                    chosen.windows(2).all(|pair| pair[0] < pair[1])
                })
                .map(u32::count_ones)
                .max();
            prop_assert_eq!(Some(found.len() as u32), longest);
        }
    }
}
