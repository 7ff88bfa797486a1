//! The calls that an isolate has in flight, as its operations see them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use bytes::Bytes;
use deno_core::{CancelHandle, v8};
use http::{HeaderMap, StatusCode};
use tokio::sync::oneshot;
use wellhead_render::{
    ChunkSender, Chunks, ErrorCode, Part, RenderError, RenderRequest, Reply, Shape,
};

use super::bundle::BundleLoader;
use super::guard::NO_CALL;
use super::live::LiveEntry;
use super::pool::Figures;
use super::ticket::{Job, Mailbox, Reader, Ticket};
use crate::Limits;
use crate::inbox::FIRST_SESSION;

/// How many chunks wait between the isolate and the reader. Three are a page's own parts.
const CHUNKS_AHEAD: usize = 8;

/// Shared by the worker and the operations of its isolate.
pub(super) type CallsRef = Rc<RefCell<Calls>>;

/// All calls of one isolate.
pub(super) struct Calls {
    active: HashMap<u32, Active, BuildHasherDefault<NumberHasher>>,
    last: u32,
    limits: Limits,
    /// The bundle's folder, which files in errors are relative to.
    pub(super) root: PathBuf,
    /// What JavaScript has handed over to be called.
    pub(super) entry: Option<Entry>,
    pub(super) live_entry: Option<LiveEntry>,
    /// Where live sessions are reached.
    pub(super) mailbox: Arc<Mailbox>,
    figures: Arc<Figures>,
    pub(super) loader: Rc<BundleLoader>,
    /// Why the isolate should be replaced, if a call that ended gives a reason.
    pub(super) spoiled: Option<Spoiled>,
    /// Calls whose time runs again, for the worker's clock.
    pub(super) resumed: Vec<(Instant, u32)>,
}

/// What a call has left behind that only a new isolate is rid of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spoiled {
    /// Array buffers up to their limit.
    Buffers,
    /// Timers, too many.
    Timers,
    /// A module that failed, which V8 will not load again.
    Module,
}

/// The functions of `calls.js`.
pub(super) struct Entry {
    pub(super) start: v8::Global<v8::Function>,
    pub(super) dispatch: v8::Global<v8::Function>,
    pub(super) cancel: v8::Global<v8::Function>,
}

/// One call.
pub(super) struct Active {
    request: Box<RenderRequest>,
    ticket: Arc<Ticket>,
    attempts: u8,
    harmless: bool,
    /// Where the reply goes; `None` once it has gone.
    reply: Option<oneshot::Sender<Result<Reply, RenderError>>>,
    pub(super) sender: Option<ChunkSender>,
    errors: Vec<RenderError>,
    output: usize,
    /// When it has used up its time; `None` while the reader is behind.
    pub(super) deadline: Option<Instant>,
    /// Ends operations that still wait for the call.
    pub(super) cancel: Rc<CancelHandle>,
}

/// What JavaScript gives back, out of its heap.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) shape: Shape,
    pub(super) route: Option<u32>,
    pub(super) parts: [(Part, Bytes); 3],
    pub(super) has_rest: bool,
}

impl Calls {
    pub(super) fn new(
        limits: Limits,
        root: PathBuf,
        figures: Arc<Figures>,
        loader: Rc<BundleLoader>,
        mailbox: Arc<Mailbox>,
    ) -> CallsRef {
        Rc::new(RefCell::new(Self {
            active: HashMap::default(),
            last: NO_CALL,
            limits,
            root,
            entry: None,
            live_entry: None,
            mailbox,
            figures,
            loader,
            spoiled: None,
            resumed: Vec::new(),
        }))
    }

