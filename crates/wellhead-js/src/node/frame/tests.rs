//! The law of the codec, and what it refuses.

use proptest::prelude::*;

use super::*;

impl FromNode {
    /// What `glue/wire.mjs` does; the integration tests show that the two agree.
    fn encode(&self, id: u32) -> Bytes {
        let mut out = BytesMut::new();
        let kind = match self {
            FromNode::Ready => 64,
            FromNode::LoadFailed(_) => 65,
            FromNode::Begin => 66,
            FromNode::Pending => 67,
            FromNode::Early(_) => 68,
            FromNode::Reply(_) => 69,
            FromNode::Chunk { .. } => 70,
            FromNode::End => 71,
            FromNode::Fail(_) => 72,
            FromNode::Report(_) => 73,
            FromNode::WantBody => 74,
            FromNode::Pong(_) => 75,
            FromNode::Result(_) => 76,
            FromNode::Inspect(_) => 77,
            FromNode::Spoiled => 78,
            FromNode::Mount { .. } => 79,
            FromNode::Took => 80,
            FromNode::News(_) => 81,
            FromNode::Lost(_) => 82,
            FromNode::Done => 83,
        };
        out.put_u8(kind);
        out.put_u32_le(id);
        match self {
            FromNode::LoadFailed(thrown)
            | FromNode::Fail(thrown)
            | FromNode::Report(thrown)
            | FromNode::Lost(thrown) => {
                out.put_u8(thrown.kind);
                for text in [&thrown.name, &thrown.message, &thrown.stack] {
                    put_str(&mut out, text);
                }
            }
            FromNode::Early(head) => put_head(&mut out, head),
            FromNode::Reply(answer) => {
                put_head(&mut out, &answer.head);
                out.put_u8(answer.shape);
                out.put_u8(answer.more.into());
                for part in &answer.parts {
                    out.put_u32_le(part.len() as u32);
                    out.put_slice(part);
                }
            }
            FromNode::Chunk { part, bytes } => {
                out.put_u8(*part);
                out.put_slice(bytes);
            }
            FromNode::Pong(pong) => {
                out.put_u64_le(pong.heap);
                out.put_u64_le(pong.buffers);
                out.put_u32_le(pong.timers);
            }
            FromNode::Result(bytes) => out.put_slice(bytes),
            FromNode::Inspect(address) => put_str(&mut out, address),
            FromNode::Mount { mount, what } => {
                out.put_u32_le(*mount);
                out.put_slice(what.as_bytes());
            }
            FromNode::News(text) => out.put_slice(text.as_bytes()),
            FromNode::Ready
            | FromNode::Begin
            | FromNode::Pending
            | FromNode::End
            | FromNode::WantBody
            | FromNode::Spoiled
            | FromNode::Took
            | FromNode::Done => {}
        }
        out.freeze()
    }
}

fn put_head(out: &mut BytesMut, head: &Head) {
    out.put_u16_le(head.status);
    out.put_i32_le(head.route);
    out.put_u32_le(head.headers.len() as u32);
    for (name, value) in &head.headers {
        put_str(out, name);
        put_str(out, value);
    }
}

fn bytes() -> impl Strategy<Value = Bytes> {
    proptest::collection::vec(any::<u8>(), 0..64).prop_map(Bytes::from)
}

fn heads() -> impl Strategy<Value = Head> {
    let headers = proptest::collection::vec((any::<String>(), any::<String>()), 0..4);
    (any::<u16>(), any::<i32>(), headers).prop_map(|(status, route, headers)| Head {
        status,
        route,
        headers,
    })
}

fn throwns() -> impl Strategy<Value = Thrown> {
    (
        any::<u8>(),
        any::<String>(),
        any::<String>(),
        any::<String>(),
    )
        .prop_map(|(kind, name, message, stack)| Thrown {
            kind,
            name,
            message,
            stack,
        })
}

