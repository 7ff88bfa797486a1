//! What is asked for on the command line.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use http::Uri;
use lexopt::prelude::*;

pub(crate) const HELP: &str = "\
wellhead-bench SCENARIO --url URL [OPTIONS]

  click       each connection clicks at a rate; latency from a click to its patch
  idle        connections that do nothing; memory of the server for each
  broadcast   one connection clicks, all get a patch; time until the last has it

  --url URL          a live page on this machine
  --connections N    how many pages are open, 1 to 20000 (100)
  --rate R           clicks a second of each connection, 0.1 to 1000 (1)
  --seconds S        how long it clicks, 1 to 600 (10)
  --rounds N         how often it broadcasts, 1 to 1000 (10)
  --handler TEXT     the handler as the page has it (the first ts-on:click of the page)
  --pid PID          the server, for its processor time and memory
";

/// The kinds of load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Click,
    Idle,
    Broadcast,
}

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) kind: Kind,
    pub(crate) url: Uri,
    pub(crate) connections: usize,
    pub(crate) rate: f64,
    pub(crate) duration: Duration,
    pub(crate) rounds: usize,
    pub(crate) handler: Option<String>,
    pub(crate) pid: Option<u32>,
}

pub(crate) enum Asked {
    Run(Box<Options>),
    Help,
}

pub(crate) fn read() -> Result<Asked> {
    let mut parser = lexopt::Parser::from_env();
    let (mut kind, mut url, mut handler, mut pid) = (None, None, None, None);
    let (mut connections, mut rate, mut seconds, mut rounds) = (100, 1.0, 10, 10);
    while let Some(arg) = parser.next()? {
        match arg {
            Long("help") | Short('h') => return Ok(Asked::Help),
            Long("url") => url = Some(parser.value()?.string()?.parse::<Uri>()?),
            Long("connections") => connections = within(parser.value()?.parse()?, 1, 20_000)?,
            Long("rate") => rate = parser.value()?.parse()?,
            Long("seconds") => seconds = within(parser.value()?.parse()?, 1, 600)?,
            Long("rounds") => rounds = within(parser.value()?.parse()?, 1, 1000)?,
            Long("handler") => handler = Some(parser.value()?.string()?),
            Long("pid") => pid = Some(parser.value()?.parse()?),
            Value(name) if kind.is_none() => {
                kind = Some(match name.string()?.as_str() {
                    "click" => Kind::Click,
                    "idle" => Kind::Idle,
                    "broadcast" => Kind::Broadcast,
                    other => bail!("there is no scenario {other}"),
                });
            }
            other => bail!("{}", other.unexpected()),
        }
    }
    if !(0.1..=1000.0).contains(&rate) {
        bail!("--rate is from 0.1 to 1000");
    }
    let url = url.context("--url is missing")?;
    if !matches!(url.host(), Some("127.0.0.1" | "localhost" | "[::1]")) {
        bail!("{url} is not on this machine");
    }
    Ok(Asked::Run(Box::new(Options {
        kind: kind.context("the scenario is missing")?,
        url,
        connections,
        rate,
        duration: Duration::from_secs(seconds as u64),
        rounds,
        handler,
        pid,
    })))
}

fn within(value: usize, low: usize, high: usize) -> Result<usize> {
    if (low..=high).contains(&value) {
        return Ok(value);
    }
    bail!("{value} is not from {low} to {high}")
}
