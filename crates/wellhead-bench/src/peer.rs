//! Who is measured: one page that is open in a browser, whatever it speaks with its server.

mod nicegui;
mod phoenix;
mod wellhead;

use std::time::Duration;

use anyhow::{Result, bail};
use http::Uri;
use tokio::time::{Instant, timeout_at};

/// The servers whose wire is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    Wellhead,
    Liveviewjs,
    Nicegui,
}

impl Peer {
    /// By its name on the command line.
    pub(crate) fn parse(name: &str) -> Result<Self> {
        Ok(match name {
            "wellhead" => Self::Wellhead,
            "liveviewjs" => Self::Liveviewjs,
            "nicegui" => Self::Nicegui,
            other => bail!("there is no peer {other}"),
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Wellhead => "wellhead",
            Self::Liveviewjs => "liveviewjs",
            Self::Nicegui => "nicegui",
        }
    }
}

/// A page that is open.
pub(crate) enum Client {
    Wellhead(Box<wellhead::Client>),
    Phoenix(Box<phoenix::Client>),
    Nicegui(Box<nicegui::Client>),
}

/// Bytes of a message, and what it says if that is text.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) bytes: u64,
    pub(crate) message: String,
}

impl Client {
    /// Loads the page and connects. A click calls `handler`, or the first of a click that the page has.
    pub(crate) async fn open(peer: Peer, url: &Uri, handler: Option<&str>) -> Result<Self> {
        Ok(match peer {
            Peer::Wellhead => Self::Wellhead(Box::new(wellhead::Client::open(url, handler).await?)),
            Peer::Liveviewjs => Self::Phoenix(Box::new(phoenix::Client::open(url, handler).await?)),
            Peer::Nicegui => Self::Nicegui(Box::new(nicegui::Client::open(url, handler).await?)),
        })
    }

    /// Clicks; gives how many bytes that took.
    pub(crate) async fn click(&mut self) -> Result<u64> {
        match self {
            Self::Wellhead(client) => client.click().await,
            Self::Phoenix(client) => client.click().await,
            Self::Nicegui(client) => client.click().await,
        }
    }

    /// Waits until the server has told what changed; gives what it took. Heartbeats do not count.
    pub(crate) async fn changed(&mut self) -> Result<Heard> {
        match self {
            Self::Wellhead(client) => client.changed().await,
            Self::Phoenix(client) => client.changed().await,
            Self::Nicegui(client) => client.changed().await,
        }
    }

    /// Does what a browser does with an open page in which nothing happens: says that it is there, and answers.
    pub(crate) async fn rest(&mut self, until: Instant) -> Result<()> {
        // The first at once, since it may have waited long for others that were opened after it.
        let mut heartbeat = Instant::now();
        loop {
            let heard = match self {
                Self::Wellhead(client) => timeout_at(heartbeat.min(until), client.listen()).await,
                Self::Phoenix(client) => timeout_at(heartbeat.min(until), client.listen()).await,
                Self::Nicegui(client) => timeout_at(heartbeat.min(until), client.listen()).await,
            };
            if let Ok(heard) = heard {
                heard?;
            } else if Instant::now() >= until {
                return Ok(());
            } else {
                heartbeat += self.heartbeat_interval();
                self.heartbeat().await?;
            }
        }
    }

    /// Says that it is there. With socket.io the server asks.
    pub(crate) async fn heartbeat(&mut self) -> Result<()> {
        match self {
            Self::Wellhead(client) => client.heartbeat().await,
            Self::Phoenix(client) => client.heartbeat().await,
            Self::Nicegui(_) => Ok(()),
        }
    }

    /// How often a browser says that it is there.
    pub(crate) fn heartbeat_interval(&self) -> Duration {
        Duration::from_secs(match self {
            Self::Wellhead(_) => 10,
            // The default of Phoenix's client.
            Self::Phoenix(_) | Self::Nicegui(_) => 30,
        })
    }

    /// What a browser shows, for the wires whose patches are applied.
    pub(crate) fn html(&mut self) -> Option<String> {
        match self {
            Self::Wellhead(client) => Some(client.html()),
            Self::Phoenix(_) | Self::Nicegui(_) => None,
        }
    }
}

const NO_HANDLER: &str = "the page has no handler of clicks; hint: --handler";

/// The text between two others.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}

/// A value of an attribute as HTML means it.
fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests;
