//! What the user does, and what becomes of it.

use serde_json::json;
use wellhead_protocol::{Down, History, Settled, Up, Visit};

use crate::browser::Server;

#[tokio::test(start_paused = true)]
async fn a_click_changes_what_the_browser_shows() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    browser.event("increment").await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">1</button>")
        .await;
    assert_eq!(browser.settled, [Settled::OLDEST]);
    browser.event("increment").await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">2</button>")
        .await;
    assert_eq!(browser.length, 5, "bytes of the second patch");
}

#[tokio::test(start_paused = true)]
async fn handlers_get_what_the_client_sent() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    browser.event_of(0, "add", Some("40")).await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">40</button>")
        .await;
    let events = server.host.saw("event");
    assert_eq!(
        events[0],
        serde_json::json!({
            "type": "event", "component": 0, "event": 1, "handler": "add", "payload": 40
        })
    );
}

#[tokio::test(start_paused = true)]
async fn fields_that_are_models_tell_the_host_as_they_tell_the_session() {
    let server = Server::new();
    let mut browser = server.open(&["greeting"]).await;
    // What the client sends for texts, boxes, lists, numbers, and numbers that were deleted.
    for value in [
        r#""ann \u00e9 \"x\"""#,
        "true",
        r#"["a","b"]"#,
        "12.50",
        "null",
        r#"{"b":1,"a":2}"#,
    ] {
        let payload = format!(r#"{{"data":{{"path":"user.name","value":{value}}}}}"#);
        browser.event_of(0, "ts-model", Some(&payload)).await;
        while browser.settled.len() < usize::try_from(browser.events).unwrap() {
            browser.next().await;
        }
        assert_eq!(
            *server.host.text.lock().unwrap(),
            format!(
                r#"{{"type":"event","component":0,"event":{},"handler":"ts-model","payload":{payload}}}"#,
                browser.events
            )
        );
    }
    let payload = r#"{"data":{"path":"name","value":"ann"}}"#;
    browser.event_of(0, "ts-model", Some(payload)).await;
    browser
        .shows(
            0,
            "<p>hello <!---->ann</p><button ts-on:click=\"increment\">1</button>",
        )
        .await;
    assert_eq!(browser.said, []);
}

#[tokio::test(start_paused = true)]
async fn components_of_a_page_do_not_disturb_each_other() {
    let server = Server::new();
    let mut browser = server.open(&["counter", "list", "counter"]).await;
    browser.event_of(2, "increment", None).await;
    browser
        .shows(2, "<button ts-on:click=\"increment\">1</button>")
        .await;
    browser.event_of(1, "reverse", None).await;
    browser
        .shows(
            1,
            r#"<ul><li ts-key="c">c</li><li ts-key="b">b</li><li ts-key="a">a</li></ul>"#,
        )
        .await;
    assert_eq!(
        browser.doms[0].html(),
        "<button ts-on:click=\"increment\">0</button>"
    );
}

#[tokio::test(start_paused = true)]
async fn what_else_a_handler_asks_for_comes_in_order() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    browser.event("everything").await;
    while browser.said.len() < 4 {
        browser.next().await;
    }
    assert!(
        matches!(&browser.said[0], Down::Reply { event: 1, value } if &**value == "\"answer\"")
    );
    assert_eq!(browser.said[1], Down::Title { text: "New".into() });
    assert!(
        matches!(&browser.said[2], Down::Push { name, value, .. } if &**name == "ping" && &**value == r#"{"a":[1]}"#)
    );
    assert_eq!(
        browser.said[3],
        Down::Navigate {
            kind: Visit::Patch,
            history: History::Replace,
            url: "/counters/5".into()
        }
    );
}

/// A client looks for the event among those that are not settled, and asks no more once it is.
#[tokio::test(start_paused = true)]
async fn what_came_of_an_event_is_told_before_it_is_settled() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    for (handler, code) in [("everything", None), ("nonsense", Some("threw"))] {
        browser.said.clear();
        browser.event(handler).await;
        while browser.said.is_empty() {
            assert!(browser.settled.is_empty(), "{handler} was settled first");
            browser.next().await;
        }
        match &browser.said[0] {
            Down::Reply { .. } => assert_eq!(code, None),
            Down::Error { code: told, .. } => assert_eq!(code, Some(&**told)),
            other => panic!("{other:?} came first"),
        }
        while browser.settled.is_empty() || (code.is_none() && browser.said.len() < 4) {
            browser.next().await;
        }
        browser.settled.clear();
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_fails_is_told_and_the_page_goes_on() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    browser.event("increment").await;
    browser.event("nonsense").await;
    browser.event("increment").await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">2</button>")
        .await;
    assert!(matches!(
        &browser.said[..],
        [Down::Error { code, message, event: Some(2), .. }] if &**code == "threw" && message == "no such handler"
    ));
    assert_eq!(browser.settled.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn events_that_are_answered_out_of_order_are_named() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    browser.event("slow").await;
    browser.event("increment").await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">1</button>")
        .await;
    assert_eq!(browser.settled, [Settled::Events(vec![2])]);
}

