//! Connections that do nothing; memory of the server for each.

use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::usage;
use crate::options::Options;
use crate::peer::Client;
use crate::process::Usage;

/// How long a server is left alone at least before its memory is read.
const REST: Duration = Duration::from_secs(5);

pub(super) async fn run(
    options: &Options,
    mut clients: Vec<Client>,
    before: Option<Usage>,
) -> Result<Value> {
    let before = before.context("memory wants --pid")?;
    let end = Instant::now() + options.duration.max(REST);
    try_join_all(clients.iter_mut().map(|client| client.rest(end))).await?;
    let after = usage(options)?.context("memory wants --pid")?;
    let count = clients.len();
    Ok(json!({
        "scenario": "idle",
        "connections": count,
        "memoryBefore": before.memory,
        "memory": after.memory,
        "bytesEach": after.memory.saturating_sub(before.memory) as f64 / count as f64,
    }))
}
