//! Errors name the place and the fix.

use std::fs;

use crate::wellhead;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    folder
}

#[test]
fn a_broken_configuration_is_listed_whole() {
    let folder = folder(&[
        ("wellhead.toml", "[server]\nprot = 1\nport = 'x'\n[sever]\n"),
        ("src/routes/+page.svelte", ""),
    ]);
    let outcome = wellhead(folder.path(), &["build"]);
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!(outcome.err, @r"
    error: the configuration has 3 problems
    wellhead.toml:2: `server.prot`: unknown key
      hint: did you mean `port`?
    wellhead.toml:3: `server.port`: expected a number, found string
      hint: number: The TCP port; 0 takes a free one.
    wellhead.toml:4: `sever`: unknown section
      hint: did you mean [server]?
    hint: `wellhead check --config` lists the keys that there are
    ");
}

#[test]
fn a_folder_that_is_no_bundle_is_not_served() {
    let empty = folder(&[]);
    let outcome = wellhead(empty.path(), &["serve"]);
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!(outcome.err, @r"
    error: . has no wellhead.json: it is no bundle
    hint: name the folder that `wellhead build` wrote
    ");
    let half = folder(&[("server/index.js", "")]);
    insta::assert_snapshot!(wellhead(half.path(), &["serve"]).err, @r"
    error: . has no wellhead.json: a build was interrupted
    hint: build it again: wellhead build; if it was copied here, copy all of it
    ");
    let other = folder(&[("wellhead.json", r#"{"format": 7, "wellhead": "9.9.9"}"#)]);
    let outcome = wellhead(other.path(), &["serve"]);
    assert!(
        outcome
            .err
            .contains("was built by wellhead 9.9.9 in format 7"),
        "{}",
        outcome.err
    );
    assert!(
        outcome
            .err
            .contains("\nhint: build it again with this version"),
        "{}",
        outcome.err
    );
    let outcome = wellhead(empty.path(), &["serve", "nowhere"]);
    assert!(
        outcome.err.contains("there is no folder nowhere"),
        "{}",
        outcome.err
    );
}

#[test]
fn an_app_without_routes_is_explained() {
    let empty = folder(&[]);
    let outcome = wellhead(empty.path(), &["routes"]);
    assert_eq!(outcome.code, 1);
    assert!(
        outcome.err.contains("src/routes") && outcome.err.contains("error: the routes have"),
        "{}",
        outcome.err
    );
}
