//! The tables and examples of `docs/protocol.md`, which stand between comments that name them.

use std::fmt::Write;

use wellhead_protocol::schema::{DOWN, OPERATIONS, Shape, UP, Union};
use wellhead_protocol::{
    CloseCode, Limits, MAX_INTEGER, MAX_JSON_DEPTH, MAX_MARKUP, MAX_MARKUP_DEPTH, NAMES, TEMPLATES,
};

use crate::conversations::{self, Conversation};
use crate::typescript::{choices, records};

/// Fills what is between `<!-- generated: NAME -->` and `<!-- end -->`.
pub(crate) fn fill(page: &str) -> String {
    let mut out = String::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("<!-- generated: ") {
        let (name, after) = after.split_once(" -->\n").expect("the comment ends");
        let (_, after) = after.split_once("<!-- end -->").expect("the block ends");
        let _ = write!(
            out,
            "{before}<!-- generated: {name} -->\n{}<!-- end -->",
            block(name)
        );
        rest = after;
    }
    out + rest
}

fn block(name: &str) -> String {
    match name {
        "up" => union(&UP, "###"),
        "down" => union(&DOWN, "###"),
        "operations" => union(&OPERATIONS, "###"),
        "close codes" => close_codes(),
        "limits" => limits(),
        _ => match name.split_once(": ") {
            Some(("up", title)) => example(&conversations::up(), title),
            Some(("down", title)) => example(&conversations::down(), title),
            _ => panic!("nothing makes {name:?}"),
        },
    }
}

fn union(union: &'static Union, level: &str) -> String {
    let mut out = String::new();
    for variant in union.variants {
        let code = if union.tag == "op" {
            variant.code
        } else {
            variant.code << 2
        };
        let _ = write!(
            out,
            "\n{level} `{}`: {code:#04x}\n\n{}\n",
            variant.name,
            variant.doc.trim()
        );
        fields(&mut out, variant.fields);
    }
    for record in records(union) {
        let _ = write!(out, "\n{level} {}\n\n{}\n", record.name, record.doc.trim());
        fields(&mut out, record.fields);
    }
    for choice in choices(union) {
        let _ = write!(
            out,
            "\n{level} {}\n\n{}\n\n| | word | |\n|---|---|---|\n",
            choice.name,
            choice.doc.trim()
        );
        for (index, (word, doc)) in choice.words.iter().enumerate() {
            let _ = writeln!(out, "| {index} | `{word}` | {} |", doc.trim());
        }
    }
    out + "\n"
}

fn fields(out: &mut String, fields: &[wellhead_protocol::schema::Field]) {
    if fields.is_empty() {
        return;
    }
    out.push_str("\n| field | written as | |\n|---|---|---|\n");
    for field in fields {
        let _ = writeln!(
            out,
            "| `{}` | {} | {} |",
            field.name,
            shape(&field.shape),
            field.doc.trim()
        );
    }
}

fn shape(shape: &Shape) -> String {
    match shape {
        Shape::Integer(MAX_INTEGER) => "integer".into(),
        Shape::Integer(_) => "integer, 32 bits".into(),
        Shape::Text => "text".into(),
        Shape::Name => "name".into(),
        Shape::Json => "JSON".into(),
        Shape::Node => "node".into(),
        Shape::Markup => "markup".into(),
        Shape::Digest => "8 bytes".into(),
        Shape::Bytes => "the rest of the message".into(),
        Shape::Settled => "settled".into(),
        Shape::Operations => "operations".into(),
        Shape::Choice(choice) => choice.name.into(),
        Shape::Record(record) => record.name.into(),
        Shape::List(item) => format!("list of {}", self::shape(item)),
        Shape::Optional(inner) => format!("{}, optional", self::shape(inner)),
        _ => unimplemented!("{shape:?} is new"),
    }
}

fn close_codes() -> String {
    let mut out = String::from("\n| code | name | | client |\n|---|---|---|---|\n");
    for code in CloseCode::ALL {
        let after = code.client_returns().as_str();
        let _ = writeln!(
            out,
            "| {} | `{code}` | {} | {after} |",
            code.code(),
            code.meaning()
        );
    }
    out + "\n"
}

fn limits() -> String {
    let up = format!("{:?}", Limits::up());
    let number = |name: &str| -> usize {
        let after = up.split_once(&format!("{name}: ")).expect("is a limit").1;
        after
            .split_once([',', ' '])
            .expect("goes on")
            .0
            .parse()
            .expect("is a number")
    };
    let rows = [
        ("integer", MAX_INTEGER, "protocol"),
        ("depth of JSON", MAX_JSON_DEPTH as u64, "protocol"),
        (
            "depth of markup: templates and lists in one another",
            MAX_MARKUP_DEPTH as u64,
            "protocol",
        ),
        (
            "HTML that the markup of a message makes, bytes",
            MAX_MARKUP as u64,
            "protocol",
        ),
        (
            "strings that a direction remembers",
            NAMES.entries.into(),
            "protocol",
        ),
        (
            "bytes of these strings on the wire, with their lengths",
            NAMES.bytes as u64,
            "protocol",
        ),
        (
            "templates that a stream remembers",
            TEMPLATES.entries.into(),
            "protocol",
        ),
        (
            "bytes of their static parts on the wire, with their lengths",
            TEMPLATES.bytes as u64,
            "protocol",
        ),
        (
            "a client's message, bytes",
            number("message") as u64,
            "server",
        ),
        (
            "a client's text or JSON, bytes",
            number("text") as u64,
            "server",
        ),
        ("a client's name, bytes", number("name") as u64, "server"),
        ("a client's list", number("list") as u64, "server"),
    ];
    let mut out = String::from("\n| | at most | set by |\n|---|---|---|\n");
    for (what, most, by) in rows {
        let _ = writeln!(out, "| {what} | {most} | {by} |");
    }
    out + "\n"
}

/// Each message's bytes, then its JSON.
fn example(conversations: &[Conversation], title: &str) -> String {
    let found = conversations
        .iter()
        .find(|conversation| conversation.title == title);
    let mut out = String::from("\n```\n");
    for message in &found
        .unwrap_or_else(|| panic!("no conversation {title:?}"))
        .messages
    {
        let bytes: Vec<_> = message
            .bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        for line in bytes.chunks(32) {
            let _ = writeln!(out, "{}", line.join(" "));
        }
        let _ = writeln!(out, "    {}", message.json);
    }
    out + "```\n\n"
}
