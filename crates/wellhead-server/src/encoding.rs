//! Content encodings: which one a client takes, and compressing as it is sent.

use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use flate2::write::GzEncoder;
use futures_core::Stream;
use http::HeaderMap;
use http::header::ACCEPT_ENCODING;

use crate::config::Encoding;

/// The encoding to use: of `offered`, best first, the one that the client wants most; `None` for none.
pub(crate) fn negotiate(headers: &HeaderMap, offered: &[Encoding]) -> Option<Encoding> {
    let mut best: Option<(Encoding, u16)> = None;
    let values = headers.get_all(ACCEPT_ENCODING);
    if offered.is_empty() || values.iter().next().is_none() {
        return None;
    }
    for encoding in offered {
        let weights = values.iter().filter_map(|value| value.to_str().ok());
        let weight = weights
            .filter_map(|value| weight(value, encoding.as_str()))
            .max()
            .unwrap_or(0);
        if weight > best.map_or(0, |(_, weight)| weight) {
            best = Some((*encoding, weight));
        }
    }
    best.map(|(encoding, _)| encoding)
}

/// The weight of a coding in thousandths; an explicit entry goes before `*`.
fn weight(accepted: &str, name: &str) -> Option<u16> {
    let mut any = None;
    for entry in accepted.split(',') {
        let mut parts = entry.split(';').map(str::trim);
        let coding = parts.next().unwrap_or_default();
        let weight = || {
            parts
                .clone()
                .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
        };
        let weight = || weight().map_or(1000, quality);
        if coding.eq_ignore_ascii_case(name)
            || (name == "gzip" && coding.eq_ignore_ascii_case("x-gzip"))
        {
            return Some(weight());
        }
        if coding == "*" {
            any = Some(weight());
        }
    }
    any
}

/// `0.5` in thousandths; what is no number counts as refused.
pub(crate) fn quality(text: &str) -> u16 {
    let value: f32 = text.trim().parse().unwrap_or(0.0);
    // A clamped product of at most 1000 fits, and NaN becomes 0.
    (value.clamp(0.0, 1.0) * 1000.0) as u16
}

/// A compressor that gives out what it has after each piece.
pub(crate) enum Compressor {
    Gzip(GzEncoder<Vec<u8>>),
    Brotli(Box<brotli::CompressorWriter<Vec<u8>>>),
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
}

impl Compressor {
    /// `level` from 1 to 9.
    pub(crate) fn new(encoding: Encoding, level: u64) -> io::Result<Self> {
        let level = u32::try_from(level.clamp(1, 9)).unwrap_or(3);
        Ok(match encoding {
            Encoding::Gzip => {
                Self::Gzip(GzEncoder::new(Vec::new(), flate2::Compression::new(level)))
            }
            // A window of 256 KiB: more helps pages little and costs memory for each response in flight.
            Encoding::Brotli => Self::Brotli(Box::new(brotli::CompressorWriter::new(
                Vec::new(),
                4096,
                level,
                18,
            ))),
            Encoding::Zstd => {
                let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), level as i32)?;
                encoder.window_log(18)?;
                Self::Zstd(encoder)
            }
        })
    }

    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::Gzip(encoder) => encoder,
            Self::Brotli(encoder) => encoder,
            Self::Zstd(encoder) => encoder,
        }
    }

    /// Compresses a piece so that the client can read all of it at once.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> io::Result<Bytes> {
        let writer = self.writer();
        writer.write_all(bytes)?;
        writer.flush()?;
        let out = match self {
            Self::Gzip(encoder) => encoder.get_mut(),
            Self::Brotli(encoder) => encoder.get_mut(),
            Self::Zstd(encoder) => encoder.get_mut(),
        };
        Ok(std::mem::take(out).into())
    }

    /// Compresses the last pieces.
    pub(crate) fn finish(mut self, pieces: impl IntoIterator<Item = Bytes>) -> io::Result<Bytes> {
        for bytes in pieces {
            self.writer().write_all(&bytes)?;
        }
        Ok(match self {
            Self::Gzip(encoder) => encoder.finish()?,
            Self::Brotli(encoder) => encoder.into_inner(),
            Self::Zstd(encoder) => encoder.finish()?,
        }
        .into())
    }
}

/// A stream, compressed piece by piece.
pub(crate) struct Compressed<S> {
    inner: S,
    compressor: Option<Compressor>,
}

impl<S> Compressed<S> {
    pub(crate) fn new(inner: S, compressor: Compressor) -> Self {
        Self {
            inner,
            compressor: Some(compressor),
        }
    }
}

impl<S, E> Stream for Compressed<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: From<io::Error>,
{
    type Item = Result<Bytes, E>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            let Some(compressor) = this.compressor.as_mut() else {
                return Poll::Ready(None);
            };
            let bytes = match ready!(Pin::new(&mut this.inner).poll_next(cx)) {
                Some(Ok(bytes)) => compressor.push(&bytes),
                Some(Err(error)) => {
                    this.compressor = None;
                    return Poll::Ready(Some(Err(error)));
                }
                None => match this.compressor.take() {
                    Some(compressor) => compressor.finish([]),
                    None => return Poll::Ready(None),
                },
            };
            match bytes {
                Ok(bytes) if bytes.is_empty() => {}
                Ok(bytes) => return Poll::Ready(Some(Ok(bytes))),
                Err(error) => return Poll::Ready(Some(Err(error.into()))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(accepted: &str) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, accepted.parse().unwrap());
        negotiate(
            &headers,
            &[Encoding::Zstd, Encoding::Brotli, Encoding::Gzip],
        )
        .map(Encoding::as_str)
    }

    #[test]
    fn the_client_decides_by_weight_and_the_server_among_equals() {
        assert_eq!(chosen("gzip, deflate, br, zstd"), Some("zstd"));
        assert_eq!(chosen("gzip;q=1.0, br;q=0.8"), Some("gzip"));
        assert_eq!(chosen("br;q=0, *"), Some("zstd"));
        assert_eq!(chosen("*;q=0"), None);
        assert_eq!(chosen("zstd;q=0, br;q=x, gzip;q=0.001"), Some("gzip"));
        assert_eq!(chosen("identity"), None);
    }
}
