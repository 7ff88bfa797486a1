//! The kinds of load, and what is measured in each.

mod broadcast;
mod bytes;
mod click;
mod idle;

use std::time::Duration;

use anyhow::Result;
use futures_util::future::try_join_all;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use hdrhistogram::Histogram;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::options::{Kind, Options};
use crate::peer::Client;
use crate::process::{self, Usage};

/// How many pages are loaded at once.
const LOADS: usize = 32;

pub(crate) async fn run(options: &Options) -> Result<Value> {
    let before = usage(options)?;
    let started = Instant::now();
    let clients = open(options).await?;
    eprintln!(
        "{} pages are open after {:.1} s",
        clients.len(),
        started.elapsed().as_secs_f64()
    );
    let mut result = match options.kind {
        Kind::Click => click::run(options, clients).await?,
        Kind::Idle => idle::run(options, clients, before).await?,
        Kind::Broadcast => broadcast::run(options, clients).await?,
        Kind::Bytes => bytes::run(options, clients).await?,
    };
    result["peer"] = options.peer.name().into();
    Ok(result)
}

fn usage(options: &Options) -> Result<Option<Usage>> {
    options.pid.map(process::usage).transpose()
}

async fn open(options: &Options) -> Result<Vec<Client>> {
    stream::iter(0..options.connections)
        .map(|_| Client::open(options.peer, &options.url, options.handler.as_deref()))
        .buffer_unordered(LOADS)
        .try_collect()
        .await
}

/// Clicks once in each page, which is not measured: names are told once on a connection, and are no part of what a click costs.
async fn warm_up(clients: &mut [Client]) -> Result<()> {
    for client in clients {
        client.click().await?;
        client.changed().await?;
    }
    Ok(())
}

/// Waits until all pages have been told of a change.
async fn all_changed(clients: &mut [Client]) -> Result<()> {
    try_join_all(clients.iter_mut().map(Client::changed)).await?;
    Ok(())
}

/// Of microseconds, up to a minute.
fn histogram() -> Result<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1, 60_000_000, 3)?)
}

fn record(into: &mut Histogram<u64>, took: Duration) -> Result<()> {
    into.saturating_record(u64::try_from(took.as_micros())?);
    Ok(())
}

fn percentiles(of: &Histogram<u64>) -> Value {
    let ms = |microseconds: u64| microseconds as f64 / 1000.0;
    json!({
        "p50": ms(of.value_at_quantile(0.5)),
        "p99": ms(of.value_at_quantile(0.99)),
        "max": ms(of.max()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_milliseconds_of_what_was_recorded() -> Result<()> {
        let mut latencies = histogram()?;
        for _ in 0..98 {
            record(&mut latencies, Duration::from_micros(500))?;
        }
        record(&mut latencies, Duration::from_micros(1_500))?;
        record(&mut latencies, Duration::from_micros(2_000))?;
        assert_eq!(
            percentiles(&latencies),
            json!({ "p50": 0.5, "p99": 1.5, "max": 2.0 })
        );
        Ok(())
    }

    #[test]
    fn what_takes_longer_than_a_minute_counts_as_a_minute() -> Result<()> {
        let mut latencies = histogram()?;
        record(&mut latencies, Duration::from_secs(3600))?;
        let most = latencies.max();
        assert!((60_000_000..60_100_000).contains(&most), "{most}");
        Ok(())
    }
}
