//! The wire of NiceGUI: socket.io 4 over a WebSocket of engine.io, in text.
//!
//! A message begins with a digit of engine.io (`0` open, `2` ping, `3` pong, `4` message); a message of it goes on with one of
//! socket.io (`0` connect, `2` event, `4` refused), and an event is then a list of its name and what it has.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use http::Uri;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Heard, between};
use crate::page_load::{authority, get};
use crate::socket::Socket;

const SOCKET: &str = "/_nicegui_ws/socket.io/";
/// How often NiceGUI's client says what it has received.
const ACKNOWLEDGE_EVERY: Duration = Duration::from_secs(3);

/// What joins a page, and what a click in it says.
#[derive(Debug, PartialEq, Eq)]
struct Page {
    client: String,
    next_message: u64,
    element: u64,
    listener: String,
}

pub(crate) struct Client {
    socket: Socket,
    page: Page,
    acknowledged: (u64, Instant),
}

/// What a message says that matters here.
#[derive(Debug, PartialEq)]
enum Packet {
    Opened,
    Connected,
    Ping,
    /// Of an element, with the message's number.
    Update(u64),
    Other,
}

impl Client {
    /// Connects to a page, with the handshake in the address as NiceGUI's client does.
    pub(super) async fn open(url: &Uri, handler: Option<&str>) -> Result<Self> {
        if handler.is_some() {
            bail!("listeners of NiceGUI have no names; hint: no --handler");
        }
        let page = read(&get(url).await?)?;
        let path = format!(
            "{SOCKET}?client_id={client}&next_message_id={next}&implicit_handshake=true&document_id={client}&tab_id={client}&old_tab_id=null&EIO=4&transport=websocket",
            client = page.client,
            next = page.next_message,
        );
        let socket = Socket::connect(&authority(url)?, &path, None).await?;
        let acknowledged = (page.next_message, Instant::now());
        let mut client = Self {
            socket,
            page,
            acknowledged,
        };
        client.until(&Packet::Opened).await?;
        client.socket.send_text("40".into()).await?;
        client.until(&Packet::Connected).await?;
        Ok(client)
    }

    pub(super) async fn click(&mut self) -> Result<u64> {
        self.socket.send_text(click(&self.page)).await
    }

    /// Waits for the update of an element.
    pub(super) async fn changed(&mut self) -> Result<Heard> {
        loop {
            let (packet, text) = self.hear().await?;
            if let Packet::Update(_) = packet {
                return Ok(Heard {
                    bytes: text.len() as u64,
                    message: text,
                });
            }
        }
    }

    /// Hears one message, whatever it is.
    pub(super) async fn listen(&mut self) -> Result<()> {
        self.hear().await.map(drop)
    }

    async fn until(&mut self, wanted: &Packet) -> Result<()> {
        while self.hear().await?.0 != *wanted {}
        Ok(())
    }

    async fn hear(&mut self) -> Result<(Packet, String)> {
        let text = self.socket.text().await?;
        let packet = packet(&text)?;
        match packet {
            Packet::Ping => {
                self.socket.send_text("3".into()).await?;
            }
            Packet::Update(number) => {
                self.page.next_message = number + 1;
                if self.acknowledged.1.elapsed() >= ACKNOWLEDGE_EVERY {
                    self.acknowledged = (self.page.next_message, Instant::now());
                    self.socket.send_text(acknowledge(&self.page)).await?;
                }
            }
            Packet::Opened | Packet::Connected | Packet::Other => {}
        }
        Ok((packet, text.to_string()))
    }
}

/// A click, as NiceGUI's client says it. Written by hand, as the order of the fields is that of the client.
fn click(page: &Page) -> String {
    format!(
        r#"42["event",{{"id":{},"client_id":"{}","listener_id":"{}","args":[]}}]"#,
        page.element, page.client, page.listener
    )
}

fn acknowledge(page: &Page) -> String {
    let says = json!(["ack", { "client_id": page.client, "next_message_id": page.next_message }]);
    format!("42{says}")
}

fn packet(text: &str) -> Result<Packet> {
    Ok(match text.split_at_checked(2) {
        _ if text.starts_with('0') => Packet::Opened,
        _ if text.starts_with('2') => Packet::Ping,
        Some(("40", _)) => Packet::Connected,
        Some(("41" | "44", why)) => bail!("the server does not let the page connect: {why}"),
        Some(("42", event)) => {
            let (name, said): (String, Value) = serde_json::from_str(event)?;
            match (&*name, said["_id"].as_u64()) {
                ("update", Some(number)) => Packet::Update(number),
                _ => Packet::Other,
            }
        }
        _ => Packet::Other,
    })
}

#[derive(Deserialize)]
struct Element {
    #[serde(default)]
    events: Vec<Listener>,
}

#[derive(Deserialize)]
struct Listener {
    #[serde(rename = "type")]
    kind: String,
    listener_id: String,
}

fn read(html: &str) -> Result<Page> {
    let missing = "the page has no elements of NiceGUI";
    let elements = between(html, "parseElements(String.raw`", "`)").context(missing)?;
    // What is escaped in it is nothing that JSON needs, nor anything of a listener.
    let elements: BTreeMap<u64, Element> = serde_json::from_str(elements)?;
    // Python wrote the query, and JavaScript reads it: no JSON.
    let client = between(html, "'client_id': '", "'").context(missing)?;
    let next_message = between(html, "'next_message_id': ", ",").context(missing)?;
    let (element, listener) = elements
        .into_iter()
        .find_map(|(id, element)| {
            let click = |listener: &Listener| listener.kind == "click";
            Some((id, element.events.into_iter().find(click)?))
        })
        .context("nothing in the page listens to clicks")?;
    Ok(Page {
        client: client.to_owned(),
        next_message: next_message.parse()?,
        element,
        listener: listener.listener_id,
    })
}

#[cfg(test)]
mod tests;
