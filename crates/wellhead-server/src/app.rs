//! An app that is served: a bundle, made ready, and the renderer that runs its code.

use std::sync::{Arc, OnceLock};

use wellhead_build::manifest::TrailingSlash;
use wellhead_live::Live;
use wellhead_render::{Renderer, RouteMatch};

use crate::assets::Assets;
use crate::bundle::{Bundle, BundleError};
use crate::config::Config;
use crate::dev::Dev;
use crate::document::Document;
use crate::live::{Foundation, LiveRoutes};
use crate::routing::Router;

/// An app, ready to be served. Making one does no work that a request would wait for.
pub struct App {
    pub(crate) renderer: Arc<dyn Renderer>,
    pub(crate) base: String,
    pub(crate) router: Router,
    pub(crate) routes: Vec<RouteFacts>,
    pub(crate) assets: Assets,
    pub(crate) document: Arc<Document>,
    pub(crate) error_shell: Option<String>,
    /// The bundle's hash.
    pub(crate) hash: String,
    /// The sessions of its live pages, as soon as it is served; none where it has none.
    pub(crate) live: OnceLock<Live>,
}

/// What the server needs to know of a route.
#[derive(Debug)]
pub(crate) struct RouteFacts {
    pub(crate) id: Arc<str>,
    pub(crate) has_page: bool,
    pub(crate) has_endpoint: bool,
    /// The module of its live component.
    pub(crate) live: Option<String>,
    pub(crate) trailing_slash: TrailingSlash,
}

impl App {
    /// Makes a bundle ready to be served.
    ///
    /// # Errors
    /// [`BundleError::Shell`] when `src/app.html` has no place for the page.
    pub fn new(
        bundle: Bundle,
        renderer: Arc<dyn Renderer>,
        config: &Config,
    ) -> Result<Self, BundleError> {
        let Bundle { manifest, folder } = bundle;
        let document = Document::new(&manifest, &config.app.lang)
            .map_err(|error| BundleError::Shell(error.to_string()))?;
        let routes = manifest.routes.iter().map(|route| RouteFacts {
            id: route.id.as_str().into(),
            has_page: route.page.is_some(),
            has_endpoint: route.endpoint.is_some(),
            live: route.page.as_ref().and_then(|page| page.live.clone()),
            trailing_slash: match (&route.page, &route.endpoint) {
                (Some(page), _) => page.trailing_slash,
                (None, Some(endpoint)) => endpoint.trailing_slash,
                (None, None) => TrailingSlash::Never,
            },
        });
        Ok(Self {
            renderer,
            router: Router::new(&manifest.routes),
            routes: routes.collect(),
            assets: Assets::new(&folder, &manifest.assets, config.server.asset_memory_mb),
            document: Arc::new(document),
            base: manifest.base,
            error_shell: manifest.error_shell,
            hash: manifest.hash,
            live: OnceLock::new(),
        })
    }

    /// Makes the app's live pages live.
    pub(crate) fn begin_sessions(
        &self,
        foundation: &Foundation,
        config: &Config,
        dev: Option<Arc<Dev>>,
    ) {
        if let Some(host) = self.renderer.live_host()
            && self.routes.iter().any(|route| route.live.is_some())
        {
            let sessions = foundation.sessions(host, self.live_routes(), config, dev);
            let _ = self.live.set(sessions);
        }
    }

    /// Which addresses show live components.
    pub(crate) fn live_routes(&self) -> LiveRoutes {
        LiveRoutes {
            base: self.base.clone(),
            router: self.router.clone(),
            modules: self.routes.iter().map(|route| route.live.clone()).collect(),
        }
    }

    /// The sessions, where one of these routes has a live page.
    pub(crate) fn is_live(&self, routes: &[RouteMatch]) -> Option<&Live> {
        let live = self.live.get()?;
        let found = |found: &RouteMatch| {
            self.facts(found.route)
                .is_some_and(|facts| facts.live.is_some())
        };
        routes.iter().any(found).then_some(live)
    }

    /// Puts the sessions of live pages into the store, for whoever serves their pages next.
    pub(crate) async fn end_sessions(&self) {
        if let Some(live) = self.live.get() {
            live.drain().await;
        }
    }

    /// The renderer.
    #[must_use]
    pub fn renderer(&self) -> &Arc<dyn Renderer> {
        &self.renderer
    }

    pub(crate) fn facts(&self, route: u32) -> Option<&RouteFacts> {
        self.routes.get(route as usize)
    }
}

/// Closes the engine: the last request that could render with it is gone, and what it still streams it finishes.
impl Drop for App {
    fn drop(&mut self) {
        // Without a runtime there is nobody to wait for the end; the engine then ends by itself.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(self.renderer.close());
        }
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "App({} routes, {:?})", self.routes.len(), self.assets)
    }
}
