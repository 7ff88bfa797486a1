//! Text as HTML.
//!
//! What the parser reads back is the text that went in, but for U+0000, which no HTML can hold: it becomes U+FFFD, here
//! and wherever values come in.

/// Writes text that stands between tags.
pub(crate) fn text(text: &str, out: &mut String) {
    escaped(text, out, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        _ => control(byte),
    });
}

/// Writes the value of an attribute, which stands between double quotes.
pub(crate) fn attribute(value: &str, out: &mut String) {
    escaped(value, out, |byte| match byte {
        b'&' => Some("&amp;"),
        b'"' => Some("&quot;"),
        _ => control(byte),
    });
}

fn control(byte: u8) -> Option<&'static str> {
    match byte {
        // The parser would make a line feed of it.
        b'\r' => Some("&#13;"),
        0 => Some("\u{fffd}"),
        _ => None,
    }
}

fn escaped(text: &str, out: &mut String, replacement: impl Fn(u8) -> Option<&'static str>) {
    let mut written = 0;
    for (index, byte) in text.bytes().enumerate() {
        // All that is replaced is ASCII, so an index of it is a boundary of characters.
        if let Some(replacement) = replacement(byte) {
            out.push_str(&text[written..index]);
            out.push_str(replacement);
            written = index + 1;
        }
    }
    out.push_str(&text[written..]);
}

/// Whether a script may set an attribute of this name: parsers make attributes of almost anything.
pub(crate) fn is_settable(name: &str) -> bool {
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_' || c == ':' || !c.is_ascii();
    let goes_on = |c: char| starts(c) || c.is_ascii_digit() || c == '-' || c == '.';
    name.chars().next().is_some_and(starts) && name.chars().all(goes_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escape(write: impl Fn(&str, &mut String), text: &str) -> String {
        let mut out = String::new();
        write(text, &mut out);
        out
    }

    #[test]
    fn text_cannot_become_a_tag_or_a_reference() {
        assert_eq!(escape(text, "<b>&lt;\"'>é"), "&lt;b>&amp;lt;\"'>é");
    }

    #[test]
    fn an_attribute_cannot_end_early() {
        assert_eq!(
            escape(attribute, "a\" onx=\"&<>'"),
            "a&quot; onx=&quot;&amp;<>'"
        );
    }

    #[test]
    fn what_the_parser_would_change_is_kept_or_replaced() {
        assert_eq!(escape(text, "a\r\nb\0"), "a&#13;\nb\u{fffd}");
    }
}
