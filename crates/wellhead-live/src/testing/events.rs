//! DOM events: which attributes they reach, in what order, and what those do.

use super::{
    bindings::{self, Binding},
    document::{At, Document, Place},
    error::Error,
    payload::{self, Happening},
    state::State,
};

/// What an action of the user has come to.
#[derive(Debug, Default)]
pub(super) struct Act {
    /// Numbers of the events that were sent.
    pub(super) events: Vec<u64>,
    /// Whether there was anything that handles what happened, be it an attribute or the browser itself.
    pub(super) is_handled: bool,
}

impl State {
    /// An event happens.
    pub(super) fn dispatch(&mut self, act: &mut Act, event: &mut Happening) -> Result<(), Error> {
        self.note(event);
        let document = self.document();
        let Some(target) = document.at(event.target) else {
            return Ok(());
        };
        self.model(act, target, &event.kind)?;
        let path: Vec<At<'_>> = target.path().filter(|at| at.place().is_some()).collect();
        for is_passive in [false, true] {
            for at in path.iter().rev() {
                let wanted = |binding: &Binding<'_>| {
                    binding.has("capture")
                        && !binding.is_wide()
                        && binding.has("passive") == is_passive
                };
                if self.react(act, *at, event, wanted)? {
                    return Ok(());
                }
            }
        }
        let mut is_stopped = false;
        for is_passive in [false, true] {
            let reached = if event.bubbles {
                &path[..]
            } else {
                path.get(..1).unwrap_or_default()
            };
            for at in reached {
                let wanted = |binding: &Binding<'_>| {
                    !binding.has("capture")
                        && !binding.is_wide()
                        && binding.has("passive") == is_passive
                };
                if self.react(act, *at, event, wanted)? {
                    is_stopped = true;
                    break;
                }
            }
        }
        if event.bubbles {
            self.reach_wide(act, &document, event, false)?;
            if !is_stopped {
                self.reach_wide(act, &document, event, true)?;
            }
        }
        Ok(())
    }

    /// Elements that listen at the document, or at the window.
    fn reach_wide(
        &mut self,
        act: &mut Act,
        document: &Document,
        event: &mut Happening,
        is_window: bool,
    ) -> Result<(), Error> {
        let listening = document.select(|at| {
            at.attributes().any(|(name, _)| {
                Binding::parse(name).is_some_and(|binding| {
                    binding.kind == event.kind
                        && binding.is_wide()
                        && binding.has("window") == is_window
                })
            })
        });
        for at in listening {
            let wanted =
                |binding: &Binding<'_>| binding.is_wide() && binding.has("window") == is_window;
            self.react(act, at, event, wanted)?;
        }
        Ok(())
    }

    /// Does what the attributes of an element say of an event. Returns whether elements around must not know of it.
    fn react(
        &mut self,
        act: &mut Act,
        at: At<'_>,
        event: &mut Happening,
        wanted: impl Fn(&Binding<'_>) -> bool,
    ) -> Result<bool, Error> {
        let mut stops = false;
        for (attribute, value) in at.attributes() {
            let Some(binding) = Binding::parse(attribute) else {
                continue;
            };
            if binding.kind != event.kind || !wanted(&binding) {
                continue;
            }
            // Also if it does nothing this time: a test may want to know that other keys do nothing.
            act.is_handled = true;
            if !self.is_meant(at, attribute, &binding, event) {
                continue;
            }
            let is_dialog = at
                .attribute("method")
                .is_some_and(|method| method.eq_ignore_ascii_case("dialog"));
            if (binding.has("prevent") && !binding.has("passive"))
                || (event.kind == "submit" && at.name() == "form" && !is_dialog)
            {
                event.is_prevented = true;
            }
            self.handle(act, at, value, event)?;
            stops |= binding.has("stop");
        }
        Ok(stops)
    }

    fn is_meant(
        &mut self,
        at: At<'_>,
        attribute: &str,
        binding: &Binding<'_>,
        event: &Happening,
    ) -> bool {
        let Some(place) = at.place() else {
            return false;
        };
        if binding.has("self") && event.target != place {
            return false;
        }
        if binding.keys().next().is_some() {
            let pressed = event.key.as_ref().map(|key| key.key.to_lowercase());
            if !binding.keys().any(|key| Some(key) == pressed.as_deref()) {
                return false;
            }
        }
        let held = event.held.all();
        if held
            .iter()
            .any(|(name, is_held)| binding.has(name) && !is_held)
        {
            return false;
        }
        if binding.has("outside") {
            let target = at.document().at(event.target);
            if target.is_some_and(|target| at.contains(target)) || !at.is_visible() {
                return false;
            }
        }
        !binding.has("once") || self.done.insert((place, attribute.to_owned()))
    }

    /// Sends an event to the component of an element, as the value of an attribute says, or does the commands in it.
    fn handle(
        &mut self,
        act: &mut Act,
        at: At<'_>,
        value: &str,
        event: &Happening,
    ) -> Result<(), Error> {
        let Some(place) = at.place() else {
            return Ok(());
        };
        if value.starts_with('[') {
            return self.command(act, place, value, event);
        }
        let (handler, arguments) = bindings::handler(value).map_err(|problem| Error::Markup {
            element: at.tag(),
            value: value.to_owned(),
            problem,
        })?;
        let payload = payload::of(at, event, arguments);
        self.push(act, at, handler, payload, Some(event.target));
        Ok(())
    }

    /// Sends an event to the component of an element.
    pub(super) fn push(
        &mut self,
        act: &mut Act,
        at: At<'_>,
        handler: &str,
        payload: Option<serde_json::Value>,
        target: Option<Place>,
    ) {
        // Every element is in a component, since a page consists of nothing else here.
        let component = at.component().unwrap_or_default();
        let number = self.event(component, handler, payload.as_ref(), target);
        act.events.push(number);
    }

    /// Notes that the user has been at what an event is about, a field or all of a form, or is not any more.
    fn note(&mut self, event: &Happening) {
        let is_used = match &*event.kind {
            "input" | "change" | "focusout" | "submit" => true,
            "reset" => false,
            _ => return,
        };
        let document = self.document();
        let Some(target) = document.at(event.target) else {
            return;
        };
        let about = if target.name() == "form" {
            target.elements()
        } else {
            vec![target]
        };
        for place in about.into_iter().filter_map(At::place) {
            self.fields.entry(place).or_default().is_used = is_used;
        }
    }

    /// A field with `ts-model` tells the server what it holds, unless the path is in the client's own state.
    fn model(&mut self, act: &mut Act, at: At<'_>, kind: &str) -> Result<(), Error> {
        if !at.is_field() || !matches!(kind, "input" | "change") {
            return Ok(());
        }
        let found = at
            .attributes()
            .find(|(name, _)| *name == "ts-model" || name.starts_with("ts-model."));
        let Some((attribute, path)) = found else {
            return Ok(());
        };
        act.is_handled = true;
        let path = path.trim();
        let is_lazy = attribute.split('.').any(|word| word == "lazy");
        if kind != if is_lazy { "change" } else { "input" } || is_clients(at, path) {
            return Ok(());
        }
        let words: Vec<&str> = attribute.split('.').collect();
        let payload = serde_json::json!({
            "data": { "path": path, "value": held(at, &words) }
        });
        self.push(act, at, "ts-model", Some(payload), at.place());
        Ok(())
    }
}

