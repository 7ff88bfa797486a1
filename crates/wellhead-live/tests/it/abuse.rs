//! Clients that send what they should not, or take nothing.

use std::time::Duration;

use bytes::Bytes;
use wellhead_protocol::{CloseCode, Up};

use crate::browser::{Browser, Server};

#[tokio::test(start_paused = true)]
async fn what_is_no_message_ends_the_connection_and_nothing_else() {
    let server = Server::new();
    for (bytes, code) in [
        (&b"\xff"[..], CloseCode::ProtocolError),
        (b"", CloseCode::ProtocolError),
        (b"\x04\x00", CloseCode::ProtocolError),
        (b"\x04\x00\x09", CloseCode::ProtocolError),
        (b"\x08\x05", CloseCode::ProtocolError),
        (b"\x10\x07\x00\x01x", CloseCode::ProtocolError),
    ] {
        let mut browser = server.open(&["counter"]).await;
        browser.say_bytes(Bytes::copy_from_slice(bytes)).await;
        assert_eq!(browser.closed().await.0, code, "{bytes:?}");
        browser.reconnect(&server).await;
        browser.joined().await;
        browser.event("increment").await;
        browser
            .shows(0, "<button ts-on:click=\"increment\">1</button>")
            .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_begins_with_a_join() {
    let server = Server::new();
    let (painted, token) = server.page(&["counter"]).await;
    let mut browser = Browser::new(painted, token);
    browser.connect_only(&server, 8).await;
    browser.say(&Up::Heartbeat).await;
    assert_eq!(browser.closed().await.0, CloseCode::ProtocolError);

    browser.connect_only(&server, 8).await;
    assert_eq!(
        browser.closed().await.0,
        CloseCode::Idle,
        "and it comes soon"
    );

    browser.connect(&server).await;
    browser.joined().await;
    let join = browser.join(None);
    browser.say(&join).await;
    assert_eq!(browser.closed().await.0, CloseCode::ProtocolError, "once");
}

#[tokio::test(start_paused = true)]
async fn long_messages_are_refused() {
    let server = Server::with_limits(|limits| limits.message = 1000);
    let mut browser = server.open(&["counter"]).await;
    browser
        .event_of(0, "add", Some(&format!("\"{}\"", "x".repeat(1000))))
        .await;
    assert_eq!(browser.closed().await.0, CloseCode::MessageTooLarge);
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_events_ends_the_connection() {
    let server = Server::with_limits(|limits| limits.events = 5);
    let mut browser = server.open(&["counter"]).await;
    for _ in 0..51 {
        browser.event("increment").await;
    }
    assert_eq!(
        browser.closed().await,
        (CloseCode::TooManyEvents, "more than 5 a second".into())
    );
    assert_eq!(server.host.saw("event").len(), 50);
}

#[tokio::test(start_paused = true)]
async fn who_takes_nothing_is_cut_off_and_gets_everything_later() {
    let server = Server::with_limits(|limits| limits.unacknowledged_messages = 100);
    let mut slow = server.open(&["chat"]).await;
    let mut fast = server.open(&["chat"]).await;
    for number in 0..150 {
        fast.event_of(0, "send", Some(&format!("\"{number}\"")))
            .await;
        while fast.settled.len() <= number {
            fast.next().await;
        }
        fast.say(&Up::Ack {
            received: fast.received,
        })
        .await;
        tokio::time::advance(Duration::from_millis(50)).await;
    }
    // It takes nothing, so it cannot be told either.
    assert_eq!(slow.ended().await, None);
    let shown = server.host.saw("info").len();
    assert_eq!(shown, 300, "others do not notice, and the session goes on");
    slow.reconnect(&server).await;
    let lines: String = (0..150)
        .map(|number| format!("<li ts-key=\"{number}\">{number}</li>"))
        .collect();
    slow.shows(0, &format!("<ul>{lines}</ul>")).await;
}

#[tokio::test(start_paused = true)]
async fn components_that_are_not_there_have_no_handlers() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    browser.event_of(9, "increment", None).await;
    while browser.said.is_empty() {
        browser.next().await;
    }
    browser.event("increment").await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">1</button>")
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_page_that_never_fits_is_not_rendered_for_ever() {
    let server = Server::new();
    let mut browser = server.open(&["counter", "list"]).await;
    let resync = |component: u32| Up::Resync {
        component,
        reason: "no node".into(),
    };
    for _ in 0..5 {
        browser.say(&resync(0)).await;
        browser.say(&resync(1)).await;
    }
    tokio::time::sleep(Duration::from_secs(11)).await;
    for _ in 0..5 {
        browser.say(&resync(0)).await;
    }
    browser.event("increment").await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">1</button>")
        .await;
    browser.say(&resync(0)).await;
    assert_eq!(browser.closed().await.0, CloseCode::Misfit);
}
