//! Answers of the server itself: refusals, redirects, and what a failed render becomes.

use http::header::{ALLOW, HeaderName, HeaderValue, LOCATION};
use http::{Response, StatusCode};
use wellhead_render::RenderError;

use crate::body::Body;
use crate::context::Context;
use crate::dev::Problem;
use crate::error_page;

/// Why a request is not answered by the app.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The request is at fault, or the place.
    Status {
        status: StatusCode,
        message: &'static str,
        header: Option<(HeaderName, HeaderValue)>,
        /// What whoever runs the server can do about it; empty where nothing.
        hint: &'static str,
    },
    /// What a path may be asked: the answer to `OPTIONS`.
    Allow(&'static str),
    /// There is no app yet: the first build of a development server is not done, or failed.
    NoApp,
    /// It is elsewhere.
    Redirect { location: String },
    /// The render failed.
    Render(RenderError),
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, message: &'static str) -> Self {
        Self::Status {
            status,
            message,
            header: None,
            hint: "",
        }
    }

    pub(crate) fn bad_request(message: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found")
    }

    /// Closes the connection after the answer, because the rest of the request is not read. The hint names the limit that
    /// was broken, if one was.
    pub(crate) fn closing(status: StatusCode, message: &'static str, hint: &'static str) -> Self {
        let header = Some((http::header::CONNECTION, HeaderValue::from_static("close")));
        Self::Status {
            status,
            message,
            header,
            hint,
        }
    }

    pub(crate) fn internal_error() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
    }

    pub(crate) fn allow(methods: &'static str) -> Self {
        Self::Allow(methods)
    }

    pub(crate) fn method(allow: &'static str) -> Self {
        let header = Some((ALLOW, HeaderValue::from_static(allow)));
        Self::Status {
            status: StatusCode::METHOD_NOT_ALLOWED,
            message: "Method not allowed",
            header,
            hint: "",
        }
    }

    /// The answer. A failed render is logged here, with the trace id that the client sees.
    pub(crate) fn into_response(self, context: &Context) -> Response<Body> {
        match self {
            Self::Redirect { location } => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
                match HeaderValue::try_from(location) {
                    Ok(location) => response.headers_mut().insert(LOCATION, location),
                    Err(_) => {
                        return error_page::respond(
                            context,
                            StatusCode::BAD_REQUEST,
                            "Bad request",
                        );
                    }
                };
                response
            }
            Self::Allow(methods) => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::NO_CONTENT;
                response
                    .headers_mut()
                    .insert(ALLOW, HeaderValue::from_static(methods));
                response
            }
            Self::NoApp => error_page::respond_without_app(context),
            Self::Status {
                status,
                message,
                header,
                hint,
            } => {
                let mut response = error_page::respond_with_hint(context, status, message, hint);
                response.headers_mut().extend(header);
                response
            }
            Self::Render(error) => {
                let status = error.code.status();
                context.log_error(&error);
                context
                    .shared
                    .metrics
                    .render_errors
                    .get_or_create(&crate::metrics::CodeLabel(error.code.as_str()))
                    .inc();
                let mut response = error_page::respond_to_errors(
                    context,
                    status,
                    "",
                    std::slice::from_ref(&error),
                );
                if status == StatusCode::SERVICE_UNAVAILABLE {
                    response
                        .headers_mut()
                        .insert(http::header::RETRY_AFTER, HeaderValue::from_static("1"));
                }
                response
            }
        }
    }
}

impl From<RenderError> for Refusal {
    fn from(error: RenderError) -> Self {
        Self::Render(error)
    }
}

impl Context {
    /// Logs an error of the app or the engine.
    pub(crate) fn log_error(&self, error: &RenderError) {
        if let Some(dev) = &self.shared.dev {
            let problem = Problem::from_render(error, &dev.root);
            tracing::error!(method = %self.record.method, path = self.record.uri.path(), "{problem}");
            return;
        }
        let stack: String = error.frames.iter().map(crate::dev::show_frame).collect();
        tracing::error!(
            trace = self.record.trace,
            method = %self.record.method,
            path = self.record.uri.path(),
            code = error.code.as_str(),
            "{}{stack}",
            error.message
        );
    }
}
