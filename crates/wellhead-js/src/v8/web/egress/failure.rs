//! Why a request failed: a code as Node has it, and a sentence.

use std::io::ErrorKind;

use deno_error::JsErrorBox;

/// A failed request. It reaches JavaScript as the `cause` of a `TypeError`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    code: &'static str,
    reason: String,
}

impl Failure {
    pub(super) fn new(code: &'static str, reason: impl Into<String>) -> Self {
        Self {
            code,
            reason: reason.into(),
        }
    }

    /// The request was given up by the app, which knows why.
    pub(super) fn aborted() -> Self {
        Self::new("ERR_ABORTED", "the request was aborted")
    }

    pub(super) fn from_client(error: &reqwest::Error) -> Self {
        let mut innermost: &dyn std::error::Error = error;
        let mut io = None;
        while let Some(source) = innermost.source() {
            innermost = source;
            io = innermost
                .downcast_ref::<std::io::Error>()
                .map(std::io::Error::kind)
                .or(io);
        }
        let code = match io {
            _ if innermost.is::<rustls::Error>() => "ERR_TLS",
            _ if error.is_dns() => "ENOTFOUND",
            _ if error.is_timeout() && error.is_connect() => "ERR_CONNECT_TIMEOUT",
            _ if error.is_timeout() => "ETIMEDOUT",
            Some(ErrorKind::ConnectionRefused) => "ECONNREFUSED",
            Some(ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => "ECONNRESET",
            Some(ErrorKind::ConnectionAborted) => "ECONNABORTED",
            Some(ErrorKind::HostUnreachable) => "EHOSTUNREACH",
            Some(ErrorKind::NetworkUnreachable) => "ENETUNREACH",
            Some(ErrorKind::TimedOut) => "ETIMEDOUT",
            Some(ErrorKind::UnexpectedEof) => "ECONNRESET",
            _ if error.is_decode() => "ERR_CONTENT_DECODING",
            _ => "ERR_FETCH",
        };
        let reason = match code {
            "ERR_TLS" => format!("no secure connection: {innermost}"),
            "ERR_CONNECT_TIMEOUT" => "the connection did not open in time".to_owned(),
            _ => innermost.to_string(),
        };
        Self { code, reason }
    }
}

impl From<Failure> for JsErrorBox {
    /// `fetch.js` takes code and reason apart again.
    fn from(failure: Failure) -> Self {
        Self::type_error(format!("{}: {}", failure.code, failure.reason))
    }
}
