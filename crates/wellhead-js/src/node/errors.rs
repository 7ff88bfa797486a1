//! Errors of JavaScript as the crate's, with their stacks read.

use std::path::Path;

use wellhead_render::{ErrorCode, Frame, RenderError};

use super::frame::Thrown;
use crate::JsError;

/// What was thrown by a render.
pub(super) fn render_error(thrown: &Thrown, root: &Path) -> RenderError {
    let code = match thrown.kind {
        Thrown::ENGINE => ErrorCode::Protocol,
        Thrown::OUTPUT => ErrorCode::OutputLimit,
        Thrown::STALLED => ErrorCode::Stalled,
        Thrown::TIMERS => ErrorCode::TimerLimit,
        Thrown::MODULE => ErrorCode::ModuleFailed,
        _ => code(thrown),
    };
    let message = match thrown.name.as_str() {
        "Error" => thrown.message.clone(),
        name => format!("{name}: {}", thrown.message),
    };
    RenderError::new(code, message).with_frames(frames(&thrown.stack, Some(root)))
}

/// What kept a module from loading.
pub(super) fn module_error(thrown: &Thrown, root: &Path) -> RenderError {
    let mut error = render_error(thrown, root);
    error.code = ErrorCode::ModuleFailed;
    error
}

/// What was thrown by a tool.
pub(super) fn js_error(thrown: &Thrown, root: Option<&Path>) -> JsError {
    match thrown.kind {
        Thrown::ENGINE | Thrown::STALLED => JsError::engine(&thrown.message),
        _ => JsError {
            name: thrown.name.clone(),
            message: thrown.message.clone(),
            frames: frames(&thrown.stack, root),
        },
    }
}

/// What V8 says when there is no memory for an array buffer, and for a larger one.
const BUFFER_MESSAGES: [&str; 2] = ["Array buffer allocation failed", ".resize: Out of memory"];

/// V8 has no class of its own for limits: they are told by the message of a `RangeError`.
fn code(thrown: &Thrown) -> ErrorCode {
    match (thrown.name.as_str(), thrown.message.as_str()) {
        ("RangeError", "Maximum call stack size exceeded") => ErrorCode::StackLimit,
        ("RangeError", text) if BUFFER_MESSAGES.iter().any(|end| text.ends_with(end)) => {
            ErrorCode::BufferLimit
        }
        // Thrown by a module that was being loaded, or by its loading.
        _ if thrown.stack.contains("node:internal/modules/") => ErrorCode::ModuleFailed,
        _ => ErrorCode::Threw,
    }
}

/// The frames of a stack's text, without those of Node and of the engine.
fn frames(stack: &str, root: Option<&Path>) -> Vec<Frame> {
    stack
        .lines()
        .filter_map(|line| frame(line.trim_start().strip_prefix("at ")?, root))
        .collect()
}

/// Reads `function (file:line:column)` or `file:line:column`.
fn frame(text: &str, root: Option<&Path>) -> Option<Frame> {
    let text = text.strip_prefix("async ").unwrap_or(text);
    let (function, place) = match text
        .strip_suffix(')')
        .and_then(|text| text.rsplit_once(" ("))
    {
        Some((function, place)) => (function, place),
        None => ("", text),
    };
    let (rest, column) = place.rsplit_once(':')?;
    let (file, line) = rest.rsplit_once(':')?;
    if file.starts_with("node:") || file.ends_with("/[eval1]") || file.is_empty() {
        return None;
    }
    let function = function.strip_prefix("async ").unwrap_or(function);
    Some(Frame {
        function: function.strip_prefix("Module.").unwrap_or(function).into(),
        file: relative(file, root),
        line: line.parse().ok()?,
        column: column.parse().ok()?,
    })
}

/// A file as a path, relative to `root` or else to the working directory where it is in one of them.
fn relative(file: &str, root: Option<&Path>) -> String {
    let path = match file.strip_prefix("file://") {
        Some(path) => percent_decoded(path),
        None => file.to_owned(),
    };
    let path = Path::new(&path);
    let here = std::env::current_dir().ok();
    let stripped = [root, here.as_deref()]
        .into_iter()
        .flatten()
        .find_map(|base| path.strip_prefix(base).ok());
    stripped.unwrap_or(path).display().to_string()
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = tail
            .get(..2)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        let code = code.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (first, code) {
            (b'%', Some(code)) => {
                bytes.push(code);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_is_read_without_what_is_not_the_applications() {
        let stack = "TypeError: x (of y) at z\n    at inner (file:///app/a%20b/page.js:3:14)\n    \
                     at async Promise.all (index 0)\n    at async Module.load (/app/src/load.ts:1:2)\n    \
                     at file:///other/c.js:5:6\n    at begin (file:///app/[eval1]:9:9)\n    \
                     at process.emit (node:events:1:1)";
        let frames = frames(stack, Some(Path::new("/app")));
        let texts: Vec<_> = frames
            .iter()
            .map(|frame| {
                format!(
                    "{}@{}:{}:{}",
                    frame.function, frame.file, frame.line, frame.column
                )
            })
            .collect();
        assert_eq!(
            texts,
            [
                "inner@a b/page.js:3:14",
                "load@src/load.ts:1:2",
                "@/other/c.js:5:6"
            ]
        );
    }

    #[test]
    fn recursion_without_end_is_a_limit() {
        let thrown = Thrown {
            kind: 0,
            name: "RangeError".into(),
            message: "Maximum call stack size exceeded".into(),
            stack: String::new(),
        };
        let error = render_error(&thrown, Path::new("/"));
        assert_eq!(error.code, ErrorCode::StackLimit);
    }
}
