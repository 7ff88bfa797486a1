//! `cargo xtask bench`: the comparison with peers, which `bench/run.mjs` knows how to run.

use std::{ffi::OsString, process::ExitCode};

use anyhow::{Result, bail};

use crate::{
    project::Project,
    setup::{self, Scope},
};

pub(crate) fn command(project: &Project, args: Vec<OsString>) -> Result<ExitCode> {
    let ready = setup::run(project, Scope::Run)?;
    if !ready.problems.is_empty() {
        bail!("{}", ready.problems.join("\nerror: "));
    }
    let mut node = project.program("node");
    let status = ready
        .v8
        .apply(node.arg("bench/run.mjs").args(args))
        .status()?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
