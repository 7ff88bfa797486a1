//! Exceptions as errors of a render.

use std::path::Path;

use deno_core::error::JsError as Exception;
use deno_core::v8;
use wellhead_render::{ErrorCode, RenderError};

use super::errors;

/// What V8 says when the stack is full.
const STACK_MESSAGE: &str = "Maximum call stack size exceeded";
/// What V8 says when the allocator of array buffers refuses.
const BUFFER_MESSAGE: &str = "Array buffer allocation failed";

/// A thrown value as the error of the render that threw it.
pub(super) fn of_exception<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    thrown: v8::Local<'s, v8::Value>,
    root: &Path,
) -> RenderError {
    let timers = has_code(scope, thrown, "ERR_TIMER_LIMIT");
    let exception = Exception::from_v8_exception(scope, thrown);
    let mut error = of(&exception, root);
    if timers {
        error.code = ErrorCode::TimerLimit;
    }
    error
}

/// An exception as the error of the render that threw it.
pub(super) fn of(exception: &Exception, root: &Path) -> RenderError {
    let name = errors::name(exception);
    let message = errors::message(exception);
    let code = match (name.as_str(), message.as_str()) {
        ("RangeError", STACK_MESSAGE) => ErrorCode::StackLimit,
        ("RangeError", text) if text.starts_with(BUFFER_MESSAGE) => ErrorCode::BufferLimit,
        _ => ErrorCode::Threw,
    };
    let message = match name.as_str() {
        "Error" => message,
        _ => format!("{name}: {message}"),
    };
    RenderError::new(code, message).with_frames(errors::frames(exception, Some(root)))
}

fn has_code(
    scope: &mut v8::PinScope<'_, '_>,
    thrown: v8::Local<'_, v8::Value>,
    code: &str,
) -> bool {
    if !thrown.is_native_error() {
        return false;
    }
    v8::tc_scope!(let scope, scope);
    let found = v8::Local::<v8::Object>::try_from(thrown)
        .ok()
        .zip(v8::String::new(scope, "code"))
        .and_then(|(thrown, key)| thrown.get(scope, key.into()))
        .and_then(|value| v8::Local::<v8::String>::try_from(value).ok());
    found.is_some_and(|value| value.to_rust_string_lossy(scope) == code)
}
