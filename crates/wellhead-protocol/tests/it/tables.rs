//! What both sides remember, until there is no room.

use wellhead_protocol::{Decoder, Down, Encoder, NAMES, Node, Operation, Settled, TEMPLATES};

/// Sends `names` as attributes twice, and says which came as a number the second time.
fn known(names: &[String]) -> Vec<bool> {
    let (mut encoder, mut decoder) = (Encoder::<Down>::new(), Decoder::<Down>::new());
    let mut known = Vec::new();
    for round in 0..2 {
        for name in names {
            let mut patch = encoder.patch(&Settled::NONE);
            patch.remove_attribute(0, name);
            let bytes = patch.finish().unwrap();
            let operation = Operation::RemoveAttribute {
                node: Node(0),
                name: name.as_str().into(),
            };
            let message = Down::Patch {
                settled: Settled::NONE,
                operations: vec![operation],
            };
            assert_eq!(decoder.decode(&bytes).unwrap(), message);
            if round == 1 {
                known.push(bytes[3] != 0);
            }
        }
    }
    known
}

#[test]
fn strings_are_known_until_there_are_too_many() {
    let names: Vec<_> = (0..NAMES.entries + 2)
        .map(|name| name.to_string())
        .collect();
    let known = known(&names);
    let entries = NAMES.entries as usize;
    assert!(known[..entries].iter().all(|known| *known));
    assert_eq!(known[entries..], [false, false]);
}

#[test]
fn strings_are_known_until_they_are_too_long() {
    // A length of up to 127 takes one byte, of up to 16,383 two, and a longer one three.
    let name = |letter: &str, size| letter.repeat(size);
    let half = NAMES.bytes / 2;
    let names = [
        name("a", half - 3),
        name("b", half - 2),
        name("c", half - 3 - 4),
        name("d", 4),
        name("e", 2),
        name("f", 1),
        name("", 0),
        name("g", 0),
    ];
    assert_eq!(
        known(&names),
        [true, false, true, false, true, false, true, true]
    );
}

#[test]
fn templates_are_known_until_there_are_too_many_or_they_are_too_long() {
    let (mut encoder, mut decoder) = (Encoder::<Down>::new(), Decoder::<Down>::new());
    let mut send = |key: u64, part: &str| {
        let mut render = encoder.render(&Settled::NONE, 0);
        render.markup().instance(key, &[part]);
        let bytes = render.finish().unwrap();
        let html = part.into();
        let message = Down::Render {
            settled: Settled::NONE,
            component: 0,
            html,
        };
        assert_eq!(decoder.decode(&bytes).unwrap(), message);
        bytes[2] & 3 == 1
    };
    // Room for the others, of three bytes each.
    let others = 3 * (TEMPLATES.entries as usize - 1);
    let large = "x".repeat(TEMPLATES.bytes - others - 3);
    assert_eq!([send(0, &large), send(0, &large)], [false, true]);
    let too_large = "y".repeat(others - 1);
    assert_eq!([send(1, &too_large), send(1, &too_large)], [false, false]);
    for key in 2..=u64::from(TEMPLATES.entries) {
        assert_eq!([send(key, "ä"), send(key, "ä")], [false, true]);
    }
    assert_eq!([send(9999, ""), send(9999, "")], [false, false]);
    assert!(send(0, &large));
}
