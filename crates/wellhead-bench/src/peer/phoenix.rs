//! The wire of Phoenix LiveView, which LiveViewJS speaks too: channels of Phoenix, as JSON in lists of five over a WebSocket.
//!
//! A message is `[join reference, reference, topic, event, payload]`. The reply to one has its reference.

use anyhow::{Context, Result, bail};
use http::Uri;
use serde_json::{Value, json};

use super::{Heard, NO_HANDLER, between, unescape};
use crate::page_load::{authority, get};
use crate::socket::Socket;

const SOCKET: &str = "/live/websocket";
/// The reference of the join. Phoenix's client counts from 1, and joins with 4 after what it does on its way.
const JOIN: u64 = 4;

/// What joins a page.
#[derive(Debug, PartialEq, Eq)]
struct Page {
    id: String,
    session: String,
    fixed: String,
    csrf: String,
    /// The first handler of a click that is in the page.
    handler: Option<String>,
}

pub(crate) struct Client {
    socket: Socket,
    topic: String,
    handler: Option<String>,
    reference: u64,
}

impl Client {
    /// Joins a page.
    pub(super) async fn open(url: &Uri, handler: Option<&str>) -> Result<Self> {
        let page = read(&get(url).await?)?;
        let path = format!("{SOCKET}?_csrf_token={}&vsn=2.0.0", page.csrf);
        let mut client = Self {
            socket: Socket::connect(&authority(url)?, &path, None).await?,
            topic: format!("lv:{}", page.id),
            handler: handler.map(str::to_owned).or(page.handler),
            reference: JOIN,
        };
        let payload = json!({
            "url": url.to_string(),
            "params": { "_csrf_token": page.csrf, "_mounts": 0 },
            "session": page.session,
            "static": page.fixed,
        });
        let join = message(JOIN, JOIN, &client.topic, "phx_join", &payload);
        client.socket.send_text(join).await?;
        client
            .changed()
            .await
            .context("the page cannot be joined")?;
        Ok(client)
    }

    pub(super) async fn click(&mut self) -> Result<u64> {
        let handler = self.handler.as_deref().context(NO_HANDLER)?;
        self.reference += 1;
        let click = click(&self.topic, self.reference, handler);
        self.socket.send_text(click).await
    }

    /// Waits for the reply to what was said last.
    pub(super) async fn changed(&mut self) -> Result<Heard> {
        loop {
            let text = self.socket.text().await?;
            if answers(&text, self.reference)? {
                return Ok(Heard {
                    bytes: text.len() as u64,
                    message: text.to_string(),
                });
            }
        }
    }

    /// Hears one message, whatever it is.
    pub(super) async fn listen(&mut self) -> Result<()> {
        self.socket.text().await.map(drop)
    }

    pub(super) async fn heartbeat(&mut self) -> Result<()> {
        self.reference += 1;
        let text = json!([null, self.reference.to_string(), "phoenix", "heartbeat", {}]);
        self.socket.send_text(text.to_string()).await.map(drop)
    }
}

fn message(join: u64, reference: u64, topic: &str, event: &str, payload: &Value) -> String {
    json!([
        join.to_string(),
        reference.to_string(),
        topic,
        event,
        payload
    ])
    .to_string()
}

/// A click on a button without `phx-value-…`, as Phoenix's client says it: the button's own value is empty. Written by hand, as
/// the order of the fields is that of the client.
fn click(topic: &str, reference: u64, handler: &str) -> String {
    let handler = Value::from(handler);
    format!(
        r#"["{JOIN}","{reference}","{topic}","event",{{"type":"click","event":{handler},"value":{{"value":""}}}}]"#
    )
}

/// Whether a message answers the one with this reference.
///
/// # Errors
///
/// If it was refused, or the channel has failed.
fn answers(text: &str, reference: u64) -> Result<bool> {
    let (_, of, _, event, payload): (Value, Value, Value, String, Value) =
        serde_json::from_str(text)?;
    match &*event {
        "phx_reply" if number(&of) == Some(reference) => {
            if payload["status"] != "ok" {
                bail!("the server refuses: {payload}");
            }
            Ok(true)
        }
        "phx_error" | "phx_close" => bail!("the channel is over: {payload}"),
        _ => Ok(false),
    }
}

/// References are numbers in texts.
fn number(reference: &Value) -> Option<u64> {
    reference.as_str()?.parse().ok()
}

fn read(html: &str) -> Result<Page> {
    let missing = "the page has no live view";
    let (before, after) = html.split_once("data-phx-session=").context(missing)?;
    let begins = before.rfind('<').context(missing)?;
    let ends = before.len() + after.find('>').context(missing)?;
    let tag = &html[begins..ends + "data-phx-session=".len()];
    let attribute = |name: &str| between(tag, &format!(" {name}=\""), "\"").map(unescape);
    Ok(Page {
        id: attribute("id").context(missing)?,
        session: attribute("data-phx-session").context(missing)?,
        fixed: attribute("data-phx-static").unwrap_or_default(),
        csrf: between(html, "name=\"csrf-token\" content=\"", "\"")
            .map(unescape)
            .context("the page has no token")?,
        handler: between(html, "phx-click=\"", "\"").map(unescape),
    })
}

#[cfg(test)]
mod tests;
