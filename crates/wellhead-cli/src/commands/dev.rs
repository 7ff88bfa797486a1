//! `wellhead dev`

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use notify::{RecursiveMode, Watcher};
use tokio::sync::Notify;
use wellhead_build::{Builder, Diagnostic};
use wellhead_server::config::{CONFIG_FILE, Config};
use wellhead_server::{App, Bundle, Dev, Handle, Problem};

use super::build::show;
use super::serve::{bind, browser_address, listen_where_asked, runtime, shutdown_signal};
use crate::{engine, logging, terminal};

/// How long files must be still before the app is built: editors write a file in several steps.
const SETTLE: Duration = Duration::from_millis(30);

/// Serve an app while you write it: every change is built and the page loaded again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wellhead dev
  wellhead dev examples/atlas --port 5173")]
pub(crate) struct Args {
    /// The app's folder.
    #[arg(default_value = ".", value_name = "DIR")]
    dir: PathBuf,
    /// The TCP port; 0 takes a free one
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// The address to listen on
    #[arg(long, value_name = "H")]
    host: Option<String>,
}

pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let mut config = engine::configuration(&args.dir)?;
    listen_where_asked(&mut config, args.port, args.host);
    // A page that waits for its next load would only delay the end.
    config.server.shutdown_ms = config.server.shutdown_ms.min(1000);
    config.log.access = false;
    let _logs = logging::start(&config.log)?;
    let dir = args
        .dir
        .canonicalize()
        .with_context(|| format!("cannot open {}", args.dir.display()))?;
    runtime(&config)?.block_on(develop(config, dir))
}

async fn develop(config: Config, dir: PathBuf) -> anyhow::Result<ExitCode> {
    let changed = Arc::new(Notify::new());
    let _watcher = watch(&dir, Arc::clone(&changed))?;
    let server = bind(config.clone(), None, Some(Dev::new(&dir))).await?;
    let address = server.local_addr()?;
    let handle = server.handle();
    println!("{}", browser_address(address));
    let builds = tokio::spawn(build_on_change(config, dir, handle, changed));
    server.run(shutdown_signal()).await;
    builds.abort();
    Ok(ExitCode::SUCCESS)
}

async fn build_on_change(config: Config, dir: PathBuf, handle: Handle, changed: Arc<Notify>) {
    let mut builder = None;
    loop {
        let started = Instant::now();
        let problems = match rebuild(&mut builder, &config, &dir).await {
            Ok(bundle) => match take_into_use(bundle, &config, &handle).await {
                Ok(()) => {
                    eprintln!(
                        "{} in {} ms",
                        terminal::dim("built"),
                        started.elapsed().as_millis()
                    );
                    Vec::new()
                }
                Err(problem) => vec![problem],
            },
            Err(problems) => problems,
        };
        for problem in &problems {
            eprintln!("{} {problem}", terminal::red("error:"));
        }
        if let (Some(dev), false) = (handle.dev(), problems.is_empty()) {
            dev.show(problems);
        }
        changed.notified().await;
        // Later changes belong to this build as long as they follow at once.
        while tokio::time::timeout(SETTLE, changed.notified())
            .await
            .is_ok()
        {}
    }
}

/// Builds the app on a thread of its own; the builder keeps what it compiled.
async fn rebuild(
    builder: &mut Option<Arc<Builder>>,
    config: &Config,
    dir: &Path,
) -> Result<Bundle, Vec<Problem>> {
    let (kept, options, dir) = (
        builder.clone(),
        engine::build_options(config, true),
        dir.to_owned(),
    );
    let built = tokio::task::spawn_blocking(move || {
        let builder = match kept {
            Some(builder) => builder,
            None => Arc::new(Builder::new(&dir, options)?),
        };
        let report = builder.build()?;
        Ok::<_, wellhead_build::BuildError>((builder, report))
    });
    match built.await {
        Ok(Ok((kept, report))) => {
            *builder = Some(kept);
            show(&report.warnings);
            Bundle::open(&report.out_dir)
                .map_err(|error| vec![plain("bundle", &error.to_string(), error.hint())])
        }
        Ok(Err(error)) => Err(error
            .diagnostics()
            .iter()
            .filter(|problem| problem.is_error())
            .map(problem)
            .collect()),
        Err(error) => Err(vec![plain(
            "build",
            &format!("the build ended unexpectedly: {error}"),
            "please report this",
        )]),
    }
}

