//! `src/app.html`, cut at its placeholders.

use bytes::{BufMut, BytesMut};
use http::HeaderValue;

/// What differs from one document to the next in fixed text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    pub(crate) nonce: String,
    pub(crate) trace: String,
    /// The page's own `content-language`.
    pub(crate) lang: Option<HeaderValue>,
}

/// A shell that lacks a place for the page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("src/app.html has no {0}")]
pub(crate) struct ShellError(&'static str);

/// Fixed text with marks in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Text {
    pieces: Vec<Piece>,
    len: usize,
}

#[derive(Debug, Clone)]
enum Piece {
    Fixed(String),
    Nonce,
    Trace,
    /// The page's language, or this one.
    Lang(String),
    /// ` nonce="…"`, or nothing where there is no nonce.
    NonceAttribute,
}

impl Text {
    pub(super) fn push(&mut self, text: &str) {
        self.len += text.len();
        match self.pieces.last_mut() {
            Some(Piece::Fixed(last)) => last.push_str(text),
            _ if text.is_empty() => {}
            _ => self.pieces.push(Piece::Fixed(text.to_owned())),
        }
    }

    pub(super) fn push_nonce_attribute(&mut self) {
        self.mark(Piece::NonceAttribute);
    }

    fn mark(&mut self, piece: Piece) {
        self.len += 40;
        self.pieces.push(piece);
    }

    /// Bytes, at most, as long as marks have at most 32.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn write(&self, marks: &Marks, out: &mut BytesMut) {
        for piece in &self.pieces {
            match piece {
                Piece::Fixed(text) => out.put_slice(text.as_bytes()),
                Piece::Nonce => out.put_slice(marks.nonce.as_bytes()),
                Piece::Trace => out.put_slice(marks.trace.as_bytes()),
                Piece::Lang(default) => {
                    let own = marks.lang.as_ref().and_then(language);
                    out.put_slice(own.unwrap_or(default).as_bytes());
                }
                Piece::NonceAttribute if marks.nonce.is_empty() => {}
                Piece::NonceAttribute => {
                    out.put_slice(b" nonce=\"");
                    out.put_slice(marks.nonce.as_bytes());
                    out.put_slice(b"\"");
                }
            }
        }
    }
}

pub(super) struct Shell {
    pub(super) before_head: Text,
    pub(super) between: Text,
    pub(super) after: Text,
}

/// What is the same in all of an app's documents.
pub(super) struct Facts<'a> {
    pub(super) base: &'a str,
    pub(super) version: &'a str,
    pub(super) lang: &'a str,
}

pub(super) fn cut(source: &str, facts: &Facts<'_>) -> Result<Shell, ShellError> {
    let (before, rest) = split(source, "head").ok_or(ShellError("%wellhead.head%"))?;
    let (between, after) = split(rest, "body").ok_or(ShellError("%wellhead.body%"))?;
    let text = |source| marked(source, facts);
    Ok(Shell {
        before_head: text(before),
        between: text(between),
        after: text(after),
    })
}

fn split<'a>(source: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    ["wellhead", "sveltekit"]
        .iter()
        .find_map(|prefix| source.split_once(&format!("%{prefix}.{name}%")))
}

/// Replaces the placeholders that are left.
fn marked(source: &str, facts: &Facts<'_>) -> Text {
    let mut text = Text::default();
    let mut rest = source;
    while let Some(start) = rest.find('%') {
        text.push(&rest[..start]);
        rest = &rest[start..];
        let name = rest[1..].split_once('%').map(|(name, _)| name);
        let known = name.and_then(|name| {
            name.strip_prefix("wellhead.")
                .or_else(|| name.strip_prefix("sveltekit."))
        });
        match known {
            Some("assets") => text.push(facts.base),
            Some("version") => text.push(facts.version),
            Some("lang") => text.mark(Piece::Lang(facts.lang.to_owned())),
            Some("nonce") => text.mark(Piece::Nonce),
            Some("trace") => text.mark(Piece::Trace),
            _ => {
                text.push("%");
                rest = &rest[1..];
                continue;
            }
        }
        rest = &rest[name.map_or(1, |name| name.len() + 2)..];
    }
    text.push(rest);
    text
}

/// The first language of a `content-language` header, if it is one that can stand in an attribute.
fn language(value: &HeaderValue) -> Option<&str> {
    let first = value.to_str().ok()?.split(',').next()?.trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (!first.is_empty() && first.bytes().all(plain)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: Facts<'_> = Facts {
        base: "/base",
        version: "v",
        lang: "en",
    };

    fn written(text: &Text) -> String {
        let marks = Marks {
            nonce: "N".into(),
            trace: "T".into(),
            lang: None,
        };
        let mut out = BytesMut::new();
        text.write(&marks, &mut out);
        String::from_utf8(out.to_vec()).unwrap()
    }

    #[test]
    fn placeholders_of_both_names_are_replaced() {
        let shell = cut(
            "<a href='%sveltekit.assets%/x' w=100%>%wellhead.nonce%%wellhead.head%-%sveltekit.nope%-%sveltekit.body%%wellhead.trace%",
            &FACTS,
        )
        .unwrap();
        assert_eq!(written(&shell.before_head), "<a href='/base/x' w=100%>N");
        assert_eq!(written(&shell.between), "-%sveltekit.nope%-");
        assert_eq!(written(&shell.after), "T");
    }

    #[test]
    fn a_shell_without_a_place_for_the_page_is_refused() {
        assert_eq!(
            cut("%wellhead.head%", &FACTS).err(),
            Some(ShellError("%wellhead.body%"))
        );
    }

    #[test]
    fn the_language_is_the_pages_own_or_the_configured_one() {
        let source = "<html lang=\"%wellhead.lang%\">%wellhead.head%%wellhead.body%";
        let shell = cut(source, &FACTS).unwrap();
        let with = |lang: Option<&'static str>| {
            let marks = Marks {
                lang: lang.map(HeaderValue::from_static),
                ..Marks::default()
            };
            let mut out = BytesMut::new();
            shell.before_head.write(&marks, &mut out);
            String::from_utf8(out.to_vec()).unwrap()
        };
        assert_eq!(with(None), "<html lang=\"en\">");
        assert_eq!(with(Some("de-AT, en")), "<html lang=\"de-AT\">");
        assert_eq!(with(Some("\"><script>")), "<html lang=\"en\">");
    }
}
