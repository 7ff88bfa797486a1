//! What a failed build says.

use wellhead_build::Diagnostic;

use crate::app::App;
use crate::cases;

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
fn files_that_cannot_be_read_are_named_once() {
    let app = App::new("hello");
    let bytes = |path: &str| std::fs::write(app.path().join(path), [0xff, 0xfe, 0x00]).unwrap();
    bytes("src/lib/Counter.svelte");
    bytes("src/routes/api/time/+server.ts");
    bytes("src/lib/text.ts");
    bytes("src/hooks.server.ts");
    bytes("src/app.html");
    bytes("src/routes/note.txt");
    app.write("src/lib/folder.css/x", "");
    app.write(
        "src/routes/plain/+page.svelte",
        "<script>import \"$lib/folder.css\"; import \"./loop\"</script>",
    );
    #[cfg(unix)]
    for (target, link) in [
        ("loop.ts", "src/routes/plain/loop.ts"),
        ("../..", "src/routes/plain/up"),
    ] {
        std::os::unix::fs::symlink(target, app.path().join(link)).unwrap();
    }
    let text = app.fail().to_string();
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../apps", omit_expression => true }, {
        insta::assert_snapshot!("unreadable", text.replace(app.path().to_str().unwrap(), "APP"));
    });
}

#[cfg(unix)]
#[test]
fn static_files_that_lead_in_a_circle_are_told() {
    let app = App::new("hello");
    std::os::unix::fs::symlink(".", app.path().join("static/again")).unwrap();
    let error = app.fail();
    let problems = error.diagnostics();
    assert_eq!(
        (problems.len(), problems[0].code.as_str()),
        (1, "link_loop")
    );
    assert_eq!(problems[0].file.as_deref(), Some("static/again"));
}

#[test]
fn cases_of_problems() {
    for (name, case) in cases::of("problems") {
        let app = App::of(&case);
        let text = match wellhead_build::build(app.path(), App::options()) {
            Ok(report) => report
                .warnings
                .iter()
                .map(|problem| format!("{problem}\n\n"))
                .collect(),
            Err(error) => error.to_string(),
        };
        let text = text.replace(app.path().to_str().unwrap(), "APP");
        insta::with_settings!({
            prepend_module_to_snapshot => false,
            snapshot_path => "../problems",
            omit_expression => true,
            description => case.lines().next().unwrap_or_default(),
        }, { insta::assert_snapshot!(name, text) });
    }
}
