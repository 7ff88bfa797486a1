//! What a component may come to when it is mounted: for a page, and for a browser that comes back.

use std::time::Duration;

use serde_json::{Value, json};
use wellhead_live::{Identity, Mount, PaintError};
use wellhead_protocol::{CloseCode, ComponentState, Down, History, Visit};

use crate::browser::{Browser, Server, mount, params};

fn redirect() -> Value {
    json!({ "effects": [{ "navigate": { "component": "it", "kind": "redirect", "url": "/login", "replace": false } }] })
}

fn missing() -> Value {
    json!({ "errors": [{ "component": "it", "fatal": true, "code": "http_error", "message": "no such post", "name": "HttpError", "status": 404 }] })
}

fn broken() -> Value {
    let frame = json!({ "function": "mount", "file": "a.ts", "line": 3, "column": 7 });
    json!({ "errors": [{ "component": "it", "fatal": true, "code": "mount_failed", "message": "x is null", "name": "TypeError", "frames": [frame] }] })
}

async fn paint(server: &Server, turn: Value) -> PaintError {
    server.host.fails_with(turn);
    let mut page = server.live.page(Identity::default()).unwrap();
    page.mount(mount("counter"))
        .await
        .expect_err("it is not painted")
}

/// A browser whose session has gone into the store, and whose component comes to this when it is mounted again.
async fn comes_back_to(server: &Server, turn: Value) -> Browser {
    let mut browser = server.open(&["counter"]).await;
    browser.lose();
    tokio::time::sleep(Duration::from_secs(600)).await;
    server.host.fails_with(turn);
    browser.reconnect(server).await;
    browser
}

