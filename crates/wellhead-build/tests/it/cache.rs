//! The compile cache and the bundle's folder under bad conditions: nothing breaks.

use std::fs;
use std::path::{Path, PathBuf};

use wellhead_build::{BuildOptions, Builder};

use crate::app::App;

fn entries(app: &App) -> Vec<PathBuf> {
    let folders = fs::read_dir(app.path().join(".wellhead/cache")).unwrap();
    let mut files: Vec<_> = folders
        .flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    files
}

#[test]
fn damaged_entries_are_compiled_again() {
    let app = App::new("hello");
    let first = app.build();
    let entries = entries(&app);
    let text = fs::read_to_string(&entries[0]).unwrap();
    // Still JSON, but not what was written.
    fs::write(&entries[0], text.replacen("import", "impart", 1)).unwrap();
    fs::write(&entries[1], &text[..text.len() / 2]).unwrap();
    fs::write(&entries[2], []).unwrap();
    let second = app.build();
    assert_eq!((second.compiled, &second.hash), (3, &first.hash));
    assert_eq!(app.build().compiled, 0);
}

#[test]
fn a_cache_that_cannot_be_written_makes_no_build_fail() {
    let app = App::new("hello");
    app.write(".wellhead/cache", "a file where the folder would be");
    let first = app.build();
    let second = app.build();
    assert!(first.compiled > 0 && second.compiled == first.compiled);
    assert_eq!(first.hash, second.hash);
}

#[test]
fn builds_at_once_in_one_folder_do_not_disturb_each_other() {
    let app = App::new("hello");
    let path: &Path = app.path();
    let build = |options: BuildOptions| {
        let builder = Builder::new(path, options).unwrap();
        builder
            .build()
            .unwrap_or_else(|error| panic!("{error}"))
            .hash
    };
    let hashes: Vec<_> = std::thread::scope(|scope| {
        let same = [0, 1].map(|_| scope.spawn(|| build(App::options())));
        let dev = scope.spawn(|| build(BuildOptions::development()));
        dev.join().unwrap();
        same.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(hashes[0], hashes[1]);
    assert_eq!(app.manifest().hash, hashes[0]);
    let left: Vec<_> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(".build"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_bundle_that_cannot_be_written_is_told_and_leaves_nothing() {
    let app = App::new("hello");
    app.write("taken", "a file");
    let options = App::options().with_out_dir("taken/out");
    let error = wellhead_build::build(app.path(), options).unwrap_err();
    let problem = &error.diagnostics()[0];
    assert_eq!(problem.code, "unwritable");
    assert!(
        problem
            .help
            .as_deref()
            .unwrap()
            .contains("space on the disk")
    );
    assert_eq!(
        fs::read_to_string(app.path().join("taken")).unwrap(),
        "a file"
    );
}
