//! The law of streams: a browser that is told of changes shows what a list of all items would be.

use proptest::prelude::*;
use wellhead_html::{Context, Numbers, Tree};

use crate::{
    apply::{Shown, change_component},
    views::{Choices, Kind, StreamView, Told, View},
};

/// What happens beside a render.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Nothing,
    /// Afterwards a browser comes that has nothing.
    NewBrowser,
    /// Before it the host has lost everything, and begins anew.
    NewInstance,
}

/// The same view with something else in place of streams.
fn map(view: &View, change: &dyn Fn(&StreamView) -> View) -> View {
    let all = |views: &[View]| views.iter().map(|view| map(view, change)).collect();
    match view {
        View::Instance(index, slots) => View::Instance(*index, all(slots)),
        View::List(items) => View::List(all(items)),
        View::Component(id, content) => View::Component(*id, Box::new(map(content, change))),
        View::Stream(stream) => change(stream),
        other => other.clone(),
    }
}

/// The view with all items in lists.
fn whole(view: &View) -> View {
    map(view, &|stream| {
        View::List(stream.items.iter().map(|(_, item)| item.clone()).collect())
    })
}

/// The view with these changes before all items are told, or without any changes.
fn retold(view: &View, before: Option<&[Told]>) -> View {
    map(view, &|stream| {
        let shown = |(key, item): &(String, View)| Told::Show(key.clone(), None, item.clone());
        let changes = before.map(|before| {
            let items = stream.items.iter().map(shown);
            before.iter().cloned().chain(items).collect()
        });
        View::Stream(StreamView {
            changes: changes.unwrap_or_default(),
            ..stream.clone()
        })
    })
}

fn has_items(view: &View) -> bool {
    let found = std::cell::Cell::new(false);
    map(view, &|stream| {
        found.set(found.get() || !stream.items.is_empty());
        View::Nothing
    });
    found.get()
}

impl Shown {
    fn render(&mut self, view: &View) -> Result<Vec<String>, TestCaseError> {
        self.follow(|tree, numbers, out| {
            tree.diff(view.value(&Context::default()), numbers, out)
                .expect("drawn for a div");
        })
    }

    /// The host tells again what could not follow, and then all is as it should be.
    fn settle(&mut self, view: &View, mut said: Vec<String>) -> Result<(), TestCaseError> {
        let lost = !self.tree.take_lost().is_empty();
        prop_assert_eq!(lost, self.tree.has_lost());
        if lost {
            said.extend(self.render(&retold(view, Some(&[Told::Reset])))?);
        }
        prop_assert!(!self.tree.has_lost());
        self.shows(&whole(view), &said)?;
        prop_assert_eq!(
            self.tree.is_whole(),
            !has_items(view),
            "items are forgotten, and nothing else"
        );
        let again = self.render(&retold(view, None))?;
        prop_assert_eq!(again, Vec::<String>::new());
        prop_assert!(self.tree.take_lost().is_empty());
        Ok(())
    }

    fn step(&mut self, view: &View, event: Event) -> Result<(), TestCaseError> {
        if event == Event::NewInstance {
            self.tree.restart();
            let said = self.render(&retold(view, Some(&[])))?;
            prop_assert!(!self.tree.has_lost(), "nothing was before it");
            return self.settle(view, said);
        }
        let said = self.render(view)?;
        self.settle(view, said)?;
        if event == Event::NewBrowser {
            self.tree.keep();
            let told = retold(view, Some(&[Told::Reset]));
            self.tree
                .diff(told.value(&Context::default()), &mut self.numbers, |_| {})
                .expect("drawn for a div");
            prop_assert!(self.tree.is_whole());
            *self = Self::open(self.tree.clone())?;
            self.tree.forget();
            self.shows(&whole(view), &[])?;
        }
        Ok(())
    }
}

fn follow(steps: &[(View, Event)]) -> Result<(), TestCaseError> {
    let (first, event) = &steps[0];
    let mut tree = Tree::new(first.value(&Context::default())).expect("drawn for a div");
    prop_assert!(tree.is_whole());
    let html = tree.html();
    prop_assert_eq!(&html, &tree_of(&whole(first)).html());
    let mut shown = match event {
        // Numbered before the items are forgotten, or after.
        Event::Nothing => Shown::open(tree)?,
        _ => {
            tree.forget();
            let mut numbers = Numbers::default();
            tree.number(&mut numbers);
            let mut shown = Shown::new(&whole(first))?;
            prop_assert_eq!(numbers.given(), shown.numbers.given());
            (shown.tree, shown.numbers) = (tree, numbers);
            shown
        }
    };
    shown.tree.forget();
    for (view, event) in &steps[1..] {
        shown.step(view, *event)?;
    }
    Ok(())
}

fn tree_of(view: &View) -> Tree {
    Tree::new(view.value(&Context::default())).expect("drawn for a div")
}

fn choices(bytes: &[u8]) -> Choices<'_> {
    let mut choices = Choices::new(bytes);
    choices.stream = Some(0);
    choices
}

/// Renders of one component, and what happens beside them.
fn steps() -> impl Strategy<Value = Vec<(View, Event)>> {
    proptest::collection::vec(any::<u8>(), 0..800).prop_map(|bytes| {
        let mut choices = choices(&bytes);
        let mut steps: Vec<(View, Event)> = Vec::new();
        for _ in 0..6 {
            let event = match choices.below(6) {
                4 => Event::NewBrowser,
                5 => Event::NewInstance,
                _ => Event::Nothing,
            };
            let view = match steps.last() {
                Some((view, _)) => view.change(Kind::Block, 3, &mut choices),
                None => View::draw(Kind::Block, 3, &mut choices),
            };
            steps.push((view, event));
        }
        steps
    })
}

/// Renders components of a view on their own.
fn follow_components(bytes: &[u8]) -> Result<(), TestCaseError> {
    let mut choices = choices(bytes);
    let mut view = View::draw(Kind::Block, 4, &mut choices);
    let mut shown = Shown::open(tree_of(&view))?;
    shown.tree.forget();
    for _ in 0..4 {
        let quiet = retold(&view, None);
        let mut next = quiet.clone();
        let Some((component, content)) = change_component(&mut next, &mut choices) else {
            return Ok(());
        };
        let mut found = false;
        let said = shown.follow(|tree, numbers, out| {
            // What is in `ts-ignore` is no longer looked at.
            if let Some(context) = tree.context_of(component) {
                let done = tree.diff_component(component, content.value(&context), numbers, out);
                assert_eq!(done, Ok(true));
                found = true;
            }
        })?;
        if found {
            view = next;
            shown.settle(&view, said)?;
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_browser_follows_streams(steps in steps()) {
        follow(&steps)?;
    }

    #[test]
    fn a_browser_follows_streams_of_components_that_render_alone(bytes in proptest::collection::vec(any::<u8>(), 100..800)) {
        follow_components(&bytes)?;
    }
}
