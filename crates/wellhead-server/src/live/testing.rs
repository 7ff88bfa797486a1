//! Sessions for tests of live components: those of an app, without a server around it.

use std::sync::Arc;

use tokio::runtime::Handle;
use wellhead_live::testing::Script;
use wellhead_live::{Live, Options, Signer};
use wellhead_render::{Mounted, PageMounts};
use wellhead_store::Memory;

use super::{limits, mounts};
use crate::App;
use crate::config::Config;

/// The live pages of an app for its tests: sessions are in memory, and pages are opened by `mount` of `wellhead/test`.
#[derive(Clone)]
pub struct TestPages {
    live: Live,
}

impl TestPages {
    /// Pages for the tests of an app, whose bundle was made for them; `None` where the engine runs no live components.
    #[must_use]
    pub fn new(app: &App, config: &Config) -> Option<Self> {
        let host = app.renderer().live_host()?;
        let mut secret = [0; wellhead_live::KEY_LENGTH];
        getrandom::fill(&mut secret).expect("the system gives random numbers");
        let options = Options::new(host, Arc::new(Memory::default()), Signer::new(secret))
            .with_limits(limits(config))
            .with_routes(Arc::new(app.live_routes()))
            .showing_errors(|_, _| {});
        Some(Self {
            live: Live::new(options),
        })
    }

    /// Ends all sessions, of which those of tests that are over wait for browsers to come back.
    pub async fn close(&self) {
        self.live.drain().await;
    }

    /// What opens the pages of one test. They are closed when it is dropped.
    #[must_use]
    pub fn of_test(&self) -> PageMounts {
        let script = Arc::new(Script::new(self.live.clone()));
        // Whoever runs the test may have a runtime of its own, in which nothing of a session may run.
        let runtime = Handle::current();
        PageMounts::new(move |asked| {
            let script = Arc::clone(&script);
            let task = runtime.spawn(async move {
                Mounted {
                    answer: script.ask(&asked).await,
                    error: None,
                }
            });
            mounts::answered(task)
        })
    }
}
