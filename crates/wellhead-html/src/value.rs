//! What a component rendered: values for the slots of templates.

use std::{borrow::Cow, sync::Arc};

use crate::{
    Context, Fragment, Stream,
    stream::stream_in,
    template::{BindingKind, Key, Part, Slot, Template},
};

/// What is in a slot, as a render gives it.
///
/// Texts may borrow from what the render was decoded from: only what changed is copied.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// No nodes; no attribute.
    Nothing,
    /// An attribute that is there, and empty, or not. Among nodes it is nothing, so that `condition && …` works.
    Flag(bool),
    /// A text, which is escaped wherever it is written.
    Text(Cow<'a, str>),
    /// A template with its values.
    Instance(Instance<'a>),
    /// Items one after the other; those with keys are told apart by them.
    List(Vec<Value<'a>>),
    /// HTML as it is.
    Html(Arc<Fragment>),
    /// A component within this one, which also renders on its own.
    Component(Component<'a>),
    /// What has changed in a list whose items only the browser has.
    Stream(Stream<'a>),
}

/// A component within another.
#[derive(Debug, Clone)]
pub struct Component<'a> {
    pub(crate) id: u32,
    /// Where it stands, as soon as that is known.
    pub(crate) context: Context,
    pub(crate) content: Box<Value<'a>>,
}

impl<'a> Component<'a> {
    /// A component that shows this. No other of the tree may have its number.
    pub fn new(id: u32, content: Value<'a>) -> Self {
        Self {
            id,
            context: Context::default(),
            content: Box::new(content),
        }
    }
}

/// A template with a value for each slot.
#[derive(Debug, Clone)]
pub struct Instance<'a> {
    pub(crate) template: Arc<Template>,
    pub(crate) values: Vec<Value<'a>>,
}

/// Why a value cannot be in a slot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// More or fewer values than slots.
    #[error("{values} values for a template with {slots} slots")]
    Count {
        /// How many there are.
        values: usize,
        /// How many there should be.
        slots: usize,
    },
    /// A template, a list or HTML in an attribute or a text area.
    #[error("slot {slot} is in {name}, which can only be text; hint: use a string")]
    Nodes {
        /// The slot, from 0.
        slot: usize,
        /// The attribute or the element.
        name: String,
    },
    /// Text directly in a table.
    #[error(
        "text may not stand in {context}, {text:?} would come before the table; hint: put it into a <td>"
    )]
    Text {
        /// Where the slot is.
        context: Context,
        /// How the text begins.
        text: String,
    },
    /// Something that was parsed for another place.
    #[error("what was parsed for {parsed} stands in {context}; hint: parse it for where it stands")]
    Context {
        /// What it was parsed for.
        parsed: Context,
        /// Where the slot is.
        context: Context,
    },
    /// A component or a stream in an item of a stream.
    #[error(
        "there is a {what} in an item of the stream {stream}, and items are forgotten when they are shown; hint: show \
         {what}s in a list, or the item by templates only"
    )]
    Item {
        /// The stream that has the item.
        stream: String,
        /// What is in it.
        what: &'static str,
    },
    /// A stream in `ts-ignore`.
    #[error(
        "slot {slot} is in ts-ignore, where the stream {stream} could never change; hint: show it elsewhere, or a list"
    )]
    Ignored {
        /// The slot, from 0.
        slot: usize,
        /// The stream.
        stream: String,
    },
}

