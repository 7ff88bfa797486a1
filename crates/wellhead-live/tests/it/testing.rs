//! Tests' own pages without a browser: what they send, what they show, and what they say when something cannot be done.

mod acting;
mod looking;
mod returning;

use std::sync::Arc;

use serde_json::{Value, json};
use wellhead_live::{
    Mount,
    testing::{self, Error, Script},
};

use crate::{
    browser::{Server, mount},
    stage::{Stage, markup},
};

#[tokio::test(start_paused = true)]
async fn a_click_returns_when_the_page_shows_what_came_of_it() {
    let server = Server::new();
    let page = testing::mount(&server.live, mount("counter"))
        .await
        .unwrap();
    assert_eq!(server.host.mounted(), 1, "rendered and joined is one mount");
    page.click("button").await.unwrap();
    page.click("button").await.unwrap();
    assert_eq!(page.text("button").unwrap(), "2");
    assert_eq!(page.html(), "<button ts-on:click=\"increment\">2</button>");
    assert_eq!(server.host.saw("event")[0].get("payload"), None);
}

#[tokio::test(start_paused = true)]
async fn how_a_page_answers_that_has_nothing_to_show_is_told_apart() {
    let server = Server::new();
    let open = async || {
        testing::mount(&server.live, mount("counter"))
            .await
            .unwrap_err()
    };
    server.host.fails_with(json!({ "errors": [{
        "component": "it", "code": "http_error", "message": "no such post", "status": 404, "fatal": true
    }] }));
    let error = open().await;
    assert!(matches!(&error, Error::Status { status: 404, message } if message == "no such post"));
    server.host.fails_with(json!({ "effects": [{
        "navigate": { "component": "it", "kind": "redirect", "url": "/login", "replace": false }
    }] }));
    let error = open().await;
    assert!(
        matches!(&error, Error::Redirect { url } if url == "/login"),
        "{error:?}"
    );
    server.host.fails_with(json!({ "errors": [{
        "component": "it", "code": "mount_failed", "message": "boom", "fatal": true
    }] }));
    assert_eq!(open().await.to_string(), "mount_failed: boom");
}

#[tokio::test(start_paused = true)]
async fn a_script_answers_in_json() {
    let server = Server::new();
    let script = Script::new(server.live.clone());
    let ask = async |request: Value| -> Value {
        serde_json::from_str(&script.ask(&request.to_string()).await).unwrap()
    };
    assert_eq!(
        ask(json!({ "open": { "module": "counter", "params": { "start": 3 } } })).await,
        json!({ "ok": { "page": 1 } })
    );
    let act =
        async |verb: &str, args: Value| ask(json!({ "page": 1, "do": verb, "args": args })).await;
    assert_eq!(act("click", json!(["button"])).await, json!({ "ok": null }));
    assert_eq!(act("text", json!(["button"])).await, json!({ "ok": "4" }));
    assert_eq!(
        act("push", json!(["everything"])).await,
        json!({ "ok": "answer" })
    );
    assert_eq!(act("title", json!([])).await, json!({ "ok": "New" }));
    assert_eq!(
        act("pushed", json!([])).await,
        json!({ "ok": [{ "component": 0, "name": "ping", "value": { "a": [1] } }] })
    );
    assert_eq!(act("url", json!([])).await, json!({ "ok": "/counters/5" }));
    let failed = act("push", json!(["nonsense"])).await;
    assert_eq!(
        failed["error"]["message"],
        "\"nonsense\" failed: no such handler (threw)"
    );
    assert_eq!(failed["error"]["code"], "threw");
    let missing = act("click", json!(["#save"])).await;
    assert_eq!(
        missing["error"]["message"],
        "nothing on the page is \"#save\"; there are:\n  <button ts-on:click=\"increment\">5\n\
         The page: <button ts-on:click=\"increment\">5</button>"
    );
    for (request, problem) in [
        (
            json!({ "page": 9, "do": "html" }),
            "there is no page 9, or it is closed",
        ),
        (
            json!({ "page": 1, "do": "fly" }),
            "a page can do no \"fly\"",
        ),
        (
            json!({ "page": 1, "do": "click" }),
            "\"click\" needs a selector as argument 1",
        ),
        (
            json!({ "page": 1, "do": "click", "args": [7] }),
            "argument 1 of \"click\" is no selector: 7",
        ),
        (
            json!({ "page": 1 }),
            "the request cannot be read: missing field `do`",
        ),
    ] {
        assert_eq!(ask(request).await["error"]["message"], problem);
    }
    assert_eq!(act("close", json!([])).await, json!({ "ok": null }));
    assert!(act("html", json!([])).await["error"].is_object());
}

