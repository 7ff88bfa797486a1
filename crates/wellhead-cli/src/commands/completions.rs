//! `wellhead completions`

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

/// Print completions for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wellhead completions bash > ~/.local/share/bash-completion/completions/wellhead
  wellhead completions zsh > \"${fpath[1]}/_wellhead\"
  wellhead completions fish > ~/.config/fish/completions/wellhead.fish")]
pub(crate) struct Args {
    /// The shell.
    shell: Shell,
}

#[expect(clippy::unnecessary_wraps, reason = "all commands have one signature")]
pub(crate) fn run<Cli: CommandFactory>(args: Args) -> anyhow::Result<ExitCode> {
    clap_complete::generate(
        args.shell,
        &mut Cli::command(),
        "wellhead",
        &mut std::io::stdout(),
    );
    Ok(ExitCode::SUCCESS)
}
