//! `cargo xtask test`: everything that CI checks, step by step, with a summary.
//!
//! A step that fails does not hide the later ones, unless they need what it makes. Checks come
//! before tests because they find most mistakes and share what they compile: clippy and the
//! documentation need only the metadata of the dependencies; the tests, the documentation tests and
//! the served program need their code, built once with the same profile and features.

use std::{
    fs,
    path::Path,
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{
    command::{announce, output_of, seconds, watch},
    e2e::{self, Engine, Selection},
    project::Project,
    setup::{self, Ready, Scope, npm},
    tally::Tally,
    tidy,
};

pub(crate) fn command(project: &Project) -> Result<ExitCode> {
    let mut report = Report::default();
    let started = Instant::now();
    let ready = match setup::run(project, Scope::Develop) {
        Ok(ready) => ready,
        Err(error) => {
            eprintln!("error: {error:#}");
            report.add(
                "setup",
                started.elapsed(),
                Tally::default(),
                Outcome::Failed,
            );
            return Ok(report.finish());
        }
    };
    report.add(
        "setup",
        started.elapsed(),
        Tally::default(),
        outcome_of_setup(&ready),
    );

    let cargo = |args: &[&str]| {
        let mut cargo = project.cargo();
        cargo.args(args);
        ready.v8.apply(&mut cargo);
        cargo
    };
    let with_features = |args: &[&str]| {
        let mut cargo = cargo(args);
        cargo.args(ready.v8.features());
        cargo
    };

    report.step("format", |_| {
        watch_ok(&mut cargo(&["fmt", "--all", "--check"]))
    });
    report.step("tidy", |_| Ok(tidy::command(project)? == ExitCode::SUCCESS));
    report.step("clippy", |_| {
        watch_ok(
            with_features(&["clippy", "--workspace", "--all-targets"])
                .args(["--", "-D", "warnings"]),
        )
    });
    // Where V8 cannot be had there is no other build.
    if ready.v8.features().is_empty() {
        report.step("clippy without V8", |_| {
            watch_ok(cargo(&["clippy", "--workspace", "--all-targets"]).args([
                "--no-default-features",
                "--",
                "-D",
                "warnings",
            ]))
        });
    }
    report.step("documentation", |_| {
        watch_ok(
            with_features(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"),
        )
    });
    // Naming the tests too gives the program the same dependencies as the tests. Browser tests need the examples.
    let built = report.step("build", |_| {
        watch_ok(&mut with_features(&[
            "build",
            "--workspace",
            "--bins",
            "--tests",
            "--examples",
        ]))
    });
    if built {
        report.step("Rust tests", |tally| {
            let mut tests = if output_of(&mut cargo(&["nextest", "--version"])).is_some() {
                with_features(&["nextest", "run", "--workspace", "--no-fail-fast"])
            } else {
                with_features(&[
                    "test",
                    "--workspace",
                    "--bins",
                    "--lib",
                    "--tests",
                    "--no-fail-fast",
                ])
            };
            watch(&mut tests, |line| tally.read(line))
        });
    } else {
        report.skip("Rust tests", "the build failed");
    }
    report.step("documentation tests", |tally| {
        watch(
            &mut with_features(&["test", "--workspace", "--doc", "--no-fail-fast"]),
            |line| tally.read(line),
        )
    });
    packages(project, &ready, &mut report)?;
    report.step("tests of the benchmark", |tally| benchmark(project, tally));
    browser(project, &ready, built, &mut report);
    Ok(report.finish())
}

fn outcome_of_setup(ready: &Ready) -> Outcome {
    for problem in &ready.problems {
        eprintln!("error: {problem}");
    }
    if ready.problems.is_empty() {
        Outcome::Passed
    } else {
        Outcome::Failed
    }
}

/// `npm run check` and `npm test`, wherever a package has them.
fn packages(project: &Project, ready: &Ready, report: &mut Report) -> Result<()> {
    for folder in npm::folders(project, Scope::Develop)? {
        let manifest = fs::read_to_string(folder.join("package.json"))?;
        let manifest: serde_json::Value = serde_json::from_str(&manifest).with_context(|| {
            format!("{}/package.json is not valid JSON", project.shown(&folder))
        })?;
        for script in ["check", "test"] {
            if manifest["scripts"][script].is_string() {
                let mut npm = npm_script(project, &folder, script);
                if let Some(browser) = &ready.browser {
                    npm.env("CHROMIUM", browser);
                }
                report.step(&format!("{} {script}", project.shown(&folder)), |tally| {
                    watch(&mut npm, |line| tally.read(line))
                });
            }
        }
    }
    Ok(())
}

/// The arithmetic of `bench/`; its measurements are not tests.
fn benchmark(project: &Project, tally: &mut Tally) -> Result<bool> {
    let mut tests: Vec<_> = fs::read_dir(project.path("bench/test"))
        .context("cannot list bench/test")?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    tests.sort();
    watch(
        project
            .program("node")
            .args(["--test", "--test-reporter=spec"])
            .args(tests),
        |line| tally.read(line),
    )
}

fn npm_script(project: &Project, folder: &Path, script: &str) -> Command {
    let mut npm = project.program(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(folder).args(["run", "--silent", script]);
    npm
}

fn browser(project: &Project, ready: &Ready, built: bool, report: &mut Report) {
    if !built {
        return report.skip("browser tests", "the build failed");
    }
    if ready.browser.is_none() {
        return report.skip("browser tests", "there is no browser");
    }
    if !report.step("build the apps", |_| {
        e2e::build_apps(project).map(|()| true)
    }) {
        return report.skip("browser tests", "an app was not built");
    }
    report.step("types of the apps", |_| e2e::check_types(project));
    for (index, &engine) in Engine::available(&ready.v8).iter().enumerate() {
        report.step(
            &format!("browser tests, engine {}", engine.name()),
            |tally| {
                let selection = if index == 0 {
                    Selection::All
                } else {
                    Selection::OfApps
                };
                let specs = e2e::specs(project, None, selection)?;
                e2e::run(project, ready, engine, &specs, tally)
            },
        );
    }
}

fn watch_ok(command: &mut Command) -> Result<bool> {
    watch(command, |_| {})
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    Skipped(&'static str),
}

#[derive(Debug)]
struct Step {
    name: String,
    took: Duration,
    tally: Tally,
    outcome: Outcome,
}

/// What happened so far.
#[derive(Debug, Default)]
struct Report {
    steps: Vec<Step>,
}

impl Report {
    /// Runs a step and returns whether it passed; an error is a failed step.
    fn step(&mut self, name: &str, work: impl FnOnce(&mut Tally) -> Result<bool>) -> bool {
        announce(name);
        let started = Instant::now();
        let mut tally = Tally::default();
        let passed = work(&mut tally).unwrap_or_else(|error| {
            eprintln!("error: {error:#}");
            false
        });
        let outcome = if passed && tally.failed == 0 {
            Outcome::Passed
        } else {
            Outcome::Failed
        };
        self.add(name, started.elapsed(), tally, outcome);
        outcome == Outcome::Passed
    }

    fn skip(&mut self, name: &str, why: &'static str) {
        self.add(
            name,
            Duration::ZERO,
            Tally::default(),
            Outcome::Skipped(why),
        );
    }

    fn add(&mut self, name: &str, took: Duration, mut tally: Tally, outcome: Outcome) {
        // A check is no test, but one that fails may not vanish from the last line; nor may a test
        // program that failed before it counted anything.
        if outcome == Outcome::Failed && tally.failed == 0 {
            tally.failed = 1;
        }
        self.steps.push(Step {
            name: name.to_owned(),
            took,
            tally,
            outcome,
        });
    }

    fn total(&self) -> Tally {
        self.steps.iter().fold(Tally::default(), |mut total, step| {
            total += step.tally;
            total
        })
    }

    fn success(&self) -> bool {
        // What is skipped was skipped because something before it failed.
        self.steps
            .iter()
            .all(|step| step.outcome == Outcome::Passed)
    }

    /// Prints the summary; its last line is the count of tests.
    fn finish(&self) -> ExitCode {
        println!("\n==> summary");
        for line in self.lines() {
            println!("{line}");
        }
        println!("{}", self.total());
        if self.success() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    fn lines(&self) -> Vec<String> {
        let width = self
            .steps
            .iter()
            .map(|step| step.name.chars().count())
            .max()
            .unwrap_or(0);
        self.steps
            .iter()
            .map(
                |Step {
                     name,
                     took,
                     tally,
                     outcome,
                 }| {
                    let state = match outcome {
                        Outcome::Passed => "ok".to_owned(),
                        Outcome::Failed => "FAILED".to_owned(),
                        Outcome::Skipped(why) => {
                            return format!("    {name:width$}  skipped: {why}");
                        }
                    };
                    let counts = if tally.is_empty() {
                        String::new()
                    } else {
                        format!("  {tally}")
                    };
                    format!(
                        "    {name:width$}  {state:6}  {:>12}{counts}",
                        seconds(*took)
                    )
                },
            )
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn tests_are_counted_and_passing_checks_are_not() {
        let mut report = Report::default();
        report.step("tidy", |_| Ok(true));
        report.step("tests", |tally| {
            tally.passed = 7;
            Ok(true)
        });
        assert_eq!(report.total().to_string(), "7 passed, 0 failed");
        assert!(report.success());
    }

    #[test]
    fn a_failed_check_and_an_error_are_in_the_last_line() {
        let mut report = Report::default();
        assert!(!report.step("tidy", |_| Ok(false)));
        assert!(!report.step("clippy", |_| bail!("not installed")));
        assert_eq!(report.total().to_string(), "0 passed, 2 failed");
        assert!(!report.success());
    }

    #[test]
    fn a_counted_failure_fails_the_step_whatever_its_exit_code() {
        let mut report = Report::default();
        report.step("tests", |tally| {
            tally.failed = 2;
            Ok(true)
        });
        assert_eq!(report.total().to_string(), "0 passed, 2 failed");
        assert!(!report.success());
    }

    #[test]
    fn a_skipped_step_says_why_and_is_no_success() {
        let mut report = Report::default();
        report.skip("browser tests", "the build failed");
        assert_eq!(
            report.lines(),
            ["    browser tests  skipped: the build failed"]
        );
        assert!(!report.success());
    }
}
