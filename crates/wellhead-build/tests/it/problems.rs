//! What a failed build says.

use wellhead_build::Diagnostic;

use crate::app::App;

#[test]
fn all_problems_are_told_at_once_with_their_places() {
    let app = App::new("broken");
    let error = app.fail();
    let text = error
        .to_string()
        .replace(app.path().to_str().unwrap(), "APP");
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../apps", omit_expression => true }, {
        insta::assert_snapshot!("broken", text);
    });
    let problem = error
        .diagnostics()
        .iter()
        .find(|problem| problem.frame.is_some())
        .unwrap();
    assert!(problem.to_colored().contains("\u{1b}["));
    let data = serde_json::to_string(problem).unwrap();
    assert_eq!(&serde_json::from_str::<Diagnostic>(&data).unwrap(), problem);
}

#[test]
fn an_app_without_its_packages_is_told_to_install_them() {
    let dir = tempfile::tempdir().unwrap();
    let code = |expected: &str, help: &str| {
        let error = wellhead_build::build(dir.path(), App::options()).unwrap_err();
        let problem = error
            .diagnostics()
            .iter()
            .find(|problem| problem.code == expected);
        let problem = problem.unwrap_or_else(|| panic!("no {expected} in {error}"));
        assert_eq!(problem.help.as_deref(), Some(help));
    };
    std::fs::create_dir_all(dir.path().join("src/routes")).unwrap();
    std::fs::write(dir.path().join("src/routes/+page.svelte"), "").unwrap();
    code("no_package_json", "run `npm init -y && npm install svelte`");
    std::fs::write(
        dir.path().join("package.json"),
        "{ \"dependencies\": { \"svelte\": \"5\" } }",
    )
    .unwrap();
    code("missing_node_modules", "run `npm install`");
    std::fs::create_dir_all(dir.path().join("node_modules/svelte")).unwrap();
    std::fs::write(
        dir.path().join("node_modules/svelte/package.json"),
        "{ \"version\": \"4.2.0\" }",
    )
    .unwrap();
    code("old_svelte", "run `npm install svelte@5`");
    let error = wellhead_build::build(dir.path().join("nowhere"), App::options()).unwrap_err();
    assert_eq!(error.diagnostics()[0].code, "no_app");
}

#[test]
fn files_that_are_not_text_are_named() {
    let app = App::new("hello");
    std::fs::write(
        app.path().join("src/lib/Counter.svelte"),
        [0xff, 0xfe, 0x00],
    )
    .unwrap();
    std::fs::write(app.path().join("src/routes/api/time/+server.ts"), [0xff]).unwrap();
    let error = app.fail();
    let files: Vec<_> = error
        .diagnostics()
        .iter()
        .filter_map(|problem| problem.file.as_deref())
        .collect();
    assert_eq!(
        files[..2],
        ["src/lib/Counter.svelte", "src/routes/api/time/+server.ts"]
    );
}
