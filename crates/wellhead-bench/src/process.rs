//! What the system says of the server's process.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// How many of its ticks the system counts a second: what Linux tells programs, whatever it does inside.
const TICKS: u64 = 100;

/// A process's figures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Usage {
    /// Processor time of all its threads.
    pub(crate) cpu: Duration,
    /// Resident memory, in bytes.
    pub(crate) memory: u64,
}

pub(crate) fn usage(pid: u32) -> Result<Usage> {
    let read = |file: &str| {
        fs::read_to_string(format!("/proc/{pid}/{file}"))
            .with_context(|| format!("there is no process {pid}"))
    };
    let stat = read("stat")?;
    // The name may have anything in it, so fields are counted from its closing bracket.
    let (_, fields) = stat
        .rsplit_once(')')
        .context("the figures are unreadable")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let field = |at: usize| -> Result<u64> {
        Ok(fields
            .get(at)
            .context("the figures are unreadable")?
            .parse()?)
    };
    let ticks = field(11)? + field(12)?;
    let status = read("status")?;
    let kilobytes: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|line| line.split_whitespace().next())
        .context("the figures are unreadable")?
        .parse()?;
    Ok(Usage {
        cpu: Duration::from_millis(ticks * 1000 / TICKS),
        memory: kilobytes * 1024,
    })
}
