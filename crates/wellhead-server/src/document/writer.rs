//! Puts a page's chunks where they belong in the document.

use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};
use wellhead_render::{Chunk, Chunks, Part};

use super::{Document, Marks};

/// Writes one document. Call [`open`](Self::open), then [`chunk`](Self::chunk) for each, then [`close`](Self::close).
#[derive(Debug)]
pub(crate) struct PageWriter {
    document: Arc<Document>,
    route: Option<u32>,
    marks: Marks,
    stage: Part,
    has_state: bool,
}

impl PageWriter {
    pub(crate) fn new(document: Arc<Document>, route: Option<u32>, marks: Marks) -> Self {
        Self {
            document,
            route,
            marks,
            stage: Part::Head,
            has_state: false,
        }
    }

    /// The whole document of a page of which everything is there.
    pub(crate) fn complete(mut self, mut chunks: Chunks) -> Bytes {
        let mut ready = Vec::with_capacity(4);
        let mut size = self.document.len(self.route);
        while let Some(chunk) = chunks.pop_ready() {
            // Late data has a script element of its own.
            size += chunk.bytes.len() + 80;
            ready.push(chunk);
        }
        let mut out = BytesMut::with_capacity(size);
        self.open(&mut out);
        ready.iter().for_each(|chunk| self.chunk(chunk, &mut out));
        self.close(&mut out);
        out.freeze()
    }

    /// Writes what comes before everything that is rendered.
    pub(crate) fn open(&mut self, out: &mut BytesMut) {
        self.document.head(self.route).write(&self.marks, out);
    }

    /// Writes a chunk.
    pub(crate) fn chunk(&mut self, chunk: &Chunk, out: &mut BytesMut) {
        if chunk.part < self.stage {
            tracing::error!(part = ?chunk.part, after = ?self.stage, "the engine sent a part of the page out of order; it is left out");
            return;
        }
        self.advance(chunk.part, out);
        if chunk.part == Part::Late {
            out.put_slice(b"<script type=\"application/json\" data-wellhead-late>");
            out.put_slice(&chunk.bytes);
            out.put_slice(b"</script>");
        } else {
            out.put_slice(&chunk.bytes);
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
        if to == Part::State && self.stage < Part::State {
            self.document.before_state.write(&self.marks, out);
            self.has_state = true;
        }
        if to == Part::Late && self.stage < Part::Late && self.has_state {
            self.document.after_state.write(&self.marks, out);
        }
        self.stage = self.stage.max(to);
    }
}
