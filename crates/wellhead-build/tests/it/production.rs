//! What browsers get of a production build: little, and the right part of each package.

use std::fs;
use std::path::Path;

use serde_json::json;
use wellhead_build::{BuildOptions, Builder, ClientMaps};

use crate::app::App;

const APP: &str = r#"
-- src/routes/+page.svelte --
<script lang="ts">
	// A remark in the page.
	import { used } from "$lib/many";

	let count = $state(0);
	function aLongLocalName(anArgument: number) {
		return used.repeat(anArgument) + count;
	}
	const later = () => import("$lib/Heavy.svelte");
</script>
<button onclick={() => { count += 1; void later(); }}>{aLongLocalName(2)}</button>
-- src/lib/many.ts --
/* A remark in the module. */
export const used = "text that is used";
export const unused = "text of an unused constant";
export function unusedToo() {
	return "text of an unused function";
}
-- src/lib/Heavy.svelte --
<!-- A comment. --><p>text of the lazy component</p>
"#;

/// All scripts for browsers.
fn scripts(app: &App) -> String {
    let assets = app.manifest().assets.into_keys();
    let scripts: Vec<_> = assets.filter(|path| path.ends_with(".js")).collect();
    app.assets(&scripts)
}

#[test]
fn scripts_are_minified_and_have_no_more_than_is_used() {
    let app = App::of(APP);
    let dead = ["text of an unused constant", "text of an unused function"];
    let words = ["A remark in", "aLongLocalName", "anArgument"];
    app.build_with(BuildOptions::development().with_out_dir("build"));
    let development = scripts(&app);
    app.build();
    let production = scripts(&app);
    assert!(production.contains("text that is used"));
    for word in dead {
        assert!(!production.contains(word), "{word}");
    }
    for word in &words[1..] {
        assert!(development.contains(word), "{word}: the search finds it");
    }
    for word in words {
        assert!(!production.contains(word), "{word}");
    }
    assert!(production.len() * 2 < development.len());
}

#[test]
fn what_is_imported_later_is_no_script_of_the_page() {
    let app = App::of(APP);
    app.build();
    let lazy = "text of the lazy component";
    assert!(scripts(&app).contains(lazy));
    assert!(!app.assets(&app.page("/").assets.scripts).contains(lazy));
}

#[test]
fn client_maps_are_absent_hidden_or_linked() {
    let app = App::of(APP);
    for (maps, files, linked) in [
        (ClientMaps::Off, false, false),
        (ClientMaps::Hidden, true, false),
        (ClientMaps::Linked, true, true),
    ] {
        app.build_with(App::options().with_client_maps(maps));
        let assets = app.manifest().assets;
        let files_of = app.files();
        let found: Vec<_> = files_of
            .iter()
            .filter(|(name, _)| name.starts_with("client/") && name.ends_with(".js.map"))
            .collect();
        assert_eq!(!found.is_empty(), files, "{maps:?}");
        let sources = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains("src/lib/many.ts");
        assert_eq!(found.iter().any(|(_, map)| sources(map)), files, "{maps:?}");
        assert_eq!(
            assets.keys().filter(|path| path.ends_with(".map")).count(),
            if linked { found.len() } else { 0 },
            "{maps:?}: what may be asked for"
        );
        for (name, _) in &found {
            let script = name.strip_suffix(".map").unwrap();
            let text = String::from_utf8_lossy(&files_of[script]);
            let link = format!("//# sourceMappingURL={}", name.rsplit('/').next().unwrap());
            assert_eq!(text.contains(&link), linked, "{maps:?}: {script}");
        }
        assert_eq!(scripts(&app).contains("sourceMappingURL"), linked);
    }
}

#[test]
fn other_options_are_compiled_anew_and_those_of_before_are_remembered() {
    let app = App::of(APP);
    let first = app.build();
    let comments = json!({ "preserveComments": true });
    let other = || App::options().with_svelte(comments.as_object().unwrap().clone());
    let changed = app.build_with(other());
    assert!(changed.compiled > 0 && changed.hash != first.hash);
    assert_eq!(app.build().compiled, 0);
    assert_eq!(app.build_with(other()).compiled, 0);
}

