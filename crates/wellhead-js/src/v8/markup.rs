//! The operations behind the fast way of writing markup (`packages/client/src/svelte/markup.ts`): what components push
//! goes into a buffer here, as bytes, escaped on the way. In the renderer's text a short marker stands for each stretch.
//!
//! The heap of a page that is put together of strings is a tree of some ten thousand of them, which is made, walked and
//! collected for each request. A template's constant parts are handed over once, so that each push is one call with the
//! texts between them.

mod buffer;
mod stretches;

use std::borrow::Cow;
use std::cell::RefCell;

use deno_core::{Extension, ExtensionFileSource, op2, v8};

use self::stretches::Markup;
use super::{page, text};

/// Up to this size a page is handed on as a string, which is cheaper than an object of its own.
const SMALL: usize = 4096;

deno_core::extension!(
    wellhead_markup,
    ops = [
        op_markup_begin,
        op_markup_bytes,
        op_markup_prefix,
        op_markup_rewind,
        op_markup_take,
        op_markup_template,
        op_markup_write0,
        op_markup_write1,
        op_markup_write2,
        op_markup_write3,
        op_markup_write4,
    ],
    options = { limit: usize },
    state = |_, options| MARKUP.set(Markup::new(options.limit)),
);

thread_local! {
    /// That of the isolate on this thread; there are never two. In the isolate's own state, which is searched by type, to
    /// find it would take a sixth of the time of a push.
    static MARKUP: RefCell<Markup> = RefCell::new(Markup::new(0));
}

/// The extension for isolates that render. Its script runs in each of them, as that of the calls does.
pub(super) fn extension(limit: usize) -> Extension {
    let mut extension = wellhead_markup::init(limit);
    extension.js_files = Cow::Owned(vec![ExtensionFileSource::new(
        "ext:wellhead/markup.js",
        deno_core::ascii_str_include!("markup.js"),
    )]);
    extension
}

/// What markers begin with.
#[op2]
#[string]
fn op_markup_prefix() -> String {
    MARKUP.with_borrow(|markup| markup.prefix.clone())
}

/// A template's number. `places` has a letter for each place: `t` in text, `a` in an attribute.
#[op2]
fn op_markup_template(#[serde] parts: Vec<String>, #[string] places: &str) -> u32 {
    MARKUP.with_borrow_mut(|markup| markup.add(parts, places))
}

/// A render begins; what one before it has left is gone.
#[op2(fast)]
fn op_markup_begin() {
    MARKUP.with_borrow_mut(Markup::clear);
}

/// What was written from a stretch on is not used.
#[op2(fast)]
fn op_markup_rewind(#[smi] stretches: u32) {
    MARKUP.with_borrow_mut(|markup| markup.rewind(stretches as usize));
}

#[inline]
fn write<const N: usize>(template: u32, follows: bool, texts: [&str; N]) -> bool {
    MARKUP.with_borrow_mut(|markup| markup.write(template, follows, texts))
}

#[op2(fast)]
fn op_markup_write0(#[smi] template: u32, follows: bool) -> bool {
    write(template, follows, [])
}

#[op2(fast)]
fn op_markup_write1(#[smi] template: u32, follows: bool, #[string] a: &str) -> bool {
    write(template, follows, [a])
}

#[op2(fast)]
fn op_markup_write2(
    #[smi] template: u32,
    follows: bool,
    #[string] a: &str,
    #[string] b: &str,
) -> bool {
    write(template, follows, [a, b])
}

#[op2(fast)]
fn op_markup_write3(
    #[smi] template: u32,
    follows: bool,
    #[string] a: &str,
    #[string] b: &str,
    #[string] c: &str,
) -> bool {
    write(template, follows, [a, b, c])
}

#[op2(fast)]
fn op_markup_write4(
    #[smi] template: u32,
    follows: bool,
    #[string] a: &str,
    #[string] b: &str,
    #[string] c: &str,
    #[string] d: &str,
) -> bool {
    write(template, follows, [a, b, c, d])
}

/// The head and the body that a renderer has put together, with the stretches in them: a string, or a page where it is
/// large. `null` where the markers do not add up.
#[op2]
fn op_markup_take<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    head: v8::Local<'s, v8::String>,
    body: v8::Local<'s, v8::String>,
) -> Option<v8::Local<'s, v8::Array>> {
    let (head, body) = (text::utf8(scope, head), text::utf8(scope, body));
    let (resolved, stretches, limit, held) = MARKUP.with_borrow_mut(|markup| {
        let resolved = markup.resolve(&head, &body);
        let stretches = markup.stretches();
        markup.clear();
        (resolved, stretches, markup.limit, markup.held.clone())
    });
    let Some((head, body)) = resolved else {
        tracing::debug!(
            stretches,
            "not all markup was kept: it is rendered again as text"
        );
        return None;
    };
    tracing::debug!(stretches, bytes = body.len(), "markup was written as bytes");
    let head = v8::String::new_from_utf8(scope, &head, v8::NewStringType::Normal)?;
    let body: v8::Local<'_, v8::Value> = if body.len() <= SMALL {
        v8::String::new_from_utf8(scope, &body, v8::NewStringType::Normal)?.into()
    } else if held.get() + body.len() <= limit {
        page::give(scope, body, &held).into()
    } else {
        // Pages that nobody took wait for the collector, which knows how large an array buffer is.
        bytes(scope, body.to_vec())?.into()
    };
    Some(v8::Array::new_with_elements(scope, &[head.into(), body]))
}

/// A copy of a page's bytes.
#[op2]
fn op_markup_bytes<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    page: v8::Local<'s, v8::Value>,
) -> Option<v8::Local<'s, v8::Uint8Array>> {
    let page = page::copy(scope, page)?;
    bytes(scope, page.to_vec())
}

fn bytes<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    bytes: Vec<u8>,
) -> Option<v8::Local<'s, v8::Uint8Array>> {
    let length = bytes.len();
    let store = v8::ArrayBuffer::new_backing_store_from_vec(bytes).make_shared();
    let buffer = v8::ArrayBuffer::with_backing_store(scope, &store);
    v8::Uint8Array::new(scope, buffer, 0, length)
}
