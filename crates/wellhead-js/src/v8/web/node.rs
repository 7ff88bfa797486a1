//! The modules of Node, as a module loader asks for them.

use super::snapshot::NODE_MODULES;

/// The URL of a module of Node by the name it is imported by, with `node:` or without; `None` where there is no such
/// module. A loader passes the URL through: its source is never asked for.
pub(crate) fn node_module(specifier: &str) -> Option<&'static str> {
    let bare = specifier.strip_prefix("node:").unwrap_or(specifier);
    NODE_MODULES
        .iter()
        .map(|&(url, _)| url)
        .find(|url| &url["node:".len()..] == bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_modules_are_found_with_and_without_their_scheme() {
        assert_eq!(node_module("path"), Some("node:path"));
        assert_eq!(node_module("node:fs/promises"), Some("node:fs/promises"));
        assert_eq!(node_module("node:nothing"), None);
        assert_eq!(node_module("./path"), None);
    }
}
