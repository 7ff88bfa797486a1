//! The npm packages of every folder that has a lockfile, installed again only when it changed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Error, Result, bail};
use sha2::{Digest, Sha256};

use crate::{
    command,
    project::{Project, write_atomically},
    setup::{Scope, v8::hex},
};

/// In `node_modules`: what was installed there, so that npm is not asked again.
const STAMP: &str = "node_modules/.xtask-stamp";

/// Installs what is missing; the number of folders, or everything that failed.
pub(super) fn prepare(project: &Project, node: &str, scope: Scope) -> Result<usize, Vec<Error>> {
    let folders = folders(project, scope).map_err(|error| vec![error])?;
    let failed: Vec<Error> = folders
        .iter()
        .filter_map(|folder| install(project, folder, node).err())
        .collect();
    if failed.is_empty() {
        Ok(folders.len())
    } else {
        Err(failed)
    }
}

/// The npm folders of the repository that are installed by themselves: packages first, because
/// examples may link to them. Members of an npm workspace are installed with it.
pub(crate) fn folders(project: &Project, scope: Scope) -> Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    let parents: &[&str] = match scope {
        Scope::Run => &["packages", "examples"],
        Scope::Develop => &[
            "packages",
            "examples",
            "tests",
            "tests/e2e/apps",
            "crates/wellhead-build/tests",
        ],
    };
    for parent in parents {
        let workspace = project.path(parent);
        match fs::read_to_string(workspace.join("package.json")) {
            Ok(manifest)
                if is_workspace(&manifest).with_context(|| format!("{parent}/package.json"))? =>
            {
                folders.push(workspace);
            }
            _ => folders.extend(project.folders_with(parent, "package.json")?),
        }
    }
    Ok(folders)
}

fn is_workspace(manifest: &str) -> Result<bool> {
    let manifest: serde_json::Value = serde_json::from_str(manifest)?;
    Ok(!manifest["workspaces"].is_null())
}

fn install(project: &Project, folder: &Path, node: &str) -> Result<()> {
    let shown = project.shown(folder);
    let manifest = fs::read_to_string(folder.join("package.json"))
        .with_context(|| format!("cannot read {shown}/package.json"))?;
    if !has_dependencies(&manifest)
        .with_context(|| format!("{shown}/package.json is not valid JSON"))?
    {
        return Ok(());
    }
    let Ok(lock) = fs::read_to_string(folder.join("package-lock.json")) else {
        bail!(
            "{shown} has no package-lock.json; hint: npm install --omit-lockfile-registry-resolved --prefix {shown}"
        );
    };
    let stamp = stamp(&manifest, &lock, node);
    if fs::read_to_string(folder.join(STAMP)).is_ok_and(|installed| installed == stamp) {
        return Ok(());
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    command::run(
        &format!("npm packages of {shown}"),
        project.program(npm).current_dir(folder).args([
            "ci",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]),
    )
    .context("hint: npm needs its registry, or a cache that holds the packages")?;
    write_atomically(&folder.join(STAMP), &stamp)
}

/// Native packages are built for one major version of Node, so that is part of what is installed.
fn stamp(manifest: &str, lock: &str, node: &str) -> String {
    let major = node.split('.').next().unwrap_or(node);
    let mut hash = Sha256::new();
    for part in [manifest, lock, major] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())
}

fn has_dependencies(manifest: &str) -> Result<bool> {
    let manifest: serde_json::Value = serde_json::from_str(manifest)?;
    Ok(["dependencies", "devDependencies", "optionalDependencies"]
        .iter()
        .any(|kind| {
            manifest[kind]
                .as_object()
                .is_some_and(|packages| !packages.is_empty())
        }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_lockfile_manifest_or_major_version_installs_again() {
        let installed = stamp("{}", "a", "20.1.0");
        assert_eq!(installed, stamp("{}", "a", "20.9.3"));
        assert_ne!(installed, stamp("{}", "b", "20.1.0"));
        assert_ne!(installed, stamp("{ }", "a", "20.1.0"));
        assert_ne!(installed, stamp("{}", "a", "22.1.0"));
    }

    #[test]
    fn to_run_an_app_nothing_of_the_tests_is_installed() {
        let project = Project::find().unwrap();
        let shown = |scope| -> Vec<_> {
            let folders = folders(&project, scope).unwrap();
            folders.iter().map(|folder| project.shown(folder)).collect()
        };
        assert_eq!(
            shown(Scope::Run),
            ["packages", "examples/atlas", "examples/live-atlas"]
        );
        assert!(shown(Scope::Develop).contains(&"tests/e2e".to_owned()));
    }

    #[test]
    fn a_workspace_is_known_by_its_members() {
        assert!(is_workspace(r#"{"workspaces": ["client", "host"]}"#).unwrap());
        assert!(!is_workspace(r#"{"name": "client"}"#).unwrap());
        assert!(is_workspace("{").is_err());
    }

    #[test]
    fn a_package_without_dependencies_needs_no_lockfile() {
        assert!(!has_dependencies(r#"{"name": "a", "dependencies": {}}"#).unwrap());
        assert!(has_dependencies(r#"{"devDependencies": {"b": "1.0.0"}}"#).unwrap());
    }
}
