//! What becomes of an isolate's place in the pool and of its renders when it is lost.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use wellhead_render::{ErrorCode, RenderError, RetireReason};

use super::boot;
use super::calls::Calls;
use super::guard::{NO_CALL, Verdict};
use super::pool::{Pool, Retry};
use super::ticket::Mailbox;

/// A worker's place in the pool. It is left once and its thread ends once, whoever says so first: the worker itself, or
/// who finds that it does not come back.
pub(super) struct Place {
    pub(super) pool: Arc<Pool>,
    pub(super) slot: usize,
    /// How other threads reach the worker.
    pub(super) mailbox: Arc<Mailbox>,
    /// Whether the bundle has been loaded.
    up: AtomicBool,
    left: AtomicBool,
    ended: AtomicBool,
}

impl Place {
    pub(super) fn new(pool: Arc<Pool>, slot: usize) -> Self {
        let mailbox = Arc::default();
        pool.has_mailbox(slot, &mailbox);
        Self {
            pool,
            slot,
            mailbox,
            up: AtomicBool::new(false),
            left: AtomicBool::new(false),
            ended: AtomicBool::new(false),
        }
    }

    /// Notes that the bundle has been loaded.
    pub(super) fn is_up(&self) {
        self.up.store(true, Ordering::Release);
        self.pool.is_up(self.slot);
    }

    /// Notes that the bundle could not be loaded.
    pub(super) fn is_down(&self, error: RenderError, retry: Retry) {
        self.mailbox.inbox.close(NO_CALL, &error, &error);
        if !self.left.swap(true, Ordering::AcqRel) {
            self.pool.is_down(self.slot, error, retry);
        }
    }

    /// Whether the worker has left the slot.
    pub(super) fn is_left(&self) -> bool {
        self.left.load(Ordering::Relaxed)
    }

    /// Leaves the slot to a new worker.
    pub(super) fn leave(&self, reason: RetireReason) {
        if !self.left.swap(true, Ordering::AcqRel) {
            self.pool.replace(self.slot, reason);
        }
    }

    /// Counts the thread, which ends now, as ended.
    pub(super) fn end(&self) {
        if self.ended.swap(true, Ordering::AcqRel) {
            self.pool.thread_came_back();
        } else {
            self.pool.thread_ended();
        }
    }

    /// Leaves a thread that does not come back behind. `answer` answers its renders.
    pub(super) fn give_up(&self, verdict: Verdict, answer: impl FnOnce(RenderError)) {
        let reason = reason(verdict);
        tracing::error!(
            slot = self.slot,
            reason = reason.as_str(),
            "an isolate does not stop: it is given up, and keeps its thread and memory until the server ends"
        );
        let limits = &self.pool.options.limits;
        if self.up.load(Ordering::Acquire) {
            self.leave(reason);
            answer(boot::condemned(verdict, limits));
        } else {
            // Each further try would cost as much again.
            self.is_down(boot::condemned_while_loading(verdict, limits), Retry::Never);
        }
        if !self.ended.swap(true, Ordering::AcqRel) {
            self.pool.thread_given_up();
        }
    }
}

/// Whose fault it is that an isolate is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blame {
    /// A call's.
    Call(u32),
    /// Nobody knows: if there is one call it is that one's, else none of them is started again.
    Unknown,
}

impl Blame {
    pub(super) fn of(call: u32) -> Self {
        match call {
            NO_CALL => Blame::Unknown,
            call => Blame::Call(call),
        }
    }
}

pub(super) fn reason(verdict: Verdict) -> RetireReason {
    match verdict {
        Verdict::Heap => RetireReason::Heap,
        Verdict::Buffers => RetireReason::Buffers,
        Verdict::Cpu => RetireReason::Cpu,
    }
}

/// Ends the calls of an isolate that was stopped by `verdict`. The offender fails; others start again elsewhere where
/// they can.
pub(super) fn end_calls(pool: &Pool, calls: &RefCell<Calls>, verdict: Verdict, blame: Blame) {
    // Only what runs inside V8 can be given up, and nothing there is entered with the calls borrowed.
    let calls = match calls.try_borrow_mut() {
        Ok(mut calls) => calls.drain(),
        Err(_) => return tracing::error!("renders of a lost isolate cannot be answered"),
    };
    let alone = calls.len() == 1;
    for (call, active) in calls {
        let guilty = match blame {
            Blame::Call(offender) => call == offender,
            Blame::Unknown => alone,
        };
        if guilty {
            active.fail(boot::condemned(verdict, &pool.options.limits));
            continue;
        }
        match active.into_job() {
            Ok(job) if job.can_be_repeated() && blame != Blame::Unknown => pool.put_back(job),
            Ok(job) => {
                job.ticket.end();
                // Nobody may wait any more.
                let _ = job.reply.send(Err(worker_lost()));
            }
            Err(active) => active.fail(worker_lost()),
        }
    }
}

/// Tells the live sessions of an isolate that was stopped by `verdict`. They mount their components again elsewhere.
pub(super) fn end_sessions(pool: &Pool, mailbox: &Mailbox, verdict: Verdict, offender: u32) {
    let condemned = boot::condemned(verdict, &pool.options.limits);
    mailbox.inbox.close(offender, &condemned, &worker_lost());
}

pub(super) fn worker_lost() -> RenderError {
    RenderError::new(
        ErrorCode::WorkerLost,
        "the isolate was lost to another render, and this one could not be started again",
    )
}
