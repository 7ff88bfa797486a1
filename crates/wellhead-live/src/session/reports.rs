//! What tasks beside a session's own report to it.

use std::future::pending;

use futures_channel::mpsc;
use futures_util::StreamExt;

/// Reports of tasks. There is a channel as soon as a task was given its end of it, which most sessions never do.
pub(crate) struct Reports<T>(Option<(mpsc::UnboundedSender<T>, mpsc::UnboundedReceiver<T>)>);

impl<T> Default for Reports<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Reports<T> {
    /// A task's end. Whoever gives it away limits how many reports there can be.
    pub(crate) fn sender(&mut self) -> mpsc::UnboundedSender<T> {
        let (sender, _) = self.0.get_or_insert_with(mpsc::unbounded);
        sender.clone()
    }

    /// The next report. Cancel-safe.
    pub(crate) async fn next(&mut self) -> Option<T> {
        match &mut self.0 {
            Some((_, reports)) => reports.next().await,
            None => pending().await,
        }
    }
}
