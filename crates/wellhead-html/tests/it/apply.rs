//! The law of differences: a browser that does the operations shows what was rendered.

use proptest::prelude::*;
use wellhead_html::{Context, Dom, Numbers, Tree};

use crate::views::{Choices, Kind, View};

/// Renders one view after the other, and does what the browser would do.
fn follow(views: &[View]) -> Result<(), TestCaseError> {
    let context = Context::default();
    let mut numbers = Numbers::default();
    let mut tree = Tree::new(views[0].value(&context)).expect("drawn for a div");
    let html = tree.html();
    let mut dom = Dom::parse(&html);
    prop_assert_eq!(
        dom.fragment(),
        tree.fragment(),
        "the browser parses something else: {}",
        html
    );
    tree.number(&mut numbers);
    prop_assert_eq!(dom.count(), numbers.given());

    for view in &views[1..] {
        let mut said = Vec::new();
        let mut problem = None;
        let done = tree.diff(view.value(&context), &mut numbers, |operation| {
            said.push(format!("{operation:?}"));
            if let Err(error) = dom.apply(operation) {
                problem.get_or_insert(error);
            }
        });
        prop_assert_eq!(done, Ok(()));
        prop_assert_eq!(problem, None, "{:#?}", said);
        let wanted = Tree::new(view.value(&context)).expect("drawn for a div");
        let wanted = wanted.fragment().comparable();
        prop_assert_eq!(tree.fragment().comparable(), wanted.clone());
        prop_assert_eq!(
            dom.fragment().comparable().html(),
            wanted.html(),
            "{:#?}",
            said
        );
        prop_assert_eq!(dom.fragment().comparable(), wanted);

        let mut again = 0;
        let done = tree.diff(view.value(&context), &mut numbers, |_| again += 1);
        prop_assert_eq!(done, Ok(()));
        prop_assert_eq!(again, 0, "the same render changes something");
    }
    Ok(())
}

/// Renders of one component, each mostly like the one before.
fn changing() -> impl Strategy<Value = Vec<View>> {
    proptest::collection::vec(any::<u8>(), 0..600).prop_map(|bytes| {
        let mut choices = Choices::new(&bytes);
        let mut views = vec![View::draw(Kind::Block, 4, &mut choices)];
        for _ in 0..3 {
            let next = views[views.len() - 1].change(Kind::Block, 4, &mut choices);
            views.push(next);
        }
        views
    })
}

/// Renders that have nothing to do with each other.
fn unrelated() -> impl Strategy<Value = Vec<View>> {
    proptest::collection::vec(any::<u8>(), 0..400).prop_map(|bytes| {
        let mut choices = Choices::new(&bytes);
        (0..3)
            .map(|_| View::draw(Kind::Block, 3, &mut choices))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_browser_follows_changes(views in changing()) {
        follow(&views)?;
    }

    #[test]
    fn a_browser_follows_to_something_unrelated(views in unrelated()) {
        follow(&views)?;
    }
}
