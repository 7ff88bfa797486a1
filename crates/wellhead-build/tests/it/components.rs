//! Components compiled for themselves.

use serde_json::{Value, json};
use wellhead_build::{BuildOptions, Component, Components};
use wellhead_js::{Engine, Program, Tool};

use crate::app::App;

fn call(component: &Component, function: &str, props: &Value) -> Value {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("component.mjs"), &component.code).unwrap();
    let tool = Tool::start(
        Engine::default(),
        Program::modules(dir.path(), "component.mjs"),
        1,
    )
    .unwrap();
    tool.call(function, &[props]).unwrap()
}

#[test]
fn a_component_renders_on_its_own_with_packages_and_styles() {
    let app = App::new("components");
    let components = Components::new(BuildOptions::production()).unwrap();
    let chart = components.compile(app.path().join("Chart.svelte")).unwrap();
    let rendered = call(
        &chart,
        "render",
        &json!({ "points": [{ "x": 0, "y": 0 }, { "x": 1, "y": 10 }] }),
    );
    let body = rendered["body"].as_str().unwrap();
    assert!(
        body.contains("M0,100L100,0") && body.contains("1 minute"),
        "{body}"
    );
    assert!(
        chart.css.contains("{ fill: none; }") && chart.css.contains("{ margin: 0; }"),
        "{}",
        chart.css
    );
    // The next one is another file, and a failing one stops nobody.
    let error = components
        .compile(app.path().join("Wrong.svelte"))
        .unwrap_err();
    assert_eq!(error.diagnostics()[0].file.as_deref(), Some("Wrong.svelte"));
    assert!(
        components
            .compile(app.path().join("Nowhere.svelte"))
            .is_err()
    );
    assert!(!app.path().join(".wellhead").exists());
}

#[test]
fn compiler_options_allow_components_that_await() {
    let app = App::new("components");
    let options = json!({ "experimental": { "async": true } });
    let options = BuildOptions::production().with_svelte(options.as_object().unwrap().clone());
    let later = Components::new(options)
        .unwrap()
        .compile(app.path().join("Later.svelte"))
        .unwrap();
    let rendered = call(&later, "renderAsync", &json!({ "name": "you" }));
    assert!(
        rendered["body"].as_str().unwrap().contains(">you</p>")
            && rendered["head"]
                .as_str()
                .unwrap()
                .contains("<title>you</title>"),
        "{rendered}"
    );
}
