//! Loads the modules of a server bundle, with V8's code cache.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use deno_core::url::Url;
use deno_core::{
    ModuleLoadOptions, ModuleLoadReferrer, ModuleLoadResponse, ModuleLoader, ModuleResolveResponse,
    ModuleSource, ModuleSourceCode, ModuleSpecifier, ResolutionKind, SourceCodeCacheInfo, v8,
};
use deno_error::JsErrorBox;

use super::code_cache::CodeCache;
use super::loader::{self, FolderLoader};

/// What the loaders of all isolates share.
#[derive(Debug)]
pub(super) struct Modules {
    pub(super) folder: FolderLoader,
    bundle: crate::ServerBundle,
    cache: Option<CodeCache>,
    /// Modules whose code is in the cache, or is being put there.
    cached: Mutex<HashSet<String>>,
}

impl Modules {
    pub(super) fn new(
        bundle: crate::ServerBundle,
        cache: Option<CodeCache>,
    ) -> Result<Arc<Self>, String> {
        let folder = FolderLoader::new(&bundle.dir)?;
        Ok(Arc::new(Self {
            folder,
            bundle,
            cache,
            cached: Mutex::default(),
        }))
    }

    /// The URL of the entry module.
    pub(super) fn entry(&self) -> Result<ModuleSpecifier, String> {
        self.folder.url(&self.bundle.entry)
    }

    /// The hash of a module's content, where the bundle lists it.
    fn content(&self, url: &ModuleSpecifier) -> Option<&str> {
        let path = url.to_file_path().ok()?;
        let path = path.strip_prefix(self.folder.root()).ok()?;
        self.bundle.modules.get(path.to_str()?).map(String::as_str)
    }

    /// Whether the caller is the one to put a module's code into the cache.
    fn claim(&self, content: &str) -> bool {
        let mut cached = self.cached.lock().unwrap_or_else(PoisonError::into_inner);
        cached.insert(content.to_owned())
    }
}

/// The loader of one isolate.
pub(super) struct BundleLoader {
    modules: Arc<Modules>,
    /// Modules that were asked for and are not known to have been evaluated without an error.
    unproven: RefCell<Vec<String>>,
    /// Modules that were compiled here, until they are in the cache: URL and content.
    compiled: RefCell<Vec<(ModuleSpecifier, String)>>,
    tally: Cell<Tally>,
    told: Cell<Tally>,
}

/// What came of the code cache, in modules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    /// The cache had their code.
    found: u32,
    /// Of these, V8 did not take the code, and has compiled them.
    rejected: u32,
    /// The cache had nothing that was whole, so they were compiled.
    missing: u32,
}

impl BundleLoader {
    pub(super) fn new(modules: Arc<Modules>) -> Self {
        Self {
            modules,
            unproven: RefCell::default(),
            compiled: RefCell::default(),
            tally: Cell::default(),
            told: Cell::default(),
        }
    }

    /// Takes the URLs of modules that are not known to be good.
    pub(super) fn take_unproven(&self) -> Vec<String> {
        self.unproven.take()
    }

    /// Notes a module that is not known to be good.
    pub(super) fn is_unproven(&self, url: String) {
        self.unproven.borrow_mut().push(url);
    }

    fn source(&self, url: &ModuleSpecifier) -> Result<ModuleSource, JsErrorBox> {
        self.is_unproven(url.to_string());
        let source = self.modules.folder.source(url)?;
        let content = self.modules.content(url);
        let code = content
            .zip(self.modules.cache.as_ref())
            .map(|(content, cache)| {
                let code = cache.read(content);
                let mut tally = self.tally.get();
                if code.is_some() {
                    tally.found += 1;
                } else {
                    tally.missing += 1;
                    self.compiled
                        .borrow_mut()
                        .push((url.clone(), content.to_owned()));
                }
                self.tally.set(tally);
                code
            });
        let cached = code.flatten().map(|code| SourceCodeCacheInfo {
            hash: 0,
            data: Some(Cow::Owned(code)),
        });
        let code = ModuleSourceCode::String(source.into());
        Ok(ModuleSource::new(
            loader::module_type(url),
            code,
            url,
            cached,
        ))
    }

