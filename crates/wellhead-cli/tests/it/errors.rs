//! Errors name the place and the fix.

use std::fs;

use crate::{link_packages, wellhead};

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

/// Every failure ends with what to do: a hint, a diagnostic's help, or the help of a command line that is not understood.
#[test]
fn every_failure_says_what_to_do() {
    let folder = folder(&[
        ("syntax/wellhead.toml", "[log]\nlevel = info\n"),
        ("level/wellhead.toml", "[log]\nlevel = \"inof\"\n"),
        ("list.json", "[]"),
        ("taken/file", ""),
        ("Fine.svelte", "<p>fine</p>"),
        ("Bad.svelte", "{#if}"),
        ("Throws.svelte", "<script>throw new Error('no')</script>"),
        ("bytes.svelte/folder", ""),
    ]);
    link_packages(folder.path());
    for (args, code, why) in [
        ("build nowhere", 1, "cannot open the folder"),
        ("build syntax", 1, "wellhead.toml:2: "),
        ("build --out", 2, "--out"),
        ("check nowhere", 1, "cannot open the folder"),
        ("check --strikt", 2, "--strict"),
        ("dev nowhere", 1, "cannot open nowhere"),
        ("dev Fine.svelte", 1, "Fine.svelte"),
        ("dev --port 99999", 2, "99999"),
        ("help nothing", 2, "nothing"),
        ("new taken", 1, "taken is there already"),
        ("new Fine.svelte/app", 1, "cannot write Fine.svelte/app"),
        ("render", 2, "<FILE>"),
        ("render gone.svelte", 1, "cannot read the file"),
        ("render bytes.svelte", 1, "this is a folder"),
        ("render Bad.svelte", 1, "Bad.svelte does not compile"),
        ("render Throws.svelte", 1, "threw Error: no"),
        ("render Fine.svelte --props {", 1, "no JSON object"),
        (
            "render Fine.svelte --props @gone.json",
            1,
            "cannot read gone.json",
        ),
        ("render Fine.svelte --props @list.json", 1, "no JSON object"),
        (
            "render Fine.svelte --compiler-options @gone.json",
            1,
            "cannot read gone.json",
        ),
        ("render --batch @gone", 1, "cannot read gone"),
        ("render --batch @taken", 1, "taken"),
        ("render --batch gone", 1, "--batch takes @FILE"),
        ("routes nowhere", 1, "src/routes"),
        ("serve nowhere", 1, "there is no folder nowhere"),
        ("serve --config nope.toml", 1, "cannot read nope.toml"),
        (
            "serve --config syntax/wellhead.toml",
            1,
            "wellhead.toml:2: ",
        ),
        ("serve --engine bun", 2, "there is no engine `bun`"),
        (
            "serve level",
            1,
            "log.level is not understood: \"inof\" is no level",
        ),
        ("completions cmd", 2, "cmd"),
    ] {
        let words: Vec<_> = args.split(' ').collect();
        let outcome = wellhead(folder.path(), &words);
        assert_eq!(outcome.code, code, "{args}: {}", outcome.err);
        assert!(outcome.err.contains(why), "{args}: {}", outcome.err);
        let helps = |line: &str| {
            let line = line.trim_start_matches([' ', '|', '=']);
            ["hint: ", "help: ", "For more information, try '--help'"]
                .iter()
                .any(|start| line.starts_with(start))
        };
        assert!(outcome.err.lines().any(helps), "{args}: {}", outcome.err);
    }
}
