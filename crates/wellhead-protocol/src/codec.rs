//! How the type of a field is written and read: one implementation per type, named in one place for the schema.

use crate::reader::Reader;
use crate::schema::Shape;
use crate::writer::Writer;
use crate::{Chunk, DecodeError, Digest, Fault, Json, MAX_INTEGER, Markup, Name, Node, Operation};

/// A type of a field.
pub(crate) trait Codec: Sized {
    /// How it is written.
    const SHAPE: Shape;

    /// Appends it.
    fn write(&self, writer: &mut Writer);

    /// Takes it.
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// Whether the field is left out.
    fn is_absent(&self) -> bool {
        false
    }
}

/// A type of which there are lists.
pub(crate) trait Item: Codec {}

/// An enum of messages or operations: a code, then the fields.
pub trait Alternatives: Sized {
    /// The code of this one.
    fn code(&self) -> u8;

    /// Appends the fields.
    fn write_fields(&self, writer: &mut Writer);

    /// Takes the fields of the one with that code, if there is one.
    fn read_fields(code: u8, reader: &mut Reader<'_>) -> Result<Option<Self>, DecodeError>;
}

macro_rules! codec {
    ($type:ty, $shape:expr, |$value:ident, $writer:ident| $write:expr, |$reader:ident| $read:expr) => {
        impl Codec for $type {
            const SHAPE: Shape = $shape;
            fn write(&self, $writer: &mut Writer) {
                let $value = self;
                $write
            }
            fn read($reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                $read
            }
        }
    };
}

codec!(
    u32,
    Shape::Integer(u32::MAX as u64),
    |value, w| w.integer(u64::from(*value)),
    |r| r.short_integer()
);
codec!(
    u64,
    Shape::Integer(MAX_INTEGER),
    |value, w| w.integer(*value),
    |r| r.integer()
);
codec!(String, Shape::Text, |value, w| w.text(value), |r| r
    .text()
    .map(str::to_owned));
codec!(Name, Shape::Name, |value, w| w.name(value), |r| r.name());
codec!(Json, Shape::Json, |value, w| w.text(value), |r| r.json());
codec!(Node, Shape::Node, |value, w| w.node(value.0), |r| r.node());
codec!(Digest, Shape::Digest, |value, w| w.bytes(&value.0), |r| r
    .array()
    .map(Digest));
codec!(Chunk, Shape::Bytes, |value, w| w.bytes(&value.0), |r| Ok(
    Chunk(r.rest())
));
codec!(
    Markup,
    Shape::Markup,
    |value, w| {
        w.begin_markup();
        w.literal(&value.0);
    },
    |r| r.markup().map(Markup)
);

impl Item for u64 {}

impl<T: Item> Codec for Vec<T> {
    const SHAPE: Shape = Shape::List(&T::SHAPE);

    fn write(&self, writer: &mut Writer) {
        writer.integer(self.len() as u64);
        for item in self {
            item.write(writer);
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        // Grows with what is read, whatever the count says.
        let count = reader.count()?;
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(T::read(reader)?);
        }
        Ok(items)
    }
}

impl Codec for Vec<Operation> {
    const SHAPE: Shape = Shape::Operations;

    fn write(&self, writer: &mut Writer) {
        for operation in self {
            writer.byte(operation.code());
            operation.write_fields(writer);
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut operations = Vec::new();
        while !reader.is_at_end() {
            let offset = reader.offset();
            let code = reader.byte()?;
            let operation = Operation::read_fields(code, reader)?;
            operations.push(operation.ok_or(Fault::UnknownOperation(code).at(offset))?);
        }
        Ok(operations)
    }
}

/// Only the last field of a message can be optional.
impl<T: Codec> Codec for Option<T> {
    const SHAPE: Shape = Shape::Optional(&T::SHAPE);

    fn write(&self, writer: &mut Writer) {
        if let Some(value) = self {
            value.write(writer);
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        if reader.is_at_end() {
            return Ok(None);
        }
        T::read(reader).map(Some)
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}
