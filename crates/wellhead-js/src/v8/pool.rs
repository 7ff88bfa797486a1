//! The pool: one queue, and a thread with an isolate for each slot.
//!
//! All workers take from one queue rather than each having its own, so a request waits only while every isolate
//! computes, and nothing that waits is lost with an isolate. Of the workers that sleep, the first is woken: under little
//! load the same few isolates stay warm.

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::sync::{oneshot, watch};
use wellhead_render::live::{LiveChannel, LiveHost, NewsSink};
use wellhead_render::{
    ErrorCode, PoolStats, RenderError, RenderFuture, RenderRequest, Renderer, RetireReason,
};

use super::bundle::Modules;
use super::code_cache::CodeCache;
use super::ticket::{Job, Mailbox, Reader, Ticket};
use super::{live, platform, worker};
use crate::inbox;
use crate::inspect::{ENDLESS, EngineTargets};
use crate::reloads::Reloads;
use crate::{EngineOptions, JsError, ServerBundle};

/// After a start that failed, the next is not tried before.
const RESTART_PAUSE: Duration = Duration::from_secs(1);

/// What the workers share.
pub(super) struct Pool {
    pub(super) modules: Arc<Modules>,
    pub(super) options: EngineOptions,
    /// What `process.env` holds.
    pub(super) env: Arc<BTreeMap<String, String>>,
    /// Where debuggers find the isolates.
    pub(super) targets: Option<EngineTargets>,
    queue: Mutex<Queue>,
    pub(super) figures: Vec<Arc<Figures>>,
    retired: [AtomicU64; REASONS.len()],
    given_up: AtomicU32,
    /// How many live sessions there have been.
    sessions: AtomicU32,
    changes: watch::Sender<u64>,
    reloads: Mutex<Reloads>,
}

/// Figures of a slot's worker, written by it.
#[derive(Default)]
pub(super) struct Figures {
    pub(super) rendered: AtomicU64,
    pub(super) in_flight: AtomicU32,
    pub(super) heap: AtomicU64,
    pub(super) buffers: AtomicU64,
}

const REASONS: [RetireReason; 5] = [
    RetireReason::Heap,
    RetireReason::Buffers,
    RetireReason::Cpu,
    RetireReason::Leak,
    RetireReason::Exit,
];

struct Queue {
    jobs: VecDeque<Job>,
    slots: Vec<Slot>,
    /// Threads that have not ended, those of retired isolates included.
    threads: usize,
    closing: bool,
}

struct Slot {
    state: State,
    /// Where live sessions come to its worker.
    mailbox: Arc<Mailbox>,
    /// The worker's, while it sleeps.
    sleeping: Option<Arc<Mailbox>>,
}

enum State {
    Starting,
    Up,
    Down {
        error: RenderError,
        /// When the start may be tried again.
        retry_at: Option<Instant>,
    },
}

/// Whether a start that failed is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Retry {
    /// With the next request after [`RESTART_PAUSE`].
    Soon,
    Never,
}

