//! The frames between the server and a Node process, with their byte layout.
//!
//! Both directions use one socket, which is the process's standard input. A frame is
//!
//! ```text
//! u32  length of what follows, at least 5
//! u8   kind
//! u32  the call's id; 0 where there is none
//! …    the payload of the kind
//! ```
//!
//! Integers are little-endian, `str` is a `u32` length and that many bytes of UTF-8, `bytes` reaches to the end of the
//! frame, `list` is a `u32` count and that many entries. The JavaScript end is `glue/wire.mjs`.
//!
//! | to the process | payload |
//! |---|---|
//! | 1 `Init` | bytes: JSON (see `worker.rs` and `tool.rs`) |
//! | 2 `Call` | u8 target, list of routes (u32 index, list of (str, str)), str method, url, trace id, nonce, client, list of headers (str, str), u8 body (0 none, 1 here, 2 streamed), bytes of a body that is here |
//! | 3 `Body` | bytes: the next piece of the request's body, one for each `WantBody` |
//! | 4 `BodyEnd` | – |
//! | 5 `BodyFail` | bytes: why the body ends early |
//! | 6 `Pull` | u32: how many more chunks the reader takes |
//! | 7 `Cancel` | u8 why: 0 nobody waits any more, 1 the time is over |
//! | 8 `Ping` | – |
//! | 9 `Invoke` | str function, bytes: JSON of the arguments |
//! | 10 `Mounted` | u32: which mount of the call, bytes: what became of it, as JSON |
//! | 11 `Command` | bytes: a command of a live session, or a list of them, as JSON; the id is the session's |
//! | 12 `Close` | –: a live session is over |
//!
//! | from the process | payload |
//! |---|---|
//! | 64 `Ready` | – |
//! | 65 `LoadFailed` | error |
//! | 66 `Begin` | –: the call is about to run; sent only while other calls are in flight |
//! | 67 `Pending` | –: the call returned a promise |
//! | 68 `Early` | u16 status, i32 route, list of headers |
//! | 69 `Reply` | u16 status, i32 route, list of headers, u8 shape, u8 whether chunks follow, str head, body, state |
//! | 70 `Chunk` | u8 part, bytes |
//! | 71 `End` | –: no chunk follows |
//! | 72 `Fail` | error: the call failed |
//! | 73 `Report` | error: told by application code, or uncaught (id 0 where no call can be told) |
//! | 74 `WantBody` | –: one piece of the request's body may come |
//! | 75 `Pong` | u64 bytes of heap, u64 bytes of array buffers, u32 active timers |
//! | 76 `Result` | bytes: JSON of what the function returned |
//! | 77 `Inspect` | str: the address of the process's inspector, sent once, before the bundle is loaded |
//! | 78 `Spoiled` | –: a module has failed, which Node will not evaluate again |
//! | 79 `Mount` | u32: which mount of the call, bytes: the live component that it wants, as JSON |
//! | 80 `Took` | –: what came for a live session is about to be handled |
//! | 81 `News` | bytes: what came of it, or comes later, as JSON |
//! | 82 `Lost` | error: a live session is over, because it could not be handled |
//! | 83 `Done` | –: what came for a live session has been handled; sent once for each `Command` and `Close` |
//!
//! An error is a u8 kind (0 thrown, 1 engine, 2 output limit, 3 stalled, 4 timer limit, 5 thrown by a module), str name, message and stack.
//! A `str` of a reply's body may be any bytes.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use wellhead_render::RouteMatch;

/// Bytes before the payload: length, kind, id.
pub(crate) const HEADER: usize = 9;

/// A frame to the process.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ToNode {
    Init(Bytes),
    Call(Bytes),
    Body(Bytes),
    BodyEnd,
    BodyFail(String),
    Pull(u32),
    Cancel(Why),
    Ping,
    Invoke { function: String, arguments: Bytes },
    Mounted { mount: u32, answer: String },
    Command(String),
    Close,
}

/// Why a call is called off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Why {
    Gone = 0,
    Time = 1,
}

/// A frame from the process.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum FromNode {
    Ready,
    LoadFailed(Thrown),
    Begin,
    Pending,
    Early(Head),
    Reply(Box<Answer>),
    Chunk { part: u8, bytes: Bytes },
    End,
    Fail(Thrown),
    Report(Thrown),
    WantBody,
    Pong(Pong),
    Result(Bytes),
    Inspect(String),
    Spoiled,
    Mount { mount: u32, what: String },
    Took,
    News(String),
    Lost(Thrown),
    Done,
}

