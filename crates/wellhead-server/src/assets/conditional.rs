//! `If-None-Match`.

use http::HeaderMap;
use http::header::{HeaderValue, IF_NONE_MATCH};

/// Whether the client has what this tag stands for (RFC 9110, section 13.1.2: weak comparison).
pub(crate) fn is_unchanged(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let Ok(etag) = etag.to_str() else {
        return false;
    };
    let known = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok());
    known
        .flat_map(|value| value.split(','))
        .any(|tag| tag.trim() == "*" || weak(tag.trim()) == weak(etag))
}

/// A tag without its mark of weakness.
pub(crate) fn weak(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly_in_lists() {
        let unchanged = |known: &'static str, etag: &'static str| {
            let headers = [(IF_NONE_MATCH, HeaderValue::from_static(known))]
                .into_iter()
                .collect();
            is_unchanged(&headers, &HeaderValue::from_static(etag))
        };
        assert!(unchanged("\"a\", W/\"b\"", "\"b\""));
        assert!(unchanged("*", "\"b\""));
        assert!(!unchanged("\"a\"", "\"b\""));
    }
}
