//! Renders that follow one another, and the operations between them, as lines of JSON: `pairs COUNT [SEED]`.
//!
//! The browser tests do the operations in a real DOM. What is rendered is drawn as in the tests of this crate, whose
//! files this shares: as an example it has their dev-dependencies, and is no part of any program.

#[path = "../tests/it/pieces.rs"]
mod pieces;
#[path = "../tests/it/views.rs"]
mod views;

use std::{
    env,
    io::{self, BufWriter, Write},
    sync::Arc,
};

use serde_json::{Value as Json, json};
use wellhead_html::{Context, Dom, Fragment, Numbers, Operation, Tree, Value};

use crate::{
    pieces::PIECES,
    views::{Choices, Kind, View},
};

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1).map(|number| number.parse::<u64>());
    let count = match arguments.next() {
        Some(Ok(count)) => count,
        _ => return Err(io::Error::other("usage: pairs COUNT [SEED]")),
    };
    let seed = arguments.next().and_then(Result::ok).unwrap_or(1);
    let mut out = BufWriter::new(io::stdout().lock());
    for number in 0..count {
        let mut random = Random(seed.wrapping_mul(0x1_0000_0000).wrapping_add(number));
        let case = match number % 8 {
            0..4 => changing(&mut random),
            4..6 => unrelated(&mut random),
            _ => soup(&mut random),
        };
        writeln!(out, "{case}")?;
    }
    out.flush()
}

/// SplitMix64, by Sebastiano Vigna: <https://prng.di.unimi.it/splitmix64.c>.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        let length = self.below(most);
        (0..length).map(|_| self.next() as u8).collect()
    }
}

/// Renders of one component, each mostly like the one before.
fn changing(random: &mut Random) -> Json {
    let bytes = random.bytes(600);
    let mut choices = Choices::new(&bytes);
    let mut views = vec![View::draw(Kind::Block, 4, &mut choices)];
    for _ in 0..3 {
        let next = views[views.len() - 1].change(Kind::Block, 4, &mut choices);
        views.push(next);
    }
    steps_of_views(&views)
}

/// Renders that have nothing to do with each other.
fn unrelated(random: &mut Random) -> Json {
    let bytes = random.bytes(400);
    let mut choices = Choices::new(&bytes);
    let views: Vec<View> = (0..3)
        .map(|_| View::draw(Kind::Block, 3, &mut choices))
        .collect();
    steps_of_views(&views)
}

fn steps_of_views(views: &[View]) -> Json {
    let context = Context::default();
    steps(views.iter().map(|view| view.value(&context)).collect())
}

/// HTML as people send it, as far as it can be part of a page. `sources` are what they sent.
fn soup(random: &mut Random) -> Json {
    let mut sources = Vec::new();
    let mut values = Vec::new();
    while values.len() < 3 {
        let source: String = (0..random.below(24))
            .map(|_| PIECES[random.below(PIECES.len())])
            .collect();
        // Where Chromium does not follow the specification, and html5ever does: right after a `<` it makes U+FFFD of what
        // is to be ignored, and in SVG and MathML where HTML may stand it reads CDATA as a comment. No render has either.
        let is_foreign = source.contains("<svg>") || source.contains("<math>");
        if source.contains("<\0") || (is_foreign && source.contains("<![CDATA[")) {
            continue;
        }
        if let Ok(fragment) = Fragment::parse(&source, &Context::default()) {
            sources.push(source);
            values.push(Value::Html(Arc::new(fragment)));
        }
    }
    let mut case = steps(values);
    case["sources"] = sources.into();
    case
}

/// All renders, each with the operations that lead from it to the next one where it was rendered anew; and the steps from
/// one to the next as they follow each other, where nodes keep the numbers that they have.
fn steps(values: Vec<Value<'_>>) -> Json {
    let mut renders = Vec::new();
    for (at, value) in values.iter().enumerate() {
        let (mut tree, mut numbers) = rendered(value);
        let (html, given) = (tree.html(), numbers.given());
        let next = values
            .get(at + 1)
            .map(|next| difference(&mut tree, next, &mut numbers));
        renders.push(json!({
            "html": html,
            "parsed": Dom::parse(&html).html(),
            "given": given,
            "next": next,
        }));
    }
    let (mut tree, mut numbers) = rendered(&values[0]);
    let steps: Vec<Json> = values[1..]
        .iter()
        .map(|value| {
            let operations = difference(&mut tree, value, &mut numbers);
            json!({ "operations": operations, "given": numbers.given() })
        })
        .collect();
    json!({ "renders": renders, "steps": steps })
}

fn rendered(value: &Value<'_>) -> (Tree, Numbers) {
    let mut tree = Tree::new(value.clone()).expect("drawn for a div");
    let mut numbers = Numbers::default();
    tree.number(&mut numbers);
    (tree, numbers)
}

fn difference(tree: &mut Tree, next: &Value<'_>, numbers: &mut Numbers) -> Vec<Json> {
    let mut operations = Vec::new();
    tree.diff(next.clone(), numbers, |operation| {
        // Whose nodes are whose matters to events, not to the DOM.
        if !matches!(operation, Operation::Mark { .. }) {
            operations.push(json_of(operation));
        }
    })
    .expect("drawn for a div");
    operations
}

/// As the browser's runtime has it after decoding.
fn json_of(operation: Operation<'_>) -> Json {
    match operation {
        Operation::SetText { node, text } => json!({ "op": "setText", "node": node, "text": text }),
        Operation::SpliceText {
            node,
            at,
            remove,
            text,
        } => json!({ "op": "spliceText", "node": node, "at": at, "remove": remove, "text": text }),
        Operation::SetAttribute { node, name, value } => {
            json!({ "op": "setAttribute", "node": node, "name": name, "value": value })
        }
        Operation::RemoveAttribute { node, name } => {
            json!({ "op": "removeAttribute", "node": node, "name": name })
        }
        Operation::InsertBefore { node, markup } => {
            json!({ "op": "insertBefore", "node": node, "html": markup.html() })
        }
        Operation::InsertEnd { parent, markup } => {
            json!({ "op": "insertEnd", "node": parent, "html": markup.html() })
        }
        Operation::Remove { node, count } => {
            json!({ "op": "remove", "node": node, "count": count })
        }
        Operation::MoveBefore {
            node,
            count,
            before,
        } => json!({ "op": "moveBefore", "node": node, "count": count, "before": before }),
        Operation::MoveEnd {
            node,
            count,
            parent,
        } => json!({ "op": "moveEnd", "node": node, "count": count, "parent": parent }),
        Operation::Replace {
            node,
            count,
            markup,
        } => json!({ "op": "replace", "node": node, "count": count, "html": markup.html() }),
        Operation::Renumber { node, count } => {
            json!({ "op": "renumber", "node": node, "count": count })
        }
        other => unreachable!("an operation that browsers do not know: {other}"),
    }
}
