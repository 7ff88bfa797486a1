//! What an event tells the server, as `packages/client/src/live/payload.ts` says it: nothing but what there is.

use serde_json::{Map, Value, json};

use super::document::{At, Place};

/// A DOM event.
#[derive(Debug, Clone)]
pub(super) struct Happening {
    pub(super) kind: String,
    pub(super) target: Place,
    pub(super) key: Option<Key>,
    pub(super) held: Held,
    pub(super) submitter: Option<Place>,
    /// Of a custom event.
    pub(super) detail: Option<Value>,
    pub(super) is_prevented: bool,
    pub(super) bubbles: bool,
}

/// A key of the keyboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) key: String,
    pub(super) code: String,
}

/// Keys that are held while something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Held {
    alt: bool,
    ctrl: bool,
    meta: bool,
    shift: bool,
}

impl Held {
    pub(super) fn all(self) -> [(&'static str, bool); 4] {
        [
            ("alt", self.alt),
            ("ctrl", self.ctrl),
            ("meta", self.meta),
            ("shift", self.shift),
        ]
    }
}

/// Reads `Enter`, `a` or `Control+Shift+k`.
pub(super) fn keys(text: &str) -> (Key, Held) {
    let mut held = Held::default();
    let mut rest = text;
    while let Some((name, more)) = rest.split_once('+')
        && !more.is_empty()
    {
        match &*name.to_ascii_lowercase() {
            "alt" => held.alt = true,
            "ctrl" | "control" => held.ctrl = true,
            "meta" => held.meta = true,
            "shift" => held.shift = true,
            _ => break,
        }
        rest = more;
    }
    let mut characters = rest.chars();
    let code = match (characters.next(), characters.next()) {
        (Some(letter), None) if letter.is_ascii_alphabetic() => {
            format!("Key{}", letter.to_ascii_uppercase())
        }
        (Some(digit), None) if digit.is_ascii_digit() => format!("Digit{digit}"),
        (Some(' '), None) => "Space".to_owned(),
        _ => rest.to_owned(),
    };
    let key = Key {
        key: rest.to_owned(),
        code,
    };
    (key, held)
}

impl Happening {
    pub(super) fn new(kind: impl Into<String>, target: Place) -> Self {
        let kind = kind.into();
        let bubbles = bubbles(&kind);
        Self {
            kind,
            bubbles,
            target,
            key: None,
            held: Held::default(),
            submitter: None,
            detail: None,
            is_prevented: false,
        }
    }

    fn starts_with(&self, kinds: &[&str]) -> bool {
        kinds.iter().any(|kind| self.kind.starts_with(kind))
    }
}

/// Whether events of this type reach the elements around.
fn bubbles(kind: &str) -> bool {
    !matches!(
        kind,
        "focus"
            | "blur"
            | "mouseenter"
            | "mouseleave"
            | "pointerenter"
            | "pointerleave"
            | "toggle"
            | "scroll"
            | "load"
            | "error"
            | "invalid"
            | "close"
            | "cancel"
            | "viewport-top"
            | "viewport-bottom"
    )
}

/// What a form tells; files go their own way.
pub(super) fn of_form(form: At<'_>, kind: &str, submitter: Option<At<'_>>) -> Map<String, Value> {
    let mut payload = Map::new();
    payload.insert("type".into(), json!(kind));
    payload.insert("form".into(), json!(form.form_data(submitter)));
    let unused = unused(form);
    if !unused.is_empty() {
        payload.insert("unused".into(), json!(unused));
    }
    payload
}

/// Names of a form's fields that the user has not been at.
fn unused<'d>(form: At<'d>) -> Vec<&'d str> {
    let names = |is_used: bool| {
        let fields = form.elements().into_iter();
        let fields = fields.filter(move |field| {
            field.is_field() && !field.is_file() && field.field().is_used == is_used
        });
        fields.filter_map(|field| field.attribute("name").filter(|name| !name.is_empty()))
    };
    let touched: Vec<&str> = names(true).collect();
    let mut found: Vec<&str> = Vec::new();
    for name in names(false) {
        if !touched.contains(&name) && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// What an event says to a handler of an element; `None` if there is nothing to say.
pub(super) fn of(at: At<'_>, event: &Happening, arguments: Vec<Value>) -> Option<Value> {
    let document = at.document();
    let submitter = event.submitter.and_then(|place| document.at(place));
    let is_input = matches!(&*event.kind, "input" | "change" | "submit");
    let is_form = at.name() == "form" && is_input;
    let mut payload = match &*event.kind {
        kind if is_form => of_form(at, kind, submitter),
        "click" => Map::new(),
        kind => Map::from_iter([("type".to_owned(), json!(kind))]),
    };
    if !arguments.is_empty() {
        payload.insert("args".into(), Value::Array(arguments));
    }
    let values: Map<String, Value> = at
        .attributes()
        .filter_map(|(name, value)| Some((name.strip_prefix("ts-value:")?, value)))
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
    if !values.is_empty() {
        payload.insert("values".into(), Value::Object(values));
    }
    let field = if is_form {
        document.at(event.target)
    } else {
        Some(at)
    };
    if let Some(field) = field
        && field.is_field()
        && (is_input || event.starts_with(&["blur", "focus", "key"]))
    {
        if let Some(name) = field.attribute("name").filter(|name| !name.is_empty()) {
            payload.insert("name".into(), json!(name));
        }
        let is_off = field.is_box() && !field.is_checked();
        let value = if is_off { String::new() } else { field.value() };
        payload.insert("value".into(), json!(value));
    }
    if let Some(button) = submitter
        && let Some(name) = button.attribute("name").filter(|name| !name.is_empty())
    {
        payload.insert("submitter".into(), json!([name, button.value()]));
    }
    if let Some(Key { key, code }) = &event.key {
        payload.insert("key".into(), json!(key));
        payload.insert("code".into(), json!(code));
    }
    for (name, is_held) in event.held.all() {
        if is_held {
            payload.insert(name.into(), json!(true));
        }
    }
    let pointers = [
        "mouse",
        "pointer",
        "drag",
        "drop",
        "wheel",
        "dblclick",
        "contextmenu",
    ];
    if event.starts_with(&pointers) {
        payload.insert("x".into(), json!(0));
        payload.insert("y".into(), json!(0));
    }
    if let Some(detail) = &event.detail {
        payload.insert("data".into(), detail.clone());
    }
    (!payload.is_empty()).then_some(Value::Object(payload))
}
