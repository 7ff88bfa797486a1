//! A line of the log as JSON, the fields of the event beside its time, level and target.
//!
//! `tracing_subscriber` can do it too, but hands on each of the sixty pieces of a line by itself and takes its time for
//! the date: that was 8 % of the processor time of a request for one element.

use std::cell::RefCell;
use std::fmt;
use std::time::SystemTime;

use serde::ser::{SerializeMap as _, Serializer as _};
use tracing::{Event, Subscriber};
use tracing_serde::{AsSerde as _, SerdeMapVisitor};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

thread_local! {
    static LINE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// What a thread keeps of the room for its longest line.
const MOST_KEPT: usize = 16 << 10;

/// Formats events as lines of JSON.
pub(super) struct JsonLines;

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        // Taken, not borrowed: what shows a field may log itself.
        let mut line = LINE.take();
        line.clear();
        put(event, &mut line).map_err(|_| fmt::Error)?;
        line.push(b'\n');
        writer.write_str(std::str::from_utf8(&line).map_err(|_| fmt::Error)?)?;
        line.shrink_to(MOST_KEPT);
        LINE.set(line);
        Ok(())
    }
}

fn put(event: &Event<'_>, line: &mut Vec<u8>) -> serde_json::Result<()> {
    let mut serializer = serde_json::Serializer::new(line);
    let mut map = serializer.serialize_map(None)?;
    let time = humantime::format_rfc3339_micros(SystemTime::now());
    map.serialize_entry("timestamp", &format_args!("{time}"))?;
    map.serialize_entry("level", &event.metadata().level().as_serde())?;
    let mut fields = SerdeMapVisitor::new(map);
    event.record(&mut fields);
    let mut map = fields.take_serializer()?;
    map.serialize_entry("target", event.metadata().target())?;
    map.end()
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[test]
    fn a_line_is_json_with_the_fields_beside_the_rest() {
        let out = Arc::new(Mutex::new(Vec::new()));
        let subscriber = tracing_subscriber::fmt()
            .with_writer({
                let out = Arc::clone(&out);
                move || Out(Arc::clone(&out))
            })
            .event_format(JsonLines)
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let absent: Option<bool> = None;
            tracing::warn!(target: "app", path = "/\"é\"\n", status = 200_u16, ms = 0.25, absent, by = %"a", "it {}", 1);
            tracing::info!(code = ?"x");
        });
        let out = String::from_utf8(out.lock().unwrap().clone()).unwrap();
        let mut lines = out.lines().map(|line| {
            let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
            let time = line.as_object_mut().unwrap().remove("timestamp").unwrap();
            let time = humantime::parse_rfc3339(time.as_str().unwrap()).unwrap();
            assert!(time.elapsed().unwrap().as_secs() < 60);
            line
        });
        assert_eq!(
            lines.next().unwrap(),
            serde_json::json!({
                "level": "WARN", "target": "app", "message": "it 1",
                "path": "/\"é\"\n", "status": 200, "ms": 0.25, "by": "a",
            })
        );
        let target = module_path!();
        assert_eq!(
            lines.next().unwrap(),
            serde_json::json!({ "level": "INFO", "target": target, "code": "\"x\"" })
        );
        assert!(lines.next().is_none());
    }

    struct Out(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Out {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
}
