//! What fields of forms hold, by the rules of [HTML, 4.10](https://html.spec.whatwg.org/multipage/forms.html): attributes are what they
//! begin with, and what the user has entered takes their place.

use super::document::At;

/// What the user has done with a field or an option, beside its attributes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) value: Option<String>,
    pub(super) checked: Option<bool>,
    pub(super) selected: Option<bool>,
    /// The user has been at it.
    pub(super) is_used: bool,
    /// Its value when it got the focus, or when it last said `change`.
    pub(super) before: Option<String>,
}

/// Types of `<input>` whose value is the attribute, whatever the user does.
const WITHOUT_VALUE: [&str; 8] = [
    "checkbox", "radio", "button", "submit", "reset", "image", "hidden", "file",
];

impl<'d> At<'d> {
    pub(super) fn is_field(self) -> bool {
        self.is(&["input", "select", "textarea"])
    }

    /// The type of a field or button, in lower case.
    pub(super) fn field_type(self) -> String {
        let own = self.attribute("type").unwrap_or_default();
        match self.name() {
            "input" if own.is_empty() => "text".to_owned(),
            "button" if own.is_empty() => "submit".to_owned(),
            "textarea" => "textarea".to_owned(),
            "select" if self.has("multiple") => "select-multiple".to_owned(),
            "select" => "select-one".to_owned(),
            _ => own.to_ascii_lowercase(),
        }
    }

    fn is_input(self, types: &[&str]) -> bool {
        self.name() == "input" && types.contains(&&*self.field_type())
    }

    /// Whether it is a checkbox or a radio button.
    pub(super) fn is_box(self) -> bool {
        self.is_input(&["checkbox", "radio"])
    }

    /// Whether it has a text that users enter, or a value that they choose.
    pub(super) fn is_text(self) -> bool {
        self.name() == "textarea" || (self.name() == "input" && !self.is_input(&WITHOUT_VALUE))
    }

    pub(super) fn is_submit(self) -> bool {
        self.is(&["button", "input"]) && matches!(&*self.field_type(), "submit" | "image")
    }

    pub(super) fn is_file(self) -> bool {
        self.is_input(&["file"])
    }

    /// The property `value`.
    pub(super) fn value(self) -> String {
        let attribute = self.attribute("value");
        match self.name() {
            "textarea" => {
                let entered = self.field().value.clone();
                entered.unwrap_or_else(|| self.content())
            }
            "select" => {
                let chosen = self.selected_options();
                chosen
                    .first()
                    .map(|option| option.value())
                    .unwrap_or_default()
            }
            "option" => attribute.map_or_else(|| self.text(), ToOwned::to_owned),
            "input" if self.is_box() => attribute.unwrap_or("on").to_owned(),
            "input" if self.is_file() => self.field().value.clone().unwrap_or_default(),
            "input" if self.is_text() => {
                let entered = self.field().value.clone();
                entered.unwrap_or_else(|| attribute.unwrap_or_default().to_owned())
            }
            _ => attribute.unwrap_or_default().to_owned(),
        }
    }

    pub(super) fn is_checked(self) -> bool {
        self.is_box() && self.field().checked.unwrap_or(self.has("checked"))
    }

    /// Whether it is an option that is chosen.
    pub(super) fn is_selected(self) -> bool {
        self.name() == "option"
            && self
                .closest(|around| around.name() == "select")
                .is_some_and(|select| select.selected_options().contains(&self))
    }

