//! Notes which modules do something when they are loaded: only pages that ask for them may load them.

mod quiet;

use std::borrow::Cow;
use std::fs;
use std::sync::Arc;

use rolldown_common::{ModuleInfo, NormalModule};
use rolldown_plugin::{HookNoopReturn, HookUsage, Plugin, PluginContext};

use super::split_query;
use super::svelte::STYLE;
use crate::session::Session;

#[derive(Debug)]
pub(super) struct Effects(pub(super) Arc<Session>);

impl Plugin for Effects {
    fn name(&self) -> Cow<'static, str> {
        "wellhead:effects".into()
    }

    fn register_hook_usage(&self) -> HookUsage {
        HookUsage::ModuleParsed
    }

    async fn module_parsed(
        &self,
        _: &PluginContext,
        info: Arc<ModuleInfo>,
        module: &NormalModule,
    ) -> HookNoopReturn {
        let id = info.id.as_str();
        let harmless = || {
            let code = info.code.as_ref().map_or("", |code| code.as_str());
            is_harmless(id) || quiet::is_quiet(id, code)
        };
        if module.side_effects.has_side_effects() && !harmless() {
            self.0.keep_effects(id);
        }
        Ok(())
    }
}

/// Whether what looks like an effect is none to a page that does not use the module: styles have files of their own, and
/// what the compiler makes of a component's markup waits until it is rendered.
fn is_harmless(id: &str) -> bool {
    let (file, _) = split_query(id);
    if id.ends_with(STYLE) || file.ends_with(".css") {
        return true;
    }
    file.ends_with(".svelte") && fs::read_to_string(file).is_ok_and(|source| !runs_once(&source))
}

/// Whether a component has a script that runs when it is loaded.
fn runs_once(component: &str) -> bool {
    component.match_indices("<script").any(|(at, _)| {
        let tag = component[at..].split('>').next().unwrap_or_default();
        tag.split_ascii_whitespace().any(|word| {
            word == "module" || word.starts_with("module=") || word.starts_with("context=")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_of_modules_run_when_they_are_loaded() {
        assert!(runs_once("<script module>1</script>"));
        assert!(runs_once(
            "<script lang=\"ts\" context=\"module\">1</script>"
        ));
        assert!(!runs_once(
            "<script lang=\"ts\">let module = 1;</script><p>module</p>"
        ));
    }
}
