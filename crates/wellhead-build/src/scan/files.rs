//! What a file of a route's folder is, by its name.

/// A route file. A reset is the folder that `@name` asks for, empty for the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RouteFile {
    Page { reset: Option<String> },
    PageUniversal,
    PageServer,
    Live,
    Layout { reset: Option<String> },
    LayoutUniversal,
    LayoutServer,
    Error,
    Endpoint,
}

/// What a name says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// A route file.
    Route(RouteFile),
    /// Begins with `+`, and means nothing; what to do instead.
    Unknown(String),
    /// A route file whose `+` was forgotten.
    MissingPlus,
    /// Not a matter of routes.
    Other,
}

const MODULE_EXTENSIONS: [&str; 2] = [".ts", ".js"];

/// Extensions of other frameworks and languages, which a `+` file may have by mistake.
const FOREIGN: [&str; 6] = [".tsx", ".jsx", ".vue", ".py", ".mts", ".mjs"];

pub(super) fn classify(name: &str) -> Name {
    let Some(rest) = name.strip_prefix('+') else {
        return match parse(name) {
            Some(_) => Name::MissingPlus,
            None => Name::Other,
        };
    };
    // `+page.stories.svelte`, `+server.test.ts`: tools keep their files beside what they are about.
    if [".test.", ".spec.", ".stories."]
        .iter()
        .any(|part| name.contains(part))
        || name.ends_with(".d.ts")
    {
        return Name::Other;
    }
    if let Some(file) = parse(rest) {
        return Name::Route(file);
    }
    if let Some(extension) = FOREIGN.iter().find(|extension| rest.ends_with(**extension)) {
        return Name::Unknown(format!(
            "`{extension}` files cannot be routes; use `.svelte`, `.ts` or `.js`"
        ));
    }
    if rest.ends_with(".svelte")
        || MODULE_EXTENSIONS
            .iter()
            .any(|extension| rest.ends_with(extension))
    {
        return Name::Unknown(
            "names that begin with `+` are +page.svelte, +page.ts, +page.server.ts, +live.ts, +layout.svelte, +layout.ts, \
             +layout.server.ts, +error.svelte and +server.ts; rename it or remove the `+`"
                .to_owned(),
        );
    }
    Name::Other
}

/// A name without its `+`.
fn parse(name: &str) -> Option<RouteFile> {
    if let Some(stem) = name.strip_suffix(".svelte") {
        let (stem, reset) = match stem.split_once('@') {
            Some((stem, reset)) => (stem, Some(reset.to_owned())),
            None => (stem, None),
        };
        return match (stem, reset) {
            ("page", reset) => Some(RouteFile::Page { reset }),
            ("layout", reset) => Some(RouteFile::Layout { reset }),
            ("error", None) => Some(RouteFile::Error),
            _ => None,
        };
    }
    let stem = MODULE_EXTENSIONS
        .iter()
        .find_map(|extension| name.strip_suffix(extension))?;
    match stem {
        "page" => Some(RouteFile::PageUniversal),
        "page.server" => Some(RouteFile::PageServer),
        "live" => Some(RouteFile::Live),
        "layout" => Some(RouteFile::LayoutUniversal),
        "layout.server" => Some(RouteFile::LayoutServer),
        "server" => Some(RouteFile::Endpoint),
        _ => None,
    }
}
