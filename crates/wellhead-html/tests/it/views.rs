//! Renders that are drawn at random: every kind of template, value and change.
//!
//! A view is drawn from a sequence of bytes, each of which makes one choice; when there are no more, every choice is
//! the first. So what a test found shrinks to a small view by itself, and any source of bytes can draw views.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use wellhead_html::{Component, Context, Fragment, Instance, Stream, Template, Value};

/// What may stand in a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Part of an attribute, or the text of a text area.
    Part,
    /// Whether an attribute is there.
    Flag,
    /// A part that is a key.
    Key,
    Block,
    Item,
    Row,
    Cell,
    Shape,
    Choice,
    Grouped,
}

struct Source {
    kind: Kind,
    statics: &'static [&'static str],
    slots: &'static [Kind],
}

const fn source(kind: Kind, statics: &'static [&'static str], slots: &'static [Kind]) -> Source {
    Source {
        kind,
        statics,
        slots,
    }
}

use Kind::{Block, Cell, Choice, Flag, Grouped, Item, Key, Part, Row, Shape};

const SOURCES: &[Source] = &[
    source(Block, &["<p>fixed</p>"], &[]),
    source(Block, &["", ""], &[Block]),
    source(Block, &["", "", ""], &[Block, Block]),
    source(Block, &["a", "b"], &[Block]),
    source(Block, &["<b>", "</b> and ", ""], &[Block, Block]),
    source(Block, &["<div>", "</div>"], &[Block]),
    source(
        Block,
        &["<div class=", " title='x ", " y ", "'>", "</div>"],
        &[Part, Part, Part, Block],
    ),
    source(
        Block,
        &["<div ?hidden=", "><hr>", "<hr>", "</div>"],
        &[Flag, Block, Block],
    ),
    source(Block, &["<div id=", ">", " tail</div>"], &[Key, Block]),
    source(
        Block,
        &["<section ts-key=", "><h2>", "</h2>", "</section>"],
        &[Key, TEXT, Block],
    ),
    source(Block, &["<ul>", "</ul>"], &[Item]),
    source(Block, &["<ul><li>first</li>", "<li>last</ul>"], &[Item]),
    source(
        Block,
        &["<table><caption>", "</caption>", "</table>"],
        &[Block, Row],
    ),
    source(Block, &["<table><tbody>", "<tr><td>foot</table>"], &[Row]),
    source(
        Block,
        &["<svg viewBox='0 0 9 9'>", "<g>", "</g></svg>"],
        &[Shape, Shape],
    ),
    source(Block, &["<select name=", ">", "</select>"], &[Part, Choice]),
    source(Block, &["<textarea rows=2>", "</textarea>"], &[Part]),
    source(
        Block,
        &["<textarea>a ", " b", "</textarea>", ""],
        &[Part, Part, Block],
    ),
    source(Block, &["<pre>", "</pre>"], &[Block]),
    source(Block, &["<input value=", " ?checked=", ">"], &[Part, Flag]),
    source(Block, &["<a href=", ">", "</a>"], &[Part, TEXT]),
    source(
        Block,
        &["<a href='/x/", "'>to</a><i>", "</i>"],
        &[Part, Block],
    ),
    source(
        Block,
        &["<div ts-ignore><b>", "</b></div>", ""],
        &[Block, Block],
    ),
    source(Block, &["<template><p>", "</p></template>"], &[TEXT]),
    source(
        Block,
        &["<button @click=save ?disabled=", ">", "</button>"],
        &[Flag, TEXT],
    ),
    source(Item, &["<li>", "</li>"], &[Block]),
    source(Item, &["<li ts-key=", ">", "</li>"], &[Key, Block]),
    source(
        Item,
        &["<li ts-key=", " class=", ">", "<hr></li>"],
        &[Key, Part, Block],
    ),
    source(
        Item,
        &["<li id='k", "'>", "</li><li>second root</li>"],
        &[Key, Block],
    ),
    source(Item, &["<li>a</li>", ""], &[Item]),
    source(Row, &["<tr ts-key=", ">", "</tr>"], &[Key, Cell]),
    source(Row, &["<tr><td>", "</td>", "</tr>"], &[Block, Cell]),
    source(Row, &["<tr><td>only</td></tr>", ""], &[Row]),
    source(Cell, &["<td>", "</td>"], &[Block]),
    source(
        Cell,
        &["<td colspan=", ">", "</td><th>h</th>"],
        &[Part, Block],
    ),
    source(Shape, &["<circle r=", " />"], &[Part]),
    source(Shape, &["<g ts-key=", ">", "</g>"], &[Key, Shape]),
    source(
        Shape,
        &["<a xlink:href=", "><text>", "</text></a>"],
        &[Part, Shape],
    ),
    source(
        Shape,
        &["<foreignObject><p>", "</p></foreignObject>"],
        &[TEXT],
    ),
    source(
        Choice,
        &["<option value=", " ?selected=", ">", "</option>"],
        &[Part, Flag, TEXT],
    ),
    source(
        Grouped,
        &["<option ts-key=", ">", "</option>"],
        &[Key, TEXT],
    ),
    source(
        Choice,
        &["<optgroup label=", ">", "</optgroup>"],
        &[Part, Grouped],
    ),
];

