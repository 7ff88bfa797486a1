//! What becomes of the calls of a process that ended.
//!
//! A process that dies takes all its calls with it, so the one that killed it has to be found. The call whose
//! synchronous part ran is known. Where none did, because it happened in a timer or after an `await`, any call that was
//! in flight may be it: each of those that can be repeated is then started again alone in a process, where the guilty
//! one is found out. What can be repeated is a `GET` or `HEAD` of which nothing was sent yet.

use std::sync::atomic::Ordering;

use wellhead_render::{ErrorCode, RenderError, RetireReason};

use super::call::{Live, Phase};
use super::driver::Driver;
use super::output::Death;
use super::pool::Job;
use super::sessions;
use super::worker::{self, Sentence, Worker};
use crate::inbox::NO_CALL;

/// How often a call is started again after its worker was lost.
const MAX_LOSSES: u32 = 3;

impl Driver {
    /// A process has ended.
    pub(super) fn exited(&mut self, number: u64, death: Death) {
        if let Some(at) = self
            .leaving
            .iter()
            .position(|worker| worker.number == number)
        {
            let worker = self.leaving.swap_remove(at);
            return self.bury(&worker, death);
        }
        let Some(slot) = self.slot_of(number) else {
            return;
        };
        let Some(worker) = self.slots[slot].worker.take() else {
            return;
        };
        if !worker.ready {
            let error = worker.load_error.clone();
            self.failed(slot, error.unwrap_or_else(|| load_error(&worker, death)));
        } else if worker.sentence.is_some() {
            self.slots[slot].failures = 0;
        } else if worker.outbox.is_some() {
            let reason = reason(&worker, death);
            *self.retired.entry(reason).or_default() += 1;
            tracing::warn!("a Node process was lost: {}", worker::how(death));
            let useless = reason == RetireReason::Exit && worker.served == 0;
            let slot = &mut self.slots[slot];
            slot.failures = if useless { slot.failures + 1 } else { 0 };
        }
        if worker.ready {
            // Sessions that hear of the end are let in again.
            self.open_post(slot);
        }
        self.bury(&worker, death);
        self.restart(slot);
    }

    /// Fails the call or the live session that a process was lost to, and starts the other calls again.
    fn bury(&mut self, worker: &Worker, death: Death) {
        let guilty = self.guilty(worker).filter(|_| !worker.settled);
        let session = worker.post.inbox.running();
        let known = guilty.is_some() || worker.settled || session != NO_CALL;
        for id in &worker.calls {
            let Some(live) = self.calls.remove(id) else {
                continue;
            };
            self.shared.taken.fetch_sub(1, Ordering::Relaxed);
            let repeatable = can_start_again(&live);
            if guilty == Some(*id) {
                self.fail(live, verdict(worker, death, self.setup.options.limits));
            } else if repeatable {
                self.again(live, !known);
            } else {
                let message = format!(
                    "the worker was lost to another render: {}",
                    worker::how(death)
                );
                self.fail(live, RenderError::new(ErrorCode::WorkerLost, message));
            }
        }
        let its = verdict(worker, death, self.setup.options.limits);
        worker.post.inbox.close(session, &its, &sessions::lost());
    }

    /// Whether a call waits behind another that its process is stuck in, and can be started again when it has ended.
    pub(super) fn waits_for_another(&self, number: u64, id: u32) -> bool {
        let Some(worker) = self.workers().find(|worker| worker.number == number) else {
            return false;
        };
        let other = worker.settled
            || worker.post.inbox.running() != NO_CALL
            || self.guilty(worker).is_some_and(|guilty| guilty != id);
        other && self.calls.get(&id).is_some_and(can_start_again)
    }

    /// Puts a call back that a process was lost with.
    fn again(&mut self, live: Live, alone: bool) {
        let Some(mut job) = live.into_job() else {
            return;
        };
        job.losses += 1;
        job.alone |= alone;
        job.errors.clear();
        self.shared.taken.fetch_add(1, Ordering::Relaxed);
        self.queue.push_front(job);
    }

    /// The call that a process was lost to, where that can be told.
    fn guilty(&self, worker: &Worker) -> Option<u32> {
        if worker.current.is_some() {
            return worker.current;
        }
        let inbox = &worker.post.inbox;
        if inbox.running() != NO_CALL {
            return None;
        }
        // The ping came first, and was not reached.
        let innocent = |live: &Live| worker.pinged.is_some_and(|pinged| live.sent > pinged);
        let calls = worker
            .calls
            .iter()
            .filter_map(|id| Some((*id, self.calls.get(id)?)));
        let mut suspects = calls.filter(|(_, live)| !innocent(live));
        let (first, live) = suspects.next()?;
        // Calls are taken up in turn, and where others are in flight each is announced: if none awaits anything, it is
        // the first.
        let fresh = live.phase == Phase::Fresh;
        let all = suspects.all(|(_, other)| fresh && other.phase == Phase::Fresh);
        // Live sessions have timers and promises too. It is that call all the same if a process was lost with it alone before;
        // and where there are sessions each call is announced.
        let again = live.job.as_ref().is_some_and(|job| job.alone);
        let only = inbox.len() == 0 || (again && !fresh);
        (all && only).then_some(first)
    }
}

fn can_start_again(live: &Live) -> bool {
    let repeatable = |job: &Job| job.repeatable && job.losses < MAX_LOSSES;
    live.job.as_ref().is_some_and(repeatable)
}

fn reason(worker: &Worker, death: Death) -> RetireReason {
    match (worker.sentence, death) {
        (Some(sentence), _) => sentence.reason(),
        (None, Death::Buffers) => RetireReason::Buffers,
        (None, Death::Heap) => RetireReason::Heap,
        (None, Death::Exit(_) | Death::Signal(_)) => RetireReason::Exit,
    }
}

/// The error of the call that a process was lost to.
fn verdict(worker: &Worker, death: Death, limits: crate::Limits) -> RenderError {
    if worker.sentence == Some(Sentence::Unresponsive) {
        return too_late(limits);
    }
    let (code, message) = match reason(worker, death) {
        RetireReason::Heap => (
            ErrorCode::HeapLimit,
            format!(
                "the render needs more than {} MiB of heap",
                limits.heap_bytes >> 20
            ),
        ),
        RetireReason::Buffers => (
            ErrorCode::BufferLimit,
            format!(
                "the render needs more than {} MiB of array buffers",
                limits.buffer_bytes >> 20
            ),
        ),
        RetireReason::Cpu => (
            ErrorCode::CpuLimit,
            format!("the render ran for {:?} in one go", limits.cpu),
        ),
        _ => (
            ErrorCode::WorkerLost,
            format!(
                "the Node process ended during this render: {}",
                worker::how(death)
            ),
        ),
    };
    RenderError::new(code, message)
}

/// The error of a call that took too long.
pub(super) fn too_late(limits: crate::Limits) -> RenderError {
    let message = format!("the render took longer than {:?}", limits.wall);
    RenderError::new(ErrorCode::WallLimit, message)
}

fn load_error(worker: &Worker, death: Death) -> RenderError {
    let message = match worker.sentence {
        Some(_) => format!("the bundle did not load in {:?}", worker.started.elapsed()),
        None => format!(
            "the Node process ended while it loaded the bundle: {}",
            worker::how(death)
        ),
    };
    RenderError::new(ErrorCode::ModuleFailed, message)
}
