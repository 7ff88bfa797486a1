//! Logs to standard error, as the configuration says.
//!
//! A line is put into a buffer, and a thread writes what has gathered: a write for each line would cost a request more
//! than all else that the server does for it.

mod json;

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use wellhead_server::config::{Log, LogFormat};

use self::json::JsonLines;
use crate::hint::WithHint;

/// How long a line waits for others, at most.
const GATHER: Duration = Duration::from_millis(20);

/// Bytes that may wait; lines beyond are dropped and counted, so that a slow reader of the log does not slow requests down.
const MOST_WAITING: usize = 8 << 20;

/// What `log.level` may be.
pub(crate) const LEVELS: &str = "it is `error`, `warn`, `info`, `debug`, `trace` or `off`, or directives such as `info,wellhead_js=debug`";

/// What is logged, or why that is not understood. A word alone that is no level would be taken for the one module to
/// log, and nothing else would be logged.
pub(crate) fn filter(level: &str) -> Result<EnvFilter, String> {
    let alone = |part: &&str| !part.is_empty() && !part.contains(['=', '[']);
    let parts = level.split(',').map(str::trim);
    match parts
        .filter(alone)
        .find(|part| part.parse::<LevelFilter>().is_err())
    {
        Some(word) => Err(format!("{word:?} is no level")),
        None => EnvFilter::try_new(level).map_err(|error| format!("{level:?}: {error}")),
    }
}

/// Starts logging. What waits is written when the guard is dropped.
pub(crate) fn start(log: &Log) -> anyhow::Result<Guard> {
    let filter = filter(&log.level)
        .map_err(|reason| anyhow::anyhow!("log.level is not understood: {reason}"))
        .hint(LEVELS)?;
    let buffer = Arc::new(Buffer::default());
    let writer = Arc::clone(&buffer);
    let thread = std::thread::Builder::new()
        .name("wellhead-log".into())
        .spawn(move || writer.write_out(&mut io::stderr()))
        .context("cannot start a thread")?;
    let guard = Guard {
        buffer: Arc::clone(&buffer),
        thread: Some(thread),
    };
    let json = log.format == LogFormat::Json
        || (log.format == LogFormat::Auto && !io::stderr().is_terminal());
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(Lines(buffer));
    // Only a second start fails, and there is none.
    let _ = if json {
        subscriber.event_format(JsonLines).try_init()
    } else {
        subscriber
            .with_ansi(crate::terminal::is_colored())
            .try_init()
    };
    Ok(guard)
}

/// Writes what waits when it is dropped.
pub(crate) struct Guard {
    buffer: Arc<Buffer>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.buffer.lock().closed = true;
        self.buffer.filled.notify_one();
        // The thread has no way to panic, and if it did there would be nobody to tell.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

#[derive(Default)]
struct Buffer {
    state: Mutex<State>,
    filled: Condvar,
}

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    dropped: u64,
    closed: bool,
}

impl Buffer {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, line: &[u8]) {
        let mut state = self.lock();
        if state.bytes.len() + line.len() > MOST_WAITING {
            state.dropped += 1;
            return;
        }
        let first = state.bytes.is_empty();
        state.bytes.extend_from_slice(line);
        drop(state);
        if first {
            self.filled.notify_one();
        }
    }

    /// Writes what gathers until the end.
    fn write_out(&self, out: &mut impl Write) {
        let mut batch = Vec::new();
        loop {
            let mut state = self.lock();
            while state.bytes.is_empty() && !state.closed {
                state = self
                    .filled
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            if !state.closed {
                drop(state);
                std::thread::sleep(GATHER);
                state = self.lock();
            }
            let (dropped, closed) = (std::mem::take(&mut state.dropped), state.closed);
            std::mem::swap(&mut state.bytes, &mut batch);
            drop(state);
            if dropped > 0 {
                batch.extend_from_slice(
                    format!("{dropped} lines of this log were dropped\n").as_bytes(),
                );
            }
            // Where the log cannot be written, there is no place to say so.
            let _ = out.write_all(&batch);
            batch.clear();
            if closed {
                return;
            }
        }
    }
}

/// Makes writers of lines for the subscriber, which writes a line at a time.
struct Lines(Arc<Buffer>);

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line(&self.0)
    }
}

struct Line<'a>(&'a Buffer);

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.add(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_that_is_misspelled_is_not_taken_for_a_module() {
        for level in [
            "",
            "info",
            "WARN",
            "off",
            "info,wellhead_js=debug",
            "warn,a[b]=trace",
        ] {
            assert!(filter(level).is_ok(), "{level}");
        }
        assert_eq!(filter("wran").unwrap_err(), "\"wran\" is no level");
        for level in ["info,wellhead", "a=loud", "a[=debug"] {
            assert!(filter(level).is_err(), "{level}");
        }
    }

    #[test]
    fn lines_are_written_in_order_and_dropped_beyond_the_bound() {
        let buffer = Buffer::default();
        buffer.add(b"one\n");
        buffer.add(&vec![b'x'; MOST_WAITING]);
        buffer.add(b"two\n");
        buffer.lock().closed = true;
        let mut out = Vec::new();
        buffer.write_out(&mut out);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "one\ntwo\n1 lines of this log were dropped\n"
        );
    }
}
