//! `cargo xtask demo`: from a bare machine to a site that answers.

use std::{
    net::{Ipv4Addr, TcpListener},
    process::{Command, ExitCode},
};

use anyhow::{Result, bail};

use crate::{
    app,
    command::announce,
    project::Project,
    setup::{self, Scope},
};

const APP: &str = "examples/atlas";
const PORT: u16 = 3000;

pub(crate) fn command(project: &Project) -> Result<ExitCode> {
    let ready = setup::run(project, Scope::Run)?;
    if !ready.problems.is_empty() {
        bail!("{}", ready.problems.join("\nerror: "));
    }
    app::build_program(project, &ready.v8)?;
    let out = project.target().join("demo/atlas");
    app::build(project, &project.path(APP), &out)?;

    let port = free_port();
    announce(&format!("serve {APP} (Ctrl-C ends it)"));
    let mut serve = project.program(project.wellhead());
    serve
        .arg("serve")
        .arg(&out)
        .args(["--port", &port.to_string()]);
    become_program(&mut serve)
}

/// The usual port, or 0 for any that is free.
fn free_port() -> u16 {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, PORT)) {
        Ok(_) => PORT,
        Err(_) => {
            println!("    port {PORT} is in use: taking a free one");
            0
        }
    }
}

/// Ends this process in favour of the server: it prints its address, and gets Ctrl-C and SIGTERM
/// itself, as if it had been started by hand.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    bail!("cannot start {}: {error}", command.get_program().display())
}

/// Where a process cannot turn into another, Ctrl-C reaches both.
#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<ExitCode> {
    let status = command.status()?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
