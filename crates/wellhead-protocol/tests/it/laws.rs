//! What holds for all messages and all bytes.

use bytes::Bytes;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wellhead_protocol::{Decoder, Down, Encoder, Limits, Message, Up};

use crate::strategies;

/// What is written is read, message after message, with what both sides remember.
fn survives<M: Message + PartialEq + std::fmt::Debug>(messages: &[M]) {
    let (mut encoder, mut decoder) = (Encoder::<M>::new(), Decoder::<M>::new());
    for message in messages {
        let bytes = encoder.encode(message).expect("can be written");
        assert_eq!(&decoder.decode(&bytes).expect("can be read"), message);
    }
}

fn survives_as_json<M: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(message: &M) {
    let text = serde_json::to_string(message).expect("has a JSON view");
    let read: M = serde_json::from_str(&text).expect(&text);
    assert_eq!(&read, message, "{text}");
}

/// There is one way to write a message: what is read of any bytes is written as these bytes. Of what begins like
/// a message, nothing else is accepted either.
fn is_the_only_form<M: Message + std::fmt::Debug>(bytes: &[u8]) -> bool {
    let Ok(message) = Decoder::<M>::new().decode(&Bytes::copy_from_slice(bytes)) else {
        return false;
    };
    assert_eq!(
        Encoder::new().encode(&message).expect("was read")[..],
        *bytes,
        "{message:?}"
    );
    true
}

proptest! {
    #[test]
    fn what_a_client_writes_is_read(messages in prop::collection::vec(strategies::up(), 1..12)) {
        survives(&messages);
    }

    #[test]
    fn what_a_server_writes_is_read(messages in prop::collection::vec(strategies::down(), 1..12)) {
        survives(&messages);
    }

    #[test]
    fn json_says_the_same(up in strategies::up(), down in strategies::down()) {
        survives_as_json(&up);
        survives_as_json(&down);
    }

    #[test]
    fn what_is_cut_short_is_an_error_or_another_whole_message(message in strategies::up()) {
        let bytes = Encoder::new().encode(&message).unwrap();
        for end in 0..bytes.len() {
            is_the_only_form::<Up>(&bytes[..end]);
        }
        prop_assert!(is_the_only_form::<Up>(&bytes));
    }

    #[test]
    fn a_server_s_message_that_is_cut_short_never_says_the_same(message in strategies::down()) {
        let bytes = Encoder::new().encode(&message).unwrap();
        for end in 0..bytes.len() {
            let cut = Decoder::<Down>::new().decode(&bytes.slice(..end));
            prop_assert!(cut.as_ref() != Ok(&message));
        }
    }

    #[test]
    fn any_bytes_are_fine(
        messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..4),
        code in 0..16_u8,
    ) {
        let (mut up, mut down) = (Decoder::<Up>::new(), Decoder::<Down>::new());
        for bytes in messages {
            let mut with_code = Bytes::copy_from_slice(&[&[code << 2], &bytes[..]].concat());
            let _ = (up.decode(&with_code), down.decode(&with_code));
            with_code = bytes.into();
            let _ = (up.decode(&with_code), down.decode(&with_code));
        }
    }

    #[test]
    fn a_changed_byte_is_an_error_or_another_message(message in strategies::up(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = Encoder::new().encode(&message).unwrap().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        is_the_only_form::<Up>(&bytes);
    }

    #[test]
    fn small_limits_are_kept(message in strategies::up()) {
        let bytes = Encoder::new().encode(&message).unwrap();
        let limits = Limits::up().with_message(100).with_text(10).with_name(5).with_list(2);
        if let Ok(message) = Decoder::<Up>::with_limits(limits).decode(&bytes) {
            prop_assert!(bytes.len() <= 100);
            if let Up::Join { token, url, components, .. } = message {
                prop_assert!(token.len() <= 10 && url.len() <= 10 && components.len() <= 2);
            } else if let Up::Event { handler, payload, .. } = message {
                prop_assert!(handler.len() <= 5 && payload.is_none_or(|payload| payload.len() <= 10));
            }
        }
    }
}
