//! Development: what is wrong is shown in the page, and the page is loaded again when the app was built.

mod problem;
mod thrown;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::stream;
use tokio::sync::watch;

use crate::body::{Body, BodyError};
use crate::document::escape;
pub use problem::Problem;
pub(crate) use problem::show_frame;
pub(crate) use thrown::report;

/// Where the development client is served.
pub(crate) const SCRIPT_PATH: &str = "/-/dev.js";

pub(crate) const SCRIPT: &str = include_str!("dev/client.js");

/// Where the development client tells of errors in the browser.
pub(crate) const REPORT_PATH: &str = "/-/dev/error";

/// Requests whose problems are kept until the page asks for them.
const MOST_REMEMBERED: usize = 64;

/// The state of a development server.
#[derive(Debug)]
pub struct Dev {
    /// The folder of the app, for code frames.
    pub(crate) root: PathBuf,
    state: watch::Sender<State>,
    problems: Mutex<Vec<Problem>>,
    /// Problems of requests that are no document, by trace id.
    remembered: Mutex<VecDeque<(String, Vec<Problem>)>>,
}

#[derive(Debug, Clone, Default)]
struct State {
    /// Counts builds that were taken into use.
    build: u64,
    /// The hash of the one in use, empty before the first.
    hash: String,
    /// JSON of the problems of the last build, empty where there are none.
    problems: String,
    /// No more events will come.
    closed: bool,
}

impl Dev {
    /// A development server for the app at `root`.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        // A page that was loaded from an earlier process must not find the same number again.
        let build = fastrand::u64(..1 << 40) << 8;
        let state = watch::Sender::new(State {
            build,
            ..State::default()
        });
        Self {
            root: root.into(),
            state,
            problems: Mutex::default(),
            remembered: Mutex::default(),
        }
    }

    /// Tells every open page to load again: the build of this hash is in use.
    pub(crate) fn reload(&self, hash: &str) {
        *lock(&self.problems) = Vec::new();
        self.state.send_modify(|state| {
            *state = State {
                build: state.build + 1,
                hash: hash.to_owned(),
                ..State::default()
            }
        });
    }

    /// Shows problems of a build in every open page, and in place of the app where none was built yet. No problems take
    /// away those that are shown.
    pub fn show(&self, problems: Vec<Problem>) {
        let text = if problems.is_empty() {
            String::new()
        } else {
            problem::to_json(&problems)
        };
        *lock(&self.problems) = problems;
        self.state.send_modify(|state| state.problems = text);
    }

    /// Keeps the problems of a request that is no document, until the page that made it asks for them.
    pub(crate) fn remember(&self, trace: &str, problems: Vec<Problem>) {
        let mut remembered = lock(&self.remembered);
        if remembered.len() >= MOST_REMEMBERED {
            remembered.pop_front();
        }
        remembered.push_back((trace.to_owned(), problems));
    }

    /// JSON of the problems of a request.
    pub(crate) fn recall(&self, trace: &str) -> String {
        let remembered = lock(&self.remembered);
        let found = remembered.iter().rev().find(|(known, _)| known == trace);
        problem::to_json(found.map_or(&[], |(_, problems)| problems))
    }

    /// Ends all event streams, which would keep their connections open.
    pub(crate) fn close(&self) {
        self.state.send_modify(|state| state.closed = true);
    }

    pub(crate) fn problems(&self) -> Vec<Problem> {
        lock(&self.problems).clone()
    }

    /// Server-sent events: `build` with the number and the hash of the build in use, then `problems` with a list.
    pub(crate) fn events(&self) -> Body {
        let receiver = self.state.subscribe();
        let events = stream::unfold((receiver, true), |(mut receiver, first)| async move {
            if !first && receiver.changed().await.is_err() {
                return None;
            }
            let state = receiver.borrow_and_update().clone();
            if state.closed {
                return None;
            }
            let problems = match state.problems.as_str() {
                "" => "[]",
                problems => problems,
            };
            let text = format!(
                "event: build\ndata: {} {}\n\nevent: problems\ndata: {problems}\n\n",
                state.build, state.hash
            );
            Some((Ok::<_, BodyError>(Bytes::from(text)), (receiver, false)))
        });
        Body::stream(events, None)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// HTML, for the end of a document, that has the development client show problems.
pub(crate) fn overlay_element(problems: &[Problem], nonce: &str) -> String {
    // Inside a script element only `<` can do harm.
    let json = problem::to_json(problems).replace('<', "\\u003c");
    format!(
        "<script type=\"application/json\" id=\"wellhead-problems\">{json}</script><script src=\"{SCRIPT_PATH}\" nonce=\"{nonce}\"></script>"
    )
}

/// HTML that has a page without an app load again as soon as there is one.
pub(crate) fn waiting_element(nonce: &str) -> String {
    format!("<script src=\"{SCRIPT_PATH}\" data-build=\"\" nonce=\"{nonce}\"></script>")
}

/// A whole page that shows problems; readable without JavaScript too.
pub(crate) fn overlay_page(problems: &[Problem], nonce: &str) -> String {
    let text: Vec<_> = problems.iter().map(ToString::to_string).collect();
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{}</title><pre>{}</pre>{}</html>",
        escape(
            problems
                .first()
                .map_or("Error", |problem| problem.title.as_str())
        ),
        escape(&text.join("\n\n")),
        overlay_element(problems, nonce)
    )
}
