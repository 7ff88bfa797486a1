//! The thread that looks for isolates that run for too long.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::thread::Thread;
use std::time::Duration;

use super::guard::Guard;

/// What does not stop so long after it used up its time is given up. Many functions of V8 only look at their end, and take
/// a second or two with much data, or more while memory is short.
const STUCK_AFTER: Duration = Duration::from_secs(5);

/// How many looks at idle isolates it takes until the thread sleeps.
const IDLE_LOOKS: u32 = 100;

static SEEN: Mutex<Vec<Seen>> = Mutex::new(Vec::new());
static THREAD: OnceLock<Thread> = OnceLock::new();
/// Whether the thread sleeps until it is woken.
static ASLEEP: AtomicBool = AtomicBool::new(false);

/// What the last look at an isolate saw.
struct Seen {
    guard: Weak<Guard>,
    turn: u64,
    base: Duration,
    /// The thread's time when it was first asked to interrupt what runs, and has not done so.
    asked: Option<Duration>,
}

/// Has an isolate watched until it is dropped.
pub(super) fn watch(guard: &Arc<Guard>) {
    THREAD.get_or_init(|| {
        let thread = std::thread::Builder::new()
            .name("wellhead-watchdog".into())
            .spawn(run)
            .expect("the system can start a thread");
        thread.thread().clone()
    });
    SEEN.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(Seen {
            guard: Arc::downgrade(guard),
            turn: 0,
            base: Duration::ZERO,
            asked: None,
        });
    wake();
}

/// Tells the watchdog that an isolate runs. Costs one load while it is awake.
#[inline]
pub(super) fn wake() {
    if ASLEEP.load(Ordering::SeqCst)
        && ASLEEP.swap(false, Ordering::SeqCst)
        && let Some(thread) = THREAD.get()
    {
        thread.unpark();
    }
}

fn run() {
    let mut idle = 0;
    loop {
        let (pause, active) = look();
        idle = if active { 0 } else { idle + 1 };
        if idle <= IDLE_LOOKS {
            std::thread::park_timeout(pause);
            continue;
        }
        idle = 0;
        ASLEEP.store(true, Ordering::SeqCst);
        // An isolate that started before it could see the flag is seen by this look.
        let (_, active) = look();
        while !active && ASLEEP.load(Ordering::SeqCst) {
            std::thread::park();
        }
        ASLEEP.store(false, Ordering::SeqCst);
    }
}

/// Looks at all isolates; gives the time until the next look, and whether any runs.
fn look() -> (Duration, bool) {
    let mut stuck = Vec::new();
    let looked = look_at_all(&mut stuck);
    for (guard, turn) in stuck {
        // It may have come back just now.
        if guard.turn() == turn {
            guard.give_up();
        }
    }
    looked
}

fn look_at_all(stuck: &mut Vec<(Arc<Guard>, u64)>) -> (Duration, bool) {
    let mut all = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut pause = Duration::from_millis(50);
    let mut active = false;
    all.retain_mut(|seen| {
        let Some(guard) = seen.guard.upgrade() else {
            return false;
        };
        let Some(limit) = guard.cpu_limit() else {
            return true;
        };
        // Four samples fit in the limit; see `Guard::judge_sample`.
        let step = limit / 4;
        pause = pause.min((step / 4).max(Duration::from_millis(2)));
        let turn = guard.turn();
        let runs = !turn.is_multiple_of(2);
        active |= runs;
        if runs && let Some(now) = guard.cpu_time() {
            if seen.turn != turn {
                seen.base = now;
                seen.asked = None;
            } else if now.saturating_sub(seen.base) >= step {
                if guard.take_interrupted() {
                    seen.asked = None;
                }
                let asked = *seen.asked.get_or_insert(now);
                if now.saturating_sub(asked) >= limit + STUCK_AFTER {
                    stuck.push((guard, turn));
                    return false;
                }
                guard.sample();
                seen.base = now;
            }
        }
        seen.turn = turn;
        true
    });
    (pause, active)
}
