//! Style sheets of an app.

use crate::app::App;

#[test]
fn style_sheets_are_joined_scoped_and_minified() {
    let app = App::new("styles");
    let report = app.build_with(App::options().with_base("/base"));
    assert_eq!(report.warnings, []);
    let css = app.assets(&app.page("/").assets.styles);
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../apps", omit_expression => true }, {
        insta::assert_snapshot!("styles", css.replace('}', "}\n"));
    });
    let body = app.get("/", &[]).body;
    assert!(
        body.contains(".inline{color:red}|/base/_app/immutable/assets/linked-"),
        "{body}"
    );
    let class = css
        .split(".box_")
        .nth(1)
        .unwrap()
        .split('{')
        .next()
        .unwrap();
    assert!(body.contains(&format!("box_{class} base_")), "{body}");
    let linked = app
        .manifest()
        .assets
        .keys()
        .find(|path| path.contains("linked-"))
        .unwrap()
        .clone();
    assert_eq!(app.assets(&[linked]), ".linked{color:#0f0}");
}
