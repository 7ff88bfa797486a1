//! Bytes that are not messages: each is refused, with what is wrong and where.

use bytes::Bytes;
use wellhead_protocol::{
    CloseCode, Decoder, Down, Encoder, JsonView, Limits, MAX_MARKUP_DEPTH, Message, Up, Wire,
    negotiate,
};

fn error<M: Message + std::fmt::Debug>(bytes: &[u8]) -> String {
    let decoded = Decoder::<M>::new().decode(&Bytes::copy_from_slice(bytes));
    decoded.expect_err("is not a message").to_string()
}

#[test]
fn what_is_no_message_is_refused() {
    let up = error::<Up>;
    assert_eq!(up(&[]), "the message ends too early at byte 0");
    assert_eq!(up(&[63 << 2]), "unknown message 63 at byte 0");
    assert_eq!(up(&[3 << 2 | 1]), "unknown form 1 of the message at byte 0");
    assert_eq!(up(&[3 << 2, 0]), "1 bytes follow the message at byte 1");
    assert_eq!(up(&[1 << 2, 0, 1]), "unknown string 1 at byte 2");
    assert_eq!(
        up(&[1 << 2, 0, 0, 1, b'h', 0]),
        "not JSON: column 0 of line 1 at byte 5"
    );
    assert_eq!(up(&[5 << 2, 3, 0]), "unknown choice 3 at byte 1");
    assert_eq!(up(&[0, 2, b'a', 0xff]), "text that is not UTF-8 at byte 3");
    assert_eq!(up(&[0, 5, b'a']), "the message ends too early at byte 3");
}

#[test]
fn integers_have_one_form_and_a_bound() {
    let ack = |bytes: &[u8]| error::<Up>(&[&[2 << 2], bytes].concat());
    assert_eq!(ack(&[]), "the message ends too early at byte 1");
    assert_eq!(ack(&[0x80]), "the message ends too early at byte 2");
    assert_eq!(
        ack(&[0x80, 0]),
        "an integer that is longer than it need be at byte 1"
    );
    let above = "an integer above 9007199254740991 at byte 1";
    assert_eq!(
        ack(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]),
        above
    );
    assert_eq!(
        ack(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]),
        above
    );
    assert_eq!(ack(&[0xff; 100]), above);
    let leave = error::<Up>(&[6 << 2, 0x80, 0x80, 0x80, 0x80, 0x10]);
    assert_eq!(leave, "an integer above 4294967295 at byte 1");
}

#[test]
fn operations_that_do_not_exist_are_refused() {
    let down = error::<Down>;
    assert_eq!(down(&[0, 99]), "unknown operation 99 at byte 1");
    assert_eq!(down(&[0, 7, 1, 1]), "node -1 is out of range at byte 2");
    let beyond = [0, 7, 0x80, 0x80, 0x80, 0x80, 0x20, 1];
    assert_eq!(down(&beyond), "node 4294967296 is out of range at byte 2");
    assert_eq!(down(&[0, 5, 0, 9 << 2 | 1]), "unknown template 9 at byte 3");
    assert_eq!(
        down(&[0, 5, 0, 3]),
        "a template without static parts at byte 3"
    );
    assert_eq!(
        down(&[0, 5, 0, 2 << 2 | 2, 0]),
        "the message ends too early at byte 5"
    );
    for form in [[2, 0], [2, 1]] {
        assert_eq!(
            down(&form),
            "an integer that is longer than it need be at byte 1"
        );
    }
    let deep = [&[0, 5, 0][..], &[1 << 2 | 2; MAX_MARKUP_DEPTH], &[2]].concat();
    let at = 3 + MAX_MARKUP_DEPTH;
    assert_eq!(
        down(&deep),
        format!("markup is nested more than 512 deep at byte {at}")
    );
    assert_eq!(
        down(
            &[0, 5, 0]
                .into_iter()
                .chain([6; 100_000])
                .collect::<Vec<_>>()
        ),
        format!("markup is nested more than 512 deep at byte {at}")
    );
}

#[test]
fn a_little_markup_cannot_make_much() {
    // A template of 200 KiB, and a list of a hundred instances in two bytes each.
    let part = vec![b'x'; 200 << 10];
    let mut bytes = vec![0, 5, 0, 0xc6, 0x03, 1 << 2 | 3, 0x80, 0xc0, 0x0c];
    bytes.extend(&part);
    bytes.extend([1; 112]);
    let error = error::<Down>(&bytes);
    assert!(
        error.starts_with("markup of more than 16777216 bytes"),
        "{error}"
    );
}

#[test]
fn a_refused_message_is_the_last() {
    let mut decoder = Decoder::<Up>::new();
    let heartbeat = Bytes::from_static(&[3 << 2]);
    assert_eq!(decoder.decode(&heartbeat), Ok(Up::Heartbeat));
    decoder.decode(&Bytes::new()).unwrap_err();
    let error = decoder.decode(&heartbeat).unwrap_err();
    assert_eq!(error.to_string(), "a message before was refused at byte 0");
}

