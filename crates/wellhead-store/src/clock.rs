//! What time it is, for what expires. Tests let it pass as they like.

use std::time::{Instant, SystemTime};

#[cfg(test)]
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// The clock of a store. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clock {
    /// By how many milliseconds a test is ahead of the machine.
    #[cfg(test)]
    ahead: Arc<AtomicU64>,
}

impl Clock {
    /// For what does not outlive the process: goes on whatever is done to the machine's clock.
    pub(crate) fn monotonic(&self) -> Instant {
        let now = Instant::now();
        #[cfg(test)]
        let now = now + self.ahead();
        now
    }

    /// For what outlives the process: milliseconds since 1970.
    pub(crate) fn unix_millis(&self) -> i64 {
        let now = SystemTime::now();
        #[cfg(test)]
        let now = now + self.ahead();
        let since = now.duration_since(SystemTime::UNIX_EPOCH);
        // A clock that is off by that much says nothing: nothing expires by it.
        since.map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
    }

    #[cfg(test)]
    fn ahead(&self) -> Duration {
        Duration::from_millis(self.ahead.load(Ordering::Relaxed))
    }

    /// Lets time pass.
    #[cfg(test)]
    pub(crate) fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap();
        self.ahead.fetch_add(by, Ordering::Relaxed);
    }
}
