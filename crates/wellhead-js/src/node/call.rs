//! A call in flight: how its reply is put together, and how long it has run.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::StreamExt;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::AbortHandle;
use wellhead_render::{Body, ChunkSender, Chunks, ErrorCode, Part, RenderError, Reply, Shape};

use super::driver::Event;
use super::frame::{Answer, Head, ToNode};
use super::mounts::Mounting;
use super::pool::{Guard, Job};
use super::worker::Outbox;

/// How many chunks a process sends ahead of the reader.
pub(super) const WINDOW: u32 = 8;

/// The longest piece of a request's body in one frame.
const BODY_PIECE: usize = 64 << 10;

/// How far a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It was sent, and the process has not told that it is past its synchronous part.
    Fresh,
    /// The application awaits something.
    Pending,
    /// The reply is here, and chunks follow.
    Streaming,
}

/// A call that a worker has.
pub(super) struct Live {
    /// `None` once the reply's head is with whoever asked.
    pub(super) job: Option<Job>,
    pub(super) trace_id: String,
    pub(super) worker: u64,
    pub(super) phase: Phase,
    /// When the process was given it.
    pub(super) sent: Instant,
    /// Chunks that the process may still send.
    credit: u32,
    /// Chunks that the reader took and the process was not told of.
    owed: u32,
    down: Option<mpsc::UnboundedSender<Down>>,
    body: Option<BodyTask>,
    pub(super) mounts: Mounting,
    /// How long it ran before `since`.
    used: Duration,
    /// When its clock was started; it stands while the reader is behind.
    since: Option<Instant>,
}

/// What goes to whoever asked, once the figures of the pool tell of it.
pub(super) enum Outgoing {
    Reply(oneshot::Sender<Result<Reply, RenderError>>, Box<Reply>),
    Error(oneshot::Sender<Result<Reply, RenderError>>, RenderError),
    /// An error after the head of the reply.
    Broken(Option<mpsc::UnboundedSender<Down>>, RenderError),
    /// The end of the chunks.
    End(Option<mpsc::UnboundedSender<Down>>),
}

impl Outgoing {
    /// Sends it. Whoever asked may be gone, and tells of that by a guard.
    pub(super) fn send(self) {
        match self {
            Outgoing::Reply(sender, reply) => drop(sender.send(Ok(*reply))),
            Outgoing::Error(sender, error) => drop(sender.send(Err(error))),
            Outgoing::Broken(Some(down), error) => drop(down.send(Down::Fail(error))),
            Outgoing::Broken(None, _) => {}
            Outgoing::End(down) => drop(down),
        }
    }
}

/// What goes to the reader.
pub(super) enum Down {
    /// A chunk, and whether the process may send another one for it.
    Chunk(Part, Bytes, bool),
    Fail(RenderError),
}

/// The task that reads the request's body.
struct BodyTask {
    wanted: Arc<Notify>,
    task: AbortHandle,
}

impl Live {
    pub(super) fn new(mut job: Job, worker: u64, outbox: &Outbox, now: Instant) -> Self {
        let body = job
            .body
            .take()
            .map(|body| BodyTask::start(job.id, body, outbox.clone()));
        Self {
            mounts: Mounting::new(job.mounts.clone()),
            trace_id: job.trace_id.clone(),
            job: Some(job),
            worker,
            phase: Phase::Fresh,
            sent: now,
            credit: WINDOW,
            owed: 0,
            down: None,
            body,
            used: Duration::ZERO,
            since: Some(now),
        }
    }

    /// How long the call has run, the time excepted in which the reader was behind.
    pub(super) fn ran(&self, now: Instant) -> Duration {
        self.used + self.since.map_or(Duration::ZERO, |since| now - since)
    }

    /// The application reads the request's body.
    pub(super) fn want_body(&self) {
        if let Some(body) = &self.body {
            body.wanted.notify_one();
        }
    }

    /// The head is here; the rest comes as chunks.
    pub(super) fn early(
        &mut self,
        head: &Head,
        events: &mpsc::WeakUnboundedSender<Event>,
    ) -> Result<Outgoing, RenderError> {
        self.answer(
            head,
            Shape::Page,
            [Bytes::new(), Bytes::new(), Bytes::new()],
            Some(events),
        )
    }

    /// The reply is here. Gives whether chunks follow, and what goes out now.
    pub(super) fn reply(
        &mut self,
        answer: Answer,
        events: &mpsc::WeakUnboundedSender<Event>,
    ) -> Result<(bool, Option<Outgoing>), RenderError> {
        self.phase = Phase::Streaming;
        if let Some(down) = &self.down {
            for (part, bytes) in PARTS.into_iter().zip(answer.parts) {
                if !bytes.is_empty() {
                    let _ = down.send(Down::Chunk(part, bytes, false));
                }
            }
            return Ok((answer.more, None));
        }
        let shape = [Shape::Raw, Shape::Page, Shape::Fallback]
            .into_iter()
            .find(|shape| *shape as u8 == answer.shape)
            .ok_or_else(|| protocol("a reply has an unknown shape"))?;
        let more = answer.more.then_some(events);
        let outgoing = self.answer(&answer.head, shape, answer.parts, more)?;
        Ok((answer.more, Some(outgoing)))
    }

