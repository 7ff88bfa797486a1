//! The allocator of array buffers, with a limit.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc};
use std::ffi::c_void;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use deno_core::v8;

/// Array buffers are aligned like what `malloc` returns.
const ALIGN: usize = 16;

/// The count of one isolate's array buffers.
#[derive(Debug)]
pub(super) struct Buffers {
    used: AtomicUsize,
    limit: usize,
    refused: AtomicBool,
}

impl Buffers {
    pub(super) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            used: AtomicUsize::new(0),
            limit,
            refused: AtomicBool::new(false),
        })
    }

    /// Bytes in use.
    pub(super) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// Bytes that may be in use.
    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// Whether an allocation was refused since this was last asked.
    pub(super) fn take_refused(&self) -> bool {
        self.refused.swap(false, Ordering::Relaxed)
    }

    /// The allocator to give to an isolate.
    pub(super) fn allocator(self: &Arc<Self>) -> v8::UniqueRef<v8::Allocator> {
        // SAFETY: the handle is a strong count of the `Arc`, which `drop` of the table takes back.
        unsafe { v8::new_rust_allocator(Arc::into_raw(Arc::clone(self)), &VTABLE) }
    }

    /// Counts bytes that come from elsewhere; `false` where they are too many.
    pub(super) fn take(&self, len: usize) -> bool {
        self.used
            .try_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
                used.checked_add(len).filter(|sum| *sum <= self.limit)
            })
            .is_ok()
    }

    /// Takes bytes off the count.
    pub(super) fn give(&self, len: usize) {
        self.used.fetch_sub(len, Ordering::Relaxed);
    }

    fn allocate(&self, len: usize, how: unsafe fn(Layout) -> *mut u8) -> *mut c_void {
        let Some(layout) = layout(len).filter(|_| self.take(len)) else {
            self.refused.store(true, Ordering::Relaxed);
            return std::ptr::null_mut();
        };
        // SAFETY: the layout's size is not zero.
        let data = unsafe { how(layout) };
        if data.is_null() {
            self.give(len);
        }
        data.cast()
    }
}

fn layout(len: usize) -> Option<Layout> {
    Layout::from_size_align(len.max(1), ALIGN).ok()
}

static VTABLE: v8::RustAllocatorVtable<Buffers> = v8::RustAllocatorVtable {
    allocate: allocate_zeroed,
    allocate_uninitialized,
    free,
    drop: drop_handle,
};

unsafe extern "C" fn allocate_zeroed(buffers: &Buffers, len: usize) -> *mut c_void {
    buffers.allocate(len, alloc_zeroed)
}

unsafe extern "C" fn allocate_uninitialized(buffers: &Buffers, len: usize) -> *mut c_void {
    buffers.allocate(len, alloc)
}

unsafe extern "C" fn free(buffers: &Buffers, data: *mut c_void, len: usize) {
    if data.is_null() {
        return;
    }
    if let Some(layout) = layout(len) {
        // SAFETY: V8 frees with the length that it allocated with, so the layout is the same.
        unsafe { dealloc(data.cast(), layout) };
        buffers.give(len);
    }
}

unsafe extern "C" fn drop_handle(buffers: *const Buffers) {
    // SAFETY: the pointer comes from `Arc::into_raw` in `Buffers::allocator`, and V8 drops it once.
    drop(unsafe { Arc::from_raw(buffers) });
}
