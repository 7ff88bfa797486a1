//! What values become, and which are refused.

use std::sync::Arc;

use wellhead_html::{Context, Fragment, Instance, Template, Tree, Value, ValueError};

fn template(statics: &[&str]) -> Arc<Template> {
    Arc::new(Template::parse(statics, &Context::default()).expect("it is fine"))
}

fn text(text: &str) -> Value<'_> {
    Value::Text(text.into())
}

/// The HTML of a template with these values.
#[track_caller]
fn html(statics: &[&str], values: Vec<Value<'_>>) -> String {
    let instance = Instance::new(template(statics), values).expect("the values fit");
    Tree::new(Value::Instance(instance))
        .expect("it is for a div")
        .html()
}

#[test]
fn texts_are_escaped_for_where_they_stand() {
    assert_eq!(
        html(
            &["<p title='x ", "'>", "</p>"],
            vec![text("\"<&"), text("\"<&\0")]
        ),
        "<p title=\"x &quot;<&amp;\">\"&lt;&amp;\u{fffd}</p>"
    );
    assert_eq!(
        html(&["<textarea>", "</textarea>"], vec![text("</textarea><b>")]),
        "<textarea>\n&lt;/textarea>&lt;b></textarea>"
    );
}

#[test]
fn attributes_come_and_go_with_their_values() {
    let attributes = |value: Value<'static>| html(&["<p title=", ">x</p>"], vec![value]);
    assert_eq!(attributes(text("t")), "<p title=\"t\">x</p>");
    assert_eq!(attributes(text("")), "<p title=\"\">x</p>");
    assert_eq!(attributes(Value::Flag(true)), "<p title=\"\">x</p>");
    assert_eq!(attributes(Value::Flag(false)), "<p>x</p>");
    assert_eq!(attributes(Value::Nothing), "<p>x</p>");
    assert_eq!(
        html(
            &["<p ?hidden=", " class='a ", "'>x</p>"],
            vec![Value::Flag(true), Value::Nothing]
        ),
        "<p hidden=\"\" class=\"a \">x</p>"
    );
}

#[test]
fn addresses_that_are_code_are_refused() {
    let link = |url| html(&["<a href=", ">x</a>"], vec![text(url)]);
    assert_eq!(link("/a?b#c"), "<a href=\"/a?b#c\">x</a>");
    assert_eq!(
        link("javascript:alert(1)"),
        "<a href=\"about:invalid\">x</a>"
    );
    assert_eq!(
        html(
            &["<a href='", "/", "'>x</a>"],
            vec![text("java\tscript:alert(1)"), text("b")]
        ),
        "<a href=\"about:invalid#/\">x</a>"
    );
    assert_eq!(
        html(
            &[
                "<form action=",
                "><button formaction=",
                ">x</button></form>"
            ],
            vec![text("vbscript:x"), text("data:,x")]
        ),
        "<form action=\"about:invalid\"><button formaction=\"about:invalid\">x</button></form>"
    );
    assert_eq!(
        html(&["<img src=", ">"], vec![text("data:image/png;base64,AA")]),
        "<img src=\"data:image/png;base64,AA\">"
    );
}

#[test]
fn raw_text_is_written_as_it_is() {
    let parse = |html| Fragment::parse(html, &Context::default()).map(|fragment| fragment.html());
    let style = "<style>a > b { content: '&<' }</style>";
    assert_eq!(parse(style), Ok(style.to_owned()));
}

#[test]
fn values_that_do_not_fit_their_slots_are_refused() {
    let new = |statics: &[&str], values| Instance::new(template(statics), values).map(|_| ());
    assert_eq!(
        new(&["<p>", "</p>"], vec![]),
        Err(ValueError::Count {
            values: 0,
            slots: 1
        })
    );
    let said = |result: Result<(), ValueError>| result.expect_err("it does not fit").to_string();
    assert_eq!(
        said(new(&["<p title=", ">x</p>"], vec![Value::List(vec![])])),
        "slot 0 is in title, which can only be text; hint: use a string"
    );
    assert_eq!(
        said(new(
            &["<table><tbody>", "</tbody></table>"],
            vec![Value::List(vec![text("loose")])]
        )),
        "text may not stand in table > tbody, \"loose\" would come before the table; hint: put it into a <td>"
    );
    assert_eq!(
        new(&["<table><tbody>", "</tbody></table>"], vec![text(" \n")]),
        Ok(())
    );
    let paragraph =
        Value::Instance(Instance::new(template(&["<p>x</p>"]), vec![]).expect("it fits"));
    assert_eq!(
        said(new(
            &["<table><tbody>", "</tbody></table>"],
            vec![paragraph.clone()]
        )),
        "what was parsed for div stands in table > tbody; hint: parse it for where it stands"
    );
    assert_eq!(
        Tree::new(Value::List(vec![Value::Html(Arc::new(
            Fragment::parse("<td>x", &Context::of(["table", "tbody", "tr"])).expect("it is a cell")
        ))]))
        .map(|_| ())
        .map_err(|error| error.to_string()),
        Err("what was parsed for table > tbody > tr stands in div; hint: parse it for where it stands".into())
    );
}

#[test]
fn html_is_refused_that_would_be_elsewhere_in_a_page() {
    let parse = |html, context: &[&str]| {
        Fragment::parse(html, &Context::of(context.iter().copied()))
            .map(|fragment| fragment.html())
            .map_err(|error| error.to_string())
    };
    assert_eq!(
        parse("<div>x</div>", &["p"]),
        Err("a browser moves <div> out of the place where it stands, inside of p; hint: put it elsewhere, or use elements that may contain it".into())
    );
    assert_eq!(
        parse("<tr><td>1", &["table", "tbody"]),
        Ok("<tr><td>1</td></tr>".into())
    );
    assert_eq!(
        parse(&"<b>".repeat(300), &["div"]),
        Err(
            "elements are nested deeper than 256, which browsers do not keep; hint: nest less"
                .into()
        )
    );
}
