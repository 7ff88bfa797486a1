//! The operations behind the fast way of writing markup (`packages/client/src/svelte/markup.ts`): what components push
//! goes into a buffer here, as bytes, escaped on the way. In the renderer's text a short marker stands for each stretch.
//!
//! The heap of a page that is put together of strings is a tree of some ten thousand of them, which is made, walked and
//! collected for each request. A template's constant parts are handed over once, so that each push is one call with the
//! texts between them.

mod buffer;

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;
use deno_core::{Extension, ExtensionFileSource, OpState, op2, v8};
use memchr::memmem::Finder;

use self::buffer::{Buffer, HEADROOM, Place};
use super::page::{self, Held};
use super::text;

/// Up to this size a page is handed on as a string, which is cheaper than an object of its own.
const SMALL: usize = 4096;

/// The digits of a marker's number, in base 36.
const DIGITS: usize = 5;

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
    state = |state, options| state.put(Markup::new(options.limit)),
);

/// The extension for isolates that render. Its script runs in each of them, as that of the calls does.
pub(super) fn extension(limit: usize) -> Extension {
    let mut extension = wellhead_markup::init(limit);
    extension.js_files = Cow::Owned(vec![ExtensionFileSource::new(
        "ext:wellhead/markup.js",
        deno_core::ascii_str_include!("markup.js"),
    )]);
    extension
}

/// What a text of the renderer consists of.
enum Piece<'t> {
    /// Text of its own.
    Text(&'t [u8]),
    /// What was written, as a range of the buffer.
    Written(Range<usize>),
}

/// What one push of a component writes.
struct Template {
    /// One more than there are places.
    parts: Vec<Box<[u8]>>,
    places: Vec<Place>,
}

/// What the render that runs has written so far.
struct Markup {
    templates: Vec<Template>,
    out: Buffer,
    /// Where each stretch begins; it ends where the next one does.
    starts: Vec<usize>,
    /// What markers begin with: nobody can guess it, so no text of an application is taken for one.
    prefix: String,
    /// How much a render may write, and how much pages may hold that nobody has taken.
    limit: usize,
    held: Held,
}

impl Markup {
    fn new(limit: usize) -> Self {
        Self {
            templates: Vec::new(),
            out: Buffer::new(),
            starts: Vec::new(),
            prefix: prefix(),
            limit,
            held: Held::default(),
        }
    }

    /// Writes a template with its texts, at the end of the last stretch where it `follows` it. `false` where there is no
    /// room, and nothing is written.
    fn write<const N: usize>(&mut self, template: u32, follows: bool, texts: [&str; N]) -> bool {
        let Some(Template { parts, places }) = self.templates.get(template as usize) else {
            return false;
        };
        let length = texts
            .iter()
            .fold(self.out.length, |sum, text| sum + text.len());
        if places.len() != N || length - HEADROOM >= self.limit {
            return false;
        }
        if !follows || self.starts.is_empty() {
            self.starts.push(self.out.length);
        }
        self.out.append(&parts[0]);
        for (at, text) in texts.into_iter().enumerate() {
            self.out.escape(text.as_bytes(), places[at]);
            self.out.append(&parts[at + 1]);
        }
        true
    }

    /// Forgets the stretches from one on.
    fn rewind(&mut self, stretches: usize) {
        if let Some(start) = self.starts.get(stretches) {
            self.out.length = *start;
            self.starts.truncate(stretches);
        }
    }

    /// Puts the stretches in the place of their markers. `None` where not each marker is there just once: what was
    /// written is not what the renderer has kept.
    fn resolve(&mut self, head: &[u8], body: &[u8]) -> Option<(Vec<u8>, Bytes)> {
        let mut seen = vec![false; self.starts.len()];
        let head = self.pieces(head, &mut seen)?;
        let pieces = self.pieces(body, &mut seen)?;
        if !seen.into_iter().all(|seen| seen) {
            return None;
        }
        let head = self.joined(&head);
        // Most pages are one stretch, which need not be copied.
        let framed = match pieces.as_slice() {
            [
                Piece::Text(before),
                Piece::Written(range),
                Piece::Text(after),
            ] => self.out.framed(before, range.clone(), after),
            _ => None,
        };
        let body = framed.unwrap_or_else(|| self.joined(&pieces).into());
        Some((head, body))
    }

