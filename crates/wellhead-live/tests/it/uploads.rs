//! Files on their way to a component.

use std::{collections::HashMap, path::Path, time::Duration};

use bytes::Bytes;
use serde_json::{Value, json};
use tempfile::TempDir;
use wellhead_live::Limits;
use wellhead_protocol::{Chunk, CloseCode, Down, Json, Up};

use crate::{
    browser::{Browser, Server},
    fake::MOST,
};

/// A server that has its temporary files in a folder of its own.
fn server(change: impl FnOnce(&mut Limits)) -> (Server, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with_limits(|limits| {
        limits.upload_folder = folder.path().to_owned();
        change(limits);
    });
    (server, folder)
}

/// The temporary files that there are.
fn files(folder: &TempDir) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder.path()).unwrap();
    entries
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap_or_default())
        .collect()
}

/// Waits until there are so many temporary files.
async fn there_are(folder: &TempDir, count: usize) {
    for _ in 0..2000 {
        if files(folder).len() == count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("there are {} files", files(folder).len());
}

/// Bytes of which each part is different.
fn content(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at / 7 % 251) as u8).collect()
}

/// What the browser knows of its files.
#[derive(Default)]
struct Sender {
    credit: HashMap<u32, usize>,
    done: Vec<u32>,
    refused: Vec<(u32, String)>,
    heard: usize,
}

impl Sender {
    async fn start(browser: &mut Browser, first: u32, files: &[(&str, u64, &str)]) -> Self {
        Self::start_in(browser, (0, "photos"), first, files).await
    }

    async fn start_in(
        browser: &mut Browser,
        (component, field): (u32, &str),
        first: u32,
        files: &[(&str, u64, &str)],
    ) -> Self {
        let entries: Vec<Value> = files
            .iter()
            .map(|(name, size, media)| json!({ "name": name, "size": size, "type": media }))
            .collect();
        let message = Up::UploadStart {
            component,
            field: field.into(),
            upload: first,
            entries: Json::new(Value::from(entries).to_string()).unwrap(),
        };
        let heard = browser.said.len();
        browser.say(&message).await;
        Self {
            heard,
            ..Self::default()
        }
    }

    /// Takes in what the server has said, and waits for something about files if there is nothing new.
    async fn hear(&mut self, browser: &mut Browser) {
        loop {
            let mut is_new = false;
            for said in &browser.said[self.heard..] {
                is_new = true;
                match said {
                    Down::UploadCredit { upload, bytes } => {
                        *self.credit.entry(*upload).or_default() +=
                            usize::try_from(*bytes).unwrap();
                    }
                    Down::UploadDone { upload } => self.done.push(*upload),
                    Down::UploadRefused { upload, code, .. } => {
                        self.refused.push((*upload, code.to_string()));
                    }
                    _ => is_new = false,
                }
            }
            self.heard = browser.said.len();
            if is_new {
                return;
            }
            browser.next().await;
        }
    }

    /// Sends a file as there is credit for it, until the server has it.
    async fn send(&mut self, browser: &mut Browser, upload: u32, bytes: &[u8]) {
        let mut sent = 0;
        while !self.done.contains(&upload) {
            assert!(self.refused.is_empty(), "{:?}", self.refused);
            let credit = self.credit.entry(upload).or_default();
            let size = (*credit).min(bytes.len() - sent).min(10_000);
            *credit -= size;
            if size == 0 {
                self.hear(browser).await;
                continue;
            }
            chunk(browser, upload, &bytes[sent..sent + size]).await;
            sent += size;
        }
        assert_eq!(sent, bytes.len());
    }
}

async fn chunk(browser: &mut Browser, upload: u32, bytes: &[u8]) {
    let bytes = Chunk(Bytes::copy_from_slice(bytes));
    browser.say(&Up::UploadChunk { upload, bytes }).await;
}

