//! `src/app.html`, cut at its placeholders.

use bytes::{BufMut, BytesMut};

/// What differs from one document to the next in fixed text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    pub(crate) nonce: String,
    pub(crate) trace: String,
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

    pub(super) fn append(&mut self, other: Text) {
        for piece in other.pieces {
            match piece {
                Piece::Fixed(text) => self.push(&text),
                mark => self.mark(mark),
            }
        }
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

pub(super) fn cut(source: &str, base: &str, version: &str) -> Result<Shell, ShellError> {
    let (before, rest) = split(source, "head").ok_or(ShellError("%wellhead.head%"))?;
    let (between, after) = split(rest, "body").ok_or(ShellError("%wellhead.body%"))?;
    let text = |source| marked(source, base, version);
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
fn marked(source: &str, base: &str, version: &str) -> Text {
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
            Some("assets") => text.push(base),
            Some("version") => text.push(version),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &Text) -> String {
        let marks = Marks {
            nonce: "N".into(),
            trace: "T".into(),
        };
        let mut out = BytesMut::new();
        text.write(&marks, &mut out);
        String::from_utf8(out.to_vec()).unwrap()
    }

    #[test]
    fn placeholders_of_both_names_are_replaced() {
        let shell = cut(
            "<a href='%sveltekit.assets%/x' w=100%>%wellhead.nonce%%wellhead.head%-%sveltekit.nope%-%sveltekit.body%%wellhead.trace%",
            "/base",
            "v",
        )
        .unwrap();
        assert_eq!(written(&shell.before_head), "<a href='/base/x' w=100%>N");
        assert_eq!(written(&shell.between), "-%sveltekit.nope%-");
        assert_eq!(written(&shell.after), "T");
    }

    #[test]
    fn a_shell_without_a_place_for_the_page_is_refused() {
        assert_eq!(
            cut("%wellhead.head%", "", "").err(),
            Some(ShellError("%wellhead.body%"))
        );
    }
}
