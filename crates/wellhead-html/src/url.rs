//! Addresses in attributes: schemes that would run code are refused.

use html5ever::{QualName, local_name};

use crate::fragment::Element;

/// What an address replaces that was refused. Browsers show an error for it.
pub(crate) const REFUSED: &str = "about:invalid";

/// How the value of an attribute is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UrlRule {
    /// It is no address.
    None,
    /// Something the browser goes to or runs: no `javascript:`, `vbscript:` or `data:`.
    Target,
    /// Several of those, with semicolons between them.
    Targets,
    /// A picture, a sound or a film, which may be data but not code.
    Media,
}

/// The rule for a slot in an attribute. A slot's value is a person's input as a rule; fixed text is its author's.
pub(crate) fn url_rule(element: &Element, attribute: &QualName) -> UrlRule {
    let tag = &*element.name.local;
    match &*attribute.local.to_ascii_lowercase() {
        "src" | "poster" | "lowsrc" | "dynsrc"
            if matches!(
                tag,
                "img" | "audio" | "video" | "source" | "track" | "input" | "image"
            ) =>
        {
            UrlRule::Media
        }
        "href" | "xlink:href" if matches!(tag, "image" | "feImage") => UrlRule::Media,
        "href" | "xlink:href" | "src" | "action" | "formaction" | "poster" | "cite"
        | "background" | "codebase" | "classid" | "manifest" | "profile" | "longdesc"
        | "usemap" | "archive" | "icon" => UrlRule::Target,
        "data" if element.name.local == local_name!("object") => UrlRule::Target,
        // Animations can set the address of a link.
        "to" | "from" | "by" | "values" if matches!(tag, "set" | "animate") => UrlRule::Targets,
        _ => UrlRule::None,
    }
}

impl UrlRule {
    /// Whether a browser may be given this address.
    pub(crate) fn allows(self, url: &str) -> bool {
        let refused: &[&str] = match self {
            Self::None => &[],
            Self::Media => &["javascript", "vbscript"],
            Self::Target => &["javascript", "vbscript", "data"],
            Self::Targets => return url.split(';').all(|url| Self::Target.allows(url)),
        };
        refused.is_empty() || scheme(url).is_none_or(|scheme| !is_one_of(&scheme, refused))
    }
}

fn is_one_of(scheme: &str, refused: &[&str]) -> bool {
    refused
        .iter()
        .any(|refused| scheme.eq_ignore_ascii_case(refused))
}

/// What a browser takes for the scheme: it skips spaces and controls before it, and tabs and line feeds anywhere.
/// Source: <https://url.spec.whatwg.org/#concept-basic-url-parser>.
fn scheme(url: &str) -> Option<String> {
    let mut scheme = String::new();
    for c in url
        .trim_start_matches(|c: char| c <= ' ')
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
    {
        match c {
            ':' => return Some(scheme),
            'a'..='z' | 'A'..='Z' | '0'..='9' | '+' | '-' | '.' if scheme.len() < 16 => {
                scheme.push(c)
            }
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_refused_however_it_is_written() {
        for url in [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            " \u{1}javascript:alert(1)",
            "java\nscript\t:alert(1)",
            "vbscript:x",
            "data:text/html,<script>",
        ] {
            assert!(!UrlRule::Target.allows(url), "{url:?}");
        }
        assert!(!UrlRule::Targets.allows("https://a/; javascript:alert(1)"));
        assert!(!UrlRule::Media.allows("javascript:alert(1)"));
    }

    #[test]
    fn other_addresses_are_left_alone() {
        for url in [
            "",
            "/a?b=javascript:c",
            "https://example.org",
            "mailto:a@b",
            "tel:+1",
            "#javascript:",
            "javascript",
            "a:b",
            "./data:x",
        ] {
            assert!(UrlRule::Target.allows(url), "{url:?}");
        }
        assert!(UrlRule::Media.allows("data:image/png;base64,AAAA"));
        assert!(UrlRule::None.allows("javascript:"));
    }
}
