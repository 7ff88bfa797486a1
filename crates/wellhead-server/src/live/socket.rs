//! The socket of a live page: the handshake, and messages between WebSocket and session.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as Task, Poll};

use bytes::Bytes;
use futures_util::{Sink, SinkExt, StreamExt, future};
use http::header::{
    CONNECTION, HeaderMap, HeaderName, HeaderValue, ORIGIN, SEC_WEBSOCKET_ACCEPT,
    SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::request::Parts;
use http::{Method, Response, StatusCode};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use wellhead_live::{Connection, Gone, Outgoing};
use wellhead_protocol::{JsonView, Limits, Wire, negotiate};

use super::addresses::{Full, Place};
use super::identity;
use crate::body::Body;
use crate::config::{Config, Origin};
use crate::context::Context;
use crate::refusal::Refusal;

/// What is read at once. Messages of clients are short, and ten thousand connections have ten thousand buffers; for a longer message
/// there is a buffer of its length.
const READ_BUFFER: usize = 256;
/// Room above the limit of messages: so that the session can say which limit it was.
const ABOVE_LIMIT: usize = 1024;
/// The longest reason that a close frame can have.
const LONGEST_REASON: usize = 123;

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// Opens a socket.
///
/// # Errors
/// What is no WebSocket's handshake, comes from another origin, or is one too many.
pub(crate) fn open(context: &mut Context, head: &mut Parts) -> Result<Response<Body>, Refusal> {
    let shared = Arc::clone(&context.shared);
    let app = shared.app().ok_or(Refusal::NoApp)?;
    let live = app.live.get().ok_or_else(Refusal::not_found)?.clone();
    let key = handshake(head)?;
    if is_foreign(&head.headers, context.origin()?, &shared.config) {
        tracing::warn!(trace = context.record.trace, origin = ?head.headers.get(ORIGIN), "a live page's socket from another origin was refused; behind a proxy, set server.origin or server.trusted_proxies");
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "Cross-site sockets are forbidden",
        ));
    }
    let limits = &shared.config.live;
    let place = shared
        .sockets
        .enter(
            context.client,
            limits.max_connections,
            limits.connections_per_address,
        )
        .map_err(|full| match full {
            Full::Server => Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "Too many live pages"),
            Full::Address => Refusal::new(
                StatusCode::TOO_MANY_REQUESTS,
                "Too many live pages of one address",
            ),
        })?;
    let allowed = if shared.dev.is_some() {
        Wire::ALL
    } else {
        &[Wire::Binary]
    };
    let offered = offered(&head.headers);
    let wire = negotiate(offered.iter().map(String::as_str), allowed);
    // A browser learns why it is refused only on a connection with a protocol that it has offered.
    let protocol = match (&wire, offered.first()) {
        (Ok(wire), _) => wire.subprotocol().to_owned(),
        (Err(_), Some(first)) => first.clone(),
        (Err(_), None) => String::new(),
    };
    let upgrade = head
        .extensions
        .remove::<OnUpgrade>()
        .ok_or_else(|| Refusal::bad_request("The connection cannot be upgraded"))?;
    let identity = identity(&head.headers, &shared.config);
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(Some(message_limit(&shared.config) + ABOVE_LIMIT))
        .max_frame_size(Some(message_limit(&shared.config) + ABOVE_LIMIT));
    context.record.activity.upgrade();
    tokio::spawn(async move {
        let upgraded = match upgrade.await {
            Ok(upgraded) => upgraded,
            Err(error) => return tracing::debug!(%error, "a socket was not opened"),
        };
        let io = TokioIo::new(upgraded);
        let mut socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
        match wire {
            Ok(wire) => {
                let view = (wire == Wire::Json).then(|| json_view(&shared.config));
                live.connect(connection(socket, view, place), identity)
                    .await;
            }
            Err(error) => {
                let code = wellhead_protocol::CloseCode::UnsupportedVersion;
                let _ = socket
                    .close(Some(close_frame(code, &error.to_string())))
                    .await;
            }
        }
    });
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(accept) = HeaderValue::try_from(derive_accept_key(key.as_bytes())) {
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    if let Ok(protocol) = HeaderValue::try_from(protocol)
        && !protocol.is_empty()
    {
        headers.insert(SEC_WEBSOCKET_PROTOCOL, protocol);
    }
    Ok(response)
}

/// The key of a handshake.
fn handshake(head: &Parts) -> Result<HeaderValue, Refusal> {
    let has = |name: &HeaderName, wanted: &str| {
        head.headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|token| token.trim().eq_ignore_ascii_case(wanted))
    };
    if head.method != Method::GET {
        return Err(Refusal::method("GET"));
    }
    if !has(&UPGRADE, "websocket") || !has(&CONNECTION, "upgrade") {
        return Err(Refusal::new(
            StatusCode::UPGRADE_REQUIRED,
            "This is the socket of live pages",
        ));
    }
    if !has(&SEC_WEBSOCKET_VERSION, "13") {
        return Err(Refusal::bad_request("The WebSocket is of another version"));
    }
    head.headers
        .get(SEC_WEBSOCKET_KEY)
        .cloned()
        .ok_or_else(|| Refusal::bad_request("The WebSocket has no key"))
}

