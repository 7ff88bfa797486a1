//! How a text becomes another with the fewest bytes.

use crate::operation::Operation;

/// What a splice has to say beyond the text, in bytes: where, and how much goes.
const SPLICE_COST: usize = 4;

/// Both texts differ.
pub(super) fn change<'n>(node: u32, old: &str, new: &'n str) -> Operation<'n> {
    let start = common_start(old, new);
    let end = common_end(&old[start..], &new[start..]);
    let inserted = &new[start..new.len() - end];
    if inserted.len() + SPLICE_COST >= new.len() {
        return Operation::SetText { node, text: new };
    }
    Operation::SpliceText {
        node,
        at: utf16_length(&new[..start]),
        remove: utf16_length(&old[start..old.len() - end]),
        text: inserted,
    }
}

/// How many bytes of whole characters both begin with.
fn common_start(one: &str, other: &str) -> usize {
    let same = one
        .bytes()
        .zip(other.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    // Both are the same up to there, so a boundary of one is a boundary of the other.
    (0..=same)
        .rev()
        .find(|&at| one.is_char_boundary(at) && other.is_char_boundary(at))
        .unwrap_or(0)
}

/// How many bytes of whole characters both end with.
fn common_end(one: &str, other: &str) -> usize {
    let same = one
        .bytes()
        .rev()
        .zip(other.bytes().rev())
        .take_while(|(a, b)| a == b)
        .count();
    (0..=same)
        .rev()
        .find(|&back| {
            one.is_char_boundary(one.len() - back) && other.is_char_boundary(other.len() - back)
        })
        .unwrap_or(0)
}

fn utf16_length(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}
