//! What a user does with fields and forms.

use crate::testing::{
    Error,
    document::{At, Place},
    events::Act,
    payload::Happening,
    state::State,
};

impl State {
    /// A form is submitted, if its fields hold what they may.
    pub(in crate::testing) fn submit(
        &mut self,
        act: &mut Act,
        selector: &str,
        form: At<'_>,
        submitter: Option<At<'_>>,
    ) -> Result<(), Error> {
        let Some(place) = form.place() else {
            return Ok(());
        };
        // What has happened meanwhile may have changed the fields.
        let document = self.document();
        let form = document.at(place).unwrap_or(form);
        let is_unchecked =
            form.has("novalidate") || submitter.is_some_and(|button| button.has("formnovalidate"));
        if !is_unchecked {
            let fields = form.elements().into_iter();
            let mut wrong = fields.filter_map(|field| Some((field, field.problem()?)));
            if let Some((field, problem)) = wrong.next() {
                let problem = format!("does not submit its form: {} {problem}", field.tag());
                let about = submitter.unwrap_or(form);
                return Err(about.unfit(selector, problem));
            }
        }
        let mut submit = Happening::new("submit", place);
        submit.submitter = submitter.and_then(At::place);
        let mut inner = Act::default();
        self.dispatch(&mut inner, &mut submit)?;
        let is_dialog = form
            .attribute("method")
            .is_some_and(|method| method.eq_ignore_ascii_case("dialog"));
        let is_handled = inner.is_handled || is_dialog;
        act.events.append(&mut inner.events);
        if !is_handled {
            let problem = "would be submitted to the server as a page of its own, since nothing handles its submit";
            return Err(form.unfit(selector, problem));
        }
        act.is_handled = true;
        Ok(())
    }

    /// An element gets the focus, if it has not got it.
    pub(in crate::testing) fn focus(&mut self, act: &mut Act, place: Place) -> Result<(), Error> {
        if self.focused == Some(place) {
            return Ok(());
        }
        self.unfocus(act)?;
        self.focused = Some(place);
        let document = self.document();
        if let Some(at) = document.at(place).filter(|at| at.is_text()) {
            let field = self.fields.entry(place).or_default();
            // What the server makes of the attribute changes nothing as long as the user is here.
            field.value = Some(at.value());
            field.before = Some(at.value());
        }
        self.dispatch(act, &mut Happening::new("focus", place))?;
        self.dispatch(act, &mut Happening::new("focusin", place))
    }

    /// Whatever has the focus loses it; a field in which something was entered has changed.
    pub(in crate::testing) fn unfocus(&mut self, act: &mut Act) -> Result<(), Error> {
        let Some(place) = self.focused else {
            return Ok(());
        };
        self.commit(act, place)?;
        self.focused = None;
        self.dispatch(act, &mut Happening::new("blur", place))?;
        self.dispatch(act, &mut Happening::new("focusout", place))
    }

    /// A field that holds something else than when it got the focus says so.
    pub(super) fn commit(&mut self, act: &mut Act, place: Place) -> Result<(), Error> {
        let document = self.document();
        let Some(at) = document.at(place).filter(|at| at.is_text()) else {
            return Ok(());
        };
        let field = self.fields.entry(place).or_default();
        let has_changed = field.is_used
            && field
                .before
                .as_ref()
                .is_some_and(|before| *before != at.value());
        field.before = Some(at.value());
        if has_changed {
            self.dispatch(act, &mut Happening::new("change", place))?;
        }
        Ok(())
    }

    /// Another text in a field, as if it was typed over what was there.
    pub(in crate::testing) fn enter(
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
        if !at.is_text() {
            return Err(at.unfit(selector, "is no field for a text"));
        }
        if at.has("readonly") {
            return Err(at.unfit(selector, "is read-only"));
        }
        let most = at.attribute("maxlength").and_then(|most| most.parse().ok());
        let text: String = text.chars().take(most.unwrap_or(usize::MAX)).collect();
        self.focus(act, place)?;
        self.fields.entry(place).or_default().value = Some(text);
        self.dispatch(act, &mut Happening::new("input", place))
    }

