//! What survives a lost connection, a lost worker, a lost server.

use std::{sync::atomic::Ordering, time::Duration};

use tokio::runtime::Builder;
use wellhead_live::Limits;
use wellhead_protocol::{CloseCode, ComponentState, Down, Settled, Up};
use wellhead_store::Store;

use crate::{browser::Server, store::TestStore};

const ONE: &str = "<button ts-on:click=\"increment\">1</button>";
const TWO: &str = "<button ts-on:click=\"increment\">2</button>";
const THREE: &str = "<button ts-on:click=\"increment\">3</button>";

#[tokio::test(start_paused = true)]
async fn a_browser_that_comes_back_gets_what_it_missed() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    browser.event("increment").await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">1</button>")
        .await;
    // Two more, of which the browser hears nothing.
    browser.event("increment").await;
    browser.event("increment").await;
    while server.host.saw("event").len() < 3 {
        tokio::task::yield_now().await;
    }
    browser.lose();
    browser.reconnect(&server).await;
    browser.joined().await;
    assert_eq!(browser.states, [ComponentState::Current]);
    browser.shows(0, THREE).await;
    assert_eq!(server.host.mounted(), 1);
    assert_eq!(server.host.saw("connected").len(), 2);
    assert_eq!(server.host.saw("disconnected").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_acknowledged_is_not_sent_again() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    for _ in 0..3 {
        browser.event("increment").await;
    }
    browser.shows(0, THREE).await;
    browser.say(&Up::Ack { received: 3 }).await;
    browser.event("increment").await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">4</button>")
        .await;
    // It says that it has less than it acknowledged, so it gets everything.
    browser.received = 1;
    browser.lose();
    browser.reconnect(&server).await;
    browser.joined().await;
    assert_eq!(browser.states, [ComponentState::Stale]);
    browser
        .shows(0, "<button ts-on:click=\"increment\">4</button>")
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_browser_that_slept_gets_its_state_from_the_store() {
    let server = Server::new();
    let mut browser = server.open(&["counter", "list"]).await;
    for _ in 0..3 {
        browser.event("increment").await;
    }
    browser.shows(0, THREE).await;
    browser.lose();
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(server.live.sessions(), 0);
    browser.reconnect(&server).await;
    browser.joined().await;
    assert_eq!(browser.states, [ComponentState::Stale; 2]);
    browser.shows(0, THREE).await;
    assert_eq!((server.host.mounted(), server.host.restored()), (2, 2));
    assert_eq!(browser.handled, 3);
    browser.event("increment").await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">4</button>")
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_goes_leaves_its_sessions_to_another() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    for _ in 0..3 {
        browser.event("increment").await;
    }
    browser.shows(0, THREE).await;
    server.live.drain().await;
    assert_eq!(browser.closed().await.0, CloseCode::Draining);
    let replica = server.replica();
    browser.reconnect(&replica).await;
    browser.joined().await;
    browser.shows(0, THREE).await;
    assert_eq!((replica.host.mounted(), replica.host.restored()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn state_that_cannot_be_kept_is_mounted_anew() {
    let server = Server::new();
    let mut browser = server.open(&["chat"]).await;
    browser.lose();
    tokio::time::sleep(Duration::from_secs(600)).await;
    browser.reconnect(&server).await;
    browser.joined().await;
    browser.shows(0, "<ul></ul>").await;
    assert_eq!((server.host.mounted(), server.host.restored()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_lost_worker_costs_what_was_not_saved_and_nothing_else() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    browser.event("increment").await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">1</button>")
        .await;
    browser.event("slow").await;
    while server.host.saw("event").len() < 2 {
        tokio::task::yield_now().await;
    }
    server.host.lose();
    browser
        .shows(0, "<button ts-on:click=\"increment\">0</button>")
        .await;
    while browser.settled.len() < 2 {
        browser.next().await;
    }
    assert_eq!(
        browser.settled[1],
        Settled::Events(vec![2]),
        "nothing waits for ever"
    );
    browser.event("increment").await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">1</button>")
        .await;
    assert_eq!(server.host.mounts.load(Ordering::Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn state_is_saved_soon_after_it_has_changed() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    for _ in 0..3 {
        browser.event("increment").await;
    }
    browser.shows(0, THREE).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(server.host.saw("save").len(), 1, "once for three changes");
    server.host.lose();
    while server.host.restored() == 0 {
        browser.next().await;
    }
    browser.event("increment").await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">4</button>")
        .await;

    // The server is gone without a word.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let replica = server.replica();
    browser.reconnect(&replica).await;
    browser.joined().await;
    browser
        .shows(0, "<button ts-on:click=\"increment\">4</button>")
        .await;
    assert_eq!(replica.host.restored(), 1);
}

/// The store keeps what a server has taken over, so a second one that dies early costs nothing either.
#[tokio::test(start_paused = true)]
async fn a_second_server_that_is_gone_without_a_word_costs_no_state() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    for _ in 0..3 {
        browser.event("increment").await;
    }
    browser.shows(0, THREE).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    for _ in 0..3 {
        let replica = server.replica();
        browser.reconnect(&replica).await;
        browser.joined().await;
        browser.shows(0, THREE).await;
        assert_eq!((replica.host.mounted(), replica.host.restored()), (0, 1));
    }
}

/// In time that passes, since a file takes some.
/// The client of such a document took its first events for events that were handled long ago, and never sent them.
#[tokio::test(start_paused = true)]
async fn a_document_that_is_loaded_again_counts_its_events_anew() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    browser.event("increment").await;
    browser.shows(0, ONE).await;
    browser.lose();
    let mut again = browser.twin();
    again.connect(&server).await;
    again.joined().await;
    again.shows(0, ONE).await;
    assert_eq!(again.handled, 0);
    again.event("increment").await;
    again.shows(0, TWO).await;
    again.lose();
    again.reconnect(&server).await;
    again.joined().await;
    assert_eq!(again.handled, 1);
}

#[test]
fn a_file_has_the_sessions_of_a_server_that_is_gone_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("state.db").display());
    let mut limits = Limits::default();
    limits.save = Duration::from_millis(20);
    let server = async || {
        let store = wellhead_store::open(&url).await.unwrap();
        Server::on(TestStore::on(store), limits.clone())
    };
    // What a process has is gone with it.
    let process = || {
        let runtime = Builder::new_current_thread().enable_all().build();
        runtime.unwrap()
    };
    let mut browser = process().block_on(async {
        let server = server().await;
        let mut browser = server.open(&["counter"]).await;
        for _ in 0..3 {
            browser.event("increment").await;
        }
        browser.shows(0, THREE).await;
        let key = format!("live/{}", browser.session);
        loop {
            let kept = server.store.get(&key).await.unwrap().unwrap_or_default();
            if String::from_utf8_lossy(&kept).contains("\"state\":\"3\"") {
                return browser;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    for _ in 0..2 {
        process().block_on(async {
            let server = server().await;
            browser.reconnect(&server).await;
            browser.joined().await;
            browser.shows(0, THREE).await;
            assert_eq!((server.host.mounted(), server.host.restored()), (0, 1));
        });
    }
}

#[tokio::test(start_paused = true)]
async fn another_connection_takes_over() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    let (painted, token) = server.page(&["counter"]).await;
    drop((painted, token));
    let mut copy = browser.twin();
    copy.reconnect(&server).await;
    copy.joined().await;
    assert_eq!(browser.closed().await.0, CloseCode::TakenOver);
    copy.event("increment").await;
    copy.shows(0, "<button ts-on:click=\"increment\">1</button>")
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_browser_is_taken_for_gone() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    assert_eq!(browser.closed().await.0, CloseCode::Idle);
    assert_eq!(server.host.saw("disconnected").len(), 1);
    assert!(browser.said.iter().all(|said| *said == Down::Heartbeat));
    assert_eq!(server.live.sessions(), 1, "it may come back");
}

#[tokio::test(start_paused = true)]
async fn a_session_that_no_worker_takes_ends_and_its_browser_comes_back_to_its_state() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    browser.event("increment").await;
    browser.shows(0, ONE).await;
    // It is saved.
    tokio::time::sleep(Duration::from_secs(5)).await;
    server.host.is_closed.store(true, Ordering::Relaxed);
    server.host.lose();
    let (code, _) = browser.closed().await;
    assert_eq!(code, CloseCode::Internal);
    while server.live.sessions() > 0 {
        tokio::task::yield_now().await;
    }
    browser.reconnect(&server).await;
    assert_eq!(
        browser.closed().await.0,
        CloseCode::Internal,
        "there is no worker yet"
    );
    server.host.is_closed.store(false, Ordering::Relaxed);
    browser.reconnect(&server).await;
    browser.joined().await;
    browser.shows(0, ONE).await;
}

#[tokio::test(start_paused = true)]
async fn who_comes_back_to_a_server_that_knows_nothing_of_the_state_hears_of_another_session() {
    let server = Server::new();
    let mut browser = server.open(&["counter"]).await;
    browser.event("increment").await;
    browser.shows(0, ONE).await;
    let before = browser.session.clone();
    browser.lose();
    // The same key, and an empty store.
    let other = Server::new();
    browser.reconnect(&other).await;
    browser.joined().await;
    assert_ne!(browser.session, before);
    assert_eq!(browser.handled, 0, "events are counted anew");
    assert_eq!(browser.states, [ComponentState::Stale]);
    browser.events = 0;
    browser.event("increment").await;
    browser.shows(0, ONE).await;
    // That session is as good as any: it is found by its name, here and in the store.
    let after = browser.session.clone();
    browser.lose();
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(other.live.sessions(), 0);
    browser.reconnect(&other).await;
    browser.joined().await;
    assert_eq!((&browser.session, browser.handled), (&after, 1));
    browser.shows(0, ONE).await;
    // What is lost twice has a name still that the page's token covers.
    browser.lose();
    browser.reconnect(&Server::new()).await;
    browser.joined().await;
    assert!(browser.session != after && browser.session.matches('.').count() == 1);
}
