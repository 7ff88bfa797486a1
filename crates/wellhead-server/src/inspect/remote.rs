//! Sessions of a process that has an inspector of its own: its WebSocket, as a channel.

use futures_util::{SinkExt, StreamExt, stream};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use wellhead_js::InspectSession;

use super::session;

/// Connects to an inspector.
pub(super) async fn connect(
    address: &str,
) -> Result<InspectSession, Box<dyn std::error::Error + Send + Sync>> {
    let request = address.into_client_request()?;
    let authority = request.uri().authority().ok_or("no host")?.as_str();
    let stream = TcpStream::connect(authority).await?;
    let (socket, _) =
        tokio_tungstenite::client_async_with_config(request, stream, Some(session::config()))
            .await?;
    let (mut sink, messages) = socket.split();
    let (commands, mut waiting) = mpsc::unbounded_channel::<String>();
    // Ends when the session is dropped, which closes the WebSocket.
    tokio::spawn(async move {
        while let Some(command) = waiting.recv().await {
            if sink.send(Message::text(command)).await.is_err() {
                return;
            }
        }
        let _ = sink.close().await;
    });
    let texts = stream::unfold(messages, |mut messages| async move {
        loop {
            match messages.next().await? {
                Ok(Message::Text(text)) => return Some((text.as_str().to_owned(), messages)),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    });
    Ok(InspectSession::new(
        move |command| commands.send(command).is_ok(),
        texts,
    ))
}
