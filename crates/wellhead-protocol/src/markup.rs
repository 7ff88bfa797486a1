//! Markup: HTML of literals and instances of templates, whose static parts are sent once.
//!
//! A piece begins with the integer `value << 2 | kind`:
//!
//! | kind | value | then |
//! |---|---|---|
//! | 0 literal | bytes | UTF-8 |
//! | 1 instance | the template's number, from 0 | a piece for each slot |
//! | 2 list | pieces | the pieces |
//! | 3 template | static parts | each part as text, then a piece for each slot; the template gets the next number |
//!
//! A template has a slot between any two static parts.

use crate::reader::Reader;
use crate::tables::Statics;
use crate::writer::{INSTANCE, LIST, LITERAL, Writer};
use crate::{DecodeError, Fault, MAX_MARKUP, MAX_MARKUP_DEPTH};

/// Writes one piece of markup; each call is a piece, and those of lists and instances follow them.
///
/// Too few or too many pieces are a mistake that the message's `finish` tells.
///
/// ```
/// use wellhead_protocol::{Decoder, Down, Encoder, Settled};
///
/// let mut encoder = Encoder::<Down>::new();
/// let mut render = encoder.render(&Settled::NONE, 0);
/// let mut markup = render.markup();
/// markup.list(2);
/// for text in ["a", "b"] {
///     markup.instance(1, &["<li>", "</li>"]);
///     markup.literal(text);
/// }
/// let message = render.finish()?;
/// let Down::Render { html, .. } = Decoder::<Down>::new().decode(&message)? else { panic!() };
/// assert_eq!(html.0, "<li>a</li><li>b</li>");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct MarkupWriter<'e> {
    writer: &'e mut Writer,
}

impl<'e> MarkupWriter<'e> {
    pub(crate) fn begin(writer: &'e mut Writer) -> Self {
        writer.begin_markup();
        Self { writer }
    }

    pub(crate) fn resume(writer: &'e mut Writer) -> Self {
        Self { writer }
    }

    /// HTML as it is: escaping is the caller's.
    pub fn literal(&mut self, html: &str) {
        self.writer.literal(html);
    }

    /// An instance of a template; `statics.len() - 1` pieces follow, one for each slot.
    ///
    /// `key` is the caller's name for the template. The same key must always come with the same parts: they are sent
    /// with the first instance only.
    pub fn instance<S: AsRef<str>>(&mut self, key: u64, statics: &[S]) {
        self.writer.instance(key, statics);
    }

    /// A list; `len` pieces follow.
    pub fn list(&mut self, len: usize) {
        self.writer.list(len);
    }
}

impl Reader<'_> {
    /// Takes markup and composes it.
    pub(crate) fn markup(&mut self) -> Result<String, DecodeError> {
        let mut html = String::new();
        self.piece(0, &mut html)?;
        Ok(html)
    }

    fn piece(&mut self, depth: usize, html: &mut String) -> Result<(), DecodeError> {
        let offset = self.offset();
        let tag = self.integer()?;
        let (kind, value) = (tag & 3, tag >> 2);
        if kind == LITERAL {
            let literal = self.utf8(value)?;
            return self.compose(literal, html);
        }
        if depth == MAX_MARKUP_DEPTH {
            return Err(Fault::MarkupTooDeep.at(offset));
        }
        if kind == LIST {
            for _ in 0..value {
                self.piece(depth + 1, html)?;
            }
            return Ok(());
        }
        let statics = if kind == INSTANCE {
            let known = self.tables.templates.get(value).cloned();
            known.ok_or(Fault::UnknownTemplate(value).at(offset))?
        } else {
            self.template(offset, value)?
        };
        for (index, part) in statics.iter().enumerate() {
            if index > 0 {
                self.piece(depth + 1, html)?;
            }
            self.compose(part, html)?;
        }
        Ok(())
    }

    fn template(&mut self, offset: usize, count: u64) -> Result<Statics, DecodeError> {
        let start = self.offset();
        let mut statics = Vec::<Box<str>>::new();
        for _ in 0..count {
            let length = self.integer()?;
            statics.push(self.utf8(length)?.into());
        }
        if statics.is_empty() {
            return Err(Fault::EmptyTemplate.at(offset));
        }
        let statics = Statics::from(statics);
        self.tables.templates.add(self.offset() - start, &statics);
        Ok(statics)
    }

    fn compose(&mut self, part: &str, html: &mut String) -> Result<(), DecodeError> {
        self.composed += part.len();
        if self.composed > MAX_MARKUP {
            return Err(Fault::MarkupTooLarge.at(self.offset()));
        }
        html.push_str(part);
        Ok(())
    }
}
