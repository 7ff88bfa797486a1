//! The stage between html5ever's tokens and its tree: it turns marked places into comments, which a browser leaves
//! where they are even in a table, and refuses slots where no value could be safe.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

use html5ever::{
    LocalName, local_name,
    tendril::StrTendril,
    tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, states::RawKind},
};

use super::{error::Place, is_slot, slot_index};

/// What one template may not contain, found while it is tokenised.
#[derive(Default)]
pub(super) struct Findings {
    problems: RefCell<Vec<(Place, String)>>,
    /// How many start tags there were of each name.
    pub(super) started: RefCell<BTreeMap<LocalName, usize>>,
}

impl Findings {
    fn add(&self, place: Place, problem: impl Into<String>) {
        self.problems.borrow_mut().push((place, problem.into()));
    }

    pub(super) fn into_problems(self) -> Vec<(Place, String)> {
        self.problems.into_inner()
    }
}

pub(super) struct Stage<'f, T> {
    tree: T,
    findings: &'f Findings,
    /// Of the text that is being read: none for text between tags.
    raw: Cell<Option<RawKind>>,
    /// What the author has opened and not closed, with the lines.
    open: RefCell<Vec<(LocalName, u64)>>,
}

impl<'f, T: TokenSink> Stage<'f, T> {
    pub(super) fn new(tree: T, findings: &'f Findings) -> Self {
        Self {
            tree,
            findings,
            raw: Cell::new(None),
            open: RefCell::default(),
        }
    }

    pub(super) fn into_tree(self) -> T {
        for (name, line) in self.open.into_inner() {
            if !may_stay_open(&name) {
                let problem = format!(
                    "<{name}> is never closed; hint: add </{name}>, or a space before /> after a slot"
                );
                self.findings.add(Place::Line(line), problem);
            }
        }
        self.tree
    }

    fn characters(&self, text: StrTendril, line: u64) -> TokenSinkResult<T::Handle> {
        match self.raw.get() {
            None => {
                let mut rest = 0;
                for (at, slot) in text.char_indices().filter(|&(_, c)| is_slot(c)) {
                    self.piece(&text, rest, at, line);
                    let marker = StrTendril::from_char(slot);
                    let _ = self.tree.process_token(Token::CommentToken(marker), line);
                    rest = at + slot.len_utf8();
                }
                if rest == 0 {
                    return self.tree.process_token(Token::CharacterTokens(text), line);
                }
                self.piece(&text, rest, text.len(), line);
                TokenSinkResult::Continue
            }
            // A text area or a title: one text, in which slots stay as they are.
            Some(RawKind::Rcdata) => self.tree.process_token(Token::CharacterTokens(text), line),
            Some(_) => {
                for slot in text.chars().filter(|&c| is_slot(c)) {
                    self.findings.add(
                        Place::Slot(slot_index(slot)),
                        "a slot in code or raw text, where nothing can be escaped; hint: put the value into an attribute \
                         such as data-value and read it from there",
                    );
                }
                self.tree.process_token(Token::CharacterTokens(text), line)
            }
        }
    }

    fn piece(&self, text: &StrTendril, from: usize, to: usize, line: u64) {
        if from < to {
            let piece = StrTendril::from(&text[from..to]);
            let _ = self.tree.process_token(Token::CharacterTokens(piece), line);
        }
    }

    fn start(&self, tag: &Tag, line: u64) {
        *self
            .findings
            .started
            .borrow_mut()
            .entry(tag.name.clone())
            .or_default() += 1;
        let foreign = matches!(tag.name, local_name!("svg") | local_name!("math"))
            || self
                .tree
                .adjusted_current_node_present_but_not_in_html_namespace();
        if is_void(&tag.name) && !foreign {
            return;
        }
        if !tag.self_closing {
            self.open.borrow_mut().push((tag.name.clone(), line));
        } else if !foreign {
            let name = &tag.name;
            self.findings.add(
                Place::Line(line),
                format!("HTML ignores the slash of <{name}/>; hint: write <{name}></{name}>"),
            );
        }
    }

    fn end(&self, tag: &Tag, line: u64) {
        let name = &tag.name;
        let mut open = self.open.borrow_mut();
        let Some(at) = open.iter().rposition(|(other, _)| other == name) else {
            let problem =
                format!("</{name}> closes nothing; hint: remove it, or open <{name}> before");
            self.findings.add(Place::Line(line), problem);
            return;
        };
        for (inner, opened) in open.drain(at..).skip(1) {
            if !may_stay_open(&inner) {
                let problem =
                    format!("<{inner}> is still open at </{name}>; hint: close it before");
                self.findings.add(Place::Line(opened), problem);
            }
        }
    }