/// A text among nodes: some are empty.
const TEXT: Kind = Kind::Key;

const TEXTS: &[&str] = &[
    "",
    "a",
    "b",
    "one",
    "two words",
    "1",
    "22",
    " ",
    "<b>",
    "&amp;",
    "\"'>",
    "a\r\nb",
    "\n",
    "\0",
    "é",
    "𝄞𝄞",
    "a𝄞b",
    "javascript:x",
    "data:text/html,x",
    "a rather long text of which only a part changes",
    "a rather long text of which little changes",
    "</textarea>",
    "<!--",
    "\u{a0}",
    "\u{feff}x",
    "]]>",
];

const KEYS: &[&str] = &["1", "2", "3", "4", "5", "6", "7", "8", "a b", "é", "<", ""];

const HTML: &[&str] = &[
    "",
    "text",
    "<p>one</p>",
    "<p>one</p><p>two</p>",
    "<p>two</p><p>three</p>",
    "<ul><li id=a>a<li id=b>b<li id=c>c</ul>",
    "<ul><li id=c>c<li id=a>a!<li id=d>d</ul>",
    "<!--x--><b>bold</b> tail",
    "<!--y--><b class=x>bold</b> tail<i>i</i>",
    "<table><tr><td>1<td>2<tr><td>3</table>",
    "<table><tr><td>1<td>4</table>",
    "<svg><g><path d='M0 0'/></g><a xlink:href='#x'>t</a></svg>",
    "<svg><g><path d='M1 1'/></g><a xlink:href='#y' xlink:title=q>u</a></svg>",
    "<textarea>\n\nx</textarea><pre>\n\ny</pre>",
    "<textarea></textarea><pre>z</pre>",
    "<div ts-ignore><p>mine</p></div>",
    "<div ts-ignore class=x><p>other</p><p>more</p></div>",
    "<div><p>mine</p></div>",
    "<style>a > b {}</style><title>x &amp; y</title>",
    "<style>a < b {}</style><title></title>",
    "<template><td>x</td></template>",
    "<template><td>y</td><td>z</td></template>",
    "<div @odd=1 a\"b=2>odd</div>",
    "<div @odd=2 a\"b=2>odd</div>",
    "<math><mi>x</mi><annotation-xml encoding='text/html'><p>h</p></annotation-xml></math>",
    "<select><option>1<option selected>2</select>",
    "<noscript><p>no</p></noscript><iframe><b></iframe>",
];

#[test]
fn all_html_can_be_a_part_of_a_page() {
    for html in HTML {
        let parsed = Fragment::parse(html, &Context::default());
        assert!(parsed.is_ok(), "{html}: {parsed:?}");
    }
}

