//! What a build leaves: a folder that is served without the app and its packages.

use std::fs;

use wellhead_build::{BuildOptions, Builder};

use crate::app::App;

#[test]
fn pages_render_from_the_bundle_alone() {
    let app = App::new("hello");
    // An asset beyond what is inlined.
    let big = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\"><desc>{}</desc></svg>",
        "picture ".repeat(1000)
    );
    app.write("src/routes/big.svg", &big);
    let report = app.build();
    assert_eq!(report.warnings, []);
    let page = app.get("/", &[]);
    assert!(page.head.contains("<title>Hello</title>"), "{}", page.head);
    for expected in [
        "Hello app in production",
        "HELLO 24 6 172800000",
        "data:image/svg+xml,",
        "a &lt;note>",
        "2 of 4",
    ] {
        assert!(
            page.body.contains(expected),
            "{expected} is not in {}",
            page.body
        );
    }
    assert!(page.state.contains("Date"), "{}", page.state);
    let manifest = app.manifest();
    let url = page
        .body
        .split("src=\"")
        .nth(2)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let asset = &manifest.assets[url];
    assert!(
        asset.immutable
            && asset.br.is_some()
            && asset.gz.is_some()
            && asset.media_type == "image/svg+xml",
        "{asset:?}"
    );
    assert_eq!(
        fs::read_to_string(app.path().join("build").join(&asset.file)).unwrap(),
        big
    );
    assert_eq!(app.get("/plain", &[]).state, "");
    assert!(
        manifest
            .routes
            .iter()
            .find(|route| route.id == "/api/time")
            .unwrap()
            .page
            .is_none()
    );
}

#[test]
fn a_page_links_what_it_needs_and_no_more() {
    let app = App::new("hello");
    app.build();
    let manifest = app.manifest();
    let entry = manifest.client_entry.clone().unwrap();
    let home = app.page("/").assets;
    assert_eq!(home.scripts[0], entry);
    assert!(
        home.scripts
            .iter()
            .chain(&home.styles)
            .all(|path| manifest.assets.contains_key(path))
    );
    let css = app.assets(&home.styles);
    assert!(
        css.find("body{margin:0}").unwrap() < css.find("border:").unwrap(),
        "{css}"
    );
    assert!(
        css.find("border:").unwrap() < css.find("#639").unwrap(),
        "{css}"
    );
    assert!(!css.contains("gray") && !css.contains("green"), "{css}");
    let plain = app.page("/plain");
    assert!(!plain.csr && plain.assets.scripts.is_empty());
    assert!(app.assets(&plain.assets.styles).contains("gray"));
    assert!(!app.page("/browser").ssr);
    assert!(
        app.assets(std::slice::from_ref(&entry))
            .contains(&manifest.hash),
        "the client is told the version"
    );
    // The page that imports a component later brings its style with it.
    let scripts = app.assets(&app.page("/lazy").assets.scripts);
    let green = manifest.assets.iter().find(|(path, _)| {
        path.ends_with(".css") && app.assets(&[(*path).clone()]).contains("green")
    });
    assert!(scripts.contains(green.unwrap().0.as_str()));
}

#[test]
fn nothing_of_the_server_reaches_the_client() {
    let app = App::new("hello");
    app.build();
    for (name, bytes) in app.files() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            !text.contains("not-for-browsers"),
            "{name} has a variable that is not public"
        );
        assert!(
            !name.starts_with("client/") || !text.contains("the secret of the server"),
            "{name}"
        );
        assert!(
            !text.contains(app.path().to_str().unwrap()),
            "{name} tells where it was built"
        );
    }
}

#[test]
fn a_second_build_compiles_nothing() {
    let app = App::new("hello");
    let builder = Builder::new(app.path(), App::options()).unwrap();
    let first = builder.build().unwrap();
    assert!(first.compiled > 0 && first.cached == 0, "{first}");
    let second = builder.build().unwrap();
    assert_eq!(
        (second.compiled, second.cached, &second.hash),
        (0, first.compiled, &first.hash)
    );
    let later = app.build();
    assert_eq!(
        (later.compiled, later.cached, &later.hash),
        (0, first.compiled, &first.hash)
    );
    app.write("src/lib/Counter.svelte", "<p>no counter</p>");
    let changed = builder.build().unwrap();
    assert_eq!(changed.compiled, 2, "one component, for each side");
    assert_ne!(changed.hash, first.hash);
}

