//! Ending the sessions of somebody.

use std::time::Duration;

use wellhead_live::Identity;
use wellhead_protocol::CloseCode;
use wellhead_store::Store;

use crate::browser::{Browser, Server, mount};

async fn of(server: &Server, identity: &Identity) -> Browser {
    let (painted, token) = server.page_for(&["counter"], identity.clone()).await;
    let mut browser = Browser::new(painted, token);
    browser.identity = identity.clone();
    browser.connect(server).await;
    browser.joined().await;
    browser
}

#[tokio::test(start_paused = true)]
async fn who_logs_out_has_no_sessions_on_any_server() {
    let (ann, bob) = (Identity("ann".into()), Identity("bob".into()));
    let here = Server::new();
    let there = here.replica();
    let mut sessions = [
        of(&here, &ann).await,
        of(&here, &ann).await,
        of(&there, &ann).await,
    ];
    let mut others = [
        of(&here, &bob).await,
        of(&there, &Identity::default()).await,
    ];
    here.live.disconnect(&ann).await;
    assert_eq!(here.live.sessions(), 1, "they have ended when it returns");
    for browser in &mut sessions {
        assert_eq!(browser.closed().await.0, CloseCode::LoggedOut);
    }
    assert_eq!(there.live.sessions(), 1);
    for (browser, server) in others.iter_mut().zip([&here, &there]) {
        browser.event("increment").await;
        browser
            .shows(0, "<button ts-on:click=\"increment\">1</button>")
            .await;
        assert_eq!(server.live.sessions(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_kept_is_forgotten() {
    let ann = Identity("ann".into());
    let server = Server::new();
    let mut browser = of(&server, &ann).await;
    browser.event("increment").await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">1</button>")
        .await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(server.host.saw("save").len(), 1);
    server.live.disconnect(&ann).await;
    assert_eq!(browser.closed().await.0, CloseCode::LoggedOut);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let key = format!("live/{}", browser.session);
    assert_eq!(server.store.take(&key).await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_was_begun_before_is_worth_nothing() {
    let ann = Identity("ann".into());
    let server = Server::new();
    let mut page = server.live.page(ann.clone()).unwrap();
    page.mount(mount("counter")).await.unwrap();
    server.live.disconnect(&ann).await;
    page.park();
    assert_eq!(server.live.sessions(), 0);
    assert_eq!(server.host.saw("close").len(), 1);
    // Whoever has logged in again is somebody new.
    of(&server, &ann).await;
    assert_eq!(server.live.sessions(), 1);
}

#[tokio::test(start_paused = true)]
async fn nobody_in_particular_cannot_log_out() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    server.live.disconnect(&Identity::default()).await;
    browser.event("increment").await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">1</button>")
        .await;
}

#[tokio::test(start_paused = true)]
async fn only_servers_say_who_has_logged_out() {
    let ann = Identity("ann".into());
    let server = Server::new();
    let mut browser = of(&server, &ann).await;
    for nonsense in ["", "ann", r#"{"from":"x","identity":"ann"}"#] {
        let topic = "wellhead/logged-out";
        server.store.publish(topic, nonsense.into()).await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    browser.event("increment").await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">1</button>")
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_server_listens_no_longer_than_it_is_there() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    browser.lose();
    let store = server.store.clone();
    let clone = server.live.clone();
    drop(server);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(store.subscribers(), 1);
    drop(clone);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(store.subscribers(), 0);
}
