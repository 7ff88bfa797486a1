//! The bundle's folder: made beside, then put in place.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{shown, unreadable};
use crate::Diagnostic;
use crate::manifest::{FILE_NAME, Manifest};

/// A folder that is being filled.
pub(super) struct Folder {
    target: PathBuf,
    fresh: PathBuf,
}

impl Folder {
    /// Makes an empty folder beside `target`.
    pub(super) fn create(target: &Path) -> Result<Self, Diagnostic> {
        check_target(target)?;
        let fresh = beside(target, "new");
        remove(&fresh)
            .and_then(|()| fs::create_dir_all(&fresh))
            .map_err(|error| unwritable(&fresh, &error))?;
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
        fs::write(&half, text)
            .and_then(|()| fs::rename(&half, &last))
            .and_then(|()| remove(&old))
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
        for entry in fs::read_dir(&dir).into_iter().flatten().flatten() {
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
            if path.is_dir() {
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
                    Err(error) => problems.push(unreadable(file, &error)),
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

fn beside(target: &Path, suffix: &str) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{suffix}"));
    target.with_file_name(name)
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
