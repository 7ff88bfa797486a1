//! Stops what uses too much: the verdict on an isolate, and who earned it.
//!
//! V8 aborts the process when its heap is full, and never stops a loop by itself. So a full heap is first enlarged, and
//! JavaScript is then interrupted at its next check (a loop's back edge, a function's start, a regular expression's
//! backtracking). The interrupt runs on the isolate's thread while the offender is still the running code, so it can
//! read from V8's async context which call that is, and then terminates it.

use std::cell::RefCell;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use deno_core::{JsRuntime, v8};

use super::alloc::Buffers;
use super::{last_words, watchdog};
pub(super) use crate::inbox::NO_CALL;

/// The property of V8's async context that holds the number of the running call.
pub(super) const CALL_KEY: &str = "call";

/// The largest object that V8 allocates, which is a string of 2^29 characters, and some room for others.
const LARGEST_OBJECT_BYTES: usize = (1 << 30) + (64 << 20);

/// How much further the heap may grow once it is condemned: by the object that it was too small for, and by another
/// before the next check. Memory that is not touched is not taken.
const GRACE_BYTES: usize = 2 * LARGEST_OBJECT_BYTES;

/// Why an isolate is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Verdict {
    Heap = 1,
    Buffers = 2,
    Cpu = 3,
}

impl Verdict {
    fn from_number(number: u8) -> Option<Self> {
        [Verdict::Heap, Verdict::Buffers, Verdict::Cpu]
            .into_iter()
            .find(|verdict| *verdict as u8 == number)
    }
}

/// What the isolate's thread, the watchdog and V8's callbacks share.
#[derive(Debug)]
pub(super) struct Guard {
    /// Odd while the isolate runs JavaScript; grows by one at each start and end.
    turn: AtomicU64,
    verdict: AtomicU8,
    offender: AtomicU32,
    /// What the last sample saw: its turn, its call, and the thread's time in nanoseconds when both were first seen.
    sampled_turn: AtomicU64,
    sampled_call: AtomicU32,
    sampled_since: AtomicU64,
    /// Nanoseconds of processor time that a turn may use; 0 for as much as it likes.
    cpu: AtomicU64,
    /// Bytes outside the heap that JavaScript may keep alive.
    external: usize,
    buffers: Arc<Buffers>,
    /// Whether the heap may have grown past its limit because buffers were refused.
    loosened: AtomicBool,
    handle: OnceLock<v8::IsolateHandle>,
    clock: OnceLock<libc::clockid_t>,
    /// Whether what runs has been interrupted since this was last asked.
    interrupted: AtomicBool,
    stuck: Stuck,
}

/// What is to be done when the isolate cannot be stopped.
#[derive(Default)]
struct Stuck {
    then: OnceLock<Box<dyn Fn() + Send + Sync>>,
    /// The thread's number in the system.
    #[cfg(target_os = "linux")]
    thread: OnceLock<libc::pid_t>,
}

impl std::fmt::Debug for Stuck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stuck").finish_non_exhaustive()
    }
}

thread_local! {
    /// The context of the thread's isolate, for interrupts.
    static CONTEXT: RefCell<Option<v8::Global<v8::Context>>> = const { RefCell::new(None) };
}

impl Guard {
    /// A guard that lets a turn use `cpu`, or as much as it likes.
    pub(super) fn new(cpu: Option<Duration>, buffers: Arc<Buffers>) -> Arc<Self> {
        Arc::new(Self {
            turn: AtomicU64::new(0),
            verdict: AtomicU8::new(0),
            offender: AtomicU32::new(NO_CALL),
            sampled_turn: AtomicU64::new(0),
            sampled_call: AtomicU32::new(NO_CALL),
            sampled_since: AtomicU64::new(0),
            cpu: AtomicU64::new(nanoseconds(cpu)),
            // Not all buffers come from the allocator: those that the engine hands over and those that grow do not.
            external: buffers.limit().saturating_mul(2),
            buffers,
            loosened: AtomicBool::new(false),
            handle: OnceLock::new(),
            clock: OnceLock::new(),
            interrupted: AtomicBool::new(false),
            stuck: Stuck::default(),
        })
    }

    /// Binds the guard to the isolate of this thread. The guard has to outlive the isolate.
    pub(super) fn attach(self: &Arc<Self>, runtime: &mut JsRuntime) {
        let handle = runtime.v8_isolate().thread_safe_handle();
        self.handle.set(handle).expect("a guard has one isolate");
        let mut clock: libc::clockid_t = 0;
        // SAFETY: the thread is the current one, and `clock` is written to only.
        let failed = unsafe { libc::pthread_getcpuclockid(libc::pthread_self(), &mut clock) };
        if failed == 0 {
            let _ = self.clock.set(clock);
        }
        #[cfg(target_os = "linux")]
        {
            // SAFETY: the call has no arguments and cannot fail.
            let _ = self.stuck.thread.set(unsafe { libc::gettid() });
        }
        CONTEXT.set(Some(runtime.main_context()));
        let guard = Arc::clone(self);
        runtime.add_near_heap_limit_callback(move |current, _| guard.enlarge(current));
        let data = self.as_pointer();
        runtime.v8_isolate().add_gc_epilogue_callback(
            look_at_external,
            data,
            v8::GCType::kGCTypeAll,
        );
    }

