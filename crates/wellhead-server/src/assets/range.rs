//! `Range` and `If-Range`, for one range of bytes.

use http::HeaderMap;
use http::header::{HeaderValue, IF_RANGE, RANGE};

/// What part of a file a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Range {
    /// All of it: also for what is not understood, several ranges, or when the file has changed.
    Whole,
    /// From `start` up to and without `end`.
    Part { start: u64, end: u64 },
    /// None of it is in the file.
    Outside,
}

pub(super) fn requested(headers: &HeaderMap, size: u64, etag: &HeaderValue) -> Range {
    // A date never equals our tag, so that the whole file is sent: always right.
    if headers.get(IF_RANGE).is_some_and(|known| known != etag) {
        return Range::Whole;
    }
    let range = headers.get(RANGE).and_then(|value| value.to_str().ok());
    range
        .and_then(|range| parse(range, size))
        .unwrap_or(Range::Whole)
}

fn parse(range: &str, size: u64) -> Option<Range> {
    let (unit, range) = range.split_once('=')?;
    let (first, last) = range.trim().split_once('-')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(first) || !digits(last) {
        return None;
    }
    // A number too large for 64 bits is beyond every file.
    let number = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
    let (start, end) = match (first, last) {
        ("", "") => return None,
        ("", suffix) => (size.saturating_sub(number(suffix)), size),
        (first, "") => (number(first), size),
        (first, last) if number(first) > number(last) => return None,
        (first, last) => (number(first), number(last).saturating_add(1).min(size)),
    };
    Some(if start < end {
        Range::Part { start, end }
    } else {
        Range::Outside
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_rfc_9110_says() {
        let part = |start, end| Some(Range::Part { start, end });
        let cases = [
            ("bytes=0-0", part(0, 1)),
            ("bytes=2-", part(2, 10)),
            ("bytes=-3", part(7, 10)),
            ("bytes=-30", part(0, 10)),
            ("bytes=5-99999999999999999999", part(5, 10)),
            ("bytes=10-", Some(Range::Outside)),
            ("bytes=-0", Some(Range::Outside)),
            ("bytes=3-2", None),
            ("bytes=0-1,4-5", None),
            ("bytes=a-b", None),
            ("bytes=+1-2", None),
            ("lines=1-2", None),
            ("bytes", None),
        ];
        for (range, expected) in cases {
            assert_eq!(parse(range, 10), expected, "{range}");
        }
    }

    #[test]
    fn a_changed_file_is_sent_whole() {
        let headers = [
            (RANGE, HeaderValue::from_static("bytes=0-0")),
            (IF_RANGE, HeaderValue::from_static("\"old\"")),
        ];
        let headers = headers.into_iter().collect();
        assert_eq!(
            requested(&headers, 10, &HeaderValue::from_static("\"new\"")),
            Range::Whole
        );
        assert_eq!(
            requested(&headers, 10, &HeaderValue::from_static("\"old\"")),
            Range::Part { start: 0, end: 1 }
        );
    }
}
