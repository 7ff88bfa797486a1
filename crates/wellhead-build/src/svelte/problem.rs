//! Reads what the compiler answers: a result with warnings, or an error.

use serde::Deserialize;

use super::Compiled;
use super::program::Output;
use super::typescript::Stripped;
use crate::Diagnostic;

/// A warning or an error of the compiler.
#[derive(Debug, Deserialize)]
pub(super) struct Problem {
    code: Option<String>,
    message: String,
    #[serde(default)]
    position: Option<(usize, usize)>,
    #[serde(default)]
    start: Option<Start>,
}

#[derive(Debug, Deserialize)]
struct Start {
    /// From 1.
    line: u32,
    /// From 0, in UTF-16 code units.
    column: u32,
}

/// A file that was compiled.
struct File<'a> {
    shown: &'a str,
    source: &'a str,
    /// What the compiler saw of it, where that was something else.
    stripped: Option<&'a Stripped>,
}

pub(super) fn read(
    output: Output,
    shown: &str,
    source: &str,
    stripped: Option<&Stripped>,
) -> Result<Compiled, Vec<Diagnostic>> {
    let file = File {
        shown,
        source,
        stripped,
    };
    if let Some(error) = output.error {
        return Err(vec![error.into_diagnostic(Diagnostic::error, &file)]);
    }
    let is_dependency = shown.split('/').any(|part| part == "node_modules");
    let warnings = output
        .warnings
        .into_iter()
        // Nobody here can repair a package.
        .filter(|_| !is_dependency)
        .map(|warning| warning.into_diagnostic(Diagnostic::warning, &file))
        .collect();
    let map = match stripped {
        Some(stripped) => output.map.and_then(|map| stripped.through(&map)),
        None => output.map,
    };
    Ok(Compiled {
        js: output.js,
        map,
        css: output.css.filter(|css| !css.is_empty()),
        warnings,
    })
}

impl Problem {
    fn into_diagnostic(
        self,
        make: impl Fn(String, String) -> Diagnostic,
        file: &File<'_>,
    ) -> Diagnostic {
        let File {
            shown,
            source,
            stripped,
        } = *file;
        // The compiler ends its messages with the link; here it has a place of its own.
        let message = self
            .message
            .split("\nhttps://svelte.dev/e/")
            .next()
            .unwrap_or_default()
            .trim_end()
            .to_owned();
        let link = self
            .code
            .as_ref()
            .map(|code| format!("https://svelte.dev/e/{code}"));
        let diagnostic = make(self.code.unwrap_or_else(|| "svelte".into()), message);
        let diagnostic = match (self.position, self.start) {
            (_, Some(start)) if stripped.is_some() => {
                match stripped.and_then(|stripped| stripped.original(start.line, start.column)) {
                    Some((line, column)) => diagnostic.at_position(shown, source, line, column),
                    None => diagnostic.in_file(shown),
                }
            }
            (Some((from, to)), _) => diagnostic.at(
                shown,
                source,
                byte_offset(source, from)..byte_offset(source, to),
            ),
            (None, Some(start)) => diagnostic.at_position(shown, source, start.line, start.column),
            (None, None) => diagnostic.in_file(shown),
        };
        match link {
            Some(link) => diagnostic.with_link(link),
            None => diagnostic,
        }
    }
}

/// The compiler counts in UTF-16 code units.
fn byte_offset(source: &str, units: usize) -> usize {
    if source.is_ascii() {
        return units.min(source.len());
    }
    let mut count = 0;
    for (at, c) in source.char_indices() {
        if count >= units {
            return at;
        }
        count += c.len_utf16();
    }
    source.len()
}
