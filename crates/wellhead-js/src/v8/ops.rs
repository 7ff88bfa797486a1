//! The operations behind `calls.js`, and those of `live.js` beside them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use bytes::Bytes;
use deno_core::futures::StreamExt;
use deno_core::{CancelFuture, Extension, ExtensionFileSource, OpState, op2, v8};
use deno_error::JsErrorBox;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use wellhead_render::{Body, ErrorCode, Mounted, Part, Shape};

use super::calls::{Answer, CallsRef, Entry, Spoiled};
use super::{failure, live, text};

deno_core::extension!(
    wellhead_calls,
    ops = [
        op_call_body,
        op_call_chunk,
        op_call_client,
        op_call_early,
        op_call_end,
        op_call_fail,
        op_call_has_body,
        op_call_header,
        op_call_headers,
        op_call_mount,
        op_call_reply,
        op_call_report,
        op_call_room,
        op_call_stray,
        op_call_wait,
        op_calls_install,
        op_calls_leak,
        op_calls_disprove,
        op_calls_unproven,
        live::op_live_install,
        live::op_live_news,
    ],
    options = { calls: CallsRef },
    state = |state, options| state.put(options.calls),
);

/// The extension that lets an isolate take calls. Its script runs in each isolate rather than in the snapshot, since
/// scripts of the snapshot have only slow bindings of operations.
pub(super) fn extension(calls: CallsRef) -> Extension {
    let mut extension = wellhead_calls::init(calls);
    extension.js_files = Cow::Owned(vec![
        ExtensionFileSource::new(
            "ext:wellhead/live.js",
            deno_core::ascii_str_include!("live.js"),
        ),
        ExtensionFileSource::new(
            "ext:wellhead/calls.js",
            deno_core::ascii_str_include!("calls.js"),
        ),
    ]);
    extension
}

#[op2(nofast)]
fn op_calls_install(
    scope: &mut v8::PinScope<'_, '_>,
    state: &mut OpState,
    start: v8::Local<'_, v8::Function>,
    dispatch: v8::Local<'_, v8::Function>,
    cancel: v8::Local<'_, v8::Function>,
) {
    state.borrow::<CallsRef>().borrow_mut().entry = Some(Entry {
        start: v8::Global::new(scope, start),
        dispatch: v8::Global::new(scope, dispatch),
        cancel: v8::Global::new(scope, cancel),
    });
}

#[op2]
#[string]
fn op_call_client(state: &mut OpState, #[smi] call: u32) -> String {
    let mut calls = state.borrow::<CallsRef>().borrow_mut();
    let client = calls.request(call).and_then(|request| request.client);
    client.map(|client| client.to_string()).unwrap_or_default()
}

#[op2]
fn op_call_header<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    state: &mut OpState,
    #[smi] call: u32,
    #[string] name: &str,
) -> Option<v8::Local<'s, v8::String>> {
    let mut calls = state.borrow::<CallsRef>().borrow_mut();
    let headers = &calls.request(call)?.headers;
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    let Some(second) = values.next() else {
        return latin1(scope, first.as_bytes());
    };
    let between: &[u8] = if name == "cookie" { b"; " } else { b", " };
    let mut joined = first.as_bytes().to_vec();
    for value in std::iter::once(second).chain(values) {
        joined.extend_from_slice(between);
        joined.extend_from_slice(value.as_bytes());
    }
    latin1(scope, &joined)
}

#[op2]
fn op_call_headers<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    state: &mut OpState,
    #[smi] call: u32,
) -> Option<v8::Local<'s, v8::Array>> {
    let mut calls = state.borrow::<CallsRef>().borrow_mut();
    let headers = &calls.request(call)?.headers;
    let mut flat = Vec::with_capacity(2 * headers.len());
    for (name, value) in headers {
        flat.push(latin1(scope, name.as_str().as_bytes())?.into());
        flat.push(latin1(scope, value.as_bytes())?.into());
    }
    Some(v8::Array::new_with_elements(scope, &flat))
}

/// Header values are bytes; JavaScript sees each as the character of that number.
fn latin1<'s>(scope: &mut v8::PinScope<'s, '_>, bytes: &[u8]) -> Option<v8::Local<'s, v8::String>> {
    v8::String::new_from_one_byte(scope, bytes, v8::NewStringType::Normal)
}

