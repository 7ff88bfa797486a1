//! What servers send.

use wellhead_protocol::{
    ClientLimits, ComponentState, Down, History, Joined, Json, NAMES, Name, Node, Operation,
    Settled, Stream, Visit,
};

use super::{Conversation, LARGEST, json, renders, typed};

fn patch(settled: Settled, operations: Vec<Operation>) -> Down {
    Down::Patch {
        settled,
        operations,
    }
}

pub(crate) fn down() -> Vec<Conversation> {
    let mut conversations = vec![
        typed(
            "joined",
            [Down::Joined {
                session: "s".into(),
                stream: Stream::New,
                events: 0,
                heartbeat: 30_000,
                limits: ClientLimits {
                    message: 262_144,
                    chunk: 65_536,
                    events: 50,
                },
                components: vec![
                    Joined {
                        component: 0,
                        state: ComponentState::Current,
                    },
                    Joined {
                        component: 1,
                        state: ComponentState::Stale,
                    },
                    Joined {
                        component: 2,
                        state: ComponentState::Refused,
                    },
                ],
            }],
        ),
        typed(
            "a counter's patch",
            [patch(
                Settled::OLDEST,
                vec![Operation::SetText {
                    node: Node(2),
                    text: "1".into(),
                }],
            )],
        ),
        typed(
            "settled events",
            [
                Settled::NONE,
                Settled::OLDEST,
                Settled::Oldest(2),
                Settled::Oldest(u32::MAX),
                Settled::Events(vec![]),
                Settled::Events(vec![7, 5, LARGEST]),
            ]
            .map(|settled| patch(settled, vec![])),
        ),
        typed(
            "operations",
            [
                patch(Settled::NONE, operations()),
                patch(Settled::OLDEST, operations()),
            ],
        ),
        typed(
            "text",
            [
                "",
                "a",
                "é漢😀",
                "\u{0}\u{7f}\u{80}\u{7ff}\u{800}\u{ffff}\u{10ffff}",
                &"ä".repeat(64),
                "\u{feff}x",
            ]
            .map(|text| {
                patch(
                    Settled::NONE,
                    vec![Operation::SetText {
                        node: Node(0),
                        text: text.into(),
                    }],
                )
            }),
        ),
        typed("everything else", everything_else()),
        typed("names", ["", "é漢😀", "", "é漢😀"].map(push)),
    ];
    conversations.push(renders(
        "a list",
        &[
            &|markup| {
                markup.instance(1, &["<ul>", "</ul>"]);
                markup.list(2);
                for text in ["milk", "eggs"] {
                    markup.instance(2, &["<li>", "</li>"]);
                    markup.literal(text);
                }
            },
            &|markup| {
                markup.instance(2, &["<li>", "</li>"]);
                markup.literal("bread");
            },
        ],
    ));
    conversations.push(renders(
        "nested markup",
        &[
            &|markup| markup.literal(""),
            &|markup| markup.list(0),
            // A template within itself, and one that is new within one that is new.
            &|markup| {
                markup.instance(1, &["<é>", "😀", ""]);
                markup.instance(2, &["", ""]);
                markup.instance(1, &["<é>", "😀", ""]);
                markup.literal("漢");
                markup.instance(3, &["alone"]);
                markup.list(2);
                markup.literal("x");
                markup.instance(3, &["alone"]);
            },
            &|markup| {
                for level in 0..511 {
                    match level % 2 {
                        0 => markup.instance(2, &["", ""]),
                        _ => markup.list(1),
                    }
                }
                markup.instance(3, &["alone"]);
            },
        ],
    ));
    conversations.push(typed("a table of names that is full", {
        let name = |index: u32| Operation::RemoveAttribute {
            node: Node(0),
            name: index.to_string().into(),
        };
        let last = NAMES.entries - 1;
        [
            patch(Settled::NONE, (0..NAMES.entries).map(name).collect()),
            patch(
                Settled::NONE,
                vec![name(0), name(last), name(last + 1), name(last + 1)],
            ),
        ]
    }));
    conversations
}

fn push(name: &str) -> Down {
    Down::Push {
        component: 0,
        name: name.into(),
        value: Json::null(),
    }
}

fn operations() -> Vec<Operation> {
    let class = || Name::from("class");
    vec![
        Operation::SetText {
            node: Node(5),
            text: "a".into(),
        },
        Operation::SpliceText {
            node: Node(5),
            at: 2,
            remove: 0,
            text: "😀".into(),
        },
        Operation::SetAttribute {
            node: Node(3),
            name: class(),
            value: "x".into(),
        },
        Operation::RemoveAttribute {
            node: Node(4),
            name: class(),
        },
        Operation::SetProperty {
            node: Node(4),
            name: "value".into(),
            value: json("\"é\""),
        },
        Operation::SetProperty {
            node: Node(1000),
            name: "checked".into(),
            value: json("true"),
        },
        Operation::InsertBefore {
            node: Node(2),
            html: "<p>é</p>".into(),
        },
        Operation::InsertEnd {
            node: Node(0),
            html: "".into(),
        },
        Operation::Remove {
            node: Node(9),
            count: 1,
        },
        Operation::MoveBefore {
            node: Node(20),
            count: 3,
            before: Node(10),
        },
        Operation::MoveEnd {
            node: Node(20),
            count: 1,
            parent: Node(u32::MAX),
        },
        Operation::Replace {
            node: Node(0),
            count: 2,
            html: "<i></i>".into(),
        },
        Operation::Renumber {
            node: Node(6),
            count: 200,
        },
        Operation::Mark {
            node: Node(7),
            count: 1,
            component: 2,
        },
        Operation::Component { component: 1 },
        Operation::Remove {
            node: Node(1),
            count: 1,
        },
    ]
}

fn everything_else() -> Vec<Down> {
    let failed = |event| Down::Error {
        code: "handler_threw".into(),
        message: "Not today".into(),
        trace: "4bf9".into(),
        event,
    };
    let navigate = |kind, history| Down::Navigate {
        kind,
        history,
        url: "/x".into(),
    };
    vec![
        Down::Render {
            settled: Settled::Oldest(3),
            component: 1,
            html: "<b>1</b>".into(),
        },
        Down::Reply {
            event: 7,
            value: json(r#"{"ok":true}"#),
        },
        push("chart"),
        push("chart"),
        Down::Title {
            text: "Inbox (3)".into(),
        },
        navigate(Visit::Patch, History::Push),
        navigate(Visit::Navigate, History::Replace),
        navigate(Visit::Redirect, History::Push),
        failed(None),
        failed(Some(300)),
        Down::Heartbeat,
        Down::UploadCredit {
            upload: 1,
            bytes: 65_536,
        },
        Down::UploadDone { upload: 1 },
        Down::UploadRefused {
            upload: 2,
            code: "too_large".into(),
            message: "At most 8 MB".into(),
        },
        Down::Reload {
            reason: "deployed".into(),
        },
        Down::Gone { component: 4 },
    ]
}
