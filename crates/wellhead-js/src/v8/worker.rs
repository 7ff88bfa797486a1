//! A worker: the thread that owns an isolate, starts calls in it and turns its event loop.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use deno_core::{PollEventLoopOptions, v8};
use tokio::time::Sleep;
use wellhead_render::{ErrorCode, RenderError, RenderRequest, RetireReason};

use super::boot::{self, Booted};
use super::bundle::BundleLoader;
use super::calls::{CallsRef, Entry, Spoiled};
use super::guard::{NO_CALL, Verdict};
use super::isolate::Isolate;
use super::live::{self, LiveEntry};
use super::lost::{self, Blame, Place};
use super::pool::{Pool, Retry};
use super::rest::Rest;
use super::ticket::{Job, Mailbox};
use super::{failure, platform, text};
use crate::inbox::{self, Mail};
use crate::inspect::Registration;

/// How many calls are started before the event loop has its turn.
const STARTS_PER_TURN: usize = 32;
/// After so many renders, what has been compiled is worth keeping.
const WARM_AFTER: u32 = 50;
/// How often the figures of the heap are read.
const FIGURES_EVERY: Duration = Duration::from_millis(250);

/// Starts the thread of a slot.
pub(super) fn spawn(pool: Arc<Pool>, slot: usize) -> Result<(), String> {
    let place = Arc::new(Place::new(pool, slot));
    let run = move || {
        if catch_unwind(AssertUnwindSafe(|| run(&place))).is_err() {
            place.leave(RetireReason::Exit);
            let error = lost::worker_lost();
            place.mailbox.inbox.close(NO_CALL, &error, &error);
        }
        place.end();
    };
    std::thread::Builder::new()
        .name(format!("wellhead-js-{slot}"))
        .stack_size(platform::THREAD_STACK_BYTES)
        .spawn(run)
        .map(drop)
        .map_err(|error| format!("the system cannot start a thread: {error}"))
}

fn run(place: &Arc<Place>) {
    let tokio = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("an event loop without I/O needs nothing of the system");
    let _entered = tokio.enter();
    let booted = match tokio.block_on(boot::boot(place)) {
        Ok(booted) => booted,
        Err(error) => return place.is_down(error, Retry::Soon),
    };
    let mut worker = Worker::new(Arc::clone(place), booted);
    place.is_up();
    let end = tokio.block_on(std::future::poll_fn(|cx| worker.poll(cx)));
    worker.finish(end);
}

/// Why a worker ends.
enum End {
    /// It has nothing left to do.
    Done,
    /// Its isolate was terminated, in a call where that is known.
    Condemned(Verdict, u32),
}

struct Worker {
    pool: Arc<Pool>,
    slot: usize,
    mailbox: Arc<Mailbox>,
    /// What JavaScript is entered by; dropped before the isolate.
    entry: Entry,
    live: LiveEntry,
    calls: CallsRef,
    loader: Rc<BundleLoader>,
    _debugger: Option<Registration>,
    isolate: Isolate,
    /// Renders until what was compiled goes into the code cache; `None` once it has.
    cold: Option<u32>,
    /// When calls may have used up their time; see `Active::deadline` for whether they have.
    deadlines: BinaryHeap<Reverse<(Instant, u32)>>,
    clock: Option<Pin<Box<Sleep>>>,
    /// The place in the pool. Once it is left, another worker has the slot and this one only ends what it has.
    place: Arc<Place>,
    figures_at: Instant,
    rest: Rest,
}

impl Worker {
    fn new(place: Arc<Place>, booted: Booted) -> Self {
        Self {
            pool: Arc::clone(&place.pool),
            slot: place.slot,
            mailbox: Arc::clone(&place.mailbox),
            entry: booted.entry,
            live: booted.live,
            calls: booted.calls,
            loader: booted.loader,
            _debugger: booted.debugger,
            cold: Some(WARM_AFTER),
            isolate: booted.isolate,
            deadlines: BinaryHeap::new(),
            clock: None,
            place,
            figures_at: Instant::now(),
            rest: Rest::default(),
        }
    }

