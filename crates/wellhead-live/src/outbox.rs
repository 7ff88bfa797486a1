//! What was said to a browser and is not acknowledged, to say it again if the connection is lost.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::Limits;

/// Messages in the order in which they are numbered, until they are acknowledged.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    waiting: VecDeque<Bytes>,
    bytes: usize,
    /// How many messages were acknowledged, so the number of the one before the first that waits.
    acknowledged: u64,
    /// How many of those that wait the present connection has taken.
    taken: usize,
}

/// The client takes or acknowledges too little.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooSlow;

/// The client has acknowledged what was not sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NeverSent;

impl Outbox {
    pub(crate) fn push(&mut self, message: Bytes, limits: &Limits) -> Result<(), TooSlow> {
        self.bytes += message.len();
        self.waiting.push_back(message);
        if self.waiting.len() > limits.unacknowledged_messages
            || self.bytes > limits.unacknowledged_bytes
        {
            return Err(TooSlow);
        }
        Ok(())
    }

    /// What the connection takes next.
    pub(crate) fn next(&self) -> Option<&Bytes> {
        self.waiting.get(self.taken)
    }

    pub(crate) fn took(&mut self) {
        self.taken += 1;
    }

    /// The client has all messages up to this number.
    pub(crate) fn acknowledge(&mut self, number: u64) -> Result<(), NeverSent> {
        // Acknowledgements may come late, after a newer one: those say nothing new.
        let count = number.saturating_sub(self.acknowledged);
        let count = usize::try_from(count)
            .ok()
            .filter(|&count| count <= self.taken)
            .ok_or(NeverSent)?;
        for message in self.waiting.drain(..count) {
            self.bytes -= message.len();
        }
        self.acknowledged += count as u64;
        self.taken -= count;
        Ok(())
    }

    /// Another connection goes on after the message with this number. Gives whether all after it are still there.
    pub(crate) fn resume(&mut self, number: u64) -> bool {
        self.taken = self.waiting.len();
        let known = number >= self.acknowledged && self.acknowledge(number).is_ok();
        self.taken = 0;
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outbox(messages: &[&'static str]) -> Outbox {
        let mut outbox = Outbox::default();
        for message in messages {
            outbox
                .push((*message).into(), &Limits::default())
                .expect("there is room");
        }
        outbox
    }

    fn take_all(outbox: &mut Outbox) -> Vec<Bytes> {
        let mut taken = Vec::new();
        while let Some(message) = outbox.next().cloned() {
            outbox.took();
            taken.push(message);
        }
        taken
    }

    #[test]
    fn what_is_acknowledged_is_forgotten() {
        let mut outbox = outbox(&["a", "b", "c"]);
        assert_eq!(take_all(&mut outbox), ["a", "b", "c"]);
        assert_eq!(outbox.acknowledge(2), Ok(()));
        assert_eq!(outbox.acknowledge(1), Ok(()));
        assert_eq!((outbox.waiting.len(), outbox.bytes), (1, 1));
    }

    #[test]
    fn a_new_connection_gets_what_the_old_one_did_not_deliver() {
        let mut outbox = outbox(&["a", "b", "c"]);
        take_all(&mut outbox);
        assert!(outbox.resume(1));
        assert_eq!(take_all(&mut outbox), ["b", "c"]);
        assert!(!outbox.resume(0), "the first is gone");
        assert!(!outbox.resume(4), "there was no fourth");
    }

    #[test]
    fn nobody_acknowledges_what_was_not_sent() {
        let mut outbox = outbox(&["a", "b"]);
        outbox.took();
        assert_eq!(outbox.acknowledge(2), Err(NeverSent));
        assert_eq!(outbox.acknowledge(u64::MAX), Err(NeverSent));
        assert_eq!(outbox.acknowledge(1), Ok(()));
    }

    #[test]
    fn there_is_room_for_so_much() {
        let limits = Limits {
            unacknowledged_messages: 2,
            unacknowledged_bytes: 10,
            ..Limits::default()
        };
        let mut outbox = Outbox::default();
        assert_eq!(outbox.push("a".into(), &limits), Ok(()));
        assert_eq!(outbox.push("b".into(), &limits), Ok(()));
        assert_eq!(outbox.push("c".into(), &limits), Err(TooSlow));
        let mut outbox = Outbox::default();
        assert_eq!(outbox.push("0123456789".into(), &limits), Ok(()));
        assert_eq!(outbox.push("0".into(), &limits), Err(TooSlow));
    }
}