    /// Takes a job in and gives it a number.
    pub(super) fn open(&mut self, job: Job, deadline: Instant) -> u32 {
        loop {
            self.last = self.last.wrapping_add(1);
            // Numbers cross as small integers, which have 31 bits; live sessions have the upper half.
            self.last %= FIRST_SESSION;
            if self.last != NO_CALL && !self.active.contains_key(&self.last) {
                break;
            }
        }
        let active = Active {
            request: job.request,
            ticket: job.ticket,
            attempts: job.attempts + 1,
            harmless: job.harmless,
            reply: Some(job.reply),
            sender: None,
            errors: Vec::new(),
            output: 0,
            deadline: Some(deadline),
            cancel: CancelHandle::new_rc(),
        };
        self.active.insert(self.last, active);
        self.figures.in_flight.fetch_add(1, Ordering::Relaxed);
        self.last
    }

    pub(super) fn get(&self, call: u32) -> Option<&Active> {
        self.active.get(&call)
    }

    pub(super) fn get_mut(&mut self, call: u32) -> Option<&mut Active> {
        self.active.get_mut(&call)
    }

    /// The request of a call.
    pub(super) fn request(&mut self, call: u32) -> Option<&mut RenderRequest> {
        let active = self.active.get_mut(&call)?;
        Some(&mut active.request)
    }

    pub(super) fn len(&self) -> usize {
        self.active.len()
    }

    /// Takes all calls out, for an isolate that is lost.
    pub(super) fn drain(&mut self) -> Vec<(u32, Active)> {
        let numbers = self.numbers();
        let taken = numbers
            .into_iter()
            .map(|call| self.take(call).map(|active| (call, active)));
        taken.flatten().collect()
    }

    /// Takes a call out. What is counted is right before anybody learns that the call has ended.
    fn take(&mut self, call: u32) -> Option<Active> {
        let active = self.active.remove(&call)?;
        self.figures.in_flight.fetch_sub(1, Ordering::Relaxed);
        Some(active)
    }

    /// The numbers of all calls.
    pub(super) fn numbers(&self) -> Vec<u32> {
        self.active.keys().copied().collect()
    }

    /// Starts the reply before its end is known. Tells whether the call is still open.
    pub(super) fn early(
        &mut self,
        call: u32,
        status: StatusCode,
        headers: HeaderMap,
        route: Option<u32>,
    ) -> bool {
        let Some(active) = self.active.get_mut(&call) else {
            return false;
        };
        if active.reply.is_none() {
            return true;
        }
        let (sender, chunks) = Chunks::full([]).then_coming(CHUNKS_AHEAD);
        active.sender = Some(sender);
        active.send_reply(status, headers, Shape::Page, route, chunks);
        true
    }

