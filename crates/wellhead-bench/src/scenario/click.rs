//! Each connection clicks at a rate; latency from a click to its patch.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep_until};

use super::{histogram, percentiles, record, usage, warm_up};
use crate::options::Options;
use crate::peer::Client;

/// How late timers are by themselves, which count in milliseconds.
const TIMER: Duration = Duration::from_millis(2);

/// What one connection has done.
struct Done {
    clicks: u64,
    up: u64,
    down: u64,
}

pub(super) async fn run(options: &Options, mut clients: Vec<Client>) -> Result<Value> {
    let latencies = Rc::new(RefCell::new(histogram()?));
    let pause = Duration::from_secs_f64(1.0 / options.rate);
    let count = clients.len();
    warm_up(&mut clients).await?;
    let before = usage(options)?;
    let began = Instant::now();
    let end = began + options.duration;
    let local = LocalSet::new();
    let tasks: Vec<_> = clients
        .into_iter()
        .enumerate()
        .map(|(index, mut client)| {
            let latencies = Rc::clone(&latencies);
            // Clicks of all connections are spread over the pause.
            let first = began + pause.mul_f64(index as f64 / count as f64);
            local.spawn_local(async move {
                let mut at = first;
                let mut done = Done {
                    clicks: 0,
                    up: 0,
                    down: 0,
                };
                while at < end {
                    sleep_until(at).await;
                    // From when it was due, since a server that is late delays what follows, which must count; but for what
                    // the timer itself is late.
                    let late = at.elapsed();
                    let since = if late < TIMER { Instant::now() } else { at };
                    done.up += client.click().await?;
                    done.down += client.changed().await?.bytes;
                    record(&mut latencies.borrow_mut(), since.elapsed())?;
                    done.clicks += 1;
                    at += pause;
                }
                anyhow::Ok(done)
            })
        })
        .collect();
    let done = local.run_until(try_join_all(tasks)).await?;
    let done: Vec<_> = done.into_iter().collect::<Result<_>>()?;
    let took = began.elapsed();
    let after = usage(options)?;
    let sum = |part: fn(&Done) -> u64| done.iter().map(part).sum::<u64>();
    let clicks = sum(|done| done.clicks);
    let each = |bytes: u64| bytes as f64 / clicks as f64;
    let latencies = latencies.borrow();
    Ok(json!({
        "scenario": "click",
        "connections": count,
        "clicks": clicks,
        "seconds": took.as_secs_f64(),
        "ms": percentiles(&latencies),
        "bytesUp": each(sum(|done| done.up)),
        "bytesDown": each(sum(|done| done.down)),
        "cpuMicroseconds": before.zip(after).map(|(before, after)| {
            (after.cpu.saturating_sub(before.cpu)).as_micros() as f64 / clicks as f64
        }),
        "memory": after.map(|after| after.memory),
    }))
}
