//! `wellhead build`

use std::path::PathBuf;
use std::process::ExitCode;

use wellhead_build::{Diagnostic, counted};

use crate::engine;
use crate::hint::WithHint;
use crate::terminal;

/// Build an app for users: one folder that `wellhead serve` runs, with no node_modules.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wellhead build
  wellhead build examples/atlas --out /srv/atlas
  wellhead build --json | jq .compiled")]
pub(crate) struct Args {
    /// The app's folder.
    #[arg(default_value = ".", value_name = "DIR")]
    dir: PathBuf,
    /// The folder to write, relative to where you are [default: `build` in the app]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print the figures of the build as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config = engine::configuration(&args.dir)?;
    let mut options = engine::build_options(&config, false);
    if let Some(out) = args.out {
        options = options.with_out_dir(std::path::absolute(out)?);
    }
    let built = terminal::during("building…", || wellhead_build::build(&args.dir, options));
    match built {
        Ok(report) => {
            show(&report.warnings);
            if args.json {
                println!("{}", serde_json::to_string(&report)?);
            } else {
                println!("{report}");
                println!("{}", report.out_dir.display());
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            show(error.diagnostics());
            let errors = error
                .diagnostics()
                .iter()
                .filter(|problem| problem.is_error())
                .count();
            Err(anyhow::anyhow!("the build failed with {}", counted(errors, "error")))
                .hint("each error above names its file and line; `wellhead check` looks for them without writing anything")
        }
    }
}

/// Shows problems, with colours where someone sees them.
pub(crate) fn show(problems: &[Diagnostic]) {
    for problem in problems {
        if terminal::is_colored() {
            eprintln!("{}\n", problem.to_colored());
        } else {
            eprintln!("{problem}\n");
        }
    }
}
