//! The kinds of load, and what is measured in each.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::future::{join_all, try_join_all};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use hdrhistogram::Histogram;
use serde_json::{Value, json};
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::client::Client;
use crate::options::{Kind, Options};
use crate::page;
use crate::process::{self, Usage};

/// How many pages are loaded at once.
const LOADS: usize = 32;
/// How long a server is left alone before its memory is read.
const REST: Duration = Duration::from_secs(5);
/// How late timers are by themselves, which count in milliseconds.
const TIMER: Duration = Duration::from_millis(2);
/// How often a connection that does nothing says that it is there.
const HEARTBEAT: Duration = Duration::from_secs(10);

pub(crate) async fn run(options: &Options) -> Result<Value> {
    let before = usage(options)?;
    let started = Instant::now();
    let (clients, handler) = open(options).await?;
    eprintln!(
        "{} pages are open after {:.1} s",
        clients.len(),
        started.elapsed().as_secs_f64()
    );
    match options.kind {
        Kind::Click => click(options, clients, &handler).await,
        Kind::Idle => idle(options, clients, before).await,
        Kind::Broadcast => broadcast(options, clients, &handler).await,
    }
}

fn usage(options: &Options) -> Result<Option<Usage>> {
    options.pid.map(process::usage).transpose()
}

/// Opens the pages; gives the handler that is called in them, too.
async fn open(options: &Options) -> Result<(Vec<Client>, String)> {
    let handler = RefCell::new(options.handler.clone());
    let clients = stream::iter(0..options.connections)
        .map(|_| async {
            let page = page::load(&options.url).await?;
            if let Some(found) = &page.handler {
                handler.borrow_mut().get_or_insert_with(|| found.clone());
            }
            Client::join(&options.url, &page).await
        })
        .buffer_unordered(LOADS)
        .try_collect()
        .await?;
    let handler = handler.into_inner().unwrap_or_default();
    Ok((clients, handler))
}

async fn click(options: &Options, clients: Vec<Client>, handler: &str) -> Result<Value> {
    anyhow::ensure!(
        !handler.is_empty(),
        "the page has no handler of clicks; hint: --handler"
    );
    let latencies = Rc::new(RefCell::new(histogram()?));
    let pause = Duration::from_secs_f64(1.0 / options.rate);
    let count = clients.len();
    let mut clients = clients;
    // Names are told once on a connection, and are no part of what a click costs.
    for client in &mut clients {
        client.event(handler).await?;
        client.patch().await?;
        (client.sent, client.heard) = (0, 0);
    }
    let before = usage(options)?;
    let began = Instant::now();
    let end = began + options.duration;
    let local = LocalSet::new();
    let tasks: Vec<_> = clients
        .into_iter()
        .enumerate()
        .map(|(index, mut client)| {
            let latencies = Rc::clone(&latencies);
            let handler = handler.to_owned();
            // Clicks of all connections are spread over the pause.
            let first = began + pause.mul_f64(index as f64 / count as f64);
            local.spawn_local(async move {
                let (mut at, mut clicks) = (first, 0u64);
                while at < end {
                    sleep_until(at).await;
                    // From when it was due, since a server that is late delays what follows, which must count; but for what
                    // the timer itself is late.
                    let late = at.elapsed();
                    let since = if late < TIMER { Instant::now() } else { at };
                    client.event(&handler).await?;
                    client.patch().await?;
                    let took = since.elapsed().as_micros();
                    latencies
                        .borrow_mut()
                        .saturating_record(u64::try_from(took)?);
                    clicks += 1;
                    at += pause;
                }
                anyhow::Ok((clicks, client.sent, client.heard))
            })
        })
        .collect();
    let done = local.run_until(try_join_all(tasks)).await?;
    let done: Vec<_> = done.into_iter().collect::<Result<_>>()?;
    let took = began.elapsed();
    let after = usage(options)?;
    let sum = |part: fn(&(u64, u64, u64)) -> u64| done.iter().map(part).sum::<u64>();
    let clicks = sum(|done| done.0);
    let each = |bytes: u64| bytes as f64 / clicks as f64;
    let latencies = latencies.borrow();
    Ok(json!({
        "scenario": "click",
        "connections": count,
        "clicks": clicks,
        "seconds": took.as_secs_f64(),
        "ms": percentiles(&latencies),
        "bytesUp": each(sum(|done| done.1)),
        "bytesDown": each(sum(|done| done.2)),
        "cpuMicroseconds": before.zip(after).map(|(before, after)| {
            (after.cpu - before.cpu).as_micros() as f64 / clicks as f64
        }),
        "memory": after.map(|after| after.memory),
    }))
}

async fn idle(options: &Options, clients: Vec<Client>, before: Option<Usage>) -> Result<Value> {
    let before = before.context("memory wants --pid")?;
    let count = clients.len();
    let end = Instant::now() + options.duration.max(REST);
    let mut clients = clients;
    while Instant::now() < end {
        sleep(HEARTBEAT.min(end - Instant::now())).await;
        for heard in join_all(clients.iter_mut().map(Client::heartbeat)).await {
            heard?;
        }
    }
    let after = usage(options)?.context("memory wants --pid")?;
    Ok(json!({
        "scenario": "idle",
        "connections": count,
        "memoryBefore": before.memory,
        "memory": after.memory,
        "bytesEach": after.memory.saturating_sub(before.memory) as f64 / count as f64,
    }))
}

async fn broadcast(options: &Options, mut clients: Vec<Client>, handler: &str) -> Result<Value> {
    anyhow::ensure!(
        !handler.is_empty(),
        "the page has no handler of clicks; hint: --handler"
    );
    let mut last = histogram()?;
    let before = usage(options)?;
    for _ in 0..options.rounds {
        let began = Instant::now();
        clients[0].event(handler).await?;
        try_join_all(clients.iter_mut().map(Client::patch)).await?;
        let took = began.elapsed().as_micros();
        last.saturating_record(u64::try_from(took)?);
    }
    let after = usage(options)?;
    Ok(json!({
        "scenario": "broadcast",
        "connections": clients.len(),
        "rounds": options.rounds,
        "msToTheLast": percentiles(&last),
        "cpuMicroseconds": before.zip(after).map(|(before, after)| {
            (after.cpu - before.cpu).as_micros() as f64
                / (options.rounds * clients.len()) as f64
        }),
        "memory": after.map(|after| after.memory),
    }))
}

/// Of microseconds, up to a minute.
fn histogram() -> Result<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1, 60_000_000, 3)?)
}

fn percentiles(of: &Histogram<u64>) -> Value {
    let ms = |microseconds: u64| microseconds as f64 / 1000.0;
    json!({
        "p50": ms(of.value_at_quantile(0.5)),
        "p99": ms(of.value_at_quantile(0.99)),
        "max": ms(of.max()),
    })
}
