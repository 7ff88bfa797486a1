//! HTML of anybody, in a page and then other HTML in its place; and what a host may give as a render.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use wellhead_html::{Context, Dom, Fragment, Numbers, TemplateSource, Templates, Tree, Value};

fuzz_target!(|text: &str| {
    let sources = [
        TemplateSource::new(["<ul>", "</ul>"]),
        TemplateSource::new(["<li ts-key=", " title='", "'>", "</li>"]),
    ];
    // Whatever it is, it is read or refused.
    let _ = Templates::default().read(text, &sources, &Context::default());

    // U+001F parts the HTML that is shown from that which is to be shown.
    let (from, to) = text.split_once('\u{1f}').unwrap_or((text, ""));
    let parse = |html: &str| Fragment::parse(html, &Context::default()).map(Arc::new);
    let (Ok(from), Ok(to)) = (parse(from), parse(to)) else {
        return;
    };
    let mut tree = Tree::new(Value::Html(Arc::clone(&from))).unwrap();
    let mut dom = Dom::parse(&tree.html());
    assert_eq!(dom.fragment(), *from);
    let mut numbers = Numbers::default();
    tree.number(&mut numbers);
    assert_eq!(dom.count(), numbers.given());
    tree.diff(Value::Html(Arc::clone(&to)), &mut numbers, |operation| {
        dom.apply(operation).unwrap();
    })
    .unwrap();
    assert_eq!(dom.fragment().comparable(), to.comparable());
});
