//! `cargo xtask bench`: the comparisons with peers, which `bench/run.mjs` and, of live pages, `bench/live/run.mjs` know how to run.

use std::{ffi::OsString, process::ExitCode};

use anyhow::{Result, bail};

use crate::{
    project::Project,
    setup::{self, Scope},
};

pub(crate) fn command(project: &Project, args: Vec<OsString>) -> Result<ExitCode> {
    let (script, args) = script(&args);
    let ready = setup::run(project, Scope::Run)?;
    if !ready.problems.is_empty() {
        bail!("{}", ready.problems.join("\nerror: "));
    }
    let mut node = project.program("node");
    let status = ready.v8.apply(node.arg(script).args(args)).status()?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Which comparison the arguments ask for, and what is left of them.
fn script(args: &[OsString]) -> (&'static str, &[OsString]) {
    match args.split_first() {
        Some((first, rest)) if first == "live" => ("bench/live/run.mjs", rest),
        _ => ("bench/run.mjs", args),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn live_pages_have_a_comparison_of_their_own() {
        let args = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        let live = args(&["live", "--quick"]);
        assert_eq!(script(&live), ("bench/live/run.mjs", &live[1..]));
        let pages = args(&["--quick", "live"]);
        assert_eq!(script(&pages), ("bench/run.mjs", &pages[..]));
        assert_eq!(script(&[]), ("bench/run.mjs", &[][..]));
    }
}
