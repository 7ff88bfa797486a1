//! Any message, made from the schema by way of its JSON: a new message or field needs nothing here.

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wellhead_protocol::schema::{DOWN, Field, OPERATIONS, Shape, UP, Union};
use wellhead_protocol::{Down, Up};

pub(crate) fn up() -> impl Strategy<Value = Up> {
    union(&UP).prop_map(typed)
}

pub(crate) fn down() -> impl Strategy<Value = Down> {
    union(&DOWN).prop_map(typed)
}

fn typed<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("the schema describes the type")
}

fn union(union: &'static Union) -> BoxedStrategy<Value> {
    let variants = union.variants.iter().map(|variant| {
        fields(variant.fields)
            .prop_map(|mut value| {
                value[union.tag] = variant.name.into();
                value
            })
            .boxed()
    });
    proptest::strategy::Union::new(variants).boxed()
}

fn fields(fields: &'static [Field]) -> BoxedStrategy<Value> {
    let values: Vec<_> = fields.iter().map(|field| shape(&field.shape)).collect();
    values
        .prop_map(|values| {
            let named = fields.iter().map(|field| field.name.to_owned()).zip(values);
            named
                .filter_map(|(name, value)| Some((name, value?)))
                .collect()
        })
        .boxed()
}

/// A value for a field; `None` leaves it out.
fn shape(shape: &'static Shape) -> BoxedStrategy<Option<Value>> {
    let hex = |bytes: Vec<u8>| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let value = match shape {
        Shape::Integer(max) => integer(*max),
        Shape::Node => integer(u32::MAX.into()),
        Shape::Text | Shape::Markup => text(),
        Shape::Name => prop_oneof![3 => "[a-e]".prop_map(Value::from), 1 => text()].boxed(),
        Shape::Json => prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            text(),
            text().prop_map(|text| json!({ "a": [text, {}] })),
        ]
        .boxed(),
        Shape::Digest => prop::array::uniform8(any::<u8>())
            .prop_map(move |bytes| hex(bytes.to_vec()).into())
            .boxed(),
        Shape::Bytes => prop::collection::vec(any::<u8>(), 0..20)
            .prop_map(move |bytes| hex(bytes).into())
            .boxed(),
        Shape::Settled => prop_oneof![
            integer(u32::MAX.into()),
            prop::collection::vec(integer((1 << 53) - 1), 0..4).prop_map(Value::from),
        ]
        .boxed(),
        Shape::Choice(choice) => {
            let words: Vec<_> = choice.words.iter().map(|(word, _)| *word).collect();
            prop::sample::select(words).prop_map(Value::from).boxed()
        }
        Shape::Record(record) => fields(record.fields),
        Shape::List(item) => list(
            self::shape(item)
                .prop_map(|item| item.expect("no optional items"))
                .boxed(),
        ),
        Shape::Operations => list(union(&OPERATIONS)),
        Shape::Optional(inner) => {
            return prop_oneof![Just(None), self::shape(inner)].boxed();
        }
        _ => unimplemented!("{shape:?} is new"),
    };
    value.prop_map(Some).boxed()
}

fn list(item: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    prop::collection::vec(item, 0..5)
        .prop_map(Value::from)
        .boxed()
}

/// Mostly small, and around each power of two.
fn integer(max: u64) -> BoxedStrategy<Value> {
    let around = (0..=53_u32, 0..3_u64).prop_map(move |(bits, more)| (1_u64 << bits) + more - 1);
    prop_oneof![0..4_u64, around, Just(max)]
        .prop_map(move |value| value.min(max).into())
        .boxed()
}

fn text() -> BoxedStrategy<Value> {
    prop_oneof![
        Just(String::new()),
        "[a-c]{1,3}",
        any::<String>(),
        "[é漢😀]{1,60}"
    ]
    .prop_map(Value::from)
    .boxed()
}
