//! Live pages: what the server loads and what browsers get, with Svelte around them and without.

use wellhead_build::manifest::Manifest;

use crate::app::App;

const PLAIN: &str = r#"
-- src/routes/+live.ts --
import "./look.css";
import { html, LiveView } from "wellhead";
import { secret } from "$lib/server/secret";
export default class Home extends LiveView {
	render() { return html`<p class="greeting">${secret.length}</p>`; }
}
-- src/routes/look.css --
.greeting { color: rebeccapurple }
-- src/routes/plain/+server.ts --
export const GET = () => new Response("ok");
-- src/lib/server/secret.ts --
export const secret = "the secret of the server";
-- src/hooks.live.ts --
import type { Hook } from "wellhead:live";
export const Chart: Hook = { mounted() { console.log("a hook of the app"); } };
"#;

/// All text of scripts that browsers get.
fn scripts(app: &App) -> String {
    let assets = app.manifest().assets.into_keys();
    let scripts: Vec<_> = assets.filter(|path| path.ends_with(".js")).collect();
    app.assets(&scripts)
}

fn page<'m>(manifest: &'m Manifest, id: &str) -> &'m wellhead_build::manifest::Page {
    let route = manifest.routes.iter().find(|route| route.id == id);
    route.unwrap().page.as_ref().unwrap()
}

#[test]
fn a_live_page_gets_one_script_its_styles_and_nothing_of_the_server() {
    let app = App::of(PLAIN);
    app.build();
    let manifest = app.manifest();
    let home = page(&manifest, "/");
    assert_eq!(home.live.as_deref(), Some("src/routes/+live.ts"));
    assert!(home.ssr && !home.csr);
    assert_eq!(home.assets.styles.len(), 1);
    assert!(app.assets(&home.assets.styles).contains(".greeting"));
    assert_eq!(manifest.client_entry, None);
    let entry = manifest.live_entry.clone().unwrap();
    assert!(app.assets(&[entry]).contains("a hook of the app"));
    let all = scripts(&app);
    assert!(!all.contains("the secret of the server") && !all.contains("greeting"));
    assert!(!all.contains("wellheadLive"), "what debugs is left out");
}

#[test]
fn an_app_without_components_has_no_svelte_in_it() {
    let app = App::of(PLAIN);
    app.build();
    assert!(!scripts(&app).contains("svelte"));
    let modules = app.manifest().server.modules.into_keys();
    for module in modules {
        let text = std::fs::read_to_string(app.path().join("build").join(&module)).unwrap();
        assert!(!text.contains("svelte/"), "{module}");
    }
}

#[test]
fn layouts_may_be_components_and_other_pages_hydrate() {
    let app = App::of(&format!(
        "{PLAIN}{}",
        r#"
-- src/routes/+layout.svelte --
<script>let { children } = $props();</script>
<nav>layout</nav>{@render children()}
-- src/routes/about/+page.svelte --
<button onclick={() => {}}>about</button>
"#
    ));
    app.build();
    let manifest = app.manifest();
    assert!(manifest.client_entry.is_some() && manifest.live_entry.is_some());
    assert!(page(&manifest, "/about").csr && page(&manifest, "/about").live.is_none());
    let live = &page(&manifest, "/").assets.scripts;
    assert!(
        !live.contains(manifest.client_entry.as_ref().unwrap()),
        "a live page does not hydrate"
    );
}

#[test]
fn the_declarations_do_without_svelte() {
    let app = App::of(PLAIN);
    app.build();
    let declarations = std::fs::read_to_string(app.path().join(".wellhead/types.d.ts")).unwrap();
    assert!(declarations.contains("declare module \"wellhead:live\""));
    assert!(!declarations.contains("\"svelte"));
}