#[tokio::test(start_paused = true)]
async fn a_component_that_redirects_has_no_page() {
    let server = Server::new();
    let error = paint(&server, redirect()).await;
    assert!(
        matches!(&error, PaintError::Redirect { url } if url == "/login"),
        "{error}"
    );
    let navigate = redirect().to_string().replace("redirect", "navigate");
    let error = paint(&server, serde_json::from_str(&navigate).unwrap()).await;
    assert!(matches!(&error, PaintError::Redirect { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_component_that_throws_tells_what_and_where() {
    let server = Server::new();
    let PaintError::Failed(failure) = paint(&server, missing()).await else {
        panic!("it has failed");
    };
    assert_eq!(
        (failure.status, failure.name.as_str()),
        (Some(404), "HttpError")
    );
    let PaintError::Failed(failure) = paint(&server, broken()).await else {
        panic!("it has failed");
    };
    assert_eq!((failure.status, failure.name.as_str()), (None, "TypeError"));
    assert_eq!(failure.frames[0].line, 3);
    assert_eq!(failure.message, "x is null");
}

#[tokio::test(start_paused = true)]
async fn a_page_goes_on_without_a_component_that_failed() {
    let server = Server::new();
    let mut page = server.live.page(Identity::default()).unwrap();
    page.mount(mount("boom")).await.expect_err("it throws");
    page.mount(mount("silent")).await.expect_err("it is slow");
    assert_eq!(server.host.saw("unmount")[0]["component"], 1);
    let painted = page.mount(mount("counter")).await.unwrap();
    let token = page.token();
    page.park();
    // Late news of what was given up.
    server.host.tells(&json!({ "renders": [[1, [0, "late"]]] }));

    let mut browser = Browser::new(vec![painted], token);
    browser.connect(&server).await;
    browser.joined().await;
    assert_eq!(browser.states, [ComponentState::Current]);
    browser.doms.insert(0, wellhead_html::Dom::parse(""));
    browser.doms.insert(0, wellhead_html::Dom::parse(""));
    browser.event_of(2, "increment", None).await;
    browser
        .shows(2, "<button ts-on:click=\"increment\">1</button>")
        .await;

    // What was given up is not mounted again, here or elsewhere.
    let mounts = server.host.saw("mount").len();
    server.host.lose();
    browser
        .shows(2, "<button ts-on:click=\"increment\">0</button>")
        .await;
    assert_eq!(server.host.saw("mount").len(), mounts + 1);
}

#[tokio::test(start_paused = true)]
async fn what_the_server_says_of_the_user_is_known_whenever_it_is_mounted() {
    let server = Server::new();
    let paint = async || {
        let mut page = server.live.page(Identity::default()).unwrap();
        let mount = Mount {
            session: Some(params(r#"{"user":"ann"}"#)),
            ..mount("greeting")
        };
        let painted = page.mount(mount).await.unwrap();
        let token = page.token();
        page.park();
        Browser::new(vec![painted], token)
    };
    const ANN: &str = "<p>hello <!---->ann</p><button ts-on:click=\"increment\">1</button>";
    let user = json!({ "user": "ann" });
    let mut browser = paint().await;
    assert_eq!(browser.doms[0].html(), ANN);
    assert_eq!(server.host.saw("mount")[0]["session"], user);

    // From the token, on another server.
    let replica = server.replica();
    browser.connect(&replica).await;
    browser.joined().await;
    assert_eq!(browser.states, [ComponentState::Current]);
    assert_eq!(replica.host.saw("mount")[0]["session"], user);

    // From the store.
    browser.lose();
    tokio::time::sleep(Duration::from_secs(600)).await;
    let third = server.replica();
    browser.reconnect(&third).await;
    browser.joined().await;
    let mounted = &third.host.saw("mount")[0];
    assert_eq!(
        (&mounted["session"], &mounted["state"]),
        (&user, &json!("ann"))
    );

    // Left out where nothing is said.
    server.page(&["counter"]).await;
    let mounted = server.host.saw("mount").pop().unwrap();
    assert!(mounted.get("session").is_none());
}

#[tokio::test(start_paused = true)]
async fn components_within_are_known_from_first_paint_on() {
    let server = Server::new();
    let (painted, token) = server.page(&["greeting"]).await;
    let dom = wellhead_html::Dom::parse(&painted[0].html);
    // The button and its text are the last nodes.
    let first = dom.count() - 1;
    assert_eq!(painted[0].marks, [(first, 1, 1000)]);
    let mut browser = Browser::new(painted, token);
    browser.connect(&server).await;
    while browser.marks.is_empty() {
        browser.next().await;
    }
    assert_eq!(browser.marks, [(first, 1, 1000)]);
    assert!(server.page(&["counter"]).await.0[0].marks.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_redirect_of_a_component_that_comes_back_is_the_browser_s() {
    let server = Server::new();
    let mut browser = comes_back_to(&server, redirect()).await;
    browser.joined().await;
    assert_eq!(browser.states, [ComponentState::Refused]);
    while browser.said.is_empty() {
        browser.next().await;
    }
    assert_eq!(
        browser.said,
        [Down::Navigate {
            kind: Visit::Redirect,
            history: History::Replace,
            url: "/login".into()
        }]
    );
}

#[tokio::test(start_paused = true)]
async fn a_component_that_is_missing_when_it_comes_back_loads_the_page() {
    let server = Server::new();
    let mut browser = comes_back_to(&server, missing()).await;
    browser.joined().await;
    assert_eq!(browser.states, [ComponentState::Refused]);
    while browser.said.len() < 2 {
        browser.next().await;
    }
    assert!(
        matches!(&browser.said[..], [Down::Error { message, .. }, Down::Reload { .. }] if message == "no such post"),
        "{:?}",
        browser.said
    );
}

#[tokio::test(start_paused = true)]
async fn a_component_that_cannot_come_back_closes_the_connection() {
    let server = Server::new();
    let mut browser = comes_back_to(&server, broken()).await;
    assert_eq!(browser.closed().await.0, CloseCode::Internal);
    assert_eq!(server.live.sessions(), 0);

    // A host that fails costs no state.
    *server.host.trouble.lock().unwrap() = None;
    browser.reconnect(&server).await;
    browser.joined().await;
    browser.event("increment").await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">1</button>")
        .await;
    browser.lose();
    tokio::time::sleep(Duration::from_secs(600)).await;
    server.host.fails_with(json!({}));
    browser.reconnect(&server).await;
    assert_eq!(browser.closed().await.0, CloseCode::Internal, "in time");
    *server.host.trouble.lock().unwrap() = None;
    browser.reconnect(&server).await;
    browser.joined().await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">1</button>")
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_component_that_is_lost_with_its_worker_for_good_is_gone() {
    let server = Server::new();
    let mut browser = server.open(&["counter", "list"]).await;
    browser.event("slow").await;
    server.host.fails_with(broken());
    server.host.lose();
    while browser.said.len() < 4 {
        browser.next().await;
    }
    let gone: Vec<_> = browser
        .said
        .iter()
        .filter(|said| matches!(said, Down::Gone { .. }))
        .collect();
    assert_eq!(
        gone,
        [&Down::Gone { component: 0 }, &Down::Gone { component: 1 }]
    );
    browser.lose();
    browser.session.clear();
    let mut again = browser.twin();
    again.connect(&server).await;
    again.joined().await;
    assert_eq!(again.states, [ComponentState::Refused; 2]);
}

#[tokio::test(start_paused = true)]
async fn what_was_asked_for_before_the_browser_came_waits_for_it() {
    let server = Server::new();
    let (painted, token) = server.page(&["counter"]).await;
    server.host.tells(&json!({ "effects": [
        { "title": { "component": 0, "text": "Early" } },
        { "navigate": { "component": 0, "kind": "navigate", "url": "/x", "replace": false } }
    ] }));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut browser = Browser::new(painted, token);
    browser.connect(&server).await;
    while browser.said.len() < 2 {
        browser.next().await;
    }
    assert_eq!(
        browser.said[0],
        Down::Title {
            text: "Early".into()
        }
    );
    assert!(matches!(&browser.said[1], Down::Navigate { url, .. } if url == "/x"));
}

#[tokio::test(start_paused = true)]
async fn a_host_hears_when_a_session_is_over() {
    let server = Server::new();
    let closed = || server.host.saw("close").len();
    // A page that is given up, one that no browser comes for, and one whose browser does not come back.
    let mut page = server.live.page(Identity::default()).unwrap();
    page.mount(mount("counter")).await.unwrap();
    drop(page);
    assert_eq!(closed(), 1);
    server.page(&["counter"]).await;
    assert_eq!(closed(), 1);
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert_eq!(closed(), 2);
    let mut browser = server.open(&["counter"]).await;
    browser.lose();
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(closed(), 3);
    let last = server.host.commands.lock().unwrap().pop().unwrap();
    assert_eq!(last, json!({ "type": "close" }));
}
