//! A store that takes its time delays nobody who looks at a page.

use std::{sync::atomic::Ordering, time::Duration};

use tokio::time::Instant;
use wellhead_protocol::{CloseCode, ComponentState};
use wellhead_store::Store;

use crate::browser::{Browser, Server};

fn counter(count: u32) -> String {
    format!("<button ts-on:click=\"increment\">{count}</button>")
}

async fn clicks(browser: &mut Browser, count: u32) {
    browser.event("increment").await;
    browser.shows(0, &counter(count)).await;
}

#[tokio::test(start_paused = true)]
async fn frames_do_not_wait_for_what_is_saved_or_told() {
    let server = Server::new();
    let mut browser = server.open(&["chat"]).await;
    let mut other = server.open(&["counter"]).await;
    server.store.is_stuck(true);
    let began = Instant::now();
    for handler in ["here", "away", "send", "leave"] {
        browser.event_of(0, handler, Some("\"x\"")).await;
    }
    while browser.settled.len() < 4 {
        browser.next().await;
    }
    clicks(&mut other, 1).await;
    assert_eq!(began.elapsed(), Duration::ZERO);
    tokio::time::sleep(Duration::from_secs(5)).await;
    let began = Instant::now();
    clicks(&mut other, 2).await;
    assert_eq!(began.elapsed(), Duration::ZERO, "while it is saved");
    assert!(server.store.puts.load(Ordering::Relaxed) > 0);
}

#[tokio::test(start_paused = true)]
async fn what_was_asked_of_the_store_is_done_in_order_when_it_answers() {
    let server = Server::new();
    let mut browser = server.open(&["chat"]).await;
    server.store.is_stuck(true);
    browser.event_of(0, "here", Some("1")).await;
    browser.event_of(0, "send", Some("\"a\"")).await;
    browser.event("away").await;
    browser.event_of(0, "send", Some("\"b\"")).await;
    while browser.settled.len() < 4 {
        browser.next().await;
    }
    assert!(server.host.saw("info").is_empty());
    server.store.is_stuck(false);
    browser
        .shows(0, "<ul><li ts-key=\"a\">a</li><li ts-key=\"b\">b</li></ul>")
        .await;
    assert!(server.store.members("room").await.unwrap().is_empty());
    assert_eq!(server.host.saw("presence").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn who_comes_back_while_a_session_is_put_away_finds_it_as_it_was() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    clicks(&mut browser, 1).await;
    // It was saved, and is to be put away.
    tokio::time::sleep(Duration::from_secs(3)).await;
    browser.lose();
    tokio::time::sleep(Duration::from_secs(59)).await;
    server.store.is_stuck(true);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(server.host.saw("save").len(), 2);
    assert_eq!(server.live.sessions(), 1, "it is not in the store yet");
    browser.reconnect(&server).await;
    let began = Instant::now();
    browser.joined().await;
    assert_eq!(browser.states, [ComponentState::Current]);
    clicks(&mut browser, 2).await;
    assert_eq!(began.elapsed(), Duration::ZERO);
    server.store.is_stuck(false);
    clicks(&mut browser, 3).await;
    assert_eq!(server.host.mounted(), 1);
    assert_eq!(server.live.sessions(), 1, "nor does it end");

    // A store that never answers does not keep it for ever.
    browser.lose();
    server.store.is_stuck(true);
    tokio::time::sleep(Duration::from_secs(80)).await;
    assert_eq!(server.live.sessions(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_server_goes_although_its_store_is_stuck() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    clicks(&mut browser, 1).await;
    server.store.is_stuck(true);
    let began = Instant::now();
    server.live.drain().await;
    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!(browser.closed().await.0, CloseCode::Draining);
    assert_eq!(server.live.sessions(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_browser_hears_that_its_server_goes_when_its_state_is_in_the_store() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    clicks(&mut browser, 1).await;
    server.store.is_stuck(true);
    let live = server.live.clone();
    let drained = tokio::spawn(async move { live.drain().await });
    tokio::time::sleep(Duration::from_secs(2)).await;
    server.store.is_stuck(false);
    assert_eq!(browser.closed().await.0, CloseCode::Draining);
    // At once, on another server.
    let replica = server.replica();
    browser.reconnect(&replica).await;
    browser.joined().await;
    browser.shows(0, &counter(1)).await;
    assert_eq!(replica.host.restored(), 1);
    drained.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn two_that_want_a_session_back_at_once_get_one() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    clicks(&mut browser, 1).await;
    browser.lose();
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(server.live.sessions(), 0);
    let mut twin = browser.twin();
    server.store.is_stuck(true);
    browser.reconnect(&server).await;
    twin.reconnect(&server).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.store.is_stuck(false);
    twin.joined().await;
    browser.joined().await;
    assert_eq!(server.live.sessions(), 1);
    // One has taken it over from the other, and the state is the session's whoever came first.
    while browser.doms[0].html() != counter(1) || twin.doms[0].html() != counter(1) {
        let late = if browser.doms[0].html() == counter(1) {
            &mut twin
        } else {
            &mut browser
        };
        late.next().await;
    }
    assert_eq!((server.host.mounted(), server.host.restored()), (1, 1));
}