#[op2(fast)]
fn op_call_has_body(state: &mut OpState, #[smi] call: u32) -> bool {
    let mut calls = state.borrow::<CallsRef>().borrow_mut();
    calls
        .request(call)
        .is_some_and(|request| !matches!(request.body, Body::Empty))
}

/// The next piece of the request's body, `null` at its end.
#[op2]
#[buffer]
async fn op_call_body(
    state: Rc<RefCell<OpState>>,
    #[smi] call: u32,
) -> Result<Option<Vec<u8>>, JsErrorBox> {
    let calls = Rc::clone(state.borrow().borrow::<CallsRef>());
    let taken = {
        let mut calls = calls.borrow_mut();
        let cancel = calls.get(call).map(|active| Rc::clone(&active.cancel));
        cancel.zip(
            calls
                .request(call)
                .map(|request| std::mem::take(&mut request.body)),
        )
    };
    let Some((cancel, body)) = taken else {
        return Err(JsErrorBox::generic("the request is over"));
    };
    match body {
        Body::Empty => Ok(None),
        Body::Full(bytes) => Ok(Some(bytes.into()).filter(|bytes: &Vec<u8>| !bytes.is_empty())),
        Body::Stream(mut stream) => {
            let next = stream.next().or_cancel(cancel).await;
            let next = next.map_err(|_| JsErrorBox::generic("the request is over"))?;
            if let Some(request) = calls.borrow_mut().request(call) {
                request.body = Body::Stream(stream);
            }
            let bytes = next.transpose().map_err(|error| {
                JsErrorBox::generic(format!("cannot read the request's body: {error}"))
            })?;
            Ok(bytes.map(Into::into))
        }
    }
}

#[op2(nofast, reentrant)]
fn op_call_early(
    scope: &mut v8::PinScope<'_, '_>,
    state: Rc<RefCell<OpState>>,
    #[smi] call: u32,
    #[smi] status: i32,
    headers: v8::Local<'_, v8::Value>,
    #[smi] route: i32,
) -> Result<(), JsErrorBox> {
    let status = status_code(status)?;
    let headers = header_map(scope, headers)?;
    let route = u32::try_from(route).ok();
    let calls = Rc::clone(state.borrow().borrow::<CallsRef>());
    calls.borrow_mut().early(call, status, headers, route);
    Ok(())
}

/// Takes a reply; tells whether the rest of it is wanted.
#[op2(nofast, reentrant)]
fn op_call_reply(
    scope: &mut v8::PinScope<'_, '_>,
    state: Rc<RefCell<OpState>>,
    #[smi] call: u32,
    #[smi] status: i32,
    headers: v8::Local<'_, v8::Value>,
    #[smi] shape: u32,
    #[smi] route: i32,
    head: v8::Local<'_, v8::Value>,
    body: v8::Local<'_, v8::Value>,
    page_state: v8::Local<'_, v8::Value>,
    has_rest: bool,
) -> Result<bool, JsErrorBox> {
    let shape = match shape {
        0 => Shape::Raw,
        1 => Shape::Page,
        2 => Shape::Fallback,
        _ => {
            return Err(JsErrorBox::type_error(format!(
                "a reply has no shape {shape}"
            )));
        }
    };
    let mut part = |part, value: v8::Local<'_, v8::Value>| {
        let bytes = if value.is_null_or_undefined() {
            Some(Bytes::new())
        } else {
            text::take(scope, value)
        };
        bytes.map(|bytes| (part, bytes)).ok_or_else(|| {
            JsErrorBox::type_error(format!(
                "the {part:?} of a reply is no string and no Uint8Array"
            ))
        })
    };
    let parts = [
        part(Part::Head, head)?,
        part(Part::Body, body)?,
        part(Part::State, page_state)?,
    ];
    let answer = Answer {
        status: status_code(status)?,
        headers: header_map(scope, headers)?,
        shape,
        route: u32::try_from(route).ok(),
        parts,
        has_rest,
    };
    let calls = Rc::clone(state.borrow().borrow::<CallsRef>());
    let goes_on = calls.borrow_mut().reply(call, answer);
    Ok(goes_on)
}

