//! JSON, piece by piece: what is in it stays where it is.
//!
//! A render is mostly short texts and numbers, ten thousands of them. Here both borrow from the JSON, so reading one is
//! finding its end. Texts with escapes and numbers that are not written as a text of ours would be go to serde_json.

use std::borrow::Cow;

/// What begins where the reader is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Piece<'j> {
    Null,
    Flag(bool),
    /// As it is to be shown.
    Number(Cow<'j, str>),
    Text(Cow<'j, str>),
    /// Items follow, each after [`Json::has_item`].
    Array,
}

/// Why something is no JSON that can be a render.
pub(crate) type JsonError = &'static str;

const TRAILING: JsonError = "trailing characters";
const END: JsonError = "EOF while parsing a value";

/// A reader of JSON without objects.
pub(crate) struct Json<'j> {
    rest: &'j str,
    /// Whether an array has just begun, so that no comma comes before its next item.
    at_start: bool,
}

impl<'j> Json<'j> {
    pub(crate) fn new(json: &'j str) -> Self {
        Self {
            rest: json,
            at_start: false,
        }
    }

    pub(crate) fn next(&mut self) -> Result<Piece<'j>, JsonError> {
        self.skip_space();
        self.at_start = false;
        match self.rest.as_bytes().first() {
            Some(b'"') => self.text().map(Piece::Text),
            Some(b'-' | b'0'..=b'9') => self.number().map(Piece::Number),
            Some(b'[') => {
                self.rest = &self.rest[1..];
                self.at_start = true;
                Ok(Piece::Array)
            }
            Some(b'n') => self.word("null", Piece::Null),
            Some(b't') => self.word("true", Piece::Flag(true)),
            Some(b'f') => self.word("false", Piece::Flag(false)),
            Some(b'{') => {
                Err("invalid type: map, expected a text, a number, a condition or a template")
            }
            Some(_) => Err("expected value"),
            None => Err(END),
        }
    }

    /// Whether the array goes on; afterwards, if not, the reader is behind it.
    pub(crate) fn has_item(&mut self) -> Result<bool, JsonError> {
        self.skip_space();
        let at_start = std::mem::take(&mut self.at_start);
        match self.rest.as_bytes().first() {
            Some(b']') => {
                self.rest = &self.rest[1..];
                Ok(false)
            }
            Some(_) if at_start => Ok(true),
            Some(b',') => {
                self.rest = &self.rest[1..];
                Ok(true)
            }
            Some(_) => Err("expected `,` or `]`"),
            None => Err("EOF while parsing a list"),
        }
    }

    /// The array has no further items.
    pub(crate) fn end_of_array(&mut self) -> Result<(), JsonError> {
        if self.has_item()? {
            return Err(TRAILING);
        }
        Ok(())
    }

    /// Nothing follows.
    pub(crate) fn end(mut self) -> Result<(), JsonError> {
        self.skip_space();
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(TRAILING)
        }
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.rest.as_bytes().first() {
            self.rest = &self.rest[1..];
        }
    }

    fn word(&mut self, word: &str, piece: Piece<'j>) -> Result<Piece<'j>, JsonError> {
        self.rest = self.rest.strip_prefix(word).ok_or("expected ident")?;
        Ok(piece)
    }

    fn text(&mut self) -> Result<Cow<'j, str>, JsonError> {
        let text = &self.rest[1..];
        let end = text
            .bytes()
            .position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))
            .ok_or("EOF while parsing a string")?;
        match text.as_bytes()[end] {
            b'"' => {
                self.rest = &text[end + 1..];
                Ok(Cow::Borrowed(&text[..end]))
            }
            b'\\' => self.text_with_escapes().map(Cow::Owned),
            _ => Err("control character (\\u0000-\\u001F) found while parsing a string"),
        }
    }

    fn text_with_escapes(&mut self) -> Result<String, JsonError> {
        let mut texts = serde_json::Deserializer::from_str(self.rest).into_iter();
        let text = texts.next().and_then(Result::ok);
        self.rest = &self.rest[texts.byte_offset()..];
        text.ok_or("invalid or unfinished string")
    }

    fn number(&mut self) -> Result<Cow<'j, str>, JsonError> {
        let end = self
            .rest
            .bytes()
            .position(|byte| !matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
        let (number, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        if is_plain(number) {
            return Ok(Cow::Borrowed(number));
        }
        let read: serde_json::Number =
            serde_json::from_str(number).map_err(|_| "invalid number")?;
        let text = match (read.as_i64(), read.as_u64(), read.as_f64()) {
            (Some(number), _, _) => number.to_string(),
            (_, Some(number), _) => number.to_string(),
            (_, _, Some(number)) => number.to_string(),
            _ => return Err("number out of range"),
        };
        Ok(Cow::Owned(text))
    }
}

