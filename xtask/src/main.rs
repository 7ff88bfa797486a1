//! `cargo xtask`: the commands a contributor and CI run, each with its own set-up.

mod command;
mod project;
mod setup;
mod tidy;

use std::process::ExitCode;

use anyhow::{Result, bail};
use lexopt::prelude::*;

use crate::project::Project;

const HELP: &str = "\
cargo xtask COMMAND

  setup                          find what is missing and install it
  tidy                           the rules of ARCHITECTURE.md and the house style

Environment: RUSTY_V8_ARCHIVE (prebuilt V8), CHROMIUM (browser of the end-to-end tests).
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
        "tidy" => no_more(args).and_then(|()| tidy::command(&project)),
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
