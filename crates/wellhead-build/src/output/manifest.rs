//! Describes a bundle.

use std::collections::BTreeMap;
use std::fs;

use super::preload::Graph;
use crate::manifest::{Endpoint, FORMAT, Manifest, Page, Route, ServerModules};
use crate::session::Session;

/// The shell of an app that has none of its own.
const SHELL: &str = r#"<!doctype html>
<html lang="en">
	<head>
		<meta charset="utf-8" />
		<meta name="viewport" content="width=device-width, initial-scale=1" />
		%wellhead.head%
	</head>
	<body>
		<div style="display: contents">%wellhead.body%</div>
	</body>
</html>
"#;

/// The manifest, but for what depends on its hash and on the files.
pub(super) fn describe(session: &Session, graph: &Graph) -> Manifest {
    let app = &session.app;
    let dev = app.options.is_dev();
    let read = |path: &Option<String>| {
        path.as_ref()
            .and_then(|path| fs::read_to_string(app.dir.join(path)).ok())
    };
    let routes = app.routes.routes.iter().map(|route| {
        let page = route.page.as_ref().map(|page| {
            let nodes: Vec<usize> = page.layouts.iter().copied().chain([page.leaf]).collect();
            let errors: Vec<usize> = page.errors.iter().flatten().copied().collect();
            let csr = page.options.csr(dev);
            Page {
                ssr: page.options.ssr(dev),
                csr,
                live: app.routes.nodes[page.leaf].live.clone(),
                trailing_slash: page.options.trailing_slash.unwrap_or_default(),
                assets: graph.assets(&nodes, &errors, csr),
            }
        });
        Route {
            id: route.id.clone(),
            segments: route.segments.clone(),
            page,
            endpoint: route.endpoint.as_ref().map(|endpoint| Endpoint {
                trailing_slash: endpoint.trailing_slash.unwrap_or_default(),
            }),
        }
    });
    Manifest {
        format: FORMAT,
        wellhead: env!("CARGO_PKG_VERSION").to_owned(),
        hash: String::new(),
        dev,
        base: app.options.base().to_owned(),
        shell: read(&app.routes.shell).unwrap_or_else(|| SHELL.to_owned()),
        error_shell: read(&app.routes.error_shell),
        server: ServerModules {
            entry: "server/index.js".to_owned(),
            modules: BTreeMap::new(),
        },
        client_entry: None,
        live_entry: None,
        routes: routes.collect(),
        error_page: graph.assets(&[0, 1], &[], app.routes.has_components()),
        assets: BTreeMap::new(),
    }
}

/// Names the script that makes live pages live, which those load with the modules that it imports.
pub(super) fn add_live_entry(manifest: &mut Manifest, path: &str, imports: &[String]) {
    manifest.live_entry = Some(path.to_owned());
    let pages = manifest
        .routes
        .iter_mut()
        .filter_map(|route| route.page.as_mut());
    for page in pages.filter(|page| page.live.is_some()) {
        page.assets.scripts = imports.to_vec();
    }
}

/// Names the script that starts the client, which pages that run in a browser preload first.
pub(super) fn add_client_entry(manifest: &mut Manifest, path: &str) {
    manifest.client_entry = Some(path.to_owned());
    let pages = manifest
        .routes
        .iter_mut()
        .filter_map(|route| route.page.as_mut())
        .filter(|page| page.csr);
    for assets in pages
        .map(|page| &mut page.assets)
        .chain([&mut manifest.error_page])
    {
        assets.scripts.insert(0, path.to_owned());
    }
}
