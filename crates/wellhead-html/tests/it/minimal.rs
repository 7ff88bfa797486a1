//! How few operations a change takes.

use std::{collections::HashSet, sync::Arc};

use proptest::prelude::*;
use wellhead_html::{Context, Instance, Numbers, Operation, Template, Tree, Value};

/// A list of rows, each with a key and a text.
struct Rows {
    list: Arc<Template>,
    row: Arc<Template>,
}

impl Rows {
    fn new() -> Self {
        let parse = |statics: &[&str], context: &Context| {
            Arc::new(Template::parse(statics, context).expect("it is fine"))
        };
        let list = parse(&["<table><tbody>", "</tbody></table>"], &Context::default());
        let row = parse(
            &["<tr ts-key=", "><td>", "</td></tr>"],
            list.slot_context(0).expect("it is for nodes"),
        );
        Self { list, row }
    }

    fn render(&self, rows: &[(u32, &str)]) -> Value<'static> {
        let instance = |template: &Arc<Template>, values| {
            Value::Instance(Instance::new(Arc::clone(template), values).expect("they fit"))
        };
        let rows = rows
            .iter()
            .map(|(key, text)| {
                let held = |text: String| Value::Text(text.into());
                instance(
                    &self.row,
                    vec![held(key.to_string()), held((*text).to_owned())],
                )
            })
            .collect();
        instance(&self.list, vec![Value::List(rows)])
    }

    fn operations(&self, from: &[(u32, &str)], to: &[(u32, &str)]) -> Vec<String> {
        let mut numbers = Numbers::default();
        let mut tree = Tree::new(self.render(from)).expect("it is for a div");
        tree.number(&mut numbers);
        let mut operations = Vec::new();
        let mut say = |operation: Operation<'_>| operations.push(operation.to_string());
        tree.diff(self.render(to), &mut numbers, &mut say)
            .expect("it is for a div");
        operations
    }
}

fn longest_increasing(values: &[u32]) -> usize {
    let mut lengths = vec![1; values.len()];
    for at in 0..values.len() {
        for before in 0..at {
            if values[before] < values[at] {
                lengths[at] = lengths[at].max(lengths[before] + 1);
            }
        }
    }
    lengths.into_iter().max().unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn keyed_rows_are_moved_no_more_than_they_must(
        order in Just((0u32..12).collect::<Vec<_>>()).prop_shuffle(),
        gone in proptest::collection::hash_set(0u32..12, 0..4),
        new in proptest::collection::vec((0usize..12, 100u32..110), 0..4),
    ) {
        let from: Vec<(u32, &str)> = (0..12).map(|key| (key, "same")).collect();
        let kept: Vec<u32> = order.into_iter().filter(|key| !gone.contains(key)).collect();
        let mut to: Vec<(u32, &str)> = kept.iter().map(|&key| (key, "same")).collect();
        let mut known = HashSet::new();
        for (at, key) in new {
            if known.insert(key) {
                to.insert(at.min(to.len()), (key, "new"));
            }
        }
        let operations = Rows::new().operations(&from, &to);
        let count = |what: &str| operations.iter().filter(|operation| operation.starts_with(what)).count();
        prop_assert_eq!(count("move"), kept.len() - longest_increasing(&kept), "{:#?}", operations);
        prop_assert!(count("remove") <= gone.len());
        prop_assert!(count("insert") <= known.len());
        prop_assert_eq!(count("move") + count("remove") + count("insert"), operations.len(), "{:#?}", operations);
    }
}

#[test]
fn a_cell_that_changes_is_all_that_is_sent() {
    let from: Vec<_> = (0..1000).map(|key| (key, "same")).collect();
    let mut to = from.clone();
    to[500].1 = "new";
    // A table, its body, then a row, a cell and a text each.
    assert_eq!(
        Rows::new().operations(&from, &to),
        [format!("set text {} \"new\"", 3 + 500 * 3 + 3)]
    );
}

#[test]
fn rows_that_come_together_are_inserted_together() {
    let from: Vec<_> = (0..10).map(|key| (key, "same")).collect();
    let mut to = vec![(20, "a"), (21, "b")];
    to.extend(&from);
    assert_eq!(
        Rows::new().operations(&from, &to),
        ["insert before 4 <tr ts-key=\"20\"><td>a</td></tr><tr ts-key=\"21\"><td>b</td></tr>"]
    );
    assert_eq!(Rows::new().operations(&to, &from), ["remove 4 and 1 more"]);
}

#[test]
fn all_rows_go_at_once_and_come_at_once() {
    let rows: Vec<_> = (0..3).map(|key| (key, "x")).collect();
    let other: Vec<_> = (5..7).map(|key| (key, "x")).collect();
    assert_eq!(Rows::new().operations(&rows, &[]), ["remove 4 and 2 more"]);
    assert_eq!(Rows::new().operations(&[], &rows).len(), 1);
    assert_eq!(Rows::new().operations(&rows, &other).len(), 1);
}

#[test]
fn long_texts_are_spliced() {
    let long = "A long text, of which the end changes: 1";
    let longer = "A long text, of which the end changes: 1, 2";
    assert_eq!(
        Rows::new().operations(&[(1, long)], &[(1, longer)]),
        ["splice text 6 at 40 remove 0 insert \", 2\""]
    );
}
