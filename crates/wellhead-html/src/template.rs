//! The fixed part of what a component renders, parsed once, with slots for what can change.

mod bindings;
mod error;
mod layout;
mod tokens;

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

pub(crate) use self::bindings::{Binding, BindingKind, Part};
pub use self::error::{TemplateError, TemplateProblem};
pub(crate) use self::layout::{Follow, Gap, Root, slot_of};
use self::{
    error::Place,
    layout::separated,
    tokens::{Findings, Stage},
};
use crate::{
    Context, ParseError,
    fragment::{Attribute, Fragment},
    parse::{Moved, parse_tokens},
};

/// Characters that stand for slots while a template is parsed: the 65,534 of a plane that is for private use.
const FIRST_SLOT: u32 = 0x10_0000;
/// How many slots a template may have.
pub(crate) const MAX_SLOTS: usize = 10_000;

pub(crate) fn is_slot(c: char) -> bool {
    ('\u{100000}'..='\u{10fffd}').contains(&c)
}

fn slot_index(c: char) -> usize {
    (u32::from(c) - FIRST_SLOT) as usize
}

fn slot_char(index: usize) -> char {
    u32::try_from(index)
        .ok()
        .and_then(|index| char::from_u32(FIRST_SLOT + index))
        .expect("templates have no more slots than there are characters for them")
}

/// What a slot is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Part of the value of an attribute, or of the text of a text area: the index of the binding.
    Part(usize),
    /// Nodes between others: the index of the child slot.
    Child(usize),
}

/// A place for nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChildSlot {
    pub(crate) slot: usize,
    pub(crate) context: Context,
    /// What comes after it.
    pub(crate) follow: Follow,
    /// Within `ts-ignore`: written once and then left alone.
    pub(crate) ignored: bool,
}

/// The fixed part of what a component renders, parsed once, with slots for what can change.
///
/// Where slots may be: between tags (nodes), as the value of an attribute or part of it, as the condition of an
/// attribute that is there or not (`?disabled=${…}`), and in a `<textarea>` or `<title>` (text). Anywhere else they are
/// refused: names of tags and attributes, comments, scripts and styles, event handlers such as `onclick`.
///
/// `@click` is short for `ts-on:click`.
///
/// ```
/// use wellhead_html::{Context, Template};
///
/// let row = Template::parse(&["<tr><td>", "</td></tr>"], &Context::of(["table", "tbody"]))?;
/// assert_eq!(row.statics().collect::<Vec<_>>(), ["<tr><td>", "</td></tr>"]);
///
/// let error = Template::parse(&["<a href=x onclick=", ">"], &Context::default()).unwrap_err();
/// assert!(error.to_string().contains("column 19: a slot in onclick, which is code; hint: @click"));
/// # Ok::<(), wellhead_html::TemplateError>(())
/// ```
#[derive(Debug)]
pub struct Template {
    id: u64,
    context: Context,
    /// Slots for nodes are comments with the slot's character, slots in attributes that character in the value.
    pub(crate) fragment: Fragment,
    statics: Box<[Box<str>]>,
    pub(crate) slots: Box<[Slot]>,
    pub(crate) bindings: Box<[Binding]>,
    pub(crate) children: Box<[ChildSlot]>,
    /// For each node, the segment it is in and its place there; nodes get their numbers by segment, since what is in
    /// the slots has its numbers between them. None for what is ignored.
    pub(crate) positions: Box<[Option<(u32, u32)>]>,
    /// How many nodes each segment has.
    pub(crate) segments: Box<[u32]>,
    /// What is between the segments, one fewer.
    pub(crate) gaps: Box<[Gap]>,
    pub(crate) roots: Box<[Root]>,
    /// The binding or the fixed value of the first root's key.
    pub(crate) key: Option<Key>,
    /// Whether it begins or ends with text, or with a slot, which may be text.
    pub(crate) has_open_edge: bool,
}

/// What tells an item of a list from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    Binding(usize),
    Fixed(Box<str>),
}

