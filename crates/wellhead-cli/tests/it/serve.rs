//! Where `wellhead serve` listens, and which configuration it takes.

use std::fs;
use std::net::TcpListener;

use crate::app::{Running, demo, start_command};
use crate::{command, wellhead};

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn the_command_line_comes_before_the_environment_and_that_before_the_file() {
    let (_folder, app) = demo();
    assert_eq!(wellhead(&app, &["build"]).code, 0);
    let other = app.join("other.toml");
    let text =
        "[server]\nhost = \"127.0.0.2\"\nport = 1\n[security]\nheaders = { x-from = \"other\" }\n";
    fs::write(&other, text).unwrap();
    let serve = |args: &[&str], variables: &[(&str, u16)]| -> Running {
        let mut command = command(&app, &[&["serve"], args].concat());
        for (name, value) in variables {
            command.env(name, value.to_string());
        }
        start_command(command).0
    };
    // `--port 0` takes any.
    let configured = serve(&["--config", "other.toml", "--port", "0"], &[]);
    assert!(
        configured.address.starts_with("127.0.0.2:"),
        "{}",
        configured.address
    );
    assert!(configured.get("/").contains("x-from: other"));
    let asked = [
        "--config",
        "other.toml",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
    ];
    let asked = serve(&asked, &[]);
    assert!(asked.address.starts_with("127.0.0.1:"), "{}", asked.address);
    let port = free_port();
    let platform = serve(&["--host", "127.0.0.1"], &[("PORT", port)]);
    assert_eq!(platform.address, format!("127.0.0.1:{port}"));
    assert!(!platform.get("/").contains("x-from"));
    drop(platform);
    let own = serve(&[], &[("PORT", 1), ("WELLHEAD_SERVER_PORT", port)]);
    assert_eq!(own.address, format!("127.0.0.1:{port}"));
    drop(own);
    let asked = serve(&["--port", "0"], &[("PORT", 1)]);
    assert!(!asked.address.ends_with(":1"), "{}", asked.address);
}