/// The fixtures' Svelte in an app's own folder, as another version.
#[cfg(unix)]
fn install_other_svelte(app: &App, version: &str) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/node_modules/svelte");
    let to = app.path().join("node_modules/svelte");
    fs::create_dir_all(&to).unwrap();
    for entry in fs::read_dir(&from).unwrap() {
        let path = entry.unwrap().path();
        std::os::unix::fs::symlink(&path, to.join(path.file_name().unwrap())).unwrap();
    }
    let text = fs::read_to_string(from.join("package.json")).unwrap();
    let mut package: serde_json::Value = serde_json::from_str(&text).unwrap();
    package["version"] = version.into();
    fs::remove_file(to.join("package.json")).unwrap();
    fs::write(to.join("package.json"), package.to_string()).unwrap();
}

#[cfg(unix)]
#[test]
fn another_version_of_the_compiler_compiles_everything_anew() {
    let app = App::of(APP);
    let builder = Builder::new(app.path(), App::options()).unwrap();
    let first = builder.build().unwrap();
    install_other_svelte(&app, "5.999.0");
    let upgraded = builder.build().unwrap();
    assert_eq!((upgraded.compiled, upgraded.cached), (first.compiled, 0));
    assert_eq!(builder.build().unwrap().compiled, 0);
    fs::remove_dir_all(app.path().join("node_modules")).unwrap();
    let back = builder.build().unwrap();
    assert_eq!((back.compiled, back.cached), (0, first.compiled));
}

#[test]
fn each_side_takes_its_own_part_of_a_package() {
    let packages = [
        (
            "by-condition",
            json!({ "exports": { "svelte": "./svelte.js", "browser": "./browser.js", "node": "./node.js", "default": "./default.js" } }),
            ("svelte", "svelte"),
        ),
        (
            "by-platform",
            json!({ "exports": { ".": { "browser": "./browser.js", "node": "./node.js", "default": "./default.js" } } }),
            ("node", "browser"),
        ),
        (
            "by-default",
            json!({ "exports": { "deno": "./node.js", "default": "./default.js" } }),
            ("default", "default"),
        ),
        (
            "by-field",
            json!({ "main": "./default.js", "browser": "./browser.js" }),
            ("default", "browser"),
        ),
        (
            "by-file",
            json!({ "main": "./default.js", "browser": { "./default.js": "./browser.js" } }),
            ("default", "browser"),
        ),
        (
            "by-svelte",
            json!({ "main": "./default.js", "svelte": "./svelte.js" }),
            ("svelte", "svelte"),
        ),
    ];
    let app = App::of("");
    let (mut imports, mut shown) = (String::new(), String::new());
    for (number, (name, package, _)) in packages.iter().enumerate() {
        let mut package = package.clone();
        package["name"] = (*name).into();
        package["type"] = "module".into();
        let folder = format!("node_modules/{name}");
        app.write(&format!("{folder}/package.json"), &package.to_string());
        for part in ["svelte", "browser", "node", "default"] {
            app.write(
                &format!("{folder}/{part}.js"),
                &format!("export const text = \"{name} of {part}\";"),
            );
        }
        imports.push_str(&format!(
            "import {{ text as t{number} }} from \"{name}\";\n"
        ));
        shown.push_str(&format!("<p>{{t{number}}}</p>"));
    }
    app.write(
        "src/routes/+page.svelte",
        &format!("<script>\n{imports}</script>\n{shown}"),
    );
    app.build();
    let (body, scripts) = (app.get("/", &[]).body, scripts(&app));
    for (name, _, (server, client)) in packages {
        assert!(body.contains(&format!("{name} of {server}")), "{body}");
        for part in ["svelte", "browser", "node", "default"] {
            let there = scripts.contains(&format!("{name} of {part}"));
            assert_eq!(there, part == client, "{name} of {part}");
        }
    }
}
