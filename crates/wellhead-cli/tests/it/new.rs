//! `wellhead new`, and what can be said of an app without building it.

use std::fs;

use crate::wellhead;

#[test]
fn a_new_app_has_routes_and_a_valid_configuration() {
    for (template, routes) in [("minimal", 1), ("demo", 3)] {
        let folder = tempfile::tempdir().unwrap();
        let made = wellhead(folder.path(), &["new", "My App", "--template", template]);
        assert_eq!((made.code, made.err.as_str()), (0, ""), "{template}");
        assert!(made.out.contains("npm install"), "{}", made.out);
        let app = folder.path().join("My App");
        let package = fs::read_to_string(app.join("package.json")).unwrap();
        assert!(package.contains("\"name\": \"my-app\""), "{package}");
        assert!(app.join(".gitignore").is_file());
        let listed = wellhead(&app, &["routes", "--json"]);
        let listed: serde_json::Value =
            serde_json::from_str(&listed.out).unwrap_or_else(|_| panic!("{}", listed.err));
        assert_eq!(
            listed["routes"].as_array().unwrap().len(),
            routes,
            "{listed}"
        );
        let config = wellhead(&app, &["check", "--config"]);
        assert!(
            config.code == 0 && config.out.contains("name = \"my-app\"\n"),
            "{}{}",
            config.out,
            config.err
        );
    }
}

#[test]
fn routes_are_a_table() {
    let folder = tempfile::tempdir().unwrap();
    wellhead(folder.path(), &["new", "app", "--template", "demo"]);
    let listed = wellhead(&folder.path().join("app"), &["routes"]);
    insta::assert_snapshot!(listed.out, @r"
    ROUTE             ANSWERS   FILES
    /                 page      +page.svelte +page.server.ts
    /api/time         endpoint  +server.ts
    /quotes/[number]  page      +page.svelte +page.server.ts
    ");
}

#[test]
fn what_is_there_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("app")).unwrap();
    fs::write(folder.path().join("app/mine"), "").unwrap();
    let outcome = wellhead(folder.path(), &["new", "app"]);
    assert_eq!(outcome.code, 1);
    insta::assert_snapshot!(outcome.err, @r"
    error: app is there already
    hint: choose a name that is free, or an empty folder
    ");
}
