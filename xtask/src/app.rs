//! Building the `wellhead` program, and apps with it.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::{command::run, project::Project, setup::v8::V8};

/// Builds the `wellhead` program for development.
///
/// The whole workspace decides the features of the dependencies, though one program is built: so
/// this, the tests and the checks share what was compiled.
pub(crate) fn build_program(project: &Project, v8: &V8) -> Result<()> {
    build_targets(
        project,
        v8,
        "wellhead (the first time this takes minutes)",
        &["--bin", "wellhead"],
    )
}

/// Builds what draws renders for the browser tests of the client.
pub(crate) fn build_pairs(project: &Project, v8: &V8) -> Result<()> {
    build_targets(project, v8, "pairs", &["--example", "pairs"])
}

fn build_targets(project: &Project, v8: &V8, what: &str, targets: &[&str]) -> Result<()> {
    let mut cargo = project.cargo();
    cargo
        .args(["build", "--workspace"])
        .args(targets)
        .args(v8.features());
    run(&format!("build {what}"), v8.apply(&mut cargo))
}

/// Builds the app in `folder` into `out`.
pub(crate) fn build(project: &Project, folder: &Path, out: &Path) -> Result<()> {
    let parent = out.parent().context("the output needs a folder")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    run(
        &format!("build {}", project.shown(folder)),
        project
            .program(project.wellhead())
            .arg("build")
            .arg(folder)
            .arg("--out")
            .arg(out),
    )
}
