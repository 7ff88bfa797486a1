//! What a session may use.

use std::{path::PathBuf, time::Duration};

/// What a session may use. Defaults are for pages that people use; a client that needs more is a program.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The longest message of a client, in bytes: 256 KiB.
    pub message: usize,
    /// The longest part of a file in one message, in bytes: 64 KiB.
    pub chunk: usize,
    /// Events a second, over ten seconds: 50.
    pub events: u32,
    /// How many messages a client may leave unacknowledged: 1,024.
    pub unacknowledged_messages: usize,
    /// How many bytes of messages a client may leave unacknowledged: 4 MiB.
    pub unacknowledged_bytes: usize,
    /// Live components of a page itself: 32.
    pub components: usize,
    /// Topics that a session subscribes to: 128.
    pub topics: usize,
    /// After how long without a word the other side is gone: 30 s.
    pub heartbeat: Duration,
    /// How long a page that was rendered waits for its browser: 10 s.
    pub park: Duration,
    /// How many pages wait for their browsers at once: 1,000. Then the oldest are given up, which costs them a second mount.
    pub parked: usize,
    /// How long a session waits for its browser to come back before it is put into the store: 60 s.
    pub linger: Duration,
    /// How long after a change the state is saved: 2 s. So much is lost with a worker or a server that fails.
    pub save: Duration,
    /// How long the store keeps a session: a day.
    pub keep: Duration,
    /// How long a page's token is good: a day. A page that was open longer, asleep, is loaded again.
    pub token: Duration,
    /// How long a component may take for its first render, and to fill its streams again: 10 s.
    pub mount: Duration,
    /// Where the temporary files of uploads are: the system's folder for such. It has to exist. Workers read files from there.
    pub upload_folder: PathBuf,
    /// How many bytes of temporary files a session may have, those to come included: 256 MiB. A component that allows larger files
    /// needs more.
    pub upload_bytes: u64,
    /// How many files of a session may be on their way or wait to be consumed: 32.
    pub uploads: usize,
    /// How many files of a session are sent at the same time: 4. Others wait.
    pub uploads_at_once: usize,
    /// How many bytes of a file may be on their way to the disk: 256 KiB. So a session has at most this times
    /// [`uploads_at_once`](Self::uploads_at_once) in memory.
    pub upload_window: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message: 256 * 1024,
            chunk: 64 * 1024,
            events: 50,
            unacknowledged_messages: 1024,
            unacknowledged_bytes: 4 * 1024 * 1024,
            components: 32,
            topics: 128,
            heartbeat: Duration::from_secs(30),
            park: Duration::from_secs(10),
            parked: 1000,
            linger: Duration::from_secs(60),
            save: Duration::from_secs(2),
            keep: Duration::from_secs(24 * 60 * 60),
            token: Duration::from_secs(24 * 60 * 60),
            mount: Duration::from_secs(10),
            upload_folder: std::env::temp_dir(),
            upload_bytes: 256 * 1024 * 1024,
            uploads: 32,
            uploads_at_once: 4,
            upload_window: 256 * 1024,
        }
    }
}

/// Counts events: a bucket that fills with time.
#[derive(Debug)]
pub(crate) struct Rate {
    per_second: f64,
    most: f64,
    left: f64,
    at: tokio::time::Instant,
}

impl Rate {
    /// So many a second, over ten seconds.
    pub(crate) fn new(per_second: u32) -> Self {
        let per_second = f64::from(per_second);
        let most = per_second * 10.0;
        Self {
            per_second,
            most,
            left: most,
            at: tokio::time::Instant::now(),
        }
    }

    /// Whether one more is within the limit.
    pub(crate) fn take(&mut self) -> bool {
        let now = tokio::time::Instant::now();
        let filled = now.duration_since(self.at).as_secs_f64() * self.per_second;
        self.left = (self.left + filled).min(self.most);
        self.at = now;
        let within = self.left >= 1.0;
        if within {
            self.left -= 1.0;
        }
        within
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_is_fine_and_a_flood_is_not() {
        let mut rate = Rate::new(5);
        assert_eq!((0..60).filter(|_| rate.take()).count(), 50);
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!((0..60).filter(|_| rate.take()).count(), 10);
    }
}
