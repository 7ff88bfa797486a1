//! What a client may send: any bytes, as one message and as a conversation.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use wellhead_protocol::{Decoder, Encoder, Up};

fuzz_target!(|data: &[u8]| {
    let whole = Bytes::copy_from_slice(data);
    // Alone, a message has one form.
    if let Ok(message) = Decoder::<Up>::new().decode(&whole) {
        assert_eq!(Encoder::new().encode(&message).unwrap(), whole, "{message:?}");
    }
    let mut decoder = Decoder::<Up>::new();
    let (mut encoder, mut second) = (Encoder::new(), Decoder::<Up>::new());
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