/// Whether a handshake comes from a page of another origin. Browsers always say where from; what says nothing is none, and
/// has no cookies of a user.
fn is_foreign(headers: &HeaderMap, own: &str, config: &Config) -> bool {
    let trusted = config.security.trusted_origins.iter().map(Origin::as_str);
    headers.get(ORIGIN).is_some_and(|from| {
        !std::iter::once(own)
            .chain(trusted)
            .any(|allowed| from == allowed)
    })
}

fn offered(headers: &HeaderMap) -> Vec<String> {
    headers
        .get_all(SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_owned())
        .collect()
}

fn message_limit(config: &Config) -> usize {
    usize::try_from(config.live.message_kb * 1024).unwrap_or(usize::MAX)
}

type View = Arc<Mutex<JsonView>>;

fn json_view(config: &Config) -> View {
    let limits = Limits::up().with_message(message_limit(config));
    Arc::new(Mutex::new(JsonView::new(limits)))
}

/// A socket as a session knows it.
fn connection(socket: Socket, view: Option<View>, place: Place) -> Connection {
    let (sink, stream) = socket.split();
    let reading = view.clone();
    let incoming = stream.filter_map(move |message| {
        future::ready(
            message
                .ok()
                .and_then(|message| read(message, reading.as_ref())),
        )
    });
    let outgoing = sink
        .sink_map_err(|_: Error| Gone)
        .with(move |outgoing| future::ready(Ok::<_, Gone>(written(outgoing, view.as_ref()))));
    Connection::new(
        incoming,
        Held {
            sink: outgoing,
            _place: place,
        },
    )
}

/// A client's message as bytes. What cannot be one is a message without bytes, which the session refuses.
fn read(message: Message, view: Option<&View>) -> Option<Bytes> {
    match (message, view) {
        (Message::Binary(bytes), None) => Some(bytes),
        (Message::Text(text), Some(view)) => {
            let mut view = view.lock().unwrap_or_else(PoisonError::into_inner);
            let up = view.up(without_resume(&text).as_deref().unwrap_or(&text));
            Some(up.unwrap_or_else(|error| {
                tracing::warn!(%error, "a message of the JSON wire is none");
                Bytes::new()
            }))
        }
        (Message::Binary(_), Some(_)) | (Message::Text(_), None) => Some(Bytes::new()),
        _ => None,
    }
}

/// A join without the wish to go on where a former connection ended: what that one was sent, this view does not know.
fn without_resume(text: &str) -> Option<String> {
    let mut join = serde_json::from_str::<Value>(text).ok()?;
    let resumes = join["type"] == "join" && join.as_object_mut()?.remove("resume").is_some();
    resumes.then(|| join.to_string())
}

fn written(outgoing: Outgoing, view: Option<&View>) -> Message {
    match (outgoing, view) {
        (Outgoing::Message(bytes), None) => Message::Binary(bytes),
        (Outgoing::Message(bytes), Some(view)) => {
            let mut view = view.lock().unwrap_or_else(PoisonError::into_inner);
            match view.down(&bytes) {
                Ok(text) => Message::text(text),
                Err(error) => {
                    tracing::error!(%error, "a message has no JSON");
                    let code = wellhead_protocol::CloseCode::Internal;
                    Message::Close(Some(close_frame(code, "")))
                }
            }
        }
        (Outgoing::Close(code, reason), _) => Message::Close(Some(close_frame(code, &reason))),
    }
}

fn close_frame(code: wellhead_protocol::CloseCode, reason: &str) -> CloseFrame {
    let end = reason.floor_char_boundary(LONGEST_REASON.min(reason.len()));
    CloseFrame {
        code: CloseCode::from(code.code()),
        reason: reason[..end].into(),
    }
}

/// A sink that holds the socket's place.
struct Held<S> {
    sink: S,
    _place: Place,
}

impl<S: Sink<Outgoing, Error = Gone> + Unpin> Sink<Outgoing> for Held<S> {
    type Error = Gone;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Task<'_>) -> Poll<Result<(), Gone>> {
        self.sink.poll_ready_unpin(cx)
    }

    fn start_send(mut self: Pin<&mut Self>, outgoing: Outgoing) -> Result<(), Gone> {
        self.sink.start_send_unpin(outgoing)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Task<'_>) -> Poll<Result<(), Gone>> {
        self.sink.poll_flush_unpin(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Task<'_>) -> Poll<Result<(), Gone>> {
        self.sink.poll_close_unpin(cx)
    }
}
