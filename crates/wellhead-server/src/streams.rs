//! The streams of HTTP/2, each with a deadline for its client.
//!
//! A client that reads nothing over HTTP/1 holds up the socket, which `connection.rs` sees. Over HTTP/2 it keeps one
//! stream's window shut while the socket goes on: the response would wait for ever, and 128 of them at a time.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

tokio::task_local! {
    static TURN: Arc<Turn>;
}

/// Whose turn it is on a stream: the client's from when it has something to take, otherwise the app's, which has limits
/// of its own.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    clients_since: Mutex<Option<Instant>>,
}

impl Turn {
    /// That of the stream which this task answers; `None` over HTTP/1.
    pub(crate) fn current() -> Option<Arc<Self>> {
        TURN.try_with(Arc::clone).ok()
    }

    pub(crate) fn give_to_client(&self) {
        *self.lock() = Some(Instant::now());
    }

    pub(crate) fn give_to_app(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<Instant>> {
        self.clients_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends when the client has taken nothing for so long.
    async fn stalled(&self, limit: Duration) {
        loop {
            let since = *self.lock();
            let left = since.map_or(limit, |since| limit.saturating_sub(since.elapsed()));
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left).await;
        }
    }
}

/// Runs the streams of a connection, and resets those that are not taken.
#[derive(Debug, Clone)]
pub(crate) struct Executor {
    pub(crate) stall: Duration,
}

impl<S> hyper::rt::Executor<S> for Executor
where
    S: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, stream: S) {
        let limit = self.stall;
        tokio::spawn(async move {
            let turn = Arc::new(Turn::default());
            tokio::select! {
                () = TURN.scope(Arc::clone(&turn), stream) => {}
                () = turn.stalled(limit) => tracing::debug!("a client took nothing of a response; its stream is reset"),
            }
        });
    }
}
