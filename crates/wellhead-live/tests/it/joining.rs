//! How a browser comes to its session.

use std::time::Duration;

use wellhead_html::Dom;
use wellhead_live::{Identity, PaintError, Signer};
use wellhead_protocol::{CloseCode, ComponentState};

use crate::browser::{Browser, Server, mount};

const ONE: &str = "<button ts-on:click=\"increment\">1</button>";
const TWO: &str = "<button ts-on:click=\"increment\">2</button>";

#[tokio::test(start_paused = true)]
async fn the_page_is_complete_and_its_session_is_the_browser_s() {
    let server = Server::new();
    let (painted, token) = server.page(&["counter", "list"]).await;
    assert_eq!(
        painted[0].html,
        "<button ts-on:click=\"increment\">0</button>"
    );
    let mut browser = Browser::new(painted, token);
    browser.connect(&server).await;
    browser.joined().await;
    assert_eq!(browser.states, [ComponentState::Current; 2]);
    assert_eq!(server.host.mounted(), 2, "nothing is mounted twice");
    assert_eq!(server.live.sessions(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_was_changed_gets_everything() {
    let server = Server::new();
    let (painted, token) = server.page(&["counter"]).await;
    let mut browser = Browser::new(painted, token);
    browser.doms[0] = Dom::parse("<button>0</button><x-extension></x-extension>");
    browser.connect(&server).await;
    browser.joined().await;
    assert_eq!(browser.states, [ComponentState::Stale]);
    browser
        .shows(0, "<button ts-on:click=\"increment\">0</button>")
        .await;
    browser.event("increment").await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">1</button>")
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_browser_that_comes_late_or_elsewhere_gets_a_session_all_the_same() {
    let server = Server::new();
    let (painted, token) = server.page(&["counter"]).await;
    let mut late = Browser::new(painted, token);
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert_eq!(server.live.sessions(), 0, "pages wait ten seconds");
    late.connect(&server).await;
    late.joined().await;
    assert_eq!(late.states, [ComponentState::Current]);
    assert_eq!(server.host.mounted(), 2);

    let replica = server.replica();
    let (painted, token) = server.page(&["list"]).await;
    let mut elsewhere = Browser::new(painted, token);
    elsewhere.connect(&replica).await;
    elsewhere.joined().await;
    assert_eq!(elsewhere.states, [ComponentState::Current]);
    elsewhere.event("reverse").await;
    elsewhere
        .shows(
            0,
            r#"<ul><li ts-key="c">c</li><li ts-key="b">b</li><li ts-key="a">a</li></ul>"#,
        )
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_page_that_would_be_another_by_now_gets_everything() {
    let server = Server::new();
    let (painted, token) = server.page(&["clock"]).await;
    let mut late = Browser::new(painted, token);
    tokio::time::sleep(Duration::from_secs(20)).await;
    late.connect(&server).await;
    late.joined().await;
    assert_eq!(late.states, [ComponentState::Stale]);
    late.shows(0, "<button ts-on:click=\"increment\">2</button>")
        .await;
}

#[tokio::test(start_paused = true)]
async fn only_so_many_pages_wait() {
    let server = Server::with_limits(|limits| limits.parked = 2);
    for _ in 0..5 {
        server.page(&["counter"]).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(server.live.sessions(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_component_that_cannot_be_rendered_says_why() {
    let server = Server::with_limits(|limits| limits.components = 2);
    let mut page = server.live.page(Identity::default()).unwrap();
    let mut paint = async |module: &str| {
        let painted = page.mount(mount(module)).await;
        painted.expect_err("it is not rendered")
    };
    let boom = paint("boom").await;
    assert!(
        matches!(&boom, PaintError::Failed(failure) if failure.message == "boom in mount"),
        "{boom}"
    );
    assert_eq!(
        paint("refused").await.to_string(),
        "refused: there is no template 99"
    );
    assert!(matches!(
        paint("counter").await,
        PaintError::TooMany { most: 2 }
    ));

    let mut page = server.live.page(Identity::default()).unwrap();
    let silent = page
        .mount(mount("silent"))
        .await
        .expect_err("it says nothing");
    assert!(
        silent.to_string().contains("did not render within 10s"),
        "{silent}"
    );
}

#[tokio::test(start_paused = true)]
async fn tokens_are_for_one_page_one_person_and_some_time() {
    let server = Server::new();
    let refused = async |mut browser: Browser| {
        browser.connect(&server).await;
        browser.closed().await.0
    };
    let (painted, token) = server.page(&["counter"]).await;
    let (other_painted, other_token) = server.page(&["counter"]).await;

    let mut changed = token.clone();
    changed.replace_range(20..21, if &token[20..21] == "A" { "B" } else { "A" });
    assert_eq!(
        refused(Browser::new(painted.clone(), changed)).await,
        CloseCode::Expired
    );
    assert_eq!(
        refused(Browser::new(
            painted.clone(),
            Signer::random().sign("live page", &1, Duration::MAX)
        ))
        .await,
        CloseCode::Expired
    );
    assert_eq!(
        refused(Browser::new(painted, other_token)).await,
        CloseCode::NotAuthorised
    );
    assert_eq!(
        refused(Browser::new(other_painted, token)).await,
        CloseCode::NotAuthorised
    );

    let alice = Identity("alice".into());
    let (painted, token) = server.page_for(&["counter"], alice.clone()).await;
    let mut mallory = Browser::new(painted.clone(), token.clone());
    mallory.identity = Identity("mallory".into());
    assert_eq!(refused(mallory).await, CloseCode::LoggedOut);
    assert_eq!(
        refused(Browser::new(painted.clone(), token.clone())).await,
        CloseCode::LoggedOut
    );
    let mut hers = Browser::new(painted, token);
    hers.identity = alice;
    hers.connect(&server).await;
    hers.joined().await;
    assert_eq!(hers.states, [ComponentState::Current]);

    let short = Server::with_limits(|limits| limits.token = Duration::ZERO);
    let (painted, token) = short.page(&["counter"]).await;
    let mut expired = Browser::new(painted, token);
    expired.connect(&short).await;
    assert_eq!(expired.closed().await.0, CloseCode::Expired);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_does_not_answer_keeps_no_browser_from_its_session() {
    let server = Server::new();
    server.store.is_stuck(true);
    let mut browser = server.open(&["counter"]).await;
    browser.event("increment").await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">1</button>")
        .await;

    // Not even if only the store would know it.
    let (painted, token) = server.page(&["counter"]).await;
    let mut late = Browser::new(painted, token);
    tokio::time::sleep(Duration::from_secs(20)).await;
    late.connect(&server).await;
    late.joined().await;
    assert_eq!(late.states, [ComponentState::Current]);
}

#[tokio::test(start_paused = true)]
async fn two_tabs_of_one_document_have_a_session_each() {
    let server = Server::new();
    let mut first = server.open(&["counter"]).await;
    first.event("increment").await;
    first.shows(0, ONE).await;
    let mut second = first.twin();
    second.connect(&server).await;
    second.joined().await;
    assert_eq!(second.states, [ComponentState::Current], "as painted");
    assert_ne!(second.session, first.session);
    assert_eq!((server.live.sessions(), server.host.mounted()), (2, 2));
    second.event("increment").await;
    second.event("increment").await;
    second.shows(0, TWO).await;
    first.event("increment").await;
    first.shows(0, TWO).await;

    // A third one, and both others are still there.
    let mut third = second.twin();
    third.connect(&server).await;
    third.joined().await;
    assert_eq!(server.live.sessions(), 3);
    first.event("increment").await;
    first
        .shows(0, "<button ts-on:click=\"increment\">3</button>")
        .await;
}

#[tokio::test(start_paused = true)]
async fn the_second_tab_of_a_document_comes_back_to_its_own_session() {
    let server = Server::new();
    let mut first = server.open(&["counter"]).await;
    let mut second = first.twin();
    second.connect(&server).await;
    second.joined().await;
    second.event("increment").await;
    second.shows(0, ONE).await;
    second.lose();
    second.reconnect(&server).await;
    second.joined().await;
    assert_eq!(second.states, [ComponentState::Current]);
    // Of what is not there any more, the store has the state.
    second.lose();
    tokio::time::sleep(Duration::from_secs(15)).await;
    first.event("increment").await;
    tokio::time::sleep(Duration::from_secs(600)).await;
    second.reconnect(&server).await;
    second.joined().await;
    second.shows(0, ONE).await;
    assert_eq!(server.host.restored(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_document_whose_tab_is_gone_is_gone_on_with() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    browser.event("increment").await;
    browser.shows(0, ONE).await;
    browser.lose();
    while server.host.saw("disconnected").is_empty() {
        tokio::task::yield_now().await;
    }
    let mut back = browser.twin();
    back.connect(&server).await;
    back.joined().await;
    assert_eq!(back.session, browser.session);
    back.shows(0, ONE).await;
}

#[tokio::test(start_paused = true)]
async fn nobody_names_a_session_but_the_server() {
    let server = Server::new();
    for made_up in ["other", ".", ".x", "x", "/../live/x"] {
        let (painted, token) = server.page(&["counter"]).await;
        let mut browser = Browser::new(painted, token);
        browser.connect(&server).await;
        browser.joined().await;
        let own = browser.session.clone();
        browser.session = format!("{own}{made_up}");
        browser.lose();
        browser.reconnect(&server).await;
        assert_eq!(browser.closed().await.0, CloseCode::NotAuthorised);
    }
}
