//! What is wrong with a template, and where.

use std::fmt;

/// Where a problem is, as far as the parser knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Slot(usize),
    Line(u64),
    Whole,
}

/// One thing that is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateProblem {
    /// The line in the template, from 1.
    pub line: usize,
    /// The column in characters, from 1; where it is not known, the line's first that is no space.
    pub column: usize,
    /// What is wrong, and what to do.
    pub message: String,
}

/// Why a template cannot be used: everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// At least one.
    pub problems: Vec<TemplateProblem>,
    /// The template with `${…}` for each slot.
    pub source: String,
}

impl TemplateError {
    pub(super) fn new<S: AsRef<str>>(statics: &[S], problems: Vec<(Place, String)>) -> Self {
        let source = statics
            .iter()
            .map(AsRef::as_ref)
            .collect::<Vec<_>>()
            .join("${…}");
        let mut problems: Vec<_> = problems
            .into_iter()
            .map(|(place, message)| {
                let (line, column) = position(statics, place);
                TemplateProblem {
                    line,
                    column,
                    message,
                }
            })
            .collect();
        problems.sort_by_key(|problem| (problem.line, problem.column));
        problems.dedup();
        Self { problems, source }
    }
}

/// The line and the column, from 1.
fn position<S: AsRef<str>>(statics: &[S], place: Place) -> (usize, usize) {
    match place {
        Place::Whole => (1, 1),
        Place::Slot(slot) => {
            let before: String = statics[..=slot]
                .iter()
                .map(AsRef::as_ref)
                .collect::<Vec<_>>()
                .join("${…}");
            let line_start = before.rfind('\n').map_or(0, |at| at + 1);
            (
                before.matches('\n').count() + 1,
                before[line_start..].chars().count() + 1,
            )
        }
        Place::Line(line) => {
            let line = usize::try_from(line).unwrap_or(1).max(1);
            let source = statics
                .iter()
                .map(AsRef::as_ref)
                .collect::<Vec<_>>()
                .join("${…}");
            let text = source.lines().nth(line - 1).unwrap_or_default();
            (line, text.len() - text.trim_start().len() + 1)
        }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            let TemplateProblem {
                line,
                column,
                message,
            } = problem;
            write!(f, "template, line {line}, column {column}: {message}")?;
        }
        Ok(())
    }
}

impl std::error::Error for TemplateError {}
