//! Places in sources: the lines around a problem, and offsets.

use serde::{Deserialize, Serialize};

/// How many lines of source a frame shows before and after the line of the problem.
const CONTEXT: usize = 2;

/// How much of a line a frame keeps; a minified line is cut.
const LINE_LIMIT: usize = 2_000;

/// A few lines of source with the place of the problem in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The number of the first line, from 1.
    pub first_line: u32,
    /// The lines.
    pub text: String,
    /// Where the problem begins in `text`, in bytes.
    pub start: usize,
    /// Where it ends in `text`, in bytes.
    pub end: usize,
}

impl Frame {
    /// The lines around a range of bytes.
    pub(super) fn cut(source: &str, start: usize, end: usize) -> Option<Self> {
        let mut from = source[..start].rfind('\n').map_or(0, |at| at + 1);
        let mut first_line = source[..from].matches('\n').count() + 1;
        if start - from > LINE_LIMIT {
            // A minified line: no context, only what is near.
            from = floor(source, start - LINE_LIMIT / 4);
        } else {
            for _ in 0..CONTEXT {
                let Some(previous) = from.checked_sub(1) else {
                    break;
                };
                from = source[..previous].rfind('\n').map_or(0, |at| at + 1);
                first_line -= 1;
            }
        }
        let mut to = line_end(source, start);
        // What spans many lines is shown by its first line.
        let end = end.min(to).max(start);
        for _ in 0..CONTEXT {
            to = if to < source.len() {
                line_end(source, to + 1)
            } else {
                to
            };
        }
        let to = floor(source, to.min(start + 2 * LINE_LIMIT));
        let end = end.min(to);
        Some(Self {
            first_line: count(first_line),
            text: source.get(from..to)?.to_owned(),
            start: start - from,
            end: end - from,
        })
    }
}

fn line_end(source: &str, from: usize) -> usize {
    source[from..]
        .find('\n')
        .map_or(source.len(), |at| from + at)
}

/// The start of the character at an offset.
pub(super) fn floor(source: &str, at: usize) -> usize {
    let mut at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A number of lines or columns.
pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The offset in bytes of a line (from 1) and a column (from 0, in UTF-16 code units).
pub(super) fn offset_of(source: &str, line: u32, column: u32) -> usize {
    let mut start = 0;
    for _ in 1..line {
        match source[start..].find('\n') {
            Some(at) => start += at + 1,
            None => return source.len(),
        }
    }
    let mut units = 0;
    for (at, c) in source[start..].char_indices() {
        if units >= column || c == '\n' {
            return start + at;
        }
        units += u32::try_from(c.len_utf16()).unwrap_or(2);
    }
    source.len()
}
