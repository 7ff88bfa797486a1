//! What clients send.

use bytes::Bytes;
use wellhead_protocol::{Chunk, Component, Digest, NAMES, Resume, Travel, Up};

use super::{Conversation, LARGEST, json, typed};

fn event(handler: &str, payload: Option<&str>) -> Up {
    Up::Event {
        component: 0,
        handler: handler.into(),
        payload: payload.map(json),
    }
}

pub(crate) fn up() -> Vec<Conversation> {
    let component = || Component {
        token: "c0".into(),
        nodes: 7,
        digest: Digest([0, 1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xff]),
    };
    let join = |components, resume| Up::Join {
        token: "t".into(),
        url: "https://example.org/ä?q=1".into(),
        components,
        resume,
    };
    let resume = Resume {
        session: "s".into(),
        received: 300,
        events: 2,
    };
    vec![
        typed("join", [join(vec![component()], None)]),
        typed(
            "join again",
            [
                join(vec![component(), component()], Some(resume.clone())),
                join(vec![], Some(resume)),
            ],
        ),
        typed(
            "clicks",
            [
                event("increment", None),
                event("increment", None),
                event("increment", Some(r#"{"by":2}"#)),
            ],
        ),
        typed(
            "payloads",
            [
                "null",
                "false",
                "0",
                "\"\"",
                "[]",
                "\"é漢😀\"",
                "\"\\ud83d\"",
                r#"{"a":[1.5,-2,{"b":null}]}"#,
            ]
            .map(|payload| event("h", Some(payload))),
        ),
        typed(
            "names",
            ["", "é漢😀", "", "é漢😀", "x", "x"].map(|name| event(name, None)),
        ),
        typed(
            "integers",
            [
                0,
                1,
                127,
                128,
                16_383,
                16_384,
                0x7fff_ffff,
                0x8000_0000,
                0xffff_ffff,
                0x1_0000_0000,
                LARGEST,
            ]
            .map(|received| Up::Ack { received }),
        ),
        typed(
            "everything else",
            [
                Up::Heartbeat,
                Up::Resync {
                    component: 1,
                    reason: "no node 9".into(),
                },
                Up::Navigate {
                    kind: Travel::Patch,
                    url: "/a".into(),
                },
                Up::Navigate {
                    kind: Travel::Navigate,
                    url: String::new(),
                },
                Up::Navigate {
                    kind: Travel::Pop,
                    url: "/b#c".into(),
                },
                Up::Leave { component: 3 },
                Up::UploadStart {
                    component: 1,
                    field: "photo".into(),
                    upload: 1,
                    entries: json(r#"[{"name":"a.png","size":3}]"#),
                },
                Up::UploadChunk {
                    upload: 1,
                    bytes: Chunk(Bytes::from_static(&[0, 127, 255])),
                },
                Up::UploadChunk {
                    upload: 200,
                    bytes: Chunk(Bytes::new()),
                },
                Up::UploadCancel { upload: 1 },
            ],
        ),
        typed("long strings", {
            // The first and the third fill the table; the others find no room.
            [
                ("a", NAMES.bytes / 32),
                ("b", NAMES.bytes),
                ("c", 2),
                ("a", NAMES.bytes / 32),
                ("c", 2),
            ]
            .map(|(letter, length)| Up::Resync {
                component: 0,
                reason: letter.repeat(length.min(4096)).as_str().into(),
            })
        }),
    ]
}
