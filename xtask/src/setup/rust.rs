//! The parts of the Rust toolchain that the checks need.

use anyhow::{Result, bail};

use crate::{
    command::{find_program, output_of, run},
    project::Project,
};

pub(super) fn prepare(project: &Project) -> Result<()> {
    let missing: Vec<&str> = ["fmt", "clippy"]
        .into_iter()
        .filter(|tool| output_of(project.cargo().args([tool, "--version"])).is_none())
        .map(|tool| if tool == "fmt" { "rustfmt" } else { tool })
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if find_program("rustup").is_none() {
        bail!(
            "cargo has no {}; hint: install it with the package manager that brought cargo",
            missing.join(", no ")
        );
    }
    run(
        "the missing parts of Rust",
        project
            .program("rustup")
            .args(["component", "add"])
            .args(&missing),
    )
}
