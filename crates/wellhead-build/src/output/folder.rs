//! The bundle's folder: made beside, then put in place.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::shown;
use crate::Diagnostic;
use crate::atomic::{beside, turn};
use crate::manifest::{FILE_NAME, Manifest};
use crate::scan::loop_of_links;
use crate::session::leads_back;

/// What a killed build has left is removed after this time.
const STALE_AFTER: Duration = Duration::from_secs(24 * 3600);

/// A folder that is being filled. What is not finished is removed.
pub(super) struct Folder {
    target: PathBuf,
    fresh: PathBuf,
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = remove(&self.fresh);
    }
}

impl Folder {
    /// Makes an empty folder beside `target`.
    pub(super) fn create(target: &Path) -> Result<Self, Diagnostic> {
        check_target(target)?;
        remove_stale(target);
        let fresh = beside(target, "new");
        fs::create_dir_all(&fresh).map_err(|error| unwritable(&fresh, &error))?;
        Ok(Self {
            target: target.to_owned(),
            fresh,
        })
    }

    /// Writes a file, its path relative to the folder.
    pub(super) fn write(&self, path: &str, bytes: &[u8]) -> Result<(), Diagnostic> {
        let path = self.fresh.join(path);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| fs::write(&path, bytes))
            .map_err(|error| unwritable(&path, &error))
    }

    /// Writes the manifest and puts the folder in place of the old one.
    pub(super) fn finish(self, manifest: &Manifest) -> Result<(), Diagnostic> {
        let text = serde_json::to_vec(manifest).map_err(|error| {
            Diagnostic::error(
                "manifest",
                format!("the manifest cannot be written: {error}"),
            )
        })?;
        let last = self.fresh.join(FILE_NAME);
        let half = last.with_extension("json.tmp");
        let old = beside(&self.target, "old");
        let _turn = self.target.parent().and_then(turn);
        fs::write(&half, text)
            .and_then(|()| fs::rename(&half, &last))
            .and_then(|()| {
                if self.target.exists() {
                    fs::rename(&self.target, &old)
                } else {
                    Ok(())
                }
            })
            .and_then(|()| fs::rename(&self.fresh, &self.target))
            .and_then(|()| remove(&old))
            .map_err(|error| unwritable(&self.target, &error))
    }
}

/// Removes what builds that were killed have left beside the target. Builds of the last day may still run.
fn remove_stale(target: &Path) {
    let (Some(parent), Some(name)) = (target.parent(), target.file_name()) else {
        return;
    };
    let begins = format!(".{}.", name.to_string_lossy());
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_left = name
            .strip_prefix(&begins)
            .and_then(|rest| {
                rest.strip_suffix(".new")
                    .or_else(|| rest.strip_suffix(".old"))
            })
            .is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit() || b == b'-'));
        let changed = entry.metadata().and_then(|meta| meta.modified());
        let age = changed.ok().and_then(|changed| changed.elapsed().ok());
        if is_left && age.is_some_and(|age| age > STALE_AFTER) {
            let _ = remove(&entry.path());
        }
    }
}

/// Refuses to replace a folder that holds anything but a bundle.
fn check_target(target: &Path) -> Result<(), Diagnostic> {
    let Ok(entries) = fs::read_dir(target) else {
        let is_file = target.is_file();
        let problem =
            || Diagnostic::error("not_a_folder", "the output is a file").in_file(shown(target));
        return if is_file {
            Err(problem().with_help("choose another output folder"))
        } else {
            Ok(())
        };
    };
    let foreign = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .find(|name| !matches!(name.as_str(), "server" | "client" | FILE_NAME));
    match foreign {
        None => Ok(()),
        Some(name) => Err(Diagnostic::error(
            "not_a_bundle",
            format!("the output folder holds `{name}`, which is no part of a bundle"),
        )
        .in_file(shown(target))
        .with_help("choose another output folder, or empty this one")),
    }
}

/// Adds the files of `static`, by URL path.
pub(super) fn read_static(
    app_dir: &Path,
    files: &mut BTreeMap<String, Vec<u8>>,
    problems: &mut Vec<Diagnostic>,
) {
    let root = app_dir.join("static");
    let mut open = vec![root.clone()];
    while let Some(dir) = open.pop() {
        let entries = match fs::read_dir(&dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound && dir == root => return,
            Err(error) => {
                let shown = dir.strip_prefix(app_dir).unwrap_or(&dir);
                problems.push(Diagnostic::unreadable(shown.display().to_string(), &error));
                continue;
            }
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let Ok(relative) = path.strip_prefix(&root) else {
                continue;
            };
            let Some(relative) = relative.to_str() else {
                problems.push(
                    Diagnostic::error("invalid_name", "the name is not UTF-8")
                        .in_file(shown(&path))
                        .with_help("rename it"),
                );
                continue;
            };
            let url = format!("/{}", relative.replace('\\', "/"));
            let file = format!("static{url}");
            if leads_back(&path) {
                problems.push(loop_of_links(file));
            } else if path.is_dir() {
                open.push(path);
            } else if url.starts_with("/_app/") {
                problems.push(
                    Diagnostic::error("reserved_path", "the path /_app is the build's own")
                        .in_file(file)
                        .with_help("rename the folder"),
                );
            } else if relative.split('/').all(|part| part != ".DS_Store") {
                match fs::read(&path) {
                    Ok(bytes) => drop(files.insert(url, bytes)),
                    Err(error) => problems.push(Diagnostic::unreadable(file, &error)),
                }
            }
        }
    }
}

/// A path as it stands in a URL.
pub(super) fn percent_encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'-'
            | b'_'
            | b'.'
            | b'~'
            | b'/'
            | b'!'
            | b'$'
            | b'&'
            | b'\''
            | b'('
            | b')'
            | b'*'
            | b'+'
            | b','
            | b';'
            | b'='
            | b':'
            | b'@' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::error("unwritable", format!("cannot write the bundle: {error}"))
        .in_file(shown(path))
        .with_help("check the folder's permissions and the space on the disk")
}
