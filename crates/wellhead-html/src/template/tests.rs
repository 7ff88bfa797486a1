//! What templates may contain, and what is said of those that may not.

use crate::{Context, Template};

fn problems_in(context: &Context, statics: &[&str]) -> String {
    match Template::parse(statics, context) {
        Ok(template) => format!(
            "accepted: {}",
            template.statics().collect::<Vec<_>>().join("${…}")
        ),
        Err(error) => error.to_string(),
    }
}

fn problems(statics: &[&str]) -> String {
    problems_in(&Context::default(), statics)
}

/// The first line that is said contains this.
#[track_caller]
fn refused(statics: &[&str], expected: &str) {
    let said = problems(statics);
    assert!(
        said.contains(expected) && !said.starts_with("accepted"),
        "expected {expected:?}, got: {said}"
    );
}

#[test]
fn fixed_parts_are_what_the_browser_has() {
    let accepted = |statics: &[&str], expected: &str| {
        assert_eq!(problems(statics), format!("accepted: {expected}"));
    };
    accepted(
        &["<ul><li>", "<li>b</ul>"],
        "<ul><li>${…}</li><li>b</li></ul>",
    );
    accepted(
        &["<table><tr><td>", "</table>"],
        "<table><tbody><tr><td>${…}</td></tr></tbody></table>",
    );
    accepted(
        &["<a href=", " class='x ", "'>", "</a>"],
        "<a${…} class=\"x ${…}\">${…}</a>",
    );
    accepted(&["<input ?checked=", " value=\"", "\">"], "<input${…}${…}>");
    accepted(&["<!-- for authors --><p>", "</p>"], "<p>${…}</p>");
    accepted(
        &["<textarea>", "</textarea><pre>", "</pre>"],
        "<textarea>\n${…}</textarea><pre>\n${…}</pre>",
    );
    accepted(
        &["<svg><circle r=", " /></svg>"],
        "<svg><circle${…}></circle></svg>",
    );
    accepted(
        &["<p @click.stop=save @keydown=", ">x</p>"],
        "<p ts-on:click.stop=\"save\"${…}>x</p>",
    );
    accepted(&["<li ts-key=", ">x</li>"], "<li ts-key=\"${…}\">x</li>");
}

#[test]
fn texts_beside_slots_are_kept_apart() {
    let template =
        Template::parse(&["a", "", "b<p>", "</p>"], &Context::default()).expect("it is fine");
    assert_eq!(
        template.statics().collect::<Vec<_>>(),
        ["a<!---->", "<!---->", "<!---->b<p>", "</p>"]
    );
}

#[test]
fn slots_are_refused_where_no_value_is_safe() {
    refused(&["<", ">"], "slot in the name of a tag");
    refused(
        &["<p ", ">x</p>"],
        "slot in the name of an attribute; hint: name=${value}",
    );
    refused(&["<!-- ", " -->"], "slot in a comment");
    refused(&["<script>", "</script>"], "slot in code or raw text");
    refused(
        &["<style>a{color:", "}</style>"],
        "slot in code or raw text",
    );
    refused(
        &["<p onclick=", ">x</p>"],
        "slot in onclick, which is code; hint: @click=\"method\"",
    );
    refused(&["<p ONCLICK=", ">x</p>"], "which is code");
    refused(&["<script src=", "></script>"], "slot in src of a <script>");
    refused(&["<iframe srcdoc=", "></iframe>"], "slot in srcdoc");
    refused(
        &["<meta http-equiv=refresh content=", ">"],
        "slot in a <meta http-equiv>",
    );
    refused(
        &["<input .value=", ">"],
        ".value would set a property; hint: value=${…}",
    );
    refused(
        &["<p ?hidden='a", "'>x</p>"],
        "?hidden has more than one slot",
    );
    refused(&["<p ?hidden>x</p>"], "?hidden without a slot");
    refused(&["<p ts-ignore=", ">x</p>"], "ts-ignore is there or not");
}

#[test]
fn tags_are_refused_that_a_browser_would_move_drop_or_leave_open() {
    refused(&["<div><p>", "</div>x</p>"], "</p> closes nothing");
    refused(&["<div><b>", "</div>"], "<b> is still open at </div>");
    refused(&["<div>", ""], "<div> is never closed");
    refused(&["<div/>", ""], "HTML ignores the slash of <div/>");
    refused(
        &["<p><div>", "</div></p>"],
        "a browser ends a <p> before its </p>",
    );
    refused(
        &["<table><div>", "</div></table>"],
        "content of a <table> that is in no cell",
    );
    refused(
        &["<table>x", "</table>"],
        "content of a <table> that is in no cell",
    );
    refused(&["<tr><td>", "</td></tr>"], "a browser drops <");
    refused(
        &["<form><form>", "</form></form>"],
        "a browser drops <form>",
    );
    refused(&["<b><p>", "</b></p>"], "closes nothing");
    refused(&["<p a=1 a=", ">x</p>"], "an attribute twice");
    refused(&["<plaintext>", ""], "can never be closed");
    refused(
        &["<template shadowrootmode=open>", "</template>"],
        "declarative shadow root",
    );
    refused(&["<circle r=", "/>"], "a space before />");
}

#[test]
fn the_place_of_a_problem_is_told() {
    assert_eq!(
        problems(&["<div>\n  <p ", ">x</p>\n  <script>", "</script>\n</div>"]),
        "template, line 2, column 6: a slot in the name of an attribute; hint: name=${value}, or ?name=${condition} for one that is there or not\n\
         template, line 3, column 11: a slot in code or raw text, where nothing can be escaped; hint: put the value into an attribute such as data-value and read it from there"
    );
}

#[test]
fn what_may_stand_in_a_place_depends_on_what_is_around_it() {
    let row = ["<tr><td>", "</td></tr>"];
    assert!(problems_in(&Context::of(["table", "tbody"]), &row).starts_with("accepted"));
    assert!(
        problems_in(&Context::of(["p"]), &["<div>", "</div>"])
            .contains("moves <div> out of the place where it stands, inside of p")
    );
    assert!(
        problems_in(&Context::of(["a", "span"]), &["<a>", "</a>"]).contains("inside of a > span")
    );
    assert!(
        problems_in(&Context::of(["ul", "li"]), &["<ul><li>", "</ul>"]).starts_with("accepted")
    );
    assert!(
        problems_in(&Context::of(["form"]), &["<form>", "</form>"]).contains("drops <form>")
            || problems_in(&Context::of(["form"]), &["<form>", "</form>"]).contains("moves <form>")
    );
}

#[test]
fn slots_know_what_is_around_them() {
    let template = Template::parse(
        &[
            "<div><table><tbody>",
            "</tbody></table><svg>",
            "</svg><p title=",
            ">",
            "</p></div>",
        ],
        &Context::default(),
    )
    .expect("it is fine");
    let contexts: Vec<_> = (0..template.slots())
        .map(|slot| template.slot_context(slot).map(ToString::to_string))
        .collect();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        contexts,
        [some("table > tbody"), some("svg"), None, some("p")]
    );
}

#[test]
fn too_much_is_refused() {
    let many: Vec<&str> = vec![""; 10_002];
    refused(&many, "10001 slots, at most 10000");
    let deep = "<div>".repeat(257) + &"</div>".repeat(257);
    refused(&[&deep], "nested deeper than 256");
    refused(&["\u{100000}", ""], "the character U+100000");
}