    /// The new limit of a heap that is full.
    fn enlarge(&self, current: usize) -> usize {
        // V8 comes here too when the allocator of array buffers refuses, with a heap that may be nearly empty. Not to
        // enlarge it would be fatal if it was full after all.
        if self.buffers.take_refused() {
            self.loosened.store(true, Ordering::Release);
            return current.saturating_add(LARGEST_OBJECT_BYTES);
        }
        if self.verdict() == Some(Verdict::Heap) {
            // It was interrupted, and goes on: one of V8's own functions that do not look whether they are.
            last_words::give_up("a function of V8 takes all memory");
        }
        self.condemn(Verdict::Heap);
        current.saturating_add(GRACE_BYTES)
    }

    /// Whether the heap's limit does not hold any more, so that the isolate is to be replaced.
    pub(super) fn is_loosened(&self) -> bool {
        self.loosened.load(Ordering::Acquire)
    }

    /// Forgets the thread's context; to be called before the isolate is dropped.
    pub(super) fn detach(&self) {
        CONTEXT.set(None);
    }

    /// Marks the start of a turn.
    pub(super) fn begin(&self) {
        self.turn.fetch_add(1, Ordering::SeqCst);
        watchdog::wake();
    }

    /// Marks the end of a turn, and tells whether the isolate was condemned in it.
    pub(super) fn end(&self) -> Option<Verdict> {
        self.turn.fetch_add(1, Ordering::Release);
        self.verdict()
    }

    pub(super) fn verdict(&self) -> Option<Verdict> {
        Verdict::from_number(self.verdict.load(Ordering::Acquire))
    }

    /// The call that ran when it was terminated, or [`NO_CALL`].
    pub(super) fn offender(&self) -> u32 {
        self.offender.load(Ordering::Acquire)
    }

    /// Has what runs in the isolate terminated at its next check. From any thread.
    pub(super) fn condemn(&self, verdict: Verdict) {
        let first = self
            .verdict
            .compare_exchange(0, verdict as u8, Ordering::AcqRel, Ordering::Relaxed)
            .is_ok();
        if first && let Some(handle) = self.handle.get() {
            handle.request_interrupt(terminate, self.as_pointer());
        }
    }

    /// Says what is to be done when the isolate cannot be stopped: V8 has functions that do not look whether they are
    /// interrupted, and some of them run for hours.
    pub(super) fn when_stuck(&self, then: impl Fn() + Send + Sync + 'static) {
        let _ = self.stuck.then.set(Box::new(then));
    }

    /// Gives up an isolate that cannot be stopped. Its thread goes on, behind all others.
    pub(super) fn give_up(&self) {
        let _ = self.verdict.compare_exchange(
            0,
            Verdict::Cpu as u8,
            Ordering::AcqRel,
            Ordering::Relaxed,
        );
        if let Some(then) = self.stuck.then.get() {
            then();
        }
        #[cfg(target_os = "linux")]
        if let Some(thread) = self
            .stuck
            .thread
            .get()
            .and_then(|id| u32::try_from(*id).ok())
        {
            // SAFETY: the call takes numbers only; a thread that is gone makes it fail.
            unsafe { libc::setpriority(libc::PRIO_PROCESS, thread, 19) };
        }
    }

    /// Whether what runs has been interrupted since this was last asked.
    pub(super) fn take_interrupted(&self) -> bool {
        self.interrupted.swap(false, Ordering::AcqRel)
    }

    /// Has the running call sampled at its next check, and terminated if it runs for too long. From any thread.
    pub(super) fn sample(&self) {
        if let Some(handle) = self.handle.get() {
            handle.request_interrupt(sample, self.as_pointer());
        }
    }

    /// The current turn; odd while the isolate runs JavaScript.
    pub(super) fn turn(&self) -> u64 {
        self.turn.load(Ordering::SeqCst)
    }

    /// The processor time that a turn may use.
    pub(super) fn cpu_limit(&self) -> Option<Duration> {
        match self.cpu.load(Ordering::Relaxed) {
            0 => None,
            nanoseconds => Some(Duration::from_nanos(nanoseconds)),
        }
    }

    /// Changes the processor time that a turn may use.
    pub(super) fn limit_cpu(&self, cpu: Option<Duration>) {
        self.cpu.store(nanoseconds(cpu), Ordering::Relaxed);
    }

