//! What hyper answers by itself: a request whose head is no HTTP, or too large. It sends a status and nothing else; here
//! that becomes the error page that all other refusals have, with a trace id, a line in the log and a count.

use std::net::SocketAddr;
use std::sync::Arc;

use buf_list::BufList;
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri};

use crate::body::Body;
use crate::connection::Activity;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::server::Shared;

/// What hyper's own answers begin with; those of the server have a trace id.
const BEGINS: &[u8] = b"HTTP/1.1 4";
const TRACE: &[u8] = b"\r\nx-trace-id:";
/// hyper's own answers are shorter: a status, the date and two headers.
const LONGEST: usize = 256;

/// The refusal for an answer that hyper gave by itself, if these bytes are one.
pub(crate) fn refusal(bytes: &[u8]) -> Option<Refusal> {
    if !bytes.starts_with(BEGINS) || bytes.len() > LONGEST || !bytes.ends_with(b"\r\n\r\n") {
        return None;
    }
    if bytes.windows(TRACE.len()).any(|part| part == TRACE) {
        return None;
    }
    let status = StatusCode::from_bytes(&bytes[9..12]).ok()?;
    let (message, hint) = match status {
        StatusCode::BAD_REQUEST => ("The request is not valid HTTP", ""),
        StatusCode::URI_TOO_LONG => (
            "The address is too long",
            "65,534 bytes are the limit; send more in the body of a POST request",
        ),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => (
            "The request's headers are too large",
            "server.header_kb and server.header_count in wellhead.toml are the limits; many cookies are the usual cause",
        ),
        _ => return None,
    };
    Some(Refusal::closing(status, message, hint))
}

/// The whole answer, as it goes to the socket.
pub(crate) fn answer(
    refusal: Refusal,
    shared: &Arc<Shared>,
    activity: &Arc<Activity>,
    peer: SocketAddr,
) -> BufList {
    // What the client still sends is not read.
    activity.expect_body(true);
    let context = Context::accept(
        Arc::clone(shared),
        Arc::clone(activity),
        peer,
        &unknown_head(),
    );
    let response = refusal.into_response(&context);
    serialize(context.finish(response))
}

/// In place of a head that nobody could read: in the log, method and path are `-` and `*`.
fn unknown_head() -> Parts {
    let mut request = Request::new(());
    *request.uri_mut() = Uri::from_static("*");
    if let Ok(unknown) = Method::from_bytes(b"-") {
        *request.method_mut() = unknown;
    }
    request.into_parts().0
}

fn serialize(mut response: Response<Body>) -> BufList {
    let body = response.body().pieces().cloned().unwrap_or_default();
    let size = HeaderValue::from(bytes::Buf::remaining(&body));
    response.headers_mut().insert(CONTENT_LENGTH, size);
    let mut head = format!("HTTP/1.1 {}\r\n", response.status()).into_bytes();
    for (name, value) in response.headers() {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            head.extend_from_slice(part);
        }
    }
    head.extend_from_slice(b"\r\n");
    let mut whole = BufList::from(Bytes::from(head));
    whole.extend(body);
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_answers_of_hyper_itself_are_recognised() {
        let own = "HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\ndate: Mon, 01 Jan 2024 00:00:00 GMT\r\n\r\n";
        assert!(refusal(own.as_bytes()).is_some());
        let ours = own.replace("date:", "x-trace-id:");
        let found = own.replace("431", "200");
        let begun = own.replace("\r\n\r\n", "\r\n");
        for other in [ours.as_str(), &found, &begun, "", &format!("{own}<h1>")] {
            assert!(refusal(other.as_bytes()).is_none(), "{other}");
        }
    }
}
