//! Renders with streams in `tests/streams`, and the operations that they take.
//!
//! A new case is a folder with `renders.txt`: one render a line, as a host writes it. `INSTA_UPDATE=always cargo test`
//! writes down the page, what the browser is told of each further render, and what it shows then.

use std::{fs, path::Path};

use wellhead_html::{Context, Dom, Numbers, TemplateSource, Templates, Tree};

const SOURCES: &[&[&str]] = &[
    &["<ul>", "</ul>"],
    &["<li id=", ">", "</li>"],
    &["", " <hr>", "", ""],
    // Its text is kept apart from that of others by a comment.
    &["", "!"],
    &["<ol>", "</ol>"],
];

#[test]
fn changes_of_streams_take_these_operations() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/streams");
    let mut cases: Vec<_> = fs::read_dir(&root)
        .expect("there are cases")
        .map(|entry| entry.expect("a case can be read").path())
        .collect();
    cases.sort();
    assert!(cases.len() > 12, "cases are missing");
    for case in cases {
        let renders = fs::read_to_string(case.join("renders.txt")).expect("a case has renders");
        insta::with_settings!({
            snapshot_path => &case,
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!("operations", operations(&renders));
        });
    }
}

fn operations(renders: &str) -> String {
    let sources: Vec<TemplateSource> = SOURCES
        .iter()
        .map(|statics| TemplateSource::new(statics.iter().copied()))
        .collect();
    let templates = Templates::default();
    let read = |render| {
        let rendered = templates.read(render, &sources, &Context::default());
        rendered.expect("cases can be shown").value
    };
    let mut renders = renders.lines();
    let first = renders.next().expect("a case has a first render");
    let mut tree = Tree::new(read(first)).expect("it was parsed for a div");
    let mut said = format!("{}\n", tree.html());
    let mut dom = Dom::parse(&tree.html());
    let mut numbers = Numbers::default();
    tree.number(&mut numbers);
    tree.forget();
    for render in renders {
        said.push('\n');
        tree.diff(read(render), &mut numbers, |operation| {
            said.push_str(&operation.to_string());
            said.push('\n');
            dom.apply(operation).expect("the operation fits");
        })
        .expect("it was parsed for a div");
        for lost in tree.take_lost() {
            said.push_str(&format!("lost: a stream of {lost:?}\n"));
        }
        said.push_str(&format!("{}\n", dom.html()));
    }
    said
}