#[tokio::test(start_paused = true)]
async fn a_misfit_is_answered_with_everything() {
    let server = Server::new();
    let mut browser = server.open(&["counter", "list"]).await;
    browser.event_of(1, "reverse", None).await;
    browser.event_of(0, "increment", None).await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">1</button>")
        .await;
    browser.doms[0] = wellhead_html::Dom::parse("<p>an extension was here</p>");
    browser
        .say(&Up::Resync {
            component: 0,
            reason: "no node".into(),
        })
        .await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">1</button>")
        .await;
    // Both count from the beginning again.
    browser.event("increment").await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">2</button>")
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_connection_is_kept_alive_by_both() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    for _ in 0..5 {
        browser.next().await;
        browser.say(&Up::Heartbeat).await;
    }
    assert_eq!(browser.said, vec![Down::Heartbeat; 5]);
}

#[tokio::test(start_paused = true)]
async fn addresses_of_the_page_change_its_parameters() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    browser
        .say(&Up::Navigate {
            kind: wellhead_protocol::Travel::Patch,
            url: "/counters/7".into(),
        })
        .await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">7</button>")
        .await;
    assert!(browser.said.is_empty());
    browser.event_of(0, "go", Some("\"/counters/9\"")).await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">9</button>")
        .await;
    while browser.said.is_empty() {
        browser.next().await;
    }
    assert!(
        matches!(&browser.said[0], Down::Navigate { kind: Visit::Patch, url, .. } if url == "/counters/9")
    );
}

#[tokio::test(start_paused = true)]
async fn other_addresses_are_loaded() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    let redirected = |said: &[Down]| matches!(said, [.., Down::Navigate { kind: Visit::Redirect, url, .. }] if url == "/elsewhere");
    browser
        .say(&Up::Navigate {
            kind: wellhead_protocol::Travel::Pop,
            url: "/elsewhere".into(),
        })
        .await;
    while !redirected(&browser.said) {
        browser.next().await;
    }
    browser.said.clear();
    browser.event_of(0, "go", Some("\"/elsewhere\"")).await;
    while !redirected(&browser.said) {
        browser.next().await;
    }
    assert!(server.host.saw("params").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_developer_hears_of_equal_keys_once() {
    let server = Server::new();
    let mut browser = server.open(&["list"]).await;
    let list = |first: &str| {
        let items = json!([
            -1,
            [2, first, "one"],
            [2, "twin", "two"],
            [2, "twin", "three"]
        ]);
        json!({ "renders": [[0, [1, items]]] })
    };
    for first in ["a", "b"] {
        server.host.tells(&list(first));
        let html = format!(
            r#"<ul><li ts-key="{first}">one</li><li ts-key="twin">two</li><li ts-key="twin">three</li></ul>"#
        );
        browser.shows(0, &html).await;
    }
    // Whatever was said before this has come.
    server.host.tells(&list("twin"));
    let html = r#"<ul><li ts-key="twin">one</li><li ts-key="twin">two</li><li ts-key="twin">three</li></ul>"#;
    browser.shows(0, html).await;
    assert!(
        matches!(
            &browser.said[..],
            [Down::Error { code, message, event: None, .. }]
                if &**code == "equal_keys" && message.starts_with("two items of a list in list have the same key \"twin\"")
        ),
        "{:?}",
        browser.said
    );
}
