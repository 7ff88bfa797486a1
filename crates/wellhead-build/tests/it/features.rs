//! What the build does for modules: globs, URLs of files, environments, JSON.

use crate::app::App;

fn app() -> App {
    let app = App::new("features");
    // An asset beyond what is inlined.
    let large = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\"><desc>{}</desc></svg>",
        "picture ".repeat(1000)
    );
    app.write("src/routes/large.svg", &large);
    app
}

#[test]
fn globs_are_the_files_that_they_match() {
    let app = app();
    let report = app.build();
    assert_eq!(report.warnings, []);
    let body = app.get("/", &[]).body;
    for expected in [
        "./posts/deep/three.ts ./posts/one.ts ./posts/two.ts|",
        "|/src/lib/posts/draft.ts /src/lib/posts/one.ts /src/lib/posts/two.ts|",
        "|Draft One Two|",
        "|# one|",
        "|./posts/deep/three.ts ./posts/draft.ts ./posts/one.md ./posts/one.ts ./posts/two.ts",
    ] {
        assert!(body.contains(expected), "{expected} is not in {body}");
    }
    let body = app.get("/[slug]", &[("slug", "two")]).body;
    assert!(body.contains("Two {\"./note.txt\":\"note\\n\"}"), "{body}");
    // A lazy one is a chunk of its own, and the next build finds a new file.
    app.write("src/lib/posts/four.ts", "export const title = \"Four\";");
    app.build();
    assert!(app.get("/", &[]).body.contains("|Draft Four One Two|"));
}

#[test]
fn urls_of_files_are_the_same_on_both_sides() {
    let app = app();
    app.build_with(App::options().with_base("/base"));
    let body = app.get("/", &[]).body;
    let urls: Vec<_> = body
        .split("src=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert!(urls[0].starts_with("data:image/svg+xml,"), "{urls:?}");
    assert!(
        urls[1].starts_with("/base/_app/immutable/assets/large-") && urls[1] == urls[2],
        "{urls:?}"
    );
    assert!(body.contains("true data:image/svg 42"), "{body}");
    let scripts = app.assets(&app.page("/").assets.scripts);
    assert!(scripts.contains(urls[1]), "the browser has the same URL");
    assert!(
        !scripts.contains("not needed"),
        "of JSON only what is used is there"
    );
    let path = urls[1].strip_prefix("/base").unwrap();
    assert!(app.manifest().assets.contains_key(path));
}

#[test]
fn variables_of_the_environment_go_where_they_may() {
    let app = app();
    app.build();
    let page = app.get("/", &[]);
    for expected in ["data 3 name undefined", "16 a &quot;b", "object false"] {
        let expected = expected.replace("&quot;", "\"");
        assert!(
            page.body.contains(&expected),
            "{expected} is not in {}",
            page.body
        );
    }
    for (name, bytes) in app.files() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            !name.starts_with("client/") || !text.contains("not-for-browsers"),
            "{name}"
        );
    }
}