    /// A field gets another value, and is done with: an option of a select, or a text.
    pub(in crate::testing) fn change_value(
        &mut self,
        act: &mut Act,
        selector: &str,
        place: Place,
        values: &[&str],
    ) -> Result<(), Error> {
        let document = self.document();
        let Some(at) = document.at(place) else {
            return Ok(());
        };
        if at.name() == "select" {
            return self.choose(act, selector, place, values);
        }
        self.enter(act, selector, place, values.first().unwrap_or(&""))?;
        self.commit(act, place)
    }

    /// Exactly these options of a select are chosen, by value or by text.
    pub(in crate::testing) fn choose(
        &mut self,
        act: &mut Act,
        selector: &str,
        place: Place,
        values: &[&str],
    ) -> Result<(), Error> {
        let document = self.document();
        let Some(at) = document.at(place) else {
            return Ok(());
        };
        usable(at, selector)?;
        if at.name() != "select" {
            return Err(at.unfit(selector, "is no <select>"));
        }
        if values.len() != 1 && !at.has("multiple") {
            return Err(at.unfit(selector, "takes one option"));
        }
        let options = at.options();
        let mut chosen = Vec::new();
        for value in values {
            let by_value = options.iter().find(|option| option.value() == *value);
            let found = by_value.or_else(|| options.iter().find(|option| option.text() == *value));
            let Some(found) = found else {
                let all: Vec<String> = options
                    .iter()
                    .map(|option| format!("{:?}", option.value()))
                    .collect();
                let problem = format!("has no option {value:?}; it has {}", all.join(", "));
                return Err(at.unfit(selector, problem));
            };
            if found.is_disabled() {
                return Err(at.unfit(
                    selector,
                    format!("has the option {value:?}, which is disabled"),
                ));
            }
            chosen.push(*found);
        }
        self.focus(act, place)?;
        if chosen == at.selected_options() {
            return Ok(());
        }
        for option in options {
            if let Some(place) = option.place() {
                self.fields.entry(place).or_default().selected = Some(chosen.contains(&option));
            }
        }
        self.dispatch(act, &mut Happening::new("input", place))?;
        self.dispatch(act, &mut Happening::new("change", place))
    }

    /// Checks a box or not; nothing happens if it is so already.
    pub(in crate::testing) fn check(
        &mut self,
        act: &mut Act,
        selector: &str,
        place: Place,
        is_checked: bool,
    ) -> Result<(), Error> {
        let document = self.document();
        let Some(at) = document.at(place) else {
            return Ok(());
        };
        if !at.is_box() {
            return Err(at.unfit(selector, "is neither a checkbox nor a radio button"));
        }
        usable(at, selector)?;
        if at.is_checked() == is_checked {
            return Ok(());
        }
        if at.field_type() == "radio" && !is_checked {
            return Err(at.unfit(
                selector,
                "is a radio button, which only another one unchecks",
            ));
        }
        self.click(act, selector, place)
    }

    /// Fields are as they were rendered.
    pub(super) fn reset(&mut self, act: &mut Act, form: At<'_>) -> Result<(), Error> {
        let Some(place) = form.place() else {
            return Ok(());
        };
        let mut reset = Happening::new("reset", place);
        self.dispatch(act, &mut reset)?;
        if reset.is_prevented {
            return Ok(());
        }
        for field in form.elements() {
            for at in field.options().into_iter().chain([field]) {
                if let Some(place) = at.place() {
                    self.fields.remove(&place);
                }
            }
        }
        Ok(())
    }
}

/// Nothing can be done with what is disabled.
pub(super) fn usable(at: At<'_>, selector: &str) -> Result<(), Error> {
    if at.is_disabled() {
        return Err(at.unfit(selector, "is disabled"));
    }
    Ok(())
}
