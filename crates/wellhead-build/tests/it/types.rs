//! What TypeScript is told of an app. `tests/e2e/apps/environment` shows that it understands.

use crate::app::App;

#[test]
fn modules_are_declared_as_the_sources_have_them() {
    let app = App::new("hello");
    app.write(".env", "PUBLIC_NAME=seen\nWORD=kept\n");
    app.build();
    let types = std::fs::read_to_string(app.path().join(".wellhead/types.d.ts")).unwrap();
    let module = |name: &str| {
        let (_, rest) = types
            .split_once(&format!("\ndeclare module \"{name}\" {{\n"))
            .unwrap_or_else(|| panic!("{name} is not declared:\n{types}"));
        rest.split("\ndeclare module").next().unwrap_or_default()
    };
    assert!(module("$app/paths").contains("export function resolve(id: string"));
    assert!(module("$app/state").contains("export const page: Page;"));
    assert!(module("wellhead").contains("redirect"));
    assert!(module("$env/static/public").contains("export const PUBLIC_NAME: string;"));
    assert!(module("$env/static/private").contains("export const WORD: string;"));
    // Values stay where they are, and what is ambient imports nothing by path.
    for kept in [
        "seen",
        "kept",
        "from \".",
        "\ndeclare const",
        "\ndeclare function",
    ] {
        assert!(!types.contains(kept), "{kept}");
    }
}
