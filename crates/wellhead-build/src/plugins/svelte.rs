//! Loads `.svelte` components and `.svelte.ts`/`.svelte.js` modules, compiled by the app's own Svelte.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use rolldown_common::ModuleType;
use rolldown_plugin::{
    HookLoadArgs, HookLoadOutput, HookLoadReturn, HookResolveIdArgs, HookResolveIdOutput,
    HookResolveIdReturn, HookUsage, Plugin, PluginContext, SharedLoadPluginContext,
};

use super::stub;
use crate::generate::quote;
use crate::session::Session;
use crate::svelte::{Compiled, imports, is_svelte};

/// The query of a component's style.
pub(super) const STYLE: &str = "?wellhead&type=style";

#[derive(Debug)]
pub(super) struct Svelte(pub(super) Arc<Session>);

impl Plugin for Svelte {
    fn name(&self) -> Cow<'static, str> {
        "wellhead:svelte".into()
    }

    fn register_hook_usage(&self) -> HookUsage {
        HookUsage::ResolveId | HookUsage::Load
    }

    async fn resolve_id(
        &self,
        _: &PluginContext,
        args: &HookResolveIdArgs<'_>,
    ) -> HookResolveIdReturn {
        Ok(args
            .specifier
            .ends_with(STYLE)
            .then(|| HookResolveIdOutput::from_id(args.specifier)))
    }

    async fn load(&self, _: SharedLoadPluginContext, args: &HookLoadArgs<'_>) -> HookLoadReturn {
        if !is_svelte(args.id) {
            return Ok(None);
        }
        let session = &self.0;
        // The client is bundled twice.
        let compiled = match session.compiled(args.id) {
            Some(compiled) => compiled,
            None => match self.compile(args.id).await {
                Some(compiled) => compiled,
                None => return Ok(Some(stub_with_imports(args.id))),
            },
        };
        let mut code = compiled.js.clone();
        if session.keeps_styles
            && let Some(css) = &compiled.css
        {
            let id = format!("{}{STYLE}", args.id);
            // At the end, so that lines keep their numbers and a component's style comes after its children's.
            code.push_str(&format!("\nimport {};\n", quote(&id)));
            session.styles.insert_source(id, css.clone());
        }
        Ok(Some(HookLoadOutput {
            code: code.into(),
            map: compiled
                .map
                .as_deref()
                .and_then(|map| crate::svelte::read_map(map, args.id)),
            module_type: Some(ModuleType::Js),
            side_effects: None,
        }))
    }
}

/// Stands for a component that does not compile, and imports what that imports, so that what is wrong there is told too.
fn stub_with_imports(id: &str) -> HookLoadOutput {
    let mut stub = stub();
    let imports: Vec<_> = imports(id)
        .into_iter()
        .map(|specifier| format!("() => import({})", quote(&specifier)))
        .collect();
    // What has no effect would be dropped before anyone sees what it imports.
    let code = format!("{}\nmodule.imports = [{}];", stub.code, imports.join(", "));
    stub.code = code.into();
    stub
}

impl Svelte {
    /// Compiles a file, and reports what is wrong or odd.
    async fn compile(&self, id: &str) -> Option<Arc<Compiled>> {
        let session = &self.0;
        let app = &session.app;
        let (dev, options) = (app.options.is_dev(), app.options.svelte());
        let compiled = app
            .compiler
            .compile(Path::new(id), &app.shown(id), session.side, dev, options)
            .await;
        let compiled = compiled
            .map_err(|problems| {
                problems
                    .into_iter()
                    .for_each(|problem| session.report(problem))
            })
            .ok()?;
        session.keep_compiled(id, Arc::clone(&compiled));
        compiled
            .warnings
            .iter()
            .for_each(|warning| session.report(warning.clone()));
        Some(compiled)
    }
}
