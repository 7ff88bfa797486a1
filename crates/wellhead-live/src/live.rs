//! All sessions of a server: pages that were rendered, browsers that come for them.

use std::{future::poll_fn, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::{sync::oneshot, time::timeout};
use wellhead_html::Templates;
use wellhead_protocol::{CloseCode, Decoder, Up};
use wellhead_render::{
    RenderError,
    live::{Failure, LiveHost},
};
use wellhead_store::Store;

use crate::{
    Connection, Limits, Routes, Signer, TokenError,
    logout::Listener,
    page::{COMPONENT, ComponentClaim, PAGE, Page, PageClaim},
    registry::Registry,
    routes::NoRoutes,
    session::{Attach, Control, Found, Join, Session},
    token::{is_random_name, random_name},
};

/// All sessions of a server. Clones are the same.
#[derive(Clone)]
pub struct Live {
    pub(crate) shared: Arc<Shared>,
    /// Ends with the last clone.
    pub(crate) listener: Arc<Listener>,
}

/// Who hears of failures in development.
type Hears = dyn Fn(&str, &Failure) + Send + Sync;

/// What sessions stand on.
pub struct Options {
    pub(crate) host: Arc<dyn LiveHost>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) signer: Signer,
    pub(crate) limits: Limits,
    pub(crate) routes: Arc<dyn Routes>,
    pub(crate) developer: Option<Arc<Hears>>,
}

impl Options {
    /// Components are in `host`; what outlives a session is in `store`; pages are signed by `signer`.
    pub fn new(host: Arc<dyn LiveHost>, store: Arc<dyn Store>, signer: Signer) -> Self {
        Self {
            host,
            store,
            signer,
            limits: Limits::default(),
            routes: Arc::new(NoRoutes),
            developer: None,
        }
    }

    /// What a session may use.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Which addresses show live components; without, none does.
    #[must_use]
    pub fn with_routes(mut self, routes: Arc<dyn Routes>) -> Self {
        self.routes = routes;
        self
    }

    /// Tells browsers what exactly failed, for development, and `hears` before them: the session's name, which browsers are told as
    /// the trace, and the failure.
    #[must_use]
    pub fn showing_errors(
        mut self,
        hears: impl Fn(&str, &Failure) + Send + Sync + 'static,
    ) -> Self {
        self.developer = Some(Arc::new(hears));
        self
    }
}

/// What sessions have in common.
pub(crate) struct Shared {
    options: Options,
    pub(crate) templates: Templates,
    pub(crate) registry: Registry,
    /// By which this server knows its own messages to others.
    pub(crate) name: String,
}

impl std::ops::Deref for Shared {
    type Target = Options;

    fn deref(&self) -> &Options {
        &self.options
    }
}

/// Who a page was rendered for, as far as this matters: a hash of the cookie of the login, say. Empty for nobody in particular.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Identity(pub String);

impl Identity {
    /// Of the secret that a browser shows to say who it is, such as the cookie of its login. Pages carry the identity where scripts can
    /// read it, so nothing of the secret can be found from it.
    #[must_use]
    pub fn of_secret(secret: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"wellhead live identity\0");
        hash.update(secret.as_bytes());
        Self(URL_SAFE_NO_PAD.encode(hash.finalize()))
    }

    pub(crate) fn is_nobody(&self) -> bool {
        self.0.is_empty()
    }
}

/// What a browser wants that has just connected.
pub(crate) struct Wanted {
    pub(crate) join: Join,
    pub(crate) page: PageClaim,
    pub(crate) components: Vec<ComponentClaim>,
    /// How often somebody had logged out before it came.
    pub(crate) logouts: u64,
}

/// A connection that is closed, why, and more words.
pub(crate) type Refused = (Connection, CloseCode, String);

impl Live {
    /// No sessions yet.
    pub fn new(options: Options) -> Self {
        Self {
            shared: Arc::new(Shared {
                options,
                templates: Templates::default(),
                registry: Registry::default(),
                name: random_name(),
            }),
            listener: Arc::default(),
        }
    }

    /// Begins a page for somebody.
    ///
    /// # Errors
    ///
    /// If the host has no room for a session.
    pub fn page(&self, identity: Identity) -> Result<Page, RenderError> {
        let session = Session::open(Arc::clone(&self.shared), identity)?;
        Ok(Page { session })
    }

    /// How many sessions there are.
    pub fn sessions(&self) -> usize {
        self.shared.registry.len()
    }

    /// Serves a browser's connection: reads its join, and gives it its session. Returns when the session has it; what
    /// cannot be believed is closed with its code.
    pub async fn connect(&self, mut connection: Connection, identity: Identity) {
        let logouts = self.shared.registry.logouts();
        self.listener.listens(&self.shared).await;
        let mut decoder = Decoder::with_limits(
            wellhead_protocol::Limits::up().with_message(self.shared.limits.message),
        );
        let first = timeout(
            self.shared.limits.heartbeat,
            poll_fn(|context| connection.poll_message(context)),
        );
        let Ok(Some(first)) = first.await else {
            return connection.close(CloseCode::Idle, "");
        };
        let message = match decoder.decode(&first) {
            Ok(message) => message,
            Err(error) => return connection.close(error.close_code(), &error.to_string()),
        };
        let joined = match self.wanted(connection, decoder, message, &identity) {
            Ok(wanted) => self.join(Wanted { logouts, ..wanted }).await,
            Err(refused) => Err(refused),
        };
        if let Err((connection, code, reason)) = joined {
            tracing::debug!(code = code.as_str(), reason, "a join was refused");
            connection.close(code, &reason);
        }
    }