#[tokio::test(start_paused = true)]
async fn two_users_see_each_other() {
    let server = Server::new();
    let ann = testing::mount(&server.live, mount("chat")).await.unwrap();
    let bob = testing::mount(&server.live, mount("chat")).await.unwrap();
    ann.push("here", Some(json!("hello"))).await.unwrap();
    bob.wait_for("li").await.unwrap();
    assert_eq!(bob.texts("li").unwrap(), [r#"ann:{"data":"hello"}"#]);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_waits_holds_up_no_other() {
    let server = Server::new();
    let script = Arc::new(Script::new(server.live.clone()));
    for _ in 0..2 {
        script.ask(r#"{ "open": { "module": "chat" } }"#).await;
    }
    let waiting = tokio::spawn({
        let script = Arc::clone(&script);
        async move {
            script
                .ask(r#"{ "page": 1, "do": "waitFor", "args": [{ "text": "hello" }] }"#)
                .await
        }
    });
    tokio::task::yield_now().await;
    let said = r#"{ "page": 2, "do": "push", "args": ["here", "hello"] }"#;
    assert_eq!(script.ask(said).await, r#"{"ok":null}"#);
    assert_eq!(waiting.await.unwrap(), r#"{"ok":null}"#);
    let late = script
        .ask(r##"{ "page": 1, "do": "waitFor", "args": ["#no", 50] }"##)
        .await;
    assert!(
        late.starts_with(r##"{"error":{"message":"\"#no\" is not on the page after 50ms"##),
        "{late}"
    );
}

#[tokio::test]
async fn a_script_does_all_that_a_page_does() {
    let stage = Stage::new();
    let html = r#"<form @submit="save"><input id="a" name="a"><input type="checkbox" id="c" name="c"><select id="s" name="s" multiple><option>1<option>2</select>
        <input type="file" id="f" ts-upload="photos"></form><b @sorted="sort">x</b>"#;
    let script = Script::new(stage.live.clone());
    let ask = async |request: Value| -> Value {
        let answer: Value = serde_json::from_str(&script.ask(&request.to_string()).await).unwrap();
        assert!(answer.get("ok").is_some(), "{request}: {answer}");
        answer["ok"].clone()
    };
    let Mount {
        module,
        params,
        url,
        ..
    } = markup(html, json!([]));
    ask(json!({ "open": { "module": module, "params": params, "url": url, "timeout": 2000 } }))
        .await;
    for (verb, args, expected) in [
        ("url", json!([]), json!("/stage?page=1")),
        ("type", json!(["#a", "x"]), Value::Null),
        ("value", json!(["#a"]), json!("x")),
        ("change", json!(["#a", "y"]), Value::Null),
        ("check", json!(["#c"]), Value::Null),
        ("count", json!([":checked"]), json!(1)),
        ("check", json!(["#c", false]), Value::Null),
        ("select", json!(["#s", ["1", "2"]]), Value::Null),
        ("select", json!(["#s", "2"]), Value::Null),
        ("focus", json!(["#a"]), Value::Null),
        ("keydown", json!(["#a", "Enter"]), Value::Null),
        ("blur", json!(["#a"]), Value::Null),
        ("submit", json!(["form"]), Value::Null),
        ("event", json!(["b", "sorted", 7]), Value::Null),
        ("push", json!(["reply", 7, "b"]), json!(7)),
        (
            "upload",
            json!(["#f", "a.png", "image/png", "AAEC"]),
            Value::Null,
        ),
        ("texts", json!(["option"]), json!(["1", "2"])),
        ("attribute", json!(["b", "id"]), Value::Null),
        ("title", json!([]), Value::Null),
        ("redirected", json!([]), Value::Null),
        ("pushed", json!([]), json!([])),
        ("errors", json!([]), json!([])),
        ("disconnect", json!([]), Value::Null),
        ("reconnect", json!([]), Value::Null),
        ("waitFor", json!([{ "gone": "#z" }]), Value::Null),
    ] {
        assert_eq!(
            ask(json!({ "page": 1, "do": verb, "args": args })).await,
            expected,
            "{verb}"
        );
    }
    let heard = stage.heard();
    let form = json!({ "type": "submit", "form": [["a", "y"], ["s", "2"]] });
    assert_eq!(
        heard,
        [
            json!([0, "save", form]),
            json!([0, "save", form]),
            json!([0, "sort", { "type": "sorted", "data": 7 }]),
            json!([0, "reply", { "data": 7 }]),
            json!([0, "uploaded", 3]),
        ]
    );
}
