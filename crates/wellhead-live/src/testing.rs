//! Tests of live pages without a browser.
//!
//! [`mount`] does what a browser does that opens a page: the component is rendered as over HTTP, then the page joins its session by a
//! connection in memory. A [`Page`] keeps the DOM that the server's messages make, and acts on it as a user does: what goes to the
//! server is what the client of `packages/client` sends, be it the values of a form, a key, or a file in parts. Nothing is drawn, and no
//! script of the app runs: hooks, transitions and client state (`ts-state`) are left to tests in a browser.
//!
//! ```
//! # use std::sync::Arc;
//! # use serde_json::{Value, json, value::RawValue};
//! # use wellhead_html::TemplateSource;
//! # use wellhead_live::{Live, Mount, Options, Signer, testing};
//! # use wellhead_render::{RenderError, live::{Command, LiveChannel, LiveHost, News, NewsSink, Sources, TurnText}};
//! # use wellhead_store::Memory;
//! /// A counter, in place of the components of an app.
//! struct Counters(Arc<Sources>);
//!
//! struct Counter {
//!     news: NewsSink,
//!     sources: Arc<Sources>,
//!     count: u32,
//! }
//!
//! impl LiveHost for Counters {
//!     fn open(&self, news: NewsSink) -> Result<Box<dyn LiveChannel>, RenderError> {
//!         let sources = Arc::clone(&self.0);
//!         Ok(Box::new(Counter { news, sources, count: 0 }))
//!     }
//! }
//!
//! impl LiveChannel for Counter {
//!     fn send(&mut self, command: &Command<'_>) {
//!         let command = serde_json::to_value(command).expect("commands are JSON");
//!         let mut settled = Vec::new();
//!         match command["type"].as_str() {
//!             Some("mount") => {}
//!             Some("event") => {
//!                 self.count += 1;
//!                 settled.push(command["event"].clone());
//!             }
//!             _ => return,
//!         }
//!         let turn = json!({ "renders": [[0, [0, self.count]]], "settled": settled });
//!         let sources = Arc::clone(&self.sources);
//!         (self.news)(News::Turn(TurnText { text: turn.to_string(), sources }));
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sources = Arc::new(Sources::default());
//! sources.push(TemplateSource::new(["<button @click=\"increment\">", "</button>"]));
//! let host = Arc::new(Counters(sources));
//! let live = Live::new(Options::new(host, Arc::new(Memory::default()), Signer::new([7; 32])));
//!
//! let page = testing::mount(
//!     &live,
//!     Mount {
//!         module: "src/routes/+live.ts".into(),
//!         params: RawValue::from_string("{}".into())?,
//!         url: "/".into(),
//!         session: None,
//!     },
//! )
//! .await?;
//! page.click("button").await?;
//! assert_eq!(page.text("button")?, "1");
//!
//! let error = page.click("#save").await.expect_err("there is no such button");
//! assert!(error.to_string().starts_with("nothing on the page is \"#save\""));
//! # Ok(())
//! # }
//! ```
//!
//! Times are tokio's: with a clock that is stopped (`#[tokio::test(start_paused = true)]`) nothing waits in vain, and a test can let hours
//! pass. Events with `debounce` and `throttle` are sent at once.

mod actions;
mod address;
mod bindings;
mod changes;
mod commands;
mod css;
mod document;
mod error;
mod events;
mod fields;
mod page;
mod payload;
mod script;
mod state;
mod uploads;
mod wire;

use std::time::Duration;

use self::state::State;
pub use self::{
    error::{Error, Excerpt, Near, ServerError},
    page::{Awaited, Page, Pushed},
    script::Script,
};
use crate::{Identity, Live, Mount};

/// How a page is opened, where it is not as usual.
///
/// ```
/// use std::time::Duration;
/// use wellhead_live::{Identity, testing::PageOptions};
///
/// let options = PageOptions::default()
///     .with_identity(Identity::of_secret("ann's cookie"))
///     .with_timeout(Duration::from_secs(20));
/// ```
#[derive(Debug, Clone)]
pub struct PageOptions {
    identity: Identity,
    timeout: Duration,
}

impl Default for PageOptions {
    fn default() -> Self {
        Self {
            identity: Identity::default(),
            timeout: Duration::from_secs(5),
        }
    }
}

impl PageOptions {
    /// Whose page it is; without, nobody's in particular.
    #[must_use]
    pub fn with_identity(mut self, identity: Identity) -> Self {
        self.identity = identity;
        self
    }

    /// How long whatever is waited for may take; without, 5 s.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

/// Opens a page that consists of one component.
///
/// # Errors
///
/// [`Error::Redirect`] and [`Error::Status`] if that is how the page answers, [`Error::Mount`] if the component fails, and what else
/// can happen while the page joins.
pub async fn mount(live: &Live, mount: Mount) -> Result<Page, Error> {
    open(live, [mount], PageOptions::default()).await
}

/// Opens a page with these components. Its address is that of the first.
///
/// # Errors
///
/// As [`mount`].
pub async fn open(
    live: &Live,
    mounts: impl IntoIterator<Item = Mount>,
    options: PageOptions,
) -> Result<Page, Error> {
    let PageOptions { identity, timeout } = options;
    let mut rendered = live
        .page(identity.clone())
        .map_err(crate::PaintError::from)?;
    let mut painted = Vec::new();
    let mut url = None;
    for mount in mounts {
        url.get_or_insert_with(|| mount.url.clone());
        painted.push(rendered.mount(mount).await?);
    }
    let token = rendered.token();
    rendered.park();
    let state = State::new(&painted, token, url.unwrap_or_else(|| "/".to_owned()));
    let page = Page::new(state, live.clone(), identity, timeout);
    page.join().await?;
    Ok(page)
}
