//! The protocol as data, and the macros that make it together with the types and their codec.
//!
//! The client's TypeScript and the tables of `docs/protocol.md` are written from [`UP`], [`DOWN`] and [`OPERATIONS`].

pub use crate::down::DOWN;
pub use crate::operation::OPERATIONS;
pub use crate::up::UP;

/// A set of alternatives: the messages of a direction, or the operations of a patch.
#[derive(Debug)]
pub struct Union {
    /// The name of the type.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// The property that tells the alternatives apart in JSON.
    pub tag: &'static str,
    /// The alternatives, by code.
    pub variants: &'static [Variant],
}

/// A message or an operation.
#[derive(Debug)]
pub struct Variant {
    /// Its name, in camel case as in JSON.
    pub name: &'static str,
    /// What it says.
    pub doc: &'static str,
    /// Its number.
    pub code: u8,
    /// What it holds, in the order of the bytes.
    pub fields: &'static [Field],
}

/// A structure within a message.
#[derive(Debug)]
pub struct Record {
    /// The name of the type.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// What it holds, in the order of the bytes.
    pub fields: &'static [Field],
}

/// A field of a message, an operation or a record.
#[derive(Debug)]
pub struct Field {
    /// Its name, as in JSON.
    pub name: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// How it is written.
    pub shape: Shape,
}

/// One of several words.
#[derive(Debug)]
pub struct Choice {
    /// The name of the type.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// The words with what they mean; each is written as its index.
    pub words: &'static [(&'static str, &'static str)],
}

/// How a field is written.
#[derive(Debug)]
#[non_exhaustive]
pub enum Shape {
    /// LEB128, at most so much.
    Integer(u64),
    /// Length, UTF-8.
    Text,
    /// A string that is sent once.
    Name,
    /// Length, JSON text.
    Json,
    /// The difference to the node before.
    Node,
    /// HTML of literals and instances of templates.
    Markup,
    /// Eight bytes.
    Digest,
    /// The rest of the message.
    Bytes,
    /// Two bits in the type byte, and for some values more behind it.
    Settled,
    /// The index of a word.
    Choice(&'static Choice),
    /// Its fields, one after another.
    Record(&'static Record),
    /// A count, then as many.
    List(&'static Shape),
    /// Operations up to the end of the message.
    Operations,
    /// There unless the message ends before it.
    Optional(&'static Shape),
}

/// Defines an enum of messages or operations with its codec and its schema.
macro_rules! union {
    (
        $(#[doc = $doc:literal])*
        #[tag = $tag:literal]
        pub enum $name:ident as $kind:ident in $schema:ident {
            $(
                $(#[doc = $variant_doc:literal])*
                $variant:ident $text:literal = $code:literal $({
                    $(
                        $(#[doc = $field_doc:literal])*
                        $(#[serde $serde:tt])*
                        $field:ident: $type:ty,
                    )*
                })?,
            )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(tag = $tag)]
        pub enum $name {
            $(
                $(#[doc = $variant_doc])*
                #[serde(rename = $text)]
                $variant $({
                    $(
                        $(#[doc = $field_doc])*
                        #[serde(skip_serializing_if = "crate::codec::Codec::is_absent")]
                        $(#[serde $serde])*
                        $field: $type,
                    )*
                })?,
            )*
        }

        #[doc = concat!("Which [`", stringify!($name), "`] it is; the value is its code.")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum $kind { $($(#[doc = $variant_doc])* $variant = $code,)* }

        impl $kind {
            /// The name as in JSON and metrics.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $($kind::$variant => $text,)* }
            }
        }

        impl $name {
            /// Which it is.
            #[must_use]
            pub fn kind(&self) -> $kind {
                match self { $($name::$variant { .. } => $kind::$variant,)* }
            }
        }

        #[doc = concat!("The schema of [`", stringify!($name), "`](crate::", stringify!($name), ").")]
        pub static $schema: crate::schema::Union = crate::schema::Union {
            name: stringify!($name),
            doc: concat!($($doc),*),
            tag: $tag,
            variants: &[$(crate::schema::Variant {
                name: $text,
                doc: concat!($($variant_doc),*),
                code: $code,
                fields: &[$($(crate::schema::Field {
                    name: stringify!($field),
                    doc: concat!($($field_doc),*),
                    shape: <$type as crate::codec::Codec>::SHAPE,
                },)*)?],
            },)*],
        };

        impl crate::codec::Alternatives for $name {
            fn code(&self) -> u8 {
                self.kind() as u8
            }
            fn write_fields(&self, #[allow(unused_variables)] writer: &mut crate::writer::Writer) {
                match self {
                    $($name::$variant $({ $($field),* })? => { $($(crate::codec::Codec::write($field, writer);)*)? })*
                }
            }
            fn read_fields(
                code: u8,
                reader: &mut crate::reader::Reader<'_>,
            ) -> Result<Option<Self>, crate::DecodeError> {
                Ok(Some(match code {
                    $($code => $name::$variant $({ $($field: crate::codec::Codec::read(reader)?),* })?,)*
                    _ => return Ok(None),
                }))
            }
        }
    };
}

/// Defines a structure within messages.
macro_rules! record {
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident {
            $( $(#[doc = $field_doc:literal])* pub $field:ident: $type:ty, )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $name {
            $( $(#[doc = $field_doc])* pub $field: $type, )*
        }

        impl crate::codec::Item for $name {}

        impl crate::codec::Codec for $name {
            const SHAPE: crate::schema::Shape = crate::schema::Shape::Record(&crate::schema::Record {
                name: stringify!($name),
                doc: concat!($($doc),*),
                fields: &[$(crate::schema::Field {
                    name: stringify!($field),
                    doc: concat!($($field_doc),*),
                    shape: <$type as crate::codec::Codec>::SHAPE,
                },)*],
            });
            fn write(&self, writer: &mut crate::writer::Writer) {
                $(self.$field.write(writer);)*
            }
            fn read(reader: &mut crate::reader::Reader<'_>) -> Result<Self, crate::DecodeError> {
                Ok(Self { $($field: crate::codec::Codec::read(reader)?),* })
            }
        }
    };
}

/// Defines a choice of words.
macro_rules! choice {
    (
        $(#[doc = $doc:literal])*
        pub enum $name:ident {
            $( $(#[doc = $word_doc:literal])* $word:ident $text:literal, )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $( $(#[doc = $word_doc])* #[serde(rename = $text)] $word, )* }

        impl crate::codec::Codec for $name {
            const SHAPE: crate::schema::Shape = crate::schema::Shape::Choice(&crate::schema::Choice {
                name: stringify!($name),
                doc: concat!($($doc),*),
                words: &[$(($text, concat!($($word_doc),*)),)*],
            });
            fn write(&self, writer: &mut crate::writer::Writer) {
                writer.integer(*self as u64);
            }
            fn read(reader: &mut crate::reader::Reader<'_>) -> Result<Self, crate::DecodeError> {
                reader.choice(&[$($name::$word),*])
            }
        }
    };
}
