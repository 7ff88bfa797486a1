//! The ops that `fetch.js` is made of.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use deno_core::{OpState, op2};
use deno_error::JsErrorBox;
use http::Method;
use reqwest::Url;

use super::exchange::{self, Exchanges, Head, Order, OrderBody};
use super::failure::Failure;
use super::redirect::Redirect;

/// Starts a request and returns its number. `body` is 0 for none, 1 for `bytes`, 2 for what is written later.
#[op2(fast)]
#[smi]
pub(in crate::v8::web) fn op_wellhead_fetch_start(
    state: &mut OpState,
    #[string] method: &str,
    #[string] url: &str,
    #[string] headers: &str,
    #[smi] redirect: u32,
    #[smi] body: u32,
    #[buffer(copy)] bytes: Bytes,
) -> Result<u32, JsErrorBox> {
    let (upload, body) = match body {
        0 => (None, OrderBody::None),
        1 => (None, OrderBody::Whole(bytes)),
        _ => {
            let (upload, body) = exchange::upload();
            (Some(upload), body)
        }
    };
    let order = Order {
        method: Method::from_bytes(method.as_bytes())
            .map_err(|error| Failure::new("ERR_METHOD", error.to_string()))?,
        url: Url::parse(url).map_err(|error| Failure::new("ERR_INVALID_URL", error.to_string()))?,
        headers: exchange::parse_headers(headers)?,
        body,
        redirect: Redirect::from_number(redirect),
    };
    Ok(state.borrow_mut::<Exchanges>().start(order, upload)?)
}

/// Waits for the head of the response.
#[op2]
#[serde]
pub(in crate::v8::web) async fn op_wellhead_fetch_head(
    state: Rc<RefCell<OpState>>,
    #[smi] id: u32,
) -> Result<Head, JsErrorBox> {
    let head = exchanges(&state, id, |exchange| exchange.head.take());
    match head.flatten() {
        Some(head) => Ok(head.await.unwrap_or_else(|_| Err(Failure::aborted()))?),
        None => Err(Failure::aborted().into()),
    }
}

/// Waits for the next chunk of the response and returns its length, 0 at the end. Only one may wait at a time.
#[op2]
#[smi]
pub(in crate::v8::web) async fn op_wellhead_fetch_next(
    state: Rc<RefCell<OpState>>,
    #[smi] id: u32,
) -> Result<u32, JsErrorBox> {
    let Some(mut chunks) = exchanges(&state, id, |exchange| exchange.chunks.take()).flatten()
    else {
        return Err(Failure::aborted().into());
    };
    let chunk = chunks.recv().await;
    let length = exchanges(&state, id, |exchange| {
        exchange.chunks = Some(chunks);
        Ok::<_, Failure>(match chunk {
            Some(chunk) => {
                exchange.chunk = chunk?;
                exchange.chunk.len() as u32
            }
            None => 0,
        })
    });
    let length = length.unwrap_or_else(|| Err(Failure::aborted()));
    if !matches!(length, Ok(1..)) {
        state.borrow_mut().borrow_mut::<Exchanges>().drop(id);
    }
    Ok(length?)
}

/// Copies the chunk whose length was told, into memory that counts for the isolate.
#[op2(fast)]
pub(in crate::v8::web) fn op_wellhead_fetch_take(
    state: &mut OpState,
    #[smi] id: u32,
    #[buffer] target: &mut [u8],
) {
    if let Some(exchange) = state.borrow_mut::<Exchanges>().get(id) {
        let chunk = std::mem::take(&mut exchange.chunk);
        let length = chunk.len().min(target.len());
        target[..length].copy_from_slice(&chunk[..length]);
    }
}

/// Sends a part of the body; resolves when there is room for the next, to `false` where nobody reads any more.
#[op2]
pub(in crate::v8::web) async fn op_wellhead_fetch_write(
    state: Rc<RefCell<OpState>>,
    #[smi] id: u32,
    #[buffer(copy)] bytes: Bytes,
) -> bool {
    match exchanges(&state, id, |exchange| exchange.body.clone()).flatten() {
        Some(body) => body.send(Ok(bytes)).await.is_ok(),
        None => false,
    }
}

/// Ends the body.
#[op2(fast)]
pub(in crate::v8::web) fn op_wellhead_fetch_finish(state: &mut OpState, #[smi] id: u32) {
    if let Some(exchange) = state.borrow_mut::<Exchanges>().get(id) {
        exchange.body = None;
    }
}

/// Ends the request, whatever it waits for.
#[op2(fast)]
pub(in crate::v8::web) fn op_wellhead_fetch_drop(state: &mut OpState, #[smi] id: u32) {
    state.borrow_mut::<Exchanges>().drop(id);
}

fn exchanges<T>(
    state: &Rc<RefCell<OpState>>,
    id: u32,
    with: impl FnOnce(&mut exchange::Exchange) -> T,
) -> Option<T> {
    let mut state = state.borrow_mut();
    state.borrow_mut::<Exchanges>().get(id).map(with)
}
