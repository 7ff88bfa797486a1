//! A debugger's WebSocket, from its first message to its last.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use wellhead_js::InspectSession;

use super::maps::Maps;

/// The longest message: sources and results of evaluations can be long.
const LONGEST: usize = 256 << 20;

/// Bytes that may wait for a debugger that does not read; past it the session ends.
const MOST_WAITING: usize = 256 << 20;

/// How long a debugger may take to take the last messages.
const LAST_WORDS: Duration = Duration::from_secs(2);

pub(super) fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(LONGEST))
        .max_frame_size(Some(LONGEST))
}

/// Carries messages in both directions until one side ends.
pub(super) async fn relay(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    mut session: InspectSession,
    maps: &Maps,
) {
    let socket = WebSocketStream::from_raw_socket(stream, Role::Server, Some(config())).await;
    let (mut sink, mut commands) = socket.split();
    let (outbox, mut outgoing) = mpsc::unbounded_channel::<Message>();
    let waiting = AtomicUsize::new(0);
    let mut write = pin!(async {
        while let Some(message) = outgoing.recv().await {
            let length = message.len();
            if sink.send(message).await.is_err() {
                return;
            }
            waiting.fetch_sub(length, Ordering::Relaxed);
        }
    });
    let (code, why) = loop {
        tokio::select! {
            message = session.next() => {
                let Some(message) = message else {
                    break (CloseCode::Away, "what was debugged has ended");
                };
                let message = Message::text(maps.rewrite(message));
                let length = message.len();
                if waiting.fetch_add(length, Ordering::Relaxed) + length > MOST_WAITING {
                    break (CloseCode::Policy, "the debugger does not read");
                }
                let _ = outbox.send(message);
            }
            command = commands.next() => match command {
                Some(Ok(Message::Text(text))) => {
                    if !session.send(text.as_str().to_owned()) {
                        break (CloseCode::Away, "what was debugged has ended");
                    }
                }
                Some(Ok(Message::Binary(_))) => break (CloseCode::Unsupported, "messages are text"),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            },
            () = &mut write => return,
        }
    };
    // What it has stopped goes on now, not when the debugger has taken note.
    drop(session);
    let _ = outbox.send(Message::Close(Some(CloseFrame {
        code,
        reason: why.into(),
    })));
    drop(outbox);
    let _ = tokio::time::timeout(LAST_WORDS, write).await;
}
