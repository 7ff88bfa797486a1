//! What sessions tell each other.

use wellhead_store::Store;

use crate::browser::Server;

fn list(lines: &[&str]) -> String {
    let items: String = lines
        .iter()
        .map(|line| format!("<li ts-key=\"{line}\">{line}</li>"))
        .collect();
    format!("<ul>{items}</ul>")
}

#[tokio::test(start_paused = true)]
async fn a_message_comes_to_all_that_subscribe() {
    let server = Server::new();
    let (mut one, mut two) = (server.open(&["chat"]).await, server.open(&["chat"]).await);
    let mut other = server.open(&["counter"]).await;
    one.event_of(0, "send", Some("\"hello\"")).await;
    one.shows(0, &list(&["hello"])).await;
    two.shows(0, &list(&["hello"])).await;
    two.event_of(0, "whisper", Some("\"psst\"")).await;
    one.shows(0, &list(&["hello", "psst"])).await;
    two.event_of(0, "send", Some("\"loud\"")).await;
    two.shows(0, &list(&["hello", "loud"])).await;
    other.event("increment").await;
    other
        .shows(0, "<button ts-on:click=\"increment\">1</button>")
        .await;
}

#[tokio::test(start_paused = true)]
async fn who_has_left_hears_no_more() {
    let server = Server::new();
    let (mut one, mut two) = (server.open(&["chat"]).await, server.open(&["chat"]).await);
    two.event("leave").await;
    while two.settled.is_empty() {
        two.next().await;
    }
    one.event_of(0, "send", Some("\"a\"")).await;
    one.shows(0, &list(&["a"])).await;
    assert_eq!(server.host.saw("info").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn messages_come_while_the_browser_is_away() {
    let server = Server::new();
    let (mut one, mut two) = (server.open(&["chat"]).await, server.open(&["chat"]).await);
    two.lose();
    one.event_of(0, "send", Some("\"a\"")).await;
    one.shows(0, &list(&["a"])).await;
    two.reconnect(&server).await;
    two.shows(0, &list(&["a"])).await;
}

#[tokio::test(start_paused = true)]
async fn who_is_present_is_known_to_all_that_listen() {
    let server = Server::new();
    let (mut one, mut two) = (server.open(&["chat"]).await, server.open(&["chat"]).await);
    one.event_of(0, "here", Some("1")).await;
    one.shows(0, &list(&["ann:1"])).await;
    two.shows(0, &list(&["ann:1"])).await;
    let mut late = server.open(&["chat"]).await;
    late.shows(0, &list(&["ann:1"])).await;

    // Present is who is connected.
    one.lose();
    two.shows(0, &list(&[])).await;
    one.reconnect(&server).await;
    two.shows(0, &list(&["ann:1"])).await;
    one.joined().await;
    one.event("away").await;
    two.shows(0, &list(&[])).await;
    assert!(server.store.members("room").await.unwrap().is_empty());
}
