//! What a user does, and what browsers do of themselves then: focus, boxes, labels, links, forms.

mod entering;

use std::sync::Arc;

use self::entering::usable;
use super::{
    address,
    document::{At, Place},
    error::Error,
    events::Act,
    payload::{self, Happening},
    state::State,
};

impl State {
    /// A click, with what it sets off. `selector` is for errors.
    pub(super) fn click(
        &mut self,
        act: &mut Act,
        selector: &str,
        place: Place,
    ) -> Result<(), Error> {
        let document = self.document();
        let Some(at) = document.at(place) else {
            return Ok(());
        };
        if let Some(disabled) = at.path().find(|around| around.is_disabled()) {
            let problem = if disabled == at {
                "is disabled".to_owned()
            } else {
                format!("is in {}, which is disabled", disabled.tag())
            };
            return Err(at.unfit(selector, problem));
        }
        let focusable = at.closest(|around| {
            around.is(&["input", "select", "textarea", "button", "summary"])
                || (around.name() == "a" && around.has("href"))
                || around.has("tabindex")
                || around.has("contenteditable")
        });
        match focusable.and_then(At::place) {
            Some(place) => self.focus(act, place)?,
            None => self.unfocus(act)?,
        }
        self.activate(act, selector, place)
    }

    /// The event `click`, and what browsers do then.
    fn activate(&mut self, act: &mut Act, selector: &str, place: Place) -> Result<(), Error> {
        let document = self.document();
        let Some(at) = document.at(place) else {
            return Ok(());
        };
        let active = at.closest(|around| {
            (around.name() == "a" && around.has("href"))
                || around.is(&["button", "input", "label", "summary", "select", "textarea"])
        });
        let turned = active.filter(|active| {
            active.is_box() && !(active.field_type() == "radio" && active.is_checked())
        });
        // Of a radio button the others in its group change with it.
        let before = self.fields.clone();
        if let Some(active) = turned
            && let Some(place) = active.place()
        {
            self.set_checked(place, !active.is_checked());
        }
        let mut click = Happening::new("click", place);
        self.dispatch(act, &mut click)?;
        if click.is_prevented {
            if turned.is_some() {
                self.fields = before;
            }
            return Ok(());
        }
        let Some((active, place)) = active.and_then(|active| Some((active, active.place()?)))
        else {
            return Ok(());
        };
        if active.is_box() {
            act.is_handled = true;
            if turned.is_some() {
                self.dispatch(act, &mut Happening::new("input", place))?;
                self.dispatch(act, &mut Happening::new("change", place))?;
            }
        } else if active.is_submit() {
            if let Some(form) = active.form() {
                act.is_handled = true;
                return self.submit(act, selector, form, Some(active));
            }
        } else if active.is(&["button", "input"]) && active.field_type() == "reset" {
            if let Some(form) = active.form() {
                act.is_handled = true;
                self.reset(act, form)?;
            }
        } else if active.name() == "a" {
            act.is_handled = true;
            self.follow_link(active);
        } else if active.name() == "label" {
            let labelled = labelled(active);
            if let Some(control) = labelled.filter(|control| !control.contains(at)) {
                act.is_handled = true;
                if let Some(place) = control.place().filter(|_| !control.is_disabled()) {
                    self.focus(act, place)?;
                    return self.activate(act, selector, place);
                }
            }
        } else if active.name() == "summary" {
            let details = active.parent().filter(|around| around.name() == "details");
            if let Some((details, place)) = details.and_then(|at| Some((at, at.place()?))) {
                act.is_handled = true;
                self.turn(details, place);
                self.dispatch(act, &mut Happening::new("toggle", place))?;
            }
        }
        Ok(())
    }

    fn turn(&mut self, details: At<'_>, place: Place) {
        let dom = Arc::make_mut(&mut self.roots[place.root].dom);
        let mut open = vec![dom.container()];
        let mut number = None;
        while let Some(node) = open.pop() {
            if node.id() == place.id {
                number = node.number();
            }
            open.extend(node.children());
        }
        if let Some(number) = number {
            let value = (!details.has("open")).then_some("");
            super::changes::set_attribute(dom, number, "open", value);
        }
    }

    fn follow_link(&mut self, link: At<'_>) {
        let href = link.attribute("href").unwrap_or_default();
        if link.has("ts-patch") {
            return self.go_to(href, true);
        }
        let url = address::resolve(&self.url, href);
        let is_place = href.contains('#') && address::page_of(&url) == address::page_of(&self.url);
        if is_place && !link.has("ts-navigate") {
            self.url = url;
        } else {
            self.redirected = Some(url);
        }
    }

    /// Goes where a link or a command says.
    pub(super) fn go_to(&mut self, href: &str, is_patch: bool) {
        let url = address::resolve(&self.url, href);
        let message = wellhead_protocol::Up::Navigate {
            kind: wellhead_protocol::Travel::Patch,
            url: url.clone(),
        };
        if is_patch && address::is_same_origin(&self.url, &url) && self.say(&message) {
            self.url = url;
        } else {
            self.redirected = Some(url);
        }
    }

    /// A key goes down and up again where the focus then is.
    pub(super) fn key(
        &mut self,
        act: &mut Act,
        selector: &str,
        place: Place,
        text: &str,
    ) -> Result<(), Error> {
        let document = self.document();
        let Some(at) = document.at(place) else {
            return Ok(());
        };
        usable(at, selector)?;
        if at.is_field() || at.is(&["button", "a"]) || at.has("tabindex") {
            self.focus(act, place)?;
        }
        let (key, held) = payload::keys(text);
        let is_enter = key.key == "Enter";
        let mut down = Happening::new("keydown", place);
        (down.key, down.held) = (Some(key.clone()), held);
        self.dispatch(act, &mut down)?;
        if is_enter && !down.is_prevented {
            self.press_enter(act, selector, place)?;
        }
        let mut up = Happening::new("keyup", place);
        (up.key, up.held) = (Some(key), held);
        self.dispatch(act, &mut up)
    }

    /// What browsers do of themselves: the key submits the form of a field, and clicks buttons and links.
    fn press_enter(&mut self, act: &mut Act, selector: &str, place: Place) -> Result<(), Error> {
        let document = self.document();
        let Some(at) = document.at(place) else {
            return Ok(());
        };
        if at.name() == "button" || (at.name() == "a" && at.has("href")) {
            return self.activate(act, selector, place);
        }
        let Some(form) = at.form().filter(|_| at.name() == "input" && at.is_text()) else {
            return Ok(());
        };
        self.commit(act, place)?;
        let elements = form.elements();
        let default = elements.iter().find(|element| element.is_submit());
        match default {
            Some(button) if button.is_disabled() => Ok(()),
            Some(button) => {
                act.is_handled = true;
                let Some(button) = button.place() else {
                    return Ok(());
                };
                self.activate(act, selector, button)
            }
            None => {
                let texts = elements.iter();
                let texts = texts.filter(|field| field.name() == "input" && field.is_text());
                if texts.count() > 1 {
                    return Ok(());
                }
                self.submit(act, selector, form, None)
            }
        }
    }
}

/// What a label is of.
fn labelled(label: At<'_>) -> Option<At<'_>> {
    let can_be = |at: &At<'_>| {
        at.is(&["button", "input", "select", "textarea"]) && at.field_type() != "hidden"
    };
    let inner = match label.attribute("for") {
        Some(id) => {
            let all = label.document().body().inner();
            all.into_iter().find(|at| at.attribute("id") == Some(id))
        }
        None => label.inner().into_iter().find(can_be),
    };
    inner.filter(can_be)
}
