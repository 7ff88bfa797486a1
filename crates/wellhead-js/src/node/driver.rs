//! The pool's one thread: it has all the processes, gives them calls and takes what comes back.
//!
//! Everything that happens is an [`Event`], handled to its end before the next, so there is nothing to lock.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};
use wellhead_render::{ErrorCode, Mounted, RenderError, RetireReason};

use super::call::{Live, Outgoing, Phase};
use super::frame::{FromNode, Malformed, ToNode, Why};
use super::mounts::Wanted;
use super::output::Death;
use super::pool::{Job, Setup, Shared, closing};
use super::sessions::Post;
use super::worker::{Sentence, Worker};
use crate::JsError;
use crate::reloads::Reloads;

/// How many calls a process is given that it has not taken up: one to work on, one to go on with.
const AHEAD: usize = 2;

/// How often idle processes are asked for their figures.
const IDLE_LOOK: Duration = Duration::from_secs(5);

/// Frames that wait for the driver; more wait in the processes.
const FRAMES: usize = 256;

/// Everything that happens.
pub(super) enum Event {
    /// A request came.
    Submit(Box<Job>),
    /// Nobody waits for a call any more.
    Cancel(u32),
    /// A reader took a chunk.
    Taken(u32),
    /// The pool is to end once nothing is in flight.
    Close(oneshot::Sender<()>),
    /// Something waits for the process of live sessions.
    Mail(Arc<Post>),
    /// A live component that a call wants is mounted, or not.
    Mounted(Wanted, Mounted),
    /// A process sent a frame, with the id of its call.
    Frame(u64, u32, FromNode),
    /// A process sent what is no frame.
    Malformed(u64, Malformed),
    /// A process has ended.
    Exited(u64, Death),
    /// The pause before a slot's next process is over.
    Restart(usize),
}

/// A place for a process.
pub(super) struct Slot {
    pub(super) worker: Option<Worker>,
    /// How many processes in a row ended before they were of use.
    pub(super) failures: u32,
    /// Why the bundle did not load when it was last tried.
    pub(super) error: Option<RenderError>,
    /// Where live sessions are let in for its process, or for the next while there is none.
    pub(super) post: Arc<Post>,
}

pub(super) struct Driver {
    pub(super) setup: Setup,
    pub(super) shared: Arc<Shared>,
    pub(super) frames: mpsc::Sender<Event>,
    pub(super) events: mpsc::WeakUnboundedSender<Event>,
    pub(super) slots: Vec<Slot>,
    /// Processes that were replaced and still have calls.
    pub(super) leaving: Vec<Worker>,
    pub(super) calls: HashMap<u32, Live>,
    pub(super) queue: VecDeque<Job>,
    pub(super) closing: bool,
    closers: Vec<oneshot::Sender<()>>,
    /// How many processes were started.
    pub(super) started: u64,
    pub(super) retired: HashMap<RetireReason, u64>,
    pub(super) rendered: u64,
    pub(super) reloads: Reloads,
    /// What goes out after the figures were made public.
    pub(super) outgoing: Vec<Outgoing>,
}

/// Starts the driver's thread. It ends with the last of the returned senders.
pub(super) fn spawn(
    setup: Setup,
    shared: Arc<Shared>,
) -> Result<mpsc::UnboundedSender<Event>, JsError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            JsError::engine(format!("the system cannot make an event loop: {error}"))
        })?;
    let (sender, events) = mpsc::unbounded_channel();
    let weak = sender.downgrade();
    let workers = setup.options.workers.max(1);
    let posts: Vec<_> = (0..workers).map(|_| Post::new(weak.clone())).collect();
    shared.reception.set(posts.clone(), None);
    std::thread::Builder::new()
        .name("wellhead-node".into())
        .spawn(move || runtime.block_on(run(setup, shared, posts, weak, events)))
        .map_err(|error| JsError::engine(format!("the system cannot start a thread: {error}")))?;
    Ok(sender)
}

