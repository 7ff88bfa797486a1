//! Errors in the browser: the development client sends them, their stacks are mapped to the sources, and they are shown
//! in the page and told in the terminal like every other.

use std::fs;
use std::path::Path;

use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{Response, StatusCode};
use hyper::body::Incoming;
use serde::Deserialize;
use sourcemap::SourceMap;
use wellhead_render::{Body as Upload, Frame};

use super::Problem;
use crate::app::App;
use crate::body::Body;
use crate::config::Server;
use crate::context::Context;
use crate::refusal::Refusal;
use crate::{internal, upload};

/// Frames that are mapped; the rest of a stack is left out.
const MOST_FRAMES: usize = 50;

/// What was thrown, as the development client tells it.
#[derive(Debug, Deserialize)]
struct Thrown {
    /// `TypeError: x is not a function`.
    message: String,
    /// The stack, as the browser writes it.
    stack: String,
    /// What the browser was doing, such as `uncaught`.
    title: String,
}

/// Answers the development client with the problem that an error is, and tells the terminal.
pub(crate) async fn report(
    context: &Context,
    head: &Parts,
    incoming: Incoming,
) -> Result<Response<Body>, Refusal> {
    // A page of another origin cannot send this type without asking.
    let json = head
        .headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| value == "application/json");
    let Some(dev) = context.shared.dev.as_ref().filter(|_| json) else {
        return Err(Refusal::not_found());
    };
    let limits = Server {
        body_kb: 64,
        ..Server::default()
    };
    let (Upload::Full(bytes), _) = upload::receive(incoming, &limits).await? else {
        return Err(Refusal::bad_request("The error is too large"));
    };
    let thrown: Thrown = serde_json::from_slice(&bytes)
        .map_err(|_| Refusal::bad_request("This is no error of the development client"))?;
    let app = context.shared.app();
    let frames: Vec<_> = thrown
        .stack
        .lines()
        .filter_map(frame)
        .take(MOST_FRAMES)
        .map(|frame| match &app {
            Some(app) => mapped(app, frame),
            None => frame,
        })
        .collect();
    let problem = Problem::from_stack(&thrown.title, &thrown.message, &frames, &dev.root);
    tracing::error!("in the browser: {problem}");
    let json = serde_json::to_string(&problem).unwrap_or_default();
    Ok(internal::respond(
        StatusCode::OK,
        "application/json",
        Body::full(json),
    ))
}

/// Reads a line of a stack: `at function (url:line:column)` of V8, `function@url:line:column` of others.
fn frame(text: &str) -> Option<Frame> {
    let text = text.trim();
    let (function, place) = match text.strip_prefix("at ") {
        Some(text) => match text
            .strip_suffix(')')
            .and_then(|text| text.rsplit_once(" ("))
        {
            Some((function, place)) => (function, place),
            None => ("", text),
        },
        None => text.split_once('@')?,
    };
    let (rest, column) = place.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    Some(Frame {
        function: function
            .strip_prefix("async ")
            .unwrap_or(function)
            .to_owned(),
        file: file.strip_prefix("async ").unwrap_or(file).to_owned(),
        line: line.parse().ok()?,
        column: column.parse().ok()?,
    })
}

/// The place in the sources of a place in a script of the app.
fn mapped(app: &App, frame: Frame) -> Frame {
    let Some(map) = map_of(app, &frame.file) else {
        return frame;
    };
    let found = map.lookup_token(frame.line.saturating_sub(1), frame.column.saturating_sub(1));
    match found.and_then(|token| Some((token.get_source()?.to_owned(), token))) {
        Some((file, token)) => Frame {
            file,
            line: token.get_src_line() + 1,
            column: token.get_src_col() + 1,
            ..frame
        },
        None => frame,
    }
}

fn map_of(app: &App, url: &str) -> Option<SourceMap> {
    let (_, rest) = url.split_once("://")?;
    let path = rest.get(rest.find('/')?..)?.split(['?', '#']).next()?;
    let file = app.assets.file(path.strip_prefix(app.base.as_str())?)?;
    read_map(file)
}

/// The source map beside a script.
fn read_map(script: &Path) -> Option<SourceMap> {
    let mut map = script.as_os_str().to_owned();
    map.push(".map");
    SourceMap::from_slice(&fs::read(map).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stacks_of_every_browser_are_read() {
        let read = |text: &str| frame(text).map(|f| (f.function, f.file, f.line, f.column));
        let expected = |function: &str| {
            Some((
                function.to_owned(),
                "http://a.test:1/x.js".to_owned(),
                3,
                14,
            ))
        };
        assert_eq!(
            read("    at load (http://a.test:1/x.js:3:14)"),
            expected("load")
        );
        assert_eq!(read("    at async http://a.test:1/x.js:3:14"), expected(""));
        assert_eq!(read("    at http://a.test:1/x.js:3:14"), expected(""));
        assert_eq!(read("load@http://a.test:1/x.js:3:14"), expected("load"));
        assert_eq!(read("@http://a.test:1/x.js:3:14"), expected(""));
        assert_eq!(read("TypeError: x: y"), None);
        assert_eq!(read("    at <anonymous>"), None);
    }
}
