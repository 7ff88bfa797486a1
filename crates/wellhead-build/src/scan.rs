//! Reads an app's folder into its routes: no code is run, and all problems are reported at once.
//!
//! The conventions are SvelteKit's: `src/routes` with `+page`, `+layout`, `+error` and `+server` files, `src/params`,
//! `src/hooks*`, `src/app.html`, `src/error.html`, `static`.

mod conflict;
mod exports;
mod files;
mod id;
mod layouts;
mod live;
mod options;
mod order;
mod tree;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::Diagnostic;
use crate::manifest::{Segment, TrailingSlash};

pub(crate) use exports::syntax_error;
pub(crate) use id::params_of;
pub use options::{Flag, PageOptions, Prerender, Revalidate};
pub(crate) use tree::loop_of_links;

/// The routes of an app, as its folder has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Routes {
    /// The app's folder.
    #[serde(skip)]
    pub app_dir: PathBuf,
    /// Layouts, error pages and pages. 0 is the root layout and 1 the root error page, whether the app has them or not.
    pub nodes: Vec<Node>,
    /// The routes that answer: those with a page or an endpoint, in order of precedence.
    pub routes: Vec<Route>,
    /// `src/params/NAME.ts`, by name. Paths here and below are relative to the app, with `/`.
    pub matchers: BTreeMap<String, String>,
    /// The files of hooks.
    pub hooks: Hooks,
    /// `src/app.html`, where the app has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shell: Option<String>,
    /// `src/error.html`, where the app has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_shell: Option<String>,
    /// Whether there is a `static` folder.
    pub has_static: bool,
    /// What is odd, but not wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Diagnostic>,
}

/// A layout, an error page or a page: the files of one of them. All may be missing for the root's defaults.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// `+page.svelte`, `+layout.svelte`, `+error.svelte`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// `+page.ts`, `+layout.ts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub universal: Option<String>,
    /// `+page.server.ts`, `+layout.server.ts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// `+live.ts`: a live component as the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<String>,
    /// What `+live.ts` imports for its styles, as specifiers that do not depend on where it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub styles: Vec<String>,
    /// Whether the server module exports `load`.
    pub server_load: bool,
    /// Whether the universal module exports `load`.
    pub universal_load: bool,
}

/// What a [`Node`] is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeKind {
    /// A layout.
    #[default]
    Layout,
    /// An error page.
    Error,
    /// A page.
    Page,
}

/// A route that answers requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Route {
    /// The folder as written: `/(app)/country/[cca3]`.
    pub id: String,
    /// The path's segments, groups left out.
    pub segments: Vec<Segment>,
    /// The page, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<Page>,
    /// The endpoint, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Endpoint>,
}

/// A route's endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Endpoint {
    /// The `+server` file.
    pub file: String,
    /// What happens to a slash at the end of a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trailing_slash: Option<TrailingSlash>,
}

/// A route's page: the nodes that it is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page {
    /// The layouts, outermost first.
    pub layouts: Vec<usize>,
    /// For each layout, the error page for what is inside it.
    pub errors: Vec<Option<usize>>,
    /// The page.
    pub leaf: usize,
    /// For each layout and then the page, whether it loads on the server.
    pub server_load: Vec<bool>,
    /// The options, inherited from the layouts.
    pub options: PageOptions,
}

/// The files of hooks, relative to the app.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Hooks {
    /// `src/hooks.server.ts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// `src/hooks.client.ts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// `src/hooks.ts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared: Option<String>,
    /// `src/hooks.live.ts`: code of the browser for elements of live components.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<String>,
}

impl Routes {
    /// The modules of live pages.
    pub fn live(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().filter_map(|node| node.live.as_deref())
    }

    /// Whether pages are made of components of a framework. Those that are not need none, and nothing runs in the
    /// browser but what is live.
    #[must_use]
    pub fn has_components(&self) -> bool {
        self.nodes.iter().any(|node| node.component.is_some())
    }

