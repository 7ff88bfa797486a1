//! Client commands, `[["toggle", { "to": "#menu" }], …]`: those that tests can see are done, transitions and client state are not.

use std::sync::Arc;

use serde_json::Value;

use super::{
    changes::set_attribute,
    document::{At, Document, Place},
    error::Error,
    events::Act,
    payload::Happening,
    state::State,
};

/// What commands have changed of an element, and change again when a patch has changed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stuck {
    Attribute(String, Option<String>),
    Class(String, bool),
    Display(String),
}

impl Stuck {
    /// Whether a later change takes the place of this one.
    fn is_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Attribute(name, _), Self::Attribute(other, _)) => name == other,
            (Self::Class(name, _), Self::Class(other, _)) => name == other,
            (Self::Display(_), Self::Display(_)) => true,
            _ => false,
        }
    }
}

const FOCUSABLE: &str =
    "a[href],button,input,select,textarea,summary,iframe,[tabindex],[contenteditable]";

impl State {
    /// Does the commands of an attribute.
    pub(super) fn command(
        &mut self,
        act: &mut Act,
        source: Place,
        value: &str,
        cause: &Happening,
    ) -> Result<(), Error> {
        let document = self.document();
        let Some(at) = document.at(source) else {
            return Ok(());
        };
        let wrong = |problem: String| Error::Markup {
            element: at.tag(),
            value: value.to_owned(),
            problem,
        };
        let list: Vec<Vec<Value>> = serde_json::from_str(value)
            .map_err(|error| wrong(format!("it is no list of client commands: {error}")))?;
        for command in list {
            let name = command.first().and_then(Value::as_str).unwrap_or_default();
            let options = command.get(1).unwrap_or(&Value::Null);
            // What one command has changed the next may ask for.
            let document = self.document();
            let Some(at) = document.at(source) else {
                return Ok(());
            };
            for target in targets(&document, at, &options["to"])? {
                let is_known = self.run(act, target, name, options, cause)?;
                if !is_known {
                    return Err(wrong(format!("there is no client command {name:?}")));
                }
            }
        }
        Ok(())
    }

