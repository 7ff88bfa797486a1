//! Generates the modules that have no file: the entries, the app's description and its nodes
//! (`packages/client/src/app.ts` has their types).

use std::fmt::Write;

use serde_json::{Value, json};

use crate::options::BuildOptions;
use crate::scan::{NodeKind, Routes};
use crate::svelte::Side;

/// Stands for the bundle's hash in server modules until it is known; as long as the hash, so that no source map shifts.
pub(crate) const HASH_PLACEHOLDER: &str = "wellhead-version";

/// The prefix of the generated modules' names.
pub(crate) const PREFIX: &str = "wellhead:";

/// The prefix of specifiers of the app's own files, so that generated modules do not tell where the app is.
pub(crate) const APP_FILE: &str = "wellhead:app/";

/// The prefix of names of modules that render a single component; its path follows.
pub(crate) const COMPONENT: &str = "wellhead:component/";

/// The name of the module that has the class of `new URL("./file", import.meta.url)`.
pub(crate) const ASSET_URL: &str = "wellhead:asset-url";

/// As text it is a path: a server does not know the host that a browser asked, and both have to give the same.
const ASSET_URL_SOURCE: &str = r#"export class AssetUrl extends URL {
	#path;
	constructor(path) {
		super(path, import.meta.url);
		this.#path = String(path);
	}
	get href() { return this.#path; }
	toString() { return this.#path; }
	toJSON() { return this.#path; }
}
"#;

fn component(path: &str) -> String {
    format!(
        r#"import {{ render as renderSvelte }} from "svelte/server";
import Component from {};
const answer = ({{ head, body }}) => ({{ head, body }});
export const render = (props) => answer(renderSvelte(Component, {{ props }}));
export const renderAsync = async (props) => answer(await renderSvelte(Component, {{ props }}));
"#,
        quote(path)
    )
}

/// The name of a node's module.
pub(crate) fn node_name(number: usize) -> String {
    format!("{PREFIX}node/{number}")
}

/// The number of the node whose module has this name.
pub(crate) fn node_number(name: &str) -> Option<usize> {
    name.strip_prefix(PREFIX)?
        .strip_prefix("node/")?
        .parse()
        .ok()
}

/// The source of a generated module, or `None` for a name that means nothing.
pub(crate) fn module(
    name: &str,
    side: Side,
    routes: &Routes,
    options: &BuildOptions,
) -> Option<String> {
    if let Some(path) = name.strip_prefix(COMPONENT) {
        return Some(component(path));
    }
    if name == ASSET_URL {
        return Some(ASSET_URL_SOURCE.to_owned());
    }
    match (name.strip_prefix(PREFIX)?, side) {
        ("server/entry", Side::Server) => Some(server_entry(routes, options)),
        ("client/entry", Side::Client) if routes.has_components() => Some(CLIENT_ENTRY.to_owned()),
        ("client/entry", Side::Client) => Some(STYLES_ENTRY.to_owned()),
        ("live/entry", Side::Client) => Some(live_entry(routes, options)),
        ("server/app", Side::Server) | ("client/app", Side::Client) => {
            Some(app(side, routes, options))
        }
        _ => node(node_number(name)?, side, routes, options),
    }
}

const SERVER_ENTRY: &str = r#"import app from "wellhead:server/app";
import * as adapter from "wellhead:adapter/server";
import { createRespond, Host } from "wellhead:host";
const host = new Host(app, adapter);
export const abi = 1;
"#;

const RESPOND: &str = "export const respond = createRespond(host);\n";

const LIVE: &str = r#"import { createLive } from "wellhead:host/live";
export const live = createLive(host);
"#;

/// What apps without components import in place of a framework.
const PLAIN_ADAPTER: &str = "wellhead:plain";

fn server_entry(routes: &Routes, options: &BuildOptions) -> String {
    let mut entry = SERVER_ENTRY.to_owned();
    if !routes.has_components() {
        entry = entry.replace("wellhead:adapter/server", PLAIN_ADAPTER);
    }
    if !options.tests().is_empty() {
        entry.push_str(&tests(options.tests()));
        return entry;
    }
    entry.push_str(RESPOND);
    if routes.live().next().is_some() {
        entry.push_str(LIVE);
    }
    entry
}

/// What runs tests in place of the app.
fn tests(files: &[String]) -> String {
    let mut out = "import { createTests } from \"wellhead:host/tests\";\nexport const { respond, live } = createTests(host, {\n".to_owned();
    for path in files {
        let file = import(&format!("{APP_FILE}{path}"));
        put(&mut out, format_args!("\t{}: {file},\n", quote(path)));
    }
    out.push_str("});\n");
    out
}

/// Of an app without components only the styles are wanted.
const STYLES_ENTRY: &str = "import app from \"wellhead:client/app\";\nexport default app;\n";

/// What live pages run in the browser: the runtime with the app's hooks; in development with what debugs it.
fn live_entry(routes: &Routes, options: &BuildOptions) -> String {
    let hooks = match &routes.hooks.live {
        Some(path) => format!(
            "import * as hooks from {};\n",
            quote(&format!("{APP_FILE}{path}"))
        ),
        None => "const hooks = {};\n".to_owned(),
    };
    let start = if options.is_dev() {
        "import { liveDev as live } from \"wellhead:live/dev\";\n"
    } else {
        "import { live } from \"wellhead:live\";\n"
    };
    format!("{start}{hooks}live({{ hooks }});\n")
}

/// The version comes from outside: if it stood in here, each change on the server would give every script a new name.
const CLIENT_ENTRY: &str = r#"import app from "wellhead:client/app";
import { mount, onMount } from "wellhead:adapter/client";
import { start } from "wellhead:client";
export const boot = (version) => {
	app.options.version = version;
	return start(app, { mount, onMount });
};
"#;

/// The script that a page names: it tells the client the bundle's version.
pub(crate) fn boot_script(entry: &str, version: &str) -> String {
    format!(
        "import{{boot as b}}from{};b({});\n",
        quote(entry),
        quote(version)
    )
}

fn app(side: Side, routes: &Routes, options: &BuildOptions) -> String {
    let described: Vec<Value> = routes
        .routes
        .iter()
        .map(|route| {
            let page = route.page.as_ref().map(|page| {
                json!({
                    "layouts": page.layouts,
                    "errors": page.errors.iter().map(|error| error.map_or(json!(-1), |error| json!(error))).collect::<Vec<_>>(),
                    "leaf": page.leaf,
                    "serverLoad": page.server_load,
                    "ssr": page.options.ssr(options.is_dev()),
                    "csr": page.options.csr(options.is_dev()),
                    "trailingSlash": page.options.trailing_slash.unwrap_or_default(),
                    "live": routes.nodes[page.leaf].live,
                })
            });
            json!({
                "id": route.id,
                "segments": route.segments,
                "page": page,
                "endpoint": route.endpoint.is_some(),
            })
        })
        .collect();
    let file = |path: &str| import(&format!("{APP_FILE}{path}"));
    let optional =
        |path: &Option<String>| path.as_ref().map_or("null".to_owned(), |path| file(path));
    let mut out = String::new();
    if side == Side::Server {
        out.push_str("import { env as publicEnv } from \"$env/dynamic/public\";\n");
    }
    put(
        &mut out,
        format_args!("const routes = {};\n", Value::from(described)),
    );
    out.push_str("const nodes = [\n");
    for number in 0..routes.nodes.len() {
        put(
            &mut out,
            format_args!("\t{},\n", import(&node_name(number))),
        );
    }
    out.push_str("];\nconst matchers = {\n");
    for (name, path) in &routes.matchers {
        put(
            &mut out,
            format_args!("\t{}: {},\n", quote(name), file(path)),
        );
    }
    out.push_str("};\n");
    let (hooks, version) = match side {
        Side::Server => (&routes.hooks.server, HASH_PLACEHOLDER),
        Side::Client => (&routes.hooks.client, ""),
    };
    put(
        &mut out,
        format_args!("const hooks = {};\n", optional(hooks)),
    );
    put(
        &mut out,
        format_args!("const sharedHooks = {};\n", optional(&routes.hooks.shared)),
    );
    let described = json!({
        "dev": options.is_dev(),
        "base": options.base(),
        "version": version,
        "asyncComponents": options.async_components(),
    });
    put(&mut out, format_args!("const options = {described};\n"));
    if side == Side::Client {
        out.push_str("export default { routes, nodes, matchers, hooks, sharedHooks, options };\n");
        return out;
    }
    let files: Vec<_> = routes.nodes.iter().map(|node| &node.server).collect();
    put(
        &mut out,
        format_args!("const serverFiles = {};\n", json!(files)),
    );
    out.push_str("const endpoints = {\n");
    for (number, route) in routes.routes.iter().enumerate() {
        if let Some(endpoint) = &route.endpoint {
            put(
                &mut out,
                format_args!("\t{number}: {},\n", file(&endpoint.file)),
            );
        }
    }
    out.push_str("};\nconst live = {\n");
    for path in routes.live() {
        put(
            &mut out,
            format_args!("\t{}: {},\n", quote(path), file(path)),
        );
    }
    out.push_str(
        "};\nexport default { routes, nodes, matchers, hooks, sharedHooks, options, serverFiles, endpoints, live, publicEnv };\n",
    );
    out
}

fn node(number: usize, side: Side, routes: &Routes, options: &BuildOptions) -> Option<String> {
    let node = routes.nodes.get(number)?;
    let file = |path: &String| format!("{APP_FILE}{path}");
    let mut out = String::new();
    // Pages that are not rendered on the server may need a browser as soon as their modules load.
    if side == Side::Client || is_rendered(number, routes, options) {
        let component = match (&node.component, node.kind) {
            (Some(path), _) => Some(file(path)),
            _ if !routes.has_components() => None,
            (None, NodeKind::Layout) => Some("wellhead:default/layout".to_owned()),
            (None, NodeKind::Error) => Some("wellhead:default/error".to_owned()),
            (None, NodeKind::Page) => None,
        };
        // Nothing but the component is asked for, and an object for a whole module takes code of the bundler's own.
        if let Some(path) = component {
            put(
                &mut out,
                format_args!(
                    "import Component from {};\nexport const component = {{ default: Component }};\n",
                    quote(&path)
                ),
            );
        }
        if let Some(path) = &node.universal {
            export(&mut out, "universal", &file(path));
        }
    }
    if side == Side::Client {
        for style in &node.styles {
            put(&mut out, format_args!("import {};\n", quote(style)));
        }
    }
    if side == Side::Server
        && let Some(path) = &node.server
    {
        export(&mut out, "server", &file(path));
    }
    if out.is_empty() {
        out.push_str("export {};\n");
    }
    Some(out)
}

fn export(out: &mut String, name: &str, path: &str) {
    put(
        out,
        format_args!("export * as {name} from {};\n", quote(path)),
    );
}

/// Whether any page that uses a node is rendered on the server. Error pages always are.
fn is_rendered(number: usize, routes: &Routes, options: &BuildOptions) -> bool {
    // The root's nodes are part of every error page.
    if number < 2 || routes.nodes[number].kind == NodeKind::Error {
        return true;
    }
    let mut pages = routes.routes.iter().filter_map(|route| route.page.as_ref());
    pages.any(|page| {
        (page.leaf == number || page.layouts.contains(&number))
            && page.options.ssr(options.is_dev())
    })
}

fn import(path: &str) -> String {
    format!("() => import({})", quote(path))
}

/// A string literal of JavaScript.
pub(crate) fn quote(text: &str) -> String {
    Value::from(text).to_string()
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = out.write_fmt(text);
}
