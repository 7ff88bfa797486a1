//! All sessions of a server: pages that were rendered, browsers that come for them.

use std::{
    collections::{HashMap, VecDeque},
    future::poll_fn,
    hash::Hasher,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use twox_hash::XxHash3_64;
use wellhead_html::Templates;
use wellhead_protocol::{CloseCode, Decoder, Up};
use wellhead_render::{ErrorCode, RenderError, live::LiveHost};
use wellhead_store::Store;

use crate::{
    Connection, Limits, Routes, Signer, TokenError,
    components::Root,
    routes::NoRoutes,
    session::{Control, Found, Join, Session, stored_as},
};

const PAGE: &str = "live page";
const COMPONENT: &str = "live component";

/// All sessions of a server. Clones are the same.
#[derive(Clone)]
pub struct Live {
    shared: Arc<Shared>,
}

/// What sessions stand on.
pub struct Options {
    pub(crate) host: Arc<dyn LiveHost>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) signer: Signer,
    pub(crate) limits: Limits,
    pub(crate) routes: Arc<dyn Routes>,
    pub(crate) shows_errors: bool,
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
            shows_errors: false,
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

    /// Tells browsers what exactly failed, for development.
    #[must_use]
    pub fn showing_errors(mut self) -> Self {
        self.shows_errors = true;
        self
    }
}

/// What sessions have in common.
pub(crate) struct Shared {
    options: Options,
    pub(crate) templates: Templates,
    sessions: Mutex<Sessions>,
}

impl std::ops::Deref for Shared {
    type Target = Options;

    fn deref(&self) -> &Options {
        &self.options
    }
}

#[derive(Default)]
struct Sessions {
    by_id: HashMap<String, mpsc::Sender<Control>>,
    /// Pages that wait for their browsers, the oldest first.
    parked: VecDeque<String>,
}

/// Who a page was rendered for, as far as this matters: a hash of the cookie of the login, say. Empty for nobody in particular.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Identity(pub String);

/// What a page's token says.
#[derive(Serialize, Deserialize)]
struct PageClaim {
    session: String,
    identity: Identity,
}

/// What a component's token says.
#[derive(Serialize, Deserialize)]
struct ComponentClaim {
    session: String,
    number: u32,
    module: String,
    params: Box<RawValue>,
    url: String,
}

/// A component that was rendered into a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Painted {
    /// What its container contains.
    pub html: String,
    /// What the browser shows to join it.
    pub token: String,
    /// The digest of the HTML, which the browser shows too.
    pub digest: [u8; 8],
}

/// Why a component is not rendered.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum PaintError {
    /// The host failed, or the component did.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The component rendered what cannot be shown.
    #[error("{module}: {message}")]
    NotShown {
        /// The component's module.
        module: String,
        /// What is wrong.
        message: String,
    },
    /// A page has as many components as it may.
    #[error("more than {most} live components in one page; hint: put them into one another")]
    TooMany {
        /// How many it may have.
        most: usize,
    },
}

/// A page that is being rendered.
pub struct Page {
    session: Session,
}

