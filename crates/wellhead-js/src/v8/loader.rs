//! Loads the ES modules of one folder, and nothing else.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use deno_core::url::Url;
use deno_core::{
    ModuleLoadOptions, ModuleLoadReferrer, ModuleLoadResponse, ModuleLoader, ModuleResolveResponse,
    ModuleSource, ModuleSourceCode, ModuleSpecifier, ModuleType, ResolutionKind, resolve_import,
};
use deno_error::JsErrorBox;

/// A loader of the modules below one folder.
#[derive(Debug, Clone)]
pub(super) struct FolderLoader {
    root: PathBuf,
    /// A module that is no file.
    text: Option<(ModuleSpecifier, String)>,
}

impl FolderLoader {
    /// A loader of the modules below `root`.
    pub(super) fn new(root: &Path) -> Result<Self, String> {
        let canonical = root
            .canonicalize()
            .map_err(|error| format!("cannot open the folder {}: {error}", root.display()))?;
        Ok(Self {
            root: canonical,
            text: None,
        })
    }

    /// Adds a module that is no file.
    pub(super) fn add(&mut self, url: ModuleSpecifier, source: String) {
        self.text = Some((url, source));
    }

    /// The folder, as an absolute path without links.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The URL of a module by its path relative to the folder.
    pub(super) fn url(&self, path: &str) -> Result<ModuleSpecifier, String> {
        let path = self.root.join(path);
        Url::from_file_path(&path).map_err(|()| format!("{} has no URL", path.display()))
    }

    /// The file of a module, if it is below the folder.
    pub(super) fn file(&self, url: &ModuleSpecifier) -> Result<PathBuf, JsErrorBox> {
        let outside = || {
            JsErrorBox::type_error(format!(
                "cannot load {url}: it is outside the bundle {}",
                self.root.display()
            ))
        };
        let path = url.to_file_path().map_err(|()| outside())?;
        let canonical = path.canonicalize().map_err(|error| {
            JsErrorBox::type_error(format!("cannot load {}: {error}", path.display()))
        })?;
        if canonical.starts_with(&self.root) {
            Ok(canonical)
        } else {
            Err(outside())
        }
    }

    /// The source of a module.
    pub(super) fn source(&self, url: &ModuleSpecifier) -> Result<String, JsErrorBox> {
        if let Some((known, source)) = &self.text
            && known == url
        {
            return Ok(source.clone());
        }
        let file = self.file(url)?;
        std::fs::read_to_string(&file).map_err(|error| {
            JsErrorBox::type_error(format!("cannot load {}: {error}", file.display()))
        })
    }
}

/// The module type of a file by its extension.
pub(super) fn module_type(url: &ModuleSpecifier) -> ModuleType {
    if url.path().ends_with(".json") {
        ModuleType::Json
    } else {
        ModuleType::JavaScript
    }
}

impl ModuleLoader for FolderLoader {
    fn resolve(&self, specifier: &str, referrer: &str, _: ResolutionKind) -> ModuleResolveResponse {
        resolve(specifier, referrer)
    }

    fn load(
        &self,
        url: &ModuleSpecifier,
        _referrer: Option<&ModuleLoadReferrer>,
        _options: ModuleLoadOptions,
    ) -> ModuleLoadResponse {
        ModuleLoadResponse::Sync(self.source(url).map(|source| {
            let code = ModuleSourceCode::String(source.into());
            ModuleSource::new(module_type(url), code, url, None)
        }))
    }

    fn get_source_map(&self, file_name: &str) -> Option<Cow<'_, [u8]>> {
        source_map(self, file_name)
    }

    fn load_external_source_map(&self, url: &str) -> Option<Cow<'_, [u8]>> {
        let file = self.file(&Url::parse(url).ok()?).ok()?;
        std::fs::read(file).ok().map(Cow::Owned)
    }

    fn source_map_source_exists(&self, _source_url: &str) -> Option<bool> {
        // Sources are named in errors whether or not they were deployed with the bundle.
        Some(true)
    }
}

/// The URL that a specifier means.
pub(super) fn resolve(specifier: &str, referrer: &str) -> ModuleResolveResponse {
    let specifier = super::web::node_module(specifier).unwrap_or(specifier);
    resolve_import(specifier, referrer).map_err(|error| {
        let bare = !specifier.starts_with(['.', '/']) && !specifier.contains(':');
        if bare {
            JsErrorBox::type_error(format!(
                "cannot import `{specifier}` from {referrer}: packages have to be part of the bundle"
            ))
        } else {
            JsErrorBox::from_err(error)
        }
    })
}

/// The source map beside a module.
pub(super) fn source_map(loader: &FolderLoader, file_name: &str) -> Option<Cow<'static, [u8]>> {
    let file = loader.file(&Url::parse(file_name).ok()?).ok()?;
    let mut map = file.into_os_string();
    map.push(".map");
    std::fs::read(map).ok().map(Cow::Owned)
}
