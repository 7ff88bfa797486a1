//! Style sheets: `@import`s inlined, `url()`s rewritten, scoped names, minified.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lightningcss::bundler::{BundleErrorKind, Bundler, ResolveResult, SourceProvider};
use lightningcss::css_modules::{Config, CssModuleExports, CssModuleReference, Pattern};
use lightningcss::dependencies::{Dependency, DependencyOptions};
use lightningcss::error::Error;
use lightningcss::printer::PrinterOptions;
use lightningcss::rules::CssRule;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, StyleSheet};
use lightningcss::targets::{Browsers, Targets};

use crate::Diagnostic;

/// The style sheets of one side by module id.
#[derive(Debug, Default)]
pub(crate) struct Styles {
    sheets: Mutex<HashMap<String, Arc<Sheet>>>,
    sources: Mutex<HashMap<String, String>>,
}

/// A style sheet that is ready but for minification.
#[derive(Debug, Default, Clone)]
pub(crate) struct Sheet {
    /// `@import` rules of other hosts, which must come first in a file.
    pub(crate) imports: Vec<String>,
    pub(crate) css: String,
}

impl Styles {
    pub(crate) fn insert(&self, id: &str, sheet: Sheet) {
        self.sheets().insert(id.to_owned(), Arc::new(sheet));
    }

    pub(crate) fn get(&self, id: &str) -> Option<Arc<Sheet>> {
        self.sheets().get(id).cloned()
    }

    /// Keeps the source of a component's style until its own module asks for it.
    pub(crate) fn insert_source(&self, id: String, css: String) {
        self.sources
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, css);
    }

    pub(crate) fn source(&self, id: &str) -> Option<String> {
        self.sources
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .cloned()
    }

    fn sheets(&self) -> MutexGuard<'_, HashMap<String, Arc<Sheet>>> {
        self.sheets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The files of a style sheet and what its imports mean, found beforehand because finding them is asynchronous.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    pub(crate) files: HashMap<PathBuf, String>,
    pub(crate) resolved: HashMap<(PathBuf, String), Resolved>,
}

/// What an `@import` means.
#[derive(Debug, Clone)]
pub(crate) enum Resolved {
    File(PathBuf),
    External(String),
}

impl SourceProvider for Sources {
    type Error = Infallible;

    fn read<'a>(&'a self, file: &Path) -> Result<&'a str, Infallible> {
        Ok(self.files.get(file).map_or("", String::as_str))
    }

    fn resolve(&self, specifier: &str, from: &Path) -> Result<ResolveResult, Infallible> {
        Ok(
            match self.resolved.get(&(from.to_owned(), specifier.to_owned())) {
                Some(Resolved::File(path)) => ResolveResult::File(path.clone()),
                Some(Resolved::External(url)) => ResolveResult::External(url.clone()),
                None => ResolveResult::External(specifier.to_owned()),
            },
        )
    }
}

/// Whether a URL of a style sheet is not for the build to find.
pub(crate) fn is_external(url: &str) -> bool {
    url.is_empty()
        || url.starts_with('#')
        || url.starts_with("//")
        || url.split_once(':').is_some_and(|(scheme, _)| {
            scheme.len() > 1
                && scheme
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
        })
}

/// The URLs that a style sheet imports.
pub(crate) fn imports(file: &str, shown: &str, css: &str) -> Result<Vec<String>, Diagnostic> {
    let options = ParserOptions {
        filename: file.to_owned(),
        ..ParserOptions::default()
    };
    let sheet = StyleSheet::parse(css, options).map_err(|error| parse_error(&error, shown, css))?;
    let rules = sheet.rules.0.iter();
    Ok(rules
        .filter_map(|rule| {
            if let CssRule::Import(import) = rule {
                Some(import.url.to_string())
            } else {
                None
            }
        })
        .collect())
}

/// A style sheet with its URLs not yet written.
pub(crate) struct Joined {
    css: String,
    imports: Vec<String>,
    /// Placeholder, URL as written, file that has it.
    pub(crate) urls: Vec<(String, String, PathBuf)>,
    pub(crate) exports: Option<Vec<(String, String)>>,
}

