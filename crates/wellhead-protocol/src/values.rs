//! What fields hold beside numbers and text: names, JSON, nodes, markup, bytes.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;
use serde::de::{Error as _, IgnoredAny};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::hex::{from_hex, to_hex};
use crate::{JsonError, MAX_JSON_DEPTH};

/// A string that comes again and again, and is sent once. Cloning it copies nothing.
///
/// ```
/// use wellhead_protocol::Name;
///
/// let name = Name::from("increment");
/// assert_eq!(&*name, "increment");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

impl Deref for Name {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// The text of a JSON value: checked, and otherwise as its writer wrote it.
///
/// A string in it may hold half of a surrogate pair (`"\ud83d"`), as browsers write it for text that was cut there;
/// JavaScript and Python read that, `serde_json` does not.
///
/// ```
/// use wellhead_protocol::Json;
///
/// let json = Json::new(r#"{"x": 1.0}"#)?;
/// assert_eq!(&*json, r#"{"x": 1.0}"#);
/// assert!(Json::new("{").is_err());
/// # Ok::<(), wellhead_protocol::JsonError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Json(Box<str>);

impl Json {
    /// Takes a text that is one JSON value.
    ///
    /// # Errors
    /// Where it is not, or is nested deeper than [`MAX_JSON_DEPTH`].
    pub fn new(text: impl Into<Box<str>>) -> Result<Self, JsonError> {
        let text = text.into();
        check_json(&text)?;
        Ok(Self(text))
    }

    /// The value `null`.
    #[must_use]
    pub fn null() -> Self {
        Self("null".into())
    }
}

/// Whether a text is JSON, without building it.
fn check_json(text: &str) -> Result<(), JsonError> {
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| JsonError::Syntax {
        line: error.line(),
        column: error.column(),
    })?;
    let (mut depth, mut in_string, mut escaped) = (0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => depth -= 1,
            _ => {}
        }
        if depth > MAX_JSON_DEPTH {
            return Err(JsonError::TooDeep);
        }
    }
    Ok(())
}

impl Deref for Json {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::from_str::<&RawValue>(self)
            .map_err(S::Error::custom)?
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not a `RawValue`: where a tag tells messages apart, serde has read the value before it comes here.
        let value = serde_json::Value::deserialize(deserializer)?;
        Self::new(value.to_string()).map_err(D::Error::custom)
    }
}

/// Reads a field that is there, so that `null` is a value and not its absence.
pub(crate) fn present<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Json>, D::Error> {
    Json::deserialize(deserializer).map(Some)
}

/// A DOM node's number in its component: the container is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Node(pub u32);

/// HTML, composed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Markup(pub String);

impl From<&str> for Markup {
    fn from(html: &str) -> Self {
        Self(html.to_owned())
    }
}

/// Eight bytes that tell whether two sides mean the same; in JSON 16 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 8]);

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&to_hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = from_hex(&String::deserialize(deserializer)?);
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes
            .map(Self)
            .ok_or_else(|| D::Error::custom("a digest has 16 hexadecimal digits"))
    }
}

/// A part of a file: of the message that it came in, without a copy. In JSON hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Chunk(pub Bytes);

impl Serialize for Chunk {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&to_hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for Chunk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_hex(&String::deserialize(deserializer)?)
            .map(|bytes| Self(bytes.into()))
            .ok_or_else(|| D::Error::custom("not hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_kept_as_it_was_written() {
        for text in [
            " {\"b\": 1.0, \"a\": 1e400}\n",
            "\"\\ud83d\"",
            "12345678901234567890123",
            "\"[[\\\"{{\"",
        ] {
            let json = Json::new(text).unwrap();
            assert_eq!(&*json, text);
            assert_eq!(serde_json::to_string(&json).unwrap(), text.trim());
        }
        assert_eq!(
            Json::new("[1,\n 2").unwrap_err(),
            JsonError::Syntax { line: 2, column: 2 }
        );
        for text in ["", "1 2", "{a: 1}", "NaN"] {
            assert!(Json::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn json_is_nested_only_so_deep() {
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(Json::new(nested(MAX_JSON_DEPTH)).is_ok());
        assert_eq!(
            Json::new(nested(MAX_JSON_DEPTH + 1)),
            Err(JsonError::TooDeep)
        );
        assert_eq!(Json::new(nested(100_000)), Err(JsonError::TooDeep));
        let behind_an_escape = format!("[\"\\n\",{}]", nested(MAX_JSON_DEPTH));
        assert_eq!(Json::new(behind_an_escape), Err(JsonError::TooDeep));
        // What is shallow in turn is not deep.
        assert!(Json::new(format!("[{}1]", "[\"]\\\"[\"],".repeat(1000))).is_ok());
    }
}