    /// Does one command. Returns whether there is such.
    fn run(
        &mut self,
        act: &mut Act,
        at: At<'_>,
        name: &str,
        options: &Value,
        cause: &Happening,
    ) -> Result<bool, Error> {
        let Some(place) = at.place() else {
            return Ok(true);
        };
        let text = |key: &str| options[key].as_str().unwrap_or_default().to_owned();
        let is_shown = at
            .attribute("style")
            .is_none_or(|style| !style.replace(' ', "").contains("display:none"))
            && !at.has("hidden");
        match name {
            "show" | "toggle" if !is_shown => {
                let display = options["display"].as_str();
                let display = display.or(at.has("hidden").then_some("block"));
                self.change(place, Stuck::Display(display.unwrap_or_default().into()));
            }
            "hide" | "toggle" if is_shown => self.change(place, Stuck::Display("none".into())),
            "addClass" | "removeClass" | "toggleClass" => {
                let names = options["names"].as_array();
                for class in names.into_iter().flatten().filter_map(Value::as_str) {
                    let own = at.attribute("class").unwrap_or_default();
                    let has = own.split_ascii_whitespace().any(|other| other == class);
                    let wanted = name == "addClass" || (name == "toggleClass" && !has);
                    self.change(place, Stuck::Class(class.to_owned(), wanted));
                }
            }
            "setAttribute" => {
                let value = match &options["value"] {
                    Value::String(value) => value.clone(),
                    other => other.to_string(),
                };
                self.change(place, Stuck::Attribute(text("name"), Some(value)));
            }
            "removeAttribute" => self.change(place, Stuck::Attribute(text("name"), None)),
            "toggleAttribute" => {
                let value = text("value");
                let other = options["other"].as_str().map(ToOwned::to_owned);
                let has = at.attribute(&text("name")) == Some(&*value);
                let next = if has { other } else { Some(value) };
                self.change(place, Stuck::Attribute(text("name"), next));
            }
            "focus" => self.focus(act, place)?,
            "focusFirst" => {
                let inside: Vec<At<'_>> = at.document().all(FOCUSABLE)?;
                let first = inside.into_iter().find(|inner| {
                    *inner != at
                        && at.contains(*inner)
                        && inner.is_visible()
                        && !inner.is_disabled()
                });
                if let Some(first) = first.and_then(At::place) {
                    self.focus(act, first)?;
                }
            }
            "push" => {
                let data = options.get("data");
                let payload = data.map(|data| serde_json::json!({ "data": data }));
                self.push(act, at, &text("event"), payload, Some(cause.target));
            }
            "dispatch" => {
                let mut event = Happening::new(text("name"), place);
                event.detail = options.get("detail").cloned();
                event.bubbles = options["bubbles"] != false;
                self.dispatch(act, &mut event)?;
            }
            "exec" => {
                if let Some(value) = at.attribute(&text("attribute")) {
                    self.command(act, place, value, cause)?;
                }
            }
            "patch" => self.go_to(&text("url"), true),
            "navigate" => self.go_to(&text("url"), false),
            "show" | "hide" | "toggle" | "transition" | "pushFocus" | "popFocus" | "set" => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn change(&mut self, place: Place, stuck: Stuck) {
        self.stuck
            .retain(|(other, old)| *other != place || !old.is_of(&stuck));
        self.stuck.push((place, stuck));
        self.stick(place.root);
    }

    /// What commands have changed is as they left it, also after a patch.
    pub(super) fn stick(&mut self, root: usize) {
        if self.stuck.is_empty() {
            return;
        }
        let document = self.document();
        let stuck = std::mem::take(&mut self.stuck);
        let mut changed = std::collections::HashMap::new();
        for (place, change) in &stuck {
            let Some(at) = document.at(*place).filter(|_| place.root == root) else {
                continue;
            };
            let mut current = |name: &str| -> String {
                let own = at.attribute(name).unwrap_or_default();
                let value = changed.entry((*place, name.to_owned()));
                let value: &mut Option<String> = value.or_insert_with(|| Some(own.to_owned()));
                value.clone().unwrap_or_default()
            };
            let (name, value) = match change {
                Stuck::Attribute(name, value) => (name.clone(), value.clone()),
                Stuck::Class(class, wanted) => {
                    let own = current("class");
                    let others = own.split_ascii_whitespace().filter(|other| other != class);
                    let own = wanted.then_some(&**class);
                    let all: Vec<&str> = others.chain(own).collect();
                    ("class".to_owned(), Some(all.join(" ")))
                }
                Stuck::Display(display) => {
                    let own = current("style");
                    let mut styles: Vec<String> = own
                        .split(';')
                        .map(str::trim)
                        .filter(|style| !style.is_empty() && !style.starts_with("display"))
                        .map(ToOwned::to_owned)
                        .collect();
                    if !display.is_empty() {
                        styles.push(format!("display: {display}"));
                    }
                    let style = styles.join("; ");
                    ("style".to_owned(), (!style.is_empty()).then_some(style))
                }
            };
            changed.insert((*place, name), value);
        }
        let dom = Arc::make_mut(&mut self.roots[root].dom);
        for ((place, name), value) in &changed {
            let own = document.at(*place).and_then(|at| at.attribute(name));
            if own != value.as_deref()
                && let Some(number) = number_of(dom, place.id)
            {
                set_attribute(dom, number, name, value.as_deref());
            }
        }
        self.stuck = stuck;
        // Those of elements that are gone are of no use.
        self.stuck
            .retain(|(place, _)| place.root != root || document.at(*place).is_some());
    }
}

fn number_of(dom: &wellhead_html::Dom, id: usize) -> Option<u32> {
    let mut open = vec![dom.container()];
    while let Some(node) = open.pop() {
        if node.id() == id {
            return node.number();
        }
        open.extend(node.children());
    }
    None
}

/// The elements that a command is about.
fn targets<'d>(document: &'d Document, at: At<'d>, to: &Value) -> Result<Vec<At<'d>>, Error> {
    if let Some(selector) = to.as_str() {
        return document.all(selector);
    }
    if let Some(selector) = to["inner"].as_str() {
        let mut found = document.all(selector)?;
        found.retain(|inner| *inner != at && at.contains(*inner));
        return Ok(found);
    }
    if let Some(selector) = to["closest"].as_str() {
        let found = document.all(selector)?;
        return Ok(at
            .closest(|around| found.contains(around))
            .into_iter()
            .collect());
    }
    Ok(vec![at])
}
