//! Processes that come and go: when one is started, and when one is ended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wellhead_render::{ErrorCode, RenderError};

use super::call::Live;
use super::death;
use super::driver::{Driver, Event};
use super::frame::{ToNode, Why};
use super::process;
use super::worker::{Sentence, Worker};
use crate::inspect::Attachment;

/// Processor time and time that loading the bundle may take at least, whatever the limits of a render are.
const LOAD_PATIENCE: Duration = Duration::from_secs(30);

/// How long a process may be without any sign of life beyond the time of a render.
const SILENCE: Duration = Duration::from_secs(2);

/// A process that is silent for half the time of a render has come to a stop, but not before.
const STOPPED: Duration = Duration::from_secs(1);

/// The pause before a slot's next process after the first that was of no use; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Memory that a process needs beside heap and buffers, for code and for Node itself.
const MEMORY_ROOM: usize = 64 << 20;

impl Driver {
    /// Starts the process of a slot.
    pub(super) fn start_worker(&mut self, slot: usize) {
        if self.closing && self.calls.is_empty() && self.queue.is_empty() {
            return;
        }
        self.started += 1;
        let post = Arc::clone(&self.slots[slot].post);
        match Worker::start(self.started, &self.setup, &self.frames, post) {
            Ok(worker) => self.slots[slot].worker = Some(worker),
            Err(error) => {
                let message = format!("a Node process does not start: {error}");
                self.failed(slot, RenderError::new(ErrorCode::ModuleFailed, message));
                self.restart(slot);
            }
        }
    }

    /// A process has told where debuggers attach to it.
    pub(super) fn inspected(&mut self, number: u64, address: String) {
        let Some(slot) = self.slot_of(number) else {
            return;
        };
        let Some(worker) = &mut self.slots[slot].worker else {
            return;
        };
        if let (Some(targets), false) = (&self.setup.targets, address.is_empty()) {
            let title = format!("wellhead: Node process {slot} (pid {})", worker.pid);
            let connect = move || Some(Attachment::Address(address.clone()));
            worker.debugger = Some(targets.add(slot, title, Box::new(connect)));
        }
    }

    /// A process has loaded the bundle.
    pub(super) fn worker_ready(&mut self, number: u64) {
        let limits = &self.setup.options.limits;
        let memory = limits.heap_bytes + limits.buffer_bytes + MEMORY_ROOM;
        let Some(slot) = self.slot_of(number) else {
            return;
        };
        self.slots[slot].error = None;
        if let Some(worker) = &mut self.slots[slot].worker {
            worker.ready = true;
            worker.stale = true;
            process::limit_memory(worker.pid, memory);
            worker.deliver();
        }
        self.show_posts();
        let up = |worker: &Worker| worker.is_up();
        if self
            .slots
            .iter()
            .all(|slot| slot.worker.as_ref().is_some_and(up))
        {
            self.shared.ready.send_replace(Some(Ok(())));
        }
    }

    /// Looks at what a process says of itself.
    pub(super) fn judge(&mut self, number: u64) {
        let limits = self.setup.options.limits;
        let Some(worker) = self.worker(number) else {
            return;
        };
        if worker.pong.timers as usize > limits.timers.saturating_mul(worker.calls.len() + 1) {
            self.replace(number, Sentence::Leak);
        } else if worker.pong.buffers > limits.buffer_bytes as u64 {
            self.replace(number, Sentence::Buffers);
        }
    }

    /// A process has a module that failed, which only another process evaluates again.
    pub(super) fn spoiled(&mut self, number: u64) {
        let up = self.worker(number).is_some_and(|worker| worker.is_up());
        if up && self.reloads.may(Instant::now()) {
            self.replace(number, Sentence::Leak);
        }
    }

    /// Gives a process no more calls, starts another one in its place, and ends it when its calls have ended.
    pub(super) fn replace(&mut self, number: u64, sentence: Sentence) {
        let Some(slot) = self.slot_of(number) else {
            return;
        };
        if !self.condemn(number, sentence) {
            return;
        }
        if let Some(mut worker) = self.slots[slot].worker.take() {
            self.open_post(slot);
            worker.send_sessions_away();
            worker.end_if_left();
            self.leaving.push(worker);
            self.start_worker(slot);
        }
    }

