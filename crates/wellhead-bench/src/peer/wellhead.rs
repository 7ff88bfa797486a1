//! A page that is open: its socket, and how many bytes went over it.

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::Uri;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use wellhead_protocol::{
    Component, ComponentState, Decoder, Digest, Down, Encoder, Json, Up, Wire,
};

use crate::page::{self, Page};

/// Messages that are not acknowledged are kept by the server; so many may be.
const ACKNOWLEDGE_AFTER: u64 = 256;

pub(crate) struct Client {
    socket: WebSocketStream<TcpStream>,
    up: Encoder<Up>,
    down: Decoder<Down>,
    received: u64,
    /// What was sent and received in payloads of events and patches, in bytes.
    pub(crate) sent: u64,
    pub(crate) heard: u64,
}

impl Client {
    /// Joins a page.
    pub(crate) async fn join(url: &Uri, page: &Page) -> Result<Self> {
        let authority = page::authority(url)?;
        let mut request = format!("ws://{authority}{}", page.socket).into_client_request()?;
        let headers = request.headers_mut();
        headers.insert(
            "sec-websocket-protocol",
            Wire::Binary.subprotocol().parse()?,
        );
        headers.insert("origin", format!("http://{authority}").parse()?);
        let stream = TcpStream::connect(&authority).await?;
        stream.set_nodelay(true)?;
        let config = WebSocketConfig::default()
            .read_buffer_size(4096)
            .write_buffer_size(0);
        let (socket, _) =
            tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await?;
        let mut client = Self {
            socket,
            up: Encoder::new(),
            down: Decoder::new(),
            received: 0,
            sent: 0,
            heard: 0,
        };
        client
            .say(&Up::Join {
                token: page.token.clone(),
                url: url.to_string(),
                components: vec![Component {
                    token: page.component.clone(),
                    nodes: page.nodes,
                    digest: Digest(page.digest),
                }],
                resume: None,
            })
            .await?;
        match client.hear().await? {
            Down::Joined { components, .. } => {
                let state = components.first().map(|joined| joined.state);
                if state != Some(ComponentState::Current) {
                    bail!("the page is not what was rendered: {state:?}");
                }
            }
            other => bail!("the server does not let the page join: {other:?}"),
        }
        (client.sent, client.heard) = (0, 0);
        Ok(client)
    }

    /// Calls a handler as a page has it: `add`, or `add([1])` with arguments.
    pub(crate) async fn event(&mut self, handler: &str) -> Result<()> {
        let called = handler
            .strip_suffix(')')
            .and_then(|called| called.split_once('('));
        let (name, payload) = match called {
            Some((name, args)) => (name, Some(Json::new(format!("{{\"args\":{args}}}"))?)),
            None => (handler, None),
        };
        self.say(&Up::Event {
            component: 0,
            handler: name.into(),
            payload,
        })
        .await
    }

    /// Waits for the next patch.
    pub(crate) async fn patch(&mut self) -> Result<()> {
        while !matches!(self.hear().await?, Down::Patch { .. }) {}
        Ok(())
    }

    pub(crate) async fn heartbeat(&mut self) -> Result<()> {
        self.say(&Up::Heartbeat).await
    }

    async fn say(&mut self, message: &Up) -> Result<()> {
        let bytes = self.up.encode(message)?;
        self.sent += bytes.len() as u64;
        self.socket.send(Message::Binary(bytes)).await?;
        Ok(())
    }

    async fn hear(&mut self) -> Result<Down> {
        let bytes = self.bytes().await?;
        self.heard += bytes.len() as u64;
        let message = self.down.decode(&bytes)?;
        if message.is_numbered() {
            self.received += 1;
            if self.received.is_multiple_of(ACKNOWLEDGE_AFTER) {
                let sent = self.sent;
                let received = self.received;
                self.say(&Up::Ack { received }).await?;
                // Clicks are what is measured.
                self.sent = sent;
            }
        }
        Ok(message)
    }

    async fn bytes(&mut self) -> Result<Bytes> {
        loop {
            match self
                .socket
                .next()
                .await
                .context("the server has closed the connection")??
            {
                Message::Binary(bytes) => return Ok(bytes),
                Message::Close(frame) => bail!("the server has closed the connection: {frame:?}"),
                _ => {}
            }
        }
    }
}