/// A whole number that is written as JSON writes it, and small enough to be one in 64 bits.
fn is_plain(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number).as_bytes();
    (1..=18).contains(&digits.len())
        && (digits[0] != b'0' || digits.len() == 1)
        && digits.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// Reads everything, as serde_json would.
    fn read(json: &str) -> Result<Value, JsonError> {
        fn value(json: &mut Json<'_>, depth: usize) -> Result<Value, JsonError> {
            Ok(match json.next()? {
                Piece::Null => Value::Null,
                Piece::Flag(flag) => Value::Bool(flag),
                Piece::Number(number) => Value::String(number.into()),
                Piece::Text(text) => Value::String(format!("text {text}")),
                Piece::Array => {
                    let mut items = Vec::new();
                    while json.has_item()? {
                        if depth > 100 {
                            return Err("too deep");
                        }
                        items.push(value(json, depth + 1)?);
                    }
                    Value::Array(items)
                }
            })
        }
        let mut json = Json::new(json);
        let read = value(&mut json, 0)?;
        json.end()?;
        Ok(read)
    }

    /// What serde_json reads, written as `read` does.
    fn expected(value: Value) -> Value {
        match value {
            Value::Number(number) => {
                let integer = number.as_i64().map(|number| number.to_string());
                let integer = integer.or_else(|| number.as_u64().map(|number| number.to_string()));
                let float = || number.as_f64().unwrap_or_default().to_string();
                Value::String(integer.unwrap_or_else(float))
            }
            Value::String(text) => Value::String(format!("text {text}")),
            Value::Array(items) => Value::Array(items.into_iter().map(expected).collect()),
            other => other,
        }
    }

    /// Another crate's feature `arbitrary_precision` has serde_json read these numbers otherwise.
    fn is_read_otherwise(json: &str) -> bool {
        let exact = serde_json::from_str::<Value>("1e999").is_ok();
        let exponent = |two: &[u8]| two[0].is_ascii_digit() && two[1].eq_ignore_ascii_case(&b'e');
        exact && (json.contains("-0") || json.as_bytes().windows(2).any(exponent))
    }

    fn agrees(json: &str) {
        if is_read_otherwise(json) {
            return;
        }
        let ours = read(json).ok();
        let theirs: Option<Value> = serde_json::from_str(json).ok();
        let has_object = json.contains('{') && ours.is_none();
        assert!(
            has_object || ours == theirs.map(expected),
            "{json:?}: {ours:?}"
        );
    }

    const PIECES: &[&str] = &[
        "[",
        "]",
        ",",
        "[",
        "]",
        ",",
        " ",
        "\n",
        "\"",
        "\"a\"",
        "\"é\"",
        "\"\"",
        "\\n",
        "\\u00e9",
        "\\ud834\\udd1e",
        "\\ud834",
        "\\\"",
        "\\",
        "\"\\n\"",
        "\"\\u0000\"",
        "0",
        "-",
        "1",
        "12",
        "-7",
        "01",
        "-0",
        "1.5",
        "1e3",
        "1E+2",
        "9007199254740993",
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "1e999",
        "0.1",
        ".",
        "null",
        "true",
        "false",
        "nul",
        "{",
        "}",
        ":",
        "\u{1}",
        "\u{7f}",
        "\u{feff}",
        "a",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn pieces_in_any_order_are_as_serde_json_reads_them(
            pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..7),
        ) {
            agrees(&pieces.concat());
        }

        #[test]
        fn lists_are_as_serde_json_reads_them(
            items in proptest::collection::vec(proptest::sample::select(PIECES), 0..5),
            text in ".{0,6}",
        ) {
            agrees(&format!("[{}]", items.join(",")));
            agrees(&serde_json::json!([text, [text]]).to_string());
            agrees(&format!("\"{text}\""));
        }
    }

    #[test]
    fn texts_and_whole_numbers_are_borrowed() {
        for json in ["\"a\"", "12", "-7", "0"] {
            let piece = Json::new(json).next();
            let is_borrowed = matches!(
                &piece,
                Ok(Piece::Text(Cow::Borrowed(_)) | Piece::Number(Cow::Borrowed(_)))
            );
            assert!(is_borrowed, "{json}: {piece:?}");
        }
    }
}
