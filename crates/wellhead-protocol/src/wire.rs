//! Which form the messages of a connection have: bytes, or JSON for development.

use bytes::Bytes;

use crate::{DecodeError, Decoder, Down, EncodeError, Encoder, Limits, Up};

/// A form of the messages, which is a WebSocket subprotocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wire {
    /// Binary messages.
    Binary,
    /// Text messages that people can read, for development.
    Json,
}

impl Wire {
    /// Every form.
    pub const ALL: &[Wire] = &[Wire::Binary, Wire::Json];

    /// The name of the subprotocol.
    #[must_use]
    pub const fn subprotocol(self) -> &'static str {
        match self {
            Wire::Binary => "wellhead.v1",
            Wire::Json => "wellhead.v1.json",
        }
    }
}

/// Chooses the first subprotocol that a client offers and the server allows.
///
/// # Errors
/// If there is none. A browser shows its page the close code only if the server has chosen one that was offered: choose
/// the first, then close with [`UnsupportedVersion`](crate::CloseCode::UnsupportedVersion) and the error as the reason.
///
/// ```
/// use wellhead_protocol::{Wire, negotiate};
///
/// assert_eq!(negotiate(["wellhead.v2", "wellhead.v1"], Wire::ALL), Ok(Wire::Binary));
/// assert_eq!(
///     negotiate(["wellhead.v1.json"], &[Wire::Binary]).unwrap_err().to_string(),
///     "unsupported subprotocol (offered: wellhead.v1.json; supported: wellhead.v1)",
/// );
/// ```
pub fn negotiate<'o>(
    offered: impl IntoIterator<Item = &'o str>,
    allowed: &[Wire],
) -> Result<Wire, Unsupported> {
    let mut seen = Vec::new();
    for name in offered {
        if let Some(wire) = allowed.iter().find(|wire| wire.subprotocol() == name) {
            return Ok(*wire);
        }
        seen.push(name.to_owned());
    }
    Err(Unsupported {
        offered: seen,
        supported: allowed.iter().map(|wire| wire.subprotocol()).collect(),
    })
}

/// None of the subprotocols that a client offers is supported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unsupported subprotocol (offered: {}; supported: {})",
    list(offered),
    list(supported)
)]
#[non_exhaustive]
pub struct Unsupported {
    /// What the client offers.
    pub offered: Vec<String>,
    /// What the server supports.
    pub supported: Vec<&'static str>,
}

fn list(names: &[impl AsRef<str>]) -> String {
    match names {
        [] => "none".to_owned(),
        _ => names
            .iter()
            .map(AsRef::as_ref)
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// A connection's messages as JSON. A session reads and writes bytes on either wire; on the JSON wire this stands between it
/// and the socket, so that the same limits hold.
///
/// ```
/// use wellhead_protocol::{Decoder, Down, Encoder, JsonView, Limits, Settled, Up};
///
/// let mut view = JsonView::new(Limits::up());
/// let bytes = view.up(r#"{"type":"ack","received":7}"#)?;
/// assert_eq!(Decoder::<Up>::new().decode(&bytes)?, Up::Ack { received: 7 });
///
/// let mut patch = Encoder::<Down>::new();
/// let mut patch = patch.patch(&Settled::OLDEST);
/// patch.set_text(5, "1");
/// assert_eq!(
///     view.down(&patch.finish()?)?,
///     r#"{"type":"patch","settled":1,"operations":[{"op":"setText","node":5,"text":"1"}]}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct JsonView {
    up: Encoder<Up>,
    down: Decoder<Down>,
    limits: Limits,
}

impl JsonView {
    /// A view of a connection on which nothing was sent, with the limits of the server's decoder.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            up: Encoder::new(),
            down: Decoder::new(),
            limits,
        }
    }

    /// The client has connected again: with the new connection its strings begin anew. What the server sent stays known,
    /// since its stream may go on; if it does not, make a new view.
    pub fn reconnected(&mut self) {
        self.up = Encoder::new();
    }

    /// The bytes of a client's message.
    ///
    /// # Errors
    /// If it is too long for a message in bytes, or not a message.
    pub fn up(&mut self, json: &str) -> Result<Bytes, ViewError> {
        let (length, limit) = (json.len(), self.limits.message());
        if length > limit {
            return Err(ViewError::Decode(
                crate::Fault::MessageTooLong { length, limit }.at(limit),
            ));
        }
        Ok(self.up.encode(&serde_json::from_str(json)?)?)
    }

    /// The JSON of a server's message.
    ///
    /// # Errors
    /// If the bytes are not the next message of the server's encoder.
    pub fn down(&mut self, message: &Bytes) -> Result<String, ViewError> {
        Ok(serde_json::to_string(&self.down.decode(message)?)?)
    }
}

/// Why a message has no view.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ViewError {
    /// The text is not JSON, or not that of a message.
    #[error("not a message: {0}")]
    Json(#[from] serde_json::Error),
    /// The bytes are not a message.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The message cannot be written as bytes.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}