impl<'a> Instance<'a> {
    /// An instance of a template.
    ///
    /// # Errors
    ///
    /// [`ValueError`] if the values do not fit the slots: their number, nodes in an attribute, text directly in a table,
    /// something that was parsed for another context than that of its slot, or a stream in `ts-ignore`.
    pub fn new(template: Arc<Template>, mut values: Vec<Value<'a>>) -> Result<Self, ValueError> {
        if values.len() != template.slots.len() {
            return Err(ValueError::Count {
                values: values.len(),
                slots: template.slots.len(),
            });
        }
        for (index, (value, slot)) in values.iter_mut().zip(&template.slots).enumerate() {
            match slot {
                Slot::Child(child) => {
                    let child = &template.children[*child];
                    value.fit(&child.context)?;
                    if child.ignored
                        && let Some(stream) = stream_in(value)
                    {
                        return Err(ValueError::Ignored {
                            slot: index,
                            stream: stream.name.clone().into_owned(),
                        });
                    }
                }
                Slot::Part(_) if matches!(value, Value::Nothing | Value::Flag(_)) => {}
                Slot::Part(_) if matches!(value, Value::Text(_)) => value.clean(),
                Slot::Part(binding) => {
                    let binding = &template.bindings[*binding];
                    let name = match binding.kind {
                        BindingKind::Content => "a text area or title",
                        _ => &binding.name,
                    };
                    return Err(ValueError::Nodes {
                        slot: index,
                        name: name.into(),
                    });
                }
            }
        }
        Ok(Self { template, values })
    }

    /// The value of the key, if the template has one.
    pub(crate) fn key(&self) -> Option<Cow<'_, str>> {
        key(&self.template, |slot| match &self.values[slot] {
            Value::Text(text) => Some(text),
            _ => None,
        })
    }
}

impl Value<'_> {
    /// Makes sure that this can stand among nodes in this context.
    pub(crate) fn fit(&mut self, context: &Context) -> Result<(), ValueError> {
        let parsed = match self {
            Self::Nothing | Self::Flag(_) => return Ok(()),
            Self::Text(text) => {
                if context.refuses_text() && text.contains(|c: char| !c.is_ascii_whitespace()) {
                    return Err(ValueError::Text {
                        context: context.clone(),
                        text: text.chars().take(30).collect(),
                    });
                }
                self.clean();
                return Ok(());
            }
            Self::List(items) => return items.iter_mut().try_for_each(|item| item.fit(context)),
            Self::Component(component) => {
                component.context = context.clone();
                return component.content.fit(context);
            }
            Self::Stream(stream) => return stream.fit(context),
            Self::Instance(instance) => return fit_instance(instance, context),
            Self::Html(fragment) => fragment.context(),
        };
        fit_parsed(parsed, context)
    }

    /// The text as a DOM holds it after parsing: without U+0000.
    fn clean(&mut self) {
        if let Self::Text(text) = self
            && text.bytes().any(|byte| byte == 0)
        {
            *text = Cow::Owned(text.replace('\0', "\u{fffd}"));
        }
    }

    pub(crate) fn key(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Instance(instance) => instance.key(),
            // A component is its own key among its siblings.
            Self::Component(component) => Some(format!("component {}", component.id).into()),
            // So is a stream, whose items could not follow it elsewhere.
            Self::Stream(stream) => Some(format!("stream {}", stream.name).into()),
            _ => None,
        }
    }
}

/// Makes sure that an instance can stand in this context.
pub(crate) fn fit_instance(instance: &Instance<'_>, context: &Context) -> Result<(), ValueError> {
    fit_parsed(instance.template.context(), context)
}

fn fit_parsed(parsed: &Context, context: &Context) -> Result<(), ValueError> {
    if parsed == context {
        return Ok(());
    }
    Err(ValueError::Context {
        parsed: parsed.clone(),
        context: context.clone(),
    })
}

/// The key of an instance whose slots have these texts. An empty key is none.
pub(crate) fn key<'v>(
    template: &'v Template,
    text: impl Fn(usize) -> Option<&'v str>,
) -> Option<Cow<'v, str>> {
    let binding = match template.key.as_ref()? {
        Key::Fixed(key) => return Some(Cow::Borrowed(key)),
        Key::Binding(index) => &template.bindings[*index],
    };
    let part = |part: &'v Part| match part {
        Part::Fixed(text) => &**text,
        Part::Slot(slot) => text(*slot).unwrap_or_default(),
    };
    let key = match &*binding.parts {
        [only] => Cow::Borrowed(part(only)),
        parts => Cow::Owned(parts.iter().map(part).collect()),
    };
    (!key.is_empty()).then_some(key)
}
