//! How few operations a change takes where nothing has a key: lists, and HTML.

use std::sync::Arc;

use proptest::prelude::*;
use wellhead_html::{Context, Fragment, Instance, Numbers, Template, Tree, Value};

use crate::views::{Choices, Kind, View};

/// The operations from one render to the next.
fn operations(from: Value<'_>, to: Value<'_>) -> Vec<String> {
    let mut numbers = Numbers::default();
    let mut tree = Tree::new(from).expect("it is for a div");
    tree.number(&mut numbers);
    let mut operations = Vec::new();
    let mut say = |operation: wellhead_html::Operation<'_>| operations.push(operation.to_string());
    tree.diff(to, &mut numbers, &mut say)
        .expect("it is for a div");
    operations
}

/// Lists of a kind of rows without keys.
struct Rows(Arc<Template>, Arc<Template>);

impl Rows {
    fn new() -> Self {
        let parse = |statics: &[&str]| {
            Arc::new(Template::parse(statics, &Context::default()).expect("it is fine"))
        };
        Self(parse(&["<p>", "</p>"]), parse(&["<h2>", "</h2>"]))
    }

    /// A row is a heading if its text begins with `#`.
    fn render(&self, rows: &[impl AsRef<str>]) -> Value<'static> {
        let row = |text: &str| {
            let template = if text.starts_with('#') {
                &self.1
            } else {
                &self.0
            };
            let values = vec![Value::Text(text.to_owned().into())];
            Value::Instance(Instance::new(Arc::clone(template), values).expect("they fit"))
        };
        Value::List(rows.iter().map(|text| row(text.as_ref())).collect())
    }

    fn operations(&self, from: &[impl AsRef<str>], to: &[impl AsRef<str>]) -> Vec<String> {
        operations(self.render(from), self.render(to))
    }
}

fn html(html: &str) -> Value<'static> {
    let fragment = Fragment::parse(html, &Context::default()).expect("it can be part of a page");
    Value::Html(Arc::new(fragment))
}

fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("row {at}")).collect()
}

#[test]
fn rows_that_come_in_two_places_leave_those_between_as_they_are() {
    let from = numbered(10);
    let mut to = from.clone();
    to.insert(8, "new".into());
    to.insert(2, "new too".into());
    // A container, then a paragraph and its text for each row.
    assert_eq!(
        Rows::new().operations(&from, &to),
        [
            "insert before 18 <p>new</p>",
            "insert before 6 <p>new too</p>"
        ]
    );
    assert_eq!(
        Rows::new().operations(&to, &from),
        ["remove 6", "remove 20"]
    );
}

#[test]
fn rows_that_look_alike_are_not_changed_by_what_comes_and_goes_around_them() {
    let from: Vec<&str> = "yes no no yes no yes yes no yes no no yes"
        .split(' ')
        .collect();
    let mut to = from.clone();
    to.remove(9);
    to.insert(2, "maybe");
    assert_eq!(
        Rows::new().operations(&from, &to),
        ["remove 20", "insert before 6 <p>maybe</p>"]
    );
}

#[test]
fn a_row_that_goes_from_the_end_to_the_start_is_moved() {
    let from = numbered(8);
    let mut to = from.clone();
    to.rotate_right(1);
    assert_eq!(Rows::new().operations(&from, &to), ["move 16 before 2"]);
}

#[test]
fn a_short_list_of_rows_with_much_in_them_keeps_those_that_are_as_they_were() {
    let statics = ["<p><b>", "</b> <i>", "</i> ", "</p>"];
    let row = Arc::new(Template::parse(&statics, &Context::default()).expect("it is fine"));
    let render = |rows: &[u8]| {
        let row = |number: &u8| {
            let texts = ["name", "place", "price"].map(|what| format!("{what} {number}"));
            let values = texts.map(|text| Value::Text(text.into())).into();
            Value::Instance(Instance::new(Arc::clone(&row), values).expect("they fit"))
        };
        Value::List(rows.iter().map(row).collect())
    };
    let said = operations(render(&[1, 2]), render(&[3, 1]));
    assert_eq!(said.len(), 2, "{said:#?}");
}

#[test]
fn items_with_keys_that_come_and_go_leave_those_without_as_they_are() {
    let parse = |statics: &[&str]| {
        Arc::new(Template::parse(statics, &Context::default()).expect("it is fine"))
    };
    let (keyed, unkeyed) = (parse(&["<h2 ts-key=", ">x</h2>"]), parse(&["<p>", "</p>"]));
    let render = |rows: [&str; 6]| {
        let row = |text: &str| {
            let template = if text.starts_with('k') {
                &keyed
            } else {
                &unkeyed
            };
            let values = vec![Value::Text(text.to_owned().into())];
            Value::Instance(Instance::new(Arc::clone(template), values).expect("they fit"))
        };
        Value::List(rows.into_iter().map(row).collect())
    };
    let said = operations(
        render(["k1", "k2", "k3", "a", "b", "a"]),
        render(["b", "a", "k4", "k5", "k6", "k7"]),
    );
    assert_eq!(said.len(), 2, "{said:#?}");
}