impl Template {
    /// Parses a template. There is a slot between each two of `statics`.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] with all that is wrong: slots where they cannot be, tags that are not closed or that a browser
    /// drops or moves, more than 10,000 slots.
    pub fn parse<S: AsRef<str>>(statics: &[S], context: &Context) -> Result<Self, TemplateError> {
        let wrong = |problems| TemplateError::new(statics, problems);
        let slots = statics.len().saturating_sub(1);
        if slots > MAX_SLOTS {
            let problem = format!("{slots} slots, at most {MAX_SLOTS}; hint: render a list");
            return Err(wrong(vec![(Place::Whole, problem)]));
        }
        let html = with_slots(statics).map_err(wrong)?;

        let findings = Findings::default();
        let (fragment, moved) = parse_tokens(
            &html,
            context,
            |tree| Stage::new(tree, &findings),
            Stage::into_tree,
        );
        let fragment = separated(&fragment);
        let started = findings.started.take();
        let mut problems = findings.into_problems();
        if problems.is_empty() {
            problems.extend(misplaced(&fragment, &started, moved));
        }
        if problems.is_empty()
            && let Err(error) = fragment
                .check_depth()
                .and_then(|()| fragment.check_place(context))
        {
            problems.push((Place::Whole, place_problem(&error)));
        }
        if problems.is_empty() {
            problems.extend(lost_slots(&fragment, slots));
        }
        if problems.is_empty() {
            problems.extend(slots_as_tags(&fragment, statics));
        }
        if problems.is_empty() {
            Ok(Self::assemble(fragment, context.clone(), slots))
        } else {
            Err(wrong(problems))
        }
    }

    fn assemble(fragment: Fragment, context: Context, slots: usize) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let bindings = bindings::of(&fragment);
        let layout = layout::of(&fragment, &context, &bindings);
        let statics = statics(&fragment, &bindings);
        debug_assert_eq!(statics.len(), slots + 1);
        let mut slot_kinds = vec![Slot::Child(0); slots];
        for (index, binding) in bindings.iter().enumerate() {
            for slot in binding.slots() {
                slot_kinds[slot] = Slot::Part(index);
            }
        }
        for (index, child) in layout.children.iter().enumerate() {
            slot_kinds[child.slot] = Slot::Child(index);
        }
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            context,
            statics,
            slots: slot_kinds.into(),
            positions: layout.positions.into(),
            segments: layout.segments.into(),
            gaps: layout.gaps.into(),
            roots: layout.roots.into(),
            has_open_edge: layout.has_open_edge,
            children: layout.children.into(),
            key: bindings::key(&fragment, &bindings),
            bindings: bindings.into(),
            fragment,
        }
    }

    /// A number that no other template of this process has.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Where the template may stand.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The HTML around the slots, one more than there are slots. It is what a browser has after parsing, so tags that
    /// were left out are there. A slot that is a whole attribute stands for its name too.
    pub fn statics(&self) -> impl DoubleEndedIterator<Item = &str> + ExactSizeIterator {
        self.statics.iter().map(|part| &**part)
    }

    /// How many slots there are.
    pub fn slots(&self) -> usize {
        self.slots.len()
    }

    /// Where the content of a slot stands; `None` for slots in attributes and text areas.
    pub fn slot_context(&self, slot: usize) -> Option<&Context> {
        match self.slots.get(slot)? {
            Slot::Child(child) => Some(&self.children[*child].context),
            Slot::Part(_) => None,
        }
    }
}

/// One text with a character for each slot.
fn with_slots<S: AsRef<str>>(statics: &[S]) -> Result<String, Vec<(Place, String)>> {
    let mut html = String::new();
    for (index, part) in statics.iter().enumerate() {
        let part = part.as_ref();
        if let Some(c) = part.chars().find(|&c| is_slot(c)) {
            let problem = format!(
                "the character U+{:X}, which is for private use; hint: write it as &#x{0:X}; in a slot",
                u32::from(c)
            );
            return Err(vec![(Place::Whole, problem)]);
        }
        if index > 0 {
            html.push(slot_char(index - 1));
        }
        html.push_str(part);
    }
    Ok(html)
}