/// What the host was told of a file: the names of the steps, or their values.
fn steps(server: &Server, entry: u32) -> Vec<Value> {
    let told = server.host.saw("upload");
    let of_it = told.iter().filter(|command| command["entry"] == entry);
    of_it
        .map(|command| {
            assert_eq!(
                (&command["component"], &command["upload"]),
                (&json!(0), &json!("photos"))
            );
            let mut step = command.as_object().unwrap().clone();
            step.retain(|key, _| !["type", "component", "upload", "entry"].contains(&key.as_str()));
            assert_eq!(step.len(), 1);
            Value::from(step)
        })
        .collect()
}

fn path_of(server: &Server, entry: u32) -> String {
    let steps = steps(server, entry);
    let path = steps.last().unwrap()["path"].as_str();
    path.expect("it is whole").to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_file_arrives_whole_and_goes_when_it_is_consumed() {
    let (server, folder) = server(|limits| limits.upload_window = 40_000);
    let mut browser = server.open(&["files"]).await;
    let bytes = content(500_000);
    let mut sender = Sender::start(&mut browser, 7, &[("a.png", 500_000, "image/png")]).await;
    sender.send(&mut browser, 7, &bytes).await;
    let path = path_of(&server, 7);
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    assert_eq!(Path::new(&path).parent(), Some(folder.path()));
    let steps = steps(&server, 7);
    let start = json!({ "start": { "name": "a.png", "size": 500_000, "type": "image/png" } });
    assert_eq!(steps[0], start);
    // In no time, so nothing was told between.
    assert_eq!(steps.len(), 2);
    browser
        .shows(0, &format!("<ul><li ts-key=\"7\">{path}</li></ul>"))
        .await;

    browser.event("consume").await;
    browser.shows(0, "<ul></ul>").await;
    there_are(&folder, 0).await;
    // It counts no longer.
    let mut sender = Sender::start(&mut browser, 8, &[("a.png", 10, "")]).await;
    sender.send(&mut browser, 8, &bytes[..10]).await;
}

#[tokio::test(start_paused = true)]
async fn the_host_hears_now_and_then_how_far_a_file_is() {
    let (server, _folder) = server(|limits| limits.upload_window = 10_000);
    let mut browser = server.open(&["files"]).await;
    let bytes = content(100_000);
    let mut sender = Sender::start(&mut browser, 1, &[("a.png", 100_000, "")]).await;
    for part in bytes.chunks(5_000) {
        while sender.credit.get(&1).copied().unwrap_or(0) < 5_000 {
            sender.hear(&mut browser).await;
        }
        *sender.credit.get_mut(&1).unwrap() -= 5_000;
        tokio::time::advance(Duration::from_millis(90)).await;
        chunk(&mut browser, 1, part).await;
    }
    while sender.done.is_empty() {
        sender.hear(&mut browser).await;
    }
    let steps = steps(&server, 1);
    let told: Vec<u64> = steps
        .iter()
        .filter_map(|step| step["progress"].as_u64())
        .collect();
    assert!(
        told.is_sorted() && (4..=8).contains(&told.len()),
        "{told:?}"
    );
    assert!(steps.last().unwrap().get("path").is_some());
}

#[tokio::test(start_paused = true)]
async fn several_files_are_sent_at_once_and_others_wait() {
    let (server, folder) = server(|limits| {
        limits.uploads_at_once = 2;
        limits.upload_window = 1000;
    });
    let mut browser = server.open(&["files"]).await;
    let chosen = [
        ("a.png", 5000, ""),
        ("b", 0, "text/plain"),
        ("c.png", 3000, ""),
    ];
    let (a, c) = (content(5000), vec![7; 3000]);
    let mut sender = Sender::start(&mut browser, 1, &chosen).await;
    // The empty one is there at once, and the third has its turn.
    while !sender.done.contains(&2) || sender.credit.len() < 3 {
        sender.hear(&mut browser).await;
    }
    assert_eq!(sender.credit[&1], 1000, "no more than the window");
    sender.send(&mut browser, 3, &c).await;
    sender.send(&mut browser, 1, &a).await;
    let mut all = files(&folder);
    all.sort_by_key(Vec::len);
    assert_eq!(all, [vec![], c, a]);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_waits_has_no_credit() {
    let (server, _folder) = server(|limits| limits.uploads_at_once = 1);
    let mut browser = server.open(&["files"]).await;
    let chosen = [("a.png", 50, ""), ("b.png", 50, "")];
    let mut sender = Sender::start(&mut browser, 1, &chosen).await;
    sender.hear(&mut browser).await;
    browser.event("consume").await;
    while browser.settled.is_empty() {
        browser.next().await;
    }
    assert_eq!((sender.credit.len(), browser.said.len()), (1, 1));
    chunk(&mut browser, 2, b"x").await;
    assert_eq!(browser.closed().await.0, CloseCode::ProtocolError);
}

#[tokio::test(start_paused = true)]
async fn what_a_component_does_not_take_is_refused_with_its_code() {
    let (server, folder) = server(|_| {});
    let mut browser = server.open(&["files"]).await;
    let chosen = [
        ("a.png", MOST + 1, ""),
        ("b.exe", 1, "application/x"),
        ("c.png", MOST, ""),
        ("d.png", 1, ""),
        ("E.PNG", 1, ""),
        ("f.png", 1, ""),
    ];
    let mut sender = Sender::start(&mut browser, 1, &chosen).await;
    while sender.refused.len() < 3 || sender.credit.len() < 3 {
        sender.hear(&mut browser).await;
    }
    let code = |number: u32, code: &str| (number, code.to_owned());
    assert_eq!(
        sender.refused,
        [
            code(1, "too_large"),
            code(2, "not_accepted"),
            code(6, "too_many")
        ]
    );
    // The component hears of all, and finds out by itself.
    assert!((1..=6).all(|number| steps(&server, number).len() == 1));

    let mut sender = Sender::start_in(&mut browser, (0, "videos"), 10, &chosen[..2]).await;
    while sender.refused.len() < 2 {
        sender.hear(&mut browser).await;
    }
    assert_eq!(
        sender.refused,
        [code(10, "not_allowed"), code(11, "not_allowed")]
    );
    assert!(steps(&server, 10).is_empty());
    there_are(&folder, 3).await;
}

#[tokio::test(start_paused = true)]
async fn a_session_has_so_many_files_and_bytes() {
    let (server, _folder) = server(|limits| {
        limits.upload_bytes = 1000;
        limits.uploads = 2;
    });
    let mut browser = server.open(&["files"]).await;
    let chosen = [("a.png", 600, ""), ("b.png", 401, ""), ("c.png", 1, "")];
    let mut sender = Sender::start(&mut browser, 1, &chosen[..2]).await;
    while sender.refused.is_empty() {
        sender.hear(&mut browser).await;
    }
    assert_eq!(sender.refused, [(2, "no_room".to_owned())]);
    assert_eq!(steps(&server, 2)[1], json!({ "error": "no_room" }));
    let mut sender = Sender::start(&mut browser, 3, &chosen).await;
    while sender.refused.len() < 3 {
        sender.hear(&mut browser).await;
    }
    let codes: Vec<&str> = sender.refused.iter().map(|(_, code)| &**code).collect();
    assert_eq!(codes, ["no_room", "no_room", "too_many"]);
    assert!(steps(&server, 5).is_empty(), "so many are not even told");
}

#[tokio::test(start_paused = true)]
async fn either_side_gives_up() {
    let (server, folder) = server(|limits| limits.upload_window = 1000);
    let mut browser = server.open(&["files"]).await;
    let chosen = [("a.png", 5000, ""), ("b.png", 5000, ""), ("c.png", 10, "")];
    let mut sender = Sender::start(&mut browser, 1, &chosen).await;
    sender.send(&mut browser, 3, &content(10)).await;
    while sender.credit.len() < 3 {
        sender.hear(&mut browser).await;
    }
    chunk(&mut browser, 1, &content(500)).await;
    browser.say(&Up::UploadCancel { upload: 1 }).await;
    // Under way already.
    chunk(&mut browser, 1, &content(500)).await;
    browser.say(&Up::UploadCancel { upload: 1 }).await;
    browser.event_of(0, "cancel", Some("2")).await;
    while sender.refused.is_empty() {
        sender.hear(&mut browser).await;
    }
    assert_eq!(sender.refused, [(2, "cancelled".to_owned())]);
    assert_eq!(
        steps(&server, 1).last(),
        Some(&json!({ "cancelled": true }))
    );
    // Even what is there.
    there_are(&folder, 1).await;
    browser.event_of(0, "cancel", Some("3")).await;
    there_are(&folder, 0).await;
    browser.shows(0, "<ul></ul>").await;
}

#[tokio::test(start_paused = true)]
async fn what_is_under_way_ends_with_the_connection_and_what_is_there_with_the_session() {
    let (server, folder) = server(|limits| limits.upload_window = 1000);
    let mut browser = server.open(&["files"]).await;
    let chosen = [("a.png", 5000, ""), ("b.png", 10, "")];
    let mut sender = Sender::start(&mut browser, 1, &chosen).await;
    sender.send(&mut browser, 2, &content(10)).await;
    while !sender.credit.contains_key(&1) {
        sender.hear(&mut browser).await;
    }
    chunk(&mut browser, 1, &content(500)).await;
    browser.lose();
    there_are(&folder, 1).await;
    assert_eq!(
        steps(&server, 1).last(),
        Some(&json!({ "cancelled": true }))
    );
    browser.reconnect(&server).await;
    browser.joined().await;
    assert!(Path::new(&path_of(&server, 2)).exists());
    let path = path_of(&server, 2);
    browser
        .shows(0, &format!("<ul><li ts-key=\"2\">{path}</li></ul>"))
        .await;

    // A twin takes over: what this one sends ends, too.
    let mut sender = Sender::start(&mut browser, 3, &chosen[..1]).await;
    sender.hear(&mut browser).await;
    there_are(&folder, 2).await;
    let mut twin = browser.twin();
    twin.reconnect(&server).await;
    twin.joined().await;
    there_are(&folder, 1).await;
    twin.lose();
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(server.live.sessions(), 0);
    there_are(&folder, 0).await;
}

#[tokio::test(start_paused = true)]
async fn no_file_is_left_when_a_server_has_drained() {
    let (server, folder) = server(|limits| limits.upload_window = 1000);
    let mut browser = server.open(&["files"]).await;
    let chosen = [("a.png", 5000, ""), ("b.png", 10, "")];
    let mut sender = Sender::start(&mut browser, 1, &chosen).await;
    sender.send(&mut browser, 2, &content(10)).await;
    server.live.drain().await;
    assert!(files(&folder).is_empty());
}

#[tokio::test(start_paused = true)]
async fn files_go_with_their_component() {
    let (server, folder) = server(|limits| limits.upload_window = 1000);
    let mut browser = server.open(&["greeting"]).await;
    let allowed = json!({ "component": 1000, "upload": "a", "accept": [], "maxEntries": 9, "maxSize": null, "auto": true });
    server
        .host
        .tells(&json!({ "effects": [{ "upload": allowed }, { "title": { "text": "a" } }] }));
    while browser.said.is_empty() {
        browser.next().await;
    }
    let chosen = [("a.png", 5000, ""), ("b.png", 10, "")];
    let mut sender = Sender::start_in(&mut browser, (1000, "a"), 1, &chosen).await;
    sender.send(&mut browser, 2, &content(10)).await;
    there_are(&folder, 2).await;
    // Its place shows nothing any more.
    server
        .host
        .tells(&json!({ "renders": [[0, [3, "ann", null]]] }));
    while sender.refused.is_empty() {
        sender.hear(&mut browser).await;
    }
    assert_eq!(sender.refused, [(1, "cancelled".to_owned())]);
    there_are(&folder, 0).await;
    let mut sender = Sender::start_in(&mut browser, (1000, "a"), 3, &chosen[..1]).await;
    sender.hear(&mut browser).await;
    assert_eq!(sender.refused, [(3, "not_allowed".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn files_are_lost_with_the_worker() {
    let (server, folder) = server(|limits| limits.upload_window = 1000);
    let mut browser = server.open(&["files"]).await;
    let chosen = [("a.png", 5000, ""), ("b.png", 10, "")];
    let mut sender = Sender::start(&mut browser, 1, &chosen).await;
    sender.send(&mut browser, 2, &content(10)).await;
    server.host.lose();
    while sender.refused.is_empty() {
        sender.hear(&mut browser).await;
    }
    assert_eq!(sender.refused, [(1, "lost".to_owned())]);
    there_are(&folder, 0).await;
    // What is mounted again takes files again.
    let mut sender = Sender::start(&mut browser, 3, &chosen[1..]).await;
    sender.send(&mut browser, 3, &content(10)).await;
}

#[tokio::test(start_paused = true)]
async fn a_folder_that_is_not_there_fails_the_file_and_nothing_else() {
    let (server, _folder) = server(|limits| limits.upload_folder = "/nowhere/at/all".into());
    let mut browser = server.open(&["files"]).await;
    let mut sender = Sender::start(&mut browser, 1, &[("a.png", 5, "")]).await;
    sender.hear(&mut browser).await;
    assert_eq!(sender.refused, [(1, "not_stored".to_owned())]);
    assert_eq!(steps(&server, 1)[1], json!({ "error": "not_stored" }));
    browser
        .shows(0, "<ul><li ts-key=\"1\">not_stored</li></ul>")
        .await;
}

#[tokio::test(start_paused = true)]
async fn who_sends_what_there_is_no_credit_for_is_cut_off() {
    let (server, folder) = server(|limits| {
        limits.upload_window = 1000;
        limits.chunk = 2000;
    });
    let offer = async || {
        let mut browser = server.open(&["files"]).await;
        let mut sender = Sender::start(&mut browser, 1, &[("a.png", 5000, "")]).await;
        sender.hear(&mut browser).await;
        browser
    };
    let mut browser = offer().await;
    chunk(&mut browser, 1, &content(1001)).await;
    assert_eq!(browser.closed().await.0, CloseCode::ProtocolError);
    let mut browser = offer().await;
    chunk(&mut browser, 1, &content(2001)).await;
    assert_eq!(browser.closed().await.0, CloseCode::MessageTooLarge);
    for (first, entries) in [
        (1, r#"[{"name":"a","size":1,"type":""}]"#),
        (u32::MAX, r#"[{"name":"a","size":1,"type":""}]"#),
        (2, r#"[{"name":"a","size":-1,"type":""}]"#),
        (2, r#"[{"name":"a","size":1}]"#),
        (2, "{}"),
    ] {
        let mut browser = offer().await;
        let message = Up::UploadStart {
            component: 0,
            field: "photos".into(),
            upload: first,
            entries: Json::new(entries).unwrap(),
        };
        browser.say(&message).await;
        assert_eq!(
            browser.closed().await.0,
            CloseCode::ProtocolError,
            "{entries}"
        );
    }
    there_are(&folder, 0).await;
}

#[tokio::test(start_paused = true)]
async fn who_chooses_and_cancels_all_the_time_keeps_nothing_busy() {
    let (server, folder) = server(|limits| limits.uploads_at_once = 2);
    let mut browser = server.open(&["files"]).await;
    for upload in 1..100 {
        let _ = Sender::start(&mut browser, upload, &[("a.png", 5000, "")]).await;
        browser.say(&Up::UploadCancel { upload }).await;
    }
    let mut sender = Sender::start(&mut browser, 100, &[("a.png", 5000, "")]).await;
    sender.send(&mut browser, 100, &content(5000)).await;
    there_are(&folder, 1).await;
}