    /// Does what there is to do: calls off, starts, turns the event loop, ends what is over its time.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        match self.advance(cx) {
            Err(end) => Poll::Ready(end),
            Ok(()) => Poll::Pending,
        }
    }

    fn advance(&mut self, cx: &mut Context<'_>) -> Result<(), End> {
        self.mailbox.waker.register(cx.waker());
        for call in self.mailbox.take() {
            self.cancel(call, Why::Gone)?;
        }
        let commanded = self.take_mail()?;
        let started = self.start_waiting()?;
        self.turn(cx)?;
        self.end_overdue(cx)?;
        self.look_back();
        self.keep_code(started);
        self.look_after_memory(cx, started + commanded);
        if self.place.is_left() || self.pool.is_closing() {
            self.send_sessions_away()?;
        }
        if self.calls.borrow().len() == 0 && (self.place.is_left() || self.pool.is_closing()) {
            let more = !self.place.is_left() && !self.pool.sleep(self.slot, &self.mailbox);
            if !more {
                return Err(End::Done);
            }
        }
        let may_take = !self.place.is_left() && self.has_place();
        if started == STARTS_PER_TURN || (may_take && !self.pool.sleep(self.slot, &self.mailbox)) {
            cx.waker().wake_by_ref();
        }
        Ok(())
    }

    /// Hands commands to the live sessions that they are for; gives how many things came.
    fn take_mail(&mut self) -> Result<usize, End> {
        let mail = self.mailbox.inbox.take();
        let came = mail.len();
        for next in inbox::joined(mail) {
            match next {
                Mail::Command(session, text) => self.command(session, &text)?,
                Mail::Close(session) => {
                    self.mailbox.runs_session(session);
                    self.isolate.guard.begin();
                    live::close(&mut self.isolate, &self.live, session);
                    self.end_of_session_turn(session)?;
                }
            }
        }
        Ok(came)
    }

    fn command(&mut self, session: u32, json: &str) -> Result<(), End> {
        self.mailbox.runs_session(session);
        self.isolate.guard.begin();
        let news = live::command(
            &mut self.isolate,
            &self.live,
            session,
            json,
            self.pool.modules.folder.root(),
        );
        self.end_of_session_turn(session)?;
        match news {
            Ok(Some(text)) => {
                live::tell(&self.mailbox, session, text, &self.pool.options.limits);
            }
            Ok(None) => {}
            Err(error) => live::lose(&self.mailbox, session, error),
        }
        Ok(())
    }

    fn end_of_session_turn(&self, session: u32) -> Result<(), End> {
        match self.isolate.guard.end() {
            Some(verdict) => Err(End::Condemned(verdict, session)),
            None => Ok(()),
        }
    }

    /// Has live sessions save what they have and go to another worker, for this one ends.
    fn send_sessions_away(&mut self) -> Result<(), End> {
        for session in self.mailbox.inbox.sessions() {
            self.command(session, r#"{"type":"save"}"#)?;
        }
        let error = lost::worker_lost();
        self.mailbox.inbox.close(NO_CALL, &error, &error);
        Ok(())
    }

    fn has_place(&self) -> bool {
        self.calls.borrow().len() < self.pool.options.in_flight.max(1)
    }

    /// Starts what waits in the queue; gives how many were started.
    fn start_waiting(&mut self) -> Result<usize, End> {
        let mut started = 0;
        while started < STARTS_PER_TURN && !self.place.is_left() && self.has_place() {
            let Some(job) = self.pool.next(self.slot) else {
                break;
            };
            if job.reply.is_closed() {
                continue;
            }
            self.start(job)?;
            started += 1;
        }
        Ok(started)
    }

    fn start(&mut self, job: Job) -> Result<(), End> {
        let deadline = Instant::now() + self.pool.options.limits.wall;
        let ticket = Arc::clone(&job.ticket);
        let call = self.calls.borrow_mut().open(job, deadline);
        self.mailbox.runs(call, &ticket);
        self.isolate.guard.begin();
        let thrown = self.dispatch(call);
        if let Some(verdict) = self.isolate.guard.end() {
            return Err(End::Condemned(verdict, call));
        }
        if let Err(error) = thrown {
            self.calls.borrow_mut().fail(call, error);
        }
        if let Some(active) = self.calls.borrow().get(call) {
            active.ticket().runs_at(&self.mailbox, call);
            self.deadlines.push(Reverse((deadline, call)));
        }
        Ok(())
    }

    /// Calls `respond`. What it throws is dealt with in JavaScript; an error here is one of the engine.
    fn dispatch(&mut self, call: u32) -> Result<(), RenderError> {
        let too_long = || {
            RenderError::new(
                ErrorCode::Protocol,
                "the request is longer than a string can be",
            )
        };
        deno_core::scope!(scope, self.isolate.runtime);
        let arguments = {
            let mut calls = self.calls.borrow_mut();
            let Some(request) = calls.request(call) else {
                return Ok(());
            };
            arguments(scope, call, request).ok_or_else(too_long)?
        };
        v8::tc_scope!(let scope, scope);
        let this = v8::undefined(scope).into();
        let called = self
            .entry
            .dispatch
            .open(scope)
            .call(scope, this, &arguments);
        match scope.exception() {
            Some(exception) if called.is_none() && !scope.has_terminated() => Err(
                failure::of_exception(scope, exception, self.pool.modules.folder.root()),
            ),
            _ => Ok(()),
        }
    }

    /// Turns the event loop. When nothing is left in it, no call can go on.
    fn turn(&mut self, cx: &mut Context<'_>) -> Result<(), End> {
        self.mailbox.runs_none();
        self.isolate.guard.begin();
        let turned = self
            .isolate
            .runtime
            .poll_event_loop(cx, PollEventLoopOptions::default());
        if let Some(verdict) = self.isolate.guard.end() {
            return Err(End::Condemned(verdict, NO_CALL));
        }
        let message = match turned {
            Poll::Pending => return Ok(()),
            Poll::Ready(Ok(())) => {
                "the render waits for a promise that nothing is left to settle".to_owned()
            }
            Poll::Ready(Err(error)) => {
                // A module that waits for ever at its top level stays behind.
                tracing::error!(target: "app", "the event loop ended: {error}");
                self.retire(RetireReason::Leak);
                format!("the render waits for something that can no longer happen: {error}")
            }
        };
        let stalled = self.calls.borrow().numbers();
        for call in stalled {
            let error = RenderError::new(ErrorCode::Stalled, message.clone());
            self.calls.borrow_mut().fail(call, error);
            self.cancel(call, Why::Over)?;
        }
        Ok(())
    }

    /// Ends the calls that are over their time, and sets the clock for the next.
    fn end_overdue(&mut self, cx: &mut Context<'_>) -> Result<(), End> {
        let resumed = std::mem::take(&mut self.calls.borrow_mut().resumed);
        self.deadlines.extend(resumed.into_iter().map(Reverse));
        loop {
            if let Some(clock) = &mut self.clock {
                if clock.as_mut().poll(cx).is_pending() {
                    return Ok(());
                }
                self.clock = None;
            }
            let now = Instant::now();
            while let Some(&Reverse((at, call))) = self.deadlines.peek() {
                let deadline = self
                    .calls
                    .borrow()
                    .get(call)
                    .and_then(|active| active.deadline);
                if deadline.is_some() && at > now {
                    break;
                }
                self.deadlines.pop();
                match deadline {
                    Some(deadline) if deadline > now => {
                        self.deadlines.push(Reverse((deadline, call)))
                    }
                    Some(_) => self.overdue(call)?,
                    None => {}
                }
            }
            let Some(&Reverse((next, _))) = self.deadlines.peek() else {
                return Ok(());
            };
            self.clock = Some(Box::pin(tokio::time::sleep_until(next.into())));
        }
    }

    fn overdue(&mut self, call: u32) -> Result<(), End> {
        let wall = self.pool.options.limits.wall;
        let error = RenderError::new(
            ErrorCode::WallLimit,
            format!(
                "the render gave nothing for {wall:?}; raise the limit `wall` or wait for less"
            ),
        );
        self.calls.borrow_mut().fail(call, error);
        self.cancel(call, Why::Over)
    }

    /// Tells JavaScript that a call is over.
    fn cancel(&mut self, call: u32, why: Why) -> Result<(), End> {
        self.calls.borrow_mut().drop_call(call);
        self.isolate.guard.begin();
        {
            deno_core::scope!(scope, self.isolate.runtime);
            v8::tc_scope!(let scope, scope);
            let this = v8::undefined(scope).into();
            let call = v8::Integer::new_from_unsigned(scope, call).into();
            let why = v8::Integer::new_from_unsigned(scope, why as u32).into();
            // What listeners throw concerns nobody any more.
            let _ = self
                .entry
                .cancel
                .open(scope)
                .call(scope, this, &[call, why]);
        }
        match self.isolate.guard.end() {
            Some(verdict) => Err(End::Condemned(verdict, call)),
            None => Ok(()),
        }
    }

    /// Looks at what the calls that ended have left behind.
    fn look_back(&mut self) {
        let spoiled = self.calls.borrow_mut().spoiled.take();
        match spoiled {
            Some(Spoiled::Buffers) => self.retire(RetireReason::Buffers),
            Some(Spoiled::Timers) => self.retire(RetireReason::Leak),
            Some(Spoiled::Module) if self.pool.may_reload() => self.retire(RetireReason::Leak),
            _ if self.isolate.guard.is_loosened() => self.retire(RetireReason::Buffers),
            _ => {}
        }
    }

    /// Writes the code cache when the isolate has warmed up. Takes milliseconds, once.
    fn keep_code(&mut self, started: usize) {
        let Some(left) = self.cold else {
            return;
        };
        let started = u32::try_from(started).unwrap_or(u32::MAX);
        self.cold = left.checked_sub(started).filter(|left| *left > 0);
        if self.cold.is_none() {
            self.write_code_cache();
        }
    }

    fn write_code_cache(&mut self) {
        deno_core::scope!(scope, self.isolate.runtime);
        self.loader.write_code_cache(scope);
    }

    /// Gives memory back once nothing has started for a while, and keeps the figures fresh.
    fn look_after_memory(&mut self, cx: &mut Context<'_>, started: usize) {
        if started > 0 {
            self.rest.interrupt();
        }
        let rests = self.rest.poll(cx, self.isolate.runtime.v8_isolate());
        if rests || self.figures_at.elapsed() >= FIGURES_EVERY {
            self.show_figures();
        }
    }

    fn show_figures(&mut self) {
        if self.place.is_left() {
            return;
        }
        self.figures_at = Instant::now();
        let heap = self.isolate.runtime.v8_isolate().get_heap_statistics();
        let figures = &self.pool.figures[self.slot];
        figures
            .heap
            .store(heap.used_heap_size() as u64, Ordering::Relaxed);
        figures
            .buffers
            .store(self.isolate.buffers.used() as u64, Ordering::Relaxed);
    }

    /// Leaves the slot to a new worker, and ends once all calls have.
    fn retire(&self, reason: RetireReason) {
        self.place.leave(reason);
    }

    /// Ends the worker. Of a terminated isolate, the offender fails; others start again elsewhere where they can.
    fn finish(mut self, end: End) {
        let (verdict, running) = match end {
            End::Condemned(verdict, call) => (verdict, call),
            End::Done => {
                if self.cold.is_some_and(|left| left < WARM_AFTER) {
                    self.write_code_cache();
                }
                return;
            }
        };
        self.retire(lost::reason(verdict));
        let offender = match self.isolate.guard.offender() {
            NO_CALL => running,
            offender => offender,
        };
        lost::end_calls(&self.pool, &self.calls, verdict, Blame::Call(offender));
        lost::end_sessions(&self.pool, &self.mailbox, verdict, offender);
    }
}

