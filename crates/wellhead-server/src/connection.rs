//! A client's connection: bytes with deadlines, so that nobody holds one for nothing.
//!
//! hyper has a timeout for heads only, and starts it while a connection waits for the next request, so that a short one
//! would break kept connections behind load balancers. Here the two are apart, and writing has one too. The socket is
//! closed so that a client that still sends can read the answer first.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use buf_list::BufList;
use bytes::Buf as _;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

use crate::refusal::Refusal;
use crate::server::Shared;
use crate::unreadable;

/// How long a client that still sends is listened to after the last answer, all together and between two pieces.
const LINGER: Duration = Duration::from_secs(10);
const LINGER_IDLE: Duration = Duration::from_secs(2);

/// What the requests of a connection tell it.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    in_flight: AtomicU32,
    /// Requests so far, to see that there was one when it is over already.
    started: AtomicU32,
    body_expected: AtomicBool,
    /// Whether it is no HTTP any more. Who speaks then has deadlines of its own.
    upgraded: AtomicBool,
}

impl Activity {
    pub(crate) fn start_request(&self) {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        self.started.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn end_request(&self) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
    }

    /// Says that what follows is another protocol.
    pub(crate) fn upgrade(&self) {
        self.upgraded.store(true, Ordering::Relaxed);
    }

    /// Says whether the last request has a body, some of which may be left unread.
    pub(crate) fn expect_body(&self, expected: bool) {
        self.body_expected.store(expected, Ordering::Relaxed);
    }
}

/// A stream of bytes with deadlines.
pub(crate) struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    shared: Arc<Shared>,
    activity: Arc<Activity>,
    /// What is left of the answer to a head that hyper could not read.
    answer: Option<BufList>,
    head: Duration,
    idle: Duration,
    stall: Duration,
    timer: Pin<Box<Sleep>>,
    /// The client has spoken HTTP/2, which sends more than requests.
    is_h2: bool,
    seen_bytes: bool,
    seen_requests: u32,
    /// When the client began with a request that is not whole yet.
    head_since: Option<Instant>,
    /// When the last response ended.
    idle_since: Option<Instant>,
    /// When the client stopped taking bytes.
    stalled_since: Option<Instant>,
    /// When the answers ended and only listening was left, and when something was heard last.
    lingering: Option<(Instant, Instant)>,
}

impl Connection {
    pub(crate) fn new(
        stream: TcpStream,
        peer: SocketAddr,
        shared: Arc<Shared>,
        activity: Arc<Activity>,
    ) -> Self {
        let server = &shared.config.server;
        let head = Duration::from_millis(server.header_ms);
        Self {
            stream,
            peer,
            activity,
            answer: None,
            head,
            idle: Duration::from_millis(server.idle_ms),
            stall: Duration::from_millis(server.write_stall_ms),
            timer: Box::pin(tokio::time::sleep(head)),
            is_h2: false,
            seen_bytes: false,
            seen_requests: 0,
            head_since: Some(Instant::now()),
            idle_since: None,
            stalled_since: None,
            lingering: None,
            shared,
        }
    }

    /// Whether a deadline has passed; if not, the task is woken when one does. The timer may ring early and is then set
    /// again: setting it for each request would cost more.
    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        if self.activity.upgraded.load(Ordering::Relaxed) {
            (self.head_since, self.idle_since) = (None, None);
            return self.poll_until(self.stall(), cx);
        }
        let started = self.activity.started.load(Ordering::Relaxed);
        let in_flight = self.activity.in_flight.load(Ordering::Relaxed) > 0;
        if in_flight || started != self.seen_requests {
            (self.head_since, self.idle_since) = (None, None);
            self.seen_requests = started;
        }
        if !in_flight && self.head_since.is_none() {
            self.idle_since.get_or_insert_with(Instant::now);
        }
        let head = self
            .head_since
            .map(|since| (since + self.head, "the request's head came too slowly"));
        let idle = self
            .idle_since
            .map(|since| (since + self.idle, "the connection was not used"));
        let nearest = [head.or(idle), self.stall()].into_iter().flatten().min();
        self.poll_until(nearest, cx)
    }

    /// When the client has taken nothing for too long.
    fn stall(&self) -> Option<(Instant, &'static str)> {
        let since = self.stalled_since?;
        let message = "the client took nothing of the response";
        Some((since + self.stall, message))
    }

    fn poll_until(
        &mut self,
        deadline: Option<(Instant, &'static str)>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Error> {
        let Some((deadline, message)) = deadline else {
            return Poll::Pending;
        };
        loop {
            if self.timer.deadline() > deadline {
                self.timer.as_mut().reset(deadline);
            }
            ready!(self.timer.as_mut().poll(cx));
            if Instant::now() >= deadline {
                return Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, message));
            }
            self.timer.as_mut().reset(deadline);
        }
    }

    fn poll_written(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.stalled_since = None;
            return written;
        }
        self.stalled_since.get_or_insert_with(Instant::now);
        self.poll_deadline(cx).map(Err)
    }

    /// Writes what is answered to a head that hyper could not read.
    fn poll_answer(&mut self, cx: &mut Context<'_>, refusal: Refusal) -> Poll<io::Result<()>> {
        let mut answer = self.answer.take().unwrap_or_else(|| {
            unreadable::answer(refusal, &self.shared, &self.activity, self.peer)
        });
        while answer.has_remaining() {
            let written = Pin::new(&mut self.stream).poll_write(cx, answer.chunk());
            match self.poll_written(cx, written) {
                Poll::Ready(count) => answer.advance(count?),
                Poll::Pending => {
                    self.answer = Some(answer);
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if read.is_pending() {
            return self.poll_deadline(cx).map(Err);
        }
        let bytes = &buffer.filled()[before..];
        if !self.seen_bytes {
            self.seen_bytes = true;
            self.is_h2 = bytes.starts_with(b"PRI");
        }
        if !bytes.is_empty() && !self.is_h2 && self.activity.in_flight.load(Ordering::Relaxed) == 0
        {
            self.head_since.get_or_insert_with(Instant::now);
        }
        read
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if let Some(refusal) = unreadable::refusal(bytes) {
            ready!(self.poll_answer(cx, refusal))?;
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.poll_written(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let [bytes] = bytes {
            return self.poll_write(cx, bytes);
        }
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.poll_written(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        // What is flushed may have been the end of a response: nobody reads before the client sends, but time runs.
        match self.poll_deadline(cx) {
            Poll::Ready(error) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Ready(Ok(())),
        }
    }

    /// Says that nothing more is sent. Where the client still sends, it is listened to for a while: closing a socket with
    /// unread bytes in it makes the system throw away the answer that is on its way.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.lingering.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
            let unread = this.head_since.is_some() && this.seen_bytes
                || this.activity.body_expected.load(Ordering::Relaxed);
            if !unread {
                return Poll::Ready(Ok(()));
            }
        }
        let (since, mut heard) = this
            .lingering
            .unwrap_or_else(|| (Instant::now(), Instant::now()));
        let mut scratch = [0; 16 * 1024];
        loop {
            let deadline = (since + LINGER).min(heard + LINGER_IDLE);
            this.lingering = Some((since, heard));
            let mut buffer = ReadBuf::new(&mut scratch);
            match Pin::new(&mut this.stream).poll_read(cx, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() && Instant::now() < deadline => {
                    heard = Instant::now()
                }
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => {
                    this.timer.as_mut().reset(deadline);
                    ready!(this.timer.as_mut().poll(cx));
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }
}
