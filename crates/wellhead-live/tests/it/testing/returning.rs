//! Pages whose connection is lost, and files, which do not outlive it.

use std::time::Duration;

use serde_json::json;
use wellhead_live::testing::{self, Error, PageOptions};

use crate::{
    browser::{Server, mount},
    stage::{Stage, show},
};

#[tokio::test(start_paused = true)]
async fn a_page_that_comes_back_has_its_session() {
    let server = Server::new();
    let page = testing::mount(&server.live, mount("counter"))
        .await
        .unwrap();
    page.click("button").await.unwrap();
    page.disconnect().await;
    page.click("button").await.unwrap();
    assert_eq!(
        page.text("button").unwrap(),
        "1",
        "it waits for a connection"
    );
    page.reconnect().await.unwrap();
    assert_eq!(page.text("button").unwrap(), "2");
    assert_eq!((server.host.mounted(), server.host.restored()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_page_that_comes_late_is_restored_from_the_store() {
    let server = Server::new();
    let page = testing::mount(&server.live, mount("counter"))
        .await
        .unwrap();
    page.click("button").await.unwrap();
    page.disconnect().await;
    tokio::time::sleep(Duration::from_secs(120)).await;
    assert_eq!(server.live.sessions(), 0);
    page.reconnect().await.unwrap();
    assert_eq!(page.text("button").unwrap(), "1");
    assert_eq!((server.host.mounted(), server.host.restored()), (1, 1));
    page.click("button").await.unwrap();
    assert_eq!(page.text("button").unwrap(), "2");
}

#[tokio::test(start_paused = true)]
async fn a_page_stays_connected_however_long_nothing_happens() {
    let server = Server::new();
    let page = testing::mount(&server.live, mount("counter"))
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_secs(3600)).await;
    page.click("button").await.unwrap();
    assert_eq!(page.text("button").unwrap(), "1");
    drop(page);
    while server.live.sessions() > 0 {
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_entered_stays_in_its_field_when_everything_is_rendered_anew() {
    let stage = Stage::new();
    let html = r#"<p>{}</p><form @input="edit"><input id="a" name="a"><input id="b" name="b"><input type="checkbox" id="c" name="c"></form>"#;
    let page = show(&stage, html, json!([""])).await;
    page.type_text("#a", "mine").await.unwrap();
    page.check("#c", true).await.unwrap();
    page.disconnect().await;
    // One more node before the fields.
    stage.restores_with(json!("new"));
    tokio::time::sleep(Duration::from_secs(120)).await;
    page.reconnect().await.unwrap();
    assert_eq!(page.text("p").unwrap(), "new");
    assert_eq!(page.value("#a").unwrap(), "mine");
    assert_eq!(page.value("#b").unwrap(), "");
    assert_eq!(page.count("#c:checked").unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn messages_are_acknowledged() {
    let server = Server::with_limits(|limits| limits.unacknowledged_messages = 20);
    let page = testing::mount(&server.live, mount("counter"))
        .await
        .unwrap();
    for _ in 0..50 {
        page.click("button").await.unwrap();
    }
    assert_eq!(page.text("button").unwrap(), "50");
}

#[tokio::test(start_paused = true)]
async fn a_page_that_the_server_has_closed_says_why() {
    let server = Server::new();
    let page = testing::mount(&server.live, mount("counter"))
        .await
        .unwrap();
    server.live.drain().await;
    let error = loop {
        match page.click("button").await {
            Err(error) => break error,
            Ok(()) => tokio::task::yield_now().await,
        }
    };
    assert!(
        matches!(&error, Error::Disconnected { reason } if reason.starts_with("draining")),
        "{error:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn more_events_than_a_browser_may_send_at_once_are_sent_in_time() {
    let server = Server::with_limits(|limits| limits.events = 2);
    let options = PageOptions::default().with_timeout(Duration::from_secs(60));
    let page = testing::open(&server.live, [mount("counter")], options)
        .await
        .unwrap();
    for _ in 0..40 {
        page.click("button").await.unwrap();
    }
    assert_eq!(page.text("button").unwrap(), "40");
}

#[tokio::test]
async fn files_are_sent_as_far_as_there_is_credit() {
    let stage = Stage::new();
    let html = r#"<form @change="chosen"><input type="file" id="f" name="f" ts-upload="photos"></form><p ts-drop="photos">x</p><i>x</i>"#;
    let page = show(&stage, html, json!([])).await;
    // More than the window, and more than a message takes.
    page.upload("#f", "a.png", "image/png", vec![7; 700_000])
        .await
        .unwrap();
    page.upload("p", "b.png", "image/png", vec![7; 3])
        .await
        .unwrap();
    let heard = stage.heard();
    let of = |name: &str| {
        heard
            .iter()
            .filter(|told| told[1] == name)
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of("uploaded"),
        [json!([0, "uploaded", 700_000]), json!([0, "uploaded", 3])]
    );
    let change =
        json!({ "type": "change", "form": [], "name": "f", "value": "C:\\fakepath\\a.png" });
    assert_eq!(of("chosen"), [json!([0, "chosen", change])]);
    let refused = page
        .upload("#f", "c.txt", "text/plain", "no")
        .await
        .unwrap_err();
    assert!(
        matches!(&refused, Error::Refused { code, .. } if code == "not_accepted"),
        "{refused}"
    );
    let error = page
        .upload("i", "a.png", "image/png", "no")
        .await
        .unwrap_err();
    assert!(error.to_string().contains("takes no files"), "{error}");
}