    fn answer(
        &mut self,
        head: &Head,
        shape: Shape,
        parts: [Bytes; 3],
        more: Option<&mpsc::WeakUnboundedSender<Event>>,
    ) -> Result<Outgoing, RenderError> {
        let status = StatusCode::from_u16(head.status)
            .map_err(|_| threw(format!("{} is no HTTP status", head.status)))?;
        let headers = header_map(&head.headers)?;
        let Some(job) = self.job.take() else {
            return Err(protocol("a call was answered twice"));
        };
        let mut chunks = Chunks::full(PARTS.into_iter().zip(parts));
        if let Some(events) = more {
            let (sender, coming) = chunks.then_coming(1);
            chunks = match events.upgrade() {
                Some(events) => coming.with_guard(Guard::new(job.id, events)),
                // Nobody waits for the reply any more.
                None => coming,
            };
            let (down, queue) = mpsc::unbounded_channel();
            self.down = Some(down);
            tokio::spawn(forward(job.id, queue, sender, events.clone()));
        }
        let reply = Box::new(Reply {
            status,
            headers,
            shape,
            route: u32::try_from(head.route).ok(),
            errors: job.errors,
            chunks,
        });
        Ok(Outgoing::Reply(job.reply, reply))
    }

    /// A chunk is here.
    pub(super) fn chunk(
        &mut self,
        part: u8,
        bytes: Bytes,
        now: Instant,
    ) -> Result<(), RenderError> {
        let part =
            Part::from_number(part.into()).ok_or_else(|| protocol("a chunk belongs to no part"))?;
        self.credit = self
            .credit
            .checked_sub(1)
            .ok_or_else(|| protocol("a chunk came that there was no room for"))?;
        if self.credit == 0 {
            self.used = self.ran(now);
            self.since = None;
        }
        match &self.down {
            // The forwarder is gone when the reader is, which the driver hears of by itself.
            Some(down) => drop(down.send(Down::Chunk(part, bytes, true))),
            None => return Err(protocol("a chunk came before its reply")),
        }
        Ok(())
    }

    /// The reader took a chunk. Gives how many more the process may send now.
    pub(super) fn taken(&mut self, now: Instant) -> Option<u32> {
        self.owed += 1;
        if self.owed < WINDOW / 2 {
            return None;
        }
        self.credit += self.owed;
        self.since.get_or_insert(now);
        Some(std::mem::take(&mut self.owed))
    }

    /// Ends the call with an error, wherever it is.
    pub(super) fn fail(self, error: RenderError) -> Outgoing {
        match self.job {
            Some(job) => Outgoing::Error(job.reply, error),
            None => Outgoing::Broken(self.down, error),
        }
    }

    /// Ends the call.
    pub(super) fn end(self) -> Outgoing {
        Outgoing::End(self.down)
    }

    /// Takes the job back, to give it to another worker.
    pub(super) fn into_job(mut self) -> Option<Job> {
        self.job.take()
    }
}

const PARTS: [Part; 3] = [Part::Head, Part::Body, Part::State];

/// Hands chunks to the reader at its pace. The queue is bounded by the credit that the process has.
async fn forward(
    id: u32,
    mut queue: mpsc::UnboundedReceiver<Down>,
    reader: ChunkSender,
    events: mpsc::WeakUnboundedSender<Event>,
) {
    while let Some(down) = queue.recv().await {
        match down {
            Down::Chunk(part, bytes, counted) => {
                if reader.send(part, bytes).await.is_err() {
                    return;
                }
                if counted && let Some(events) = events.upgrade() {
                    let _ = events.send(Event::Taken(id));
                }
            }
            Down::Fail(error) => return reader.fail(error).await,
        }
    }
}

impl BodyTask {
    fn start(id: u32, body: Body, outbox: Outbox) -> Self {
        let wanted = Arc::new(Notify::new());
        let task = tokio::spawn(send_body(id, body, outbox, Arc::clone(&wanted))).abort_handle();
        Self { wanted, task }
    }
}

impl Drop for BodyTask {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Sends a piece of the body for each time that one is wanted.
async fn send_body(id: u32, body: Body, outbox: Outbox, wanted: Arc<Notify>) {
    let mut pieces = match body {
        Body::Empty => futures_util::stream::empty().boxed(),
        Body::Full(bytes) => futures_util::stream::iter([Ok(bytes)]).boxed(),
        Body::Stream(stream) => stream.boxed(),
    };
    let mut piece = Bytes::new();
    loop {
        wanted.notified().await;
        while piece.is_empty() {
            let frame = match pieces.next().await {
                Some(Ok(bytes)) => {
                    piece = bytes;
                    continue;
                }
                Some(Err(error)) => ToNode::BodyFail(error.to_string()),
                None => ToNode::BodyEnd,
            };
            let _ = outbox.send((id, frame));
            return;
        }
        let next = piece.split_to(piece.len().min(BODY_PIECE));
        if outbox.send((id, ToNode::Body(next))).is_err() {
            return;
        }
    }
}

/// Headers from text, of which each character is a byte.
fn header_map(headers: &[(String, String)]) -> Result<HeaderMap, RenderError> {
    let mut map = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let bytes: Option<Vec<u8>> = value.chars().map(|char| u8::try_from(char).ok()).collect();
        let pair = HeaderName::from_bytes(name.as_bytes())
            .ok()
            .zip(bytes.and_then(|bytes| HeaderValue::from_bytes(&bytes).ok()));
        let Some((name, value)) = pair else {
            return Err(threw(format!("no header can be `{name}: {value}`")));
        };
        map.append(name, value);
    }
    Ok(map)
}

fn threw(message: String) -> RenderError {
    RenderError::new(ErrorCode::Threw, message)
}

fn protocol(message: &str) -> RenderError {
    RenderError::new(ErrorCode::Protocol, message)
}
