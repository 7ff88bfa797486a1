//! Building the `wellhead` program, and apps with it.

use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::{command::run, project::Project, setup::v8::V8};

/// Builds the `wellhead` program for development.
///
/// The whole workspace decides the features of the dependencies, though one program is built: so
/// this, the tests and the checks share what was compiled.
pub(crate) fn build_program(project: &Project, v8: &V8) -> Result<()> {
    let mut cargo = project.cargo();
    cargo
        .args(["build", "--workspace", "--bin", "wellhead"])
        .args(v8.features());
    run(
        "build wellhead (the first time this takes minutes)",
        v8.apply(&mut cargo),
    )
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