    /// What the first message of a browser asks for, if it can be believed.
    fn wanted(
        &self,
        connection: Connection,
        decoder: Decoder<Up>,
        message: Up,
        identity: &Identity,
    ) -> Result<Wanted, Refused> {
        let signer = &self.shared.signer;
        let Up::Join {
            token,
            components,
            resume,
            ..
        } = message
        else {
            let reason = "join comes first".to_owned();
            return Err((connection, CloseCode::ProtocolError, reason));
        };
        let mut page = match signer.verify::<PageClaim>(PAGE, &token) {
            Ok(page) => page,
            Err(error) => return Err((connection, refusal(error), error.to_string())),
        };
        if page.identity != *identity {
            let reason = "the page was rendered for somebody else".to_owned();
            return Err((connection, CloseCode::LoggedOut, reason));
        }
        if components.len() > self.shared.limits.components {
            let reason = "too many components".to_owned();
            return Err((connection, CloseCode::ProtocolError, reason));
        }
        let mut claims = Vec::with_capacity(components.len());
        let mut found = Vec::with_capacity(components.len());
        for component in components {
            match signer.verify::<ComponentClaim>(COMPONENT, &component.token) {
                Ok(claim) if claim.session == page.session => {
                    found.push(Found {
                        number: claim.number,
                        nodes: component.nodes,
                        digest: component.digest.0,
                    });
                    claims.push(claim);
                }
                Ok(_) => {
                    let reason = "a component of another page".to_owned();
                    return Err((connection, CloseCode::NotAuthorised, reason));
                }
                Err(error) => return Err((connection, refusal(error), error.to_string())),
            }
        }
        if let Some(resume) = &resume {
            if !is_of_page(&resume.session, &page.session) {
                let reason = "the session of another page".to_owned();
                return Err((connection, CloseCode::NotAuthorised, reason));
            }
            page.session.clone_from(&resume.session);
        }
        Ok(Wanted {
            join: Join {
                connection,
                decoder,
                components: found,
                resume,
            },
            page,
            components: claims,
            logouts: 0,
        })
    }

    /// Gives a browser the session that it wants.
    async fn join(&self, wanted: Wanted) -> Result<(), Refused> {
        let Some(wanted) = self.attach(wanted).await else {
            return Ok(());
        };
        let id = wanted.page.session.clone();
        let gate = self.shared.registry.gate(&id);
        let _passed = gate.pass().await;
        // Somebody may have made it again meanwhile.
        match self.attach(wanted).await {
            Some(wanted) => self.revive(wanted).await,
            None => Ok(()),
        }
    }

    /// Gives a browser the session that it wants, if that is here. A document that another tab has too, one that was duplicated say, wants
    /// one of its own.
    async fn attach(&self, mut wanted: Wanted) -> Option<Wanted> {
        let Some(mut control) = self.shared.registry.control_of(&wanted.page.session) else {
            return Some(wanted);
        };
        let (busy, is_busy) = oneshot::channel();
        let join = wanted.join;
        match control
            .send(Control::Attach(Box::new(Attach { join, busy })))
            .await
        {
            // It ended at this moment.
            Err(Control::Attach(attach)) => wanted.join = attach.join,
            _ => {
                wanted.join = is_busy.await.ok()?;
                wanted.page.session = session_beside(&wanted.page.session);
            }
        }
        Some(wanted)
    }

    /// Puts all sessions into the store, and tells their browsers to come again, to another server.
    pub async fn drain(&self) {
        let controls = self.shared.registry.all();
        let mut waiting = Vec::with_capacity(controls.len());
        for mut control in controls {
            let (done, is_done) = oneshot::channel();
            if control.send(Control::Drain(done)).await.is_ok() {
                waiting.push(is_done);
            }
        }
        for is_done in waiting {
            let _ = is_done.await;
        }
    }
}

/// The name of a session for a page that cannot have the one of this name: it is another tab's, or what it knew is lost. Whoever has the
/// page's token may come back to it.
pub(crate) fn session_beside(session: &str) -> String {
    let page = session.split('.').next().unwrap_or(session);
    format!("{page}.{}", random_name())
}

fn is_of_page(session: &str, page: &str) -> bool {
    session == page
        || session
            .strip_prefix(page)
            .and_then(|beside| beside.strip_prefix('.'))
            .is_some_and(is_random_name)
}

/// What a page is told whose token is not believed. Nobody can tell one that was forged from one that a secret of before has signed, and
/// a page of before is live again when it is loaded again.
fn refusal(error: TokenError) -> CloseCode {
    match error {
        TokenError::Expired | TokenError::Forged => CloseCode::Expired,
    }
}