/// What makes the choices.
pub(crate) struct Choices<'b> {
    bytes: &'b [u8],
    /// The number of the last component.
    component: u32,
    /// The number of the last stream; none if none are drawn.
    pub(crate) stream: Option<u32>,
    /// How many elements with `ts-ignore` are around what is drawn, which may have no streams.
    ignored: u32,
    /// How many items of streams are, which may have neither streams nor components.
    items: u32,
}

impl<'b> Choices<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self {
            bytes,
            component: 0,
            stream: None,
            ignored: 0,
            items: 0,
        }
    }

    /// More kinds of values, which are streams, if there may be any.
    fn kinds(&self, kinds: usize) -> usize {
        match self.stream.is_some() && self.ignored + self.items == 0 {
            true => kinds + 4,
            false => kinds,
        }
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let (first, rest) = self.bytes.split_first().unwrap_or((&0, &[]));
        self.bytes = rest;
        usize::from(*first) % limit
    }

    fn one<'t, T: ?Sized>(&mut self, of: &[&'t T]) -> &'t T {
        of[self.below(of.len())]
    }
}

/// A render, as it can be printed and changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum View {
    Nothing,
    Flag(bool),
    Text(String),
    Instance(usize, Vec<View>),
    List(Vec<View>),
    Html(String),
    Component(u32, Box<View>),
    Stream(StreamView),
}

impl View {
    /// Draws what may stand in a slot of this kind.
    pub(crate) fn draw(kind: Kind, depth: usize, choices: &mut Choices<'_>) -> Self {
        match kind {
            Kind::Part => match choices.below(8) {
                0 => Self::Nothing,
                1 => Self::Flag(true),
                2 => Self::Flag(false),
                _ => Self::Text(choices.one(TEXTS).into()),
            },
            Kind::Flag => Self::Flag(choices.below(2) == 1),
            Kind::Key => Self::Text(choices.one(KEYS).into()),
            Kind::Block => match choices.below(if depth == 0 { 3 } else { choices.kinds(10) }) {
                0 => Self::Nothing,
                10.. => Self::Stream(StreamView::draw(kind, depth, choices)),
                9 if choices.items > 0 => Self::Nothing,
                9 => {
                    choices.component += 1;
                    let id = choices.component;
                    Self::Component(id, Box::new(Self::draw(kind, depth - 1, choices)))
                }
                1 | 2 => Self::Text(choices.one(TEXTS).into()),
                3 => Self::Html(choices.one(HTML).into()),
                4 => Self::list(kind, depth, choices),
                _ => Self::instance(kind, depth, choices),
            },
            _ => match choices.below(if depth == 0 { 1 } else { choices.kinds(4) }) {
                0 => Self::Nothing,
                4.. => Self::Stream(StreamView::draw(kind, depth, choices)),
                1 => Self::instance(kind, depth, choices),
                _ => Self::list(kind, depth, choices),
            },
        }
    }

    fn instance(kind: Kind, depth: usize, choices: &mut Choices<'_>) -> Self {
        let fitting: Vec<usize> = (0..SOURCES.len())
            .filter(|&index| SOURCES[index].kind == kind)
            .collect();
        let index = fitting[choices.below(fitting.len())];
        Self::instance_of(index, depth, choices)
    }

    fn instance_of(index: usize, depth: usize, choices: &mut Choices<'_>) -> Self {
        let ignored = u32::from(is_ignored(index));
        choices.ignored += ignored;
        let slots = SOURCES[index]
            .slots
            .iter()
            .map(|&slot| Self::draw(slot, depth.saturating_sub(1), choices))
            .collect();
        choices.ignored -= ignored;
        Self::Instance(index, slots)
    }

