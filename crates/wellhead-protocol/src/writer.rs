//! A message in the making: its bytes, and what they need of the tables.

use bytes::Bytes;

use crate::tables::{SentNames, SentTemplate, SentTemplates, sent_names, sent_templates};
use crate::{EncodeError, MAX_INTEGER, MAX_MARKUP, MAX_MARKUP_DEPTH, Name, OperationKind};

/// The value of a markup's tag that says what kind of piece follows.
pub(crate) const LITERAL: u64 = 0;
pub(crate) const INSTANCE: u64 = 1;
pub(crate) const LIST: u64 = 2;
pub(crate) const TEMPLATE: u64 = 3;

/// Writes one message after another.
///
/// A mistake does not stop the writing: it is kept, and comes out at the end, so that callers on the hot path need not
/// ask at each step.
#[derive(Debug)]
pub struct Writer {
    out: Vec<u8>,
    /// The node that was written last.
    node: u32,
    names: SentNames,
    templates: SentTemplates,
    /// How many pieces each open level of markup still waits for, the root first.
    owed: Vec<usize>,
    /// How much HTML the message makes.
    composed: usize,
    mistake: Option<EncodeError>,
}

impl Writer {
    pub(crate) fn new() -> Self {
        Self {
            out: Vec::new(),
            node: 0,
            names: sent_names(),
            templates: sent_templates(),
            owed: Vec::new(),
            composed: 0,
            mistake: None,
        }
    }

    /// Begins a message. One that was begun before and not finished has never been.
    pub(crate) fn begin(&mut self, code: u8) {
        self.names.roll_back();
        self.templates.roll_back();
        self.out.clear();
        self.node = 0;
        self.owed.clear();
        self.composed = 0;
        self.mistake = None;
        self.out.push(code << 2);
    }

    pub(crate) fn finish(&mut self) -> Result<Bytes, EncodeError> {
        self.end_markup();
        if let Some(mistake) = self.mistake.take() {
            return Err(mistake);
        }
        self.names.commit();
        self.templates.commit();
        Ok(std::mem::take(&mut self.out).into())
    }

    /// Writes the code of an operation.
    pub(crate) fn operation(&mut self, kind: OperationKind) {
        self.end_markup();
        self.byte(kind as u8);
    }

    /// Sets the two low bits of the first byte.
    pub(crate) fn form(&mut self, form: u8) {
        self.out[0] |= form;
    }

    /// How many bytes the message has.
    pub(crate) fn len(&self) -> usize {
        self.out.len()
    }

    pub(crate) fn byte(&mut self, byte: u8) {
        self.out.push(byte);
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    pub(crate) fn integer(&mut self, mut value: u64) {
        if value > MAX_INTEGER {
            self.fail(EncodeError::IntegerTooLarge);
        }
        while value >= 0x80 {
            self.out.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.out.push(value as u8);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.integer(text.len() as u64);
        self.bytes(text.as_bytes());
    }

    pub(crate) fn name(&mut self, name: &str) {
        if let Some((index, ())) = self.names.get(name) {
            let id = u64::from(*index) + 1;
            return self.integer(id);
        }
        self.integer(0);
        let start = self.out.len();
        self.text(name);
        let size = self.out.len() - start;
        self.names.add(size, || (Name::from(name), ()));
    }

    pub(crate) fn node(&mut self, node: u32) {
        let difference = i64::from(node) - i64::from(self.node);
        self.node = node;
        self.integer(((difference << 1) ^ (difference >> 63)) as u64);
    }

    /// Begins markup: one piece is to follow.
    pub(crate) fn begin_markup(&mut self) {
        self.end_markup();
        self.owed.push(1);
    }

    /// Nothing of the markup may be missing when something else follows.
    pub(crate) fn end_markup(&mut self) {
        if !self.owed.is_empty() {
            let missing = self.owed.drain(..).sum();
            self.fail(EncodeError::MarkupIncomplete(missing));
        }
    }

    pub(crate) fn literal(&mut self, html: &str) {
        self.piece(LITERAL, html.len() as u64, 0);
        self.compose(html.len());
        self.bytes(html.as_bytes());
    }

    pub(crate) fn list(&mut self, len: usize) {
        self.piece(LIST, len as u64, len);
    }

    pub(crate) fn instance<S: AsRef<str>>(&mut self, key: u64, statics: &[S]) {
        let Some(slots) = statics.len().checked_sub(1) else {
            return self.fail(EncodeError::EmptyTemplate);
        };
        if let Some(&(index, template)) = self.templates.get(&key) {
            if template.statics != statics.len() {
                self.fail(EncodeError::TemplateChanged(key));
            }
            self.compose(template.bytes);
            return self.piece(INSTANCE, u64::from(index), slots);
        }
        let bytes = statics.iter().map(|part| part.as_ref().len()).sum();
        self.compose(bytes);
        self.piece(TEMPLATE, statics.len() as u64, slots);
        let start = self.out.len();
        for part in statics {
            self.text(part.as_ref());
        }
        let size = self.out.len() - start;
        let template = SentTemplate {
            statics: statics.len(),
            bytes,
        };
        self.templates.add(size, || (key, template));
    }

    /// Writes the tag of a piece that consists of so many others.
    fn piece(&mut self, kind: u64, value: u64, parts: usize) {
        let Some(owed) = self.owed.last_mut() else {
            return self.fail(EncodeError::MarkupExcess);
        };
        *owed -= 1;
        if kind != LITERAL && self.owed.len() > MAX_MARKUP_DEPTH {
            self.fail(EncodeError::MarkupTooDeep);
        }
        if parts > 0 {
            self.owed.push(parts);
        } else {
            while self.owed.last() == Some(&0) {
                self.owed.pop();
            }
        }
        self.integer(value << 2 | kind);
    }

    fn compose(&mut self, bytes: usize) {
        self.composed += bytes;
        if self.composed > MAX_MARKUP {
            self.fail(EncodeError::MarkupTooLarge);
        }
    }

    /// Remembers the first mistake.
    fn fail(&mut self, mistake: EncodeError) {
        self.mistake.get_or_insert(mistake);
    }
}
