//! A file that is being sent: what the browser may send, what has come, and what is on the disk.

use bytes::BytesMut;
use futures_channel::mpsc;

use super::{files::Done, temporary::Temporary};

/// How far a file is that is being sent.
#[derive(Default)]
pub(super) struct Sending {
    /// Absent while something is done with it.
    pub(super) temporary: Option<Temporary>,
    /// Came while something was done.
    pub(super) pending: BytesMut,
    pub(super) is_taken: bool,
    /// How many bytes the browser may send, has sent, and are in the temporary file.
    pub(super) granted: u64,
    pub(super) received: u64,
    pub(super) written: u64,
}

/// Bytes that the browser may send, beside what it may already.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Credit(pub(super) u64);

impl Sending {
    /// Writes what has come, unless something is being done.
    pub(super) fn write(
        &mut self,
        number: u32,
        serial: u64,
        done: mpsc::UnboundedSender<Box<Done>>,
    ) {
        if self.pending.is_empty() {
            return;
        }
        let Some(mut temporary) = self.temporary.take() else {
            return;
        };
        let bytes = std::mem::take(&mut self.pending).freeze();
        tokio::spawn(async move {
            let result = temporary.write(&bytes).await.map(|()| temporary);
            let _ = done.unbounded_send(Box::new(Done {
                number,
                serial,
                written: bytes.len() as u64,
                result,
            }));
        });
    }

    /// What the browser may send now, so that no more than the window is on its way to the disk. A little is not worth a message.
    pub(super) fn credit(&mut self, size: u64, window: u64) -> Option<Credit> {
        let room = window.saturating_sub(self.granted - self.written);
        let rest = size - self.granted;
        let bytes = room.min(rest);
        let is_worth_it = bytes >= window / 4 && bytes > 0 || bytes == rest && rest > 0;
        if !is_worth_it {
            return None;
        }
        self.is_taken = true;
        self.granted += bytes;
        Some(Credit(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes a file with these steps, over and over. Gives each credit with what was under way after it.
    fn credits(size: u64, window: u64, steps: &[u64]) -> Vec<(u64, u64)> {
        let mut sending = Sending::default();
        let mut credits = Vec::new();
        let mut steps = steps.iter().cycle();
        for _ in 0..10_000 {
            if let Some(Credit(bytes)) = sending.credit(size, window) {
                credits.push((bytes, sending.granted - sending.written));
            }
            if sending.written == size {
                break;
            }
            let step = steps.next().copied().unwrap_or(1);
            sending.written += step.min(sending.granted - sending.written);
        }
        assert_eq!(sending.written, size, "it does not come to an end");
        credits
    }

    #[test]
    fn never_more_than_the_window_is_under_way() {
        for size in [1, 2, 99, 100, 101, 1000, 1001] {
            for window in [1, 2, 3, 4, 7, 100, 5000] {
                for steps in [&[1][..], &[3, 50], &[1000], &[7, 1, 99]] {
                    let credits = credits(size, window, steps);
                    let all: u64 = credits.iter().map(|(bytes, _)| bytes).sum();
                    assert_eq!(all, size, "{size} {window} {steps:?}");
                    assert!(credits.iter().all(|(_, under_way)| *under_way <= window));
                }
            }
        }
    }

    #[test]
    fn a_little_is_not_worth_a_message() {
        let credits = credits(1000, 100, &[1]);
        assert_eq!(credits[0], (100, 100));
        assert!(
            credits[1..].iter().all(|(bytes, _)| *bytes >= 25),
            "{credits:?}"
        );
    }
}