    /// Of a folder that is no app.
    pub(crate) fn none(dir: &Path) -> Self {
        Self {
            app_dir: dir.to_owned(),
            nodes: Vec::new(),
            routes: Vec::new(),
            matchers: BTreeMap::new(),
            hooks: Hooks::default(),
            shell: None,
            error_shell: None,
            has_static: false,
            warnings: Vec::new(),
        }
    }
}

/// Reads the routes of the app in `app_dir`.
///
/// # Errors
///
/// Every problem there is: names that cannot be routes, files that nobody asked for, routes that take the same paths,
/// matchers that are missing, options that are not literals, files that cannot be read.
///
/// ```no_run
/// let routes = wellhead_build::scan("examples/atlas".as_ref()).unwrap();
/// for route in &routes.routes {
///     println!("{}", route.id);
/// }
/// ```
pub fn scan(app_dir: &Path) -> Result<Routes, Vec<Diagnostic>> {
    let (mut routes, problems) = read(app_dir);
    if problems.iter().any(Diagnostic::is_error) {
        return Err(problems);
    }
    routes.warnings = problems;
    Ok(routes)
}

/// Reads the routes of an app as far as that is possible, and all problems.
pub(crate) fn read(app_dir: &Path) -> (Routes, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let tree = tree::read(app_dir, &mut problems);
    let matchers = tree::matchers(app_dir, &mut problems);
    let numbering = layouts::number(&tree);
    let exports = exports::of_nodes(app_dir, &numbering.nodes, &mut problems);
    let mut routes = Vec::new();
    for (at, folder) in tree.folders.iter().enumerate() {
        if folder.page.is_none() && folder.endpoint.is_none() {
            continue;
        }
        id::check_matchers(folder, &matchers, &mut problems);
        if let Some(page) = &folder.page {
            live::check(page, &mut problems);
        }
        let page = folder
            .page
            .as_ref()
            .map(|_| layouts::chain(&tree, &numbering, &exports, at, &mut problems));
        let endpoint = folder.endpoint.as_ref().map(|file| Endpoint {
            file: file.clone(),
            trailing_slash: exports::of_endpoint(app_dir, file, &mut problems).trailing_slash,
        });
        routes.push(Route {
            id: folder.id.clone(),
            segments: folder.segments.clone(),
            page,
            endpoint,
        });
    }
    if routes.is_empty() && !problems.iter().any(Diagnostic::is_error) {
        problems.push(
            Diagnostic::error("no_routes", "the app has no routes")
                .in_file("src/routes")
                .with_help("add a page: src/routes/+page.svelte, or src/routes/+live.ts"),
        );
    }
    conflict::check(&routes, &mut problems);
    order::sort(&mut routes);
    crate::diagnostic::sort(&mut problems);
    let mut nodes = numbering.nodes;
    for (node, found) in nodes.iter_mut().zip(&exports) {
        let importer = node.live.as_deref().unwrap_or_default();
        node.styles = found
            .styles
            .iter()
            .map(|specifier| live::from_anywhere(importer, specifier))
            .collect();
        node.server_load = found.server_load;
        node.universal_load = found.universal_load;
    }
    let file = |path: &str| app_dir.join(path).is_file().then(|| path.to_owned());
    let routes = Routes {
        app_dir: app_dir.to_owned(),
        nodes,
        routes,
        matchers,
        hooks: Hooks {
            server: tree::module(app_dir, "src/hooks.server"),
            client: tree::module(app_dir, "src/hooks.client"),
            shared: tree::module(app_dir, "src/hooks"),
            live: tree::module(app_dir, "src/hooks.live"),
        },
        shell: file("src/app.html"),
        error_shell: file("src/error.html"),
        has_static: app_dir.join("static").is_dir(),
        warnings: Vec::new(),
    };
    (routes, problems)
}
