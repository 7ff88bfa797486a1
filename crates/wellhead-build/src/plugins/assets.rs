//! Modules that are files for browsers (`import logo from "./logo.png"`, `?url`, `?inline`) or text (`?raw`).

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use rolldown_plugin::{HookLoadArgs, HookLoadReturn, HookUsage, Plugin, SharedLoadPluginContext};

use super::{has_flag, script, split_query, stub};
use crate::Diagnostic;
use crate::asset::{Inline, is_asset};
use crate::generate::quote;
use crate::session::Session;

#[derive(Debug)]
pub(super) struct AssetModules(pub(super) Arc<Session>);

impl Plugin for AssetModules {
    fn name(&self) -> Cow<'static, str> {
        "wellhead:assets".into()
    }

    fn register_hook_usage(&self) -> HookUsage {
        HookUsage::Load
    }

    async fn load(&self, _: SharedLoadPluginContext, args: &HookLoadArgs<'_>) -> HookLoadReturn {
        let (file, query) = split_query(args.id);
        let fail = |problem: Diagnostic| {
            self.0.report(problem.in_file(self.0.app.shown(file)));
            Ok(Some(stub()))
        };
        if has_flag(query, "worker") || has_flag(query, "sharedworker") || has_flag(query, "init") {
            return fail(
                Diagnostic::error(
                    "unsupported_query",
                    format!("`?{}` is not supported", query.unwrap_or_default()),
                )
                .with_help(
                    "import the file with `?url` and make the worker or the module from its URL",
                ),
            );
        }
        if has_flag(query, "raw") {
            return match tokio::fs::read_to_string(file).await {
                Ok(text) => Ok(Some(script(format!("export default {};", quote(&text))))),
                Err(error) => fail(Diagnostic::unreadable("", &error)),
            };
        }
        // Style sheets with `?inline` or `?url` are processed first, elsewhere.
        let by_query =
            !file.ends_with(".css") && (has_flag(query, "url") || has_flag(query, "inline"));
        if !(by_query || is_asset(file)) {
            return Ok(None);
        }
        let inline = if has_flag(query, "inline") {
            Inline::Always
        } else if has_flag(query, "no-inline") {
            Inline::Never
        } else {
            Inline::Auto
        };
        match self.0.assets.url(Path::new(file), inline) {
            Ok(url) => Ok(Some(script(format!("export default {};", quote(&url))))),
            Err(error) => fail(Diagnostic::unreadable("", &error)),
        }
    }
}