    /// Ends a process, which leaves its calls to be dealt with.
    pub(super) fn kill(&mut self, number: u64, sentence: Sentence) {
        self.condemn(number, sentence);
        if let Some(worker) = self.worker(number) {
            worker.kill(sentence);
        }
    }

    /// Notes why a process is ended. Gives whether that is new.
    fn condemn(&mut self, number: u64, sentence: Sentence) -> bool {
        let Some(worker) = self.worker(number) else {
            return false;
        };
        if worker.sentence.is_some() {
            return false;
        }
        worker.sentence = Some(sentence);
        if worker.ready {
            let reason = sentence.reason();
            *self.retired.entry(reason).or_default() += 1;
            tracing::warn!(reason = reason.as_str(), "a Node process is replaced");
        }
        true
    }

    /// Looks at all processes and calls: who runs for too long?
    pub(super) fn look(&mut self, now: Instant) {
        let limits = self.setup.options.limits;
        let mut kills = Vec::new();
        for worker in self.workers_mut() {
            let sentence = match worker.ready {
                // Nothing is expected of one that has nothing to do.
                true if worker.is_idle() && worker.pinged.is_none() => None,
                true => worker.look(now, limits.cpu, limits.wall + SILENCE),
                false => worker.look(
                    now,
                    limits.cpu.max(LOAD_PATIENCE),
                    limits.wall.max(LOAD_PATIENCE),
                ),
            };
            match sentence {
                Some(sentence) => kills.push((worker.number, sentence)),
                None if worker.ready => worker.ping(now),
                None => {}
            }
        }
        for (number, sentence) in kills {
            self.kill(number, sentence);
        }
        let late = |live: &Live| live.ran(now) >= limits.wall;
        let late: Vec<u32> = self
            .calls
            .iter()
            .filter(|(_, live)| late(live))
            .map(|(id, _)| *id)
            .collect();
        for id in late {
            self.too_late(id, now);
        }
    }

    fn too_late(&mut self, id: u32, now: Instant) {
        let limits = self.setup.options.limits;
        let Some(number) = self.calls.get(&id).map(|live| live.worker) else {
            return;
        };
        // Where the process does not even answer, it will not stop either. It may have come to a stop after this call was
        // taken up, which then waits for another.
        let silence = (limits.wall / 2).max(STOPPED).min(limits.wall);
        let is_stuck = |worker: &Worker| now - worker.moved_at >= silence;
        if self.worker(number).is_some_and(|worker| is_stuck(worker)) {
            if self.waits_for_another(number, id) {
                return self.kill(number, Sentence::Unresponsive);
            }
            if let Some(worker) = self.worker(number) {
                worker.settled = true;
            }
            self.kill(number, Sentence::Unresponsive);
        }
        let Some(live) = self.remove(id) else { return };
        if let Some(worker) = self.worker(number) {
            worker.send(id, ToNode::Cancel(Why::Time));
        }
        self.fail(live, death::too_late(limits));
    }

    pub(super) fn slot_of(&self, number: u64) -> Option<usize> {
        let is = |worker: &Worker| worker.number == number;
        self.slots
            .iter()
            .position(|slot| slot.worker.as_ref().is_some_and(is))
    }

    /// The bundle did not load: what waits for it is told if it loads nowhere.
    pub(super) fn failed(&mut self, slot: usize, error: RenderError) {
        tracing::error!("{error}");
        self.slots[slot].failures += 1;
        self.slots[slot].error = Some(error.clone());
        let post = Arc::clone(&self.slots[slot].post);
        self.open_post(slot);
        post.close(&error);
        self.shared.ready.send_replace(Some(Err(error)));
        if let Some(error) = self.down() {
            for job in std::mem::take(&mut self.queue) {
                self.answer(job, error.clone());
            }
        }
    }

    /// Starts a slot's next process, after a pause if the last ones were of no use.
    pub(super) fn restart(&mut self, slot: usize) {
        let pause = match self.slots[slot].failures {
            0 => return self.start_worker(slot),
            failures => FIRST_PAUSE * 2_u32.saturating_pow((failures - 1).min(16)),
        };
        let frames = self.frames.clone();
        tokio::spawn(async move {
            tokio::time::sleep(pause.min(LONGEST_PAUSE)).await;
            let _ = frames.send(Event::Restart(slot)).await;
        });
    }
}
