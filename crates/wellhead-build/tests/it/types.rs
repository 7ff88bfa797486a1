//! What TypeScript is told of an app. `tests/e2e/apps/environment` and `types` show that it understands.

use crate::app::App;

#[test]
fn modules_are_declared_as_the_sources_have_them() {
    let app = App::new("hello");
    app.write(".env", "PUBLIC_NAME=seen by all\nWORD=kept by the server\n");
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
        "seen by all",
        "kept by the server",
        "from \".",
        "\ndeclare const",
        "\ndeclare function",
    ] {
        assert!(!types.contains(kept), "{kept}");
    }
}

#[test]
fn each_folder_with_routes_has_its_types() {
    let app = App::new("hello");
    app.write(
        "src/routes/a/[id]/+page.server.ts",
        "export const load: PageServerLoad = ({ params }) => ({ id: params.id });",
    );
    app.write("src/routes/a/[id]/+page.svelte", "<p>a</p>");
    app.build();
    let folder = app.path().join(".wellhead/types/src/routes/a/[id]");
    let types = std::fs::read_to_string(folder.join("$types.d.ts")).unwrap();
    assert!(types.contains("export type RouteParams = { \"id\": string };"));
    assert!(types.contains("Loaded<typeof import(\"./untyped+page.server.js\")>"));
    assert!(folder.join("untyped+page.server.ts").is_file());

    // Types of what is gone go too.
    app.write(
        "src/routes/a/[id]/+page.server.ts",
        "export const load = ({ params }) => ({ id: params.id });",
    );
    app.build();
    assert!(folder.join("$types.d.ts").is_file());
    assert!(!folder.join("untyped+page.server.ts").exists());
    std::fs::remove_dir_all(app.path().join("src/routes/a")).unwrap();
    app.build();
    let left = app.path().join(".wellhead/types/src/routes");
    assert!(left.join("$types.d.ts").is_file());
    assert!(!left.join("a").exists());
}

#[test]
fn routes_that_are_wrong_have_types_still() {
    let app = App::new("hello");
    app.write("src/routes/[a/+page.svelte", "<p>a</p>");
    app.fail();
    let types = app.path().join(".wellhead/types/src/routes/$types.d.ts");
    assert!(types.is_file());
}
