//! How often a worker is replaced because a module has failed in it.
//!
//! An engine evaluates a module once: where that failed, every later import fails in the same way, whatever the reason
//! was, until another worker tries. A module that always fails must not cost a worker at each request.

use std::time::{Duration, Instant};

/// A pool replaces a worker because of a failed module at most this often.
const PAUSE: Duration = Duration::from_secs(5);

/// When a pool last replaced a worker because of a failed module.
#[derive(Debug, Default)]
pub(crate) struct Reloads {
    last: Option<Instant>,
}

impl Reloads {
    /// Whether a worker may be replaced `now`, which it then is.
    pub(crate) fn may(&mut self, now: Instant) -> bool {
        let may = self.last.is_none_or(|last| now - last >= PAUSE);
        if may {
            self.last = Some(now);
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_always_fails_costs_a_worker_only_now_and_then() {
        let mut reloads = Reloads::default();
        let start = Instant::now();
        let seconds = (0..12).filter(|second| reloads.may(start + Duration::from_secs(*second)));
        assert_eq!(seconds.collect::<Vec<_>>(), [0, 5, 10]);
    }
}
