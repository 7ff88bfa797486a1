//! HTML of anybody, in a page and then other HTML in its place; and what a host may give as renders, one after the other.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use wellhead_html::{
    Context, Dom, Fragment, Numbers, Operation, TemplateSource, Templates, Tree, Value,
};

/// What parts one render from the next.
const SEPARATOR: char = '\u{1f}';

fuzz_target!(|text: &str| {
    follow_renders(text);
    follow_html(text);
});

/// As in a server, and since to make its caches takes longer than anything else here.
static TEMPLATES: LazyLock<Templates> = LazyLock::new(Templates::default);

/// Whatever it is, it is read or refused; and browsers follow, whether or not the server forgets the items of streams.
fn follow_renders(text: &str) {
    let sources = [
        TemplateSource::new(["<ul>", "</ul>"]),
        TemplateSource::new(["<li ts-key=", " title='", "'>", "</li>"]),
        TemplateSource::new(["<li>", "</li>"]),
    ];
    let mut shown: Option<[Shown; 2]> = None;
    for render in text.split(SEPARATOR) {
        let read = || TEMPLATES.read(render, &sources, &Context::default());
        let (Ok(one), Ok(same)) = (read(), read()) else {
            continue;
        };
        let Some([kept, forgotten]) = &mut shown else {
            let mut forgotten = Shown::new(same.value);
            forgotten.tree.forget();
            shown = Some([Shown::new(one.value), forgotten]);
            continue;
        };
        kept.follow(one.value);
        forgotten.follow(same.value);
        let dom = kept.dom.fragment().comparable();
        assert_eq!(dom, kept.tree.fragment().comparable());
        assert_eq!(dom, forgotten.dom.fragment().comparable());
    }
}

fn follow_html(text: &str) {
    let (from, to) = text.split_once(SEPARATOR).unwrap_or((text, ""));
    let parse = |html: &str| Fragment::parse(html, &Context::default()).map(Arc::new);
    let (Ok(from), Ok(to)) = (parse(from), parse(to)) else {
        return;
    };
    let mut shown = Shown::new(Value::Html(Arc::clone(&from)));
    assert_eq!(shown.dom.fragment(), *from);
    shown.follow(Value::Html(Arc::clone(&to)));
    assert_eq!(shown.dom.fragment().comparable(), to.comparable());
}

/// A tree and the browser that shows it.
struct Shown {
    tree: Tree,
    dom: Dom,
    numbers: Numbers,
}

impl Shown {
    fn new(value: Value<'_>) -> Self {
        let mut tree = Tree::new(value).unwrap();
        let mut dom = Dom::parse(&tree.html());
        assert_eq!(dom.fragment(), tree.fragment());
        let mut numbers = Numbers::default();
        tree.number(&mut numbers);
        assert_eq!(dom.count(), numbers.given());
        tree.components(|component, node, count| {
            let mark = Operation::Mark {
                node,
                count,
                component,
            };
            dom.apply(mark).unwrap();
        });
        Self { tree, dom, numbers }
    }

    fn follow(&mut self, next: Value<'_>) {
        let dom = &mut self.dom;
        self.tree
            .diff(next, &mut self.numbers, |operation| {
                dom.apply(operation).unwrap()
            })
            .unwrap();
    }
}