/// Starts an engine with the new bundle beside the one that serves, and changes over when it is ready.
async fn take_into_use(bundle: Bundle, config: &Config, handle: &Handle) -> Result<(), Problem> {
    let root = bundle
        .folder
        .ancestors()
        .nth(2)
        .map(Path::to_owned)
        .unwrap_or_default();
    let renderer = engine::start(&bundle, config, None)
        .map_err(|error| plain("engine", &error.to_string(), ""))?;
    renderer
        .ready()
        .await
        .map_err(|error| Problem::from_render(&error, &root))?;
    let app = App::new(bundle, renderer, config)
        .map_err(|error| plain("bundle", &error.to_string(), error.hint()))?;
    handle.replace(app);
    Ok(())
}

fn plain(title: &str, message: &str, hint: &str) -> Problem {
    Problem {
        title: title.to_owned(),
        message: message.to_owned(),
        hint: hint.to_owned(),
        ..Problem::default()
    }
}

/// A problem of a build for the page.
fn problem(found: &Diagnostic) -> Problem {
    let place = [
        found.file.clone(),
        found.line.map(|line| line.to_string()),
        found.column.map(|column| column.to_string()),
    ];
    let frame = found.frame.as_ref().map(|frame| {
        let lines = frame.text.lines().zip(frame.first_line..);
        lines
            .map(|(text, number)| {
                let mark = if Some(number) == found.line { '>' } else { ' ' };
                format!("{mark} {number:>4} | {}\n", text.replace('\t', "  "))
            })
            .collect()
    });
    let hint = [found.help.clone(), found.link.clone()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("\n");
    Problem {
        title: found.code.clone(),
        message: std::iter::once(&found.message)
            .chain(&found.notes)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n"),
        place: place.into_iter().flatten().collect::<Vec<_>>().join(":"),
        code_frame: frame.unwrap_or_default(),
        stack: String::new(),
        hint,
    }
}

/// Watches what an app is built from. The watcher ends when it is dropped.
fn watch(dir: &Path, changed: Arc<Notify>) -> anyhow::Result<impl Watcher + use<>> {
    let own = dir.to_owned();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        let relevant = |path: &PathBuf| path.strip_prefix(&own).is_ok_and(is_source);
        if !event.kind.is_access() && event.paths.iter().any(relevant) {
            changed.notify_one();
        }
    })
    .context("cannot watch files")?;
    for name in ["src", "static"] {
        let folder = dir.join(name);
        if folder.is_dir() {
            watcher
                .watch(&folder, RecursiveMode::Recursive)
                .with_context(|| format!("cannot watch {}", folder.display()))?;
        }
    }
    watcher
        .watch(dir, RecursiveMode::NonRecursive)
        .with_context(|| format!("cannot watch {}", dir.display()))?;
    Ok(watcher)
}

fn is_source(path: &Path) -> bool {
    let first = path
        .components()
        .next()
        .map(|first| first.as_os_str().to_string_lossy().into_owned())
        .unwrap_or_default();
    let hidden = path.file_name().is_some_and(|name| {
        name.to_string_lossy().starts_with(".#") || name.to_string_lossy().ends_with('~')
    });
    let config = [
        CONFIG_FILE,
        "package.json",
        "tsconfig.json",
        "svelte.config.js",
        ".env",
    ]
    .contains(&first.as_str());
    !hidden && (first == "src" || first == "static" || config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_build_writes_does_not_start_a_build() {
        for (path, source) in [
            ("src/a.svelte", true),
            ("static/x", true),
            ("wellhead.toml", true),
            (".wellhead/x", false),
            ("build/x", false),
            ("src/a.svelte~", false),
            ("src/.#a", false),
        ] {
            assert_eq!(is_source(Path::new(path)), source, "{path}");
        }
    }
}
