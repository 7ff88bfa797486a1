//! One connection clicks, all get a patch; time until the last has it.

use anyhow::Result;
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{all_changed, histogram, percentiles, record, usage};
use crate::options::Options;
use crate::peer::Client;

pub(super) async fn run(options: &Options, mut clients: Vec<Client>) -> Result<Value> {
    let mut last = histogram()?;
    let before = usage(options)?;
    let mut said = Instant::now();
    for _ in 0..options.rounds {
        let began = Instant::now();
        clients[0].click().await?;
        all_changed(&mut clients).await?;
        record(&mut last, began.elapsed())?;
        // All but one only listen, and a server gives up who says nothing for long.
        if said.elapsed() >= clients[0].heartbeat_interval() {
            said = Instant::now();
            try_join_all(clients.iter_mut().map(Client::heartbeat)).await?;
        }
    }
    let after = usage(options)?;
    Ok(json!({
        "scenario": "broadcast",
        "connections": clients.len(),
        "rounds": options.rounds,
        "msToTheLast": percentiles(&last),
        "cpuMicroseconds": before.zip(after).map(|(before, after)| {
            (after.cpu.saturating_sub(before.cpu)).as_micros() as f64
                / (options.rounds * clients.len()) as f64
        }),
        "memory": after.map(|after| after.memory),
    }))
}
