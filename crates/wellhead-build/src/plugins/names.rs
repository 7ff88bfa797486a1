//! Resolves the names that are not files: generated modules, the runtime's, `$lib` and tsconfig's aliases, Node's own.

use std::borrow::Cow;
use std::sync::Arc;

use rolldown_common::ImportKind;
use rolldown_plugin::{
    HookLoadArgs, HookLoadReturn, HookResolveIdArgs, HookResolveIdOutput, HookResolveIdReturn,
    HookUsage, Plugin, PluginContext, PluginContextResolveOptions, SharedLoadPluginContext,
};

use super::{script, stub};
use crate::env::{EnvModule, env_module};
use crate::generate;
use crate::session::Session;
use crate::svelte::Side;

/// The prefix of ids of modules of Node that a browser does not have.
const EMPTY: &str = "wellhead:empty/";

/// The prefix of ids of modules that stand for a module of Node where it is required.
const REQUIRED: &str = "wellhead:required/";

/// Modules of Node that are imported without `node:` too.
const BUILTINS: [&str; 38] = [
    "assert",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "domain",
    "events",
    "fs",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "path",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "stream",
    "string_decoder",
    "timers",
    "tls",
    "tty",
    "url",
    "util",
    "v8",
    "vm",
    "worker_threads",
    "zlib",
];

#[derive(Debug)]
pub(super) struct Names(pub(super) Arc<Session>);

impl Plugin for Names {
    fn name(&self) -> Cow<'static, str> {
        "wellhead:names".into()
    }

    fn register_hook_usage(&self) -> HookUsage {
        HookUsage::ResolveId | HookUsage::Load
    }

    async fn resolve_id(
        &self,
        ctx: &PluginContext,
        args: &HookResolveIdArgs<'_>,
    ) -> HookResolveIdReturn {
        let app = &self.0.app;
        let specifier = args.specifier;
        let file = specifier
            .strip_prefix(generate::APP_FILE)
            .map(|path| app.dir.join(path));
        if let Some(path) = file.or_else(|| app.runtime.module(specifier)) {
            let path = path.to_string_lossy().into_owned();
            let resolved = ctx.resolve(&path, args.importer, options(args)).await?;
            return Ok(resolved.ok().map(HookResolveIdOutput::from_resolved_id));
        }
        let runtimes = |importer: &&str| app.runtime.owns(importer);
        if self.0.writes_bytes
            && specifier == "svelte/server"
            && args.importer.filter(runtimes).is_none()
            && let Some(path) = app.runtime.module("wellhead:rendering")
        {
            return Ok(Some(HookResolveIdOutput::from_id(path.to_string_lossy())));
        }
        if let Some(module) = EnvModule::imported(specifier) {
            if module == EnvModule::DynamicPublic
                && self.0.side == Side::Client
                && let Some(path) = app.runtime.module("wellhead:browser-env")
            {
                return Ok(Some(HookResolveIdOutput::from_id(path.to_string_lossy())));
            }
            return Ok(Some(HookResolveIdOutput::from_id(module.id())));
        }
        if specifier.starts_with(generate::PREFIX) {
            let known =
                generate::module(specifier, self.0.side, &app.routes, &app.options).is_some();
            return Ok(
                (known || specifier.starts_with(EMPTY) || specifier.starts_with(REQUIRED))
                    .then(|| HookResolveIdOutput::from_id(specifier)),
            );
        }
        if let Some(builtin) = builtin(specifier) {
            return self.node_module(ctx, args, builtin).await;
        }
        if args.importer.is_some_and(|importer| app.owns(importer)) {
            for candidate in app.aliases.candidates(specifier) {
                // Without an importer, because a candidate that is not there is nothing to report: the import itself is.
                if let Ok(resolved) = ctx.resolve(&candidate, None, options(args)).await? {
                    return Ok(Some(HookResolveIdOutput::from_resolved_id(resolved)));
                }
            }
        }
        Ok(None)
    }

    async fn load(&self, _: SharedLoadPluginContext, args: &HookLoadArgs<'_>) -> HookLoadReturn {
        if args.id.starts_with(EMPTY) {
            return Ok(Some(stub()));
        }
        if let Some(name) = args.id.strip_prefix(REQUIRED) {
            let module = generate::quote(&format!("node:{name}"));
            return Ok(Some(script(format!(
                "export {{ default as \"module.exports\" }} from {module};"
            ))));
        }
        let app = &self.0.app;
        if let Some(module) = env_module(args.id) {
            return Ok(Some(script(module.source(&app.env, &app.options))));
        }
        Ok(generate::module(args.id, self.0.side, &app.routes, &app.options).map(script))
    }
}

impl Names {
    /// On the server a module of Node is the engine's; in browsers it is empty, or a package of the same name.
    async fn node_module(
        &self,
        ctx: &PluginContext,
        args: &HookResolveIdArgs<'_>,
        name: &str,
    ) -> HookResolveIdReturn {
        if self.0.side == Side::Server {
            let id = format!("node:{name}");
            if args.kind == ImportKind::Require {
                return Ok(Some(HookResolveIdOutput::from_id(format!(
                    "{REQUIRED}{name}"
                ))));
            }
            return Ok(Some(HookResolveIdOutput {
                external: Some(true.into()),
                ..HookResolveIdOutput::from_id(id)
            }));
        }
        if !args.specifier.starts_with("node:")
            && let Ok(resolved) = ctx
                .resolve(args.specifier, args.importer, options(args))
                .await?
            && std::path::Path::new(resolved.id.as_str()).is_absolute()
        {
            return Ok(Some(HookResolveIdOutput::from_resolved_id(resolved)));
        }
        if let Some(importer) = args.importer.filter(|importer| self.0.app.owns(importer)) {
            let problem = crate::Diagnostic::warning(
                "node_in_browser",
                format!("`{}` is empty in browsers", args.specifier),
            )
            .with_help(
                "import it only in server modules, such as +page.server.ts or src/lib/server",
            );
            self.0.report(super::missing::point_at(
                &self.0.app,
                importer,
                args.specifier,
                problem,
            ));
        }
        Ok(Some(HookResolveIdOutput::from_id(format!("{EMPTY}{name}"))))
    }
}

/// The name of a module of Node, without `node:`.
fn builtin(specifier: &str) -> Option<&str> {
    if let Some(name) = specifier.strip_prefix("node:") {
        return Some(name);
    }
    let root = specifier.split('/').next().unwrap_or_default();
    // `punycode/` and `string_decoder/` with a slash at the end mean packages.
    (BUILTINS.contains(&root) && !specifier.ends_with('/')).then_some(specifier)
}

/// Resolves further in the same way.
pub(super) fn options(args: &HookResolveIdArgs<'_>) -> Option<PluginContextResolveOptions> {
    Some(PluginContextResolveOptions {
        import_kind: args.kind,
        is_entry: args.is_entry,
        skip_self: true,
        custom: Arc::clone(&args.custom),
    })
}