/// What the browser's tree has more or less than the source.
fn misplaced(
    fragment: &Fragment,
    started: &BTreeMap<html5ever::LocalName, usize>,
    moved: Option<Moved>,
) -> Vec<(Place, String)> {
    let mut problems = Vec::new();
    match moved {
        Some(Moved::OutOfTable) => problems.push((
            Place::Whole,
            "a browser moves content of a <table> that is in no cell before the table; hint: put it into a <td> or a <caption>".into(),
        )),
        Some(Moved::Reopened) => problems.push((
            Place::Whole,
            "a browser closes and reopens tags that overlap, as in <b><p></b></p>; hint: close them in the order in which they were opened".into(),
        )),
        None => {}
    }
    let mut existing: BTreeMap<&str, usize> = BTreeMap::new();
    for index in 0..fragment.nodes.len() {
        if let Some(element) = fragment.element(index) {
            *existing.entry(&element.name.local).or_default() += 1;
        }
    }
    for (name, &count) in started {
        // Foreign names have capitals, which tags do not.
        let there = existing
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, count)| count)
            .sum::<usize>();
        if there < count {
            problems.push((
                Place::Whole,
                format!("a browser drops <{name}> here; hint: it may not stand inside of what is around it"),
            ));
        } else if there > count && &**name == "p" {
            problems.push((
                Place::Whole,
                "a browser ends a <p> before its </p>, since what is inside may not be in a <p>; hint: use a <div>".into(),
            ));
        }
    }
    problems
}

fn place_problem(error: &ParseError) -> String {
    error.to_string()
}

/// Slots that are no longer there, or not in their order, after parsing.
fn lost_slots(fragment: &Fragment, slots: usize) -> Vec<(Place, String)> {
    let html = fragment.html();
    let found: Vec<usize> = html
        .chars()
        .filter(|&c| is_slot(c))
        .map(slot_index)
        .collect();
    (0..slots)
        .find(|&slot| found.get(slot) != Some(&slot))
        .map(|slot| {
            let problem = "a browser drops or moves what is here; hint: look at how the tags around are nested";
            (Place::Slot(slot), problem.to_owned())
        })
        .into_iter()
        .collect()
}

const SLOT_AS_TAG: &str = "a slot in the name of a tag; hint: use two templates, one for each tag, or &lt; for the character";

/// `<${tag}>`: a character that is followed by no letter is text.
fn slots_as_tags<S: AsRef<str>>(fragment: &Fragment, statics: &[S]) -> Vec<(Place, String)> {
    fragment
        .nodes
        .iter()
        .filter_map(|node| slot_of(&node.data))
        .filter(|&slot| {
            ["<", "</"]
                .iter()
                .any(|tag| statics[slot].as_ref().ends_with(tag))
        })
        .map(|slot| (Place::Slot(slot), SLOT_AS_TAG.to_owned()))
        .collect()
}

/// The HTML between the slots.
fn statics(fragment: &Fragment, bindings: &[Binding]) -> Box<[Box<str>]> {
    let html = fragment.html();
    let mut statics: Vec<Box<str>> = Vec::new();
    let mut from = 0;
    for (at, c) in html.char_indices().filter(|&(_, c)| is_slot(c)) {
        let slot = slot_index(c);
        let after = at + c.len_utf8();
        let whole = bindings
            .iter()
            .find(|binding| binding.is_whole() && binding.slots().any(|other| other == slot));
        let (before, next) = match whole {
            // ` name="…"`; of a condition the name has a question mark more.
            Some(binding) => {
                let mark = usize::from(binding.kind == BindingKind::Flag);
                (at - " =\"".len() - mark - binding.name.len(), after + 1)
            }
            None if html[..at].ends_with("<!--") => (at - "<!--".len(), after + "-->".len()),
            None => (at, after),
        };
        statics.push(html[from..before].into());
        from = next;
    }
    statics.push(html[from..].into());
    statics.into()
}

/// The only slot of an attribute's value that is nothing else.
fn sole_slot(attribute: &Attribute) -> Option<usize> {
    let mut chars = attribute.value.chars();
    let first = chars.next()?;
    (is_slot(first) && chars.next().is_none()).then(|| slot_index(first))
}

#[cfg(test)]
mod tests;