/// Joins the style sheet `entry` with what it imports. A CSS module's names become its own.
pub(crate) fn join(
    sources: &Sources,
    entry: &Path,
    is_module: bool,
    app_dir: &Path,
    shown: impl Fn(&str) -> String,
) -> Result<Joined, Diagnostic> {
    let pattern = Pattern::parse("[local]_[hash]").unwrap_or_default();
    let css_modules = is_module.then(|| Config {
        pattern,
        ..Config::default()
    });
    let root = app_dir.to_string_lossy();
    let mut bundler = Bundler::new(
        sources,
        None,
        ParserOptions {
            css_modules,
            ..ParserOptions::default()
        },
    );
    let mut sheet = bundler
        .bundle(entry)
        .map_err(|error| bundle_error(&error, sources, &shown))?;
    let in_entry = |message: String| {
        Diagnostic::error("css", message).in_file(shown(&entry.to_string_lossy()))
    };
    sheet
        .minify(MinifyOptions {
            targets: targets(),
            ..MinifyOptions::default()
        })
        .map_err(|error| in_entry(error.to_string()))?;
    let printed = sheet
        .to_css(PrinterOptions {
            targets: targets(),
            project_root: Some(&root),
            analyze_dependencies: Some(DependencyOptions {
                remove_imports: true,
            }),
            ..PrinterOptions::default()
        })
        .map_err(|error| in_entry(error.to_string()))?;
    let mut joined = Joined {
        css: printed.code,
        imports: Vec::new(),
        urls: Vec::new(),
        exports: None,
    };
    for dependency in printed.dependencies.into_iter().flatten() {
        match dependency {
            Dependency::Import(import) => {
                let mut rule = format!("@import \"{}\"", import.url.replace('"', "%22"));
                if let Some(supports) = import.supports {
                    let _ = write!(rule, " supports({supports})");
                }
                if let Some(media) = import.media {
                    let _ = write!(rule, " {media}");
                }
                joined.imports.push(rule + ";");
            }
            Dependency::Url(url) => {
                joined
                    .urls
                    .push((url.placeholder, url.url, PathBuf::from(url.loc.file_path)))
            }
        }
    }
    joined.exports = printed.exports.map(|exports| names(&exports));
    Ok(joined)
}

impl Joined {
    /// Writes the URLs in.
    pub(crate) fn finish(self, urls: &[(String, String)]) -> Sheet {
        let mut css = self.css;
        for (placeholder, url) in urls {
            css = css.replace(placeholder.as_str(), &url.replace('"', "%22"));
        }
        Sheet {
            imports: self.imports,
            css,
        }
    }
}

/// Joins sheets as they are.
pub(crate) fn joined(sheets: &[Arc<Sheet>]) -> String {
    let imports = sheets.iter().flat_map(|sheet| &sheet.imports);
    let parts: Vec<&str> = imports
        .chain(sheets.iter().map(|sheet| &sheet.css))
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join("\n")
}

/// Joins sheets into the text of a file.
pub(crate) fn file(sheets: &[Arc<Sheet>], minify: bool) -> Result<String, String> {
    let text = joined(sheets) + "\n";
    if !minify {
        return Ok(text);
    }
    let mut sheet =
        StyleSheet::parse(&text, ParserOptions::default()).map_err(|error| error.to_string())?;
    sheet
        .minify(MinifyOptions {
            targets: targets(),
            ..MinifyOptions::default()
        })
        .map_err(|error| error.to_string())?;
    let printed = sheet.to_css(PrinterOptions {
        minify: true,
        targets: targets(),
        ..PrinterOptions::default()
    });
    Ok(printed.map_err(|error| error.to_string())?.code)
}

/// The browsers of the last two and a half years and more: what they lack is rewritten.
fn targets() -> Targets {
    let version = |major: u32, minor: u32| Some((major << 16) | (minor << 8));
    Targets::from(Browsers {
        chrome: version(107, 0),
        edge: version(107, 0),
        firefox: version(104, 0),
        safari: version(16, 0),
        ios_saf: version(16, 0),
        ..Browsers::default()
    })
}

/// The exported names of a CSS module, each with the classes that it stands for.
fn names(exports: &CssModuleExports) -> Vec<(String, String)> {
    let mut names: Vec<_> = exports
        .iter()
        .map(|(name, export)| {
            let composed = export
                .composes
                .iter()
                .filter_map(|reference| match reference {
                    CssModuleReference::Local { name } | CssModuleReference::Global { name } => {
                        Some(name.as_str())
                    }
                    CssModuleReference::Dependency { .. } => None,
                });
            (
                name.clone(),
                std::iter::once(export.name.as_str())
                    .chain(composed)
                    .collect::<Vec<_>>()
                    .join(" "),
            )
        })
        .collect();
    names.sort();
    names
}

fn parse_error<T: std::fmt::Display>(error: &Error<T>, shown: &str, css: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error("css_syntax", error.kind.to_string());
    match &error.loc {
        // The parser counts lines from 0 and columns from 1.
        Some(loc) => diagnostic.at_position(shown, css, loc.line + 1, loc.column.saturating_sub(1)),
        None => diagnostic.in_file(shown),
    }
}

fn bundle_error(
    error: &Error<BundleErrorKind<'_, Infallible>>,
    sources: &Sources,
    shown: impl Fn(&str) -> String,
) -> Diagnostic {
    let file = error
        .loc
        .as_ref()
        .map(|loc| loc.filename.clone())
        .unwrap_or_default();
    let css = sources
        .files
        .get(Path::new(&file))
        .map_or("", String::as_str);
    parse_error(error, &shown(&file), css)
}
