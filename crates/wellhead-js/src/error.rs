//! What an engine says when a program fails.

use wellhead_render::Frame;

/// An error of a [`Tool`](crate::Tool) or of starting an engine.
///
/// For an exception, `name`, `message` and `frames` are the exception's, with frames mapped to the sources where a
/// source map is known. For an error of the engine itself, `name` is [`JsError::ENGINE`]; for a program that was ended
/// because it took too much, [`JsError::LIMIT`].
#[derive(Debug, Clone, thiserror::Error)]
#[error("{name}: {message}")]
#[non_exhaustive]
pub struct JsError {
    /// The class of the exception, such as `TypeError`.
    pub name: String,
    /// The exception's message.
    pub message: String,
    /// The stack, innermost first.
    pub frames: Vec<Frame>,
}

impl JsError {
    /// The `name` of an error that no JavaScript threw.
    pub const ENGINE: &'static str = "EngineError";

    /// The `name` of the error of a program that took too much time or memory.
    pub const LIMIT: &'static str = "LimitError";

    pub(crate) fn limit(message: impl Into<String>) -> Self {
        Self {
            name: Self::LIMIT.into(),
            ..Self::engine(message)
        }
    }

    /// The error of a program that ran for longer than it may.
    pub(crate) fn too_long(time: Option<std::time::Duration>) -> Self {
        let time = time.unwrap_or_default().as_millis();
        Self::limit(format!("the program ran for more than {time} ms"))
    }

    pub(crate) fn engine(message: impl Into<String>) -> Self {
        Self {
            name: Self::ENGINE.into(),
            message: message.into(),
            frames: Vec::new(),
        }
    }

    #[cfg(not(has_v8))]
    pub(crate) fn no_v8<T>(_unused: &T) -> Self {
        Self::engine("this build has no V8; use the engine `node`, or build with the feature `v8`")
    }
}
