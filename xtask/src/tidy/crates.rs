//! The crate table of ARCHITECTURE.md against `cargo metadata`, and who may name which library.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Problem;
use crate::project::Project;

const TABLE: &str = "ARCHITECTURE.md";
const HEADER: [&str; 4] = ["crate", "owns", "does not know", "depends on"];

/// Libraries that only some folders may name. A `*` stands for the rest of the name.
const OWNERS: [(&[&str], &[&str]); 7] = [
    (&["deno_*", "serde_v8", "v8"], &["crates/wellhead-js"]),
    (
        &["rolldown", "rolldown_*", "string_wizard"],
        &["crates/wellhead-build"],
    ),
    (&["axum", "axum-*"], &["crates/wellhead-server"]),
    (
        &["tungstenite", "tokio-tungstenite"],
        &["crates/wellhead-server", "crates/wellhead-bench"],
    ),
    (&["rusqlite", "libsqlite3-sys"], &["crates/wellhead-store"]),
    (
        &["pyo3", "pyo3-*"],
        &["crates/wellhead-python", "bindings/python"],
    ),
    (&["napi", "napi-*"], &["bindings/node"]),
];

/// A package of the workspace, as far as the rules look.
#[derive(Debug, Default)]
struct Package {
    name: String,
    /// The folder from the root, with forward slashes.
    folder: String,
    /// What it needs to be built, without what only its tests need.
    needs: BTreeSet<String>,
    /// Everything it may use, tests included.
    uses: BTreeSet<String>,
}

/// A row of the table: the folders it is about, and its last cell.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    line: usize,
    folders: Vec<String>,
    depends_on: String,
}

