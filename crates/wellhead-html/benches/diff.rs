//! What a render costs: reading it, comparing it, saying what changed.
//!
//! `cargo bench --package wellhead-html` measures time, `cargo xtask instructions` counts instructions, which are the same
//! on every run: with `--count CASE` this does one case once, for valgrind, and with `--count` alone it tells the cases.
//! RESULTS.md has both.

use std::hint::black_box;

use criterion::{BatchSize, Criterion};
use wellhead_html::{Context, Numbers, Operation, TemplateSource, Templates, Tree};

/// A render and the next one.
struct Case {
    name: &'static str,
    sources: Vec<TemplateSource>,
    from: String,
    to: String,
}

/// What a case is compared with, before each time.
struct Ready {
    templates: Templates,
    tree: Tree,
    numbers: Numbers,
}

impl Case {
    fn ready(&self) -> Ready {
        let templates = Templates::default();
        let mut numbers = Numbers::default();
        let mut tree = {
            let rendered = templates.read(&self.from, &self.sources, &Context::default());
            Tree::new(rendered.expect("it can be read").value).expect("it is for a div")
        };
        tree.number(&mut numbers);
        Ready {
            templates,
            tree,
            numbers,
        }
    }

    /// Reads the next render, compares it and takes what changed. Gives how many bytes of text that is.
    fn run(&self, ready: &mut Ready) -> usize {
        let rendered = ready
            .templates
            .read(&self.to, &self.sources, &Context::default())
            .expect("it can be read");
        let mut bytes = 0;
        ready
            .tree
            .diff(rendered.value, &mut ready.numbers, |operation| {
                bytes += match operation {
                    Operation::SetText { text, .. } | Operation::SpliceText { text, .. } => {
                        text.len()
                    }
                    Operation::InsertBefore { markup, .. } => markup.html().len(),
                    _ => 1,
                };
            })
            .expect("it is for a div");
        bytes
    }
}

fn cases() -> Vec<Case> {
    vec![
        counter(),
        cells(),
        prepended(),
        sorted(),
        html(),
        unkeyed(),
        html_in_two_places(),
        random(),
    ]
}

fn counter() -> Case {
    Case {
        name: "counter",
        sources: vec![TemplateSource::new([
            "<button @click=increment>",
            "</button>",
        ])],
        from: "[0,41]".into(),
        to: "[0,42]".into(),
    }
}

fn table_sources() -> Vec<TemplateSource> {
    vec![
        TemplateSource::new(["<table><tbody>", "</tbody></table>"]),
        TemplateSource::new([
            "<tr ts-key=",
            "><td>",
            "</td><td>",
            "</td><td>",
            "</td><td>",
            "</td></tr>",
        ]),
    ]
}

fn row(key: usize, cell: &str) -> String {
    format!(
        r#"[1,{key},"Name {key}","{cell}",{},"a longer text"]"#,
        key * 7
    )
}

fn table(rows: impl Iterator<Item = String>) -> String {
    format!("[0,[-1,{}]]", rows.collect::<Vec<_>>().join(","))
}

fn cells() -> Case {
    Case {
        name: "one cell of 10,000 rows",
        sources: table_sources(),
        from: table((0..10_000).map(|key| row(key, "x"))),
        to: table((0..10_000).map(|key| row(key, if key == 5000 { "y" } else { "x" }))),
    }
}

fn prepended() -> Case {
    Case {
        name: "a row before 1,000",
        sources: table_sources(),
        from: table((1..1001).map(|key| row(key, "x"))),
        to: table((0..1001).map(|key| row(key, "x"))),
    }
}

fn sorted() -> Case {
    Case {
        name: "1,000 rows backwards",
        sources: table_sources(),
        from: table((0..1000).map(|key| row(key, "x"))),
        to: table((0..1000).rev().map(|key| row(key, "x"))),
    }
}

/// Together 100 KB.
const PARTS: usize = 829;

fn html() -> Case {
    Case {
        name: "HTML of 100 KB with one change",
        sources: Vec::new(),
        from: page(|part| part_of_page(part, "as it was")),
        to: page(|part| part_of_page(part, if part == 300 { "changed" } else { "as it was" })),
    }
}

fn html_in_two_places() -> Case {
    let one_more = |part: usize| match part {
        100 | 500 => part_of_page(part, "new") + &part_of_page(part, "as it was"),
        _ => part_of_page(part, "as it was"),
    };
    Case {
        name: "HTML of 100 KB with two parts more",
        sources: Vec::new(),
        from: page(|part| part_of_page(part, "as it was")),
        to: page(one_more),
    }
}

fn part_of_page(part: usize, text: &str) -> String {
    format!(
        "<article class=\"part\"><h2>Part {part}</h2><p>Some text that is {text}, and <a href=\"/parts/{part}\">a link</a>.</p></article>"
    )
}

fn page(part: impl Fn(usize) -> String) -> String {
    serde_json::json!([-2, (0..PARTS).map(part).collect::<String>()]).to_string()
}

fn unkeyed() -> Case {
    let mut sources = table_sources();
    sources[1] = TemplateSource::new(["<tr><td>", "</td><td>", "</td></tr>"]);
    let row = |number: usize| format!(r#"[1,{number},"a longer text"]"#);
    let more = |number: usize| match number {
        1000 | 9000 => format!("{},{}", row(number), row(10_000 + number)),
        _ => row(number),
    };
    Case {
        name: "two rows more among 10,000 without keys",
        sources,
        from: table((0..10_000).map(row)),
        to: table((0..10_000).map(more)),
    }
}

/// What takes longest to compare: nothing has a key, much is alike, and little is where it was.
fn random() -> Case {
    let page = |seed: u64| {
        let mut state = seed;
        let mut letter = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            ["a", "b", "c"][(state >> 33) as usize % 3]
        };
        let items: String = (0..5000)
            .map(|_| format!("<li>{}</li>", letter()))
            .collect();
        serde_json::json!([-2, format!("<ul>{items}</ul>")]).to_string()
    };
    Case {
        name: "5,000 items of HTML at random",
        sources: Vec::new(),
        from: page(1),
        to: page(2),
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--count") {
        let Some(wanted) = arguments.get(at + 1) else {
            cases().iter().for_each(|case| println!("{}", case.name));
            return;
        };
        let case = cases()
            .into_iter()
            .find(|case| case.name == *wanted)
            .unwrap_or_else(|| panic!("no case {wanted:?}"));
        let mut ready = case.ready();
        counted(&case, &mut ready);
        return;
    }
    let mut criterion = Criterion::default().configure_from_args();
    for case in cases() {
        criterion.bench_function(case.name, |bencher| {
            bencher.iter_batched_ref(
                || case.ready(),
                |ready| black_box(case.run(ready)),
                BatchSize::PerIteration,
            );
        });
    }
    criterion.final_summary();
}

/// The function that callgrind counts, by its name.
#[inline(never)]
fn counted(case: &Case, ready: &mut Ready) {
    black_box(case.run(ready));
}
