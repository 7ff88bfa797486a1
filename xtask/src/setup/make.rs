//! The `make` that jemalloc is built with. A C compiler is there: without one, this program would not be.

use anyhow::{Context, Result, ensure};

use crate::{command::find_program, project::Project, setup::apt};

pub(super) fn prepare(project: &Project) -> Result<()> {
    const HINT: &str = "no make, which jemalloc is built with; hint: install make";
    let is_there = || find_program("make").is_some();
    if !is_there() {
        apt::install(project, &["make"]).context(HINT)?;
        ensure!(is_there(), HINT);
    }
    Ok(())
}
