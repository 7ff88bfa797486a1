//! `cargo xtask`: the commands a contributor and CI run, each with its own set-up.

mod app;
mod bench;
mod command;
mod demo;
mod e2e;
mod instructions;
mod project;
mod setup;
mod tally;
mod test;
mod tidy;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use lexopt::prelude::*;

use crate::{e2e::Engine, project::Project};

const HELP: &str = "\
cargo xtask COMMAND

  setup                          find what is missing and install it
  demo                           build and serve examples/atlas, print its address
  test                           everything that CI checks, with a summary
  tidy                           the rules of ARCHITECTURE.md and the house style
  e2e [--engine v8|node] [FILTER] browser tests (both engines, or one; FILTER selects spec files)
  bench [ARGS…]                  run bench/ against its peers, write bench/RESULTS.md
  bench live [ARGS…]             the same of live pages: bench/live/
  instructions                   count what the cases of wellhead-html's benchmark take, with valgrind

Environment: RUSTY_V8_ARCHIVE (prebuilt V8), CHROMIUM (browser for e2e).
";

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    let mut args = lexopt::Parser::from_env();
    let command = match args.next()? {
        Some(Value(command)) => command.string()?,
        None | Some(Long("help") | Short('h')) => {
            print!("{HELP}");
            return Ok(ExitCode::SUCCESS);
        }
        Some(other) => bail!("{}\n\n{HELP}", other.unexpected()),
    };
    let project = Project::find()?;
    match command.as_str() {
        "setup" => no_more(args).and_then(|()| setup::command(&project)),
        "demo" => no_more(args).and_then(|()| demo::command(&project)),
        "test" => no_more(args).and_then(|()| test::command(&project)),
        "tidy" => no_more(args).and_then(|()| tidy::command(&project)),
        "e2e" => e2e_options(args).and_then(|options| e2e::command(&project, &options)),
        "bench" => bench::command(&project, args.raw_args()?.collect()),
        "instructions" => no_more(args).and_then(|()| instructions::command(&project)),
        other => bail!("no command {other:?}\n\n{HELP}"),
    }
}

fn no_more(mut args: lexopt::Parser) -> Result<()> {
    match args.next()? {
        None => Ok(()),
        Some(Long("help") | Short('h')) => {
            print!("{HELP}");
            std::process::exit(0);
        }
        Some(other) => bail!("{}\n\n{HELP}", other.unexpected()),
    }
}

fn e2e_options(mut args: lexopt::Parser) -> Result<e2e::Options> {
    let mut options = e2e::Options::default();
    while let Some(arg) = args.next()? {
        match arg {
            Long("engine") => {
                let name = args.value()?.string()?;
                let engine = Engine::parse(&name).with_context(|| {
                    format!("no engine {name:?}; hint: --engine v8 or --engine node")
                })?;
                options.engines.push(engine);
            }
            Value(filter) if options.filter.is_none() => options.filter = Some(filter.string()?),
            other => bail!("{}\n\n{HELP}", other.unexpected()),
        }
    }
    Ok(options)
}
