//! What patches do to a page, and what of the user survives them: `packages/client/src/live/fields.ts` has the rules.

use std::sync::Arc;

use wellhead_html::{Dom, DomNodeKind, Markup, Operation as Change};
use wellhead_protocol::Operation;

use super::{
    bindings::Binding,
    document::{At, Document, Place},
    payload,
    state::State,
};

impl State {
    /// Does the operations of a patch.
    pub(super) fn patch(&mut self, operations: &[Operation]) {
        let position = |state: &Self, component: u32| {
            state.roots.iter().position(|root| root.number == component)
        };
        let mut root = position(self, 0);
        let mut touched = Vec::new();
        for operation in operations {
            if let Operation::Component { component } = operation {
                root = position(self, *component);
                continue;
            }
            let Some(root) = root.filter(|&root| !self.is_stale(root)) else {
                continue;
            };
            if let Err(problem) = self.operate(root, operation) {
                self.resync(root, &problem);
            }
            touched.push(root);
        }
        touched.dedup();
        for root in touched {
            self.stick(root);
        }
    }

    fn operate(&mut self, root: usize, operation: &Operation) -> Result<(), String> {
        if !matches!(operation, Operation::Mark { .. }) {
            self.touch(root);
        }
        self.hold_focused();
        if let Operation::SetProperty { node, name, value } = operation {
            let place = self.place_of(root, node.0).ok_or("there is no such node")?;
            let value = serde_json::from_str(value).unwrap_or_default();
            self.set_property(place, name, &value);
            return Ok(());
        }
        let change = change_of(operation)
            .ok_or_else(|| format!("{operation:?} is not known to this browser"))?;
        let dom = Arc::make_mut(&mut self.roots[root].dom);
        dom.apply(change).map_err(|error| error.to_string())?;
        let (node, name) = match operation {
            Operation::SetAttribute { node, name, .. }
            | Operation::RemoveAttribute { node, name } => (node.0, &**name),
            Operation::SetText { node, .. } => (node.0, "value"),
            _ => return Ok(()),
        };
        self.follow(root, node, name);
        Ok(())
    }

    fn place_of(&self, root: usize, number: u32) -> Option<Place> {
        let node = self.roots[root].dom.numbered(number)?;
        Some(Place {
            root,
            id: node.id(),
        })
    }

    /// The field that has the focus keeps what it shows, also if nothing was entered.
    fn hold_focused(&mut self) {
        let Some(place) = self.focused else { return };
        let has_own = |field: &super::fields::Field| field.value.is_some();
        if self.fields.get(&place).is_some_and(has_own) {
            return;
        }
        let document = self.document();
        if let Some(at) = document.at(place).filter(|at| at.is_text()) {
            self.fields.entry(place).or_default().value = Some(at.value());
        }
    }

    /// A property follows its attribute, but for what the user is at.
    fn follow(&mut self, root: usize, number: u32, name: &str) {
        let Some(node) = self.roots[root].dom.numbered(number) else {
            return;
        };
        let DomNodeKind::Element { name: element, .. } = node.kind() else {
            return;
        };
        let place = Place {
            root,
            id: node.id(),
        };
        match (element, name) {
            ("input" | "textarea", "value") if self.focused != Some(place) => {
                self.fields.entry(place).or_default().value = None;
            }
            ("input", "checked") => {
                let is_checked = node.attributes().any(|(name, _)| name == "checked");
                self.set_checked(place, is_checked);
            }
            ("option", "selected") => {
                let is_selected = node.attributes().any(|(name, _)| name == "selected");
                let document = self.document();
                let select = document
                    .at(place)
                    .and_then(|option| option.closest(|around| around.name() == "select"));
                if let Some(select) = select.filter(|select| !select.is_focused()) {
                    self.set_selected(select, place, is_selected);
                }
            }
            _ => {}
        }
    }

    /// What the server insists on, unless the user's change is under way.
    fn set_property(&mut self, place: Place, name: &str, value: &serde_json::Value) {
        let document = self.document();
        let Some(at) = document.at(place) else { return };
        let form = at.form().and_then(At::place);
        let is_under_way = self
            .pending
            .iter()
            .any(|event| event.target == Some(place) || (form.is_some() && event.target == form));
        let text = || match value {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Null => String::new(),
            other => other.to_string(),
        };
        match name {
            "value" | "checked" | "selected" if is_under_way => {}
            "value" if at.name() == "select" => {
                let wanted = text();
                for option in at.options() {
                    if let Some(place) = option.place() {
                        self.fields.entry(place).or_default().selected =
                            Some(option.value() == wanted);
                    }
                }
            }
            "value" if at.is_text() => {
                self.fields.entry(place).or_default().value = Some(text());
            }
            "checked" => self.set_checked(place, value == &serde_json::Value::Bool(true)),
            "selected" => {
                let select = at.closest(|around| around.name() == "select");
                if let Some(select) = select {
                    self.set_selected(select, place, value == &serde_json::Value::Bool(true));
                }
            }
            _ => {}
        }
    }

    /// Checks a box or not; of radio buttons one at most is checked.
    pub(super) fn set_checked(&mut self, place: Place, is_checked: bool) {
        let document = self.document();
        if let Some(at) = document.at(place)
            && is_checked
            && at.field_type() == "radio"
        {
            for other in at.group().into_iter().filter_map(At::place) {
                self.fields.entry(other).or_default().checked = Some(false);
            }
        }
        self.fields.entry(place).or_default().checked = Some(is_checked);
    }

