//! Reports what another bundler would have replaced and this one would leave to fail in the browser.

use std::borrow::Cow;
use std::fs;
use std::sync::Arc;

use rolldown_plugin::{
    HookTransformArgs, HookTransformReturn, HookUsage, Plugin, SharedTransformPluginContext,
};

use super::split_query;
use crate::Diagnostic;
use crate::session::Session;

/// What is looked for, and what to do instead.
const FEATURES: [(&str, &str); 1] = [(
    "import.meta.glob",
    "write the imports out, one by one: `{ \"./a.ts\": () => import(\"./a.ts\") }`",
)];

#[derive(Debug)]
pub(super) struct Unsupported(pub(super) Arc<Session>);

impl Plugin for Unsupported {
    fn name(&self) -> Cow<'static, str> {
        "wellhead:unsupported".into()
    }

    fn register_hook_usage(&self) -> HookUsage {
        HookUsage::Transform
    }

    async fn transform(
        &self,
        _: SharedTransformPluginContext,
        args: &HookTransformArgs<'_>,
    ) -> HookTransformReturn {
        if !self.0.app.owns(args.id) {
            return Ok(None);
        }
        for (feature, help) in FEATURES {
            if !args.code.contains(&format!("{feature}(")) {
                continue;
            }
            let problem = Diagnostic::error("unsupported", format!("`{feature}` is not supported"))
                .with_help(help);
            let shown = self.0.app.shown(args.id);
            let source = fs::read_to_string(split_query(args.id).0).unwrap_or_default();
            self.0.report(match source.find(feature) {
                Some(at) => problem.at(shown, &source, at..at + feature.len()),
                None => problem.in_file(shown),
            });
        }
        Ok(None)
    }
}
