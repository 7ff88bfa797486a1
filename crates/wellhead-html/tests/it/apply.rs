//! The law of differences: a browser that does the operations shows what was rendered.

use proptest::prelude::*;
use wellhead_html::{Context, Dom, Numbers, Operation, Tree};

use crate::views::{Choices, Kind, View};

/// A tree and the browser that shows it.
pub(crate) struct Shown {
    pub(crate) tree: Tree,
    pub(crate) dom: Dom,
    pub(crate) numbers: Numbers,
}

impl Shown {
    /// Opens the page.
    pub(crate) fn new(view: &View) -> Result<Self, TestCaseError> {
        let tree = Tree::new(view.value(&Context::default())).expect("drawn for a div");
        Self::open(tree)
    }

    /// Opens a page that shows this.
    pub(crate) fn open(mut tree: Tree) -> Result<Self, TestCaseError> {
        let html = tree.html();
        let dom = Dom::parse(&html);
        prop_assert_eq!(
            dom.fragment(),
            tree.fragment(),
            "the browser parses something else: {}",
            html
        );
        let mut numbers = Numbers::default();
        tree.number(&mut numbers);
        prop_assert_eq!(dom.count(), numbers.given());
        let mut dom = dom;
        tree.components(|component, node, count| {
            let known = dom.apply(Operation::Mark {
                node,
                count,
                component,
            });
            assert_eq!(known, Ok(()));
        });
        Ok(Self { tree, dom, numbers })
    }

