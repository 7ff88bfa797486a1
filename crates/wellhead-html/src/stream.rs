//! Changes of large lists of which only the browser has the items.

use std::borrow::Cow;

use crate::{
    Context, Instance, Value,
    value::{ValueError, fit_instance},
};

/// What has changed in a large list since the last render. A tree that has told it forgets the items.
///
/// ```
/// use std::sync::Arc;
/// use wellhead_html::{Context, Instance, Stream, Template, Tree, Value};
///
/// let row = Arc::new(Template::parse(&["<p>", "</p>"], &Context::default())?);
/// let item = |text: &'static str| Instance::new(Arc::clone(&row), vec![Value::Text(text.into())]);
/// let mut stream = Stream::new("messages");
/// stream.show("1", None, item("one")?)?;
/// stream.show("2", Some(0), item("two")?)?;
/// stream.remove("3");
/// let mut tree = Tree::new(Value::Stream(stream))?;
/// assert_eq!(tree.html(), "<p>two</p><p>one</p>");
///
/// tree.forget();
/// assert!(!tree.is_whole());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Stream<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) changes: Vec<Change<'a>>,
}

/// One change of a list.
#[derive(Debug, Clone)]
pub(crate) enum Change<'a> {
    Reset,
    Show {
        key: Cow<'a, str>,
        at: Option<usize>,
        item: Instance<'a>,
    },
    Remove(Cow<'a, str>),
    KeepFirst(usize),
    KeepLast(usize),
}

impl<'a> Stream<'a> {
    /// A stream in which nothing has changed. A component's streams are told apart by their names.
    pub fn new(name: impl Into<Cow<'a, str>>) -> Self {
        Self {
            name: name.into(),
            changes: Vec::new(),
        }
    }

    /// All items go.
    pub fn reset(&mut self) {
        // What comes before is of no use, but that the stream is reset matters.
        self.changes.clear();
        self.changes.push(Change::Reset);
    }

    /// The item with this key is shown so. If there is one it stays where it is. Otherwise it comes before the item that
    /// is number `at` then, from 0, or to the end if there is none.
    ///
    /// # Errors
    ///
    /// [`ValueError::Item`] for components and streams in an item: they could not be found when they change.
    pub fn show(
        &mut self,
        key: impl Into<Cow<'a, str>>,
        at: Option<usize>,
        item: Instance<'a>,
    ) -> Result<(), ValueError> {
        if let Some(what) = item.values.iter().find_map(changes_alone) {
            return Err(ValueError::Item {
                stream: self.name.clone().into_owned(),
                what,
            });
        }
        let key = key.into();
        self.changes.push(Change::Show { key, at, item });
        Ok(())
    }

    /// The item with this key goes, if there is one.
    pub fn remove(&mut self, key: impl Into<Cow<'a, str>>) {
        self.changes.push(Change::Remove(key.into()));
    }

    /// Only the first `count` items stay.
    pub fn keep_first(&mut self, count: usize) {
        self.changes.push(Change::KeepFirst(count));
    }

    /// Only the last `count` items stay.
    pub fn keep_last(&mut self, count: usize) {
        self.changes.push(Change::KeepLast(count));
    }

    pub(crate) fn fit(&self, context: &Context) -> Result<(), ValueError> {
        self.changes.iter().try_for_each(|change| match change {
            Change::Show { item, .. } => fit_instance(item, context),
            _ => Ok(()),
        })
    }
}

/// What a value contains that changes without what is around it.
fn changes_alone(value: &Value<'_>) -> Option<&'static str> {
    match value {
        Value::Component(_) => Some("component"),
        Value::Stream(_) => Some("stream"),
        Value::Instance(instance) => instance.values.iter().find_map(changes_alone),
        Value::List(items) => items.iter().find_map(changes_alone),
        _ => None,
    }
}

/// The first stream that a value contains.
pub(crate) fn stream_in<'v>(value: &'v Value<'_>) -> Option<&'v Stream<'v>> {
    match value {
        Value::Stream(stream) => Some(stream),
        Value::Instance(instance) => instance.values.iter().find_map(stream_in),
        Value::List(items) => items.iter().find_map(stream_in),
        Value::Component(component) => stream_in(&component.content),
        _ => None,
    }
}
