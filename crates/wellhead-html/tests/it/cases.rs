//! Pairs of HTML strings in `tests/cases`, one for each kind of change, and the operations that they take. Its README says
//! which of them are for what morphdom is tested with.
//!
//! A new case is a folder with `from.html` and `to.html`; `INSTA_UPDATE=always cargo test` writes the operations down.

use std::{fs, path::Path, sync::Arc};

use wellhead_html::{Context, Dom, Fragment, Numbers, Tree, Value};

#[test]
fn changes_of_html_take_these_operations() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<_> = fs::read_dir(&root)
        .expect("there are cases")
        .map(|entry| entry.expect("a case can be read").path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    assert!(cases.len() > 60, "cases are missing");
    for case in cases {
        let html = |name| fs::read_to_string(case.join(name)).expect("a case has both files");
        let operations = operations(&html("from.html"), &html("to.html"));
        insta::with_settings!({
            snapshot_path => &case,
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!("operations", operations);
        });
    }
}

#[test]
fn each_kind_of_change_that_morphdom_is_tested_with_has_a_case() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let table = fs::read_to_string(root.join("README.md")).expect("there is a table");
    let rows = table.lines().filter_map(|line| line.strip_suffix(") |"));
    let cases: Vec<_> = rows.filter_map(|row| row.rsplit_once("](")).collect();
    assert_eq!(cases.len(), 41, "{cases:#?}");
    for (row, case) in cases {
        assert!(
            root.join(case).join("from.html").is_file(),
            "{row}: no case {case}"
        );
    }
}

/// The operations from one to the other, one a line, after a browser has done them.
fn operations(from: &str, to: &str) -> String {
    let value = |html| {
        let fragment =
            Fragment::parse(html, &Context::default()).expect("cases can be parts of pages");
        Value::Html(Arc::new(fragment))
    };
    let mut tree = Tree::new(value(from)).expect("it was parsed for a div");
    let mut dom = Dom::parse(from);
    let mut numbers = Numbers::default();
    tree.number(&mut numbers);
    let mut lines = String::new();
    tree.diff(value(to), &mut numbers, |operation| {
        lines.push_str(&operation.to_string());
        lines.push('\n');
        dom.apply(operation).expect("the operation fits");
    })
    .expect("it was parsed for a div");
    let wanted = Fragment::parse(to, &Context::default()).expect("it was parsed before");
    assert_eq!(dom.fragment().comparable(), wanted.comparable(), "{lines}");
    lines
}
