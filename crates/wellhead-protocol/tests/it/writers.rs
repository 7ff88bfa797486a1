//! Patches and renders that are written as they come: they say what messages would, and mistakes leave no trace.

use proptest::prelude::*;
use wellhead_protocol::{Decoder, Down, Encoder, MarkupWriter, Node, Operation, Settled};

/// Markup as a caller has it.
#[derive(Debug, Clone)]
enum Tree {
    Literal(String),
    Instance(u64, Vec<Tree>),
    List(Vec<Tree>),
}

impl Tree {
    fn write(&self, markup: &mut MarkupWriter<'_>) {
        match self {
            Tree::Literal(html) => markup.literal(html),
            Tree::Instance(key, slots) => {
                markup.instance(*key, &statics(*key, slots.len() + 1));
                slots.iter().for_each(|slot| slot.write(markup));
            }
            Tree::List(trees) => {
                markup.list(trees.len());
                trees.iter().for_each(|tree| tree.write(markup));
            }
        }
    }

    fn html(&self) -> String {
        match self {
            Tree::Literal(html) => html.clone(),
            Tree::Instance(key, slots) => {
                let statics = statics(*key, slots.len() + 1);
                let rest = statics[1..].iter().zip(slots);
                statics[0].clone()
                    + &rest
                        .map(|(part, slot)| slot.html() + part)
                        .collect::<String>()
            }
            Tree::List(trees) => trees.iter().map(Tree::html).collect(),
        }
    }
}

fn statics(key: u64, count: usize) -> Vec<String> {
    (0..count).map(|part| format!("<{key}-{part}>")).collect()
}

fn tree() -> impl Strategy<Value = Tree> {
    let literal = any::<String>().prop_map(Tree::Literal);
    literal.prop_recursive(5, 40, 4, |inner| {
        let slots = prop::collection::vec(inner, 0..4);
        prop_oneof![
            // A key tells the number of slots.
            (slots.clone(), 0..3_u64)
                .prop_map(|(slots, key)| { Tree::Instance(key * 10 + slots.len() as u64, slots) }),
            slots.prop_map(Tree::List),
        ]
    })
}

proptest! {
    #[test]
    fn markup_composes_to_its_html(
        trees in prop::collection::vec((tree(), any::<bool>()), 1..8),
    ) {
        let (mut encoder, mut decoder) = (Encoder::<Down>::new(), Decoder::<Down>::new());
        for (tree, finished) in trees {
            let mut render = encoder.render(&Settled::NONE, 3);
            tree.write(&mut render.markup());
            if !finished {
                continue;
            }
            let bytes = render.finish().unwrap();
            let html = tree.html().as_str().into();
            prop_assert_eq!(decoder.decode(&bytes).unwrap(), Down::Render { settled: Settled::NONE, component: 3, html });
        }
    }
}

pub(crate) fn decode(bytes: &bytes::Bytes) -> Down {
    Decoder::new().decode(bytes).expect("was written")
}

#[test]
fn each_method_writes_its_operation() {
    let mut encoder = Encoder::<Down>::new();
    let mut patch = encoder.patch(&Settled::Events(vec![9, 4]));
    assert!(patch.is_empty());
    patch.set_text(1000, "a");
    assert!(!patch.is_empty());
    patch.splice_text(1, 2, 3, "ä");
    patch.set_attribute(2, "class", "x");
    patch.remove_attribute(3, "class");
    patch.set_property(4, "value", "[1]");
    patch.insert_before(5).literal("<p>");
    patch.insert_end(6).literal("<q>");
    patch.remove(7, 8);
    patch.move_before(9, 10, 2);
    patch.move_end(11, 12, 3);
    patch.replace(13, 14).literal("<r>");
    patch.renumber(u32::MAX, 15);
    patch.component(16);
    patch.mark(9, 2, 17);
    let operations = vec![
        Operation::SetText {
            node: Node(1000),
            text: "a".into(),
        },
        Operation::SpliceText {
            node: Node(1),
            at: 2,
            remove: 3,
            text: "ä".into(),
        },
        Operation::SetAttribute {
            node: Node(2),
            name: "class".into(),
            value: "x".into(),
        },
        Operation::RemoveAttribute {
            node: Node(3),
            name: "class".into(),
        },
        Operation::SetProperty {
            node: Node(4),
            name: "value".into(),
            value: wellhead_protocol::Json::new("[1]").unwrap(),
        },
        Operation::InsertBefore {
            node: Node(5),
            html: "<p>".into(),
        },
        Operation::InsertEnd {
            node: Node(6),
            html: "<q>".into(),
        },
        Operation::Remove {
            node: Node(7),
            count: 8,
        },
        Operation::MoveBefore {
            node: Node(9),
            count: 10,
            before: Node(2),
        },
        Operation::MoveEnd {
            node: Node(11),
            count: 12,
            parent: Node(3),
        },
        Operation::Replace {
            node: Node(13),
            count: 14,
            html: "<r>".into(),
        },
        Operation::Renumber {
            node: Node(u32::MAX),
            count: 15,
        },
        Operation::Component { component: 16 },
        Operation::Mark {
            node: Node(9),
            count: 2,
            component: 17,
        },
    ];
    let bytes = patch.finish().unwrap();
    let message = Down::Patch {
        settled: Settled::Events(vec![9, 4]),
        operations,
    };
    assert_eq!(decode(&bytes), message);
    assert_eq!(Encoder::new().encode(&message).unwrap(), bytes);
}

#[test]
fn nodes_are_written_as_differences() {
    let mut encoder = Encoder::<Down>::new();
    let mut patch = encoder.patch(&Settled::NONE);
    patch.remove(100, 1);
    patch.remove(99, 1);
    patch.remove(101, 1);
    let bytes = patch.finish().unwrap();
    assert_eq!(bytes[..], [0, 7, 200, 1, 1, 7, 1, 1, 7, 4, 1]);
    let mut patch = encoder.patch(&Settled::NONE);
    patch.remove(1, 1);
    assert_eq!(patch.finish().unwrap()[..], [0, 7, 2, 1]);
}

#[test]
fn a_dropped_patch_has_never_been() {
    let mut encoder = Encoder::<Down>::new();
    let mut patch = encoder.patch(&Settled::NONE);
    patch.set_attribute(1, "kept", "");
    patch.finish().unwrap();

    let mut patch = encoder.patch(&Settled::NONE);
    patch.set_attribute(1, "lost", "");
    patch
        .insert_end(1)
        .instance(1, &["lost", "without its slot"]);
    drop(patch);

    let mut patch = encoder.patch(&Settled::NONE);
    patch.remove_attribute(0, "kept");
    patch.remove_attribute(0, "lost");
    patch.insert_end(0).instance(1, &["x"]);
    let expected = [
        &[0, 3, 0, 1, 3, 0, 0, 4][..],
        b"lost",
        &[6, 0, 1 << 2 | 3, 1],
        b"x",
    ]
    .concat();
    assert_eq!(patch.finish().unwrap()[..], expected);
}
