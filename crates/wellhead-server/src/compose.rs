//! Turns a reply of the renderer into a response.

use std::hash::Hasher as _;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap,
    HeaderName, HeaderValue, IF_NONE_MATCH, SET_COOKIE, TRANSFER_ENCODING, UPGRADE,
};
use http::{Method, Response, StatusCode};
use twox_hash::XxHash3_64;
use wellhead_render::{Chunks, RenderError, Reply, Shape};

use crate::app::App;
use crate::assets::is_unchanged;
use crate::body::{Body, BodyError};
use crate::context::Context;
use crate::dev::{self, Dev, Problem};
use crate::document::{Marks, OnError, PageStream, PageWriter};
use crate::error_page;
use crate::hex;

/// Writes the response for a reply; `condition` is the request's `If-None-Match`.
pub(crate) fn compose(
    context: &mut Context,
    app: &Arc<App>,
    reply: Reply,
    condition: Option<HeaderValue>,
) -> Response<Body> {
    reply
        .errors
        .iter()
        .for_each(|error| context.log_error(error));
    if let Some(dev) = context.shared.dev.as_ref()
        && reply.shape == Shape::Raw
        && !reply.errors.is_empty()
    {
        dev.remember(&context.record.trace, problems(dev, &reply.errors));
    }
    context.set_route(app, reply.route);
    let streams = !reply.chunks.is_complete();
    let body = match reply.shape {
        Shape::Fallback => return fallback(context, reply),
        Shape::Raw => raw(context, reply.chunks),
        Shape::Page => {
            let lang = reply.headers.get(CONTENT_LANGUAGE).cloned();
            let marks = Marks {
                nonce: context.nonce.clone(),
                trace: context.record.trace.clone(),
                lang,
            };
            let writer = PageWriter::new(Arc::clone(&app.document), reply.route, marks);
            page(context, writer, reply.chunks, &reply.errors)
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    let headers = response.headers_mut();
    // Room for those of the app, of the page and of the server, at once.
    headers.reserve(16);
    drop_connection_headers(headers);
    if streams {
        // Proxies that buffer would undo streaming.
        headers
            .entry(HeaderName::from_static("x-accel-buffering"))
            .or_insert(HeaderValue::from_static("no"));
    }
    if reply.shape == Shape::Page {
        headers
            .entry(CONTENT_TYPE)
            .or_insert(HeaderValue::from_static("text/html; charset=utf-8"));
        add_etag(context, &mut response);
    }
    not_modified(context, &mut response, condition);
    response
}

/// The server's own error page for a reply that is none; its body is a message that may be shown to everyone.
fn fallback(context: &Context, reply: Reply) -> Response<Body> {
    let (mut text, mut chunks) = (Vec::new(), reply.chunks);
    while let Some(chunk) = chunks.pop_ready() {
        text.extend_from_slice(&chunk.bytes);
    }
    let message = String::from_utf8_lossy(&text);
    let mut response =
        error_page::respond_to_errors(context, reply.status, &message, &reply.errors);
    for (name, value) in &reply.headers {
        if !response.headers().contains_key(name) || name == SET_COOKIE {
            response.headers_mut().append(name, value.clone());
        }
    }
    drop_connection_headers(response.headers_mut());
    response
}

/// Removes what only the server can know.
fn drop_connection_headers(headers: &mut HeaderMap) {
    let keep_alive = HeaderName::from_static("keep-alive");
    for name in [
        CONNECTION,
        CONTENT_LENGTH,
        TRANSFER_ENCODING,
        UPGRADE,
        keep_alive,
    ] {
        headers.remove(name);
    }
}

fn raw(context: &Context, mut chunks: Chunks) -> Body {
    if !chunks.is_complete() {
        let mut on_error = broken_stream(context, None);
        return Body::stream(
            chunks.map(move |chunk| match chunk {
                Ok(chunk) => Ok(chunk.bytes),
                Err(error) => {
                    on_error(&error);
                    Err(BodyError::Render(error))
                }
            }),
            None,
        );
    }
    let pieces = std::iter::from_fn(|| chunks.pop_ready());
    Body::whole(pieces.map(|chunk| chunk.bytes).collect())
}

fn page(context: &Context, writer: PageWriter, chunks: Chunks, errors: &[RenderError]) -> Body {
    if !chunks.is_complete() {
        let on_error = broken_stream(
            context,
            context.shared.dev.as_ref().map(|dev| dev.root.clone()),
        );
        return Body::stream(
            PageStream::new(writer, chunks, on_error).map(|piece| piece.map_err(BodyError::Render)),
            None,
        );
    }
    let mut document = writer.complete(chunks);
    if let (Some(dev), false) = (&context.shared.dev, errors.is_empty()) {
        let overlay = dev::overlay_element(&problems(dev, errors), &context.nonce);
        document.push_chunk(Bytes::from(overlay));
    }
    Body::whole(document)
}

fn problems(dev: &Dev, errors: &[RenderError]) -> Vec<Problem> {
    errors
        .iter()
        .map(|error| Problem::from_render(error, &dev.root))
        .collect()
}

/// What happens when a render fails after some of it was sent: it is logged; in development the page shows it.
fn broken_stream(context: &Context, root: Option<std::path::PathBuf>) -> OnError {
    let (trace, uri, nonce, shared) = (
        context.record.trace.clone(),
        context.record.uri.clone(),
        context.nonce.clone(),
        Arc::clone(&context.shared),
    );
    Box::new(move |error| {
        let stack: String = error.frames.iter().map(dev::show_frame).collect();
        let code = error.code.as_str();
        tracing::error!(
            trace,
            path = uri.path(),
            code,
            "the render failed when some of it was sent: {}{stack}",
            error.message
        );
        shared
            .metrics
            .render_errors
            .get_or_create(&crate::metrics::CodeLabel(code))
            .inc();
        root.as_ref()
            .map(|root| dev::overlay_element(&[Problem::from_render(error, root)], &nonce))
    })
}

/// Gives a complete page a tag, if it is the same for the next request.
fn add_etag(context: &Context, response: &mut Response<Body>) {
    let safe = matches!(context.record.method, Method::GET | Method::HEAD)
        && response.status() == StatusCode::OK;
    let headers = response.headers();
    let kept = !headers
        .get(CACHE_CONTROL)
        .is_some_and(|value| value.to_str().is_ok_and(|value| value.contains("no-store")));
    // What has the tokens of a session is never the same again.
    let own = headers.contains_key(ETAG) || headers.contains_key(SET_COOKIE) || context.is_live;
    if !context.shared.config.server.page_etag || !safe || !kept || own || !context.nonce.is_empty()
    {
        return;
    }
    let Some(pieces) = response.body().pieces() else {
        return;
    };
    let mut hash = XxHash3_64::default();
    pieces.iter().for_each(|piece| hash.write(piece));
    let digits = hex::digits(hash.finish().into());
    if let Ok(tag) = HeaderValue::try_from([b"W/\"", &digits[16..], b"\""].concat()) {
        response.headers_mut().insert(ETAG, tag);
    }
}

fn not_modified(context: &Context, response: &mut Response<Body>, condition: Option<HeaderValue>) {
    let safe = matches!(context.record.method, Method::GET | Method::HEAD)
        && response.status() == StatusCode::OK;
    let (Some(condition), Some(etag), true) = (condition, response.headers().get(ETAG), safe)
    else {
        return;
    };
    let condition: HeaderMap = [(IF_NONE_MATCH, condition)].into_iter().collect();
    if is_unchanged(&condition, etag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
    }
}