    fn list(kind: Kind, depth: usize, choices: &mut Choices<'_>) -> Self {
        let length = choices.below(9);
        // As a rule all items are of one template, and their keys differ.
        let alike = choices.below(4) != 0;
        let mut items: Vec<Self> = Vec::new();
        for _ in 0..length {
            let item = match items.first() {
                Some(Self::Instance(index, _)) if alike => {
                    Self::instance_of(*index, depth, choices)
                }
                _ if alike => Self::instance(kind, depth, choices),
                _ => Self::draw(kind, depth.saturating_sub(1), choices),
            };
            items.push(item);
        }
        Self::List(items)
    }

    /// The next render: mostly the same, with some changes.
    pub(crate) fn change(&self, kind: Kind, depth: usize, choices: &mut Choices<'_>) -> Self {
        if choices.below(12) == 1 {
            return Self::draw(kind, depth, choices);
        }
        match self {
            Self::Instance(index, slots) => {
                let ignored = u32::from(is_ignored(*index));
                choices.ignored += ignored;
                let slots = slots
                    .iter()
                    .zip(SOURCES[*index].slots)
                    .map(|(slot, &kind)| slot.change(kind, depth.saturating_sub(1), choices))
                    .collect();
                choices.ignored -= ignored;
                Self::Instance(*index, slots)
            }
            Self::Stream(stream) => Self::Stream(stream.change(kind, depth, choices)),
            Self::List(items) => {
                let mut items = items.clone();
                for item in &mut items {
                    if choices.below(4) == 1 {
                        *item = item.change(kind, depth.saturating_sub(1), choices);
                    } else {
                        item.nothing_new();
                    }
                }
                for _ in 0..choices.below(4) {
                    change_list(&mut items, kind, depth, choices);
                }
                Self::List(items)
            }
            Self::Component(id, content) => {
                Self::Component(*id, Box::new(content.change(kind, depth, choices)))
            }
            Self::Html(_) | Self::Text(_) if choices.below(3) == 1 => {
                Self::draw(kind, depth, choices)
            }
            same => same.clone(),
        }
    }

    /// Nothing has changed in streams.
    fn nothing_new(&mut self) {
        match self {
            Self::Instance(_, views) | Self::List(views) => {
                views.iter_mut().for_each(Self::nothing_new);
            }
            Self::Component(_, content) => content.nothing_new(),
            Self::Stream(stream) => stream.changes.clear(),
            _ => {}
        }
    }

    /// As a component gives it.
    pub(crate) fn value(&self, context: &Context) -> Value<'_> {
        match self {
            Self::Nothing => Value::Nothing,
            Self::Flag(there) => Value::Flag(*there),
            Self::Text(text) => Value::Text(text.into()),
            Self::Instance(index, slots) => {
                let template = template(*index, context);
                let values = slots
                    .iter()
                    .enumerate()
                    .map(|(slot, view)| view.value(template.slot_context(slot).unwrap_or(context)))
                    .collect();
                Value::Instance(
                    Instance::new(template, values).expect("the values are drawn for their slots"),
                )
            }
            Self::List(items) => {
                Value::List(items.iter().map(|item| item.value(context)).collect())
            }
            Self::Component(id, content) => {
                Value::Component(Component::new(*id, content.value(context)))
            }
            Self::Stream(stream) => Value::Stream(stream.value(context)),
            Self::Html(html) => match Fragment::parse(html, context) {
                Ok(fragment) => Value::Html(Arc::new(fragment)),
                // Refused here, so a component could not have rendered it.
                Err(_) => Value::Text(html.into()),
            },
        }
    }
}

/// A stream: what is in it, and what was told of it last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StreamView {
    pub(crate) name: String,
    pub(crate) items: Vec<(String, View)>,
    pub(crate) changes: Vec<Told>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    Reset,
    Show(String, Option<usize>, View),
    Remove(String),
    First(usize),
    Last(usize),
}

