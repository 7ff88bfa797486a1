//! Takes strings and bytes out of the heap with as few copies as there can be.

use bytes::Bytes;
use deno_core::v8;

use super::page;

/// The UTF-8 bytes of a string, a copy of a view's bytes, or the bytes of a page; `None` for anything else. Lone surrogates become U+FFFD.
pub(super) fn take(
    scope: &mut v8::PinScope<'_, '_>,
    value: v8::Local<'_, v8::Value>,
) -> Option<Bytes> {
    if let Ok(text) = v8::Local::<v8::String>::try_from(value) {
        return Some(utf8(scope, text));
    }
    if let Ok(view) = v8::Local::<v8::ArrayBufferView>::try_from(value) {
        let length = view.byte_length();
        let mut bytes: Vec<u8> = Vec::with_capacity(length);
        let copied = view.copy_contents_uninit(&mut bytes.spare_capacity_mut()[..length]);
        // SAFETY: V8 has written that many bytes.
        unsafe { bytes.set_len(copied) };
        return Some(bytes.into());
    }
    page::take(scope, value)
}

/// The UTF-8 bytes of a string.
///
/// A string that was put together with `+` is a tree of its parts. Writing it out walks the tree once, where flattening
/// it first would copy it into the heap and then out of it.
pub(super) fn utf8(scope: &mut v8::PinScope<'_, '_>, text: v8::Local<'_, v8::String>) -> Bytes {
    let length = text.length();
    if length == 0 {
        return Bytes::new();
    }
    if !text.is_onebyte() {
        return utf8_of_two_byte(scope, text);
    }
    let mut bytes: Vec<u8> = Vec::with_capacity(length);
    text.write_one_byte_uninit_v2(
        scope,
        0,
        &mut bytes.spare_capacity_mut()[..length],
        v8::WriteFlags::empty(),
    );
    // SAFETY: V8 has written `length` bytes, one for each character.
    unsafe { bytes.set_len(length) };
    if v8::simdutf::validate_ascii(&bytes) {
        return bytes.into();
    }
    let mut utf8: Vec<u8> = vec![0; v8::simdutf::utf8_length_from_latin1(&bytes)];
    // SAFETY: the output has the length that the conversion needs.
    let written = unsafe { v8::simdutf::convert_latin1_to_utf8(&bytes, &mut utf8) };
    utf8.truncate(written);
    utf8.into()
}

fn utf8_of_two_byte(scope: &mut v8::PinScope<'_, '_>, text: v8::Local<'_, v8::String>) -> Bytes {
    let length = text.utf8_length(scope);
    let mut bytes: Vec<u8> = Vec::with_capacity(length);
    let written = text.write_utf8_uninit_v2(
        scope,
        &mut bytes.spare_capacity_mut()[..length],
        v8::WriteFlags::kReplaceInvalidUtf8,
        None,
    );
    // SAFETY: V8 has written that many bytes.
    unsafe { bytes.set_len(written) };
    bytes.into()
}

/// A string in the heap. `None` where it is longer than a string can be.
pub(super) fn give<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    text: &str,
) -> Option<v8::Local<'s, v8::String>> {
    if text.is_ascii() {
        // UTF-8 would be looked at a second time.
        v8::String::new_from_one_byte(scope, text.as_bytes(), v8::NewStringType::Normal)
    } else {
        v8::String::new(scope, text)
    }
}
