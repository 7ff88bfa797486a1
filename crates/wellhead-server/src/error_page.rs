//! The error page of last resort: plain, with the trace id and nothing of the inside. In development it is the overlay.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use wellhead_render::RenderError;

use crate::body::Body;
use crate::context::Context;
use crate::dev::{self, Problem};
use crate::document::escape;

/// Answers with an error of the server itself; `message` is for everyone to read.
pub(crate) fn respond(context: &Context, status: StatusCode, message: &str) -> Response<Body> {
    let shell = context.shared.app().and_then(|app| app.error_shell.clone());
    let (media_type, text) = if context.accepts_html {
        (
            "text/html; charset=utf-8",
            html(shell.as_deref(), status, message, &context.record.trace),
        )
    } else {
        let value = serde_json::json!({ "status": status.as_u16(), "message": message, "trace": context.record.trace });
        ("application/json", value.to_string())
    };
    let mut response = Response::new(Body::full(text));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Answers with `message`, which everyone may read; the log, and in development the page, say what can be done about it.
pub(crate) fn respond_with_hint(
    context: &Context,
    status: StatusCode,
    message: &str,
    hint: &str,
) -> Response<Body> {
    if hint.is_empty() {
        return respond(context, status, message);
    }
    tracing::info!(
        trace = context.record.trace,
        status = status.as_u16(),
        hint,
        "{message}"
    );
    if context.shared.dev.is_none() || !context.accepts_html {
        return respond(context, status, message);
    }
    let problem = Problem {
        title: status.to_string(),
        message: message.to_owned(),
        hint: hint.to_owned(),
        ..Problem::default()
    };
    overlay(context, status, &[problem])
}

/// Answers with `message`, which everyone may read, and `errors` of the app or the engine, which only a developer may see.
pub(crate) fn respond_to_errors(
    context: &Context,
    status: StatusCode,
    message: &str,
    errors: &[RenderError],
) -> Response<Body> {
    let message = match message {
        "" => status.canonical_reason().unwrap_or("Error"),
        message => message,
    };
    let shown = |_: &&dev::Dev| context.accepts_html && !errors.is_empty();
    let Some(dev) = context.shared.dev.as_deref().filter(shown) else {
        return respond(context, status, message);
    };
    let problems: Vec<_> = errors
        .iter()
        .map(|error| Problem::from_render(error, &dev.root))
        .collect();
    overlay(context, status, &problems)
}

/// Answers in place of an app that is not there: with what is wrong with its build, as far as that is known.
pub(crate) fn respond_without_app(context: &Context) -> Response<Body> {
    let problems = context
        .shared
        .dev
        .as_ref()
        .map(|dev| dev.problems())
        .unwrap_or_default();
    if problems.is_empty() {
        let starting = StatusCode::SERVICE_UNAVAILABLE;
        let mut response = respond(context, starting, "The app is starting");
        if context.shared.dev.is_some() && context.accepts_html {
            // It is loaded again when the app is there.
            let page = html(None, starting, "The app is starting", &context.record.trace);
            *response.body_mut() = Body::full(page + &dev::waiting_element(&context.nonce));
        }
        return response;
    }
    overlay(context, StatusCode::INTERNAL_SERVER_ERROR, &problems)
}

fn overlay(context: &Context, status: StatusCode, problems: &[Problem]) -> Response<Body> {
    let page = dev::overlay_page(problems, &context.nonce);
    let mut response = Response::new(Body::full(page));
    *response.status_mut() = status;
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn html(shell: Option<&str>, status: StatusCode, message: &str, trace: &str) -> String {
    let shell = shell.unwrap_or(include_str!("error_page.html"));
    let values = [
        ("status", status.as_u16().to_string()),
        ("error.message", escape(message)),
        ("trace", trace.to_owned()),
    ];
    values.iter().fold(shell.to_owned(), |page, (name, value)| {
        page.replace(&format!("%wellhead.{name}%"), value)
            .replace(&format!("%sveltekit.{name}%"), value)
    })
}
