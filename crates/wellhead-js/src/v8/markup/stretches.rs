//! What the render that runs has written: stretches in a buffer, and markers for them in the renderer's text.

use std::ops::Range;

use bytes::Bytes;
use memchr::memmem::Finder;

use super::buffer::{Buffer, HEADROOM, Place};
use crate::v8::page::Held;

/// The digits of a marker's number, in base 36.
const DIGITS: usize = 5;

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
pub(super) struct Markup {
    templates: Vec<Template>,
    out: Buffer,
    /// Where each stretch begins; it ends where the next one does.
    starts: Vec<usize>,
    /// What markers begin with: nobody can guess it, so no text of an application is taken for one.
    pub(super) prefix: String,
    /// How much a render may write, and how much pages may hold that nobody has taken.
    pub(super) limit: usize,
    pub(super) held: Held,
}

impl Markup {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            templates: Vec::new(),
            out: Buffer::new(),
            starts: Vec::new(),
            prefix: prefix(),
            limit,
            held: Held::default(),
        }
    }

    /// A template's number. `places` has a letter for each place: `t` in text, `a` in an attribute.
    pub(super) fn add(&mut self, parts: Vec<String>, places: &str) -> u32 {
        let place = |letter| match letter {
            b'a' => Place::Attribute,
            _ => Place::Text,
        };
        let parts = parts
            .into_iter()
            .map(|part| part.into_bytes().into())
            .collect();
        let places = places.bytes().map(place).collect();
        self.templates.push(Template { parts, places });
        u32::try_from(self.templates.len() - 1).unwrap_or(u32::MAX)
    }

    /// How many stretches there are.
    pub(super) fn stretches(&self) -> usize {
        self.starts.len()
    }

    /// Writes a template with its texts, at the end of the last stretch where it `follows` it. `false` where there is no
    /// room, and nothing is written.
    pub(super) fn write<const N: usize>(
        &mut self,
        template: u32,
        follows: bool,
        texts: [&str; N],
    ) -> bool {
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
    pub(super) fn rewind(&mut self, stretches: usize) {
        if let Some(start) = self.starts.get(stretches) {
            self.out.length = *start;
            self.starts.truncate(stretches);
        }
    }

    /// Puts the stretches in the place of their markers. `None` where not each marker is there just once: what was
    /// written is not what the renderer has kept.
    pub(super) fn resolve(&mut self, head: &[u8], body: &[u8]) -> Option<(Vec<u8>, Bytes)> {
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
    pub(super) fn clear(&mut self) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v8::markup::buffer::MOST_SPARE;

    fn markup(templates: &[(&[&str], &str)]) -> Markup {
        let mut markup = Markup::new(1 << 10);
        for (parts, places) in templates {
            let parts = parts.iter().map(|part| (*part).to_owned()).collect();
            markup.add(parts, places);
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
