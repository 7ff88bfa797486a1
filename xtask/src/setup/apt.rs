//! Debian packages, where this user may install them.

use std::fs;

use anyhow::{Result, bail};

use crate::{
    command::{find_program, output_of, run},
    project::Project,
};

/// Installs `packages`, or says why that cannot be done here.
pub(super) fn install(project: &Project, packages: &[&str]) -> Result<()> {
    if !is_debian() || find_program("apt-get").is_none() {
        bail!("it can be installed automatically on Debian only");
    }
    if output_of(project.program("id").arg("-u")).as_deref() != Some("0") {
        bail!(
            "only root can install it (sudo apt-get install {})",
            packages.join(" ")
        );
    }
    if packages
        .iter()
        .any(|package| candidate(project, package).is_none())
    {
        run(
            "refresh the list of Debian packages",
            project.program("apt-get").arg("update"),
        )?;
    }
    let mut command = project.program("apt-get");
    command
        .args(["install", "--yes", "--no-install-recommends"])
        .args(packages);
    run(
        &format!("install {} from Debian", packages.join(", ")),
        command.env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

/// The version that `apt-get install` would bring.
pub(super) fn candidate(project: &Project, package: &str) -> Option<String> {
    let policy = output_of(
        project
            .program("apt-cache")
            .args(["policy", package])
            .env("LC_ALL", "C"),
    )?;
    let version = policy
        .lines()
        .find_map(|line| line.trim().strip_prefix("Candidate: "))?;
    (version != "(none)").then(|| version.to_owned())
}

fn is_debian() -> bool {
    // Ubuntu is left out: its chromium package is a snap, which does not run in a container.
    fs::read_to_string("/etc/os-release")
        .is_ok_and(|text| text.lines().any(|line| line == "ID=debian"))
}
