//! Live components in an isolate: the operations behind `live.js`, and how the worker calls it.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use deno_core::{OpState, op2, v8};
use wellhead_render::live::{Command, LiveChannel};
use wellhead_render::{ErrorCode, RenderError};

use super::calls::CallsRef;
use super::failure;
use super::isolate::Isolate;
use super::text;
use super::ticket::Mailbox;
use crate::Limits;

/// The functions of `live.js`.
pub(super) struct LiveEntry {
    command: v8::Global<v8::Function>,
    close: v8::Global<v8::Function>,
}

#[op2(nofast)]
pub(super) fn op_live_install(
    scope: &mut v8::PinScope<'_, '_>,
    state: &mut OpState,
    command: v8::Local<'_, v8::Function>,
    close: v8::Local<'_, v8::Function>,
) {
    state.borrow::<CallsRef>().borrow_mut().live_entry = Some(LiveEntry {
        command: v8::Global::new(scope, command),
        close: v8::Global::new(scope, close),
    });
}

/// News that no command waits for.
#[op2(nofast)]
pub(super) fn op_live_news(
    scope: &mut v8::PinScope<'_, '_>,
    state: Rc<RefCell<OpState>>,
    #[smi] session: u32,
    news: v8::Local<'_, v8::String>,
) {
    let calls = Rc::clone(state.borrow().borrow::<CallsRef>());
    let (mailbox, limits) = {
        let calls = calls.borrow();
        (Arc::clone(&calls.mailbox), *calls.limits())
    };
    match taken(scope, news) {
        Ok(text) => tell(&mailbox, session, text, &limits),
        Err(error) => lose(&mailbox, session, error),
    }
}

/// Tells a session what came of a turn. What is too long is not for it, but the templates in it are known from now on.
pub(super) fn tell(mailbox: &Mailbox, session: u32, text: String, limits: &Limits) {
    let is_too_long = text.len() > limits.output_bytes;
    if is_too_long {
        let message = format!(
            "a live component rendered more than {} MiB; raise the limit `output_bytes` or show less",
            limits.output_bytes >> 20
        );
        lose(
            mailbox,
            session,
            RenderError::new(ErrorCode::OutputLimit, message),
        );
    }
    mailbox.inbox.tell(session, text);
}

/// Takes what a session has here away from it.
pub(super) fn lose(mailbox: &Mailbox, session: u32, error: RenderError) {
    mailbox.inbox.lose(session, error);
    mailbox.waker.wake();
}

/// Hands a command, or a list of commands, to the host; gives the news that come of it at once.
pub(super) fn command(
    isolate: &mut Isolate,
    entry: &LiveEntry,
    session: u32,
    json: &str,
    root: &std::path::Path,
) -> Result<Option<String>, RenderError> {
    deno_core::scope!(scope, isolate.runtime);
    v8::tc_scope!(let scope, scope);
    let Some(json) = text::give(scope, json) else {
        let message = "a command is longer than a string can be";
        return Err(RenderError::new(ErrorCode::Protocol, message));
    };
    let this = v8::undefined(scope).into();
    let number = v8::Integer::new_from_unsigned(scope, session).into();
    let called = entry
        .command
        .open(scope)
        .call(scope, this, &[number, json.into()]);
    let Some(news) = called else {
        // A termination is judged by the guard.
        return match scope.exception() {
            Some(exception) if !scope.has_terminated() => {
                Err(failure::of_exception(scope, exception, root))
            }
            _ => Ok(None),
        };
    };
    if news.is_undefined() {
        return Ok(None);
    }
    let Ok(news) = v8::Local::<v8::String>::try_from(news) else {
        let message = "the host of live components gave news that are no text";
        return Err(RenderError::new(ErrorCode::Protocol, message));
    };
    taken(scope, news).map(Some)
}

/// Has the host forget a session.
pub(super) fn close(isolate: &mut Isolate, entry: &LiveEntry, session: u32) {
    deno_core::scope!(scope, isolate.runtime);
    v8::tc_scope!(let scope, scope);
    let this = v8::undefined(scope).into();
    let number = v8::Integer::new_from_unsigned(scope, session).into();
    // What is thrown concerns nobody any more.
    let _ = entry.close.open(scope).call(scope, this, &[number]);
}

/// News out of the heap.
fn taken(
    scope: &mut v8::PinScope<'_, '_>,
    news: v8::Local<'_, v8::String>,
) -> Result<String, RenderError> {
    String::from_utf8(text::utf8(scope, news).into())
        .map_err(|error| RenderError::new(ErrorCode::Protocol, error.to_string()))
}

/// The way of a session to its worker.
pub(super) struct Channel {
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) session: u32,
}

impl LiveChannel for Channel {
    fn send(&mut self, command: &Command<'_>) {
        match serde_json::to_string(command) {
            Ok(text) => self.mailbox.inbox.send(self.session, text),
            Err(error) => {
                // Commands consist of texts and of JSON that was read.
                tracing::error!(%error, "a command for a live component cannot be written");
            }
        }
        self.mailbox.waker.wake();
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.mailbox.inbox.close_session(self.session);
        self.mailbox.waker.wake();
    }
}
