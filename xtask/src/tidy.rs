//! `cargo xtask tidy`: the rules that a compiler does not know, each in one function.
//!
//! A rule reads one file, or the table of ARCHITECTURE.md beside `cargo metadata`, and says what is
//! wrong, where, and what to do instead.

mod crates;
mod names;
mod places;
mod source;

use std::{collections::BTreeSet, fmt, fs, process::ExitCode};

use anyhow::{Context, Result, bail};

use crate::project::Project;

/// One thing that is not as it should be.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Problem {
    path: String,
    /// Counted from 1; 0 is the whole file.
    line: usize,
    text: String,
}

impl Problem {
    fn new(path: &str, line: usize, text: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            text: text.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.text),
            line => write!(f, "{}:{line}: {}", self.path, self.text),
        }
    }
}

/// A rule for one file: its path from the root, and its text.
type Rule = fn(path: &str, text: &str) -> Vec<Problem>;

const RULES: [Rule; 6] = [
    names::no_vague_name,
    source::first_line_says_what_the_file_is_for,
    source::not_too_long,
    source::open_work_names_its_issue,
    places::no_place_of_one_machine,
    places::no_registry_host,
];

pub(crate) fn command(project: &Project) -> Result<ExitCode> {
    let paths = tracked_files(project)?;
    let mut problems = crates::check(project)?;
    for path in &paths {
        // A file that was deleted but is still in the index has nothing to check.
        let Ok(bytes) = fs::read(project.path(path)) else {
            continue;
        };
        // A picture or a font has no text, but a name.
        let text = String::from_utf8(bytes).unwrap_or_default();
        problems.extend(RULES.iter().flat_map(|rule| rule(path, &text)));
    }
    problems.sort();
    for problem in &problems {
        println!("{problem}");
    }
    println!("tidy: {} files, {} problems", paths.len(), problems.len());
    Ok(if problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Every file that is committed or would be.
fn tracked_files(project: &Project) -> Result<BTreeSet<String>> {
    let output = project
        .program("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .output()
        .context("cannot start git; hint: install git")?;
    if !output.status.success() {
        bail!(
            "git cannot list the files: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let list = String::from_utf8(output.stdout).context("a file name is not UTF-8")?;
    Ok(list.split_terminator('\0').map(str::to_owned).collect())
}

/// Input of compiler and build tests imitates what other people write.
fn is_fixture(path: &str) -> bool {
    path.split('/').any(|part| part == "fixtures")
}

fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// Runs one rule on a small file and compares what it says, one problem a line.
#[cfg(test)]
fn check_rule(rule: Rule, path: &str, text: &str, expect: &[&str]) {
    let problems: Vec<String> = rule(path, text).iter().map(Problem::to_string).collect();
    assert_eq!(problems, expect, "{path}");
}
