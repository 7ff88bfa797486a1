//! A WebSocket, as each wire needs it: messages go as they are, and who closes is an error.

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

pub(crate) struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// Connects. No extension is offered, so that what counts is what a server says, not how well that compresses.
    pub(crate) async fn connect(
        authority: &str,
        path: &str,
        subprotocol: Option<&str>,
    ) -> Result<Self> {
        let mut request = format!("ws://{authority}{path}").into_client_request()?;
        let headers = request.headers_mut();
        if let Some(subprotocol) = subprotocol {
            headers.insert("sec-websocket-protocol", subprotocol.parse()?);
        }
        headers.insert("origin", format!("http://{authority}").parse()?);
        let stream = TcpStream::connect(authority).await?;
        stream.set_nodelay(true)?;
        let config = WebSocketConfig::default()
            .read_buffer_size(4096)
            .write_buffer_size(0);
        let (socket, _) =
            tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await?;
        Ok(Self(socket))
    }

    /// Sends a text; gives how many bytes it has.
    pub(crate) async fn send_text(&mut self, text: String) -> Result<u64> {
        let bytes = text.len() as u64;
        self.0.send(Message::text(text)).await?;
        Ok(bytes)
    }

    pub(crate) async fn send_binary(&mut self, bytes: Bytes) -> Result<u64> {
        let length = bytes.len() as u64;
        self.0.send(Message::Binary(bytes)).await?;
        Ok(length)
    }

    /// The next text. Nothing is lost if this is dropped before it is done.
    pub(crate) async fn text(&mut self) -> Result<Utf8Bytes> {
        loop {
            if let Message::Text(text) = self.message().await? {
                return Ok(text);
            }
        }
    }

    /// The next binary message. Nothing is lost if this is dropped before it is done.
    pub(crate) async fn binary(&mut self) -> Result<Bytes> {
        loop {
            if let Message::Binary(bytes) = self.message().await? {
                return Ok(bytes);
            }
        }
    }

    async fn message(&mut self) -> Result<Message> {
        const CLOSED: &str = "the server has closed the connection";
        match self.0.next().await.context(CLOSED)?? {
            Message::Close(frame) => bail!("{CLOSED}: {frame:?}"),
            message => Ok(message),
        }
    }
}
