//! Mistakes in writing: each comes out at the end of the message, and leaves no trace.

use wellhead_protocol::{
    Down, EncodeError, Encoder, MAX_MARKUP, MAX_MARKUP_DEPTH, MarkupWriter, Node, Operation,
    Settled,
};

use crate::writers::decode;

/// What `write` writes is a mistake, after which the encoder is as before.
fn check_mistake(write: impl Fn(&mut MarkupWriter<'_>), mistake: EncodeError) {
    let mut encoder = Encoder::<Down>::new();
    let mut render = encoder.render(&Settled::NONE, 0);
    write(&mut render.markup());
    assert_eq!(render.finish(), Err(mistake.clone()));

    let mut patch = encoder.patch(&Settled::OLDEST);
    write(&mut patch.insert_end(1));
    patch.set_attribute(1, "a", "");
    assert_eq!(patch.finish(), Err(mistake));

    let mut patch = encoder.patch(&Settled::OLDEST);
    patch.set_attribute(1, "a", "");
    patch.insert_end(1).instance(1, &["b"]);
    let fresh = [&[1, 2, 2, 0, 1][..], b"a", &[0, 6, 0, 1 << 2 | 3, 1], b"b"].concat();
    assert_eq!(patch.finish().unwrap()[..], fresh);
}

fn operations(bytes: &bytes::Bytes) -> Vec<Operation> {
    match decode(bytes) {
        Down::Patch { operations, .. } => operations,
        other => panic!("{other:?}"),
    }
}

#[test]
fn pieces_are_counted() {
    check_mistake(|_| {}, EncodeError::MarkupIncomplete(1));
    check_mistake(
        |markup| {
            markup.instance(1, &["a", "b", "c"]);
            markup.literal("");
        },
        EncodeError::MarkupIncomplete(1),
    );
    check_mistake(|markup| markup.list(3), EncodeError::MarkupIncomplete(3));
    check_mistake(
        |markup| {
            markup.list(0);
            markup.literal("");
        },
        EncodeError::MarkupExcess,
    );
    check_mistake(
        |markup| {
            markup.instance(1, &["a", "b"]);
            markup.list(1);
            markup.literal("");
            markup.literal("");
        },
        EncodeError::MarkupExcess,
    );
}

#[test]
fn templates_have_parts_that_do_not_change() {
    check_mistake(
        |markup| markup.instance::<&str>(1, &[]),
        EncodeError::EmptyTemplate,
    );
    check_mistake(
        |markup| {
            markup.list(2);
            markup.instance(5, &["a"]);
            markup.instance(5, &["a", "b"]);
            markup.literal("");
        },
        EncodeError::TemplateChanged(5),
    );
}

#[test]
fn depth_is_bounded_for_what_writes_as_for_what_reads() {
    let nest = |depth| {
        move |markup: &mut MarkupWriter<'_>| {
            for level in 0..depth {
                match level % 2 {
                    0 => markup.list(1),
                    _ => markup.instance(1, &["<", ">"]),
                }
            }
            markup.literal("x");
        }
    };
    let mut encoder = Encoder::<Down>::new();
    let mut patch = encoder.patch(&Settled::NONE);
    nest(MAX_MARKUP_DEPTH)(&mut patch.insert_end(0));
    let half = MAX_MARKUP_DEPTH / 2;
    let html = format!("{}x{}", "<".repeat(half), ">".repeat(half));
    let inserted = Operation::InsertEnd {
        node: Node(0),
        html: html.as_str().into(),
    };
    assert_eq!(operations(&patch.finish().unwrap()), [inserted]);
    check_mistake(nest(MAX_MARKUP_DEPTH + 1), EncodeError::MarkupTooDeep);
    check_mistake(
        |markup| {
            (0..MAX_MARKUP_DEPTH).for_each(|_| markup.list(1));
            markup.instance(1, &["x"]);
        },
        EncodeError::MarkupTooDeep,
    );
    // An empty list is a level too.
    check_mistake(
        |markup| {
            (0..MAX_MARKUP_DEPTH).for_each(|_| markup.list(1));
            markup.list(0);
        },
        EncodeError::MarkupTooDeep,
    );
}

#[test]
fn html_is_bounded_for_what_writes_as_for_what_reads() {
    let part = "x".repeat(MAX_MARKUP / 128);
    let write = |times: usize, rest: usize| {
        let part = part.clone();
        move |markup: &mut MarkupWriter<'_>| {
            markup.list(times + 1);
            (0..times).for_each(|_| markup.instance(1, &[&part]));
            markup.literal(&"y".repeat(rest));
        }
    };
    let mut encoder = Encoder::<Down>::new();
    let mut render = encoder.render(&Settled::NONE, 0);
    write(127, part.len())(&mut render.markup());
    let Down::Render { html, .. } = decode(&render.finish().unwrap()) else {
        panic!("not a render");
    };
    assert_eq!(html.0.len(), MAX_MARKUP);
    check_mistake(write(128, 1), EncodeError::MarkupTooLarge);
}

#[test]
fn integers_are_bounded() {
    let mut encoder = Encoder::<Down>::new();
    let settled = |event| Settled::Events(vec![event]);
    let largest = encoder.patch(&settled((1 << 53) - 1)).finish().unwrap();
    assert_eq!(
        largest[1..],
        [1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]
    );
    decode(&largest);
    let above = encoder.patch(&settled(1 << 53)).finish();
    assert_eq!(above, Err(EncodeError::IntegerTooLarge));
}
