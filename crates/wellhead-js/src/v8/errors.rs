//! Exceptions as the crate's errors, with frames mapped by source maps.

use std::path::Path;

use deno_core::error::JsError as Exception;
use deno_core::url::Url;
use wellhead_render::Frame;

use crate::JsError;

/// The name of an exception, `Error` where it has none.
pub(super) fn name(exception: &Exception) -> String {
    exception.name.clone().unwrap_or_else(|| "Error".into())
}

/// The message of an exception; what was thrown, where it was no error.
pub(super) fn message(exception: &Exception) -> String {
    exception
        .message
        .clone()
        .unwrap_or_else(|| exception.exception_message.clone())
}

/// The frames of an exception, without those of the engine, with files relative to `root` where they are in it.
pub(super) fn frames(exception: &Exception, root: Option<&Path>) -> Vec<Frame> {
    let own = |file: &&str| !file.starts_with("ext:");
    exception
        .frames
        .iter()
        .filter_map(|frame| {
            let file = frame.file_name.as_deref().filter(own)?;
            Some(Frame {
                function: frame.function_name.clone().unwrap_or_default(),
                file: relative(file, root),
                line: positive(frame.line_number),
                column: positive(frame.column_number),
            })
        })
        .collect()
}

/// The exception as an error of a tool.
pub(super) fn js_error(exception: &Exception, root: Option<&Path>) -> JsError {
    JsError {
        name: name(exception),
        message: message(exception),
        frames: frames(exception, root),
    }
}

fn positive(number: Option<i64>) -> u32 {
    number
        .and_then(|number| u32::try_from(number).ok())
        .unwrap_or(1)
}

/// A file URL as a path, relative to `root` or else to the working directory where it is in one of them.
fn relative(file: &str, root: Option<&Path>) -> String {
    let Some(path) = Url::parse(file)
        .ok()
        .and_then(|url| url.to_file_path().ok())
    else {
        return file.to_owned();
    };
    let here = std::env::current_dir().ok();
    let stripped = [root, here.as_deref()]
        .into_iter()
        .flatten()
        .find_map(|base| path.strip_prefix(base).ok());
    stripped.unwrap_or(&path).display().to_string()
}
