//! Attributes that handle events, as `packages/client/src/live/bindings.ts` reads them: `@EVENT.modifiers` or `ts-on:EVENT.modifiers`.

use serde_json::Value;

/// What an attribute's name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binding<'a> {
    pub(super) kind: &'a str,
    words: Vec<&'a str>,
}

const MODIFIERS: [&str; 15] = [
    "prevent", "stop", "once", "self", "outside", "window", "document", "capture", "passive",
    "debounce", "throttle", "alt", "ctrl", "meta", "shift",
];

/// Whether an attribute handles events.
pub(super) fn is_one(attribute: &str) -> bool {
    Binding::parse(attribute).is_some()
}

impl<'a> Binding<'a> {
    pub(super) fn parse(attribute: &'a str) -> Option<Self> {
        let name = attribute
            .strip_prefix('@')
            .or_else(|| attribute.strip_prefix("ts-on:"))?;
        Self::of_words(name)
    }

    /// What comes before the first dot is the type.
    pub(super) fn of_words(name: &'a str) -> Option<Self> {
        let mut words = name.split('.');
        let kind = words.next().filter(|kind| !kind.is_empty())?;
        Some(Self {
            kind,
            words: words.collect(),
        })
    }

    pub(super) fn has(&self, modifier: &str) -> bool {
        self.words.contains(&modifier)
    }

    /// Whether it listens at the document or the window.
    pub(super) fn is_wide(&self) -> bool {
        self.has("window") || self.has("document") || self.has("outside")
    }

    /// The keys that it is about; none if it is about all.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        let is_modifier = |word: &str| {
            let name = word.split('-').next().unwrap_or_default();
            MODIFIERS.contains(&name)
        };
        self.words
            .iter()
            .filter(move |word| !is_modifier(word))
            .map(|word| match *word {
                "esc" => "escape",
                "space" => " ",
                "up" => "arrowup",
                "down" => "arrowdown",
                "left" => "arrowleft",
                "right" => "arrowright",
                "del" => "delete",
                "dot" => ".",
                other => other,
            })
    }
}

/// A handler in the markup: a name, perhaps with a JSON list of arguments.
pub(super) fn handler(value: &str) -> Result<(&str, Vec<Value>), String> {
    let value = value.trim();
    let (name, rest) = value.split_at(value.find('(').unwrap_or(value.len()));
    let name = name.trim_end();
    if name.is_empty() || name.contains(char::is_whitespace) {
        return Err("it names no handler".to_owned());
    }
    if rest.is_empty() {
        return Ok((name, Vec::new()));
    }
    let inner = rest
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .ok_or("its bracket is not closed")?;
    if inner.is_empty() {
        return Ok((name, Vec::new()));
    }
    serde_json::from_str(inner)
        .map(|arguments| (name, arguments))
        .map_err(|error| format!("its arguments are no JSON list: {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn attributes_name_events_modifiers_and_keys() {
        let binding = Binding::parse("@keydown.ctrl.esc.k.debounce-300").unwrap();
        assert_eq!(binding.kind, "keydown");
        assert!(binding.has("ctrl"));
        assert_eq!(binding.keys().collect::<Vec<_>>(), ["escape", "k"]);
        assert_eq!(Binding::parse("ts-on:click").unwrap().kind, "click");
        assert_eq!(Binding::parse("ts-once"), None);
        assert_eq!(Binding::parse("@"), None);
    }

    #[test]
    fn handlers_are_names_with_arguments() {
        assert_eq!(handler(" save "), Ok(("save", vec![])));
        assert_eq!(handler("save()"), Ok(("save", vec![])));
        assert_eq!(
            handler(r#"^save([1,")"])"#),
            Ok(("^save", vec![json!(1), json!(")")]))
        );
        for wrong in ["", "(1)", "a b", "save([1]", "save(1)"] {
            assert!(handler(wrong).is_err(), "{wrong}");
        }
    }
}
