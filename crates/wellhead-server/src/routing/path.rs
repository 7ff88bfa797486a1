//! A URL's path, split and percent-decoded.

use std::borrow::Cow;

/// The path's escapes are no UTF-8 or no escapes at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the path has an escape that is not valid UTF-8")]
pub struct BadPath;

/// A path's segments, percent-decoded each on its own, so that an escaped slash divides nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedPath<'a> {
    raw: &'a str,
    segments: Vec<Cow<'a, str>>,
    slash: bool,
}

impl<'a> DecodedPath<'a> {
    /// Decodes a path that starts with a slash.
    ///
    /// # Errors
    /// [`BadPath`] for `%` without two hexadecimal digits, for escapes that give no UTF-8 and for a zero byte.
    pub fn new(path: &'a str) -> Result<Self, BadPath> {
        let inner = path.strip_prefix('/').unwrap_or(path);
        let slash = inner.ends_with('/');
        let raw = if slash { &path[..path.len() - 1] } else { path };
        let inner = inner.strip_suffix('/').unwrap_or(inner);
        if inner.is_empty() && !slash {
            return Ok(Self {
                raw: "/",
                segments: Vec::new(),
                slash: false,
            });
        }
        let segments = inner.split('/').map(decode).collect::<Result<_, _>>()?;
        Ok(Self {
            raw,
            segments,
            slash,
        })
    }

    /// The decoded segments, without an empty one for a slash at the end.
    #[must_use]
    pub fn segments(&self) -> &[Cow<'a, str>] {
        &self.segments
    }

    /// Whether there is a slash at the end; the root has none.
    #[must_use]
    pub fn has_trailing_slash(&self) -> bool {
        self.slash
    }

    /// The decoded path without a slash at its end; `None` where a segment holds a slash itself.
    pub(super) fn joined(&self) -> Option<Cow<'a, str>> {
        if !self.raw.contains('%') {
            return Some(Cow::Borrowed(self.raw));
        }
        if self.segments.iter().any(|segment| segment.contains('/')) {
            return None;
        }
        Some(Cow::Owned(format!("/{}", self.segments.join("/"))))
    }
}

fn decode(segment: &str) -> Result<Cow<'_, str>, BadPath> {
    if !segment.contains('%') {
        return Ok(Cow::Borrowed(segment));
    }
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let [first, tail @ ..] = rest {
        let (byte, tail) = match (first, tail) {
            (b'%', [high, low, tail @ ..]) => (hex(*high)? << 4 | hex(*low)?, tail),
            (b'%', _) => return Err(BadPath),
            (byte, tail) => (*byte, tail),
        };
        if byte == 0 {
            return Err(BadPath);
        }
        bytes.push(byte);
        rest = tail;
    }
    String::from_utf8(bytes)
        .map(Cow::Owned)
        .map_err(|_| BadPath)
}

fn hex(digit: u8) -> Result<u8, BadPath> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
        .ok_or(BadPath)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_decoded_each_on_its_own() {
        let path = DecodedPath::new("/a%2Fb/%C3%A9/c/").unwrap();
        assert_eq!(path.segments(), ["a/b", "é", "c"]);
        assert!(path.has_trailing_slash());
    }

    #[test]
    fn the_root_has_no_segments() {
        let path = DecodedPath::new("/").unwrap();
        assert!(path.segments().is_empty() && !path.has_trailing_slash());
    }

    #[test]
    fn bad_escapes_are_refused() {
        for path in ["/%", "/%f", "/%zz", "/%ff", "/%c3", "/a/%00"] {
            assert_eq!(DecodedPath::new(path), Err(BadPath), "{path}");
        }
    }
}