fn status_code(status: i32) -> Result<StatusCode, JsErrorBox> {
    u16::try_from(status)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok())
        .ok_or_else(|| JsErrorBox::range_error(format!("{status} is no status of HTTP")))
}

fn header_map(
    scope: &mut v8::PinScope<'_, '_>,
    flat: v8::Local<'_, v8::Value>,
) -> Result<HeaderMap, JsErrorBox> {
    let mut headers = HeaderMap::new();
    let Ok(flat) = v8::Local::<v8::Array>::try_from(flat) else {
        return Ok(headers);
    };
    let mut index = 0;
    while index + 1 < flat.length() {
        let name = string_at(scope, flat, index);
        let value = string_at(scope, flat, index + 1);
        index += 2;
        let parsed = HeaderName::from_bytes(&name)
            .ok()
            .zip(HeaderValue::from_maybe_shared(value.clone()).ok());
        let Some((name, value)) = parsed else {
            return Err(JsErrorBox::type_error(format!(
                "no header can be `{}: {}`",
                String::from_utf8_lossy(&name).escape_debug(),
                String::from_utf8_lossy(&value).escape_debug(),
            )));
        };
        headers.append(name, value);
    }
    Ok(headers)
}

/// The string in a list, empty where there is something else.
fn string_at(
    scope: &mut v8::PinScope<'_, '_>,
    list: v8::Local<'_, v8::Array>,
    index: u32,
) -> Bytes {
    list.get_index(scope, index)
        .and_then(|value| v8::Local::<v8::String>::try_from(value).ok())
        .map(|value| text::utf8(scope, value))
        .unwrap_or_default()
}

/// Whether the reader of a reply has room, known without waiting.
#[op2(fast)]
fn op_call_room(state: &mut OpState, #[smi] call: u32) -> bool {
    let calls = state.borrow::<CallsRef>().borrow();
    calls
        .get(call)
        .and_then(|active| active.sender.as_ref())
        .is_some_and(wellhead_render::ChunkSender::has_room)
}

/// Mounts a live component into the page of a call.
#[op2]
#[string]
async fn op_call_mount(
    state: Rc<RefCell<OpState>>,
    #[smi] call: u32,
    #[string] what: String,
) -> Result<String, JsErrorBox> {
    let calls = Rc::clone(state.borrow().borrow::<CallsRef>());
    let found = {
        let mut calls = calls.borrow_mut();
        let cancel = calls.get(call).map(|active| Rc::clone(&active.cancel));
        cancel.zip(calls.request(call).map(|request| request.mounts.clone()))
    };
    let Some((cancel, mounts)) = found else {
        return Err(JsErrorBox::generic("the request is over"));
    };
    let mounted = match mounts {
        Some(mounts) => mounts.mount(what).or_cancel(cancel).await,
        None => Ok(Mounted::impossible()),
    };
    let Mounted { answer, error } =
        mounted.map_err(|_| JsErrorBox::generic("the request is over"))?;
    if let Some(error) = error {
        // A reply that has left can tell of nothing; the session has logged it.
        let _ = calls.borrow_mut().report(call, error);
    }
    Ok(answer)
}

/// Waits until the reader has room; `false` when it is gone.
#[op2]
async fn op_call_wait(state: Rc<RefCell<OpState>>, #[smi] call: u32) -> bool {
    let calls = Rc::clone(state.borrow().borrow::<CallsRef>());
    let waits = {
        let mut calls = calls.borrow_mut();
        calls.get_mut(call).and_then(|active| {
            // A slow reader is not the render's fault.
            active.deadline = None;
            active.sender.clone().zip(Some(Rc::clone(&active.cancel)))
        })
    };
    let Some((sender, cancel)) = waits else {
        return false;
    };
    let room = matches!(sender.room().or_cancel(cancel).await, Ok(Ok(())));
    let mut calls = calls.borrow_mut();
    let deadline = Instant::now() + calls.limits().wall;
    calls.resume(call, deadline);
    room
}