/// Status and headers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) route: i32,
    pub(crate) headers: Vec<(String, String)>,
}

/// A whole reply, or the start of one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) head: Head,
    pub(crate) shape: u8,
    pub(crate) more: bool,
    /// Head, body and state.
    pub(crate) parts: [Bytes; 3],
}

/// An exception, or what the glue found wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Thrown {
    pub(crate) kind: u8,
    pub(crate) name: String,
    pub(crate) message: String,
    pub(crate) stack: String,
}

impl Thrown {
    pub(crate) const ENGINE: u8 = 1;
    pub(crate) const OUTPUT: u8 = 2;
    pub(crate) const STALLED: u8 = 3;
    pub(crate) const TIMERS: u8 = 4;
    pub(crate) const MODULE: u8 = 5;
}

/// What a process uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Pong {
    pub(crate) heap: u64,
    pub(crate) buffers: u64,
    pub(crate) timers: u32,
}

/// What a [`ToNode::Call`] is made of.
pub(crate) struct CallParts<'a> {
    pub(crate) target: u8,
    pub(crate) routes: &'a [RouteMatch],
    /// Method, URL, trace id, nonce, client.
    pub(crate) texts: [&'a str; 5],
    pub(crate) headers: Vec<(&'a str, String)>,
    pub(crate) body: CallBody,
}

/// How a call's body travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CallBody {
    Empty,
    Here(Bytes),
    Streamed,
}

/// Bytes that are no frame.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the Node process sent a malformed frame: {0}")]
pub(crate) struct Malformed(pub(crate) &'static str);

impl CallParts<'_> {
    /// The payload of a `Call`, which can be sent more than once.
    pub(crate) fn encode(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(512);
        out.put_u8(self.target);
        out.put_u32_le(self.routes.len() as u32);
        for route in self.routes {
            out.put_u32_le(route.route);
            out.put_u32_le(route.params.len() as u32);
            for (name, value) in &route.params {
                put_str(&mut out, name);
                put_str(&mut out, value);
            }
        }
        for text in self.texts {
            put_str(&mut out, text);
        }
        out.put_u32_le(self.headers.len() as u32);
        for (name, value) in &self.headers {
            put_str(&mut out, name);
            put_str(&mut out, value);
        }
        match &self.body {
            CallBody::Empty => out.put_u8(0),
            CallBody::Here(bytes) => {
                out.put_u8(1);
                out.put_slice(bytes);
            }
            CallBody::Streamed => out.put_u8(2),
        }
        out.freeze()
    }
}

impl ToNode {
    /// Appends the frame.
    pub(crate) fn encode(&self, id: u32, out: &mut BytesMut) {
        let start = out.len();
        out.put_u32_le(0);
        out.put_u8(self.kind());
        out.put_u32_le(id);
        match self {
            ToNode::Init(bytes) | ToNode::Call(bytes) | ToNode::Body(bytes) => out.put_slice(bytes),
            ToNode::BodyFail(text) | ToNode::Command(text) => out.put_slice(text.as_bytes()),
            ToNode::Mounted { mount, answer } => {
                out.put_u32_le(*mount);
                out.put_slice(answer.as_bytes());
            }
            ToNode::Pull(count) => out.put_u32_le(*count),
            ToNode::Invoke {
                function,
                arguments,
            } => {
                put_str(out, function);
                out.put_slice(arguments);
            }
            ToNode::Cancel(why) => out.put_u8(*why as u8),
            ToNode::BodyEnd | ToNode::Ping | ToNode::Close => {}
        }
        let length = (out.len() - start - 4) as u32;
        out[start..start + 4].copy_from_slice(&length.to_le_bytes());
    }

    fn kind(&self) -> u8 {
        match self {
            ToNode::Init(_) => 1,
            ToNode::Call(_) => 2,
            ToNode::Body(_) => 3,
            ToNode::BodyEnd => 4,
            ToNode::BodyFail(_) => 5,
            ToNode::Pull(_) => 6,
            ToNode::Cancel(_) => 7,
            ToNode::Ping => 8,
            ToNode::Invoke { .. } => 9,
            ToNode::Mounted { .. } => 10,
            ToNode::Command(_) => 11,
            ToNode::Close => 12,
        }
    }
}

/// The length of a frame without its length field.
///
/// # Errors
/// It is shorter than a header or longer than `max`.
pub(crate) fn length(bytes: [u8; 4], max: usize) -> Result<usize, Malformed> {
    match u32::from_le_bytes(bytes) as usize {
        length if length < HEADER - 4 => Err(Malformed("it is shorter than its header")),
        length if length > max => Err(Malformed("it is longer than any may be")),
        length => Ok(length),
    }
}