    /// Logs what came of the cache, if there is something new to tell.
    pub(super) fn tell_of_code_cache(&self) {
        let tally = self.tally.get();
        if let Some(cache) = &self.modules.cache
            && self.told.replace(tally) != tally
        {
            tracing::debug!(
                folder = %cache.dir().display(),
                accepted = tally.found - tally.rejected,
                rejected = tally.rejected,
                compiled = tally.rejected + tally.missing,
                "modules from the code cache"
            );
        }
    }

    /// Puts into the cache what was compiled here, with the functions that have run by now: V8 compiles most functions
    /// when they are first called, and a cache that was made at once would lack them.
    pub(super) fn write_code_cache(&self, scope: &mut v8::PinScope<'_, '_>) {
        let Some(cache) = &self.modules.cache else {
            return;
        };
        self.tell_of_code_cache();
        for (url, content) in self.compiled.take() {
            if self.modules.claim(&content)
                && let Ok(source) = self.modules.folder.source(&url)
                && let Some(code) = code_of(scope, &url, &source)
            {
                cache.write(&content, &code);
            }
        }
    }
}

/// What a module has been compiled to. V8 finds it by its source and origin among what the isolate has compiled.
fn code_of(
    scope: &mut v8::PinScope<'_, '_>,
    url: &ModuleSpecifier,
    source: &str,
) -> Option<Vec<u8>> {
    v8::scope!(let scope, scope);
    let source = v8::String::new(scope, source)?;
    let name = v8::String::new(scope, url.as_str())?;
    // The origin is that of the module as deno_core compiles it.
    let origin = v8::ScriptOrigin::new(
        scope,
        name.into(),
        0,
        0,
        false,
        0,
        None,
        false,
        false,
        true,
        None,
    );
    let mut source = v8::script_compiler::Source::new(source, Some(&origin));
    let module = v8::script_compiler::compile_module(scope, &mut source)?;
    let code = module
        .get_unbound_module_script(scope)
        .create_code_cache()?;
    Some(code.to_vec())
}

impl ModuleLoader for BundleLoader {
    fn resolve(&self, specifier: &str, referrer: &str, _: ResolutionKind) -> ModuleResolveResponse {
        loader::resolve(specifier, referrer)
    }

    fn load(
        &self,
        url: &ModuleSpecifier,
        _referrer: Option<&ModuleLoadReferrer>,
        _options: ModuleLoadOptions,
    ) -> ModuleLoadResponse {
        ModuleLoadResponse::Sync(self.source(url))
    }

    fn code_cache_ready(
        &self,
        url: ModuleSpecifier,
        _hash: u64,
        _code: &[u8],
    ) -> std::pin::Pin<Box<dyn Future<Output = ()>>> {
        // V8 did not take what was in the cache, and has compiled the module.
        if let Some(content) = self.modules.content(&url) {
            let mut tally = self.tally.get();
            tally.rejected += 1;
            self.tally.set(tally);
            let content = content.to_owned();
            self.compiled.borrow_mut().push((url, content));
        }
        Box::pin(std::future::ready(()))
    }

    fn get_source_map(&self, file_name: &str) -> Option<Cow<'_, [u8]>> {
        loader::source_map(&self.modules.folder, file_name)
    }

    fn load_external_source_map(&self, url: &str) -> Option<Cow<'_, [u8]>> {
        let file = self.modules.folder.file(&Url::parse(url).ok()?).ok()?;
        std::fs::read(file).ok().map(Cow::Owned)
    }

    fn source_map_source_exists(&self, _source_url: &str) -> Option<bool> {
        // Sources are named in errors whether or not they were deployed with the bundle.
        Some(true)
    }
}
