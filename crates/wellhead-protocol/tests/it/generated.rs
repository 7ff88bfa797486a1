//! Files that are made from the schema: compared with what is checked in, or written where `UPDATE=1` says so.

use std::fmt::Write;
use std::{env, fs, path::Path};

use crate::conversations::{self, Conversation};
use crate::{documentation, typescript};

/// Compares a file, by its path from the root of the repository.
#[track_caller]
fn check(path: &str, make: impl FnOnce(&str) -> String) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path);
    let present = fs::read_to_string(&file).unwrap_or_default();
    let wanted = make(&present);
    if present == wanted {
        return;
    }
    if env::var_os("UPDATE").is_some_and(|update| update == "1") {
        return fs::write(&file, wanted).expect("can be written");
    }
    let mut lines = wanted.lines().zip(present.lines()).enumerate();
    let line = lines.find_map(|(index, (wanted, present))| (wanted != present).then_some(index));
    let line = line.unwrap_or(wanted.lines().count().min(present.lines().count())) + 1;
    panic!(
        "{path} is not what the schema gives, from line {line} on; hint: UPDATE=1 cargo test -p wellhead-protocol"
    );
}

#[test]
fn the_client_s_codec_is_the_schema_s() {
    check("packages/client/src/live/protocol.ts", |_| {
        typescript::module()
    });
}

#[test]
fn the_documentation_s_tables_are_the_schema_s() {
    check("docs/protocol.md", documentation::fill);
}

#[test]
fn the_bytes_of_known_conversations_stay() {
    check("packages/client/test/fixtures/live-protocol.json", |_| {
        let up = conversations(&conversations::up());
        let down = conversations(&conversations::down());
        format!("{{\n\"up\": [\n{up}],\n\"down\": [\n{down}]\n}}\n")
    });
}

/// A message a line, so that a change shows which.
fn conversations(conversations: &[Conversation]) -> String {
    let mut out = String::new();
    for (index, Conversation { title, messages }) in conversations.iter().enumerate() {
        let _ = writeln!(out, "{{ \"title\": \"{title}\", \"messages\": [");
        for (index, message) in messages.iter().enumerate() {
            let hex: String = message
                .bytes
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            let comma = if index + 1 < messages.len() { "," } else { "" };
            let _ = writeln!(
                out,
                "  {{ \"hex\": \"{hex}\", \"json\": {} }}{comma}",
                message.json
            );
        }
        let comma = if index + 1 < conversations.len() {
            ","
        } else {
            ""
        };
        let _ = writeln!(out, "] }}{comma}");
    }
    out
}