impl Live {
    /// No sessions yet.
    pub fn new(options: Options) -> Self {
        Self {
            shared: Arc::new(Shared {
                options,
                templates: Templates::default(),
                sessions: Mutex::default(),
            }),
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
        self.shared.sessions().by_id.len()
    }

    /// Serves a browser's connection: reads its join, and gives it its session. Returns when the session has it; what
    /// cannot be believed is closed with its code.
    pub async fn connect(&self, mut connection: Connection, identity: Identity) {
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
        let join = match decoder.decode(&first) {
            Ok(Up::Join {
                token,
                components,
                resume,
                ..
            }) => (token, components, resume),
            Ok(_) => {
                return connection.close(CloseCode::ProtocolError, "join comes first");
            }
            Err(error) => {
                return connection.close(error.close_code(), &error.to_string());
            }
        };
        if let Err((connection, code, reason)) =
            self.join(connection, decoder, join, identity).await
        {
            tracing::debug!(code = code.as_str(), reason, "a join was refused");
            connection.close(code, &reason);
        }
    }

    async fn join(
        &self,
        connection: Connection,
        decoder: Decoder<Up>,
        (token, components, resume): (
            String,
            Vec<wellhead_protocol::Component>,
            Option<wellhead_protocol::Resume>,
        ),
        identity: Identity,
    ) -> Result<(), (Connection, CloseCode, String)> {
        let shared = &self.shared;
        let page = match shared.signer.verify::<PageClaim>(PAGE, &token) {
            Ok(page) => page,
            Err(error) => return Err((connection, refusal(error), error.to_string())),
        };
        if page.identity != identity {
            let reason = "the page was rendered for somebody else".to_owned();
            return Err((connection, CloseCode::LoggedOut, reason));
        }
        if components.len() > shared.limits.components {
            return Err((
                connection,
                CloseCode::ProtocolError,
                "too many components".into(),
            ));
        }
        let mut claims = Vec::with_capacity(components.len());
        for component in components {
            match shared
                .signer
                .verify::<ComponentClaim>(COMPONENT, &component.token)
            {
                Ok(claim) if claim.session == page.session => claims.push((claim, component)),
                Ok(_) => {
                    let reason = "a component of another page".to_owned();
                    return Err((connection, CloseCode::NotAuthorised, reason));
                }
                Err(error) => return Err((connection, refusal(error), error.to_string())),
            }
        }
        let wanted = resume
            .as_ref()
            .map_or(&page.session, |resume| &resume.session);
        if *wanted != page.session {
            let reason = "the session of another page".to_owned();
            return Err((connection, CloseCode::NotAuthorised, reason));
        }
        let mut join = Join {
            connection,
            decoder,
            components: claims
                .iter()
                .map(|(claim, component)| Found {
                    number: claim.number,
                    nodes: component.nodes,
                    digest: component.digest.0,
                })
                .collect(),
            resume,
        };
        if let Some(control) = shared.control_of(&page.session) {
            match control.send(Control::Attach(Box::new(join))).await {
                Ok(()) => return Ok(()),
                // It ended at this moment.
                Err(mpsc::error::SendError(Control::Attach(back))) => join = *back,
                Err(_) => return Ok(()),
            }
        }
        self.revive(
            page,
            claims.into_iter().map(|(claim, _)| claim).collect(),
            join,
        )
        .await
    }

    /// Makes a session again that is not here: from the store if it has it, else from the page's tokens.
    async fn revive(
        &self,
        page: PageClaim,
        mut claims: Vec<ComponentClaim>,
        join: Join,
    ) -> Result<(), (Connection, CloseCode, String)> {
        let shared = &self.shared;
        let failed = |join: Join, error: String| {
            tracing::error!(
                session = page.session,
                error,
                "a session cannot be made again"
            );
            (join.connection, CloseCode::Internal, page.session.clone())
        };
        let mut session = match Session::open(Arc::clone(shared), page.identity.clone()) {
            Ok(session) => session,
            Err(error) => return Err(failed(join, error.to_string())),
        };
        session.id.clone_from(&page.session);
        let kept = shared.store.take(&stored_as(&page.session)).await;
        let kept = kept.unwrap_or_else(|error| {
            tracing::error!(session = page.session, %error, "the store does not answer");
            None
        });
        claims.sort_by_key(|claim| claim.number);
        let mut page = Page { session };
        if let Some(kept) = kept {
            page.session.recall(&kept);
        }
        let recalled = page.session.components.roots.len();
        for number in 0..recalled {
            if let Err(error) = page.mount_root(number).await {
                return Err(failed(join, error.to_string()));
            }
        }
        for claim in claims.into_iter().skip(recalled) {
            let mounted = page.mount(&claim.module, claim.params, &claim.url).await;
            if let Err(error) = mounted {
                return Err(failed(join, error.to_string()));
            }
        }
        let control = page.start();
        // It cannot have ended: it waits for somebody to come.
        let _ = control.send(Control::Attach(Box::new(join))).await;
        Ok(())
    }

    /// Puts all sessions into the store, and tells their browsers to come again, to another server.
    pub async fn drain(&self) {
        let controls: Vec<_> = self.shared.sessions().by_id.values().cloned().collect();
        let mut waiting = Vec::with_capacity(controls.len());
        for control in controls {
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

impl Page {
    /// Mounts a component and renders it.
    ///
    /// # Errors
    ///
    /// [`PaintError`] if it fails, or takes longer than it may.
    pub async fn mount(
        &mut self,
        module: &str,
        params: Box<RawValue>,
        url: &str,
    ) -> Result<Painted, PaintError> {
        let most = self.session.shared().limits.components;
        let roots = &mut self.session.components.roots;
        if roots.len() >= most {
            return Err(PaintError::TooMany { most });
        }
        let number = roots.len();
        roots.push(Root::new(module.to_owned(), params, url.to_owned()));
        let html = self.mount_root(number).await?;
        Ok(self.painted(number, html))
    }

    fn painted(&self, number: usize, html: String) -> Painted {
        let root = &self.session.components.roots[number];
        let shared = self.session.shared();
        let claim = ComponentClaim {
            session: self.session.id.clone(),
            number: u32::try_from(number).expect("pages have few components"),
            module: root.module.clone(),
            params: root.params.clone(),
            url: root.url.clone(),
        };
        Painted {
            digest: digest(&html),
            html,
            token: shared.signer.sign(COMPONENT, &claim, shared.limits.token),
        }
    }

    /// Has a component mounted, and waits for what it shows.
    async fn mount_root(&mut self, number: usize) -> Result<String, PaintError> {
        let wait = self.session.shared().limits.mount;
        timeout(wait, self.session.mount(number))
            .await
            .unwrap_or_else(|_| {
                let message = format!("a live component did not render within {wait:?}");
                Err(RenderError::new(ErrorCode::WallLimit, message).into())
            })
    }

    /// The page is done: it waits for its browser, which shows the token that this gives.
    pub fn park(mut self) -> String {
        self.session.forget_items();
        let shared = Arc::clone(self.session.shared());
        let claim = PageClaim {
            session: self.session.id.clone(),
            identity: self.session.identity.clone(),
        };
        let id = self.session.id.clone();
        self.start();
        let evicted = {
            let mut sessions = shared.sessions();
            sessions.parked.push_back(id);
            (sessions.parked.len() > shared.limits.parked)
                .then(|| sessions.parked.pop_front())
                .flatten()
                .and_then(|oldest| sessions.by_id.get(&oldest).cloned())
        };
        if let Some(control) = evicted {
            // If it is busy it is not idle, so it may stay.
            let _ = control.try_send(Control::End(CloseCode::Internal));
        }
        shared.signer.sign(PAGE, &claim, shared.limits.token)
    }

    fn start(self) -> mpsc::Sender<Control> {
        let (control, commands) = mpsc::channel(4);
        let shared = Arc::clone(self.session.shared());
        shared
            .sessions()
            .by_id
            .insert(self.session.id.clone(), control.clone());
        tokio::spawn(self.session.run(commands));
        control
    }
}

impl Shared {
    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn control_of(&self, id: &str) -> Option<mpsc::Sender<Control>> {
        let mut sessions = self.sessions();
        let control = sessions.by_id.get(id).cloned();
        sessions.parked.retain(|parked| parked != id);
        control
    }

    pub(crate) fn forget(&self, id: &str) {
        let mut sessions = self.sessions();
        sessions.by_id.remove(id);
        sessions.parked.retain(|parked| parked != id);
    }
}

fn refusal(error: TokenError) -> CloseCode {
    match error {
        TokenError::Expired => CloseCode::Expired,
        TokenError::Forged => CloseCode::NotAuthorised,
    }
}

/// By which both sides know whether a page shows what was rendered.
pub(crate) fn digest(html: &str) -> [u8; 8] {
    let mut hasher = XxHash3_64::new();
    hasher.write(html.as_bytes());
    hasher.finish().to_be_bytes()
}
