//! What a process writes to its standard output and error: logged, and read for why it died.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering};

/// The longest line that is logged whole: what a request may write in one go (`glue/output.mjs`), as JSON.
const MAX_LINE: usize = 128 << 10;

/// What a line of a request begins with.
const OF_REQUEST: char = '\x1e';

/// Where a line came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    Out,
    Err,
}

/// What was seen in a process's output.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// V8 began to say why it cannot go on.
    fatal: AtomicBool,
    heap: AtomicBool,
    buffers: AtomicBool,
}

/// Why a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Death {
    Heap,
    Buffers,
    Exit(Option<i32>),
    Signal(i32),
}

impl Seen {
    /// Logs a line, except for V8's own account of its end, which is for its makers.
    pub(super) fn line(&self, from: From, line: &str) {
        if from == From::Err && line.starts_with("<--- Last few GCs") {
            self.fatal.store(true, Ordering::Relaxed);
        }
        if let Some((trace, text)) = of_request(line) {
            let text = text.trim_end();
            return match from {
                From::Out => tracing::info!(target: "app", trace, "{text}"),
                From::Err => tracing::warn!(target: "app", trace, "{text}"),
            };
        }
        let of_debugger = line == "Debugger attached."
            || line.starts_with("Debugger ending on ")
            || line.starts_with("Waiting for the debugger to disconnect");
        if from == From::Err && of_debugger {
            tracing::debug!("{line}");
        } else if self.fatal.load(Ordering::Relaxed) {
            if line.contains("external memory pressure") {
                self.buffers.store(true, Ordering::Relaxed);
            }
            if line.contains("JavaScript heap out of memory") {
                self.heap.store(true, Ordering::Relaxed);
            }
            tracing::debug!(target: "app", "{line}");
        } else {
            match from {
                From::Out => tracing::info!(target: "app", "{line}"),
                From::Err => tracing::warn!(target: "app", "{line}"),
            }
        }
    }

    /// Why the process ended.
    pub(super) fn death(&self, status: Option<ExitStatus>) -> Death {
        let heap = self.heap.load(Ordering::Relaxed);
        let buffers = self.buffers.load(Ordering::Relaxed);
        match status.and_then(|status| status.signal()) {
            _ if heap && buffers => Death::Buffers,
            _ if heap => Death::Heap,
            // V8 ends the process so when an object would be larger than any can be, too.
            Some(libc::SIGABRT | libc::SIGTRAP | libc::SIGILL) => Death::Heap,
            Some(signal) => Death::Signal(signal),
            None => Death::Exit(status.and_then(|status| status.code())),
        }
    }
}

/// The trace id of the request that wrote a line, and the text, which may be more than a line.
fn of_request(line: &str) -> Option<(&str, String)> {
    let (trace, text) = line.strip_prefix(OF_REQUEST)?.split_once(' ')?;
    Some((trace, serde_json::from_str(text).ok()?))
}

/// Cuts bytes into lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    held: Vec<u8>,
}

impl Lines {
    /// Takes bytes in; `line` gets each line that they end, and pieces of lines that are too long.
    pub(super) fn push(&mut self, bytes: &[u8], mut line: impl FnMut(&str)) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.held.extend_from_slice(piece);
            if self.held.ends_with(b"\n") || self.held.len() >= MAX_LINE {
                self.flush(&mut line);
            }
        }
    }

    /// Ends the last line.
    pub(super) fn flush(&mut self, mut line: impl FnMut(&str)) {
        let text = String::from_utf8_lossy(&self.held);
        let text = text.trim_end();
        if !text.is_empty() {
            line(text);
        }
        self.held.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_wherever_the_bytes_are() {
        let mut lines = Lines::default();
        let mut seen = Vec::new();
        for bytes in ["a\nb", "c\n\n", "d"] {
            lines.push(bytes.as_bytes(), |line| seen.push(line.to_owned()));
        }
        lines.flush(|line| seen.push(line.to_owned()));
        assert_eq!(seen, ["a", "bc", "d"]);
    }

    #[test]
    fn a_line_without_end_is_cut_into_pieces() {
        let mut lines = Lines::default();
        let mut seen = 0;
        for _ in 0..256 {
            lines.push(&[b'x'; 1024], |line| seen += line.len());
        }
        assert_eq!(seen, 256 << 10);
        assert!(lines.held.len() < MAX_LINE);
    }

    #[test]
    fn a_line_of_a_request_has_its_trace_and_text() {
        let line = "\x1e0af7 \"one\\ntwo\\n\"";
        assert_eq!(of_request(line), Some(("0af7", "one\ntwo\n".to_owned())));
        for other in ["one", "\x1e0af7", "\x1e0af7 \"cut"] {
            assert_eq!(of_request(other), None);
        }
    }

    #[test]
    fn a_full_heap_is_told_from_buffers() {
        let seen = Seen::default();
        seen.line(From::Err, "<--- Last few GCs --->");
        seen.line(From::Err, "FATAL ERROR: x - JavaScript heap out of memory");
        assert_eq!(seen.death(None), Death::Heap);
        seen.line(From::Err, "Mark-Compact external memory pressure; GC");
        assert_eq!(seen.death(None), Death::Buffers);
    }
}