    pub(super) fn options(self) -> Vec<At<'d>> {
        let mut inner = self.inner();
        inner.retain(|at| at.name() == "option");
        inner
    }

    /// The options of a select that are chosen.
    pub(super) fn selected_options(self) -> Vec<At<'d>> {
        let options = self.options();
        let mut chosen = options
            .iter()
            .copied()
            .filter(|option| option.field().selected.unwrap_or(option.has("selected")));
        if self.has("multiple") {
            return chosen.collect();
        }
        let first = || options.iter().copied().find(|option| !option.is_disabled());
        chosen.next_back().or_else(first).into_iter().collect()
    }

    /// Whether it, or what it belongs to, is disabled.
    pub(super) fn is_disabled(self) -> bool {
        let own = self.is(&[
            "button", "input", "select", "textarea", "fieldset", "option", "optgroup",
        ]) && self.has("disabled");
        if own {
            return true;
        }
        if self.name() == "option" {
            let group = self.parent().filter(|at| at.name() == "optgroup");
            return group.is_some_and(|group| group.has("disabled"));
        }
        let can_be = self.is(&["button", "input", "select", "textarea", "fieldset"]);
        can_be
            && self.path().skip(1).any(|around| {
                around.name() == "fieldset" && around.has("disabled") && {
                    let mut children = around.children();
                    let legend = children.find(|child| child.name() == "legend");
                    !legend.is_some_and(|legend| legend.contains(self))
                }
            })
    }

    /// The form that it belongs to.
    pub(super) fn form(self) -> Option<At<'d>> {
        let owns = self.is(&[
            "button", "fieldset", "input", "object", "output", "select", "textarea",
        ]);
        match self.attribute("form") {
            Some(id) if owns => {
                let body = self.document().body();
                let mut all = body.inner().into_iter();
                all.find(|at| at.name() == "form" && at.attribute("id") == Some(id))
            }
            _ => self.closest(|around| around.name() == "form"),
        }
    }

    /// The fields and buttons of a form, in document order.
    pub(super) fn elements(self) -> Vec<At<'d>> {
        let mut all = self.document().body().inner();
        all.retain(|at| {
            at.is(&["button", "input", "select", "textarea"]) && at.form() == Some(self)
        });
        all
    }

    /// What a form would send, without files: [constructing the entry
    /// list](https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#constructing-the-form-data-set).
    pub(super) fn form_data(self, submitter: Option<At<'d>>) -> Vec<(String, String)> {
        let mut data = Vec::new();
        for field in self.elements() {
            let name = field.attribute("name").unwrap_or_default();
            let is_button = matches!(
                &*field.field_type(),
                "submit" | "button" | "reset" | "image"
            );
            let is_in_list = field
                .closest(|around| around.name() == "datalist")
                .is_some();
            if name.is_empty()
                || field.is_disabled()
                || is_in_list
                || (is_button && submitter != Some(field))
                || (field.is_box() && !field.is_checked())
                || field.is_file()
            {
                continue;
            }
            if field.name() == "select" {
                let chosen = field.selected_options().into_iter();
                let chosen = chosen.filter(|option| !option.is_disabled());
                data.extend(chosen.map(|option| (name.to_owned(), option.value())));
            } else {
                data.push((name.to_owned(), field.value()));
            }
        }
        data
    }

    /// The radio buttons of which only one can be checked, this one included.
    pub(super) fn group(self) -> Vec<At<'d>> {
        let name = self.attribute("name").unwrap_or_default();
        let mut all = self.document().body().inner();
        all.retain(|at| {
            *at == self
                || (at.is_input(&["radio"])
                    && !name.is_empty()
                    && at.attribute("name") == Some(name)
                    && at.form() == self.form())
        });
        all
    }

    /// Why a browser would not submit a form with this field. Patterns, steps and addresses are not looked at.
    pub(super) fn problem(self) -> Option<String> {
        if self.is_disabled() || self.has("readonly") || !self.is_field() {
            return None;
        }
        let kind = self.field_type();
        if matches!(&*kind, "hidden" | "button" | "submit" | "reset" | "image") {
            return None;
        }
        let value = self.value();
        let is_empty = match &*kind {
            "checkbox" => !self.is_checked(),
            "radio" => !self.group().iter().any(|radio| radio.is_checked()),
            // Its files were sent already, or are none of the form.
            "file" => false,
            _ => value.is_empty(),
        };
        if is_empty {
            return self
                .has("required")
                .then(|| "is required and empty".to_owned());
        }
        let number = |name: &str| self.attribute(name)?.parse::<f64>().ok();
        let length = value.encode_utf16().count();
        let is_entered = self.field().value.is_some();
        match &*kind {
            "email" if !is_email(&value) => Some(format!("is no e-mail address: {value:?}")),
            "number" | "range" => {
                let entered: f64 = value.parse().ok()?;
                let least = number("min").filter(|least| entered < *least);
                let most = number("max").filter(|most| entered > *most);
                least
                    .map(|least| format!("is less than {least}"))
                    .or(most.map(|most| format!("is more than {most}")))
            }
            _ => {
                let least = self.attribute("minlength")?.parse::<usize>().ok()?;
                (is_entered && length < least).then(|| format!("is shorter than {least}"))
            }
        }
    }
}

fn is_email(value: &str) -> bool {
    value.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !host.contains('@') && !value.contains(' ')
    })
}
