//! The buffer that markup is written into, as bytes.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// How much room is kept from one render to the next.
const MOST_KEPT: usize = 1 << 20;

/// How many buffers are kept for later.
pub(super) const MOST_SPARE: usize = 8;

/// Room for what a page begins with, before what was written.
pub(super) const HEADROOM: usize = 4096;

/// How a text between the constant parts is escaped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Between tags: `&` and `<`.
    Text,
    /// In an attribute's value: `"` too.
    Attribute,
}

/// Bytes, with room after them that is initialised, so that short pieces are put there without further ado, and some
/// before them.
pub(super) struct Buffer {
    pub(super) bytes: Vec<u8>,
    pub(super) length: usize,
    /// Buffers that nobody reads any more: memory that was just used is fast.
    pub(super) spare: Spare,
}

type Spare = Arc<Mutex<Vec<Vec<u8>>>>;

/// A buffer on its way to a client.
struct Lent {
    bytes: Vec<u8>,
    range: Range<usize>,
    spare: Spare,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[self.range.clone()]
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.len() < MOST_SPARE && self.bytes.len() <= MOST_KEPT {
            spare.push(std::mem::take(&mut self.bytes));
        }
    }
}

impl Buffer {
    pub(super) fn new() -> Self {
        Self {
            bytes: vec![0; HEADROOM],
            length: HEADROOM,
            spare: Spare::default(),
        }
    }

    /// A range with texts before and after it, where there is room; the buffer begins anew. What is around the range is
    /// overwritten.
    pub(super) fn framed(
        &mut self,
        before: &[u8],
        range: Range<usize>,
        after: &[u8],
    ) -> Option<Bytes> {
        let start = range.start.checked_sub(before.len())?;
        let end = range.end + after.len();
        if end > self.bytes.len() {
            self.grow(end);
        }
        self.bytes[start..range.start].copy_from_slice(before);
        self.bytes[range.end..end].copy_from_slice(after);
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        // Most pages are about as large as the one before.
        let size = self.bytes.len().min(MOST_KEPT);
        let fresh = spare.pop().unwrap_or_else(|| vec![0; size]);
        Some(Bytes::from_owner(Lent {
            bytes: std::mem::replace(&mut self.bytes, fresh),
            range: start..end,
            spare: Arc::clone(&self.spare),
        }))
    }

    /// Appends a constant part.
    #[inline]
    pub(super) fn append(&mut self, bytes: &[u8]) {
        self.copy(bytes, |_| false);
    }

    /// Appends a text as Svelte escapes it. Most have nothing to escape: they are copied while they are looked at.
    #[inline]
    pub(super) fn escape(&mut self, text: &[u8], place: Place) {
        let clean = match place {
            Place::Text => self.copy(text, |byte| matches!(byte, b'&' | b'<')),
            Place::Attribute => self.copy(text, |byte| matches!(byte, b'&' | b'<' | b'"')),
        };
        if !clean {
            self.escape_slowly(text, place);
        }
    }

    #[cold]
    fn escape_slowly(&mut self, text: &[u8], place: Place) {
        let special =
            |byte: &u8| matches!(byte, b'&' | b'<') || (*byte == b'"' && place == Place::Attribute);
        let mut rest = text;
        while let Some(at) = rest.iter().position(special) {
            self.append(&rest[..at]);
            self.append(match rest[at] {
                b'&' => b"&amp;",
                b'<' => b"&lt;",
                _ => b"&quot;",
            });
            rest = &rest[at + 1..];
        }
        self.append(rest);
    }

    /// Appends bytes; where one of them is special, nothing is appended and the result is `false`. Most pieces are short,
    /// and a call of `memcpy` takes longer than to copy what they are.
    #[inline]
    fn copy(&mut self, bytes: &[u8], special: impl Fn(u8) -> bool + Copy) -> bool {
        let end = self.length + bytes.len();
        if end > self.bytes.len() {
            self.grow(end);
        }
        let room = &mut self.bytes[self.length..end];
        let clean = copy_ends::<4>(bytes, room, special)
            .or_else(|| copy_ends::<8>(bytes, room, special))
            .or_else(|| copy_ends::<16>(bytes, room, special))
            .unwrap_or_else(|| copy_blocks(bytes, room, special));
        if clean {
            self.length = end;
        }
        clean
    }

    #[cold]
    fn grow(&mut self, end: usize) {
        self.bytes.resize(end.next_power_of_two().max(1 << 14), 0);
    }

    /// Forgets all. What was much larger than most leaves no room of its size behind.
    pub(super) fn clear(&mut self) {
        self.length = HEADROOM;
        self.bytes.truncate(MOST_KEPT);
        self.bytes.shrink_to(MOST_KEPT);
    }
}

/// Copies bytes of which the first and the last `N` are all there are, if so, and tells whether none is special.
#[inline]
fn copy_ends<const N: usize>(
    bytes: &[u8],
    room: &mut [u8],
    special: impl Fn(u8) -> bool,
) -> Option<bool> {
    let (first, last) = (bytes.first_chunk::<N>()?, bytes.last_chunk::<N>()?);
    if bytes.len() > 2 * N {
        return None;
    }
    room[..N].copy_from_slice(first);
    room[bytes.len() - N..].copy_from_slice(last);
    Some(is_clean(first, &special) & is_clean(last, &special))
}

/// Copies bytes in blocks, and tells whether none is special. What comes after the first that is may not be copied.
#[inline]
fn copy_blocks(bytes: &[u8], room: &mut [u8], special: impl Fn(u8) -> bool) -> bool {
    const BLOCK: usize = 16;
    let Some(last) = bytes.last_chunk::<BLOCK>() else {
        room.copy_from_slice(bytes);
        return !bytes.iter().any(|byte| special(*byte));
    };
    let (places, _) = room.as_chunks_mut::<BLOCK>();
    let (blocks, _) = bytes.as_chunks::<BLOCK>();
    for (place, block) in places.iter_mut().zip(blocks) {
        *place = *block;
        if !is_clean(block, &special) {
            return false;
        }
    }
    // What is left over, with some of what was copied already.
    room[bytes.len() - BLOCK..].copy_from_slice(last);
    is_clean(last, &special)
}

/// Whether none of the bytes is special. All are looked at, which takes one instruction for each special byte.
#[inline]
fn is_clean<const N: usize>(block: &[u8; N], special: impl Fn(u8) -> bool) -> bool {
    !block.iter().fold(false, |any, byte| any | special(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_all_lengths_are_escaped() {
        for (length, at) in (0..40).flat_map(|length| (0..=length).map(move |at| (length, at))) {
            for byte in ["&", "<", "\"", "%", "'", ";", "\u{80}", "é"] {
                let mut text = "x".repeat(at);
                text.push_str(byte);
                text.push_str(&"y".repeat(length - at));
                for place in [Place::Text, Place::Attribute] {
                    let mut out = Buffer::new();
                    out.append(b"before");
                    out.escape(text.as_bytes(), place);
                    let mut expected = text.replace('&', "&amp;").replace('<', "&lt;");
                    if place == Place::Attribute {
                        expected = expected.replace('"', "&quot;");
                    }
                    let written = std::str::from_utf8(&out.bytes[HEADROOM..out.length]).unwrap();
                    assert_eq!(written, format!("before{expected}"));
                }
            }
        }
    }
}