impl Pool {
    /// Starts a pool. Its workers load the bundle on their own threads.
    pub(super) fn start(
        bundle: ServerBundle,
        mut options: EngineOptions,
    ) -> Result<Arc<dyn Renderer>, JsError> {
        platform::init();
        let cache = options.code_cache.as_deref().and_then(CodeCache::open);
        let entry = bundle.entry.clone();
        let modules = Modules::new(bundle, cache).map_err(JsError::engine)?;
        let targets = options.inspect.as_ref().map(|inspector| {
            options.limits.wall = ENDLESS;
            inspector.engine(modules.folder.root().to_path_buf(), entry)
        });
        let workers = options.workers.max(1);
        let slots = (0..workers).map(|_| Slot {
            state: State::Starting,
            mailbox: Arc::default(),
            sleeping: None,
        });
        let pool = Arc::new(Self {
            modules,
            targets,
            queue: Mutex::new(Queue {
                jobs: VecDeque::new(),
                slots: slots.collect(),
                threads: workers,
                closing: false,
            }),
            figures: (0..workers).map(|_| Arc::default()).collect(),
            retired: Default::default(),
            given_up: AtomicU32::new(0),
            sessions: AtomicU32::new(0),
            changes: watch::Sender::new(0),
            reloads: Mutex::default(),
            env: Arc::new(options.env.clone()),
            options,
        });
        for slot in 0..workers {
            worker::spawn(Arc::clone(&pool), slot).map_err(JsError::engine)?;
        }
        Ok(Arc::new(Handle(pool)))
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn submit(self: &Arc<Self>, job: Job) {
        let mut queue = self.lock();
        let restart = queue.slots_to_restart();
        let refused = if queue.closing {
            Some(RenderError::new(
                ErrorCode::Closing,
                "the server is shutting down",
            ))
        } else if queue.jobs.len() >= self.options.queue {
            let message = format!("{} requests wait already", queue.jobs.len());
            Some(RenderError::new(ErrorCode::Overloaded, message))
        } else {
            queue.error_if_down()
        };
        queue.threads += restart.len();
        match refused {
            // Nobody may wait for the answer any more.
            Some(error) => drop(job.reply.send(Err(error))),
            None => queue.jobs.push_back(job),
        }
        let wakes = queue.first_sleeping();
        drop(queue);
        if let Some(mailbox) = wakes {
            mailbox.waker.wake();
        }
        for slot in restart {
            self.spawn_or_fail(slot);
        }
    }

    /// Lets a live session in where there are the fewest.
    fn open_session(self: &Arc<Self>, news: NewsSink) -> Result<live::Channel, RenderError> {
        let mut queue = self.lock();
        if queue.closing {
            let message = "the server is shutting down";
            return Err(RenderError::new(ErrorCode::Closing, message));
        }
        let restart = queue.slots_to_restart();
        queue.threads += restart.len();
        let refused = queue.error_if_down();
        let mailboxes: Vec<_> = queue
            .slots
            .iter()
            .filter(|slot| !matches!(slot.state, State::Down { .. }))
            .map(|slot| Arc::clone(&slot.mailbox))
            .collect();
        drop(queue);
        for slot in restart {
            self.spawn_or_fail(slot);
        }
        if let Some(error) = refused {
            return Err(error);
        }
        let session = inbox::session_number(self.sessions.fetch_add(1, Ordering::Relaxed));
        inbox::admit(mailboxes, |mailbox| &mailbox.inbox, session, news)
            .map(|mailbox| live::Channel { mailbox, session })
            .ok_or_else(super::lost::worker_lost)
    }

    /// Notes where live sessions come to the worker that a slot gets.
    pub(super) fn has_mailbox(&self, slot: usize, mailbox: &Arc<Mailbox>) {
        self.lock().slots[slot].mailbox = Arc::clone(mailbox);
    }

    /// Puts a job back that an isolate was lost with. It was let in once, so it is let in again.
    pub(super) fn put_back(&self, job: Job) {
        let mut queue = self.lock();
        queue.jobs.push_front(job);
        let wakes = queue.first_sleeping();
        drop(queue);
        if let Some(mailbox) = wakes {
            mailbox.waker.wake();
        }
    }

    /// The next job for a worker, which does not sleep.
    pub(super) fn next(&self, slot: usize) -> Option<Job> {
        let mut queue = self.lock();
        queue.slots[slot].sleeping = None;
        queue.jobs.pop_front()
    }

    /// Notes that a worker is about to sleep; `false` if there is something for it to do first.
    pub(super) fn sleep(&self, slot: usize, mailbox: &Arc<Mailbox>) -> bool {
        let mut queue = self.lock();
        let idle = queue.jobs.is_empty();
        queue.slots[slot].sleeping = idle.then(|| Arc::clone(mailbox));
        idle
    }

    /// Whether workers end when they have nothing left to do.
    pub(super) fn is_closing(&self) -> bool {
        self.lock().closing
    }

    /// Notes that the worker of a slot has loaded the bundle.
    pub(super) fn is_up(&self, slot: usize) {
        self.lock().slots[slot].state = State::Up;
        self.changed();
    }

    /// Notes that the worker of a slot could not load the bundle. Where no other can either, what waits fails.
    pub(super) fn is_down(&self, slot: usize, error: RenderError, retry: Retry) {
        let mut queue = self.lock();
        queue.slots[slot].state = State::Down {
            error: error.clone(),
            retry_at: (retry == Retry::Soon).then(|| Instant::now() + RESTART_PAUSE),
        };
        let waiting = match queue.error_if_down() {
            Some(_) => std::mem::take(&mut queue.jobs),
            None => VecDeque::new(),
        };
        drop(queue);
        for job in waiting {
            let _ = job.reply.send(Err(error.clone()));
        }
        self.changed();
    }

    /// Puts a new worker in a slot, whose own is given up for a reason.
    pub(super) fn replace(self: &Arc<Self>, slot: usize, reason: RetireReason) {
        tracing::warn!(slot, reason = reason.as_str(), "an isolate is replaced");
        if let Some(index) = REASONS.iter().position(|known| *known == reason) {
            self.retired[index].fetch_add(1, Ordering::Relaxed);
        }
        let mut queue = self.lock();
        queue.slots[slot].state = State::Starting;
        queue.slots[slot].sleeping = None;
        queue.threads += 1;
        drop(queue);
        self.spawn_or_fail(slot);
    }

    fn spawn_or_fail(self: &Arc<Self>, slot: usize) {
        if let Err(error) = worker::spawn(Arc::clone(self), slot) {
            let error = RenderError::new(ErrorCode::ModuleFailed, error);
            self.is_down(slot, error, Retry::Soon);
            self.thread_ended();
        }
    }

    /// Notes that a thread has ended.
    pub(super) fn thread_ended(&self) {
        self.lock().threads -= 1;
        self.changed();
    }

    /// Notes that a thread does not end, so nobody waits for it any more.
    pub(super) fn thread_given_up(&self) {
        self.given_up.fetch_add(1, Ordering::Relaxed);
        self.thread_ended();
    }

    /// Notes that a thread has ended after all.
    pub(super) fn thread_came_back(&self) {
        self.given_up.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether an isolate may be replaced to try its failed modules again, which it then is.
    pub(super) fn may_reload(&self) -> bool {
        let mut reloads = self.reloads.lock().unwrap_or_else(PoisonError::into_inner);
        reloads.may(Instant::now())
    }

    fn changed(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }

    fn close(&self) {
        let mut queue = self.lock();
        queue.closing = true;
        let sleeping: Vec<_> = queue
            .slots
            .iter_mut()
            .filter_map(|slot| slot.sleeping.take())
            .collect();
        drop(queue);
        for mailbox in sleeping {
            mailbox.waker.wake();
        }
    }

    /// Whether all workers have loaded the bundle; `None` while one still loads it.
    fn readiness(&self) -> Option<Result<(), RenderError>> {
        let queue = self.lock();
        let mut all_up = true;
        for slot in &queue.slots {
            match &slot.state {
                State::Down { error, .. } => return Some(Err(error.clone())),
                State::Starting => all_up = false,
                State::Up => {}
            }
        }
        all_up.then_some(Ok(()))
    }
}

impl Queue {
    fn first_sleeping(&mut self) -> Option<Arc<Mailbox>> {
        self.slots.iter_mut().find_map(|slot| slot.sleeping.take())
    }

    /// Why nothing can be rendered, when no worker is up or starts.
    fn error_if_down(&self) -> Option<RenderError> {
        let mut error = None;
        for slot in &self.slots {
            match &slot.state {
                State::Down { error: why, .. } => error = Some(why),
                _ => return None,
            }
        }
        error.cloned()
    }

    /// The slots whose start failed a while ago, which are now starting again.
    fn slots_to_restart(&mut self) -> Vec<usize> {
        let mut restart = Vec::new();
        if self.closing {
            return restart;
        }
        for (index, slot) in self.slots.iter_mut().enumerate() {
            if let State::Down { retry_at, .. } = &slot.state
                && retry_at.is_some_and(|at| at <= Instant::now())
            {
                slot.state = State::Starting;
                restart.push(index);
            }
        }
        restart
    }
}

/// The renderer and the host of live components; closes the pool when dropped.
struct Handle(Arc<Pool>);

/// The host of live components. Sessions do not keep a pool from closing.
struct Host(Arc<Pool>);

impl LiveHost for Host {
    fn open(&self, news: NewsSink) -> Result<Box<dyn LiveChannel>, RenderError> {
        Ok(Box::new(self.0.open_session(news)?))
    }
}

impl Renderer for Handle {
    fn render(&self, request: RenderRequest) -> RenderFuture {
        let (reply, answer) = oneshot::channel();
        let ticket = Arc::new(Ticket::default());
        let reader = Reader::new(Arc::clone(&ticket));
        self.0.submit(Job::new(request, reply, Arc::clone(&ticket)));
        Box::pin(async move {
            let mut answer = answer;
            let answer = std::future::poll_fn(|cx| match Pin::new(&mut answer).poll(cx) {
                Poll::Pending => ticket.poll_abandoned(cx).map(|error| Ok(Err(error))),
                answer => answer,
            });
            let answer = answer.await;
            reader.disarm();
            answer.unwrap_or_else(|_| {
                Err(RenderError::new(
                    ErrorCode::WorkerLost,
                    "the worker's thread ended by itself; this is a defect of the engine",
                ))
            })
        })
    }

    fn live_host(&self) -> Option<Arc<dyn LiveHost>> {
        Some(Arc::new(Host(Arc::clone(&self.0))))
    }

    fn stats(&self) -> PoolStats {
        let Self(pool) = self;
        let queue = pool.lock();
        let up = queue
            .slots
            .iter()
            .filter(|slot| matches!(slot.state, State::Up))
            .count();
        let queued = queue.jobs.len();
        drop(queue);
        let sum = |figure: fn(&Figures) -> &AtomicU64| -> u64 {
            pool.figures
                .iter()
                .map(|figures| figure(figures).load(Ordering::Relaxed))
                .sum()
        };
        let in_flight = pool
            .figures
            .iter()
            .map(|figures| figures.in_flight.load(Ordering::Relaxed));
        let mut stats = PoolStats::default();
        stats.workers = u32::try_from(up).unwrap_or(u32::MAX);
        stats.busy = u32::try_from(in_flight.clone().filter(|number| *number > 0).count())
            .unwrap_or(u32::MAX);
        stats.in_flight = in_flight.sum();
        stats.queued = u32::try_from(queued).unwrap_or(u32::MAX);
        stats.rendered = sum(|figures| &figures.rendered);
        stats.retired = REASONS
            .iter()
            .zip(&pool.retired)
            .map(|(reason, number)| (*reason, number.load(Ordering::Relaxed)))
            .filter(|(_, number)| *number > 0)
            .collect();
        stats.given_up = pool.given_up.load(Ordering::Relaxed);
        stats.heap_bytes = sum(|figures| &figures.heap);
        stats.buffer_bytes = sum(|figures| &figures.buffers);
        stats
    }

    fn ready(&self) -> std::pin::Pin<Box<dyn Future<Output = Result<(), RenderError>> + Send>> {
        let pool = Arc::clone(&self.0);
        Box::pin(async move {
            let mut changes = pool.changes.subscribe();
            loop {
                changes.mark_unchanged();
                if let Some(readiness) = pool.readiness() {
                    return readiness;
                }
                // The sender lives in the pool, which is held here.
                let _ = changes.changed().await;
            }
        })
    }

    fn close(&self) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        let pool = Arc::clone(&self.0);
        Box::pin(async move {
            let mut changes = pool.changes.subscribe();
            pool.close();
            loop {
                changes.mark_unchanged();
                if pool.lock().threads == 0 {
                    return;
                }
                let _ = changes.changed().await;
            }
        })
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.close();
    }
}
