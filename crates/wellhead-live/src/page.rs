//! A page that is being rendered, and what it says to its browser.

use std::{hash::Hasher, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::time::timeout;
use twox_hash::XxHash3_64;
use wellhead_render::{
    ErrorCode, RenderError,
    live::{Command, Failure},
};

use crate::{Identity, components::Root, registry::LoggedOut, session::Session};

pub(crate) const PAGE: &str = "live page";
pub(crate) const COMPONENT: &str = "live component";

/// What a page's token says.
#[derive(Serialize, Deserialize)]
pub(crate) struct PageClaim {
    pub(crate) session: String,
    pub(crate) identity: Identity,
}

/// What a component's token says.
#[derive(Serialize, Deserialize)]
pub(crate) struct ComponentClaim {
    /// The page's session.
    pub(crate) session: String,
    pub(crate) number: u32,
    pub(crate) module: String,
    pub(crate) params: Box<RawValue>,
    pub(crate) url: String,
    /// What the server says of the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user: Option<Box<RawValue>>,
}

/// What is mounted.
///
/// All of it is signed into the page, and used again when the component is mounted again. Signed is not secret: who has the page
/// can read it.
///
/// ```
/// use serde_json::value::RawValue;
/// use wellhead_live::Mount;
///
/// let mount = Mount {
///     module: "src/routes/posts/[id]/+live.ts".into(),
///     params: RawValue::from_string(r#"{"id":"7"}"#.into())?,
///     url: "/posts/7".into(),
///     session: Some(RawValue::from_string(r#"{"user":"ann"}"#.into())?),
/// };
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Mount {
    /// The module that exports the component.
    pub module: String,
    /// The parameters of the route, by name, as a JSON object.
    pub params: Box<RawValue>,
    /// The page's address.
    pub url: String,
    /// What the server says of the user, as a JSON object.
    pub session: Option<Box<RawValue>>,
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
    /// The title that it has given the page; in a page of several components the last one's.
    pub title: Option<String>,
    /// Components within it, those around others first: the number of the first node, how many siblings, the component's number.
    pub marks: Vec<(u32, u32, u32)>,
}

/// Why a component is not rendered.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum PaintError {
    /// The host failed, or took too long.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The component's `mount` or its first render threw.
    #[error("{}: {}", .0.code, .0.message)]
    Failed(Failure),
    /// The component asked for another address before it showed anything.
    #[error("the component sends the browser to {url}")]
    Redirect {
        /// Where to; as the component said it, so perhaps relative.
        url: String,
    },
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

/// A page that is being rendered. Dropping it gives up its components.
pub struct Page {
    pub(crate) session: Session,
}

impl Page {
    /// Mounts a component and renders it. After an error the page may go on with others; after it was cancelled the page should be
    /// dropped, since the component may yet come.
    ///
    /// # Errors
    ///
    /// [`PaintError`] if it fails, or takes longer than it may.
    pub async fn mount(&mut self, mount: Mount) -> Result<Painted, PaintError> {
        let most = self.session.shared().limits.components;
        let roots = &mut self.session.components.roots;
        if roots.len() >= most {
            return Err(PaintError::TooMany { most });
        }
        let number = roots.len();
        // Most pages have one.
        roots.reserve_exact(1);
        roots.push(Root::new(mount));
        let html = self.mount_root(number).await?;
        Ok(self.painted(number, html))
    }

    fn painted(&mut self, number: usize, html: String) -> Painted {
        let root = &mut self.session.components.roots[number];
        root.number();
        let mut marks = Vec::new();
        if let Some(tree) = &root.tree {
            tree.components(|component, node, count| marks.push((node, count, component)));
        }
        let Mount {
            module,
            params,
            url,
            session,
        } = root.mount.clone();
        let claim = ComponentClaim {
            session: self.session.id.clone(),
            number: u32::try_from(number).expect("pages have few components"),
            module,
            params,
            url,
            user: session,
        };
        let title = self.session.take_title();
        let shared = self.session.shared();
        Painted {
            title,
            digest: digest(&html),
            html,
            token: shared.signer.sign(COMPONENT, &claim, shared.limits.token),
            marks,
        }
    }

    /// Has a component mounted, and waits for what it shows.
    pub(crate) async fn mount_root(&mut self, number: usize) -> Result<String, PaintError> {
        let wait = self.session.shared().limits.mount;
        let mounted = match timeout(wait, self.session.mount(number)).await {
            Ok(mounted) => mounted,
            Err(_) => {
                self.session.tell(&Command::Unmount {
                    component: u32::try_from(number).expect("pages have few components"),
                });
                let message = format!("a live component did not render within {wait:?}");
                Err(RenderError::new(ErrorCode::WallLimit, message).into())
            }
        };
        if mounted.is_err() {
            self.session.components.roots[number].end();
        }
        mounted
    }

    /// What the browser shows to come to this page's session.
    pub fn token(&self) -> String {
        let shared = self.session.shared();
        let claim = PageClaim {
            session: self.session.id.clone(),
            identity: self.session.identity.clone(),
        };
        shared.signer.sign(PAGE, &claim, shared.limits.token)
    }

    /// The page is done: it waits for its browser.
    pub fn park(mut self) {
        self.session.forget_items();
        let shared = Arc::clone(self.session.shared());
        // Who has logged out meanwhile has no use for the page.
        let _: Result<(), LoggedOut> = shared.registry.park(self.session, shared.limits.parked);
    }
}

/// By which both sides know whether a page shows what was rendered.
pub(crate) fn digest(html: &str) -> [u8; 8] {
    let mut hasher = XxHash3_64::new();
    hasher.write(html.as_bytes());
    hasher.finish().to_be_bytes()
}
