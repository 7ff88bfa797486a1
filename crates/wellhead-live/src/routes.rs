//! Which live component an address shows.

use serde_json::value::RawValue;

/// What an address shows.
#[derive(Debug)]
pub struct Destination {
    /// The module of the page's component.
    pub module: String,
    /// The parameters of the route, by name, as a JSON object.
    pub params: Box<RawValue>,
}

/// Tells which live component an address shows.
pub trait Routes: Send + Sync + 'static {
    /// What `url` shows, an absolute address or one with only a path; `None` if it is no live page.
    fn resolve(&self, url: &str) -> Option<Destination>;
}

/// No address shows a live component, so every other address is another page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoRoutes;

impl Routes for NoRoutes {
    fn resolve(&self, _url: &str) -> Option<Destination> {
        None
    }
}
