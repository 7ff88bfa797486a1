//! The bytes of a rendered page on their way through the heap: an object that scripts can hand on and not look into.
//!
//! An array buffer would be copied when the reply is taken, and keep its memory until it is collected. Much memory that is
//! used once is memory that no cache knows.

use std::cell::Cell;
use std::ffi::CStr;
use std::rc::Rc;

use bytes::Bytes;
use deno_core::{GarbageCollected, cppgc, v8};

/// How many bytes there are in pages that nobody has taken yet.
pub(super) type Held = Rc<Cell<usize>>;

struct Page {
    bytes: Cell<Bytes>,
    held: Held,
}

// SAFETY: it refers to nothing in the heap.
unsafe impl GarbageCollected for Page {
    fn trace(&self, _: &mut v8::cppgc::Visitor) {}

    fn get_name(&self) -> &'static CStr {
        c"Page"
    }
}

impl Page {
    fn take(&self) -> Bytes {
        let bytes = self.bytes.take();
        self.held.set(self.held.get() - bytes.len());
        bytes
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.take();
    }
}

/// The object for a page.
pub(super) fn give<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    bytes: Bytes,
    held: &Held,
) -> v8::Local<'s, v8::Object> {
    held.set(held.get() + bytes.len());
    let page = Page {
        bytes: Cell::new(bytes),
        held: Rc::clone(held),
    };
    cppgc::make_cppgc_object(scope, page)
}

/// The bytes of a page, which it then has no more; `None` for anything else.
pub(super) fn take(
    scope: &mut v8::PinScope<'_, '_>,
    value: v8::Local<'_, v8::Value>,
) -> Option<Bytes> {
    cppgc::try_unwrap_cppgc_object::<Page>(scope, value).map(|page| page.take())
}

/// The bytes of a page, which keeps them.
pub(super) fn copy(
    scope: &mut v8::PinScope<'_, '_>,
    value: v8::Local<'_, v8::Value>,
) -> Option<Bytes> {
    let page = cppgc::try_unwrap_cppgc_object::<Page>(scope, value)?;
    let bytes = page.bytes.take();
    page.bytes.set(bytes.clone());
    Some(bytes)
}
