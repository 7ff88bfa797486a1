//! Writing a patch or a render as it comes out of a comparison, without building a message.

use bytes::Bytes;

use crate::codec::Codec;
use crate::writer::Writer;
use crate::{Down, DownKind, EncodeError, Encoder, MarkupWriter, OperationKind, Settled};

impl Encoder<Down> {
    /// Begins a patch. If the writer is dropped without [`PatchWriter::finish`], there has been none.
    pub fn patch(&mut self, settled: &Settled) -> PatchWriter<'_> {
        self.writer.begin(DownKind::Patch as u8);
        settled.write(&mut self.writer);
        PatchWriter {
            empty: self.writer.len(),
            writer: &mut self.writer,
        }
    }

    /// Begins a render. If the writer is dropped without [`RenderWriter::finish`], there has been none.
    pub fn render(&mut self, settled: &Settled, component: u32) -> RenderWriter<'_> {
        self.writer.begin(DownKind::Render as u8);
        settled.write(&mut self.writer);
        self.writer.integer(u64::from(component));
        self.writer.begin_markup();
        RenderWriter {
            writer: &mut self.writer,
        }
    }
}

/// Writes the operations of a patch. What each does is said at [`Operation`](crate::Operation).
///
/// Methods that return a [`MarkupWriter`] want one piece of markup before the next operation.
///
/// ```
/// use wellhead_protocol::{Down, Encoder, Settled};
///
/// let mut encoder = Encoder::<Down>::new();
/// let mut patch = encoder.patch(&Settled::OLDEST);
/// patch.set_attribute(1, "class", "busy");
/// let mut row = patch.insert_end(2);
/// row.instance(7, &["<li>", "</li>"]);
/// row.literal("first");
/// let bytes = patch.finish()?;
/// # Ok::<(), wellhead_protocol::EncodeError>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct PatchWriter<'e> {
    writer: &'e mut Writer,
    /// How long the patch is without operations.
    empty: usize,
}

impl PatchWriter<'_> {
    /// Whether there are no operations yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.writer.len() == self.empty
    }

    /// Gives a text or comment another text.
    pub fn set_text(&mut self, node: u32, text: &str) {
        self.begin(OperationKind::SetText, node).text(text);
    }

    /// Replaces `remove` UTF-16 units of a text from `at` on.
    pub fn splice_text(&mut self, node: u32, at: u32, remove: u32, text: &str) {
        let writer = self.begin(OperationKind::SpliceText, node);
        writer.integer(u64::from(at));
        writer.integer(u64::from(remove));
        writer.text(text);
    }

    /// Gives an attribute a value.
    pub fn set_attribute(&mut self, node: u32, name: &str, value: &str) {
        let writer = self.begin(OperationKind::SetAttribute, node);
        writer.name(name);
        writer.text(value);
    }

    /// Takes an attribute away.
    pub fn remove_attribute(&mut self, node: u32, name: &str) {
        self.begin(OperationKind::RemoveAttribute, node).name(name);
    }

    /// Gives a property a value: a JSON text, which is not checked.
    pub fn set_property(&mut self, node: u32, name: &str, json: &str) {
        let writer = self.begin(OperationKind::SetProperty, node);
        writer.name(name);
        writer.text(json);
    }

    /// Inserts markup before a node.
    pub fn insert_before(&mut self, node: u32) -> MarkupWriter<'_> {
        MarkupWriter::begin(self.begin(OperationKind::InsertBefore, node))
    }

    /// Inserts markup at the end of an element.
    pub fn insert_end(&mut self, parent: u32) -> MarkupWriter<'_> {
        MarkupWriter::begin(self.begin(OperationKind::InsertEnd, parent))
    }

    /// Removes `count` siblings.
    pub fn remove(&mut self, node: u32, count: u32) {
        self.begin(OperationKind::Remove, node)
            .integer(count.into());
    }

    /// Moves `count` siblings before another node.
    pub fn move_before(&mut self, node: u32, count: u32, before: u32) {
        let writer = self.begin(OperationKind::MoveBefore, node);
        writer.integer(count.into());
        writer.node(before);
    }

    /// Moves `count` siblings to the end of an element.
    pub fn move_end(&mut self, node: u32, count: u32, parent: u32) {
        let writer = self.begin(OperationKind::MoveEnd, node);
        writer.integer(count.into());
        writer.node(parent);
    }

    /// Replaces `count` siblings by markup.
    pub fn replace(&mut self, node: u32, count: u32) -> MarkupWriter<'_> {
        let writer = self.begin(OperationKind::Replace, node);
        writer.integer(count.into());
        MarkupWriter::begin(writer)
    }

    /// Gives `count` siblings, and all in them, new numbers.
    pub fn renumber(&mut self, node: u32, count: u32) {
        self.begin(OperationKind::Renumber, node)
            .integer(count.into());
    }

    /// Turns to another component.
    pub fn component(&mut self, component: u32) {
        self.writer.operation(OperationKind::Component);
        self.writer.integer(component.into());
    }

    /// Says that `count` siblings are what a component within this one shows.
    pub fn mark(&mut self, node: u32, count: u32, component: u32) {
        let writer = self.begin(OperationKind::Mark, node);
        writer.integer(count.into());
        writer.integer(component.into());
    }

    /// Ends the patch.
    ///
    /// # Errors
    /// Markup that is incomplete, too deep or too large. The encoder is then as it was before the patch.
    pub fn finish(self) -> Result<Bytes, EncodeError> {
        self.writer.finish()
    }

    fn begin(&mut self, kind: OperationKind, node: u32) -> &mut Writer {
        self.writer.operation(kind);
        self.writer.node(node);
        self.writer
    }
}

/// Writes the content of a component.
#[derive(Debug)]
#[must_use]
pub struct RenderWriter<'e> {
    writer: &'e mut Writer,
}

impl RenderWriter<'_> {
    /// Where the content goes: one piece of markup.
    pub fn markup(&mut self) -> MarkupWriter<'_> {
        MarkupWriter::resume(self.writer)
    }

    /// Ends the render.
    ///
    /// # Errors
    /// Markup that is incomplete, too deep or too large. The encoder is then as it was before the render.
    pub fn finish(self) -> Result<Bytes, EncodeError> {
        self.writer.finish()
    }
}
