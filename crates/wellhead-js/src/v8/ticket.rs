//! A request on its way through the pool, and how it is called off.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::task::{Context, Poll};

use futures_util::task::AtomicWaker;
use tokio::sync::oneshot;
use wellhead_render::{Body, RenderError, RenderRequest, Reply};

use super::guard::NO_CALL;
use crate::inbox::Inbox;

/// How often a render is started again because its isolate was lost to another one.
const MOST_ATTEMPTS: u8 = 3;

/// A request that waits for a worker.
pub(super) struct Job {
    pub(super) request: Box<RenderRequest>,
    pub(super) reply: oneshot::Sender<Result<Reply, RenderError>>,
    pub(super) ticket: Arc<Ticket>,
    /// How often it was started.
    pub(super) attempts: u8,
    /// Whether asking twice is harmless and there is no body that could be used up.
    pub(super) harmless: bool,
}

impl Job {
    pub(super) fn new(
        request: RenderRequest,
        reply: oneshot::Sender<Result<Reply, RenderError>>,
        ticket: Arc<Ticket>,
    ) -> Self {
        Self {
            harmless: request.method.is_safe() && matches!(request.body, Body::Empty),
            request: Box::new(request),
            reply,
            ticket,
            attempts: 0,
        }
    }

    /// Whether it can be started again on another isolate.
    pub(super) fn can_be_repeated(&self) -> bool {
        self.harmless && self.attempts < MOST_ATTEMPTS
    }
}

/// What the reader of a reply and the worker share.
#[derive(Default)]
pub(super) struct Ticket {
    state: AtomicU8,
    place: Mutex<Option<(Arc<Mailbox>, u32)>>,
    /// The answer where the worker that should give it is stuck.
    abandoned: OnceLock<RenderError>,
    reader: AtomicWaker,
}

const OPEN: u8 = 0;
const ENDED: u8 = 1;
const CALLED_OFF: u8 = 2;

impl Ticket {
    /// Notes where the render runs, once it does not end in one go.
    pub(super) fn runs_at(self: &Arc<Self>, mailbox: &Arc<Mailbox>, call: u32) {
        mailbox.waits(self);
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((Arc::clone(mailbox), call));
        // The reader looks at the place after it has changed the state, so one of the two sees the other.
        if self.state.load(Ordering::Acquire) == CALLED_OFF {
            mailbox.call_off(call);
        }
    }

    /// Notes that there is nothing left to call off.
    pub(super) fn end(&self) {
        self.state.store(ENDED, Ordering::Release);
    }

    fn is_open(&self) -> bool {
        self.state.load(Ordering::Acquire) == OPEN
    }

    /// Answers in place of a worker that is stuck.
    fn abandon(&self, error: RenderError) {
        if self.abandoned.set(error).is_ok() {
            self.reader.wake();
        }
    }

    /// Waits for an answer that does not come from the worker.
    pub(super) fn poll_abandoned(&self, cx: &mut Context<'_>) -> Poll<RenderError> {
        self.reader.register(cx.waker());
        match self.abandoned.get() {
            Some(error) => Poll::Ready(error.clone()),
            None => Poll::Pending,
        }
    }
}

/// The reader's half of a ticket: calls the render off when dropped before its end.
pub(super) struct Reader(Option<Arc<Ticket>>);

impl Reader {
    pub(super) fn new(ticket: Arc<Ticket>) -> Self {
        Self(Some(ticket))
    }

    /// Drops the reader without calling anything off.
    pub(super) fn disarm(mut self) {
        self.0 = None;
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let Some(ticket) = self.0.take() else {
            return;
        };
        let Ticket { state, place, .. } = &*ticket;
        let first = state
            .compare_exchange(OPEN, CALLED_OFF, Ordering::AcqRel, Ordering::Relaxed)
            .is_ok();
        if !first {
            return;
        }
        let place = place.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((mailbox, call)) = place {
            mailbox.call_off(call);
        }
    }
}

/// How other threads reach a worker.
#[derive(Default)]
pub(super) struct Mailbox {
    called_off: Mutex<Vec<u32>>,
    pub(super) waker: AtomicWaker,
    /// The call whose synchronous part runs, as far as is known.
    running: Mutex<Option<(u32, Weak<Ticket>)>>,
    /// Calls that did not end in one go, with some that have ended since.
    waiting: Mutex<Vec<Weak<Ticket>>>,
    /// The live sessions that the worker has.
    pub(super) inbox: Inbox,
}

impl Mailbox {
    /// Notes the call whose synchronous part runs.
    pub(super) fn runs(&self, call: u32, ticket: &Arc<Ticket>) {
        *lock(&self.running) = Some((call, Arc::downgrade(ticket)));
        self.inbox.runs(NO_CALL);
    }

    /// Notes the live session whose command runs.
    pub(super) fn runs_session(&self, session: u32) {
        *lock(&self.running) = None;
        self.inbox.runs(session);
    }

    /// Notes that what runs belongs to no call in particular.
    pub(super) fn runs_none(&self) {
        *lock(&self.running) = None;
        self.inbox.runs(NO_CALL);
    }

    /// The call or the live session whose synchronous part runs, or [`NO_CALL`].
    pub(super) fn running(&self) -> u32 {
        lock(&self.running)
            .as_ref()
            .map_or_else(|| self.inbox.running(), |(call, _)| *call)
    }

    fn waits(&self, ticket: &Arc<Ticket>) {
        let mut waiting = lock(&self.waiting);
        if waiting.len() == waiting.capacity() {
            waiting.retain(|ticket| open(ticket).is_some());
        }
        waiting.push(Arc::downgrade(ticket));
    }

    /// Answers all calls and live sessions of a worker that is stuck: the one that it is stuck in, if that is known, with
    /// one error and the others with another. What has begun to be sent ends with its reader.
    pub(super) fn abandon(&self, stuck: &RenderError, other: &RenderError) {
        let running = lock(&self.running)
            .as_ref()
            .and_then(|(_, ticket)| open(ticket));
        let waiting: Vec<_> = lock(&self.waiting).iter().filter_map(open).collect();
        let session = self.inbox.running();
        let alone = running.is_none() && session == NO_CALL && waiting.len() == 1;
        for ticket in waiting {
            let is_running = running
                .as_ref()
                .is_some_and(|running| Arc::ptr_eq(running, &ticket));
            let error = if alone || is_running { stuck } else { other };
            ticket.abandon(error.clone());
        }
        if let Some(ticket) = running {
            ticket.abandon(stuck.clone());
        }
        self.inbox.close(session, stuck, other);
    }

    fn call_off(&self, call: u32) {
        let mut calls = self
            .called_off
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        calls.push(call);
        drop(calls);
        self.waker.wake();
    }

    /// The calls that were called off since this was last asked.
    pub(super) fn take(&self) -> Vec<u32> {
        std::mem::take(
            &mut *self
                .called_off
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}

/// A ticket that nobody has answered yet.
fn open(ticket: &Weak<Ticket>) -> Option<Arc<Ticket>> {
    ticket.upgrade().filter(|ticket| ticket.is_open())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
