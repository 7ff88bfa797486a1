//! Streams, whose items the session forgets: what is shown to those who have not seen them.

use std::time::Duration;

use wellhead_html::Dom;
use wellhead_protocol::{ComponentState, Down, Up};

use crate::browser::{Browser, Server};

/// A server whose streams show these rows.
fn server(rows: &[&str]) -> Server {
    let server = Server::new();
    *server.host.rows.lock().unwrap() = rows.iter().map(|&row| row.to_owned()).collect();
    server
}

fn list(rows: &[&str]) -> String {
    format!("<ul>{}</ul>", items(rows))
}

fn items(rows: &[&str]) -> String {
    rows.iter()
        .map(|row| format!("<li ts-key=\"{row}\">{row}</li>"))
        .collect()
}

async fn append(browser: &mut Browser, row: &str) {
    browser
        .event_of(0, "append", Some(&format!("\"{row}\"")))
        .await;
}

async fn resync(browser: &mut Browser) {
    let resync = Up::Resync {
        component: 0,
        reason: "test".into(),
    };
    // What does not fit any more.
    browser.doms[0] = Dom::parse("<p>broken</p>");
    browser.say(&resync).await;
}

#[tokio::test(start_paused = true)]
async fn the_page_has_all_items_and_the_browser_is_told_changes() {
    let server = server(&["a", "b"]);
    let (painted, token) = server.page(&["stream"]).await;
    assert_eq!(painted[0].html, list(&["a", "b"]));
    let mut browser = Browser::new(painted, token);
    browser.connect(&server).await;
    browser.joined().await;
    assert_eq!(browser.states, [ComponentState::Current]);
    append(&mut browser, "c").await;
    browser.shows(0, &list(&["a", "b", "c"])).await;
    assert!(browser.length < 80, "only what is new is sent");
    browser.event_of(0, "remove", Some("\"a\"")).await;
    browser.shows(0, &list(&["b", "c"])).await;
    assert!(server.host.saw("refill").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_resync_has_the_host_tell_all_items() {
    let server = server(&["a", "b"]);
    let mut browser = server.open(&["stream"]).await;
    append(&mut browser, "c").await;
    browser.shows(0, &list(&["a", "b", "c"])).await;
    resync(&mut browser).await;
    browser.shows(0, &list(&["a", "b", "c"])).await;
    assert_eq!(server.host.saw("refill").len(), 1);
    append(&mut browser, "d").await;
    browser.shows(0, &list(&["a", "b", "c", "d"])).await;
    assert!(browser.length < 80, "it is forgotten again");
    assert_eq!(server.host.mounted(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_empty_stream_needs_no_answer() {
    let server = server(&["a"]);
    let mut browser = server.open(&["stream"]).await;
    browser.event_of(0, "remove", Some("\"a\"")).await;
    browser.shows(0, "<ul></ul>").await;
    resync(&mut browser).await;
    browser.shows(0, "<ul></ul>").await;
    assert!(server.host.saw("refill").is_empty());
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_all_items_is_told_no_changes() {
    let server = server(&["a", "b"]);
    let mut browser = server.open(&["late stream"]).await;
    resync(&mut browser).await;
    resync(&mut browser).await;
    // Operations for what the browser has not got would not fit, which the browser would say.
    append(&mut browser, "c").await;
    while browser.settled.is_empty() {
        browser.next().await;
    }
    assert_eq!(browser.doms[0].html(), "<p>broken</p>");
    browser.event("fill").await;
    browser.shows(0, &list(&["a", "b", "c"])).await;
    append(&mut browser, "d").await;
    browser.shows(0, &list(&["a", "b", "c", "d"])).await;
    assert_eq!(server.host.saw("refill").len(), 1, "asked once");
    assert_eq!(server.host.mounted(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_browser_that_comes_back_is_told_changes_only() {
    let server = server(&["a"]);
    let mut browser = server.open(&["stream"]).await;
    append(&mut browser, "b").await;
    while server.host.saw("event").is_empty() {
        tokio::task::yield_now().await;
    }
    browser.lose();
    browser.reconnect(&server).await;
    browser.joined().await;
    browser.shows(0, &list(&["a", "b"])).await;
    assert!(server.host.saw("refill").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_browser_that_is_lost_while_it_waits_gets_everything_when_it_is_back() {
    let server = server(&["a"]);
    let mut browser = server.open(&["late stream"]).await;
    resync(&mut browser).await;
    while server.host.saw("refill").is_empty() {
        tokio::task::yield_now().await;
    }
    browser.lose();
    browser.reconnect(&server).await;
    browser.joined().await;
    browser.event("fill").await;
    browser.shows(0, &list(&["a"])).await;
    assert_eq!(server.host.mounted(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_new_browser_with_an_old_session_gets_all_items() {
    let server = server(&["a"]);
    let mut browser = server.open(&["stream"]).await;
    append(&mut browser, "b").await;
    browser.shows(0, &list(&["a", "b"])).await;
    browser.lose();
    while server.host.saw("disconnected").is_empty() {
        tokio::task::yield_now().await;
    }
    let mut twin = browser.twin();
    twin.connect(&server).await;
    twin.joined().await;
    assert_eq!(twin.states, [ComponentState::Stale]);
    twin.shows(0, &list(&["a", "b"])).await;
    append(&mut twin, "c").await;
    twin.shows(0, &list(&["a", "b", "c"])).await;
    assert_eq!(server.host.saw("refill").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_was_changed_gets_all_items() {
    let server = server(&["a"]);
    let (painted, token) = server.page(&["stream"]).await;
    let mut browser = Browser::new(painted, token);
    browser.doms[0] = Dom::parse("<ul></ul><x-extension></x-extension>");
    browser.connect(&server).await;
    browser.joined().await;
    assert_eq!(browser.states, [ComponentState::Stale]);
    browser.shows(0, &list(&["a"])).await;
    assert_eq!(
        server.host.saw("refill").len(),
        1,
        "what waits for its browser has no items"
    );
}

#[tokio::test(start_paused = true)]
async fn a_session_from_the_store_has_its_items_from_its_mount() {
    let server = server(&["a"]);
    let mut browser = server.open(&["stream"]).await;
    append(&mut browser, "b").await;
    browser.shows(0, &list(&["a", "b"])).await;
    browser.lose();
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(server.live.sessions(), 0);
    browser.reconnect(&server).await;
    browser.joined().await;
    assert_eq!(browser.states, [ComponentState::Stale]);
    browser.shows(0, &list(&["a", "b"])).await;
    append(&mut browser, "c").await;
    browser.shows(0, &list(&["a", "b", "c"])).await;
    assert!(server.host.saw("refill").is_empty());
    assert_eq!(server.host.restored(), 1);
}

#[tokio::test(start_paused = true)]
async fn streams_of_a_worker_that_is_lost_begin_anew() {
    let server = server(&["a", "b"]);
    let mut browser = server.open(&["stream"]).await;
    append(&mut browser, "c").await;
    browser.shows(0, &list(&["a", "b", "c"])).await;
    *server.host.rows.lock().unwrap() = vec!["b".into(), "x".into()];
    server.host.lose();
    browser.shows(0, &list(&["b", "x"])).await;
    append(&mut browser, "y").await;
    browser.shows(0, &list(&["b", "x", "y"])).await;
    assert_eq!(server.host.mounted(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_is_lost_while_it_is_asked_tells_all_items_when_it_mounts() {
    let server = server(&["a"]);
    let mut browser = server.open(&["mute stream"]).await;
    resync(&mut browser).await;
    while server.host.saw("refill").is_empty() {
        tokio::task::yield_now().await;
    }
    server.host.lose();
    browser.shows(0, &list(&["a"])).await;
    tokio::time::sleep(Duration::from_secs(12)).await;
    assert_eq!(server.host.mounted(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_component_that_cannot_fill_its_streams_is_mounted_anew_and_others_keep_their_state() {
    let server = server(&["a"]);
    let mut browser = server.open(&["lost stream", "counter"]).await;
    browser.event_of(1, "increment", None).await;
    let counted = "<button ts-on:click=\"increment\">1</button>";
    browser.shows(1, counted).await;
    append(&mut browser, "b").await;
    browser.shows(0, &list(&["a", "b"])).await;
    resync(&mut browser).await;
    browser.shows(0, &list(&["a", "b"])).await;
    append(&mut browser, "c").await;
    browser.shows(0, &list(&["a", "b", "c"])).await;
    assert_eq!(browser.doms[1].html(), counted, "it was saved before");
    assert_eq!((server.host.mounted(), server.host.restored()), (3, 1));
    let told = |said: &Down| matches!(said, Down::Error { .. });
    assert!(
        !browser.said.iter().any(told),
        "the page is as it should be"
    );
}

#[tokio::test(start_paused = true)]
async fn a_component_that_does_not_answer_is_mounted_anew() {
    let server = server(&["a"]);
    let mut browser = server.open(&["mute stream"]).await;
    append(&mut browser, "b").await;
    browser.shows(0, &list(&["a", "b"])).await;
    let asked = tokio::time::Instant::now();
    resync(&mut browser).await;
    browser.shows(0, &list(&["a", "b"])).await;
    assert!(asked.elapsed() >= Duration::from_secs(10));
    append(&mut browser, "c").await;
    browser.shows(0, &list(&["a", "b", "c"])).await;
    assert_eq!(server.host.mounted(), 2);
    tokio::time::sleep(Duration::from_secs(12)).await;
    assert_eq!(server.host.mounted(), 2, "once");
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_stands_elsewhere_is_filled_again() {
    for (module, mounts) in [("stream", 1), ("lost stream", 2), ("mute stream", 2)] {
        let server = server(&["a", "b"]);
        let mut browser = server.open(&[module]).await;
        browser.event("order").await;
        // What is mounted anew is as it was at first.
        let shown = match mounts {
            1 => format!("<ol>{}</ol>", items(&["a", "b"])),
            _ => list(&["a", "b"]),
        };
        browser.shows(0, "<ol></ol>").await;
        browser.shows(0, &shown).await;
        append(&mut browser, "c").await;
        browser.event_of(0, "remove", Some("\"a\"")).await;
        browser
            .shows(0, &shown.replace(&items(&["a", "b"]), &items(&["b", "c"])))
            .await;
        assert_eq!(server.host.saw("refill").len(), 1, "{module}");
        assert_eq!(server.host.mounted(), mounts, "{module}");
        tokio::time::sleep(Duration::from_secs(12)).await;
        assert_eq!(server.host.mounted(), mounts, "nothing is waited for");
    }
}

#[tokio::test(start_paused = true)]
async fn changes_in_a_render_that_is_refused_are_told_again() {
    let server = server(&["a"]);
    let mut browser = server.open(&["stream"]).await;
    browser.event_of(0, "break", Some("\"b\"")).await;
    browser.event_of(0, "break", Some("\"c\"")).await;
    while browser.settled.len() < 2 {
        browser.next().await;
    }
    assert!(
        server.host.saw("refill").is_empty(),
        "which would be refused too"
    );
    append(&mut browser, "d").await;
    browser.shows(0, &list(&["a", "b", "c", "d"])).await;
    append(&mut browser, "e").await;
    browser.shows(0, &list(&["a", "b", "c", "d", "e"])).await;
    assert_eq!(server.host.saw("refill").len(), 1);
    assert_eq!(server.host.mounted(), 1);
}
