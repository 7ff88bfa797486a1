//! Streams in renders: the name, and the changes since the render before.

use super::{Reader, RenderedError, number};
use crate::{
    Context, Stream, Value,
    json::{Json, JsonError, Piece},
};

const RESET: i64 = 0;
const SHOW: i64 = 1;
const REMOVE: i64 = 2;
const LIMIT: i64 = 3;

impl Reader<'_> {
    /// Reads what is behind the tag.
    pub(super) fn stream<'j>(
        &mut self,
        json: &mut Json<'j>,
        context: &Context,
        depth: usize,
    ) -> Result<Value<'j>, RenderedError> {
        let name = match next(json)? {
            Some(Piece::Text(name)) => name,
            _ => return Err("a stream has no name".into()),
        };
        let mut stream = Stream::new(name);
        while json.has_item()? {
            let Piece::Array = json.next()? else {
                return Err(problem(&stream, "a change is no array"));
            };
            self.change(&mut stream, json, context, depth)?;
        }
        Ok(Value::Stream(stream))
    }

    fn change<'j>(
        &mut self,
        stream: &mut Stream<'j>,
        json: &mut Json<'j>,
        context: &Context,
        depth: usize,
    ) -> Result<(), RenderedError> {
        let kind = whole(json)?.ok_or_else(|| problem(stream, "a change has no kind"))?;
        match kind {
            RESET => stream.reset(),
            SHOW => {
                let key = key(json, stream)?;
                let at: i64 = whole(json)?
                    .filter(|&at| at >= -1)
                    .ok_or_else(|| problem(stream, "an item has no place"))?;
                let item = match json.has_item()? {
                    true => self.value(json, context, depth + 1)?,
                    false => Value::Nothing,
                };
                let Value::Instance(item) = item else {
                    return Err(problem(stream, "an item is no instance of a template"));
                };
                // -1 is the end.
                let shown = stream.show(key, usize::try_from(at).ok(), item);
                shown.map_err(|error| error.to_string())?;
            }
            REMOVE => {
                let key = key(json, stream)?;
                stream.remove(key);
            }
            LIMIT => {
                let count = whole(json)?.ok_or_else(|| problem(stream, "a limit has no count"))?;
                let items = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
                match count < 0 {
                    true => stream.keep_last(items),
                    false => stream.keep_first(items),
                }
            }
            _ => return Err(problem(stream, "there is no such change")),
        }
        json.end_of_array()?;
        Ok(())
    }
}

fn problem(stream: &Stream<'_>, what: &str) -> RenderedError {
    format!("{what} in the stream {}", stream.name).into()
}

fn next<'j>(json: &mut Json<'j>) -> Result<Option<Piece<'j>>, JsonError> {
    json.has_item()?.then(|| json.next()).transpose()
}

/// A whole number, if there is one more item and it is that.
fn whole(json: &mut Json<'_>) -> Result<Option<i64>, JsonError> {
    match json.has_item()? {
        true => number(json),
        false => Ok(None),
    }
}

fn key<'j>(
    json: &mut Json<'j>,
    stream: &Stream<'_>,
) -> Result<std::borrow::Cow<'j, str>, RenderedError> {
    match next(json)? {
        Some(Piece::Text(key)) => Ok(key),
        _ => Err(problem(stream, "a change has no key")),
    }
}