impl StreamView {
    fn draw(kind: Kind, depth: usize, choices: &mut Choices<'_>) -> Self {
        let number = choices.stream.unwrap_or_default() + 1;
        choices.stream = Some(number);
        let empty = Self {
            name: format!("s{number}"),
            items: Vec::new(),
            changes: Vec::new(),
        };
        empty.change(kind, depth, choices)
    }

    fn change(&self, kind: Kind, depth: usize, choices: &mut Choices<'_>) -> Self {
        let mut changed = self.clone();
        changed.changes.clear();
        choices.items += 1;
        for _ in 0..choices.below(9) {
            let key = |choices: &mut Choices<'_>| format!("k{}", choices.below(7));
            let told = match choices.below(16) {
                0 => Told::Remove(key(choices)),
                1 => Told::First(choices.below(6)),
                2 => Told::Last(choices.below(6)),
                3 => Told::Reset,
                4..8 => Told::Remove(key(choices)),
                _ => {
                    let at = choices.below(9).checked_sub(3);
                    let item = View::instance(kind, depth.saturating_sub(1), choices);
                    Told::Show(key(choices), at, item)
                }
            };
            changed.take(&told);
            changed.changes.push(told);
        }
        choices.items -= 1;
        changed
    }

    /// What a change does, as plainly as can be.
    fn take(&mut self, told: &Told) {
        let items = &mut self.items;
        match told {
            Told::Reset => items.clear(),
            Told::Remove(key) => items.retain(|(other, _)| other != key),
            Told::First(count) => items.truncate(*count),
            Told::Last(count) => drop(items.drain(..items.len().saturating_sub(*count))),
            Told::Show(key, at, item) => {
                let found = items.iter_mut().find(|(other, _)| other == key);
                if let Some((_, shown)) = found {
                    shown.clone_from(item);
                } else {
                    let at = at.unwrap_or(items.len()).min(items.len());
                    items.insert(at, (key.clone(), item.clone()));
                }
            }
        }
    }

    fn value(&self, context: &Context) -> Stream<'_> {
        let mut stream = Stream::new(&*self.name);
        for told in &self.changes {
            match told {
                Told::Reset => stream.reset(),
                Told::Remove(key) => stream.remove(&**key),
                Told::First(count) => stream.keep_first(*count),
                Told::Last(count) => stream.keep_last(*count),
                Told::Show(key, at, item) => {
                    let Value::Instance(item) = item.value(context) else {
                        panic!("items are drawn as instances");
                    };
                    stream
                        .show(&**key, *at, item)
                        .expect("nothing is drawn in it that may not be");
                }
            }
        }
        stream
    }
}

fn is_ignored(index: usize) -> bool {
    SOURCES[index].statics[0].contains("ts-ignore")
}

/// Items come, go and change their places.
fn change_list(items: &mut Vec<View>, kind: Kind, depth: usize, choices: &mut Choices<'_>) {
    let at = choices.below(items.len() + 1);
    match choices.below(6) {
        0 => {
            let item = match items.first() {
                Some(View::Instance(index, _)) => View::instance_of(*index, depth, choices),
                _ => View::draw(kind, depth.saturating_sub(1), choices),
            };
            items.insert(at, item);
        }
        1 if at < items.len() => drop(items.remove(at)),
        2 if at < items.len() => {
            let item = items.remove(at);
            let to = choices.below(items.len() + 1);
            items.insert(to, item);
        }
        3 => items.reverse(),
        4 => items.truncate(at),
        _ => items.rotate_left(at),
    }
}

fn template(index: usize, context: &Context) -> Arc<Template> {
    thread_local! {
        static PARSED: RefCell<HashMap<(usize, Context), Arc<Template>>> = RefCell::default();
    }
    PARSED.with_borrow_mut(|parsed| {
        let template = parsed.entry((index, context.clone())).or_insert_with(|| {
            let statics = SOURCES[index].statics;
            match Template::parse(statics, context) {
                Ok(template) => Arc::new(template),
                Err(error) => panic!("{statics:?} in {context}: {error}"),
            }
        });
        Arc::clone(template)
    })
}