impl FromNode {
    /// Reads what follows the length: id and frame. Every byte must be used.
    pub(crate) fn decode(mut bytes: Bytes) -> Result<(u32, Self), Malformed> {
        let kind = u8_of(&mut bytes)?;
        let id = u32_of(&mut bytes)?;
        let frame = match kind {
            64 => FromNode::Ready,
            65 => FromNode::LoadFailed(thrown(&mut bytes)?),
            66 => FromNode::Begin,
            67 => FromNode::Pending,
            68 => FromNode::Early(head(&mut bytes)?),
            69 => FromNode::Reply(Box::new(Answer {
                head: head(&mut bytes)?,
                shape: u8_of(&mut bytes)?,
                more: match u8_of(&mut bytes)? {
                    0 => false,
                    1 => true,
                    _ => return Err(Malformed("a flag is neither 0 nor 1")),
                },
                parts: [slice(&mut bytes)?, slice(&mut bytes)?, slice(&mut bytes)?],
            })),
            70 => FromNode::Chunk {
                part: u8_of(&mut bytes)?,
                bytes: bytes.split_off(0),
            },
            71 => FromNode::End,
            72 => FromNode::Fail(thrown(&mut bytes)?),
            73 => FromNode::Report(thrown(&mut bytes)?),
            74 => FromNode::WantBody,
            75 => FromNode::Pong(Pong {
                heap: u64_of(&mut bytes)?,
                buffers: u64_of(&mut bytes)?,
                timers: u32_of(&mut bytes)?,
            }),
            76 => FromNode::Result(bytes.split_off(0)),
            77 => FromNode::Inspect(text(&mut bytes)?),
            78 => FromNode::Spoiled,
            79 => FromNode::Mount {
                mount: u32_of(&mut bytes)?,
                what: utf8(bytes.split_off(0))?,
            },
            80 => FromNode::Took,
            81 => FromNode::News(utf8(bytes.split_off(0))?),
            82 => FromNode::Lost(thrown(&mut bytes)?),
            83 => FromNode::Done,
            _ => return Err(Malformed("there is no such kind")),
        };
        match bytes.is_empty() {
            true => Ok((id, frame)),
            false => Err(Malformed("it is longer than its kind")),
        }
    }
}

const SHORT: Malformed = Malformed("it ends early");

fn put_str(out: &mut BytesMut, text: &str) {
    out.put_u32_le(text.len() as u32);
    out.put_slice(text.as_bytes());
}

fn u8_of(bytes: &mut Bytes) -> Result<u8, Malformed> {
    bytes.try_get_u8().map_err(|_| SHORT)
}

fn u32_of(bytes: &mut Bytes) -> Result<u32, Malformed> {
    bytes.try_get_u32_le().map_err(|_| SHORT)
}

fn u64_of(bytes: &mut Bytes) -> Result<u64, Malformed> {
    bytes.try_get_u64_le().map_err(|_| SHORT)
}

fn slice(bytes: &mut Bytes) -> Result<Bytes, Malformed> {
    let length = u32_of(bytes)? as usize;
    if length > bytes.len() {
        return Err(SHORT);
    }
    Ok(bytes.split_to(length))
}

fn text(bytes: &mut Bytes) -> Result<String, Malformed> {
    utf8(slice(bytes)?)
}

fn utf8(bytes: Bytes) -> Result<String, Malformed> {
    String::from_utf8(bytes.into()).map_err(|_| Malformed("text is not UTF-8"))
}

fn head(bytes: &mut Bytes) -> Result<Head, Malformed> {
    let status = bytes.try_get_u16_le().map_err(|_| SHORT)?;
    let route = bytes.try_get_i32_le().map_err(|_| SHORT)?;
    let count = u32_of(bytes)? as usize;
    // Each header takes at least its two lengths, so a wrong count cannot make this allocate much.
    if count > bytes.len() / 8 {
        return Err(SHORT);
    }
    let headers = (0..count).map(|_| Ok((text(bytes)?, text(bytes)?)));
    Ok(Head {
        status,
        route,
        headers: headers.collect::<Result<_, _>>()?,
    })
}

fn thrown(bytes: &mut Bytes) -> Result<Thrown, Malformed> {
    Ok(Thrown {
        kind: u8_of(bytes)?,
        name: text(bytes)?,
        message: text(bytes)?,
        stack: text(bytes)?,
    })
}

#[cfg(test)]
mod tests;
