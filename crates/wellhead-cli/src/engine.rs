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
    let options = EngineOptions {
        code_cache: code_cache(&bundle.folder, hash),
        env: std::env::vars()
            .filter(|(name, _)| !name.starts_with("WELLHEAD_"))
            .collect(),
        dev: *dev,
        assets: Some(bundle.folder.join("client")),
        ..options(&config.engine, inspect)
    };
    wellhead_js::start(engine(config), modules, options)
        .hint("choose another engine in wellhead.toml: [engine] engine = \"node\"")
}

/// What the configuration says of an engine.
fn options(settings: &config::Engine, inspect: Option<Inspector>) -> EngineOptions {
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let defaults = EngineOptions::default();
    EngineOptions {
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
        inspect,
        ..defaults
    }
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
    // For those who work on the runtime itself: the folder `packages` of a checkout, so that a change needs no other binary.
    let options = match std::env::var_os("WELLHEAD_RUNTIME_DIR") {
        Some(dir) => options.with_runtime_dir(std::path::absolute(&dir).unwrap_or(dir.into())),
        None => options,
    };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_of_the_configuration_reaches_the_engine() {
        let text = "[engine]\nworkers = 3\nheap_mb = 17\nbuffer_mb = 5\ncpu_ms = 7\nwall_ms = 11\noutput_mb = 13\n\
                    queue = 19\nin_flight = 23\ntimers = 29\n";
        let config = Config::parse(text, []).unwrap();
        let options = options(&config.engine, None);
        let limits = Limits {
            heap_bytes: 17 << 20,
            buffer_bytes: 5 << 20,
            cpu: Duration::from_millis(7),
            wall: Duration::from_millis(11),
            output_bytes: 13 << 20,
            timers: 29,
        };
        assert_eq!(options.limits, limits);
        assert_eq!(
            (options.workers, options.queue, options.in_flight),
            (3, 19, 23)
        );
    }

    #[test]
    fn there_is_a_worker_for_each_core_but_one_for_a_debugger() {
        let automatic = Config::default().engine;
        let cores = EngineOptions::default().workers;
        assert_eq!(options(&automatic, None).workers, cores);
        let debugged = options(&automatic, Some(Inspector::new()));
        assert_eq!(debugged.workers, 1);
    }
}