#[test]
fn lengths_are_bounded() {
    let limits = Limits::up()
        .with_message(40)
        .with_text(4)
        .with_name(3)
        .with_list(2);
    let error = |bytes: &[u8]| {
        let bytes = Bytes::copy_from_slice(bytes);
        Decoder::<Up>::with_limits(limits)
            .decode(&bytes)
            .unwrap_err()
    };
    let long = error(&[0; 41]);
    assert_eq!(
        long.to_string(),
        "a message of 41 bytes, at most 40 at byte 40"
    );
    assert_eq!(long.close_code(), CloseCode::MessageTooLarge);
    let text = error(&[0, 5]);
    assert_eq!(text.to_string(), "a text of 5 bytes, at most 4 at byte 1");
    assert_eq!(text.close_code(), CloseCode::ProtocolError);
    assert_eq!(
        error(&[1 << 2, 0, 0, 4]).to_string(),
        "a text of 4 bytes, at most 3 at byte 3"
    );
    assert_eq!(
        error(&[0, 0, 0, 3]).to_string(),
        "a list of 3, at most 2 at byte 3"
    );
    // What is as long as it may be is taken.
    let mut decoder = Decoder::<Up>::with_limits(limits);
    let taken = [&[1 << 2, 0, 0, 3][..], b"abc", &[4], b"1234"].concat();
    assert!(decoder.decode(&taken.into()).is_ok());
    let join = [&[0, 4][..], b"abcd", &[0, 2], &[0; 20]].concat();
    assert_eq!(join.len(), 28);
    assert!(decoder.decode(&join.into()).is_ok());
    let chunk = [&[8 << 2, 0][..], &[7; 38]].concat();
    assert!(decoder.decode(&chunk.into()).is_ok());
}

#[test]
fn json_has_the_limits_of_bytes() {
    let mut view = JsonView::new(Limits::up().with_message(60));
    let says = |text: &str, view: &mut JsonView| view.up(text).unwrap_err().to_string();
    let long = format!("{{\"type\":\"ack\",\"received\":1{}}}", " ".repeat(60));
    assert_eq!(
        says(&long, &mut view),
        "a message of 87 bytes, at most 60 at byte 60"
    );
    assert!(
        says("{\"type\":\"nothing\"}", &mut view)
            .starts_with("not a message: unknown variant `nothing`")
    );
    assert!(says("[", &mut view).starts_with("not a message: EOF"));
    assert_eq!(
        says(
            "{\"type\":\"ack\",\"received\":9007199254740992}",
            &mut view
        ),
        "an integer above 9007199254740991"
    );
}

#[test]
fn json_tells_null_from_nothing() {
    let payload = |text: &str| match serde_json::from_str(text).unwrap() {
        Up::Event { payload, .. } => payload.map(|payload| payload.to_string()),
        other => panic!("{other:?}"),
    };
    let event =
        |rest: &str| format!("{{\"type\":\"event\",\"component\":1,\"handler\":\"h\"{rest}}}");
    assert_eq!(payload(&event("")), None);
    assert_eq!(
        payload(&event(",\"payload\":null")),
        Some("null".to_owned())
    );
}

#[test]
fn a_view_follows_strings_over_a_reconnect() {
    let mut view = JsonView::new(Limits::up());
    let click = r#"{"type":"event","component":0,"handler":"a"}"#;
    let first = view.up(click).unwrap();
    assert_eq!(view.up(click).unwrap()[..], [4, 0, 1]);
    view.reconnected();
    assert_eq!(view.up(click).unwrap(), first);

    let push = Down::Push {
        component: 0,
        name: "n".into(),
        value: wellhead_protocol::Json::null(),
    };
    let mut encoder = Encoder::new();
    let text = r#"{"type":"push","component":0,"name":"n","value":null}"#;
    for _ in 0..2 {
        assert_eq!(view.down(&encoder.encode(&push).unwrap()).unwrap(), text);
        view.reconnected();
    }
}

#[test]
fn the_first_subprotocol_that_is_allowed_is_chosen() {
    let both = ["x", "wellhead.v1.json", "wellhead.v1"];
    assert_eq!(negotiate(both, Wire::ALL), Ok(Wire::Json));
    assert_eq!(negotiate(both, &[Wire::Binary]), Ok(Wire::Binary));
    let refused = negotiate([], Wire::ALL).unwrap_err().to_string();
    assert_eq!(
        refused,
        "unsupported subprotocol (offered: none; supported: wellhead.v1, wellhead.v1.json)"
    );
    assert!(negotiate(["wellhead.v10", "WELLHEAD.V1"], Wire::ALL).is_err());
}
