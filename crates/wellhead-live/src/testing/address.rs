//! Addresses as links have them, on a page whose own may be no more than a path.

/// Where a link leads from a page, by the rules of [RFC 3986, 5.2](https://www.rfc-editor.org/rfc/rfc3986#section-5.2).
pub(super) fn resolve(base: &str, link: &str) -> String {
    if scheme(link).is_some() {
        return link.to_owned();
    }
    let (origin, at) = split_origin(base);
    if let Some(rest) = link.strip_prefix("//") {
        let scheme = scheme(base).unwrap_or("http");
        return format!("{scheme}://{rest}");
    }
    let (at, _) = cut(at, '#');
    let (path, query) = cut(at, '?');
    let resolved = match link.chars().next() {
        None => format!("{path}{query}"),
        Some('#') => format!("{path}{query}{link}"),
        Some('?') => format!("{path}{link}"),
        Some('/') => without_dots(link),
        Some(_) => {
            let folder = path.rfind('/').map_or("/", |end| &path[..=end]);
            without_dots(&format!("{folder}{link}"))
        }
    };
    format!("{origin}{resolved}")
}

/// Whether two addresses have the same origin; one that is only a path has that of the other.
pub(super) fn is_same_origin(one: &str, other: &str) -> bool {
    let (one, other) = (split_origin(one).0, split_origin(other).0);
    one.is_empty() || other.is_empty() || one == other
}

/// An address without its hash, by which pages are told apart.
pub(super) fn page_of(address: &str) -> &str {
    cut(address, '#').0
}

fn scheme(address: &str) -> Option<&str> {
    let (scheme, _) = address.split_once(':')?;
    let mut characters = scheme.chars();
    let is_one = characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && characters.all(|other| other.is_ascii_alphanumeric() || "+-.".contains(other));
    is_one.then_some(scheme)
}

fn split_origin(address: &str) -> (&str, &str) {
    let Some(start) = address.find("://") else {
        return ("", address);
    };
    let end = address[start + 3..].find(['/', '?', '#']);
    address.split_at(end.map_or(address.len(), |end| start + 3 + end))
}

fn cut(text: &str, at: char) -> (&str, &str) {
    text.split_at(text.find(at).unwrap_or(text.len()))
}

fn without_dots(address: &str) -> String {
    let end = address.find(['?', '#']).unwrap_or(address.len());
    let (path, rest) = address.split_at(end);
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if is_last {
                    kept.push("");
                }
            }
            other => kept.push(other),
        }
    }
    format!("/{}{rest}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_where_a_browser_goes() {
        for (base, link, expected) in [
            ("/a/b?x=1#top", "?x=2", "/a/b?x=2"),
            ("/a/b?x=1#top", "#end", "/a/b?x=1#end"),
            ("/a/b?x=1", "", "/a/b?x=1"),
            ("/a/b", "c", "/a/c"),
            ("/a/b/", "../c/./d", "/a/c/d"),
            ("/a/b", "..", "/"),
            ("/a/b", "/c/../d?e=/../f", "/d?e=/../f"),
            ("https://x.org/a", "/b", "https://x.org/b"),
            ("https://x.org", "b", "https://x.org/b"),
            ("https://x.org/a", "//y.org/b", "https://y.org/b"),
            ("/a", "mailto:ann@x.org", "mailto:ann@x.org"),
        ] {
            assert_eq!(resolve(base, link), expected, "{link} on {base}");
        }
    }

    #[test]
    fn a_path_is_of_every_origin() {
        assert!(is_same_origin("/a", "https://x.org/b"));
        assert!(is_same_origin("https://x.org/a", "https://x.org/b"));
        assert!(!is_same_origin("https://x.org/a", "https://y.org/b"));
    }
}
