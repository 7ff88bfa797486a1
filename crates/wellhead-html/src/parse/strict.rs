//! A parser for HTML that needs none of the specification's corrections, which most HTML that programs write does not.
//!
//! html5ever builds a fragment in two passes: as `innerHTML` would, and again within a page, since the same text may
//! become another tree there. Both passes give the tree that stands in the text, if every element is closed in order and
//! no start tag closes or moves what is around it. So it is enough to see that this is so: by a table of where which
//! element may stand (`elements.rs`), and by taking nothing but the plainest form of tags, attributes and references.
//! Whatever is not in the table or not in that form is left to html5ever. Nothing is ever corrected here.

mod elements;

use std::borrow::Cow;

use html5ever::{LocalName, QualName, ns};
use rustc_hash::FxHashMap;

use self::elements::{Content, Inside};
use super::MAX_DEPTH;
use crate::{
    Context,
    fragment::{Attribute, Builder, Element, Fragment},
    names,
    write::split_name,
};

/// The fragment that html5ever would give, both alone and in its place in a page; `None` if that is not sure.
pub(super) fn parse(html: &str, context: &Context) -> Option<Fragment> {
    let parser = Parser {
        rest: html,
        inside: context_inside(context)?,
        open: Vec::new(),
        attribute_names: FxHashMap::default(),
        builder: Builder::with_capacity(html.len() / 32),
    };
    Some(parser.run()?.with_context(context))
}

/// The elements of the context are opened by the same rules, since that is what a page does.
fn context_inside(context: &Context) -> Option<Inside> {
    context
        .path()
        .iter()
        .try_fold(Inside::DIV, |inside, element| {
            let (name, rule) = elements::find(&element.local, inside.content)?;
            // What a first line feed is depends on what is before it, and raw text ends otherwise alone than in a page.
            let fits = name == *element
                && !names::swallows_line_feed(&name)
                && !names::has_only_text(&name);
            fits.then(|| inside.enter(&rule))?
        })
}

struct Parser<'h> {
    rest: &'h str,
    inside: Inside,
    /// The elements that are open, and where each of them is.
    open: Vec<(&'h str, Inside)>,
    /// To look up a name among those that html5ever knows takes longer than among a few.
    attribute_names: FxHashMap<&'h str, LocalName>,
    builder: Builder,
}

impl<'h> Parser<'h> {
    fn run(mut self) -> Option<Fragment> {
        while let Some(&first) = self.rest.as_bytes().first() {
            if first != b'<' {
                self.text()?;
                continue;
            }
            match self.rest.as_bytes().get(1)? {
                b'/' => self.end_tag()?,
                b'!' => self.comment()?,
                _ => self.start_tag()?,
            }
        }
        self.open.is_empty().then(|| self.builder.finish())
    }

    fn text(&mut self) -> Option<()> {
        let text = self.take_until(|byte| byte == b'<');
        if !self.inside.content.takes_text() && !text.bytes().all(|byte| byte.is_ascii_whitespace())
        {
            return None;
        }
        self.builder.text(unescaped(text)?);
        Some(())
    }

    fn comment(&mut self) -> Option<()> {
        let (text, rest) = self.rest.strip_prefix("<!--")?.split_once("-->")?;
        let plain =
            !text.contains("--") && !text.starts_with(['>', '-']) && !text.contains(['\0', '\r']);
        if !plain {
            return None;
        }
        self.builder.comment(text);
        self.rest = rest;
        Some(())
    }

    fn end_tag(&mut self) -> Option<()> {
        let (name, outside) = self.open.pop()?;
        let rest = self.rest.strip_prefix("</")?.strip_prefix(name)?;
        self.rest = rest.strip_prefix('>')?;
        self.inside = outside;
        self.builder.close();
        Some(())
    }

    fn start_tag(&mut self) -> Option<()> {
        self.rest = self.rest.strip_prefix('<')?;
        if self.open.len() == MAX_DEPTH {
            return None;
        }
        let tag = self.take_until(|byte| !is_name(byte));
        let (name, rule) = elements::find(tag, self.inside.content)?;
        let inside = self.inside.enter(&rule)?;
        let swallows_line_feed = names::swallows_line_feed(&name);
        let is_foreign = name.ns != ns!(html);
        let attributes = self.attributes(&name)?;
        self.builder.open(Element { name, attributes });

        if let Some(rest) = self.rest.strip_prefix("/>") {
            if rule.holds != Content::Void && !is_foreign {
                return None;
            }
            self.rest = rest;
            self.builder.close();
            return Some(());
        }
        self.rest = self.rest.strip_prefix('>')?;
        if swallows_line_feed {
            self.rest = self.rest.strip_prefix('\n').unwrap_or(self.rest);
        }
        match rule.holds {
            Content::Void => self.builder.close(),
            Content::RawText | Content::EscapableText => self.only_text(tag, rule.holds)?,
            _ => {
                self.open.push((tag, self.inside));
                self.inside = inside;
            }
        }
        Some(())
    }

