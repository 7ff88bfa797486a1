//! The console of an isolate, written to the log of the server.

use deno_core::op2;

/// A longer message is cut: a log line is for reading, and a loop that prints a page must not fill the disk.
const LONGEST_MESSAGE: usize = 16 * 1024;

/// Writes one console message with target `app`. Levels: 0 debug, 1 log and info, 2 warn, 3 error, 4 trace.
#[op2(fast)]
pub(super) fn op_wellhead_log(
    #[smi] level: u32,
    #[string] message: &str,
    #[string] trace_id: &str,
) {
    let message = Bounded(message);
    match (level, trace_id.is_empty()) {
        (0, true) => tracing::debug!(target: "app", "{message}"),
        (0, false) => tracing::debug!(target: "app", trace = trace_id, "{message}"),
        (2, true) => tracing::warn!(target: "app", "{message}"),
        (2, false) => tracing::warn!(target: "app", trace = trace_id, "{message}"),
        (3, true) => tracing::error!(target: "app", "{message}"),
        (3, false) => tracing::error!(target: "app", trace = trace_id, "{message}"),
        (_, true) => tracing::info!(target: "app", "{message}"),
        (_, false) => tracing::info!(target: "app", trace = trace_id, "{message}"),
    }
}

struct Bounded<'a>(&'a str);

impl std::fmt::Display for Bounded<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self(message) = *self;
        if message.len() <= LONGEST_MESSAGE {
            return f.write_str(message);
        }
        let end = message.floor_char_boundary(LONGEST_MESSAGE);
        let left_out = message.len() - end;
        write!(f, "{}… ({left_out} bytes more)", &message[..end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_messages_are_cut_between_characters() {
        let message = "ä".repeat(LONGEST_MESSAGE);
        let text = Bounded(&message).to_string();
        assert!(text.ends_with(&format!("… ({LONGEST_MESSAGE} bytes more)")));
        assert_eq!(Bounded("short").to_string(), "short");
    }
}