async fn run(
    setup: Setup,
    shared: Arc<Shared>,
    posts: Vec<Arc<Post>>,
    weak: mpsc::WeakUnboundedSender<Event>,
    mut events: mpsc::UnboundedReceiver<Event>,
) {
    let (frames, mut framed) = mpsc::channel(FRAMES);
    let slots = posts.into_iter().map(|post| Slot {
        worker: None,
        failures: 0,
        error: None,
        post,
    });
    let mut driver = Driver {
        slots: slots.collect(),
        setup,
        shared,
        frames,
        events: weak,
        leaving: Vec::new(),
        calls: HashMap::new(),
        queue: VecDeque::new(),
        closing: false,
        closers: Vec::new(),
        started: 0,
        retired: HashMap::new(),
        rendered: 0,
        reloads: Reloads::default(),
        outgoing: Vec::new(),
    };
    for slot in 0..driver.slots.len() {
        driver.start_worker(slot);
    }
    let mut look = Instant::now();
    let mut is_used = true;
    while !driver.is_closed() {
        let pause = driver.look_pause();
        tokio::select! {
            event = events.recv(), if is_used => match event {
                Some(event) => driver.handle(event),
                // What live sessions have is saved before the processes end.
                None => is_used = false,
            },
            Some(event) = framed.recv() => driver.handle(event),
            () = tokio::time::sleep_until((look + pause).into()) => {
                look = Instant::now();
                driver.look(look);
            }
        }
        driver.dispatch();
        driver.publish();
        driver.outgoing.drain(..).for_each(Outgoing::send);
    }
    drop(driver.closers);
    // Those that came too late are told so, until nobody can come any more.
    while let Some(event) = events.recv().await {
        if let Event::Submit(job) = event {
            let _ = job.reply.send(Err(closing()));
        }
    }
}

impl Driver {
    fn handle(&mut self, event: Event) {
        match event {
            Event::Submit(job) => self.submit(*job),
            Event::Cancel(id) => self.cancel(id, Why::Gone),
            Event::Taken(id) => self.taken(id),
            Event::Close(done) => {
                self.closing = true;
                self.closers.push(done);
                self.send_all_sessions_away();
            }
            Event::Mail(post) => self.mail(&post),
            Event::Mounted(wanted, mounted) => self.mounted(wanted, mounted),
            Event::Frame(worker, id, frame) => self.frame(worker, id, frame),
            Event::Malformed(worker, malformed) => {
                tracing::error!("{malformed}");
                self.kill(worker, Sentence::Malformed);
            }
            Event::Exited(worker, death) => self.exited(worker, death),
            Event::Restart(slot) => self.start_worker(slot),
        }
        if self.closing && self.calls.is_empty() && self.queue.is_empty() {
            let idle = |worker: &&mut Worker| worker.is_idle();
            self.workers_mut().filter(idle).for_each(Worker::end);
        }
    }

    fn is_closed(&self) -> bool {
        self.closing && self.workers().next().is_none() && self.queue.is_empty()
    }

    fn submit(&mut self, job: Job) {
        let refused = if self.closing {
            Some(closing())
        } else if let Some(error) = self.down() {
            Some(error)
        } else if self.queue.len() >= self.setup.options.queue && !self.has_room() {
            let message = format!("{} requests wait already", self.queue.len());
            Some(RenderError::new(ErrorCode::Overloaded, message))
        } else {
            None
        };
        match refused {
            Some(error) => self.answer(job, error),
            None => self.queue.push_back(job),
        }
    }

    /// Ends a job that no worker has.
    pub(super) fn answer(&mut self, job: Job, error: RenderError) {
        self.shared.taken.fetch_sub(1, Ordering::Relaxed);
        self.outgoing.push(Outgoing::Error(job.reply, error));
    }

    /// Ends a call that is out of the books.
    pub(super) fn fail(&mut self, live: Live, error: RenderError) {
        self.outgoing.push(live.fail(error));
    }

    /// Why nothing can be rendered, if the bundle loads in no worker.
    pub(super) fn down(&self) -> Option<RenderError> {
        let mut errors = self.slots.iter().map(|slot| {
            let up = slot.worker.as_ref().is_some_and(Worker::is_up);
            slot.error.clone().filter(|_| !up)
        });
        let first = errors.next().flatten()?;
        errors.all(|error| error.is_some()).then_some(first)
    }

    fn has_room(&self) -> bool {
        self.workers().any(|worker| self.takes(worker))
    }

    fn takes(&self, worker: &Worker) -> bool {
        worker.is_up()
            && !worker.alone
            && worker.fresh < AHEAD
            && worker.calls.len() < self.setup.options.in_flight.max(1)
    }