/// Whether a `ts-state` around has the first name of a path.
fn is_clients(at: At<'_>, path: &str) -> bool {
    let first = path.split('.').next().unwrap_or_default();
    at.path().any(|around| {
        let scope = around
            .attribute("ts-state")
            .and_then(|state| serde_json::from_str::<serde_json::Value>(state).ok());
        scope.is_some_and(|scope| scope.get(first).is_some())
    })
}

/// The value of a field with `ts-model`: whether it is checked, the list of what is chosen, a number, or a text.
fn held(at: At<'_>, words: &[&str]) -> serde_json::Value {
    use serde_json::json;
    let kind = at.field_type();
    match &*kind {
        "checkbox" => json!(at.is_checked()),
        "select-multiple" => {
            let chosen = at.selected_options().into_iter().map(At::value);
            json!(chosen.collect::<Vec<_>>())
        }
        _ => {
            let value = at.value();
            let text = if words.contains(&"trim") {
                value.trim()
            } else {
                &value
            };
            if !words.contains(&"number") && !matches!(&*kind, "number" | "range") {
                return json!(text);
            }
            // What is no number is `NaN`, which JSON writes as `null`; so is nothing.
            let number = serde_json::from_str::<serde_json::Number>(text.trim()).ok();
            number.map_or(serde_json::Value::Null, Into::into)
        }
    }
}
