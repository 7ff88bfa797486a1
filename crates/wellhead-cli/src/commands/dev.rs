//! `wellhead dev`

mod configuration;
mod watched;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::sync::Notify;
use wellhead_build::{Builder, Diagnostic};
use wellhead_js::Inspector;
use wellhead_server::config::{Config, ConfigProblems};
use wellhead_server::{App, Bundle, Dev, Handle, Problem};

use super::build::show;
use super::serve::{bind, browser_address, runtime, shutdown_signal};
use crate::hint::{self, WithHint};
use crate::{engine, inspect, logging, terminal};
use configuration::{Asked, Configuration};
use watched::Watched;

/// How long files must be still before the app is built: editors write a file in several steps.
const SETTLE: Duration = Duration::from_millis(30);

/// Serve an app while you write it: every change is built and the page loaded again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wellhead dev
  wellhead dev examples/atlas --port 5173
  wellhead dev --inspect")]
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
    #[command(flatten)]
    inspect: inspect::Flag,
}

pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let dir = folder(&args.dir)
        .with_context(|| format!("cannot open {}", args.dir.display()))
        .hint("name an app's folder: one with src/routes; `wellhead new` makes one")?;
    let asked = Asked {
        port: args.port,
        host: args.host,
    };
    let config = asked.first(&dir)?;
    let _logs = logging::start(&config.log)?;
    runtime(&config)?.block_on(develop(config, asked, dir, args.inspect))
}

fn folder(dir: &Path) -> io::Result<PathBuf> {
    let dir = dir.canonicalize()?;
    if dir.is_dir() {
        Ok(dir)
    } else {
        Err(io::ErrorKind::NotADirectory.into())
    }
}

async fn develop(
    config: Config,
    asked: Asked,
    dir: PathBuf,
    inspect: inspect::Flag,
) -> anyhow::Result<ExitCode> {
    let debugger = inspect.start(Some(dir.clone())).await?;
    let changed = Arc::new(Notify::new());
    let watched = Watched::new(&dir, Arc::clone(&changed))?;
    let server = bind(config.clone(), None, Some(Dev::new(&dir))).await?;
    let address = server.local_addr()?;
    let development = Development {
        handle: server.handle(),
        configuration: Configuration { config, asked },
        builder: None,
        inspector: debugger.as_ref().map(|debugger| debugger.inspector.clone()),
        dir,
    };
    println!("{}", browser_address(address));
    let builds = tokio::spawn(development.run(watched, changed));
    server
        .run(inspect::until(shutdown_signal(), debugger))
        .await;
    builds.abort();
    Ok(ExitCode::SUCCESS)
}

/// What is developed.
struct Development {
    handle: Handle,
    configuration: Configuration,
    /// Kept from one build to the next, with what it compiled.
    builder: Option<Arc<Builder>>,
    /// Where debuggers find what runs.
    inspector: Option<Inspector>,
    dir: PathBuf,
}

impl Development {
    /// Builds now and at every change.
    async fn run(mut self, mut watched: Watched, changed: Arc<Notify>) {
        loop {
            // Before anything is read, so that what is written meanwhile starts the next build. Folders that were not there
            // at the start are watched from then on.
            watched.extend();
            let mut problems = self.reread().err().unwrap_or_default();
            let started = Instant::now();
            match self.build().await {
                Ok(()) => {
                    let took = started.elapsed().as_millis();
                    eprintln!("{} in {took} ms", terminal::dim("built"));
                }
                Err(more) => problems.extend(more),
            }
            for problem in &problems {
                eprintln!("{} {problem}", terminal::red("error:"));
            }
            if let Some(dev) = self.handle.dev() {
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

    /// Takes a changed configuration into use; a broken one leaves that of before in use.
    fn reread(&mut self) -> Result<(), Vec<Problem>> {
        let told = |problems: ConfigProblems| -> Vec<Problem> {
            let problems = problems.0.iter();
            problems
                .map(|problem| Problem::from_config(problem, &self.dir))
                .collect()
        };
        let Some(change) = self.configuration.reread(&self.dir).map_err(told)? else {
            return Ok(());
        };
        let config = self.configuration.config.clone();
        self.handle.reconfigure(config).map_err(told)?;
        if change.rebuilds {
            self.builder = None;
        }
        eprintln!("{change}");
        Ok(())
    }

    async fn build(&mut self) -> Result<(), Vec<Problem>> {
        let config = &self.configuration.config;
        let bundle = rebuild(&mut self.builder, config, &self.dir).await?;
        take_into_use(bundle, config, &self.handle, self.inspector.clone())
            .await
            .map_err(|problem| vec![problem])
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
async fn take_into_use(
    bundle: Bundle,
    config: &Config,
    handle: &Handle,
    inspector: Option<Inspector>,
) -> Result<(), Problem> {
    let root = bundle
        .folder
        .ancestors()
        .nth(2)
        .map(Path::to_owned)
        .unwrap_or_default();
    let renderer = engine::start(&bundle, config, inspector)
        .map_err(|error| plain("engine", &error.to_string(), hint::of(&error)))?;
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
