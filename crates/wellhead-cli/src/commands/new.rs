//! `wellhead new`

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;

use crate::hint::WithHint;

/// Make a new app.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wellhead new my-app
  wellhead new my-app --template demo
  cd my-app && npm install && wellhead dev")]
pub(crate) struct Args {
    /// The folder to make.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// What it starts with
    #[arg(long, value_enum, default_value_t)]
    template: Template,
}

#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
enum Template {
    /// One page
    #[default]
    Minimal,
    /// A layout, data from the server, a parameter, an endpoint and an error page
    Demo,
}

type File = (&'static str, &'static str);

macro_rules! files {
    ($folder:literal: $($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../templates/", $folder, "/", $path)))),*]
    };
}

/// What every app has. The names of some files differ here, so that tools do not take them for this project's own.
const BASE: &[File] = files!("base": "_package.json", "_gitignore", "README.md", "tsconfig.json", "wellhead.toml", "src/app.html", "static/favicon.svg");
const MINIMAL: &[File] = files!("minimal": "src/routes/+page.svelte");
const DEMO: &[File] = files!(
    "demo": "src/lib/quotes.ts", "src/routes/+layout.svelte", "src/routes/+error.svelte", "src/routes/+page.svelte",
    "src/routes/+page.server.ts", "src/routes/quotes/[number]/+page.svelte", "src/routes/quotes/[number]/+page.server.ts",
    "src/routes/api/time/+server.ts",
);

pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let taken = fs::read_dir(&args.dir).is_ok_and(|mut entries| entries.next().is_some())
        || args.dir.is_file();
    if taken {
        return Err(anyhow::anyhow!("{} is there already", args.dir.display()))
            .hint("choose a name that is free, or an empty folder");
    }
    let own = match args.template {
        Template::Minimal => MINIMAL,
        Template::Demo => DEMO,
    };
    for (path, text) in BASE.iter().chain(own) {
        write(&args.dir, path, text)?;
    }
    println!(
        "Made {}. Next:\n  cd {}\n  npm install\n  wellhead dev",
        args.dir.display(),
        args.dir.display()
    );
    Ok(ExitCode::SUCCESS)
}

fn write(dir: &Path, path: &str, text: &str) -> anyhow::Result<()> {
    let path = match path {
        "_gitignore" => ".gitignore",
        "_package.json" => "package.json",
        other => other,
    };
    let file = dir.join(path);
    let text = text.replace("%name%", &package_name(dir));
    let made = file
        .parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(&file, text));
    made.with_context(|| format!("cannot write {}", file.display()))
        .hint("check the permissions of the folder, and the space on the disk")
}

/// The folder's name as npm allows it.
fn package_name(dir: &Path) -> String {
    let absolute = std::path::absolute(dir).unwrap_or_default();
    let name = absolute
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    let allowed = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') {
            c
        } else {
            '-'
        }
    };
    let name: String = name.chars().map(allowed).collect();
    let name = name.trim_matches(['.', '_', '-']);
    if name.is_empty() {
        "app".to_owned()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_packages_are_as_npm_allows_them() {
        for (folder, name) in [
            ("My App", "my-app"),
            ("_x", "x"),
            ("é", "app"),
            ("a.b_c", "a.b_c"),
        ] {
            assert_eq!(package_name(Path::new(folder)), name);
        }
    }
}