    /// The processor time of the isolate's thread; `None` once the thread has ended.
    pub(super) fn cpu_time(&self) -> Option<Duration> {
        let mut time = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // SAFETY: `time` is a valid place for the result; a clock that is gone makes the call fail.
        let failed = unsafe { libc::clock_gettime(*self.clock.get()?, &mut time) };
        (failed == 0).then(|| {
            Duration::new(
                time.tv_sec.unsigned_abs(),
                u32::try_from(time.tv_nsec).unwrap_or(0),
            )
        })
    }

    fn as_pointer(&self) -> *mut c_void {
        std::ptr::from_ref(self).cast_mut().cast()
    }

    /// Notes what runs, and says whether it has run for too long.
    fn judge_sample(&self, call: u32) -> bool {
        let (Some(limit), Some(now)) = (self.cpu_limit(), self.cpu_time()) else {
            return false;
        };
        let now = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        let turn = self.turn();
        if turn.is_multiple_of(2) {
            return false;
        }
        let same = self.sampled_turn.swap(turn, Ordering::Relaxed) == turn
            && self.sampled_call.swap(call, Ordering::Relaxed) == call;
        if !same {
            self.sampled_call.store(call, Ordering::Relaxed);
            self.sampled_since.store(now, Ordering::Relaxed);
            return false;
        }
        // The first sample is taken when a quarter of the time is used up.
        let used = now.saturating_sub(self.sampled_since.load(Ordering::Relaxed));
        u128::from(used) >= limit.as_nanos() * 3 / 4
    }
}

fn nanoseconds(time: Option<Duration>) -> u64 {
    time.map_or(0, |time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
}

/// The number of the call in whose async context the isolate of this thread runs.
fn running_call(isolate: v8::UnsafeRawIsolatePtr) -> u32 {
    let Some(context) = CONTEXT.with_borrow(Clone::clone) else {
        return NO_CALL;
    };
    // SAFETY: V8 hands the interrupt callback the isolate that it interrupts, on the isolate's thread.
    let mut isolate = unsafe { v8::Isolate::from_raw_isolate_ptr(isolate) };
    v8::scope!(let scope, &mut isolate);
    let context = v8::Local::new(scope, context);
    let scope = &mut v8::ContextScope::new(scope, context);
    call_of_context(scope)
}

/// The number of the call in whose async context `scope` is.
pub(super) fn call_of_context(scope: &mut v8::PinScope<'_, '_>) -> u32 {
    let data = scope.get_continuation_preserved_embedder_data();
    let Ok(data) = v8::Local::<v8::Object>::try_from(data) else {
        return NO_CALL;
    };
    // The context is a plain object without a prototype, so reading a property of it runs no JavaScript.
    let call = v8::String::new(scope, CALL_KEY).and_then(|key| data.get(scope, key.into()));
    call.and_then(|call| call.uint32_value(scope))
        .unwrap_or(NO_CALL)
}

unsafe extern "C" fn look_at_external(
    isolate: v8::UnsafeRawIsolatePtr,
    _: v8::GCType,
    _: v8::GCCallbackFlags,
    data: *mut c_void,
) {
    // SAFETY: the guard outlives its isolate, see `attach`.
    let guard = unsafe { &*data.cast::<Guard>() };
    // SAFETY: V8 hands the callback its isolate, on the isolate's thread.
    let mut isolate = unsafe { v8::Isolate::from_raw_isolate_ptr(isolate) };
    if isolate.get_heap_statistics().external_memory() > guard.external {
        guard.condemn(Verdict::Buffers);
    }
}

unsafe extern "C" fn terminate(isolate: v8::UnsafeRawIsolatePtr, data: *mut c_void) {
    // SAFETY: the guard outlives its isolate, see `attach`.
    let guard = unsafe { &*data.cast::<Guard>() };
    guard
        .offender
        .store(running_call(isolate), Ordering::Release);
    if let Some(handle) = guard.handle.get() {
        handle.terminate_execution();
    }
}

unsafe extern "C" fn sample(isolate: v8::UnsafeRawIsolatePtr, data: *mut c_void) {
    // SAFETY: the guard outlives its isolate, see `attach`.
    let guard = unsafe { &*data.cast::<Guard>() };
    guard.interrupted.store(true, Ordering::Release);
    let call = running_call(isolate);
    if guard.judge_sample(call) {
        let _ = guard.verdict.compare_exchange(
            0,
            Verdict::Cpu as u8,
            Ordering::AcqRel,
            Ordering::Relaxed,
        );
        guard.offender.store(call, Ordering::Release);
        if let Some(handle) = guard.handle.get() {
            handle.terminate_execution();
        }
    }
}