    /// Takes an answer. Tells whether more comes, which is then to be sent by [`Calls::chunk`].
    pub(super) fn reply(&mut self, call: u32, answer: Answer) -> bool {
        let Some(mut active) = self.take(call) else {
            return false;
        };
        active.output += answer
            .parts
            .iter()
            .map(|(_, bytes)| bytes.len())
            .sum::<usize>();
        if active.output > self.limits.output_bytes {
            active.fail(output_limit(self.limits.output_bytes));
            return false;
        }
        if !answer.has_rest {
            self.figures.rendered.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(sender) = &active.sender {
            for (part, bytes) in answer.parts {
                // An early reply has sent nothing else, so there is room, or nobody reads.
                if !bytes.is_empty() && sender.try_send(part, bytes).is_err() {
                    active.close();
                    return false;
                }
            }
        } else {
            let mut chunks = Chunks::full(answer.parts);
            if answer.has_rest {
                let (sender, coming) = chunks.then_coming(CHUNKS_AHEAD);
                active.sender = Some(sender);
                chunks = coming;
            }
            active.send_reply(
                answer.status,
                answer.headers,
                answer.shape,
                answer.route,
                chunks,
            );
        }
        if answer.has_rest {
            self.figures.in_flight.fetch_add(1, Ordering::Relaxed);
            self.active.insert(call, active);
        } else {
            active.close();
        }
        answer.has_rest
    }

    /// Sends a later chunk. Tells whether the call goes on.
    pub(super) fn chunk(&mut self, call: u32, part: Part, bytes: Bytes, now: Instant) -> bool {
        let Some(active) = self.active.get_mut(&call) else {
            return false;
        };
        active.output += bytes.len();
        if active.output > self.limits.output_bytes {
            self.fail(call, output_limit(self.limits.output_bytes));
            return false;
        }
        active.deadline = Some(now + self.limits.wall);
        let sent = match &active.sender {
            Some(sender) => bytes.is_empty() || sender.try_send(part, bytes).is_ok(),
            None => false,
        };
        if !sent {
            // Room was waited for, so there is none because the reader is gone.
            self.drop_call(call);
        }
        sent
    }

    /// Notes an error that the application has dealt with. Gives it back where the reply has left, or there is no call.
    pub(super) fn report(&mut self, call: u32, error: RenderError) -> Option<RenderError> {
        match self.active.get_mut(&call) {
            Some(active) if active.reply.is_some() => {
                active.errors.push(error);
                None
            }
            _ => Some(error),
        }
    }

    /// Ends a call that gave all it had.
    pub(super) fn end(&mut self, call: u32) {
        if let Some(active) = self.take(call) {
            self.figures.rendered.fetch_add(1, Ordering::Relaxed);
            active.close();
        }
    }

    /// Ends a call with an error.
    pub(super) fn fail(&mut self, call: u32, error: RenderError) {
        match error.code {
            ErrorCode::BufferLimit => self.spoiled = Some(Spoiled::Buffers),
            ErrorCode::ModuleFailed => self.spoiled = self.spoiled.or(Some(Spoiled::Module)),
            _ => {}
        }
        if let Some(active) = self.take(call) {
            active.fail(error);
        }
    }

    /// Forgets a call. What has been sent of it remains the reply.
    pub(super) fn drop_call(&mut self, call: u32) {
        if let Some(active) = self.take(call) {
            active.close();
        }
    }

    /// Lets the time of a call run again after its reader was behind.
    pub(super) fn resume(&mut self, call: u32, deadline: Instant) {
        if let Some(active) = self.active.get_mut(&call) {
            active.deadline = Some(deadline);
            self.resumed.push((deadline, call));
        }
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }
}

impl Active {
    /// The job again, to be started on another isolate; the call itself where something of a reply has left.
    pub(super) fn into_job(self) -> Result<Job, Self> {
        match self.reply {
            Some(reply) => Ok(Job {
                request: self.request,
                reply,
                ticket: self.ticket,
                attempts: self.attempts,
                harmless: self.harmless,
            }),
            None => Err(self),
        }
    }

    /// What calls the render off.
    pub(super) fn ticket(&self) -> &Arc<Ticket> {
        &self.ticket
    }

    /// Ends the call with an error: instead of the reply, or after what has been sent.
    pub(super) fn fail(mut self, error: RenderError) {
        if let Some(reply) = self.reply.take() {
            // Nobody may wait any more.
            let _ = reply.send(Err(error));
        } else if let Some(sender) = self.sender.take() {
            sender.abort(error);
        }
        self.close();
    }

    fn close(self) {
        self.ticket.end();
        self.cancel.cancel();
    }

    fn send_reply(
        &mut self,
        status: StatusCode,
        headers: HeaderMap,
        shape: Shape,
        route: Option<u32>,
        chunks: Chunks,
    ) {
        let Some(sender) = self.reply.take() else {
            return;
        };
        let chunks = if self.sender.is_some() {
            chunks.with_guard(Reader::new(Arc::clone(&self.ticket)))
        } else {
            chunks
        };
        let reply = Reply {
            status,
            headers,
            shape,
            route,
            errors: std::mem::take(&mut self.errors),
            chunks,
        };
        // The reader may be gone; dropping the chunks calls the render off.
        let _ = sender.send(Ok(reply));
    }
}

fn output_limit(limit: usize) -> RenderError {
    RenderError::new(
        ErrorCode::OutputLimit,
        format!(
            "the render wrote more than {limit} bytes; raise the limit `output_bytes` or send less"
        ),
    )
}

/// Call numbers are their own hash: they are counted, not chosen by anybody.
#[derive(Default)]
pub(super) struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u32(&mut self, number: u32) {
        // The table takes its position from the low bits and its tag from the high ones.
        self.0 = u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}
