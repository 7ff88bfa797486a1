//! Hashes of what is held and of values: those of a value and of what holds it are equal, so few have to be compared.

use std::{hash::Hasher, sync::Arc};

use rustc_hash::FxHasher;

use super::{Held, Placed};
use crate::{
    Fragment,
    template::{Slot, Template},
    value::{Instance, Value},
};

/// What a hash begins with: which kind of content it is of.
enum Kind {
    Nothing,
    Present,
    Text,
    Instance,
    List,
    Html,
    Component,
    Stream,
}

impl Held {
    /// The hash that each value has which this [`is`](Held::is).
    pub(crate) fn digest(&self) -> u64 {
        match self {
            Self::Nothing => begin(Kind::Nothing).finish(),
            Self::Present => begin(Kind::Present).finish(),
            Self::Text { text, .. } => of_text(Kind::Text, text),
            Self::Instance(placed) => placed.digest(),
            Self::List(items) => of_parts(
                begin(Kind::List),
                items.iter().map(|item| item.content.digest()),
            ),
            Self::Html(markup) => of_html(&markup.fragment),
            Self::Component(component) => of_component(component.id, component.content.digest()),
            Self::Stream(stream) => of_text(Kind::Stream, &stream.name),
        }
    }
}

impl Held {
    /// A hash of what this is, whatever it shows: what is of one kind becomes another by changes within.
    pub(crate) fn kind(&self) -> u64 {
        let kind = match self {
            Self::Nothing => Kind::Nothing,
            Self::Present => Kind::Present,
            Self::Text { .. } => Kind::Text,
            Self::Instance(placed) => return of_template(&placed.template).finish(),
            Self::List(_) => Kind::List,
            Self::Html(_) => Kind::Html,
            Self::Component(component) => return of_component(component.id, 0),
            Self::Stream(stream) => return of_text(Kind::Stream, &stream.name),
        };
        begin(kind).finish()
    }
}

impl Placed {
    fn digest(&self) -> u64 {
        of_parts(
            of_template(&self.template),
            self.slots.iter().map(Held::digest),
        )
    }
}

impl Value<'_> {
    /// The hash of what holds this among nodes.
    pub(crate) fn digest(&self) -> u64 {
        match self {
            Self::Nothing | Self::Flag(_) => begin(Kind::Nothing).finish(),
            Self::Text(text) if text.is_empty() => begin(Kind::Nothing).finish(),
            Self::Text(text) => of_text(Kind::Text, text),
            Self::Instance(instance) => instance.digest(),
            Self::List(items) => of_parts(begin(Kind::List), items.iter().map(Self::digest)),
            Self::Html(fragment) => of_html(fragment),
            Self::Component(component) => of_component(component.id, component.content.digest()),
            Self::Stream(stream) => of_text(Kind::Stream, &stream.name),
        }
    }

    /// As [`Held::kind`] of what holds this among nodes.
    pub(crate) fn kind(&self) -> u64 {
        let kind = match self {
            Self::Nothing | Self::Flag(_) => Kind::Nothing,
            Self::Text(text) if text.is_empty() => Kind::Nothing,
            Self::Text(_) => Kind::Text,
            Self::Instance(instance) => return of_template(&instance.template).finish(),
            Self::List(_) => Kind::List,
            Self::Html(_) => Kind::Html,
            Self::Component(component) => return of_component(component.id, 0),
            Self::Stream(stream) => return of_text(Kind::Stream, &stream.name),
        };
        begin(kind).finish()
    }

    /// The hash of what holds this in an attribute.
    fn part_digest(&self) -> u64 {
        match self {
            Self::Text(text) => of_text(Kind::Text, text),
            Self::Flag(true) => begin(Kind::Present).finish(),
            _ => begin(Kind::Nothing).finish(),
        }
    }
}

impl Instance<'_> {
    fn digest(&self) -> u64 {
        let slots = self.template.slots.iter().zip(&self.values);
        let digests = slots.map(|(slot, value)| match slot {
            Slot::Part(_) => value.part_digest(),
            Slot::Child(_) => value.digest(),
        });
        of_parts(of_template(&self.template), digests)
    }
}

fn begin(kind: Kind) -> FxHasher {
    let mut hasher = FxHasher::default();
    hasher.write_u8(kind as u8);
    hasher
}

fn of_text(kind: Kind, text: &str) -> u64 {
    let mut hasher = begin(kind);
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// Of an instance, before its slots. A template is the same only as one object.
fn of_template(template: &Arc<Template>) -> FxHasher {
    let mut hasher = begin(Kind::Instance);
    hasher.write_usize(Arc::as_ptr(template).addr());
    hasher
}

fn of_parts(mut hasher: FxHasher, digests: impl Iterator<Item = u64>) -> u64 {
    digests.for_each(|digest| hasher.write_u64(digest));
    hasher.finish()
}

fn of_html(fragment: &Fragment) -> u64 {
    let roots = fragment.roots().map(|root| fragment.nodes[root].hash);
    of_parts(begin(Kind::Html), roots)
}

fn of_component(id: u32, content: u64) -> u64 {
    let mut hasher = begin(Kind::Component);
    hasher.write_u32(id);
    hasher.write_u64(content);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Component, Context, Stream};

    fn values() -> Vec<Value<'static>> {
        let context = Context::default();
        let statics = ["<p ?hidden=", " title=", " class='a ", "'>", "</p>"];
        let template = Arc::new(Template::parse(&statics, &context).expect("it is fine"));
        let instance = |slots: [Value<'static>; 4]| {
            let instance = Instance::new(Arc::clone(&template), slots.into());
            Value::Instance(instance.expect("they fit"))
        };
        let text = |text: &'static str| Value::Text(text.into());
        let html = |html: &str| Fragment::parse(html, &context).expect("it is fine");
        vec![
            Value::Nothing,
            text("a"),
            text("b"),
            instance([Value::Flag(true), text("a"), text("b"), text("c")]),
            instance([Value::Flag(false), text("a"), text("b"), text("c")]),
            instance([Value::Nothing, Value::Nothing, text(""), Value::Nothing]),
            Value::List(vec![]),
            Value::List(vec![text("a"), text("b")]),
            Value::List(vec![text("b"), text("a")]),
            Value::Html(Arc::new(html("<b>a</b>"))),
            Value::Html(Arc::new(html("<b>b</b>"))),
            Value::Component(Component::new(1, text("a"))),
            Value::Component(Component::new(2, text("a"))),
            Value::Component(Component::new(1, text("b"))),
            Value::Stream(Stream::new("a")),
            Value::Stream(Stream::new("b")),
        ]
    }

    #[test]
    fn what_is_held_has_the_hash_of_its_value_and_of_no_other() {
        let values = values();
        for (at, value) in values.iter().enumerate() {
            let held = Held::content(value.clone());
            assert_eq!(held.kind(), value.kind(), "{value:?}");
            for (other_at, other) in values.iter().enumerate() {
                let equal = held.digest() == other.digest();
                assert_eq!(equal, at == other_at, "{value:?} and {other:?}");
            }
        }
    }

    #[test]
    fn an_empty_text_and_flags_are_nothing() {
        let nothing = Held::content(Value::Nothing);
        for value in [
            Value::Text("".into()),
            Value::Flag(true),
            Value::Flag(false),
        ] {
            assert!(nothing.is(&value));
            assert_eq!(nothing.digest(), value.digest());
            assert_eq!(nothing.kind(), value.kind());
        }
    }
}
