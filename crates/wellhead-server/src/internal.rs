//! The server's own addresses, below `/-/`.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Method, Response, StatusCode};

use crate::body::Body;
use crate::context::Context;
use crate::dev;
use crate::metrics;
use crate::refusal::Refusal;

/// Answers what is below `/-/`; `None` for everything else.
pub(crate) fn answer(context: &mut Context) -> Option<Result<Response<Body>, Refusal>> {
    let name = context.record.uri.path().strip_prefix("/-/")?;
    context.record.route = context.shared.labels.internal.clone();
    if !matches!(context.record.method, Method::GET | Method::HEAD) {
        return Some(Err(Refusal::method("GET, HEAD")));
    }
    let shared = &context.shared;
    let text = "text/plain; charset=utf-8";
    Some(Ok(match (name, &shared.dev) {
        ("healthz", _) => respond(StatusCode::OK, text, Body::full("ok\n")),
        ("readyz", _) => match shared.unready() {
            None => respond(StatusCode::OK, text, Body::full("ready\n")),
            Some(why) => respond(StatusCode::SERVICE_UNAVAILABLE, text, Body::full(why)),
        },
        ("metrics", _) if shared.config.server.metrics => {
            let pool = shared.app().map(|app| app.renderer.stats());
            respond(
                StatusCode::OK,
                metrics::MEDIA_TYPE,
                Body::full(shared.metrics.encode(pool.as_ref())),
            )
        }
        ("dev.js", Some(_)) => respond(
            StatusCode::OK,
            "text/javascript; charset=utf-8",
            Body::full(dev::SCRIPT),
        ),
        ("dev/problems", Some(dev)) => {
            let trace = context.record.uri.query().unwrap_or_default();
            respond(
                StatusCode::OK,
                "application/json",
                Body::full(dev.recall(trace)),
            )
        }
        ("dev", Some(dev)) => {
            let mut response = respond(StatusCode::OK, "text/event-stream", dev.events());
            response
                .headers_mut()
                .insert("x-accel-buffering", HeaderValue::from_static("no"));
            response
        }
        _ => return Some(Err(Refusal::not_found())),
    }))
}

pub(crate) fn respond(status: StatusCode, media_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