/// Why JavaScript is told that a call is over; numbered as in `calls.js`.
#[derive(Clone, Copy)]
enum Why {
    Gone = 0,
    Over = 1,
}

/// The arguments of `dispatch` in `calls.js`.
fn arguments<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    call: u32,
    request: &RenderRequest,
) -> Option<[v8::Local<'s, v8::Value>; 7]> {
    let method = v8::String::new_from_one_byte(
        scope,
        request.method.as_str().as_bytes(),
        v8::NewStringType::Internalized,
    )?;
    let mut routes: Vec<v8::Local<'s, v8::Value>> = Vec::new();
    for candidate in &request.routes {
        routes.push(v8::Integer::new_from_unsigned(scope, candidate.route).into());
        let params = u32::try_from(candidate.params.len()).ok()?;
        routes.push(v8::Integer::new_from_unsigned(scope, params).into());
        for (name, value) in &candidate.params {
            routes.push(text::give(scope, name)?.into());
            routes.push(text::give(scope, value)?.into());
        }
    }
    Some([
        v8::Integer::new_from_unsigned(scope, call).into(),
        method.into(),
        text::give(scope, &request.url)?.into(),
        v8::Integer::new_from_unsigned(scope, request.target as u32).into(),
        v8::Array::new_with_elements(scope, &routes).into(),
        text::give(scope, &request.trace_id)?.into(),
        text::give(scope, &request.nonce)?.into(),
    ])
}
