//! `--inspect`: where debuggers attach, and what they find after each build.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;

use crate::app::{demo, start_logged};
use crate::wellhead;

/// The ids of the targets that there are.
fn targets(address: &str) -> Vec<String> {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET /json/list HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (_, json) = text.split_once("\r\n\r\n").unwrap();
    let list: Vec<serde_json::Value> = serde_json::from_str(json).expect(&text);
    let id = |target: serde_json::Value| target["id"].as_str().unwrap().to_owned();
    list.into_iter().map(id).collect()
}

#[test]
fn after_each_build_the_new_code_is_what_debuggers_find() {
    let (_folder, app) = demo();
    let (server, log) = start_logged(&app, &["dev", "--port", "0", "--inspect=0"]);
    let mut log = BufReader::new(log);
    let mut shown = String::new();
    while !shown.contains("devtools://") {
        assert_ne!(log.read_line(&mut shown).unwrap(), 0, "{shown}");
    }
    std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    let (_, socket) = shown.split_once("&ws=").unwrap();
    let (address, _) = socket.split_once('/').unwrap();
    server.until("/", "<h1>Quotes</h1>");
    let before = targets(address);
    assert_eq!(before.len(), 1, "one worker, unless it is configured");

    let page = app.join("src/routes/+page.svelte");
    let source = fs::read_to_string(&page).unwrap();
    fs::write(&page, source.replace("<h1>Quotes", "<h1>Changed")).unwrap();
    server.until("/", "<h1>Changed</h1>");
    // The old one is there until it has ended.
    let after = loop {
        let now = targets(address);
        if !now.contains(&before[0]) {
            break now;
        }
        assert_eq!(now.last(), before.first(), "the new one comes first");
    };
    assert_eq!(after.len(), 1);
}

#[test]
fn a_place_that_is_none_is_an_error_of_use() {
    let outcome = wellhead(Path::new("."), &["dev", "--inspect=localhost:debug"]);
    assert_eq!(outcome.code, 2);
    assert!(
        outcome.err.contains("`debug` is no port"),
        "{}",
        outcome.err
    );
}

#[test]
fn an_address_that_is_taken_is_explained() {
    let (_folder, app) = demo();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = format!("--inspect={}", taken.local_addr().unwrap());
    let outcome = wellhead(&app, &["dev", "--port", "0", &place]);
    assert_eq!(outcome.code, 1);
    assert!(
        outcome.err.contains("for debuggers") && outcome.err.contains("\nhint: another program"),
        "{}",
        outcome.err
    );
}