    /// The text of an element that contains nothing else, up to its end tag.
    fn only_text(&mut self, tag: &str, content: Content) -> Option<()> {
        let (text, rest) = self.rest.split_once("</")?;
        self.rest = rest.strip_prefix(tag)?.strip_prefix('>')?;
        let text: Cow<'_, str> = match content {
            Content::EscapableText => unescaped(text)?,
            _ if text.contains(['\0', '\r']) => return None,
            _ => text.into(),
        };
        if !text.is_empty() {
            self.builder.text(text);
        }
        self.builder.close();
        Some(())
    }

    fn attributes(&mut self, element: &QualName) -> Option<Vec<Attribute>> {
        let mut attributes: Vec<Attribute> = Vec::new();
        loop {
            let space = self.take_until(|byte| !matches!(byte, b' ' | b'\n' | b'\t'));
            if self.rest.starts_with(['>', '/']) {
                return Some(attributes);
            }
            let name = self.take_until(|byte| !is_attribute_name(byte));
            if space.is_empty() || name.is_empty() {
                return None;
            }
            let name = self.attribute_name(name, element)?;
            if attributes.iter().any(|other| other.name == name) {
                return None;
            }
            let value = match self.rest.strip_prefix('=') {
                Some(rest) => {
                    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
                    let (value, rest) = rest[1..].split_once(quote)?;
                    self.rest = rest;
                    unescaped(value)?
                }
                None => "".into(),
            };
            // Most elements have one attribute or none.
            attributes.reserve_exact(1);
            attributes.push(Attribute {
                name,
                value: value.into(),
            });
        }
    }

    fn attribute_name(&mut self, name: &'h str, element: &QualName) -> Option<QualName> {
        if element.ns != ns!(html) {
            return match name {
                "xmlns" => Some(split_name(name, &element.ns)),
                _ if elements::keeps_svg_name(name) => {
                    Some(QualName::new(None, ns!(), name.into()))
                }
                _ => None,
            };
        }
        let local = match self.attribute_names.get(name) {
            Some(local) => local.clone(),
            None if name.bytes().any(|byte| byte.is_ascii_uppercase()) => return None,
            None => {
                let local = LocalName::from(name);
                self.attribute_names.insert(name, local.clone());
                local
            }
        };
        Some(QualName::new(None, ns!(), local))
    }

    /// Takes the bytes before the first that fits, which is ASCII, or all.
    fn take_until(&mut self, fits: impl Fn(u8) -> bool) -> &'h str {
        let end = self.rest.bytes().position(fits).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

fn is_attribute_name(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'/' | b'<' | b'=' | b'>')
}

/// References to characters that mean the same everywhere.
const REFERENCES: &[(&str, &str)] = &[
    ("&amp;", "&"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&apos;", "'"),
    ("&#34;", "\""),
    ("&#39;", "'"),
    ("&#x27;", "'"),
    ("&#13;", "\r"),
    ("&nbsp;", "\u{a0}"),
];

/// A text or the value of an attribute with its references replaced.
fn unescaped(text: &str) -> Option<Cow<'_, str>> {
    let special = |byte| matches!(byte, b'&' | b'\0' | b'\r');
    let Some(mut at) = text.bytes().position(special) else {
        return Some(text.into());
    };
    let mut rest = text;
    let mut plain = String::with_capacity(text.len());
    loop {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.is_empty() {
            return Some(plain.into());
        }
        let known = REFERENCES
            .iter()
            .find_map(|(reference, c)| Some((*c, rest.strip_prefix(reference)?)));
        let (c, after) = known.or_else(|| {
            // Before a space it is no reference.
            let after = rest.strip_prefix('&')?;
            after.starts_with(' ').then_some(("&", after))
        })?;
        plain.push_str(c);
        rest = after;
        at = rest.bytes().position(special).unwrap_or(rest.len());
    }
}

#[cfg(test)]
mod tests;
