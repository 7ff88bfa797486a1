//! What a client may send on the JSON wire: any text, a message a line.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wellhead_protocol::{Decoder, JsonView, Limits, Up};

fuzz_target!(|text: &str| {
    let mut view = JsonView::new(Limits::up());
    let mut decoder = Decoder::<Up>::new();
    for line in text.lines() {
        if let Ok(bytes) = view.up(line) {
            let Ok(message) = decoder.decode(&bytes) else {
                return;
            };
            let again = serde_json::to_string(&message).unwrap();
            assert_eq!(serde_json::from_str::<Up>(&again).unwrap(), message);
        }
    }
});