#[op2(nofast)]
fn op_call_chunk(
    scope: &mut v8::PinScope<'_, '_>,
    state: &mut OpState,
    #[smi] call: u32,
    #[smi] part: u32,
    chunk: v8::Local<'_, v8::Value>,
) -> Result<bool, JsErrorBox> {
    let Some(part) = Part::from_number(part) else {
        return Err(JsErrorBox::type_error(format!(
            "a document has no part {part}"
        )));
    };
    let Some(bytes) = text::take(scope, chunk) else {
        return Err(JsErrorBox::type_error(
            "a chunk is no string and no Uint8Array",
        ));
    };
    let mut calls = state.borrow::<CallsRef>().borrow_mut();
    Ok(calls.chunk(call, part, bytes, Instant::now()))
}

#[op2(fast)]
fn op_call_end(state: &mut OpState, #[smi] call: u32) {
    state.borrow::<CallsRef>().borrow_mut().end(call);
}

/// Ends a call with what it threw, which may be a module's error.
#[op2(nofast, reentrant)]
fn op_call_fail<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    state: Rc<RefCell<OpState>>,
    #[smi] call: u32,
    error: v8::Local<'s, v8::Value>,
    of_module: bool,
) {
    // Reading an error may run getters of the application, so nothing is borrowed meanwhile.
    let calls = Rc::clone(state.borrow().borrow::<CallsRef>());
    let root = calls.borrow().root.clone();
    let mut error = failure::of_exception(scope, error, &root);
    if of_module {
        error.code = ErrorCode::ModuleFailed;
    }
    calls.borrow_mut().fail(call, error);
}

/// Notes an error that the application has dealt with.
#[op2(nofast, reentrant)]
fn op_call_report<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    state: Rc<RefCell<OpState>>,
    #[smi] call: u32,
    error: v8::Local<'s, v8::Value>,
) {
    let calls = Rc::clone(state.borrow().borrow::<CallsRef>());
    let root = calls.borrow().root.clone();
    let error = failure::of_exception(scope, error, &root);
    let mut calls = calls.borrow_mut();
    // Of a promise that comes late no reply can tell any more.
    if let Some(error) = calls.report(call, error) {
        let trace = calls.request(call).map(|request| &*request.trace_id);
        let stack: String = error
            .frames
            .iter()
            .map(|frame| {
                format!(
                    "\n    at {} ({}:{}:{})",
                    frame.function, frame.file, frame.line, frame.column
                )
            })
            .collect();
        tracing::error!(
            target: "app",
            trace = trace.unwrap_or_default(),
            "{}{stack}",
            error.message
        );
    }
}

/// Notes an error that nobody dealt with: an unhandled rejection, a timer that threw.
#[op2(nofast, reentrant)]
fn op_call_stray<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    state: Rc<RefCell<OpState>>,
    #[smi] call: u32,
    error: v8::Local<'s, v8::Value>,
) {
    let calls = Rc::clone(state.borrow().borrow::<CallsRef>());
    let root = calls.borrow().root.clone();
    let error = failure::of_exception(scope, error, &root);
    let trace = calls
        .borrow_mut()
        .request(call)
        .map(|request| request.trace_id.clone())
        .unwrap_or_default();
    let at = error
        .frames
        .first()
        .map(|frame| format!("{}:{}", frame.file, frame.line));
    tracing::error!(
        target: "app",
        trace,
        at = at.unwrap_or_default(),
        "nobody handles this error: {}",
        error.message
    );
    let _ = calls.borrow_mut().report(call, error);
}

/// The URLs of modules that are not known to have been evaluated without an error.
#[op2]
#[serde]
fn op_calls_unproven(state: &mut OpState) -> Vec<String> {
    state.borrow::<CallsRef>().borrow().loader.take_unproven()
}

/// Notes that a module has failed, and keeps it in mind.
#[op2(fast)]
fn op_calls_disprove(state: &mut OpState, #[string] url: &str) {
    let mut calls = state.borrow::<CallsRef>().borrow_mut();
    calls.loader.is_unproven(url.to_owned());
    calls.spoiled = calls.spoiled.or(Some(Spoiled::Module));
}

/// Notes that renders which ended have left more timers behind than they may.
#[op2(fast)]
fn op_calls_leak(state: &mut OpState) {
    let mut calls = state.borrow::<CallsRef>().borrow_mut();
    calls.spoiled = calls.spoiled.or(Some(Spoiled::Timers));
}
