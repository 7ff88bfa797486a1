//! A problem, as a developer sees it.

use std::fmt;
use std::fs;
use std::path::Path;

use serde::Serialize;
use wellhead_render::{Frame, RenderError};

use crate::config::{CONFIG_FILE, ConfigProblem};

/// Lines shown before and after the line at fault.
const AROUND: usize = 3;

/// The longest line of a code frame, in characters: more is cut off.
const LONGEST_LINE: usize = 200;

/// Something that is wrong with the app: of a build or of a render.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Problem {
    /// A short name: a code, or the kind of error.
    pub title: String,
    /// What is wrong.
    pub message: String,
    /// Where: `src/routes/+page.svelte:3:7`; empty where unknown.
    pub place: String,
    /// The code around the place; empty where unknown.
    pub code_frame: String,
    /// The stack, a frame a line; empty without one.
    pub stack: String,
    /// What to do, or where to read about it; empty without one.
    pub hint: String,
}

impl Problem {
    /// An error of a render, with the code around its place in the app at `root`.
    #[must_use]
    pub fn from_render(error: &RenderError, root: &Path) -> Self {
        Self::from_stack(error.code.as_str(), &error.message, &error.frames, root)
    }

    /// A problem of the configuration of the app at `root`.
    #[must_use]
    pub fn from_config(problem: &ConfigProblem, root: &Path) -> Self {
        let line = problem.line.and_then(|line| u32::try_from(line).ok());
        let message = match problem.key.as_str() {
            "" => problem.message.clone(),
            key => format!("`{key}`: {}", problem.message),
        };
        Self {
            title: "configuration".to_owned(),
            message,
            place: line.map_or_else(String::new, |line| format!("{CONFIG_FILE}:{line}")),
            code_frame: line
                .and_then(|line| code_frame(root, CONFIG_FILE, line))
                .unwrap_or_default(),
            stack: String::new(),
            hint: problem.hint.clone().unwrap_or_default(),
        }
    }

    /// Something that was thrown. It is placed at the innermost frame that is of the app itself.
    pub(super) fn from_stack(title: &str, message: &str, frames: &[Frame], root: &Path) -> Self {
        let own = frames
            .iter()
            .filter(|frame| !frame.file.contains("node_modules"));
        let shown = own
            .filter_map(|frame| Some((place(frame), code_frame(root, &frame.file, frame.line)?)))
            .next();
        let (place, code_frame) = shown.unwrap_or_default();
        Self {
            title: title.to_owned(),
            message: message.to_owned(),
            place,
            code_frame,
            stack: frames
                .iter()
                .map(show_frame)
                .collect::<String>()
                .trim_start_matches('\n')
                .to_owned(),
            hint: String::new(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.title, self.message)?;
        for part in [&self.place, &self.code_frame, &self.stack, &self.hint] {
            if !part.is_empty() {
                write!(f, "\n{part}")?;
            }
        }
        Ok(())
    }
}

fn place(frame: &Frame) -> String {
    format!("{}:{}:{}", frame.file, frame.line, frame.column)
}

/// A line of a stack, with a line break before it.
#[must_use]
pub(crate) fn show_frame(frame: &Frame) -> String {
    let place = place(frame);
    if frame.function.is_empty() {
        format!("\n    at {place}")
    } else {
        format!("\n    at {} ({place})", frame.function)
    }
}

/// The lines around a line (from 1) of a file of the app at `root`.
fn code_frame(root: &Path, file: &str, line: u32) -> Option<String> {
    let root = root.canonicalize().ok()?;
    let file = root.join(file).canonicalize().ok()?;
    // A stack comes from app code, which may say anything: only files of the app are shown.
    if !file.starts_with(&root) {
        return None;
    }
    let source = fs::read_to_string(file).ok()?;
    let line = (line as usize).checked_sub(1)?;
    let first = line.saturating_sub(AROUND);
    let mut shown = String::new();
    for (number, text) in source
        .lines()
        .enumerate()
        .skip(first)
        .take(line + AROUND + 1 - first)
    {
        let mark = if number == line { '>' } else { ' ' };
        let text: String = text
            .replace('\t', "  ")
            .chars()
            .take(LONGEST_LINE)
            .collect();
        shown.push_str(&format!("{mark} {:>4} | {text}\n", number + 1));
    }
    (!shown.is_empty()).then_some(shown)
}

pub(super) fn to_json(problems: &[Problem]) -> String {
    serde_json::to_string(problems).unwrap_or_else(|_| "[]".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use wellhead_render::ErrorCode;

    #[test]
    fn a_problem_shows_the_code_of_the_app_only() {
        let root = std::env::temp_dir().join(format!("wellhead-problem-{}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        fs::write(root.join("a.svelte"), "one\n\ttwo\nthree\n").unwrap();
        let frame = |file: &str| Frame {
            function: "f".into(),
            file: file.into(),
            line: 2,
            column: 1,
        };
        let error = RenderError::new(ErrorCode::Threw, "boom")
            .with_frames(vec![frame("/etc/passwd"), frame("a.svelte")]);
        let problem = Problem::from_render(&error, &root);
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(problem.place, "a.svelte:2:1");
        assert_eq!(
            problem.code_frame,
            "     1 | one\n>    2 |   two\n     3 | three\n"
        );
        assert_eq!(
            problem.stack,
            "    at f (/etc/passwd:2:1)\n    at f (a.svelte:2:1)"
        );
    }
}