    /// What a text consists of: texts of the renderer's own and stretches in turn, the first and the last a text.
    fn pieces<'t>(&self, text: &'t [u8], seen: &mut [bool]) -> Option<Vec<Piece<'t>>> {
        let finder = Finder::new(&self.prefix);
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = finder.find(rest) {
            let (before, marker) = rest.split_at(at);
            let (digits, after) = marker[self.prefix.len()..].split_at_checked(DIGITS)?;
            let index = usize::from_str_radix(std::str::from_utf8(digits).ok()?, 36).ok()?;
            if std::mem::replace(seen.get_mut(index)?, true) {
                return None;
            }
            let end = self.starts.get(index + 1).copied();
            let range = self.starts[index]..end.unwrap_or(self.out.length);
            match pieces.last_mut() {
                Some(Piece::Written(last)) if before.is_empty() && last.end == range.start => {
                    last.end = range.end;
                }
                _ => pieces.extend([Piece::Text(before), Piece::Written(range)]),
            }
            rest = after;
        }
        pieces.push(Piece::Text(rest));
        Some(pieces)
    }

    fn joined(&self, pieces: &[Piece<'_>]) -> Vec<u8> {
        let bytes = pieces.iter().map(|piece| match piece {
            Piece::Text(text) => *text,
            Piece::Written(range) => &self.out.bytes[range.clone()],
        });
        bytes.collect::<Vec<_>>().concat()
    }

    /// Forgets what was written.
    fn clear(&mut self) {
        self.out.clear();
        self.starts.clear();
        self.starts.shrink_to(1 << 12);
    }
}

fn prefix() -> String {
    let mut random = [0; 12];
    // Without random bytes there is no isolate: the web platform has them too.
    getrandom::fill(&mut random).expect("the system has random bytes");
    let letters = random.map(|byte| char::from(b'a' + byte % 26));
    // A control character, which hardly any text has, is found fast.
    std::iter::once('\u{1}').chain(letters).collect()
}

/// What markers begin with.
#[op2]
#[string]
fn op_markup_prefix(state: &mut OpState) -> String {
    state.borrow::<Markup>().prefix.clone()
}

/// A template's number. `places` has a letter for each place: `t` in text, `a` in an attribute.
#[op2]
fn op_markup_template(
    state: &mut OpState,
    #[serde] parts: Vec<String>,
    #[string] places: &str,
) -> u32 {
    let templates = &mut state.borrow_mut::<Markup>().templates;
    let place = |letter| match letter {
        b'a' => Place::Attribute,
        _ => Place::Text,
    };
    let parts = parts
        .into_iter()
        .map(|part| part.into_bytes().into())
        .collect();
    let places = places.bytes().map(place).collect();
    templates.push(Template { parts, places });
    u32::try_from(templates.len() - 1).unwrap_or(u32::MAX)
}

/// A render begins; what one before it has left is gone.
#[op2(fast)]
fn op_markup_begin(state: &mut OpState) {
    state.borrow_mut::<Markup>().clear();
}

/// What was written from a stretch on is not used.
#[op2(fast)]
fn op_markup_rewind(state: &mut OpState, #[smi] stretches: u32) {
    state.borrow_mut::<Markup>().rewind(stretches as usize);
}

#[op2(fast)]
fn op_markup_write0(state: &mut OpState, #[smi] template: u32, follows: bool) -> bool {
    state.borrow_mut::<Markup>().write(template, follows, [])
}

#[op2(fast)]
fn op_markup_write1(
    state: &mut OpState,
    #[smi] template: u32,
    follows: bool,
    #[string] a: &str,
) -> bool {
    state.borrow_mut::<Markup>().write(template, follows, [a])
}

