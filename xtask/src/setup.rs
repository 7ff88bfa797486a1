//! `cargo xtask setup`: finds what is missing and installs it; a second run only looks.

mod apt;
mod browser;
mod local;
mod make;
mod node;
pub(crate) mod npm;
mod rust;
pub(crate) mod v8;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;

use crate::{project::Project, setup::v8::V8};

/// What a command needs beside V8, make, Node and the npm packages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// To build and serve an app.
    Run,
    /// Also to check the sources and drive a browser.
    Develop,
}

/// What was found or installed.
pub(crate) struct Ready {
    pub(crate) v8: V8,
    /// The browser of the end-to-end tests, where there is one.
    pub(crate) browser: Option<PathBuf>,
    /// What is missing and could not be installed, each with what to do.
    pub(crate) problems: Vec<String>,
}

pub(crate) fn command(project: &Project) -> Result<ExitCode> {
    let ready = run(project, Scope::Develop)?;
    for problem in &ready.problems {
        eprintln!("error: {problem}");
    }
    Ok(if ready.problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Makes the machine ready. What cannot be had is a problem in the answer, not the end:
/// one run finds everything that is missing.
pub(crate) fn run(project: &Project, scope: Scope) -> Result<Ready> {
    let mut problems = Vec::new();
    let mut found = Vec::new();

    let v8 = v8::prepare(project)?;
    found.push(v8.to_string());

    if let Err(problem) = make::prepare(project) {
        problems.push(format!("{problem:#}"));
    }
    match node::prepare(project) {
        Ok(version) => {
            found.push(format!("node {version}"));
            match npm::prepare(project, &version, scope) {
                Ok(folders) => found.push(format!("{folders} npm folders")),
                Err(missing) => {
                    problems.extend(missing.iter().map(|problem| format!("{problem:#}")))
                }
            }
        }
        Err(problem) => problems.push(format!("{problem:#}")),
    }

    let mut browser = None;
    if scope == Scope::Develop {
        if let Err(problem) = rust::prepare(project) {
            problems.push(format!("{problem:#}"));
        }
        match browser::prepare(project) {
            Ok(path) => {
                found.push(path.display().to_string());
                browser = Some(path);
            }
            Err(problem) => problems.push(format!("{problem:#}")),
        }
    }

    let state = if problems.is_empty() {
        "ready"
    } else {
        "not ready"
    };
    println!("setup: {state} ({})", found.join(", "));
    if let V8::Absent { why } = &v8 {
        println!("setup: no V8: {why}");
        println!("       building without it: apps run on engine = \"node\"");
    }
    Ok(Ready {
        v8,
        browser,
        problems,
    })
}
