//! `cargo xtask instructions`: how many instructions the cases of a benchmark take, which is the same on every run.
//!
//! Time on a machine that others use too varies by half; what is counted by valgrind does not. The figures are for
//! comparing two states of the code, so nothing here fails when they grow.

use std::{
    path::PathBuf,
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{command, project::Project};

const PACKAGE: &str = "wellhead-html";
const BENCH: &str = "diff";
/// The function of the benchmark that is counted, with what it calls.
const COUNTED: &str = "--toggle-collect=*counted*";

pub(crate) fn command(project: &Project) -> Result<ExitCode> {
    if command::find_program("valgrind").is_none() {
        bail!("no valgrind on PATH; hint: apt-get install valgrind");
    }
    command::announce(&format!("build the benchmark {BENCH} of {PACKAGE}"));
    let program = build(project)?;
    let cases = command::output_of(Command::new(&program).args(["--count"]))
        .context("the benchmark does not tell its cases")?;
    println!("\n| case | instructions |\n| --- | --- |");
    for case in cases.lines() {
        println!("| {case} | {} |", grouped(count(&program, case)?));
    }
    Ok(ExitCode::SUCCESS)
}

/// Builds the benchmark as `cargo bench` does, and gives the program.
fn build(project: &Project) -> Result<PathBuf> {
    let output = project
        .cargo()
        .args(["bench", "--package", PACKAGE, "--bench", BENCH, "--no-run"])
        .arg("--message-format=json")
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start cargo")?;
    if !output.status.success() {
        bail!("cargo bench ended with {}", output.status);
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == BENCH)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .context("cargo built no benchmark")
}

fn count(program: &PathBuf, case: &str) -> Result<u64> {
    let output = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
            COUNTED,
        ])
        .arg(program)
        .args(["--count", case])
        .output()
        .context("cannot start valgrind")?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("valgrind failed on {case:?}:\n{said}");
    }
    collected(&said).with_context(|| format!("valgrind counted nothing:\n{said}"))
}

/// `==123== Collected : 4567`
fn collected(said: &str) -> Option<u64> {
    let line = said.lines().find(|line| line.contains(" Collected : "))?;
    line.rsplit(' ').next()?.parse().ok()
}

/// Digits in groups of three, as `bench/RESULTS.md` has them.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_found_among_what_valgrind_says() {
        let said =
            "==7== Events    : Ir\n==7== Collected : 2390\n==7==\n==7== I   refs:      2,390\n";
        assert_eq!(collected(said), Some(2390));
        assert_eq!(collected("==7== I   refs:      2,390\n"), None);
    }

    #[test]
    fn digits_are_grouped_from_the_right() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(59_299_413), "59,299,413");
    }
}
