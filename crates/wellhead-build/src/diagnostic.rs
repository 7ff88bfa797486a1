//! What a build has to say: one type for every error and warning, plain, coloured or as data for the overlay.

mod frame;

use std::fmt;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::{Deserialize, Serialize};

pub use frame::Frame;
use frame::{count, floor, offset_of};

/// How bad a [`Diagnostic`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The build fails.
    Error,
    /// The build goes on.
    Warning,
}

/// A problem in an app, with where it is and what to do about it.
///
/// ```
/// use wellhead_build::Diagnostic;
///
/// let problem = Diagnostic::error("route_conflict", "two routes have one path")
///     .at("src/routes/+page.js", "export const ssr = maybe;", 19..24)
///     .with_help("remove one of them");
/// assert!(problem.to_string().contains("src/routes/+page.js:1:20"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// A stable code: one of this crate (`route_conflict`) or the compiler's own (`css_unused_selector`).
    pub code: String,
    /// What is wrong: one sentence, lower case, no final period.
    pub message: String,
    /// The file, relative to the app where it is inside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column, from 1, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The source around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame: Option<Frame>,
    /// More on the problem, a line each, such as an import chain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Where to read more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl Diagnostic {
    /// An error with a stable code.
    #[must_use]
    pub fn error(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A warning with a stable code.
    #[must_use]
    pub fn warning(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// A file of the app that cannot be read.
    pub(crate) fn unreadable(file: impl Into<String>, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let (message, help) = match error.kind() {
            ErrorKind::InvalidData => (
                "the file is not UTF-8 text".to_owned(),
                "save it as UTF-8, or import it with `?url` where it is no text",
            ),
            ErrorKind::IsADirectory => (
                "this is a folder, where a file is needed".to_owned(),
                "name a file in it; a folder stands for its index.ts or index.js",
            ),
            ErrorKind::PermissionDenied => (
                "cannot read the file: permission denied".to_owned(),
                "check its permissions, and those of the folders above it",
            ),
            _ => (
                format!("cannot read the file: {error}"),
                "check that it is there, and its permissions",
            ),
        };
        Self::error("unreadable", message)
            .in_file(file)
            .with_help(help)
    }

    fn new(severity: Severity, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity,
            code: code.into(),
            message: message.into(),
            file: None,
            line: None,
            column: None,
            frame: None,
            notes: Vec::new(),
            help: None,
            link: None,
        }
    }

    /// Names the file, without a place in it.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Points at a range of bytes of a file's source.
    #[must_use]
    pub fn at(
        mut self,
        file: impl Into<String>,
        source: &str,
        span: std::ops::Range<usize>,
    ) -> Self {
        let start = floor(source, span.start);
        let end = floor(source, span.end.max(span.start));
        let before = &source[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        self.file = Some(file.into());
        self.line = Some(count(before.matches('\n').count() + 1));
        self.column = Some(count(source[line_start..start].chars().count() + 1));
        self.frame = Frame::cut(source, start, end);
        self
    }

    /// Points at a line (from 1) and a column (from 0, in UTF-16 code units) of a file's source, as compilers report.
    #[must_use]
    pub fn at_position(
        self,
        file: impl Into<String>,
        source: &str,
        line: u32,
        column: u32,
    ) -> Self {
        let start = offset_of(source, line, column);
        let word = source[start..]
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
            .unwrap_or(source.len() - start);
        self.at(file, source, start..start + word.max(1))
    }

    /// Adds a line of explanation.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says where to read more.
    #[must_use]
    pub fn with_link(mut self, link: impl Into<String>) -> Self {
        self.link = Some(link.into());
        self
    }

    /// Whether it makes the build fail.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The text for a terminal that understands ANSI colours.
    #[must_use]
    pub fn to_colored(&self) -> String {
        self.render(&Renderer::styled())
    }

    fn render(&self, renderer: &Renderer) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut title = level
            .primary_title(self.message.as_str())
            .id(self.code.as_str());
        if let Some(link) = &self.link {
            title = title.id_url(link.as_str());
        }
        let path = self.path();
        let mut group = match (&self.frame, &path) {
            (Some(frame), Some(_)) => title.element(
                Snippet::source(frame.text.as_str())
                    .line_start(frame.first_line as usize)
                    .path(self.file.as_deref())
                    .fold(false)
                    .annotation(AnnotationKind::Primary.span(frame.start..frame.end)),
            ),
            (_, Some(path)) => title.element(annotate_snippets::Origin::path(path.as_str())),
            _ => title.elements(Vec::<annotate_snippets::Origin<'_>>::new()),
        };
        for note in &self.notes {
            group = group.element(Level::NOTE.message(note.as_str()));
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let link = self.link.as_ref().map(|link| format!("see {link}"));
        if let Some(link) = &link {
            group = group.element(Level::HELP.message(link.as_str()));
        }
        renderer.render(&[group])
    }

    fn path(&self) -> Option<String> {
        let file = self.file.as_ref()?;
        Some(match (self.line, self.column) {
            (Some(line), Some(column)) => format!("{file}:{line}:{column}"),
            (Some(line), None) => format!("{file}:{line}"),
            _ => file.clone(),
        })
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(&Renderer::plain()))
    }
}

/// Sorts errors before warnings, then by file and place, and removes doubles.
pub(crate) fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        let key = |d: &Diagnostic| {
            (
                d.severity,
                d.file.clone(),
                d.line,
                d.column,
                d.code.clone(),
                d.message.clone(),
            )
        };
        key(a).cmp(&key(b))
    });
    diagnostics.dedup();
}
