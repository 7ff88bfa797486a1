//! A request on its way through the pool, and how it is called off.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};

use futures_util::task::AtomicWaker;
use tokio::sync::oneshot;
use wellhead_render::{Body, RenderError, RenderRequest, Reply};

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
}

const OPEN: u8 = 0;
const ENDED: u8 = 1;
const CALLED_OFF: u8 = 2;

impl Ticket {
    /// Notes where the render runs, once it does not end in one go.
    pub(super) fn runs_at(&self, mailbox: &Arc<Mailbox>, call: u32) {
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
        let Ticket { state, place } = &*ticket;
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
}

impl Mailbox {
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
