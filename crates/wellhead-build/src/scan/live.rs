//! Live pages: what may not be beside `+live.ts`, and the styles that it imports.

use std::path::Path;

use super::tree::Files;
use crate::Diagnostic;
use crate::generate::APP_FILE;
use crate::session::normalized;

/// Checks the files of a page.
pub(super) fn check(page: &Files, problems: &mut Vec<Diagnostic>) {
    let Some(live) = &page.live else { return };
    for other in [&page.component, &page.universal, &page.server]
        .into_iter()
        .flatten()
    {
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        problems.push(
            Diagnostic::error(
                "page_and_live",
                format!("a live page has {} only, and no {}", name(live), name(other)),
            )
            .in_file(other)
            .with_help("load in the component's `mount`, or in a layout; remove this file, or move it into a folder of its own"),
        );
    }
}

/// A specifier of a file of the app as one that does not depend on the importer.
pub(super) fn from_anywhere(importer: &str, specifier: &str) -> String {
    if !specifier.starts_with('.') {
        return specifier.to_owned();
    }
    let folder = Path::new(importer).parent().unwrap_or(Path::new(""));
    let path = normalized(&folder.join(specifier));
    format!("{APP_FILE}{}", path.to_string_lossy().replace('\\', "/"))
}
