//! Compresses responses as they are sent.

use std::io;

use bytes::Buf as _;
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName,
    HeaderValue, VARY,
};
use http::{HeaderMap, Response};

use crate::assets::weak;
use crate::body::Body;
use crate::config::{Encoding, Server};
use crate::encoding::{Compressed, Compressor, negotiate};
use crate::locate::Place;

/// What was agreed with the client about a response that is not there yet.
#[derive(Debug)]
pub(crate) struct Negotiation {
    encoding: Option<Encoding>,
    enabled: bool,
    level: u64,
    min_bytes: u64,
    by_accept: bool,
}

impl Negotiation {
    pub(crate) fn new(headers: &HeaderMap, place: &Place, server: &Server) -> Self {
        Self {
            encoding: negotiate(headers, &server.compress),
            enabled: !server.compress.is_empty(),
            level: server.compress_level,
            min_bytes: server.compress_min_bytes,
            by_accept: place.by_accept,
        }
    }
}

/// Compresses a response, if that was agreed and makes sense, and says on what it depends.
pub(crate) fn compress(mut response: Response<Body>, agreed: &Negotiation) -> Response<Body> {
    if agreed.by_accept {
        add_vary(response.headers_mut(), "Accept");
    }
    if !agreed.enabled || !is_compressible(response.headers()) {
        return response;
    }
    add_vary(response.headers_mut(), "Accept-Encoding");
    let small = response
        .body()
        .pieces()
        .is_some_and(|pieces| (pieces.remaining() as u64) < agreed.min_bytes.max(1));
    let Some(encoding) = agreed.encoding.filter(|_| !small) else {
        return response;
    };
    let Ok(compressor) = Compressor::new(encoding, agreed.level) else {
        return response;
    };
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_ENCODING,
        HeaderValue::from_static(encoding.as_str()),
    );
    headers.remove(CONTENT_LENGTH);
    weaken(headers);
    response.map(|body| match body.into_parts() {
        Err(pieces) => match compressor.finish(pieces) {
            Ok(compressed) => Body::full(compressed),
            Err(error) => Body::stream(
                futures_util::stream::iter([Err(io::Error::other(error).into())]),
                None,
            ),
        },
        Ok(stream) => Body::stream(Compressed::new(stream, compressor), None),
    })
}

fn is_compressible(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    if headers.contains_key(CONTENT_ENCODING)
        || headers.contains_key(CONTENT_RANGE)
        || text(CACHE_CONTROL).contains("no-transform")
    {
        return false;
    }
    let media_type = text(CONTENT_TYPE)
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match media_type.split_once('/') {
        // Proxies and clients that do not expect events to be compressed exist.
        Some(("text", subtype)) => subtype != "event-stream",
        Some(("application", subtype)) => {
            matches!(
                subtype,
                "json" | "javascript" | "xml" | "wasm" | "manifest+json" | "x-ndjson"
            ) || subtype.ends_with("+json")
                || subtype.ends_with("+xml")
        }
        Some(("image", subtype)) => subtype == "svg+xml",
        _ => false,
    }
}

/// A compressed body has not the bytes that a strong tag stands for.
fn weaken(headers: &mut HeaderMap) {
    let tag = headers
        .get(ETAG)
        .and_then(|tag| tag.to_str().ok())
        .map(|tag| format!("W/{}", weak(tag)));
    if let Some(Ok(tag)) = tag.map(HeaderValue::try_from) {
        headers.insert(ETAG, tag);
    }
}

fn add_vary(headers: &mut HeaderMap, name: &'static str) {
    let known = headers
        .get_all(VARY)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let known = known
        .flat_map(|value| value.split(','))
        .any(|known| known.trim() == "*" || known.trim().eq_ignore_ascii_case(name));
    if !known {
        headers.append(VARY, HeaderValue::from_static(name));
    }
}