#[test]
fn rows_that_all_show_something_else_change_where_they_are() {
    let digits = |from: u64| -> Vec<String> {
        let mut state = from;
        let mut digit = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % 10
        };
        (0..200).map(|_| digit().to_string()).collect()
    };
    let (from, to) = (digits(1), digits(2));
    let operations = Rows::new().operations(&from, &to);
    let changed = from.iter().zip(&to).filter(|(from, to)| from != to).count();
    assert_eq!(operations.len(), changed);
    assert!(
        operations
            .iter()
            .all(|operation| operation.starts_with("set text"))
    );
}

#[test]
fn between_rows_that_stay_each_becomes_one_of_its_kind() {
    let from = ["#1", "a", "b", "stays", "c", "#2", "d", "stays too", "e"];
    let to = [
        "new",
        "#one",
        "A",
        "B",
        "stays",
        "#two",
        "D",
        "stays too",
        "e",
    ];
    let operations = Rows::new().operations(&from, &to);
    let is_made =
        |operation: &&String| operation.starts_with("insert") || operation.starts_with("remove");
    assert_eq!(
        operations.iter().filter(is_made).count(),
        2,
        "{operations:#?}"
    );
    let is_changed = |operation: &&String| operation.starts_with("set text");
    assert_eq!(
        operations.iter().filter(is_changed).count(),
        5,
        "{operations:#?}"
    );
    assert_eq!(operations.len(), 7, "{operations:#?}");
}

#[test]
fn two_changes_in_a_long_list_are_all_that_is_sent() {
    let from = numbered(10_000);
    let mut to = from.clone();
    to.insert(9000, "new".into());
    to.insert(1000, "new".into());
    assert_eq!(Rows::new().operations(&from, &to).len(), 2);
    assert_eq!(Rows::new().operations(&to, &from).len(), 2);
    to.clone_from(&from);
    to[10] = "new".into();
    to[9990] = "new".into();
    assert_eq!(
        Rows::new().operations(&from, &to),
        ["set text 19983 \"new\"", "set text 23 \"new\""]
    );
}

#[test]
fn elements_that_come_in_two_places_of_html_leave_those_between_as_they_are() {
    let page = |rows: &[String]| html(&format!("<ul>\n{}</ul>", rows.join("")));
    let from: Vec<String> = (0..1000).map(|at| format!("<li>{at}</li>\n")).collect();
    let mut to = from.clone();
    to.insert(900, "<li>new</li>\n".into());
    to.insert(100, "<li>new</li>\n".into());
    assert_eq!(operations(page(&from), page(&to)).len(), 2);
    assert_eq!(operations(page(&to), page(&from)).len(), 2);
}

#[test]
fn an_element_with_an_id_moves_among_spaces_without_moving_them() {
    let page = |ids: &[usize], text: &str| {
        let item = |id: &usize| format!("<li id=i{id}>{text} {id}</li>");
        let items: Vec<String> = ids.iter().map(item).collect();
        html(&format!("<ul>{}</ul>", items.join("\n")))
    };
    let ids: Vec<usize> = (0..20).collect();
    let mut moved = ids.clone();
    moved.rotate_right(1);
    let said = operations(page(&ids, "old"), page(&moved, "old"));
    assert_eq!(said.len(), 2, "{said:#?}");
    // Also if all of them change.
    let said = operations(page(&ids, "old"), page(&moved, "new"));
    assert_eq!(said.len(), 2 + 20, "{said:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn items_of_any_kind_stay_as_they_are_between_others_that_come(
        bytes in proptest::collection::vec(any::<u8>(), 100..400),
        places in proptest::collection::vec(0usize..12, 1..4),
    ) {
        let mut choices = Choices::new(&bytes);
        let mut items: Vec<View> = (0..12).map(|_| View::draw(Kind::Block, 3, &mut choices)).collect();
        let from = View::List(items.clone());
        for &place in &places {
            items.insert(place, View::Text(format!("new at {place}")));
        }
        let (to, context) = (View::List(items), Context::default());
        let mut said = operations(from.value(&context), to.value(&context));
        said.retain(|operation| !operation.starts_with("mark"));
        prop_assert!(said.len() <= places.len(), "{:#?}", said);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_that_come_and_go_take_an_operation_each_at_most(
        rows in proptest::collection::vec(0u8..4, 1..40),
        gone in proptest::collection::hash_set(0usize..40, 0..4),
        new in proptest::collection::vec((0usize..40, 0u8..6), 0..4),
    ) {
        let mut to: Vec<u8> = (0..rows.len())
            .filter(|at| !gone.contains(at))
            .map(|at| rows[at])
            .collect();
        let most = rows.len() - to.len() + new.len();
        for &(at, row) in &new {
            to.insert(at.min(to.len()), row);
        }
        let texts = |rows: &[u8]| rows.iter().map(u8::to_string).collect::<Vec<_>>();
        let (from, to) = (texts(&rows), texts(&to));
        let said = Rows::new().operations(&from, &to);
        prop_assert!(said.len() <= most, "{:#?}", said);
        let page = |rows: &[String]| {
            let items: Vec<String> = rows.iter().map(|row| format!("<li>{row}</li>")).collect();
            html(&format!("<ul>{}</ul>", items.concat()))
        };
        let said = operations(page(&from), page(&to));
        prop_assert!(said.len() <= most, "{:#?}", said);
    }
}
