//! The messages of a topic, as one subscriber gets them.

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_core::Stream;

/// A message of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What was published.
    pub bytes: Bytes,
    /// How many messages before this one were lost, since this subscriber was too slow for them.
    pub lost: u64,
}

/// The messages of a topic, until it is dropped. It ends if the store is gone.
pub struct Subscription(Pin<Box<dyn Stream<Item = Message> + Send>>);

impl Subscription {
    /// A subscription that gets what a stream gives.
    pub fn new(messages: impl Stream<Item = Message> + Send + 'static) -> Self {
        Self(Box::pin(messages))
    }

    /// The next message. Cancel-safe.
    pub async fn next(&mut self) -> Option<Message> {
        poll_fn(|context| self.0.as_mut().poll_next(context)).await
    }
}

impl Stream for Subscription {
    type Item = Message;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Message>> {
        self.0.as_mut().poll_next(context)
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subscription")
    }
}
