//! From configuration to options of the build and the engine.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use wellhead_build::manifest::Manifest;
use wellhead_build::{BuildOptions, ClientMaps};
use wellhead_js::{Engine, EngineOptions, Inspector, Limits, ServerBundle};
use wellhead_render::Renderer;
use wellhead_server::Bundle;
use wellhead_server::config::{self, Config, EngineKind};

use crate::hint::WithHint;

/// Reads the configuration of the app in `root`.
pub(crate) fn configuration(root: &Path) -> anyhow::Result<Config> {
    Config::load(root).hint("`wellhead check --config` lists the keys that there are")
}

pub(crate) fn engine(config: &Config) -> Engine {
    match config.engine.engine {
        EngineKind::Node => Engine::Node,
        _ => Engine::V8,
    }
}

/// The configuration's name of an engine.
pub(crate) fn kind(engine: Engine) -> EngineKind {
    match engine {
        Engine::V8 => EngineKind::V8,
        Engine::Node => EngineKind::Node,
    }
}

/// Starts the engine that the configuration names, on the server's part of a bundle.
pub(crate) fn start(
    bundle: &Bundle,
    config: &Config,
    inspect: Option<Inspector>,
) -> anyhow::Result<Arc<dyn Renderer>> {
    let Manifest {
        server, hash, dev, ..
    } = &bundle.manifest;
    let modules = ServerBundle {
        dir: bundle.folder.clone(),
        entry: server.entry.clone(),
        modules: (server.modules.iter())
            .map(|(file, module)| (file.clone(), module.hash.clone()))
            .collect(),
    };
    let settings = &config.engine;
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let defaults = EngineOptions::default();
    let options = EngineOptions {
        workers: match (settings.workers, &inspect) {
            (0, None) => defaults.workers,
            // A breakpoint is then reached whatever worker a request would get.
            (0, Some(_)) => 1,
            (workers, _) => size(workers),
        },
        limits: Limits {
            heap_bytes: size(settings.heap_mb << 20),
            buffer_bytes: size(settings.buffer_mb << 20),
            cpu: Duration::from_millis(settings.cpu_ms),
            wall: Duration::from_millis(settings.wall_ms),
            output_bytes: size(settings.output_mb << 20),
            timers: size(settings.timers),
        },
        queue: size(settings.queue),
        in_flight: size(settings.in_flight),
        code_cache: code_cache(&bundle.folder, hash),
        env: std::env::vars()
            .filter(|(name, _)| !name.starts_with("WELLHEAD_"))
            .collect(),
        dev: *dev,
        assets: Some(bundle.folder.join("client")),
        inspect,
    };
    wellhead_js::start(engine(config), modules, options)
        .hint("choose another engine in wellhead.toml: [engine] engine = \"node\"")
}

/// Beside the bundle where that can be written, so that a deployed folder brings it along; else in the system's folder
/// for what may be lost.
fn code_cache(folder: &Path, hash: &str) -> Option<std::path::PathBuf> {
    let name = folder.file_name()?.to_string_lossy().into_owned();
    let beside = folder.with_file_name(format!(".{name}.code-cache"));
    if std::fs::create_dir_all(&beside).is_ok() {
        return Some(beside);
    }
    let temporary = std::env::temp_dir().join(format!("wellhead-code-cache-{hash}"));
    std::fs::create_dir_all(&temporary)
        .is_ok()
        .then_some(temporary)
}

pub(crate) fn build_options(config: &Config, dev: bool) -> BuildOptions {
    let options = if dev {
        BuildOptions::development()
    } else {
        BuildOptions::production()
    };
    let options = options
        .with_base(&config.app.base)
        .with_engine(engine(config))
        .with_svelte(config.svelte.compiler_options.0.clone());
    if dev {
        return options;
    }
    let quality = u32::try_from(config.build.brotli_quality).ok();
    options
        .with_out_dir(&config.build.out)
        .with_compression(quality.filter(|_| config.build.compress))
        .with_client_maps(match config.build.client_maps {
            config::ClientMaps::Hidden => ClientMaps::Hidden,
            config::ClientMaps::Linked => ClientMaps::Linked,
            _ => ClientMaps::Off,
        })
}
