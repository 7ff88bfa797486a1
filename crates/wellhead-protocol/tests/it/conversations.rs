//! Conversations whose bytes are fixed: what both languages agree on, and what the documentation shows.

mod down;
mod up;

use bytes::Bytes;
use serde::Serialize;
use wellhead_protocol::{Decoder, Down, Encoder, Json, MarkupWriter, Message, Settled};

pub(crate) use down::down;
pub(crate) use up::up;

/// Messages of one direction, from the beginning of what both sides remember.
pub(crate) struct Conversation {
    pub(crate) title: &'static str,
    pub(crate) messages: Vec<Sent>,
}

/// A message's bytes and its JSON.
pub(crate) struct Sent {
    pub(crate) bytes: Bytes,
    pub(crate) json: String,
}

const LARGEST: u64 = (1 << 53) - 1;

fn json(text: &str) -> Json {
    Json::new(text).expect("is JSON")
}

fn typed<M: Message + Serialize + PartialEq + std::fmt::Debug>(
    title: &'static str,
    messages: impl IntoIterator<Item = M>,
) -> Conversation {
    let (mut encoder, mut decoder) = (Encoder::<M>::new(), Decoder::<M>::new());
    let send = |message: M| {
        let bytes = encoder.encode(&message).expect("can be written");
        assert_eq!(decoder.decode(&bytes).as_ref(), Ok(&message));
        let json = serde_json::to_string(&message).expect("has a view");
        Sent { bytes, json }
    };
    let messages = messages.into_iter().map(send).collect();
    Conversation { title, messages }
}

/// Renders of component 0, with what is sent once.
fn renders(title: &'static str, writes: &[&dyn Fn(&mut MarkupWriter<'_>)]) -> Conversation {
    let (mut encoder, mut decoder) = (Encoder::<Down>::new(), Decoder::<Down>::new());
    let send = |write: &&dyn Fn(&mut MarkupWriter<'_>)| {
        let mut render = encoder.render(&Settled::NONE, 0);
        write(&mut render.markup());
        let bytes = render.finish().expect("can be written");
        let message = decoder.decode(&bytes).expect("can be read");
        let json = serde_json::to_string(&message).expect("has a view");
        Sent { bytes, json }
    };
    let messages = writes.iter().map(send).collect();
    Conversation { title, messages }
}
