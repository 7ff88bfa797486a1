//! Why a render failed.

use std::fmt;

use http::StatusCode;

/// An error of a renderer, with a stable code.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{code}: {message}")]
#[non_exhaustive]
pub struct RenderError {
    /// What kind of failure it is.
    pub code: ErrorCode,
    /// What happened, for the developer; never shown to the client in production.
    pub message: String,
    /// The JavaScript or Python stack, innermost first, mapped to the sources where a source map is known.
    pub frames: Vec<Frame>,
}

impl RenderError {
    /// An error without a stack.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            frames: Vec::new(),
        }
    }

    /// The same error with a stack.
    #[must_use]
    pub fn with_frames(mut self, frames: Vec<Frame>) -> Self {
        self.frames = frames;
        self
    }
}

/// A place in application code.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Frame {
    /// The function, empty where it has no name.
    pub function: String,
    /// The file, relative to the application where possible.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in UTF-16 code units.
    pub column: u32,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal, $status:ident;)*) => {
        /// The stable code of a [`RenderError`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode { $($(#[doc = $doc])* $name,)* }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$name),*];

            /// The code as it stands in logs, metrics and documentation.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(ErrorCode::$name => $text,)* }
            }

            /// The status that a server answers with.
            #[must_use]
            pub fn status(self) -> StatusCode {
                match self { $(ErrorCode::$name => StatusCode::$status,)* }
            }
        }
    };
}

codes! {
    /// Application code threw outside its own error handling.
    Threw = "render_threw", INTERNAL_SERVER_ERROR;
    /// A module of the application failed to load or threw at its top level.
    ModuleFailed = "render_module_failed", INTERNAL_SERVER_ERROR;
    /// The render's JavaScript heap went over its limit.
    HeapLimit = "render_heap_limit", INTERNAL_SERVER_ERROR;
    /// The render's array buffers went over their limit.
    BufferLimit = "render_buffer_limit", INTERNAL_SERVER_ERROR;
    /// The render used more processor time than it may in one go.
    CpuLimit = "render_cpu_limit", INTERNAL_SERVER_ERROR;
    /// The render took longer than it may.
    WallLimit = "render_wall_limit", GATEWAY_TIMEOUT;
    /// The render recursed too deeply.
    StackLimit = "render_stack_limit", INTERNAL_SERVER_ERROR;
    /// The render wrote more than it may.
    OutputLimit = "render_output_limit", INTERNAL_SERVER_ERROR;
    /// The render had more timers pending than it may.
    TimerLimit = "render_timer_limit", INTERNAL_SERVER_ERROR;
    /// The render waits for something that can no longer happen.
    Stalled = "render_stalled", INTERNAL_SERVER_ERROR;
    /// The worker was lost to another render after this one had sent something.
    WorkerLost = "render_worker_lost", SERVICE_UNAVAILABLE;
    /// More requests wait than may.
    Overloaded = "render_overloaded", SERVICE_UNAVAILABLE;
    /// The renderer is closing.
    Closing = "render_closing", SERVICE_UNAVAILABLE;
    /// The application and the engine do not understand each other: a defect of Wellhead or a bundle of another version.
    Protocol = "render_protocol", INTERNAL_SERVER_ERROR;
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_prefixed() {
        let mut texts: Vec<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert!(texts.iter().all(|text| text.starts_with("render_")));
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), ErrorCode::ALL.len());
    }
}
