//! Development: what is wrong is shown in the page, and the page is loaded again when the app was built.

mod problem;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use futures_util::stream;
use tokio::sync::watch;

use crate::body::{Body, BodyError};
use crate::document::escape;
pub use problem::Problem;
pub(crate) use problem::show_frame;

/// Where the development client is served.
pub(crate) const SCRIPT_PATH: &str = "/-/dev.js";

pub(crate) const SCRIPT: &str = include_str!("dev/client.js");

/// The state of a development server.
#[derive(Debug)]
pub struct Dev {
    /// The folder of the app, for code frames.
    pub(crate) root: PathBuf,
    state: watch::Sender<State>,
    problems: Mutex<Vec<Problem>>,
}

#[derive(Debug, Clone, Default)]
struct State {
    /// Counts builds that were taken into use.
    build: u64,
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
        }
    }

    /// Tells every open page to load again.
    pub(crate) fn reload(&self) {
        *self.lock() = Vec::new();
        self.state.send_modify(|state| {
            *state = State {
                build: state.build + 1,
                ..State::default()
            }
        });
    }

    /// Shows problems of a build in every open page, and in place of the app where none was built yet.
    pub fn show(&self, problems: Vec<Problem>) {
        let text = problem::to_json(&problems);
        *self.lock() = problems;
        self.state.send_modify(|state| state.problems = text);
    }

    /// Ends all event streams, which would keep their connections open.
    pub(crate) fn close(&self) {
        self.state.send_modify(|state| state.closed = true);
    }

    pub(crate) fn problems(&self) -> Vec<Problem> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Problem>> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Server-sent events: `build` with the number of the build in use, `problems` with a list.
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
            let mut text = format!("event: build\ndata: {}\n\n", state.build);
            if !state.problems.is_empty() {
                text.push_str(&format!("event: problems\ndata: {}\n\n", state.problems));
            }
            Some((Ok::<_, BodyError>(Bytes::from(text)), (receiver, false)))
        });
        Body::stream(events, None)
    }
}

/// The element that loads the development client.
pub(crate) fn script_element() -> String {
    format!("<script src=\"{SCRIPT_PATH}\" async></script>")
}

/// HTML, for the end of a document, that has the development client show problems.
pub(crate) fn overlay_element(problems: &[Problem]) -> String {
    // Inside a script element only `<` can do harm.
    let json = problem::to_json(problems).replace('<', "\\u003c");
    format!(
        "<script type=\"application/json\" id=\"wellhead-problems\">{json}</script>{}",
        script_element()
    )
}

/// A whole page that shows problems; readable without JavaScript too.
pub(crate) fn overlay_page(problems: &[Problem]) -> String {
    let text: Vec<_> = problems.iter().map(ToString::to_string).collect();
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{}</title><pre>{}</pre>{}</html>",
        escape(
            problems
                .first()
                .map_or("Error", |problem| problem.title.as_str())
        ),
        escape(&text.join("\n\n")),
        overlay_element(problems)
    )
}
