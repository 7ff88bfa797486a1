//! Puts a page's chunks where they belong in the document.

use std::sync::Arc;

use buf_list::BufList;
use bytes::{BufMut, BytesMut};
use wellhead_render::{Chunk, Chunks, Part};

use super::{Document, Marks};

/// From this size on, in bytes, copying a chunk costs more than sending it as a piece of its own.
const OWN_PIECE: usize = 8 * 1024;

/// Writes one document. Call [`open`](Self::open), then [`chunk`](Self::chunk) for each, then [`close`](Self::close).
#[derive(Debug)]
pub(crate) struct PageWriter {
    document: Arc<Document>,
    route: Option<u32>,
    marks: Marks,
    /// What has been begun; after the state, what may come late.
    stage: Part,
}

impl PageWriter {
    pub(crate) fn new(document: Arc<Document>, route: Option<u32>, marks: Marks) -> Self {
        Self {
            document,
            route,
            marks,
            stage: Part::Head,
        }
    }

    /// The whole document of a page of which everything is there, in pieces: what is large stays where the engine wrote
    /// it, and only what is small is copied together.
    pub(crate) fn complete(mut self, mut chunks: Chunks) -> BufList {
        let mut pieces = BufList::with_capacity(3);
        let mut out = BytesMut::with_capacity(self.document.len(self.route) + OWN_PIECE);
        self.open(&mut out);
        while let Some(chunk) = chunks.pop_ready() {
            if chunk.bytes.len() < OWN_PIECE {
                self.chunk(&chunk, &mut out);
            } else if self.begin(chunk.part, &mut out) {
                pieces.push_chunk(out.split().freeze());
                pieces.push_chunk(chunk.bytes);
                self.end(chunk.part, &mut out);
            }
        }
        self.close(&mut out);
        pieces.push_chunk(out.freeze());
        pieces
    }

    /// Writes what comes before everything that is rendered.
    pub(crate) fn open(&mut self, out: &mut BytesMut) {
        self.document.head(self.route).write(&self.marks, out);
    }

    /// Writes a chunk.
    pub(crate) fn chunk(&mut self, chunk: &Chunk, out: &mut BytesMut) {
        if self.begin(chunk.part, out) {
            out.put_slice(&chunk.bytes);
            self.end(chunk.part, out);
        }
    }

    /// Writes what comes before the bytes of a chunk; `false` if they have no place here.
    fn begin(&mut self, part: Part, out: &mut BytesMut) -> bool {
        if part < self.stage {
            tracing::error!(?part, after = ?self.stage, "the engine sent a part of the page out of order; it is left out");
            return false;
        }
        self.advance(part, out);
        if part == Part::Late {
            out.put_slice(b"<script type=\"application/json\" data-wellhead-late>");
        }
        true
    }

    /// Writes what comes after the bytes of a chunk. The page is alive from its state on: nothing waits for what comes late.
    fn end(&mut self, part: Part, out: &mut BytesMut) {
        match part {
            Part::Head | Part::Body => {}
            Part::State => {
                self.document.after_state.write(&self.marks, out);
                self.stage = Part::Late;
            }
            Part::Late => out.put_slice(b"</script>"),
        }
    }

    /// Writes what comes after everything that is rendered.
    pub(crate) fn close(&mut self, out: &mut BytesMut) {
        self.advance(Part::Late, out);
        self.document.after.write(&self.marks, out);
    }

    fn advance(&mut self, to: Part, out: &mut BytesMut) {
        if self.stage == Part::Head && to > Part::Head {
            self.document.between.write(&self.marks, out);
        }
        if to == Part::State {
            self.document.before_state.write(&self.marks, out);
        }
        self.stage = self.stage.max(to);
    }
}
