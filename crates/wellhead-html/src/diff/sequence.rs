//! The longest increasing subsequence: what may stay where it is while the rest is moved around it.

/// Indices of a longest strictly increasing subsequence, in order.
///
/// Fredman's algorithm: O(n log n). Source: M. L. Fredman, “On computing the length of longest increasing subsequences”,
/// Discrete Mathematics 11 (1975).
pub(super) fn longest_increasing(values: &[usize]) -> Vec<usize> {
    // For each length, the index of the smallest value that ends a subsequence of that length.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        // What did not move comes after all that came before.
        let length = match ends.last() {
            Some(&last) if values[last] >= *value => {
                ends.partition_point(|&end| values[end] < *value)
            }
            _ => ends.len(),
        };
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
