//! `wellhead test`

mod files;
mod outcome;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use wellhead_js::Engine;
use wellhead_render::{Part, RenderError, RenderRequest, Renderer, Reply, Target};
use wellhead_server::config::{Config, Log, LogFormat};
use wellhead_server::{App, Bundle, TestPages};

use self::outcome::{FileOutcome, Outcome, TestOutcome};
use super::{build, serve};
use crate::hint::WithHint;
use crate::{engine, logging, terminal};

/// Test an app without a browser: its live components, and whatever else its modules export.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wellhead test
  wellhead test counter chat       # files whose paths have one of these in them
  wellhead test --dir examples/live-atlas --engine node

Tests are in src, in files NAME.test.ts and NAME.spec.ts (or .js). Each file has an engine of its own. The exit code is 0 when all
tests pass, and 1 when one fails or there are none.")]
pub(crate) struct Args {
    /// Parts of the paths of the files to run; all without.
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
    /// The app's folder.
    #[arg(long, default_value = ".", value_name = "DIR")]
    dir: PathBuf,
    /// What runs the tests: v8 or node
    #[arg(long, value_name = "ENGINE")]
    engine: Option<Engine>,
    /// Time that a test may take, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 5_000, value_parser = clap::value_parser!(u64).range(1..=3_600_000))]
    timeout: u64,
}

pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let mut config = engine::configuration(&args.dir)?;
    if let Some(asked) = args.engine {
        config.engine.engine = engine::kind(asked);
    }
    let files = files::find(&args.dir, &args.filters)?;
    let options = engine::build_options(&config, true)
        .with_out_dir(std::path::absolute(args.dir.join(".wellhead/test"))?)
        .with_tests(files.iter().cloned());
    let built = terminal::during("building…", || wellhead_build::build(&args.dir, options));
    let folder = match built {
        Ok(report) => {
            build::show(&report.warnings);
            report.out_dir
        }
        Err(error) => {
            build::show(error.diagnostics());
            return Err(anyhow::anyhow!("the tests do not build"))
                .hint("each error above names its file and line");
        }
    };
    for_tests(&mut config, args.timeout);
    let _logs = logging::start(&config.log)?;
    let started = Instant::now();
    let suite = Suite {
        config,
        folder,
        dir: args.dir,
    };
    let runtime = serve::runtime(&suite.config)?;
    let files = runtime.block_on(all(Arc::new(suite), files))?;
    println!("{}", outcome::summary(&files, started.elapsed()));
    Ok(if files.iter().all(FileOutcome::is_fine) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// One isolate, in which a test may take so long; of the log what the app says, and what is wrong with it.
fn for_tests(config: &mut Config, timeout: u64) {
    config.engine.workers = 1;
    config.engine.wall_ms = timeout;
    config.engine.cpu_ms = timeout;
    if config.log.level == Log::default().level {
        config.log.format = LogFormat::Text;
        config.log.level = "error,app=trace,wellhead_js=off".to_owned();
    }
}

/// What all files have in common.
struct Suite {
    config: Config,
    /// The bundle's.
    folder: PathBuf,
    /// The app's.
    dir: PathBuf,
}

/// Runs files beside each other, one for each core, and shows each as soon as it is over.
async fn all(suite: Arc<Suite>, files: Vec<String>) -> anyhow::Result<Vec<FileOutcome>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let room = Arc::new(Semaphore::new(cores));
    let mut running = JoinSet::new();
    for file in files {
        let (suite, room) = (Arc::clone(&suite), Arc::clone(&room));
        running.spawn(async move {
            let _place = room.acquire_owned().await;
            run_file(&suite, file).await
        });
    }
    let mut outcomes = Vec::new();
    while let Some(file) = running.join_next().await {
        let file = file.context("a file's tests were given up")??;
        print!("{file}");
        outcomes.push(file);
    }
    Ok(outcomes)
}

/// A test as its file tells of it.
#[derive(Deserialize)]
struct Listed {
    name: Vec<String>,
    /// Whether it is run.
    wanted: bool,
}

async fn run_file(suite: &Suite, path: String) -> anyhow::Result<FileOutcome> {
    let bundle = Bundle::open(&suite.folder)?;
    let renderer = engine::start(&bundle, &suite.config, None)?;
    let app = App::new(bundle, Arc::clone(&renderer), &suite.config)?;
    let pages = TestPages::new(&app, &suite.config);
    let ask = |test| ask(&*renderer, pages.as_ref(), &path, test);
    let mut outcome = FileOutcome::new(path.clone());
    let listed = ask(None).await;
    match listed.and_then(|text| serde_json::from_slice::<Vec<Listed>>(&text).map_err(not_a_list)) {
        Ok(listed) => {
            for (number, Listed { name, wanted }) in listed.into_iter().enumerate() {
                let started = Instant::now();
                let result = match wanted {
                    true => ask(Some(number)).await.map(|_| Outcome::Passed),
                    false => Ok(Outcome::Skipped),
                };
                let failed = |error| Outcome::Failed(Box::new(outcome::problem(error, &suite.dir)));
                outcome.tests.push(TestOutcome {
                    name,
                    outcome: result.unwrap_or_else(failed),
                    duration: started.elapsed(),
                });
            }
        }
        Err(error) => outcome.broken = Some(outcome::problem(error, &suite.dir)),
    }
    if let Some(pages) = &pages {
        pages.close().await;
    }
    renderer.close().await;
    Ok(outcome)
}

fn not_a_list(error: serde_json::Error) -> RenderError {
    let message = format!("the tests are not told in a way that is known: {error}");
    RenderError::new(wellhead_render::ErrorCode::Protocol, message)
}

/// Asks the bundle for the tests of a file, or to run one of them.
async fn ask(
    renderer: &dyn Renderer,
    pages: Option<&TestPages>,
    path: &str,
    test: Option<usize>,
) -> Result<Vec<u8>, RenderError> {
    let query = test.map_or_else(String::new, |number| format!("?test={number}"));
    let mut request = RenderRequest::get(format!("http://test/{}{query}", escaped(path)));
    request.target = Target::Endpoint;
    request.mounts = pages.map(TestPages::of_test);
    let Reply {
        status,
        mut errors,
        mut chunks,
        ..
    } = renderer.render(request).await?;
    let mut body = Vec::new();
    while let Some(chunk) = chunks.next().await.transpose()? {
        if chunk.part == Part::Body {
            body.extend_from_slice(&chunk.bytes);
        }
    }
    if status.is_success() {
        Ok(body)
    } else if errors.is_empty() {
        Err(not_told())
    } else {
        Err(errors.swap_remove(0))
    }
}

fn not_told() -> RenderError {
    RenderError::new(
        wellhead_render::ErrorCode::Threw,
        "the test failed, and nothing tells why",
    )
}

/// A path as part of an address.
fn escaped(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}