    /// Gives what waits to those that take it, the least busy first.
    fn dispatch(&mut self) {
        while let Some(job) = self.queue.front() {
            let best = (0..self.slots.len())
                .filter_map(|slot| Some((self.slots[slot].worker.as_ref()?, slot)))
                .filter(|(worker, _)| self.takes(worker) && (!job.alone || worker.calls.is_empty()))
                .min_by_key(|(worker, _)| (worker.fresh, worker.calls.len()));
            let Some((_, slot)) = best else { return };
            let (Some(worker), Some(job)) =
                (self.slots[slot].worker.as_mut(), self.queue.pop_front())
            else {
                return;
            };
            let Some(outbox) = worker.outbox.clone() else {
                return;
            };
            if worker.is_idle() && worker.pinged.is_none() {
                // What it used before is not this call's.
                worker.moved = true;
            }
            let id = job.id;
            worker.calls.push_back(id);
            worker.fresh += 1;
            worker.alone = job.alone;
            worker.send(id, ToNode::Call(job.call.clone()));
            let live = Live::new(job, worker.number, &outbox, Instant::now());
            self.calls.insert(id, live);
        }
    }

    /// Ends a call that nobody waits for, wherever it is.
    fn cancel(&mut self, id: u32, why: Why) {
        if let Some(at) = self.queue.iter().position(|job| job.id == id) {
            self.queue.remove(at);
            self.shared.taken.fetch_sub(1, Ordering::Relaxed);
        } else if let Some(live) = self.remove(id)
            && let Some(worker) = self.worker(live.worker)
        {
            worker.send(id, ToNode::Cancel(why));
        }
    }

    fn taken(&mut self, id: u32) {
        let Some(live) = self.calls.get_mut(&id) else {
            return;
        };
        let number = live.worker;
        if let Some(more) = live.taken(Instant::now())
            && let Some(worker) = self.worker(number)
        {
            worker.send(id, ToNode::Pull(more));
        }
    }

    /// All processes.
    pub(super) fn workers(&self) -> impl Iterator<Item = &Worker> {
        let placed = self.slots.iter().filter_map(|slot| slot.worker.as_ref());
        placed.chain(&self.leaving)
    }

    /// All processes.
    pub(super) fn workers_mut(&mut self) -> impl Iterator<Item = &mut Worker> {
        let placed = self
            .slots
            .iter_mut()
            .filter_map(|slot| slot.worker.as_mut());
        placed.chain(&mut self.leaving)
    }

    /// The process with this number, if it is still there.
    pub(super) fn worker(&mut self, number: u64) -> Option<&mut Worker> {
        self.workers_mut().find(|worker| worker.number == number)
    }

    /// Takes a call out of the books.
    pub(super) fn remove(&mut self, id: u32) -> Option<Live> {
        let live = self.calls.remove(&id)?;
        self.shared.taken.fetch_sub(1, Ordering::Relaxed);
        if let Some(worker) = self.worker(live.worker) {
            worker.forget(id);
            if live.phase == Phase::Fresh {
                worker.fresh -= 1;
            }
        }
        Some(live)
    }

    /// How long until the processes are looked at again.
    fn look_pause(&self) -> Duration {
        let limits = &self.setup.options.limits;
        let busy = |worker: &Worker| {
            !worker.ready || !worker.is_idle() || worker.stale || worker.pinged.is_some()
        };
        if self.workers().any(busy) {
            let quarter = limits.cpu.min(limits.wall) / 4;
            quarter.clamp(Duration::from_millis(5), Duration::from_millis(100))
        } else {
            IDLE_LOOK
        }
    }

    /// Makes the figures public.
    fn publish(&self) {
        let mut stats = self
            .shared
            .stats
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let workers = || self.workers();
        let up = workers().filter(|worker| worker.is_up());
        stats.workers = up.count() as u32;
        stats.busy = workers().filter(|worker| !worker.calls.is_empty()).count() as u32;
        stats.in_flight = self.calls.len() as u32;
        stats.queued = self.queue.len() as u32;
        stats.rendered = self.rendered;
        stats.heap_bytes = workers().map(|worker| worker.pong.heap).sum();
        stats.buffer_bytes = workers().map(|worker| worker.pong.buffers).sum();
        if stats.retired.iter().map(|(_, count)| count).sum::<u64>()
            != self.retired.values().sum::<u64>()
        {
            stats.retired = self
                .retired
                .iter()
                .map(|(reason, count)| (*reason, *count))
                .collect();
            stats.retired.sort_unstable();
        }
    }
}
