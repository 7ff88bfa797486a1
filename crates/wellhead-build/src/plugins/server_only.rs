//! Keeps the server's secrets out of browsers: a server module that client code imports is an error with the chain of imports.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use rolldown_plugin::{
    HookBuildEndArgs, HookLoadArgs, HookLoadReturn, HookNoopReturn, HookUsage, Plugin,
    PluginContext, SharedLoadPluginContext,
};

use super::missing::point_at;
use super::{split_query, stub};
use crate::Diagnostic;
use crate::env::{EnvModule, env_module};
use crate::generate;
use crate::session::Session;

#[derive(Debug)]
pub(super) struct ServerOnly {
    session: Arc<Session>,
    found: Mutex<BTreeSet<String>>,
}

impl ServerOnly {
    pub(super) fn new(session: Arc<Session>) -> Self {
        Self {
            session,
            found: Mutex::default(),
        }
    }

    fn is_server_only(&self, id: &str) -> bool {
        if env_module(id).is_some_and(EnvModule::is_private) {
            return true;
        }
        if !self.session.app.owns(id) {
            return false;
        }
        let shown = self.session.app.shown(id);
        let name = shown.rsplit('/').next().unwrap_or_default();
        shown.starts_with("src/lib/server/")
            || name.contains(".server.")
            || (shown.starts_with("src/routes/")
                && ["+server.ts", "+server.js", "+live.ts", "+live.js"].contains(&name))
    }
}

impl Plugin for ServerOnly {
    fn name(&self) -> Cow<'static, str> {
        "wellhead:server-only".into()
    }

    fn register_hook_usage(&self) -> HookUsage {
        HookUsage::Load | HookUsage::BuildEnd
    }

    async fn load(&self, _: SharedLoadPluginContext, args: &HookLoadArgs<'_>) -> HookLoadReturn {
        let (file, _) = split_query(args.id);
        if !self.is_server_only(file) {
            return Ok(None);
        }
        self.found
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(args.id.to_owned());
        Ok(Some(stub()))
    }

    async fn build_end(
        &self,
        ctx: &PluginContext,
        _: Option<&HookBuildEndArgs<'_>>,
    ) -> HookNoopReturn {
        let found = std::mem::take(&mut *self.found.lock().unwrap_or_else(PoisonError::into_inner));
        for id in found {
            let chain = chain(ctx, &id);
            let app = &self.session.app;
            let variables = env_module(&id);
            let name =
                |id: &str| env_module(id).map_or_else(|| app.shown(id), EnvModule::specifier);
            let shown = name(&id);
            let what = if variables.is_some() {
                "has secrets of the server"
            } else {
                "is for the server"
            };
            let mut problem = Diagnostic::error(
                "server_only",
                format!("{shown} {what}, but code for browsers imports it"),
            );
            problem = match chain.get(1) {
                Some(importer) => {
                    let specifier = self.session.specifier(importer, &id).unwrap_or_default();
                    point_at(app, importer, &specifier, problem)
                }
                None => problem.in_file(shown),
            };
            for pair in chain.windows(2).rev() {
                problem =
                    problem.with_note(format!("{} imports {}", name(&pair[1]), name(&pair[0])));
            }
            self.session.report(problem.with_help(if variables.is_some() {
                "read it in a server module and pass on what the page needs, or name the variable PUBLIC_… and import it from `$env/static/public`"
            } else {
                "import it in a server module and pass on the data, or use `import type` for types"
            }));
        }
        Ok(())
    }
}

/// From a module over its importers to the first that a generated module imports; the shortest way.
fn chain(ctx: &PluginContext, id: &str) -> Vec<String> {
    let mut ways = vec![vec![id.to_owned()]];
    let mut seen = BTreeSet::from([id.to_owned()]);
    while !ways.is_empty() {
        let mut next = Vec::new();
        for way in &ways {
            let Some(info) = way.last().and_then(|last| ctx.get_module_info(last)) else {
                continue;
            };
            for importer in info.importers.iter().chain(&info.dynamic_importers) {
                let importer = importer.as_str();
                if importer.starts_with(generate::PREFIX) {
                    return way.clone();
                }
                if seen.insert(importer.to_owned()) {
                    let mut way = way.clone();
                    way.push(importer.to_owned());
                    next.push(way);
                }
            }
        }
        ways = next;
    }
    vec![id.to_owned()]
}