    /// Chooses an option or not; of a select for one, only this is chosen.
    pub(super) fn set_selected(&mut self, select: At<'_>, place: Place, is_selected: bool) {
        if is_selected && !select.has("multiple") {
            for other in select.options().into_iter().filter_map(At::place) {
                self.fields.entry(other).or_default().selected = Some(false);
            }
        }
        self.fields.entry(place).or_default().selected = Some(is_selected);
    }

    /// What the user has done to a component that was rendered anew is put back, where the same elements are found: those with the
    /// same id, or the same kind, name and place among them.
    pub(super) fn carry_over(&mut self, root: usize, before: &Document) {
        let after = self.document();
        let olds = keyed(before, root);
        let news = keyed(&after, root);
        let fields = std::mem::take(&mut self.fields);
        self.fields = fields
            .into_iter()
            .filter_map(|(place, field)| {
                if place.root != root {
                    return Some((place, field));
                }
                let (_, key) = olds.iter().find(|(old, _)| *old == place)?;
                let (new, _) = news.iter().find(|(_, other)| other == key)?;
                let (old, at) = (before.at(place)?, after.at(*new)?);
                let defaults = ["value", "checked", "selected"];
                let is_same = defaults
                    .iter()
                    .all(|name| old.attribute(name) == at.attribute(name));
                (is_same || old.is_focused()).then_some((*new, field))
            })
            .collect();
        let moved = |place: Place| {
            if place.root != root {
                return Some(place);
            }
            let (_, key) = olds.iter().find(|(old, _)| *old == place)?;
            let (new, _) = news.iter().find(|(_, other)| other == key)?;
            Some(*new)
        };
        self.focused = self.focused.and_then(moved);
        self.done = std::mem::take(&mut self.done)
            .into_iter()
            .filter_map(|(place, attribute)| Some((moved(place)?, attribute)))
            .collect();
        self.stuck = std::mem::take(&mut self.stuck)
            .into_iter()
            .filter_map(|(place, stuck)| Some((moved(place)?, stuck)))
            .collect();
    }

    /// Each form in which the user has been tells what was entered.
    pub(super) fn recover_forms(&mut self) {
        let document = self.document();
        let forms = document.select(|at| {
            let is_used = |field: At<'_>| field.field().is_used;
            at.name() == "form" && at.elements().into_iter().any(is_used)
        });
        for form in forms {
            let Some(component) = form.component() else {
                continue;
            };
            for (name, value) in form.attributes() {
                let Some(binding) = Binding::parse(name) else {
                    continue;
                };
                if !matches!(binding.kind, "input" | "change") || value.starts_with('[') {
                    continue;
                }
                let Ok((handler, arguments)) = super::bindings::handler(value) else {
                    continue;
                };
                let mut payload = payload::of_form(form, binding.kind, None);
                if !arguments.is_empty() {
                    payload.insert("args".into(), arguments.into());
                }
                payload.insert("recover".into(), true.into());
                self.event(component, handler, Some(&payload.into()), None);
            }
        }
    }
}

/// The elements of a component, by what tells them from others in two renders.
fn keyed(document: &Document, root: usize) -> Vec<(Place, String)> {
    let mut counts = std::collections::HashMap::new();
    let elements = document.select(|at| at.place().is_some_and(|place| place.root == root));
    elements
        .into_iter()
        .filter_map(|at| {
            let about = ["id", "name", "type"].map(|name| at.attribute(name).unwrap_or_default());
            let kind = format!("{} {about:?}", at.name());
            let count = counts.entry(kind.clone()).or_insert(0);
            *count += 1;
            Some((at.place()?, format!("{kind} {count}")))
        })
        .collect()
}

fn change_of(operation: &Operation) -> Option<Change<'_>> {
    Some(match operation {
        Operation::SetText { node, text } => Change::SetText { node: node.0, text },
        Operation::SpliceText {
            node,
            at,
            remove,
            text,
        } => Change::SpliceText {
            node: node.0,
            at: *at,
            remove: *remove,
            text,
        },
        Operation::SetAttribute { node, name, value } => Change::SetAttribute {
            node: node.0,
            name,
            value,
        },
        Operation::RemoveAttribute { node, name } => Change::RemoveAttribute { node: node.0, name },
        Operation::InsertBefore { node, html } => Change::InsertBefore {
            node: node.0,
            markup: Markup::from_html(&html.0),
        },
        Operation::InsertEnd { node, html } => Change::InsertEnd {
            parent: node.0,
            markup: Markup::from_html(&html.0),
        },
        Operation::Remove { node, count } => Change::Remove {
            node: node.0,
            count: *count,
        },
        Operation::MoveBefore {
            node,
            count,
            before,
        } => Change::MoveBefore {
            node: node.0,
            count: *count,
            before: before.0,
        },
        Operation::MoveEnd {
            node,
            count,
            parent,
        } => Change::MoveEnd {
            node: node.0,
            count: *count,
            parent: parent.0,
        },
        Operation::Replace { node, count, html } => Change::Replace {
            node: node.0,
            count: *count,
            markup: Markup::from_html(&html.0),
        },
        Operation::Renumber { node, count } => Change::Renumber {
            node: node.0,
            count: *count,
        },
        Operation::Mark {
            node,
            count,
            component,
        } => Change::Mark {
            node: node.0,
            count: *count,
            component: *component,
        },
        _ => return None,
    })
}

/// Sets an attribute of a node, or takes it away.
pub(super) fn set_attribute(dom: &mut Dom, number: u32, name: &str, value: Option<&str>) {
    let change = match value {
        Some(value) => Change::SetAttribute {
            node: number,
            name,
            value,
        },
        None => Change::RemoveAttribute { node: number, name },
    };
    // The node is there; of a name that scripts may not set, the browser would only complain.
    let _ = dom.apply(change);
}