pub(super) fn check(project: &Project) -> Result<Vec<Problem>> {
    let output = project
        .cargo()
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .context("cannot start cargo metadata")?;
    if !output.status.success() {
        bail!(
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = packages(&metadata).context("cargo metadata has an unknown form")?;
    let table =
        fs::read_to_string(project.path(TABLE)).with_context(|| format!("cannot read {TABLE}"))?;
    let mut problems = table_matches_workspace(&table, &packages);
    problems.extend(libraries_stay_with_their_owners(&packages));
    Ok(problems)
}

fn packages(metadata: &Value) -> Option<Vec<Package>> {
    let root = Path::new(metadata["workspace_root"].as_str()?);
    let mut packages = Vec::new();
    for listed in metadata["packages"].as_array()? {
        let folder = Path::new(listed["manifest_path"].as_str()?)
            .parent()?
            .strip_prefix(root)
            .ok()?;
        let mut package = Package {
            name: listed["name"].as_str()?.to_owned(),
            folder: folder.to_str()?.replace('\\', "/"),
            ..Package::default()
        };
        for dependency in listed["dependencies"].as_array()? {
            let name = dependency["name"].as_str()?.to_owned();
            if dependency["kind"] != "dev" {
                package.needs.insert(name.clone());
            }
            package.uses.insert(name);
        }
        packages.push(package);
    }
    Some(packages)
}

/// The arrows of the table are exactly those of the workspace.
fn table_matches_workspace(table: &str, packages: &[Package]) -> Vec<Problem> {
    let Some(rows) = rows(table) else {
        let header = format!("| {} |", HEADER.join(" | "));
        return vec![Problem::new(
            TABLE,
            0,
            format!("there is no table with the header `{header}`"),
        )];
    };
    let ours: BTreeSet<&str> = packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let mut problems = Vec::new();
    let mut seen: Vec<&Package> = Vec::new();
    for row in &rows {
        let says = said(&row.depends_on, &seen);
        for folder in &row.folders {
            let Some(package) = packages.iter().find(|package| package.folder == *folder) else {
                problems.push(Problem::new(
                    TABLE,
                    row.line,
                    format!("there is no crate {folder}"),
                ));
                continue;
            };
            let needs: BTreeSet<&str> = package
                .needs
                .iter()
                .map(String::as_str)
                .filter(|need| ours.contains(need))
                .map(short)
                .collect();
            let says: BTreeSet<&str> = says.iter().map(String::as_str).collect();
            for extra in needs.difference(&says) {
                let text = format!("{folder} depends on {extra}, but its row does not say so");
                problems.push(Problem::new(TABLE, row.line, text));
            }
            for missing in says.difference(&needs) {
                let text = format!("{folder} does not depend on {missing}, but its row says so");
                problems.push(Problem::new(TABLE, row.line, text));
            }
            seen.push(package);
        }
    }
    let absent = |package: &&Package| !rows.iter().any(|row| row.folders.contains(&package.folder));
    for package in packages.iter().filter(absent) {
        problems.push(Problem::new(
            TABLE,
            0,
            format!("the crate table has no row for {}", package.folder),
        ));
    }
    problems
}

fn libraries_stay_with_their_owners(packages: &[Package]) -> Vec<Problem> {
    let mut problems = Vec::new();
    // The benchmark may name any of them, because it compares with them.
    for package in packages
        .iter()
        .filter(|package| !package.folder.starts_with("bench"))
    {
        let manifest = format!("{}/Cargo.toml", package.folder);
        for name in &package.uses {
            let owners = OWNERS
                .iter()
                .find(|(patterns, _)| patterns.iter().any(|pattern| fits(pattern, name)));
            if let Some((_, owners)) = owners
                && !owners.contains(&package.folder.as_str())
            {
                let text = format!("{name} may be named only in {}", owners.join(" and "));
                problems.push(Problem::new(&manifest, 0, text));
            }
        }
    }
    problems
}

/// The rows of the crate table that are about Rust; `None` if there is no such table.
fn rows(text: &str) -> Option<Vec<Row>> {
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, cells(line)));
    lines.by_ref().find(|(_, cells)| cells == &HEADER)?;
    let rows = lines.skip(1).take_while(|(_, cells)| !cells.is_empty());
    Some(
        rows.map(|(line, cells)| Row {
            line,
            folders: quoted(cells[0])
                .map(|folder| folder.trim_end_matches('/').to_owned())
                .filter(|folder| {
                    folder == "xtask"
                        || folder.starts_with("crates/")
                        || folder.starts_with("bindings/")
                })
                .collect(),
            depends_on: cells.last().copied().unwrap_or_default().to_owned(),
        })
        .collect(),
    )
}

/// The cells of a line of a table, trimmed; none if it is not such a line.
fn cells(line: &str) -> Vec<&str> {
    let inner = line
        .trim()
        .strip_prefix('|')
        .and_then(|line| line.strip_suffix('|'));
    inner
        .map(|inner| inner.split('|').map(str::trim).collect())
        .unwrap_or_default()
}

/// The parts of `cell` between backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// The short names that a last cell says: a list, `–` for none, or `all above but …`.
fn said(cell: &str, above: &[&Package]) -> BTreeSet<String> {
    let list = |list: &str| -> BTreeSet<String> {
        list.split(',')
            .map(|name| name.trim().to_owned())
            .filter(|name| !matches!(&**name, "" | "–" | "-"))
            .collect()
    };
    let Some(exceptions) = cell.strip_prefix("all above") else {
        return list(cell);
    };
    let exceptions = list(exceptions.trim().strip_prefix("but").unwrap_or_default());
    above
        .iter()
        .map(|package| short(&package.name).to_owned())
        .filter(|name| !exceptions.contains(name))
        .collect()
}

fn short(name: &str) -> &str {
    name.strip_prefix("wellhead-").unwrap_or(name)
}

