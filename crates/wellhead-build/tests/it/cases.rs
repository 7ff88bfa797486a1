//! Apps written as one text file: each `-- path --` line begins a file.

use std::fs;
use std::path::{Path, PathBuf};

/// Writes the files of a case into a folder.
pub(crate) fn unpack(case: &str, into: &Path) {
    let mut file: Option<(PathBuf, String)> = None;
    let write = |file: Option<(PathBuf, String)>| {
        let Some((path, content)) = file else { return };
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    for line in case.lines() {
        if let Some(path) = line
            .strip_prefix("-- ")
            .and_then(|line| line.strip_suffix(" --"))
        {
            write(file.replace((into.join(path), String::new())));
        } else if let Some((_, content)) = &mut file {
            content.push_str(line);
            content.push('\n');
        }
    }
    write(file);
}

/// The `.txt` files of a folder of `tests`, by name.
pub(crate) fn of(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(folder);
    let mut cases: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| {
            (
                path.file_stem().unwrap().to_str().unwrap().to_owned(),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect();
    cases.sort();
    assert!(!cases.is_empty());
    cases
}
