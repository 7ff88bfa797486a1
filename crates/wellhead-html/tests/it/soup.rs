//! HTML as people send it: tags in any order, opened and not closed, closed and not opened.

use std::sync::Arc;

use proptest::prelude::*;
use wellhead_html::{Context, Dom, Fragment, Numbers, Tree, Value};

use crate::pieces::PIECES;

fn soup() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(PIECES), 0..24)
        .prop_map(|pieces| pieces.concat())
}

fn contexts() -> impl Strategy<Value = Context> {
    proptest::sample::select(vec![
        Context::default(),
        Context::of(["p"]),
        Context::of(["ul", "li"]),
        Context::of(["table", "tbody"]),
        Context::of(["table", "tbody", "tr"]),
        Context::of(["table", "tbody", "tr", "td", "a"]),
        Context::of(["svg"]),
        Context::of(["svg", "foreignObject"]),
        Context::of(["math", "mi"]),
        Context::of(["select"]),
        Context::of(["select", "option"]),
        Context::of(["button", "span"]),
        Context::of(["template"]),
        Context::of(["form", "section"]),
        Context::of(["pre"]),
        Context::of(["h1"]),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_accepted_is_written_as_it_was_parsed(html in soup(), context in contexts()) {
        if let Ok(fragment) = Fragment::parse(&html, &context) {
            let again = Fragment::parse(&fragment.html(), &context);
            prop_assert_eq!(again.map(|again| again.html()), Ok(fragment.html()));
        }
    }

    #[test]
    fn a_browser_follows_any_html(from in soup(), to in soup()) {
        let parse = |html: &str| Fragment::parse(html, &Context::default()).map(Arc::new);
        let (Ok(from), Ok(to)) = (parse(&from), parse(&to)) else {
            return Ok(());
        };
        let mut tree = Tree::new(Value::Html(Arc::clone(&from))).expect("it was parsed for a div");
        let mut dom = Dom::parse(&tree.html());
        prop_assert_eq!(dom.fragment(), (*from).clone());
        let mut numbers = Numbers::default();
        tree.number(&mut numbers);
        let mut said = Vec::new();
        let mut problem = None;
        tree.diff(Value::Html(Arc::clone(&to)), &mut numbers, |operation| {
            said.push(operation.to_string());
            if let Err(error) = dom.apply(operation) {
                problem.get_or_insert(error);
            }
        }).expect("it was parsed for a div");
        prop_assert_eq!(problem, None, "{:#?}", said);
        prop_assert_eq!(dom.fragment().comparable(), to.comparable(), "{:#?}", said);
    }
}
