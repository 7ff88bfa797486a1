//! What became of tests, for people.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use wellhead_render::{ErrorCode, RenderError};
use wellhead_server::Problem;

use crate::terminal::{dim, green, red, yellow};

/// What became of the tests of a file.
pub(super) struct FileOutcome {
    pub(super) path: String,
    pub(super) tests: Vec<TestOutcome>,
    /// Why it could not be imported.
    pub(super) broken: Option<Problem>,
}

pub(super) struct TestOutcome {
    /// Its own name after those of the groups around it.
    pub(super) name: Vec<String>,
    pub(super) outcome: Outcome,
    pub(super) duration: Duration,
}

pub(super) enum Outcome {
    Passed,
    Skipped,
    Failed(Box<Problem>),
}

/// Why a test failed, or its file.
pub(super) fn problem(mut error: RenderError, app: &Path) -> Problem {
    let of_test = match error.code {
        ErrorCode::Stalled => Some("the test awaits what nothing is left to bring"),
        ErrorCode::WallLimit => Some("the test takes too long; --timeout MS gives it more time"),
        ErrorCode::CpuLimit => Some(
            "the test computes for too long without a pause: look for a loop, or give it more time by --timeout MS",
        ),
        _ => None,
    };
    if let Some(message) = of_test {
        message.clone_into(&mut error.message);
    }
    error.frames.retain(|frame| !is_of_runner(&frame.file));
    Problem::from_render(&error, app)
}

/// Whether a frame is of what runs the tests, which says nothing about them.
fn is_of_runner(file: &str) -> bool {
    file.starts_with("wellhead/host/src/test/")
}

impl FileOutcome {
    pub(super) fn new(path: String) -> Self {
        Self {
            path,
            tests: Vec::new(),
            broken: None,
        }
    }

    /// Whether nothing of it has failed.
    pub(super) fn is_fine(&self) -> bool {
        self.failed() == 0
    }

    fn failed(&self) -> usize {
        self.count(|outcome| matches!(outcome, Outcome::Failed(_)))
            + usize::from(self.broken.is_some() || self.tests.is_empty())
    }

    fn count(&self, which: impl Fn(&Outcome) -> bool) -> usize {
        let outcomes = self.tests.iter().map(|test| &test.outcome);
        outcomes.filter(|outcome| which(outcome)).count()
    }
}

impl fmt::Display for FileOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.path)?;
        match &self.broken {
            Some(problem) => {
                writeln!(f, "  {} the file cannot be imported", red("✗"))?;
                indented(f, problem)?;
            }
            None if self.tests.is_empty() => {
                writeln!(f, "  {} the file names no tests", red("✗"))?;
            }
            None => {}
        }
        for TestOutcome {
            name,
            outcome,
            duration,
        } in &self.tests
        {
            let name = name.join(" › ");
            match outcome {
                Outcome::Passed => {
                    let time = dim(&format!("{} ms", duration.as_millis()));
                    writeln!(f, "  {} {name} {time}", green("✓"))?;
                }
                Outcome::Skipped => writeln!(f, "  {} {name}", yellow("–"))?,
                Outcome::Failed(problem) => {
                    writeln!(f, "  {} {name}", red("✗"))?;
                    indented(f, problem)?;
                }
            }
        }
        Ok(())
    }
}

/// A problem, below the name of its test.
fn indented(f: &mut fmt::Formatter<'_>, problem: &Problem) -> fmt::Result {
    for part in [&problem.message, &problem.code_frame, &problem.stack] {
        for line in part.lines() {
            writeln!(f, "      {line}")?;
        }
    }
    Ok(())
}

/// The last line.
pub(super) fn summary(files: &[FileOutcome], duration: Duration) -> String {
    let count =
        |which: fn(&Outcome) -> bool| -> usize { files.iter().map(|file| file.count(which)).sum() };
    let failed: usize = files.iter().map(FileOutcome::failed).sum();
    let mut parts = vec![format!(
        "{} passed",
        count(|outcome| matches!(outcome, Outcome::Passed))
    )];
    if failed > 0 {
        parts.push(red(&format!("{failed} failed")));
    }
    let skipped = count(|outcome| matches!(outcome, Outcome::Skipped));
    if skipped > 0 {
        parts.push(yellow(&format!("{skipped} skipped")));
    }
    format!("{} in {:.1} s", parts.join(", "), duration.as_secs_f64())
}
