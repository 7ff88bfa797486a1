//! `wellhead.json`: what a bundle says of itself, written by the build and read by the server.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The version of this format. A server refuses another one and names both.
pub const FORMAT: u32 = 3;

/// The name of the manifest's file in a bundle's folder.
pub const FILE_NAME: &str = "wellhead.json";

/// A bundle's manifest. The bundle's folder holds it beside `server/` (modules) and `client/` (what browsers get).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u32,
    /// The version of the Wellhead that built the bundle.
    pub wellhead: String,
    /// The hash of the bundle's content, 16 hexadecimal digits. Written last: a folder without it is half-written.
    pub hash: String,
    /// Whether this is a development build.
    pub dev: bool,
    /// The path that the app is served under: empty, or with a leading and no trailing slash.
    pub base: String,
    /// `src/app.html`, its placeholders untouched.
    pub shell: String,
    /// `src/error.html` with `%wellhead.status%` and `%wellhead.error.message%`, where the app has one.
    pub error_shell: Option<String>,
    /// The server's modules.
    pub server: ServerModules,
    /// The module that starts the client, as a URL path without the base; `None` where no page hydrates.
    pub client_entry: Option<String>,
    /// The module that makes live pages live, likewise; `None` where there are none.
    pub live_entry: Option<String>,
    /// The routes, in order of precedence; a route's number is its index.
    pub routes: Vec<Route>,
    /// What the error page of the root needs; it serves requests that match no route.
    pub error_page: PageAssets,
    /// Files that browsers may ask for, by URL path without the base, percent-encoded: `/_app/immutable/…`, `/favicon.png`.
    pub assets: BTreeMap<String, Asset>,
}

/// The server's modules: ES modules that import each other by relative paths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerModules {
    /// The module that exports `respond`, relative to the bundle: `server/index.js`.
    pub entry: String,
    /// Every module, relative to the bundle.
    pub modules: BTreeMap<String, Module>,
}

/// A module of the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Module {
    /// The hash of its content, 16 hexadecimal digits: the key of its code cache.
    pub hash: String,
    /// Its size in bytes.
    pub size: u64,
}

/// A route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// The folder as written: `/(app)/country/[cca3]`.
    pub id: String,
    /// The path's segments, groups left out.
    pub segments: Vec<Segment>,
    /// The page, where there is one.
    pub page: Option<Page>,
    /// The endpoint (`+server`), where there is one.
    pub endpoint: Option<Endpoint>,
}

/// An endpoint of a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// What happens to a path with or without a slash at its end; where the route has a page too, the page says so.
    pub trailing_slash: TrailingSlash,
}

/// A page of a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Whether it is rendered on the server; otherwise the shell goes out empty and the client renders.
    pub ssr: bool,
    /// Whether it runs in the browser: hydration and navigation.
    pub csr: bool,
    /// The module of its live component, where it is one.
    pub live: Option<String>,
    /// What happens to a path with or without a slash at its end.
    pub trailing_slash: TrailingSlash,
    /// What the browser needs for it.
    pub assets: PageAssets,
}

/// What a page's head links: exactly what the route needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageAssets {
    /// URL paths, without the base, of modules to preload, the client's entry included; empty where the page does not run in the browser.
    pub scripts: Vec<String>,
    /// URL paths, without the base, of style sheets, in cascade order.
    pub styles: Vec<String>,
}

/// A segment of a route's path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// Literals and parameters in turn: `post-[id=int]` is two of them.
    pub pieces: Vec<Piece>,
}

/// A piece of a [`Segment`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Piece {
    /// Text that stands in the path, percent-decoded.
    Literal(String),
    /// A parameter.
    Param(Param),
}

/// A parameter of a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// How much of the path it takes.
    pub kind: ParamKind,
    /// The name of the matcher (`src/params/NAME.ts`) that its value must satisfy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matcher: Option<String>,
}

/// How much of a path a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ParamKind {
    /// `[name]`: part of one segment, not empty.
    Required,
    /// `[[name]]`: one segment or none.
    Optional,
    /// `[...name]`: any number of segments.
    Rest,
}

/// The policy for a slash at a path's end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TrailingSlash {
    /// `/a/` is redirected to `/a`.
    #[default]
    Never,
    /// `/a` is redirected to `/a/`.
    Always,
    /// Both are served.
    Ignore,
}

/// A file that browsers may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    /// The file, relative to the bundle: `client/_app/immutable/….js`.
    pub file: String,
    /// Its media type, with a charset for text.
    pub media_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// The hash of its content, 16 hexadecimal digits: its ETag.
    pub hash: String,
    /// Whether its name holds its hash, so that it may be cached for ever.
    pub immutable: bool,
    /// The size in bytes of the file compressed with Brotli (`FILE.br`) beside it, where that is smaller.
    pub br: Option<u64>,
    /// The size in bytes of the file compressed with gzip (`FILE.gz`) beside it, where that is smaller.
    pub gz: Option<u64>,
}