#[op2(fast)]
fn op_markup_write2(
    state: &mut OpState,
    #[smi] template: u32,
    follows: bool,
    #[string] a: &str,
    #[string] b: &str,
) -> bool {
    state
        .borrow_mut::<Markup>()
        .write(template, follows, [a, b])
}

#[op2(fast)]
fn op_markup_write3(
    state: &mut OpState,
    #[smi] template: u32,
    follows: bool,
    #[string] a: &str,
    #[string] b: &str,
    #[string] c: &str,
) -> bool {
    state
        .borrow_mut::<Markup>()
        .write(template, follows, [a, b, c])
}

#[op2(fast)]
fn op_markup_write4(
    state: &mut OpState,
    #[smi] template: u32,
    follows: bool,
    #[string] a: &str,
    #[string] b: &str,
    #[string] c: &str,
    #[string] d: &str,
) -> bool {
    state
        .borrow_mut::<Markup>()
        .write(template, follows, [a, b, c, d])
}

/// The head and the body that a renderer has put together, with the stretches in them: a string, or a page where it is
/// large. `null` where the markers do not add up.
#[op2]
fn op_markup_take<'s>(
    scope: &mut v8::PinScope<'s, '_>,
    state: &mut OpState,
    head: v8::Local<'s, v8::String>,
    body: v8::Local<'s, v8::String>,
) -> Option<v8::Local<'s, v8::Array>> {
    let (head, body) = (text::utf8(scope, head), text::utf8(scope, body));
    let markup = state.borrow_mut::<Markup>();
    let resolved = markup.resolve(&head, &body);
    let stretches = markup.starts.len();
    markup.clear();
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
    } else if markup.held.get() + body.len() <= markup.limit {
        page::give(scope, body, &markup.held).into()
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

#[cfg(test)]
mod tests {
    use super::buffer::MOST_SPARE;
    use super::*;

    fn markup(templates: &[(&[&str], &str)]) -> Markup {
        let mut markup = Markup::new(1 << 10);
        for (parts, places) in templates {
            markup.templates.push(Template {
                parts: parts.iter().map(|part| part.as_bytes().into()).collect(),
                places: places
                    .bytes()
                    .map(|letter| {
                        if letter == b'a' {
                            Place::Attribute
                        } else {
                            Place::Text
                        }
                    })
                    .collect(),
            });
        }
        markup
    }

    fn marker(markup: &Markup, index: usize) -> String {
        format!("{}{index:05}", markup.prefix)
    }

    fn resolved(markup: &mut Markup, head: &str, body: &str) -> Option<(String, String)> {
        let (head, body) = markup.resolve(head.as_bytes(), body.as_bytes())?;
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Some((text(&head), text(&body)))
    }

    #[test]
    fn stretches_come_where_their_markers_are() {
        let mut markup = markup(&[(&["<b title=\"", "\">", "</b>"], "at"), (&["<hr>"], "")]);
        assert!(markup.write(0, false, ["a\"<&>", "\"<&>"]));
        assert!(markup.write(1, true, []));
        assert!(markup.write(1, false, []));
        let body = format!("<p>{}</p>", marker(&markup, 0));
        let head = format!("é{}", marker(&markup, 1));
        let whole = "<p><b title=\"a&quot;&lt;&amp;>\">\"&lt;&amp;></b><hr></p>";
        assert_eq!(
            resolved(&mut markup, &head, &body),
            Some(("é<hr>".to_owned(), whole.to_owned()))
        );
    }

    #[test]
    fn what_the_renderer_dropped_or_doubled_is_noticed() {
        let mut markup = markup(&[(&["<hr>"], "")]);
        assert!(markup.write(0, false, []) && markup.write(0, false, []));
        let [first, second] = [0, 1].map(|index| marker(&markup, index));
        assert!(resolved(&mut markup, "", &format!("{second}{first}")).is_some());
        assert!(resolved(&mut markup, "", &first).is_none());
        assert!(resolved(&mut markup, &first, &format!("{first}{second}")).is_none());
        let unknown = marker(&markup, 2);
        assert!(resolved(&mut markup, "", &format!("{first}{second}{unknown}")).is_none());
        let cut = format!("{first}{second}{}", markup.prefix);
        assert!(resolved(&mut markup, "", &cut).is_none());
    }

    #[test]
    fn what_is_rewound_was_never_written() {
        let mut markup = markup(&[(&["<p>", "</p>"], "t")]);
        assert!(markup.write(0, false, ["kept"]) && markup.write(0, false, ["dropped"]));
        assert!(markup.write(0, true, ["too"]) && markup.write(0, false, ["and this"]));
        markup.rewind(1);
        markup.rewind(1);
        assert!(markup.write(0, false, ["new"]));
        let body = [0, 1].map(|index| marker(&markup, index)).concat();
        assert_eq!(
            resolved(&mut markup, "", &body),
            Some((String::new(), "<p>kept</p><p>new</p>".to_owned()))
        );
    }

    #[test]
    fn a_page_is_the_same_whether_it_is_copied_or_not() {
        let mut markup = markup(&[(&["<p>", "</p>"], "t")]);
        markup.limit = 1 << 20;
        let long = "x".repeat(2 * HEADROOM);
        let cases = [
            ("", "", ""),
            ("<!--[-->", "", "<!--]-->"),
            ("<!--[-->", "<hr>", "<!--]-->"),
            (&long, "", &long),
            (&long, &long, ""),
        ];
        for (before, between, after) in cases {
            for text in ["é", &long] {
                assert!(markup.write(0, false, ["head"]) && markup.write(0, false, [text]));
                assert!(markup.write(0, true, ["&"]) && markup.write(0, false, ["last"]));
                let [head, first, second] = [0, 1, 2].map(|index| marker(&markup, index));
                let body = format!("{before}{first}{between}{second}{after}");
                let whole = format!("{before}<p>{text}</p><p>&amp;</p>{between}<p>last</p>{after}");
                assert_eq!(
                    resolved(&mut markup, &head, &body),
                    Some(("<p>head</p>".to_owned(), whole))
                );
                markup.clear();
            }
        }
    }

    #[test]
    fn buffers_come_back_when_their_reader_is_done() {
        let mut markup = markup(&[(&["<hr>"], "")]);
        let page = |markup: &mut Markup| {
            assert!(markup.write(0, false, []));
            let body = marker(markup, 0);
            let (_, page) = markup.resolve(b"", body.as_bytes()).unwrap();
            markup.clear();
            page
        };
        let pages: Vec<Bytes> = (0..2 * MOST_SPARE).map(|_| page(&mut markup)).collect();
        assert!(pages.iter().all(|page| page == "<hr>"));
        drop(pages);
        assert_eq!(markup.out.spare.lock().unwrap().len(), MOST_SPARE);
        let again = page(&mut markup);
        assert_eq!(markup.out.spare.lock().unwrap().len(), MOST_SPARE - 1);
        drop(again);
    }

    #[test]
    fn a_page_without_end_is_refused_in_time() {
        let mut markup = markup(&[(&["0123456789"], "")]);
        let written = (0..1000).take_while(|_| markup.write(0, true, [])).count();
        assert_eq!(written, 103);
        assert!(markup.out.length < HEADROOM + (2 << 10));
        markup.clear();
        assert!(markup.write(0, false, []));
    }

    #[test]
    fn a_template_takes_as_many_texts_as_it_has_places() {
        let mut markup = markup(&[(&["a", "b"], "t")]);
        assert!(!markup.write(0, false, []));
        assert!(!markup.write(0, false, ["", ""]));
        assert!(!markup.write(1, false, []));
        assert_eq!(markup.out.length, HEADROOM);
    }
}
