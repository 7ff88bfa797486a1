//! Languages of styles that the compiler would read as CSS.

use std::ops::Range;

use crate::Diagnostic;

/// What is CSS, or a superset that plain CSS stands for.
const CSS: [&str; 3] = ["css", "postcss", "pcss"];

/// What to do about a style sheet in another language.
pub(crate) fn help(language: &str) -> String {
    let write = "CSS itself has nesting, custom properties and color-mix()";
    match language {
        "scss" | "sass" => format!(
            "{write}; or compile it beforehand, `npx sass in.{language} out.css`, and import the .css file"
        ),
        "less" => {
            format!(
                "{write}; or compile it beforehand, `npx lessc in.less out.css`, and import the .css file"
            )
        }
        _ => format!("{write}; or compile it beforehand and import the .css file"),
    }
}

/// A problem where a component's style has a language of its own.
pub(super) fn check(shown: &str, source: &str) -> Option<Diagnostic> {
    let (language, range) = style_language(source)?;
    Some(
        Diagnostic::error(
            "unsupported_style",
            format!("styles in {language} are not compiled, only CSS is"),
        )
        .at(shown, source, range)
        .with_help(help(language)),
    )
}

fn style_language(source: &str) -> Option<(&str, Range<usize>)> {
    source.match_indices("<style").find_map(|(at, _)| {
        let tag = &source[at..at + source[at..].find('>')?];
        let found = tag.find("lang=")?;
        let value = tag[found + "lang=".len()..].trim_start_matches(['"', '\'']);
        let end = value
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '/'))
            .unwrap_or(value.len());
        let language = value[..end].trim_start_matches("text/");
        let from = at + found;
        let length = tag.len() - found - value.len() + end;
        (!CSS.contains(&language)).then_some((language, from..from + length))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_languages_than_css_are_found() {
        let found = |source| style_language(source).map(|(language, at)| (language, &source[at]));
        assert_eq!(
            found("<p/>\n<style global lang=\"scss\">"),
            Some(("scss", "lang=\"scss"))
        );
        assert_eq!(
            found("<style lang='text/less'>"),
            Some(("less", "lang='text/less"))
        );
        assert_eq!(found("<style lang=postcss>"), None);
        assert_eq!(found("<style>a { color: red }</style> lang=scss"), None);
    }
}
