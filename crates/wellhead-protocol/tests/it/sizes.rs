//! What the messages cost that there are most of, and which are counted.

use bytes::Bytes;
use wellhead_protocol::{Decoder, Down, Encoder, Settled, Up};

fn click() -> Up {
    Up::Event {
        component: 0,
        handler: "increment".into(),
        payload: None,
    }
}

#[test]
fn a_click_after_the_first_is_three_bytes() {
    let mut encoder = Encoder::new();
    encoder.encode(&click()).unwrap();
    for _ in 0..2 {
        assert_eq!(encoder.encode(&click()).unwrap().len(), 3);
    }
}

#[test]
fn the_counter_s_patch_is_five_bytes() {
    let mut encoder = Encoder::<Down>::new();
    let mut patch = encoder.patch(&Settled::OLDEST);
    patch.set_text(2, "1");
    assert_eq!(patch.finish().unwrap().len(), 5);
}

#[test]
fn an_event_without_effect_is_settled_in_one_byte() {
    let mut encoder = Encoder::<Down>::new();
    assert_eq!(encoder.patch(&Settled::OLDEST).finish().unwrap().len(), 1);
    assert_eq!(encoder.encode(&Down::Heartbeat).unwrap().len(), 1);
}

#[test]
fn several_events_at_once_are_settled_in_two_bytes() {
    let mut encoder = Encoder::<Down>::new();
    assert_eq!(
        encoder.patch(&Settled::Oldest(9)).finish().unwrap().len(),
        2
    );
}

#[test]
fn all_but_joined_and_heartbeat_are_numbered() {
    let unnumbered = crate::conversations::down()
        .into_iter()
        .flat_map(|conversation| conversation.messages)
        .map(|sent| serde_json::from_str::<Down>(&sent.json).unwrap())
        .filter(|message| !message.is_numbered())
        .map(|message| message.kind().as_str());
    assert_eq!(unnumbered.collect::<Vec<_>>(), ["joined", "heartbeat"]);
}

#[test]
fn a_part_of_a_file_shares_the_memory_of_its_message() {
    let message = Bytes::from([&[8 << 2, 1], &[7; 1000][..]].concat());
    let Ok(Up::UploadChunk { bytes, .. }) = Decoder::new().decode(&message) else {
        panic!("not a part of a file");
    };
    assert_eq!(bytes.0.as_ptr(), message[2..].as_ptr());
}
