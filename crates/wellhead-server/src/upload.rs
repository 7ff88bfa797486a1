//! A request's body: bounded in size and in time, all there when it is small, a stream when it is not.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::StreamExt;
use http::StatusCode;
use http_body::Body as _;
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};
use wellhead_render::Body;

use crate::config::Server;
use crate::refusal::Refusal;

/// Bodies of up to this size are read before the app is called.
const SMALL: u64 = 64 * 1024;

/// Tells how reading a body ended.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome(Arc<AtomicU8>);

const TOO_LARGE: u8 = 1;
const TOO_SLOW: u8 = 2;

impl Outcome {
    /// The answer to give in place of the app's, where the body broke a limit while the app read it.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        match self.0.load(Ordering::Relaxed) {
            TOO_LARGE => Some(Refusal::closing(
                StatusCode::PAYLOAD_TOO_LARGE,
                "The request's body is too large",
                "server.body_kb in wellhead.toml is the limit",
            )),
            TOO_SLOW => Some(Refusal::closing(
                StatusCode::REQUEST_TIMEOUT,
                "The request's body came too slowly",
                "server.body_idle_ms in wellhead.toml is how long a part of it may take",
            )),
            _ => None,
        }
    }
}

/// Takes a request's body.
///
/// # Errors
/// 413 for a body that says to be too large; for a small one also 408 and 400 as it is read here.
pub(crate) async fn receive(
    incoming: Incoming,
    server: &Server,
) -> Result<(Body, Outcome), Refusal> {
    let outcome = Outcome::default();
    if incoming.is_end_stream() {
        return Ok((Body::Empty, outcome));
    }
    let limit = server.body_kb.saturating_mul(1024);
    let size = incoming.size_hint();
    if size.lower() > limit {
        outcome.0.store(TOO_LARGE, Ordering::Relaxed);
    }
    if let Some(refusal) = outcome.refusal() {
        return Err(refusal);
    }
    let mut upload = Upload {
        incoming,
        left: limit,
        idle: Duration::from_millis(server.body_idle_ms),
        timer: Box::pin(tokio::time::sleep(Duration::ZERO)),
        waiting: false,
        outcome: outcome.clone(),
    };
    if size.exact().is_none_or(|size| size > SMALL) {
        return Ok((Body::Stream(Box::pin(upload)), outcome));
    }
    let mut bytes = BytesMut::new();
    while let Some(piece) = upload.next().await {
        let piece = piece.map_err(|_| {
            outcome.refusal().unwrap_or_else(|| {
                let message = "The request's body is incomplete";
                Refusal::closing(StatusCode::BAD_REQUEST, message, "")
            })
        })?;
        bytes.extend_from_slice(&piece);
    }
    Ok((Body::Full(bytes.freeze()), outcome))
}

/// A body that is read, within its limits.
struct Upload {
    incoming: Incoming,
    left: u64,
    idle: Duration,
    timer: Pin<Box<Sleep>>,
    /// Whether the timer runs: time in which nobody reads is not the client's fault.
    waiting: bool,
    outcome: Outcome,
}

impl Upload {
    fn fail(&mut self, outcome: u8, kind: io::ErrorKind, message: &'static str) -> io::Error {
        self.outcome.0.store(outcome, Ordering::Relaxed);
        io::Error::new(kind, message)
    }
}

impl Stream for Upload {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(cx) else {
                if !self.waiting {
                    self.waiting = true;
                    let deadline = Instant::now() + self.idle;
                    self.timer.as_mut().reset(deadline);
                }
                ready!(self.timer.as_mut().poll(cx));
                let error = self.fail(
                    TOO_SLOW,
                    io::ErrorKind::TimedOut,
                    "the request's body came too slowly",
                );
                return Poll::Ready(Some(Err(error)));
            };
            self.waiting = false;
            return Poll::Ready(match frame {
                None => None,
                Some(Err(error)) => Some(Err(io::Error::other(error))),
                Some(Ok(frame)) => match frame.into_data() {
                    // Trailers are no part of the body.
                    Err(_) => continue,
                    Ok(bytes) => match self.left.checked_sub(bytes.len() as u64) {
                        Some(left) => {
                            self.left = left;
                            Some(Ok(bytes))
                        }
                        None => Some(Err(self.fail(
                            TOO_LARGE,
                            io::ErrorKind::FileTooLarge,
                            "the request's body is too large",
                        ))),
                    },
                },
            });
        }
    }
}
