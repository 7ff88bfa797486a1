//! Wellhead's wire: its own protocol in binary. Patches are applied, so that what they cost can be held against what they change.

mod page;

use anyhow::{Context, Result, bail};
use http::Uri;
use wellhead_html::{Dom, Markup, Operation as Change};
use wellhead_protocol::{
    Component, ComponentState, Decoder, Digest, Down, Encoder, Json, Operation, Up, Wire,
};

use super::{Heard, NO_HANDLER};
use crate::page_load::{authority, get};
use crate::socket::Socket;

/// Messages that are not acknowledged are kept by the server; so many may be.
const ACKNOWLEDGE_AFTER: u64 = 256;

pub(crate) struct Client {
    socket: Socket,
    up: Encoder<Up>,
    down: Decoder<Down>,
    received: u64,
    handler: Option<String>,
    /// Kept as text until somebody asks for what is shown: ten thousand trees are much to have for nothing.
    painted: String,
    dom: Option<Dom>,
}

impl Client {
    /// Joins a page.
    pub(super) async fn open(url: &Uri, handler: Option<&str>) -> Result<Self> {
        let page = page::read(&get(url).await?)?;
        let subprotocol = Some(Wire::Binary.subprotocol());
        let mut client = Self {
            socket: Socket::connect(&authority(url)?, &page.socket, subprotocol).await?,
            up: Encoder::new(),
            down: Decoder::new(),
            received: 0,
            handler: handler.map(str::to_owned).or(page.handler),
            painted: page.shown,
            dom: None,
        };
        let join = Up::Join {
            token: page.token,
            url: url.to_string(),
            components: vec![Component {
                token: page.component,
                nodes: page.nodes,
                digest: Digest(page.digest),
            }],
            resume: None,
        };
        client.say(&join).await?;
        match client.hear().await?.1 {
            Down::Joined { components, .. } => {
                let state = components.first().map(|joined| joined.state);
                if state != Some(ComponentState::Current) {
                    bail!("the page is not what was rendered: {state:?}");
                }
            }
            other => bail!("the server does not let the page join: {other:?}"),
        }
        Ok(client)
    }

    pub(super) async fn click(&mut self) -> Result<u64> {
        let event = event(self.handler.as_deref().context(NO_HANDLER)?)?;
        self.say(&event).await
    }

    pub(super) async fn changed(&mut self) -> Result<Heard> {
        let mut heard = Heard::default();
        loop {
            let (bytes, message) = self.hear().await?;
            heard.bytes += bytes;
            if let Down::Patch { operations, .. } = message {
                if let Some(dom) = &mut self.dom {
                    for operation in &operations {
                        dom.apply(change(operation)?)?;
                    }
                    heard.message = format!("{operations:?}");
                }
                return Ok(heard);
            }
        }
    }

    /// Hears one message, whatever it is.
    pub(super) async fn listen(&mut self) -> Result<()> {
        self.hear().await.map(drop)
    }

    pub(super) async fn heartbeat(&mut self) -> Result<()> {
        self.say(&Up::Heartbeat).await.map(drop)
    }

    /// What a browser shows. The first time begins with what was painted, so it comes before the first click.
    pub(super) fn html(&mut self) -> String {
        self.dom
            .get_or_insert_with(|| Dom::parse(&self.painted))
            .html()
    }

    async fn say(&mut self, message: &Up) -> Result<u64> {
        let bytes = self.up.encode(message)?;
        self.socket.send_binary(bytes).await
    }

    async fn hear(&mut self) -> Result<(u64, Down)> {
        let bytes = self.socket.binary().await?;
        let message = self.down.decode(&bytes)?;
        if message.is_numbered() {
            self.received += 1;
            if self.received.is_multiple_of(ACKNOWLEDGE_AFTER) {
                let received = self.received;
                self.say(&Up::Ack { received }).await?;
            }
        }
        Ok((bytes.len() as u64, message))
    }
}

/// What calls a handler as a page has it: `add`, or `add([1])` with arguments.
fn event(handler: &str) -> Result<Up> {
    let called = handler
        .strip_suffix(')')
        .and_then(|called| called.split_once('('));
    let (name, payload) = match called {
        Some((name, args)) => (name, Some(Json::new(format!("{{\"args\":{args}}}"))?)),
        None => (handler, None),
    };
    Ok(Up::Event {
        component: 0,
        handler: name.into(),
        payload,
    })
}

/// What an operation does to the tree of a page that has one component and no properties.
fn change(operation: &Operation) -> Result<Change<'_>> {
    Ok(match operation {
        Operation::SetText { node, text } => Change::SetText { node: node.0, text },
        Operation::SpliceText {
            node,
            at,
            remove,
            text,
        } => Change::SpliceText {
            node: node.0,
            at: *at,
            remove: *remove,
            text,
        },
        Operation::InsertBefore { node, html } => Change::InsertBefore {
            node: node.0,
            markup: Markup::from_html(&html.0),
        },
        Operation::InsertEnd { node, html } => Change::InsertEnd {
            parent: node.0,
            markup: Markup::from_html(&html.0),
        },
        other => bail!("no page of the benchmark needs {other:?}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_of_a_handler_go_as_the_payload() -> Result<()> {
        let Up::Event {
            handler, payload, ..
        } = event("add([1,\"a\"])")?
        else {
            bail!("no event");
        };
        assert_eq!(&*handler, "add");
        assert_eq!(
            payload.map(|payload| payload.to_string()).as_deref(),
            Some("{\"args\":[1,\"a\"]}")
        );
        Ok(())
    }
}
