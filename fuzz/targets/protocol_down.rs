//! What a server may send, as a client in Rust reads it: any bytes, as a conversation.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use wellhead_protocol::{Decoder, Down, Encoder};

fuzz_target!(|data: &[u8]| {
    let mut decoder = Decoder::<Down>::new();
    let (mut encoder, mut second) = (Encoder::new(), Decoder::<Down>::new());
    // 0xff, which begins no message, ends one.
    for part in data.split(|byte| *byte == 0xff) {
        match decoder.decode(&Bytes::copy_from_slice(part)) {
            Ok(message) => {
                let again = encoder.encode(&message).unwrap();
                assert_eq!(second.decode(&again), Ok(message));
            }
            Err(error) => assert!(error.offset <= part.len()),
        }
    }
});
