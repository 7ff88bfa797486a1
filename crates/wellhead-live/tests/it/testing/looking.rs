//! What pages show after messages of the server, and what errors say.

use std::time::Duration;

use serde_json::{Value, json};
use wellhead_live::testing::{self, Awaited, Error, PageOptions};

use crate::{
    browser::{Server, mount},
    stage::{Stage, markup, show},
};

#[tokio::test(start_paused = true)]
async fn selectors_are_those_of_css() {
    let stage = Stage::new();
    let html = r#"<ul id="l" class="a b"><li data-x="1">one</li><li>two<b></b></li><li>three</li></ul><template><li>no</li></template>
        <input required readonly value="v"><svg viewBox="0 0 1 1"><g></g></svg>"#;
    let page = show(&stage, html, json!([])).await;
    for (selector, count) in [
        ("li", 3),
        ("ul.a.b > li + li", 2),
        ("li:nth-child(2n+1)", 2),
        ("li:not([data-x])", 2),
        ("li:has(b), [data-x='1']", 2),
        ("#l li:first-child:is(li, p)", 1),
        ("b:empty", 1),
        ("input:required:read-only", 1),
        ("svg[viewBox] g", 1),
        ("div, body", 0),
    ] {
        assert_eq!(page.count(selector).unwrap(), count, "{selector}");
    }
    assert_eq!(page.texts("li").unwrap(), ["one", "two", "three"]);
    let error = page.count("li:hover").unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"li:hover\" is no selector: :hover is not known here"
    );
    assert!(matches!(page.count("li["), Err(Error::Selector { .. })));
}

