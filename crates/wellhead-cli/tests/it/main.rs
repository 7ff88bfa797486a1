//! The command as a user runs it.

mod app;
mod check;
mod engine;
mod errors;
mod help;
mod inspect;
mod new;
mod render;
mod serve;
mod test;

use std::path::Path;
use std::process::{Command, Output};

/// Runs `wellhead` in a folder, without colours and without the variables of whoever runs the tests.
fn wellhead(dir: &Path, args: &[&str]) -> Outcome {
    let mut command = command(dir, args);
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("the command starts");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Outcome {
        code: status.code().expect("a code"),
        out: text(stdout),
        err: text(stderr),
    }
}

fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wellhead"));
    command.current_dir(dir).args(args).env_remove("PORT");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("WELLHEAD_")) {
        command.env_remove(name);
    }
    command
}

/// What a command said.
#[derive(Debug)]
struct Outcome {
    code: i32,
    out: String,
    err: String,
}

/// Gives an app the packages of this repository.
fn link_packages(app: &Path) {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packages/node_modules");
    let svelte = packages
        .join("svelte")
        .canonicalize()
        .expect("run `cargo xtask setup`");
    link(svelte.parent().unwrap(), &app.join("node_modules"));
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) {
    std::os::unix::fs::symlink(from, to).unwrap();
}

#[cfg(windows)]
fn link(from: &Path, to: &Path) {
    std::os::windows::fs::symlink_dir(from, to).unwrap();
}