fn from_node() -> impl Strategy<Value = FromNode> {
    let answers = (
        heads(),
        any::<u8>(),
        any::<bool>(),
        [bytes(), bytes(), bytes()],
    )
        .prop_map(|(head, shape, more, parts)| Answer {
            head,
            shape,
            more,
            parts,
        });
    let pongs =
        (any::<u64>(), any::<u64>(), any::<u32>()).prop_map(|(heap, buffers, timers)| Pong {
            heap,
            buffers,
            timers,
        });
    prop_oneof![
        Just(FromNode::Ready),
        throwns().prop_map(FromNode::LoadFailed),
        Just(FromNode::Begin),
        Just(FromNode::Pending),
        heads().prop_map(FromNode::Early),
        answers.prop_map(|answer| FromNode::Reply(Box::new(answer))),
        (any::<u8>(), bytes()).prop_map(|(part, bytes)| FromNode::Chunk { part, bytes }),
        Just(FromNode::End),
        throwns().prop_map(FromNode::Fail),
        throwns().prop_map(FromNode::Report),
        Just(FromNode::WantBody),
        pongs.prop_map(FromNode::Pong),
        bytes().prop_map(FromNode::Result),
        any::<String>().prop_map(FromNode::Inspect),
        Just(FromNode::Spoiled),
        (any::<u32>(), any::<String>()).prop_map(|(mount, what)| FromNode::Mount { mount, what }),
        Just(FromNode::Took),
        any::<String>().prop_map(FromNode::News),
        throwns().prop_map(FromNode::Lost),
        Just(FromNode::Done),
    ]
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(id in any::<u32>(), frame in from_node()) {
        prop_assert_eq!(FromNode::decode(frame.encode(id)), Ok((id, frame)));
    }

    #[test]
    fn a_frame_that_is_cut_or_lengthened_is_refused(id in any::<u32>(), frame in from_node(), cut in any::<prop::sample::Index>()) {
        let whole = frame.encode(id);
        // Frames that end in bytes of any length cannot tell.
        prop_assume!(!matches!(
            frame,
            FromNode::Chunk { .. } | FromNode::Result(_) | FromNode::Mount { .. } | FromNode::News(_)
        ));
        prop_assert!(FromNode::decode(whole.slice(..cut.index(whole.len()))).is_err());
        let longer = [&whole[..], b"x"].concat();
        prop_assert!(FromNode::decode(longer.into()).is_err());
    }

    #[test]
    fn garbage_neither_panics_nor_allocates_by_its_own_count(garbage in proptest::collection::vec(any::<u8>(), 0..256)) {
        let _ = FromNode::decode(garbage.into());
    }

    #[test]
    fn frames_to_the_process_carry_their_length(id in any::<u32>(), payload in bytes(), text in any::<String>()) {
        let frames = [
            ToNode::Init(payload.clone()),
            ToNode::Call(payload.clone()),
            ToNode::Body(payload.clone()),
            ToNode::BodyEnd,
            ToNode::BodyFail(text.clone()),
            ToNode::Pull(id),
            ToNode::Cancel(Why::Time),
            ToNode::Ping,
            ToNode::Invoke { function: text.clone(), arguments: payload },
            ToNode::Mounted { mount: id, answer: text.clone() },
            ToNode::Command(text),
            ToNode::Close,
        ];
        let mut out = BytesMut::new();
        for frame in &frames {
            frame.encode(id, &mut out);
        }
        let mut rest = out.freeze();
        for frame in &frames {
            let length = rest.get_u32_le() as usize;
            let body = rest.split_to(length);
            prop_assert_eq!(body[0], frame.kind());
            prop_assert_eq!(&body[1..5], &id.to_le_bytes());
        }
        prop_assert!(rest.is_empty());
    }
}

#[test]
fn lengths_outside_the_bounds_are_refused() {
    assert!(length(4_u32.to_le_bytes(), 100).is_err());
    assert_eq!(length(5_u32.to_le_bytes(), 100), Ok(5));
    assert_eq!(length(100_u32.to_le_bytes(), 100), Ok(100));
    assert!(length(101_u32.to_le_bytes(), 100).is_err());
}