#[tokio::test(start_paused = true)]
async fn errors_say_what_is_there() {
    let stage = Stage::new();
    let html = r#"<button id="a" disabled @click="x">A</button><button id="b" @click="y">B</button><p id="p">text</p>
        <form><input id="q" name="q" required><button id="go">Go</button></form><select id="s"><option>1</select>"#;
    let page = show(&stage, html, json!([])).await;
    let cases: [(Result<(), Error>, &str); 8] = [
        (
            page.click("button#c").await,
            "nothing on the page is \"button#c\"; there are:\n  <button id=\"a\" disabled ts-on:click=\"x\">A\n",
        ),
        (
            page.click("button").await,
            "3 elements are \"button\"; there are:\n  <button id=\"a\"",
        ),
        (
            page.click("#a").await,
            "<button id=\"a\" disabled ts-on:click=\"x\">A (\"#a\") is disabled\nThe page: <button",
        ),
        (
            page.click("#p").await,
            "nothing handles click of <p id=\"p\">text (\"#p\"); there are:\n  <button id=\"a\"",
        ),
        (
            page.type_text("#p", "x").await,
            "<p id=\"p\">text (\"#p\") is no field for a text",
        ),
        (
            page.click("#go").await,
            "<button id=\"go\">Go (\"#go\") does not submit its form: <input id=\"q\" name=\"q\" required> is required and empty",
        ),
        (
            page.change("#s", "2").await,
            "<select id=\"s\">1 (\"#s\") has no option \"2\"; it has \"1\"",
        ),
        (
            page.blur("#q").await,
            "<input id=\"q\" name=\"q\" required> (\"#q\") has not got the focus",
        ),
    ];
    for (result, expected) in cases {
        let error = result.unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}\n\nnot\n\n{expected}");
    }
    page.type_text("#q", "x").await.unwrap();
    let error = page.click("#go").await.unwrap_err().to_string();
    assert!(
        error.contains("since nothing handles its submit"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_fails_fails_the_action() {
    let stage = Stage::new();
    let page = show(&stage, r#"<button @click="fail">x</button>"#, json!([])).await;
    let error = page.click("button").await.unwrap_err();
    assert_eq!(error.to_string(), "\"fail\" failed: boom (handler_failed)");
    assert_eq!(page.errors().len(), 1);
    assert_eq!(page.errors()[0].code, "handler_failed");
}

#[tokio::test(start_paused = true)]
async fn a_reply_is_what_push_returns() {
    let stage = Stage::new();
    let page = show(&stage, "<p>x</p>", json!([])).await;
    let reply = page.push("reply", Some(json!({ "a": 1 }))).await.unwrap();
    assert_eq!(reply, Some(json!({ "a": 1 })));
    assert_eq!(page.push("nothing", None).await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_come_is_late() {
    let stage = Stage::new();
    let page = show(
        &stage,
        r#"<p>one {}</p><button @click="hang">x</button>"#,
        json!(["two"]),
    )
    .await;
    let error = page.wait_for("#done").await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("\"#done\" is not on the page after 5s\nThe page: <p>one"),
        "{error}"
    );
    let error = page.click("button").await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("what was done is not settled after 5s"),
        "{error}"
    );
    let short = page
        .wait_at_most(Duration::from_millis(10), Awaited::text("three"))
        .await;
    assert!(matches!(short, Err(Error::Late { waited, .. }) if waited.as_millis() == 10));
    page.wait_for(Awaited::text("one two")).await.unwrap();
    page.wait_for(Awaited::gone("#done")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_comes_later_is_waited_for() {
    let stage = Stage::new();
    let page = show(&stage, "<p>{}</p>", json!(["one"])).await;
    let (waited, ()) = tokio::join!(
        page.wait_until("it shows two", |page| page.text("p").unwrap() == "two"),
        async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            stage.tells(&json!({ "renders": [[0, [0, "two"]]] }));
        }
    );
    waited.unwrap();
    let late = page
        .wait_until("it shows three", |_| false)
        .await
        .unwrap_err();
    assert!(
        late.to_string()
            .starts_with("it does not hold that it shows three after 5s"),
        "{late}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_the_user_has_entered_stays_until_the_server_means_another() {
    let stage = Stage::new();
    let html = r#"<input id="a" value="{}"><input id="other"><input type="checkbox" id="c" ?checked="{}">
        <select id="s"><option value="1">1</option><option value="2" ?selected="{}">2</option></select>"#;
    let page = show(&stage, html, json!(["x", false, false])).await;
    let set =
        async |slot: u32, value: Value| page.push("set", Some(json!([slot, value]))).await.unwrap();
    page.type_text("#a", "mine").await.unwrap();
    set(0, json!("theirs")).await;
    assert_eq!(page.value("#a").unwrap(), "mine", "it has the focus");
    page.focus("#other").await.unwrap();
    set(0, json!("last")).await;
    assert_eq!(page.value("#a").unwrap(), "last");
    page.change("#s", "2").await.unwrap();
    page.focus("#other").await.unwrap();
    set(1, json!(true)).await;
    assert_eq!(page.value("#s").unwrap(), "2");
    assert_eq!(page.count("#c:checked").unwrap(), 1);
    page.change("#s", "1").await.unwrap();
    page.focus("#other").await.unwrap();
    set(2, json!(true)).await;
    assert_eq!(page.value("#s").unwrap(), "2");
}

#[tokio::test(start_paused = true)]
async fn links_and_components_change_the_address() {
    let stage = Stage::new();
    let html = r##"<p>{}</p><a id="patch" href="?page=2" ts-patch>2</a><a id="away" href="/elsewhere">x</a><a id="hash" href="#end">x</a>
        <button @click='go(["patch","/stage?page=3"])'>x</button><i @click='go(["redirect","/login"])'>x</i>"##;
    let page = show(&stage, html, json!(["first"])).await;
    page.click("#patch").await.unwrap();
    page.wait_for(Awaited::text("/stage?page=2")).await.unwrap();
    assert_eq!(page.url(), "/stage?page=2");
    page.click("#hash").await.unwrap();
    assert_eq!(page.url(), "/stage?page=2#end");
    page.click("button").await.unwrap();
    page.wait_for(Awaited::text("/stage?page=3")).await.unwrap();
    assert_eq!(page.url(), "/stage?page=3");
    assert_eq!(page.redirected(), None);
    page.click("#away").await.unwrap();
    assert_eq!(page.redirected().as_deref(), Some("/elsewhere"));
    page.click("i").await.unwrap();
    page.wait_until("it is sent to /login", |page| {
        page.redirected().as_deref() == Some("/login")
    })
    .await
    .unwrap();
}

#[tokio::test(start_paused = true)]
async fn events_of_a_component_within_go_to_it() {
    let server = Server::new();
    let page = testing::mount(&server.live, mount("greeting"))
        .await
        .unwrap();
    page.click("button").await.unwrap_err();
    assert_eq!(server.host.saw("event")[0]["component"], 1000);
}

#[tokio::test(start_paused = true)]
async fn components_of_a_page_are_one_document() {
    let stage = Stage::new();
    let mounts = [
        markup("<p>one</p>", json!([])),
        markup(r#"<b @click="x">two</b>"#, json!([])),
    ];
    let page = testing::open(&stage.live, mounts, PageOptions::default())
        .await
        .unwrap();
    assert_eq!(page.html(), "<p>one</p><b ts-on:click=\"x\">two</b>");
    page.click("b").await.unwrap();
    assert_eq!(stage.heard(), [json!([1, "x", null])]);
}

#[tokio::test(start_paused = true)]
async fn streams_show_what_was_told() {
    let server = Server::new();
    server.host.rows.lock().unwrap().push("a".into());
    let page = testing::mount(&server.live, mount("stream")).await.unwrap();
    assert_eq!(page.texts("li").unwrap(), ["a"]);
}