#[test]
fn a_change_to_a_component_leaves_the_framework_in_caches() {
    let app = App::new("hello");
    let scripts = |app: &App| -> Vec<(u64, String)> {
        app.build();
        let assets = app.manifest().assets.into_iter();
        let mut scripts: Vec<_> = assets
            .filter(|(path, _)| path.ends_with(".js"))
            .map(|(path, asset)| (asset.size, path))
            .collect();
        scripts.sort();
        scripts
    };
    let before = scripts(&app);
    let path = "src/lib/Counter.svelte";
    let component = fs::read_to_string(app.path().join(path)).unwrap();
    app.write(
        path,
        &component.replace("{count.value} of", "{count.value} out of"),
    );
    let after = scripts(&app);
    assert_eq!(
        before.last(),
        after.last(),
        "the largest one is the framework's"
    );
    assert_ne!(before, after);
    // The entry, what starts it, the framework, the two layouts and pages: no page has more than a few.
    let home = app.page("/").assets.scripts;
    assert!(home.len() <= 6, "{home:?}");
}

#[test]
fn styles_go_only_to_the_pages_that_use_them() {
    let app = App::new("chunks");
    app.build();
    let css = |id: &str| app.assets(&app.page(id).assets.styles);
    // The components share a chunk, which brings each page more than it uses; a style must not follow.
    let scripts = ["/a", "/b", "/c"].map(|id| app.page(id).assets.scripts);
    assert!(
        app.assets(&scripts[2]).contains("<p>One</p>"),
        "{scripts:?}"
    );
    assert!(
        css("/a").contains("one") && css("/a").contains("two"),
        "{}",
        css("/a")
    );
    assert!(
        css("/b").contains("one") && !css("/b").contains("two"),
        "{}",
        css("/b")
    );
    assert!(
        !css("/c").contains("one") && css("/c").contains("two"),
        "{}",
        css("/c")
    );
    // What does something when it is loaded is loaded by those who ask for it.
    let code = |id: &str| app.assets(&app.page(id).assets.scripts);
    assert!(code("/b").contains("the effect") && code("/c").contains("the effect"));
    assert!(!code("/a").contains("the effect"));
    assert!(app.get("/a", &[]).body.contains("One"));
}

#[test]
fn the_same_app_gives_the_same_bytes_wherever_it_is() {
    let (one, two) = (App::new("hello"), App::new("hello"));
    one.build();
    two.build();
    let (one, two) = (one.files(), two.files());
    assert_eq!(
        one.keys().collect::<Vec<_>>(),
        two.keys().collect::<Vec<_>>()
    );
    for (name, bytes) in &one {
        let differs = bytes.iter().zip(&two[name]).position(|(a, b)| a != b);
        let near = |bytes: &[u8]| {
            String::from_utf8_lossy(&bytes[differs.unwrap_or(0).saturating_sub(80)..][..200])
                .into_owned()
        };
        assert!(
            *bytes == two[name],
            "{name} differs:\n{}\n{}",
            near(bytes),
            near(&two[name])
        );
    }
}

#[test]
fn static_files_are_assets_under_their_own_names() {
    let app = App::new("hello");
    app.build();
    let manifest = app.manifest();
    let icon = &manifest.assets["/favicon.txt"];
    assert_eq!(
        (icon.file.as_str(), icon.immutable, icon.size),
        ("client/favicon.txt", false, 5)
    );
    assert_eq!(
        manifest.assets["/a%20b/%C3%BC.txt"].file,
        "client/a b/ü.txt"
    );
}

#[test]
fn a_development_build_has_maps_and_names() {
    let app = App::new("hello");
    app.build_with(
        BuildOptions::development()
            .with_out_dir("build")
            .with_base("/base/"),
    );
    let manifest = app.manifest();
    assert!(manifest.dev && manifest.base == "/base");
    let home = app.page("/").assets;
    let scripts = app.assets(&home.scripts);
    assert!(
        scripts.contains("//# sourceMappingURL=") && scripts.contains("src/lib/Counter.svelte")
    );
    assert!(
        manifest
            .assets
            .values()
            .all(|asset| asset.br.or(asset.gz).is_none())
    );
    let map = manifest
        .assets
        .iter()
        .find(|(path, _)| path.ends_with(".map"))
        .unwrap()
        .0;
    let map: serde_json::Value =
        serde_json::from_str(&app.assets(std::slice::from_ref(map))).unwrap();
    assert!(
        map["sources"]
            .as_array()
            .unwrap()
            .iter()
            .all(|source| !source.as_str().unwrap().starts_with('/')),
        "{map}"
    );
    assert!(app.get("/", &[]).body.contains("Hello app in development"));
}

#[test]
fn a_failed_build_leaves_the_bundle_and_foreign_folders_alone() {
    let app = App::new("hello");
    let hash = app.build().hash;
    app.write("src/lib/Later.svelte", "{#if}");
    app.fail();
    assert_eq!(app.manifest().hash, hash);
    app.write("src/lib/Later.svelte", "fine");
    app.write("build/notes.txt", "mine");
    let error = app.fail();
    assert_eq!(error.diagnostics()[0].code, "not_a_bundle");
    assert!(app.path().join("build/notes.txt").is_file());
}
