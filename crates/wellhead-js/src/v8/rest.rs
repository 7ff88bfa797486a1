//! Gives memory back once an isolate has had nothing to do for a while.
//!
//! Under load V8 lets its heap grow, and keeps what it has freed for the next page. It would shrink by itself only if a full collection
//! happened to come last, eight seconds after it; but a server may rest for hours.

use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use deno_core::v8;
use tokio::time::Sleep;

/// After how long without a new call memory is given back, at least; it is at most twice as long.
const QUIET: Duration = Duration::from_millis(500);
/// Memory that is not worth a collection.
const SPARE_BYTES: usize = 2 << 20;

/// Looks at an isolate every `QUIET`, from a call until it rests.
#[derive(Default)]
pub(super) struct Rest {
    phase: Phase,
    /// Runs unless the isolate rests.
    clock: Option<Pin<Box<Sleep>>>,
    /// What V8 held after it last gave memory back.
    held: usize,
}

#[derive(Clone, Copy, Default)]
enum Phase {
    #[default]
    Resting,
    /// A call has started since the last look.
    Called,
    /// None has started since the look before.
    Quiet,
    /// V8 marks what is in use, in steps and on other threads, and shrinks then.
    Collecting,
}

impl Rest {
    /// Says that a call has started.
    pub(super) fn interrupt(&mut self) {
        self.phase = Phase::Called;
    }

    /// Does what is due, and wakes the task when more will be. Gives whether the isolate has come to rest now.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, isolate: &mut v8::Isolate) -> bool {
        if self.clock.is_none() && matches!(self.phase, Phase::Resting) {
            return false;
        }
        loop {
            if let Some(clock) = &mut self.clock {
                if clock.as_mut().poll(cx).is_pending() {
                    return false;
                }
                let held = isolate.get_heap_statistics().total_physical_size();
                if self.look(held) {
                    isolate.memory_pressure_notification(v8::MemoryPressureLevel::Moderate);
                }
            }
            if matches!(self.phase, Phase::Resting) {
                self.clock = None;
                return true;
            }
            self.clock = Some(Box::pin(tokio::time::sleep(QUIET)));
        }
    }

    /// Takes what V8 holds now; gives whether it is to give memory back.
    fn look(&mut self, held: usize) -> bool {
        let collects = matches!(self.phase, Phase::Quiet) && held > self.held + SPARE_BYTES;
        self.phase = match self.phase {
            Phase::Called => Phase::Quiet,
            Phase::Quiet if collects => Phase::Collecting,
            Phase::Collecting => {
                self.held = held;
                Phase::Resting
            }
            Phase::Quiet | Phase::Resting => Phase::Resting,
        };
        collects
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    #[test]
    fn an_isolate_in_use_is_left_alone() {
        let mut rest = Rest::default();
        for held in (10..50).map(|mib| mib * MIB) {
            rest.interrupt();
            assert!(!rest.look(held));
        }
    }

    #[test]
    fn memory_is_asked_for_once_a_rest() {
        let mut rest = Rest::default();
        rest.interrupt();
        assert_eq!(
            [40, 40, 12, 12, 40].map(|mib| rest.look(mib * MIB)),
            [false, true, false, false, false]
        );
        rest.interrupt();
        assert_eq!(
            [13, 13, 13].map(|mib| rest.look(mib * MIB)),
            [false; 3],
            "too little has come to ask again"
        );
        rest.interrupt();
        assert_eq!(
            [40, 40, 12].map(|mib| rest.look(mib * MIB)),
            [false, true, false]
        );
    }

    #[test]
    fn a_call_puts_the_collection_off() {
        let mut rest = Rest::default();
        rest.interrupt();
        assert!(!rest.look(40 * MIB));
        rest.interrupt();
        assert_eq!([40, 40].map(|mib| rest.look(mib * MIB)), [false, true]);
    }
}