fn fits(pattern: &str, name: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(pattern == name, |start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(folder: &str, needs: &[&str], tests_use: &[&str]) -> Package {
        let needs: BTreeSet<String> = needs.iter().map(|&need| need.to_owned()).collect();
        let uses = needs
            .iter()
            .cloned()
            .chain(tests_use.iter().map(|&name| name.to_owned()))
            .collect();
        let name = folder.rsplit('/').next().unwrap_or(folder).to_owned();
        Package {
            name,
            folder: folder.to_owned(),
            needs,
            uses,
        }
    }

    fn check_table(table_rows: &str, expect: &[&str]) {
        let packages = [
            package("crates/wellhead-render", &["serde"], &["wellhead-js"]),
            package("crates/wellhead-js", &["wellhead-render", "deno_core"], &[]),
            package(
                "crates/wellhead-cli",
                &["wellhead-js", "wellhead-render"],
                &[],
            ),
        ];
        let table = format!(
            "# A\n| crate | owns | does not know | depends on |\n|---|---|---|---|\n{table_rows}\nrest"
        );
        let problems: Vec<String> = table_matches_workspace(&table, &packages)
            .iter()
            .map(Problem::to_string)
            .collect();
        assert_eq!(problems, expect);
    }

    #[test]
    fn a_table_that_says_what_is_has_no_problem() {
        check_table(
            "| `crates/wellhead-render` | a | b | – |\n\
             | `crates/wellhead-js` | a | b | render |\n\
             | `crates/wellhead-cli` | a | b | all above |\n\
             | `packages/client` | a | b | generated protocol |\n",
            &[],
        );
    }

    #[test]
    fn each_difference_is_named_with_its_line() {
        check_table(
            "| `crates/wellhead-render` | a | b | js |\n\
             | `crates/wellhead-js` | a | b | – |\n\
             | `crates/wellhead-html` | a | b | – |\n",
            &[
                "ARCHITECTURE.md:4: crates/wellhead-render does not depend on js, but its row says so",
                "ARCHITECTURE.md:5: crates/wellhead-js depends on render, but its row does not say so",
                "ARCHITECTURE.md:6: there is no crate crates/wellhead-html",
                "ARCHITECTURE.md: the crate table has no row for crates/wellhead-cli",
            ],
        );
    }

    #[test]
    fn all_above_can_have_exceptions() {
        let above = [
            package("crates/wellhead-js", &[], &[]),
            package("crates/wellhead-python", &[], &[]),
        ];
        let above: Vec<&Package> = above.iter().collect();
        assert_eq!(
            said("all above but python", &above),
            BTreeSet::from(["js".to_owned()])
        );
        assert_eq!(said("all above", &above).len(), 2);
        assert_eq!(said("–", &above).len(), 0);
    }

    #[test]
    fn a_text_without_the_table_is_a_problem() {
        let problems = table_matches_workspace("# A\n| crate | depends on |\n", &[]);
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn a_library_is_named_only_by_its_owner_even_in_tests() {
        let packages = [
            package("crates/wellhead-js", &["deno_core"], &[]),
            package("crates/wellhead-server", &["axum", "tokio"], &["deno_core"]),
            package(
                "crates/wellhead-build",
                &["rolldown_common", "axum-extra"],
                &[],
            ),
            package("bench", &["axum"], &[]),
        ];
        let problems: Vec<String> = libraries_stay_with_their_owners(&packages)
            .iter()
            .map(Problem::to_string)
            .collect();
        assert_eq!(
            problems,
            [
                "crates/wellhead-server/Cargo.toml: deno_core may be named only in crates/wellhead-js",
                "crates/wellhead-build/Cargo.toml: axum-extra may be named only in crates/wellhead-server",
            ]
        );
    }

    #[test]
    fn packages_are_read_from_cargo_metadata() {
        let metadata = serde_json::json!({
            "workspace_root": "/a",
            "packages": [{
                "name": "wellhead-js",
                "manifest_path": "/a/crates/wellhead-js/Cargo.toml",
                "dependencies": [{ "name": "tokio", "kind": null }, { "name": "insta", "kind": "dev" }],
            }],
        });
        let packages = packages(&metadata).unwrap();
        assert_eq!(packages[0].folder, "crates/wellhead-js");
        assert!(packages[0].needs.contains("tokio") && !packages[0].needs.contains("insta"));
        assert!(packages[0].uses.contains("insta"));
    }
}