    fn check_tag(&self, tag: &Tag, line: u64) {
        for slot in tag.name.chars().filter(|&c| is_slot(c)) {
            self.findings
                .add(Place::Slot(slot_index(slot)), super::SLOT_AS_TAG);
        }
        if tag.had_duplicate_attributes {
            self.findings.add(
                Place::Line(line),
                format!("<{}> has an attribute twice; hint: remove one", tag.name),
            );
        }
        for attribute in &tag.attrs {
            let name = &*attribute.name.local;
            for slot in name.chars().filter(|&c| is_slot(c)) {
                self.findings.add(
                    Place::Slot(slot_index(slot)),
                    "a slot in the name of an attribute; hint: name=${value}, or ?name=${condition} for one that is there or not",
                );
            }
            let mut slots = attribute.value.chars().filter(|&c| is_slot(c));
            let Some(slot) = slots.next() else {
                if name.starts_with('?') {
                    self.findings.add(
                        Place::Line(line),
                        format!("{name} without a slot; hint: {name}=${{condition}}, or without the question mark"),
                    );
                }
                continue;
            };
            if let Some(problem) = refused(tag, name, &attribute.value) {
                self.findings.add(Place::Slot(slot_index(slot)), problem);
            }
        }
        let refused = match tag.name {
            local_name!("plaintext") => Some("<plaintext> can never be closed; hint: use <pre>"),
            local_name!("selectedcontent") => {
                Some("browsers fill <selectedcontent> by themselves; hint: leave it out")
            }
            local_name!("template") if has(tag, "shadowrootmode") => Some(
                "a declarative shadow root cannot be patched; hint: attach it in a custom element's code",
            ),
            _ => None,
        };
        if let Some(problem) = refused {
            self.findings.add(Place::Line(line), problem);
        }
    }
}

impl<T: TokenSink> TokenSink for Stage<'_, T> {
    type Handle = T::Handle;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<T::Handle> {
        match token {
            Token::CharacterTokens(text) => self.characters(text, line),
            Token::CommentToken(text) => {
                for slot in text.chars().filter(|&c| is_slot(c)) {
                    self.findings.add(
                        Place::Slot(slot_index(slot)),
                        "a slot in a comment; hint: comment the code out instead, outside of the template",
                    );
                }
                // The author's comments are for authors.
                TokenSinkResult::Continue
            }
            Token::TagToken(tag) => {
                self.check_tag(&tag, line);
                match tag.kind {
                    TagKind::StartTag => self.start(&tag, line),
                    TagKind::EndTag => {
                        self.raw.set(None);
                        self.end(&tag, line);
                    }
                }
                let result = self.tree.process_token(Token::TagToken(tag), line);
                if let TokenSinkResult::RawData(kind) = &result {
                    self.raw.set(Some(*kind));
                }
                result
            }
            other => self.tree.process_token(other, line),
        }
    }

    fn end(&self) {
        self.tree.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.tree
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

fn has(tag: &Tag, attribute: &str) -> bool {
    tag.attrs
        .iter()
        .any(|other| &*other.name.local == attribute)
}

/// Why an attribute may have no slot.
fn refused(tag: &Tag, name: &str, value: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let whole = value.chars().count() == 1;
    Some(match lower.as_str() {
        _ if lower.starts_with("on") => format!(
            "a slot in {name}, which is code; hint: @{}=\"method\" calls a method on the server",
            &lower[2..]
        ),
        "srcdoc" => "a slot in srcdoc, which is a page; hint: serve the page and set src".into(),
        "ts-ignore" => "ts-ignore is there or not; hint: two templates, one with it".into(),
        _ if tag.name == local_name!("script") => {
            format!("a slot in {name} of a <script>; hint: load scripts with import()")
        }
        "content" if has(tag, "http-equiv") => {
            "a slot in a <meta http-equiv>; hint: set the header in the response".into()
        }
        _ if name.starts_with('.') => format!(
            "{name} would set a property; hint: {}=${{…}} sets the attribute, and of form fields the property as well",
            &name[1..]
        ),
        _ if name.starts_with('?') && !whole => {
            format!("{name} has more than one slot; hint: {name}=${{condition}}")
        }
        _ => return None,
    })
}

fn is_void(name: &LocalName) -> bool {
    crate::names::is_void(&html5ever::QualName::new(
        None,
        html5ever::ns!(html),
        name.clone(),
    ))
}

/// Elements whose end tag HTML lets authors leave out.
fn may_stay_open(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("li")
            | local_name!("dt")
            | local_name!("dd")
            | local_name!("p")
            | local_name!("rt")
            | local_name!("rp")
            | local_name!("option")
            | local_name!("optgroup")
            | local_name!("colgroup")
            | local_name!("thead")
            | local_name!("tbody")
            | local_name!("tfoot")
            | local_name!("tr")
            | local_name!("td")
            | local_name!("th")
    )
}
