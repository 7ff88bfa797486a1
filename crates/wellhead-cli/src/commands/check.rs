//! `wellhead check`

use std::path::PathBuf;
use std::process::ExitCode;

use wellhead_build::{Builder, Diagnostic, counted};
use wellhead_server::config::{Config, KEYS};

use super::build::show;
use crate::{engine, terminal};

/// Check an app without serving it: its configuration, its routes, and that every component compiles.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wellhead check
  wellhead check --config          # every key, its value, and what it means
  wellhead check examples/atlas || echo broken

The exit code is 0 when all is well, and 1 when there is an error. Warnings do not count, but see --strict.")]
pub(crate) struct Args {
    /// The app's folder.
    #[arg(default_value = ".", value_name = "DIR")]
    dir: PathBuf,
    /// Print the configuration with the meaning of every key, and stop
    #[arg(long)]
    config: bool,
    /// Count warnings as errors
    #[arg(long)]
    strict: bool,
}

pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config = engine::configuration(&args.dir);
    if args.config {
        print!("{}", listing(&config?));
        return Ok(ExitCode::SUCCESS);
    }
    // A broken configuration does not keep the rest from being looked at.
    let (config, broken) = match config {
        Ok(config) => (config, false),
        Err(error) => {
            crate::hint::report(&error);
            (Config::default(), true)
        }
    };
    let out = args.dir.join(".wellhead/check");
    let options = engine::build_options(&config, false)
        .with_compression(None)
        .with_unused_components()
        .with_out_dir(std::path::absolute(&out)?);
    let built = terminal::during("checking…", || {
        Builder::new(&args.dir, options).and_then(|builder| builder.build())
    });
    // Only what was found counts; what was written does not.
    let _ = std::fs::remove_dir_all(&out);
    let (problems, routes) = match &built {
        Ok(report) => (report.warnings.as_slice(), Some(report.routes)),
        Err(error) => (error.diagnostics(), None),
    };
    show(problems);
    let errors = problems
        .iter()
        .filter(|problem: &&Diagnostic| problem.is_error())
        .count()
        + usize::from(broken);
    let warnings = problems.len() + usize::from(broken) - errors;
    let found = [
        routes.map(|routes| counted(routes, "route")),
        Some(counted(errors, "error")),
        Some(counted(warnings, "warning")),
    ];
    println!(
        "{}",
        found.into_iter().flatten().collect::<Vec<_>>().join(", ")
    );
    let bad = errors > 0 || (args.strict && warnings > 0);
    Ok(if bad {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// The configuration as a file that could be used as it is.
fn listing(config: &Config) -> String {
    let mut text = String::new();
    let mut section = "";
    for key in KEYS {
        if key.section != section {
            section = key.section;
            text.push_str(&format!(
                "{}[{section}]\n",
                if text.is_empty() { "" } else { "\n" }
            ));
        }
        for line in key.doc.lines() {
            text.push_str(&format!("#{line}\n"));
        }
        if let Some((low, high)) = key.range {
            text.push_str(&format!("# From {low} to {high}.\n"));
        }
        let changed = key.show(config) != key.show(&Config::default());
        let mark = if changed {
            String::new()
        } else {
            "# ".to_owned()
        };
        text.push_str(&format!(
            "# {}\n{mark}{} = {}\n",
            key.variable(),
            key.name,
            key.show(config)
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listing_is_a_configuration() {
        let mut config = Config::default();
        config.server.port = 81;
        let text = listing(&config);
        assert_eq!(Config::parse(&text, []).unwrap().server.port, 81);
        // Also with everything in it.
        let all = text.lines().map(|line| match line.strip_prefix("# ") {
            Some(rest) if rest.contains(" = ") && !rest.contains('`') && !rest.ends_with('.') => {
                rest
            }
            _ => line,
        });
        Config::parse(&all.collect::<Vec<_>>().join("\n"), []).unwrap();
    }
}
