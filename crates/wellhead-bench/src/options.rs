//! What is asked for on the command line.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use http::Uri;
use lexopt::prelude::*;

use crate::peer::Peer;

pub(crate) const HELP: &str = "\
wellhead-bench SCENARIO --url URL [OPTIONS]

  click       each connection clicks at a rate; latency from a click to its patch
  idle        connections that do nothing; memory of the server for each
  broadcast   one connection clicks, all get a patch; time until the last has it
  bytes       one connection clicks; bytes of each click and its patch, after the first

  --url URL          a live page on this machine
  --peer NAME        whose wire it speaks: wellhead, liveviewjs or nicegui (wellhead)
  --connections N    how many pages are open, 1 to 20000 (100; bytes: always 1)
  --rate R           clicks a second of each connection, 0.1 to 1000 (1)
  --seconds S        how long it clicks, 1 to 600 (10)
  --rounds N         how often it broadcasts, or clicks for bytes, 1 to 1000 (10)
  --handler TEXT     the handler as the page has it (the first of a click in the page)
  --shows TEXT       bytes: what the page, or the last patch, must show in the end
  --pid PID          the server, for processor time and memory of it and what it started
";

/// The kinds of load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Click,
    Idle,
    Broadcast,
    Bytes,
}

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) kind: Kind,
    pub(crate) peer: Peer,
    pub(crate) url: Uri,
    pub(crate) connections: usize,
    pub(crate) rate: f64,
    pub(crate) duration: Duration,
    pub(crate) rounds: usize,
    pub(crate) handler: Option<String>,
    pub(crate) shows: Option<String>,
    pub(crate) pid: Option<u32>,
}

#[derive(Debug)]
pub(crate) enum Asked {
    Run(Box<Options>),
    Help,
}

pub(crate) fn read() -> Result<Asked> {
    parse(lexopt::Parser::from_env())
}

fn parse(mut parser: lexopt::Parser) -> Result<Asked> {
    let (mut kind, mut url, mut handler, mut shows, mut pid) = (None, None, None, None, None);
    let (mut connections, mut rate, mut seconds, mut rounds) = (100, 1.0, 10, 10);
    let mut peer = Peer::Wellhead;
    while let Some(arg) = parser.next()? {
        match arg {
            Long("help") | Short('h') => return Ok(Asked::Help),
            Long("url") => url = Some(parser.value()?.string()?.parse::<Uri>()?),
            Long("peer") => peer = Peer::parse(&parser.value()?.string()?)?,
            Long("connections") => connections = within(parser.value()?.parse()?, 1, 20_000)?,
            Long("rate") => rate = parser.value()?.parse()?,
            Long("seconds") => seconds = within(parser.value()?.parse()?, 1, 600)?,
            Long("rounds") => rounds = within(parser.value()?.parse()?, 1, 1000)?,
            Long("handler") => handler = Some(parser.value()?.string()?),
            Long("shows") => shows = Some(parser.value()?.string()?),
            Long("pid") => pid = Some(parser.value()?.parse()?),
            Value(name) if kind.is_none() => {
                kind = Some(match name.string()?.as_str() {
                    "click" => Kind::Click,
                    "idle" => Kind::Idle,
                    "broadcast" => Kind::Broadcast,
                    "bytes" => Kind::Bytes,
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
    let kind = kind.context("the scenario is missing")?;
    if kind == Kind::Bytes {
        connections = 1;
    }
    Ok(Asked::Run(Box::new(Options {
        kind,
        peer,
        url,
        connections,
        rate,
        duration: Duration::from_secs(seconds as u64),
        rounds,
        handler,
        shows,
        pid,
    })))
}

fn within(value: usize, low: usize, high: usize) -> Result<usize> {
    if (low..=high).contains(&value) {
        return Ok(value);
    }
    bail!("{value} is not from {low} to {high}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(args: &str) -> Result<Options> {
        let words = args.split_whitespace();
        match parse(lexopt::Parser::from_args(words))? {
            Asked::Run(options) => Ok(*options),
            Asked::Help => bail!("help"),
        }
    }

    #[test]
    fn what_is_not_given_has_a_default() -> Result<()> {
        let options = options("click --url http://127.0.0.1:3000/")?;
        assert_eq!((options.kind, options.peer), (Kind::Click, Peer::Wellhead));
        assert_eq!((options.connections, options.rounds), (100, 10));
        assert_eq!(options.duration, Duration::from_secs(10));
        Ok(())
    }

    #[test]
    fn bytes_are_counted_on_one_connection() -> Result<()> {
        let options =
            options("bytes --peer nicegui --connections 7 --url http://localhost/ --shows 11")?;
        assert_eq!((options.peer, options.connections), (Peer::Nicegui, 1));
        assert_eq!(options.shows.as_deref(), Some("11"));
        Ok(())
    }

    #[test]
    fn what_is_unbounded_or_elsewhere_is_refused() {
        let refused = |args: &str| options(args).expect_err("must be refused").to_string();
        assert_eq!(
            refused("click --url http://example.org/"),
            "http://example.org/ is not on this machine"
        );
        assert_eq!(
            refused("idle --url http://127.0.0.1/ --connections 20001"),
            "20001 is not from 1 to 20000"
        );
        assert_eq!(
            refused("click --url http://127.0.0.1/ --rate 1e9"),
            "--rate is from 0.1 to 1000"
        );
        assert_eq!(refused("wait"), "there is no scenario wait");
        assert_eq!(refused("--peer rails"), "there is no peer rails");
    }
}
