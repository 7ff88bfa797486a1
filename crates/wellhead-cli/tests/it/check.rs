//! `wellhead check`: what it looks at, and what counts.

use std::fs;
use std::path::Path;

use crate::app::demo;
use crate::wellhead;

fn write(app: &Path, path: &str, text: &str) {
    let file = app.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

#[test]
fn what_does_not_compile_fails_the_check() {
    let (_folder, app) = demo();
    assert_eq!(wellhead(&app, &["check"]).code, 0);
    write(&app, "src/routes/+page.svelte", "<h1>{#if}</h1>");
    write(&app, "wellhead.toml", "[server]\nprot = 1\n");
    let checked = wellhead(&app, &["check"]);
    assert_eq!(checked.code, 1);
    for part in [
        "did you mean `port`?",
        "expected_whitespace",
        "src/routes/+page.svelte:1:",
    ] {
        assert!(checked.err.contains(part), "{part}: {}", checked.err);
    }
    assert!(
        checked.out.ends_with("2 errors, 0 warnings\n"),
        "{}",
        checked.out
    );
}

#[test]
fn components_that_no_route_reaches_are_checked_too() {
    let (_folder, app) = demo();
    write(&app, "src/lib/deep/Unused.svelte", "<p>\n{#if}</p>");
    write(
        &app,
        "src/lib/unused.svelte.ts",
        "let a: number = $state(0);\n$state(1);",
    );
    let checked = wellhead(&app, &["check"]);
    assert_eq!(checked.code, 1);
    for part in [
        "src/lib/deep/Unused.svelte:2:",
        "src/lib/unused.svelte.ts:2:",
    ] {
        assert!(checked.err.contains(part), "{part}: {}", checked.err);
    }
    assert_eq!(checked.out, "2 errors, 0 warnings\n");
    // With an error in a page too, each is told once.
    write(&app, "src/routes/+page.svelte", "{#if}");
    let checked = wellhead(&app, &["check"]);
    assert_eq!(checked.out, "3 errors, 0 warnings\n", "{}", checked.err);
    // Users get none of them: the build does without.
    write(&app, "src/routes/+page.svelte", "<p>fine</p>");
    let built = wellhead(&app, &["build"]);
    assert_eq!((built.code, built.err.as_str()), (0, ""));
}

#[test]
fn warnings_count_where_it_is_strict() {
    let (_folder, app) = demo();
    let (page, strict) = ("src/routes/+page.svelte", ["check", "--strict"]);
    assert_eq!(wellhead(&app, &strict).code, 0);
    for file in [page, "src/lib/Unused.svelte"] {
        write(&app, page, "<p>fine</p>");
        write(&app, file, "<img src=\"/a.png\">");
        let checked = wellhead(&app, &["check"]);
        assert_eq!(checked.code, 0, "{}", checked.err);
        assert_eq!(checked.out, "3 routes, 0 errors, 1 warning\n");
        assert!(checked.err.contains("a11y"), "{}", checked.err);
        assert!(checked.err.contains(file), "{}", checked.err);
        assert_eq!(wellhead(&app, &strict).code, 1);
    }
}

#[test]
fn routes_with_one_path_are_named_both() {
    let (_folder, app) = demo();
    for group in ["a", "b"] {
        let file = format!("src/routes/({group})/same/+page.svelte");
        write(&app, &file, "<p>same</p>");
    }
    for command in ["check", "build", "routes"] {
        let outcome = wellhead(&app, &[command]);
        assert_eq!(outcome.code, 1, "{command}");
        for group in ["(a)", "(b)"] {
            assert!(
                outcome.err.contains(&format!("src/routes/{group}/same")),
                "{command}: {}",
                outcome.err
            );
        }
    }
}
