//! Which events a patch answers.

use serde::{Deserialize, Serialize};

use crate::codec::Codec;
use crate::reader::Reader;
use crate::schema::Shape;
use crate::writer::Writer;
use crate::{DecodeError, Fault};

/// Which events a message answers: their effects are in it or in those before it.
///
/// Nearly always none, or the oldest that is not settled yet. Both are told by the two low bits of the message's first
/// byte; the others need a count or a list behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Settled {
    /// So many of the oldest that are not settled yet.
    Oldest(u32),
    /// Those with these numbers.
    Events(Vec<u64>),
}

impl Settled {
    /// None.
    pub const NONE: Self = Self::Oldest(0);
    /// The oldest that is not settled yet.
    pub const OLDEST: Self = Self::Oldest(1);
}

const NONE: u8 = 0;
const OLDEST: u8 = 1;
const COUNT: u8 = 2;
const EVENTS: u8 = 3;

impl Codec for Settled {
    const SHAPE: Shape = Shape::Settled;

    fn write(&self, writer: &mut Writer) {
        match self {
            Settled::Oldest(0) => writer.form(NONE),
            Settled::Oldest(1) => writer.form(OLDEST),
            Settled::Oldest(count) => {
                writer.form(COUNT);
                writer.integer(u64::from(*count));
            }
            Settled::Events(events) => {
                writer.form(EVENTS);
                events.write(writer);
            }
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(match reader.take_form() {
            NONE => Settled::NONE,
            OLDEST => Settled::OLDEST,
            COUNT => {
                let offset = reader.offset();
                match reader.short_integer()? {
                    0 | 1 => return Err(Fault::Overlong.at(offset)),
                    count => Settled::Oldest(count),
                }
            }
            _ => Settled::Events(Codec::read(reader)?),
        })
    }
}
