//! Live pages over HTTP: the sessions of an app, who a page belongs to, and the way in for their sockets.

mod addresses;
mod mounts;
mod socket;
mod testing;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http::header::{COOKIE, SET_COOKIE};
use serde_json::value::RawValue;
use wellhead_live::{Destination, Identity, Limits, Live, Options, Routes, Signer};
use wellhead_render::live::LiveHost;
use wellhead_store::{Store, StoreError};

use crate::config::Config;
use crate::dev::{Dev, Problem};
use crate::routing::{DecodedPath, Router};

pub(crate) use addresses::Addresses;
pub(crate) use mounts::Mounts;
pub(crate) use socket::open;
pub use testing::TestPages;

/// Where browsers come with their sockets.
pub(crate) const SOCKET_PATH: &str = "/-/live";

/// What outlives an app that is replaced: sessions go on in the next one.
pub(crate) struct Foundation {
    store: Arc<dyn Store>,
    signer: Signer,
}

/// Where the store keeps the secret that was made because none is configured.
const SECRET: &str = "live/secret";

impl Foundation {
    pub(crate) async fn open(config: &Config) -> Result<Self, StoreError> {
        let live = &config.live;
        let store = wellhead_store::open(&config.store.url).await?;
        let signer = match &live.secret {
            Some(secret) => Signer::of_secret(&secret.0),
            None => Signer::of_secret(&kept_secret(&*store).await?),
        };
        let signer = live
            .old_secrets
            .iter()
            .fold(signer, |signer, secret| signer.with_older_secret(&secret.0));
        Ok(Self { store, signer })
    }

    /// Has the store write what it was given.
    pub(crate) async fn close(&self) {
        if let Err(error) = self.store.close().await {
            tracing::error!(%error, "the store does not close");
        }
    }

    /// The sessions of an app.
    pub(crate) fn sessions(
        &self,
        host: Arc<dyn LiveHost>,
        routes: LiveRoutes,
        config: &Config,
        dev: Option<Arc<Dev>>,
    ) -> Live {
        let options = Options::new(host, Arc::clone(&self.store), self.signer.clone())
            .with_limits(limits(config))
            .with_routes(Arc::new(routes));
        Live::new(match dev {
            Some(dev) => options.showing_errors(move |session, failure| {
                let error = mounts::as_render_error(failure.clone());
                dev.remember(session, vec![Problem::from_render(&error, &dev.root)]);
            }),
            None => options,
        })
    }
}

async fn kept_secret(store: &dyn Store) -> Result<String, StoreError> {
    let text = |bytes: Bytes| String::from_utf8(bytes.into()).ok();
    if let Some(kept) = store.get(SECRET).await?.and_then(text) {
        return Ok(kept);
    }
    let mut random = [0; 32];
    getrandom::fill(&mut random).expect("the system gives random numbers");
    let secret: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let value = Bytes::from(secret.clone());
    store.put(SECRET, value, Duration::MAX).await?;
    Ok(secret)
}

fn limits(config: &Config) -> Limits {
    let live = &config.live;
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let mut limits = Limits::default();
    limits.message = size(live.message_kb * 1024);
    limits.events = u32::try_from(live.events).unwrap_or(u32::MAX);
    limits.park = Duration::from_millis(live.park_ms);
    limits.parked = size(live.parked);
    limits.mount = Duration::from_millis(live.mount_ms);
    limits.linger = Duration::from_secs(live.linger_s);
    limits.keep = Duration::from_secs(live.keep_s);
    limits.save = Duration::from_millis(live.save_ms);
    limits.token = Duration::from_secs(live.token_s);
    limits
}

/// Which addresses of an app show live components.
#[derive(Debug)]
pub(crate) struct LiveRoutes {
    pub(crate) base: String,
    pub(crate) router: Router,
    /// For each route the module of its component, where it is live.
    pub(crate) modules: Vec<Option<String>>,
}

impl Routes for LiveRoutes {
    fn resolve(&self, url: &str) -> Option<Destination> {
        let path = match url.find("://") {
            Some(at) => &url[at + 3..][url[at + 3..].find('/')?..],
            None => url,
        };
        let path = path.split(['?', '#']).next()?.strip_prefix(&self.base)?;
        let decoded = DecodedPath::new(path).ok()?;
        let mut found = self.router.find(&decoded);
        // Where a matcher has to agree, only the app can tell, so the page is loaded.
        if found.len() != 1 {
            return None;
        }
        let found = found.pop()?;
        let module = self.modules.get(found.route as usize)?.clone()?;
        let params: serde_json::Map<_, _> = found
            .params
            .into_iter()
            .map(|(name, value)| (name, value.into()))
            .collect();
        let params = serde_json::to_string(&params).ok()?;
        Some(Destination {
            module,
            params: RawValue::from_string(params).ok()?,
        })
    }
}

/// Who a request is of: a hash of the cookie that the configuration names.
pub(crate) fn identity(headers: &HeaderMap, config: &Config) -> Identity {
    let name = &config.live.session_cookie;
    if name.is_empty() {
        return Identity::default();
    }
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
        .filter(|value| !value.is_empty())
        .map_or_else(Identity::default, Identity::of_secret)
}

/// Whether a response changes who its browser is: it sets the cookie that the configuration names.
pub(crate) fn changes_identity(response: &HeaderMap, config: &Config) -> bool {
    let name = &config.live.session_cookie;
    !name.is_empty()
        && response.get_all(SET_COOKIE).iter().any(|cookie| {
            cookie
                .as_bytes()
                .strip_prefix(name.as_bytes())
                .is_some_and(|rest| rest.starts_with(b"="))
        })
}