    /// Does what a render, of the whole or of a component, changes. Gives the operations, for people.
    pub(crate) fn follow(
        &mut self,
        render: impl FnOnce(&mut Tree, &mut Numbers, &mut dyn FnMut(Operation<'_>)),
    ) -> Result<Vec<String>, TestCaseError> {
        let mut said = Vec::new();
        let mut problem = None;
        render(&mut self.tree, &mut self.numbers, &mut |operation| {
            said.push(operation.to_string());
            if let Err(error) = self.dom.apply(operation) {
                problem.get_or_insert(error);
            }
        });
        prop_assert_eq!(problem, None, "{:#?}", said);
        Ok(said)
    }

    /// The browser shows the view, and nothing is left to do.
    fn check(&mut self, view: &View, said: &[String]) -> Result<(), TestCaseError> {
        self.shows(view, said)?;
        let mut again = 0;
        let value = view.value(&Context::default());
        let done = self.tree.diff(value, &mut self.numbers, |_| again += 1);
        prop_assert_eq!(done, Ok(()));
        prop_assert_eq!(again, 0, "the same render changes something");
        Ok(())
    }

    /// The browser shows the view, which has no streams.
    pub(crate) fn shows(&self, view: &View, said: &[String]) -> Result<(), TestCaseError> {
        let wanted = Tree::new(view.value(&Context::default()))
            .expect("drawn for a div")
            .fragment()
            .comparable();
        if self.tree.is_whole() {
            prop_assert_eq!(self.tree.fragment().comparable(), wanted.clone());
        }
        let shown = self.dom.fragment().comparable();
        prop_assert_eq!(shown.html(), wanted.html(), "{:#?}", said);
        prop_assert_eq!(shown, wanted);

        let dom = &self.dom;
        let mut lost = None;
        self.tree.components(|component, first, _| {
            if dom.component_of(first) != Some(component) {
                lost = Some((component, first));
            }
        });
        // A component that is all that another shows has the same root.
        if let Some((component, first)) = lost {
            let mut innermost = None;
            self.tree.components(|other, node, _| {
                if node == first {
                    innermost = Some(other);
                }
            });
            prop_assert_eq!(
                dom.component_of(first),
                innermost,
                "component {}: {:#?}",
                component,
                said
            );
        }
        Ok(())
    }
}

/// Renders one view after the other.
fn follow(views: &[View]) -> Result<(), TestCaseError> {
    let mut shown = Shown::new(&views[0])?;
    for view in &views[1..] {
        let said = shown.follow(|tree, numbers, out| {
            tree.diff(view.value(&Context::default()), numbers, out)
                .expect("drawn for a div");
        })?;
        shown.check(view, &said)?;
    }
    Ok(())
}

/// Draws another content of one of the components in a view. Gives the component, and what it shows now.
pub(crate) fn change_component(view: &mut View, choices: &mut Choices<'_>) -> Option<(u32, View)> {
    let mut found = Vec::new();
    collect_components(view, &mut found);
    let at = choices.below(found.len().max(1));
    let (id, content) = found.into_iter().nth(at)?;
    *content = content.change(Kind::Block, 2, choices);
    Some((id, content.clone()))
}

fn collect_components<'v>(view: &'v mut View, found: &mut Vec<(u32, &'v mut View)>) {
    match view {
        View::Instance(_, views) | View::List(views) => views
            .iter_mut()
            .for_each(|view| collect_components(view, found)),
        View::Component(id, content) => found.push((*id, content)),
        _ => {}
    }
}

/// Renders components of a view on their own.
fn follow_components(bytes: &[u8]) -> Result<(), TestCaseError> {
    let mut choices = Choices::new(bytes);
    let mut view = View::draw(Kind::Block, 4, &mut choices);
    let mut shown = Shown::new(&view)?;
    for _ in 0..4 {
        let Some((component, content)) = change_component(&mut view, &mut choices) else {
            return Ok(());
        };
        let said = shown.follow(|tree, numbers, out| {
            // What is in `ts-ignore` is no longer looked at.
            if let Some(context) = tree.context_of(component) {
                let found = tree.diff_component(component, content.value(&context), numbers, out);
                assert_eq!(found, Ok(true));
            }
        })?;
        shown.check(&view, &said)?;
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
    fn a_browser_follows_components_that_render_alone(bytes in proptest::collection::vec(any::<u8>(), 100..600)) {
        follow_components(&bytes)?;
    }

    #[test]
    fn a_browser_follows_to_something_unrelated(views in unrelated()) {
        follow(&views)?;
    }
}
#[test]
fn items_are_in_their_order_before_they_change() {
    let views = vec![
        View::List(vec![
            View::Component(1, Box::new(View::Text("".into()))),
            View::Component(2, Box::new(View::Instance(1, vec![View::Nothing]))),
            View::Instance(
                4,
                vec![
                    View::Instance(10, vec![View::Nothing]),
                    View::Component(
                        3,
                        Box::new(View::List(vec![
                            View::Instance(
                                6,
                                vec![
                                    View::Text("".into()),
                                    View::Nothing,
                                    View::Nothing,
                                    View::Nothing,
                                ],
                            ),
                            View::Instance(
                                6,
                                vec![
                                    View::Text("".into()),
                                    View::Text("".into()),
                                    View::Nothing,
                                    View::Text("".into()),
                                ],
                            ),
                        ])),
                    ),
                ],
            ),
            View::Nothing,
            View::List(vec![View::Text("".into()), View::Text("".into())]),
            View::Component(
                4,
                Box::new(View::List(vec![
                    View::Nothing,
                    View::Component(5, Box::new(View::Nothing)),
                ])),
            ),
        ]),
        View::List(vec![
            View::Component(1, Box::new(View::Text("".into()))),
            View::Component(2, Box::new(View::Instance(1, vec![View::Nothing]))),
            View::Instance(
                4,
                vec![
                    View::Instance(10, vec![View::Nothing]),
                    View::Component(
                        3,
                        Box::new(View::List(vec![
                            View::Instance(
                                6,
                                vec![
                                    View::Text("".into()),
                                    View::Nothing,
                                    View::Nothing,
                                    View::Nothing,
                                ],
                            ),
                            View::Instance(
                                6,
                                vec![
                                    View::Text("".into()),
                                    View::Text("".into()),
                                    View::Nothing,
                                    View::Text("".into()),
                                ],
                            ),
                        ])),
                    ),
                ],
            ),
            View::Nothing,
            View::Html("<!--x--><b>bold</b> tail".into()),
            View::Component(
                4,
                Box::new(View::List(vec![
                    View::Nothing,
                    View::Component(5, Box::new(View::Nothing)),
                ])),
            ),
        ]),
        View::List(vec![
            View::Component(
                4,
                Box::new(View::List(vec![
                    View::Nothing,
                    View::Component(5, Box::new(View::Nothing)),
                ])),
            ),
            View::Html("<!--x--><b>bold</b> tail".into()),
            View::Nothing,
            View::Instance(
                4,
                vec![
                    View::Instance(10, vec![View::Nothing]),
                    View::Component(
                        3,
                        Box::new(View::List(vec![
                            View::Instance(
                                6,
                                vec![
                                    View::Text("".into()),
                                    View::Nothing,
                                    View::Nothing,
                                    View::Nothing,
                                ],
                            ),
                            View::Instance(
                                6,
                                vec![
                                    View::Text("".into()),
                                    View::Text("".into()),
                                    View::Nothing,
                                    View::Text("".into()),
                                ],
                            ),
                        ])),
                    ),
                ],
            ),
            View::Component(2, Box::new(View::Instance(1, vec![View::Nothing]))),
            View::Component(1, Box::new(View::Text("".into()))),
        ]),
        View::List(vec![
            View::Component(
                4,
                Box::new(View::List(vec![
                    View::Nothing,
                    View::Component(5, Box::new(View::Nothing)),
                ])),
            ),
            View::Html("<!--x--><b>bold</b> tail".into()),
            View::Nothing,
            View::Instance(
                4,
                vec![
                    View::Instance(10, vec![View::Nothing]),
                    View::Component(
                        3,
                        Box::new(View::List(vec![
                            View::Instance(
                                6,
                                vec![
                                    View::Text("".into()),
                                    View::Nothing,
                                    View::Nothing,
                                    View::Nothing,
                                ],
                            ),
                            View::Instance(
                                6,
                                vec![
                                    View::Text("".into()),
                                    View::Text("".into()),
                                    View::Nothing,
                                    View::Text("".into()),
                                ],
                            ),
                        ])),
                    ),
                ],
            ),
            View::Component(2, Box::new(View::Instance(1, vec![View::Nothing]))),
            View::Component(1, Box::new(View::Text("".into()))),
        ]),
    ];
    follow(&views).unwrap();
}
