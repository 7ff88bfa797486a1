//! The `wellhead` command.

#[expect(
    unsafe_code,
    reason = "jemalloc finds its options by the name of a symbol"
)]
mod allocator;
mod commands;
mod engine;
mod hint;
mod inspect;
mod logging;
mod scheduling;
mod terminal;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use commands::{build, check, completions, dev, new, render, routes, serve, test};

/// A web server that renders Svelte on the server and takes it over in the browser.
#[derive(Debug, Parser)]
#[command(name = "wellhead", version, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "Examples:
  wellhead new my-app && cd my-app && npm install
  wellhead dev
  wellhead build && wellhead serve
  wellhead render Button.svelte --props '{\"label\": \"Go\"}'

Every command has help with examples of its own: wellhead help build";

#[derive(Debug, Subcommand)]
enum Command {
    New(new::Args),
    Dev(dev::Args),
    Build(build::Args),
    Serve(serve::Args),
    Check(check::Args),
    Test(test::Args),
    Routes(routes::Args),
    Render(render::Args),
    Completions(completions::Args),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::New(args) => new::run(args),
        Command::Dev(args) => dev::run(args),
        Command::Build(args) => build::run(args),
        Command::Serve(args) => serve::run(args),
        Command::Check(args) => check::run(args),
        Command::Test(args) => test::run(args),
        Command::Routes(args) => routes::run(args),
        Command::Render(args) => render::run(args),
        Command::Completions(args) => completions::run::<Cli>(args),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            hint::report(&error);
            ExitCode::FAILURE
        }
    }
}
