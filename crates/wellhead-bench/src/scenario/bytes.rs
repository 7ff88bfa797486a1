//! One connection clicks; bytes of each click and its patch, held against what the patch has changed.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::warm_up;
use crate::change::{Change, change};
use crate::options::Options;
use crate::peer::Client;

/// How much of the last patch the result shows.
const SHOWN: usize = 200;

pub(super) async fn run(options: &Options, mut clients: Vec<Client>) -> Result<Value> {
    // What a patch does is known only to who saw all of them.
    let mut html = clients[0].html();
    warm_up(&mut clients).await?;
    let client = clients.first_mut().context("there is no connection")?;
    html = html.and_then(|_| client.html());
    let (mut up, mut down, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    let mut last = String::new();
    for _ in 0..options.rounds {
        up.push(client.click().await?);
        let heard = client.changed().await?;
        down.push(heard.bytes);
        last = heard.message;
        let now = client.html();
        if let (Some(before), Some(now)) = (&html, &now) {
            changes.push(change(before, now));
        }
        html = now;
    }
    if let Some(wanted) = &options.shows {
        let shown = html.as_ref().unwrap_or(&last);
        ensure!(
            shown.contains(wanted),
            "the page does not show {wanted}: {}",
            shortened(shown)
        );
    }
    Ok(json!({
        "scenario": "bytes",
        "clicks": options.rounds,
        "up": spread(&up),
        "down": spread(&down),
        "changed": changed(&changes, &down),
        "last": shortened(&last),
    }))
}

/// What has changed, and how much more than that the patches had; nothing where patches are not applied.
fn changed(changes: &[Change], down: &[u64]) -> Value {
    let Some(first) = changes.first() else {
        return Value::Null;
    };
    let bytes: Vec<u64> = changes.iter().map(|change| change.bytes() as u64).collect();
    let beyond: Vec<i64> = std::iter::zip(down, &bytes)
        .map(|(&down, &bytes)| down.cast_signed() - bytes.cast_signed())
        .collect();
    json!({ "kind": first.kind(), "bytes": spread(&bytes), "beyond": spread(&beyond) })
}

fn spread<T: Copy + Ord + Into<Value>>(values: &[T]) -> Value {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let at = |index: usize| sorted.get(index).copied().map_or(Value::Null, Into::into);
    let last = sorted.len().saturating_sub(1);
    json!({ "least": at(0), "median": at(sorted.len() / 2), "most": at(last) })
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_patch_has_beyond_its_change_may_be_less_than_nothing() {
        let changes = [Change::Text(5), Change::Text(5), Change::Text(6)];
        assert_eq!(
            changed(&changes, &[9, 3, 7]),
            json!({
                "kind": "text",
                "bytes": { "least": 5, "median": 5, "most": 6 },
                "beyond": { "least": -2, "median": 1, "most": 4 },
            })
        );
        assert_eq!(changed(&[], &[9]), Value::Null);
    }

    #[test]
    fn a_long_patch_is_shortened_between_characters() {
        let short = shortened(&"ü".repeat(SHOWN + 1));
        assert_eq!(short.chars().count(), SHOWN + 1);
        assert!(short.ends_with("ü…"));
        assert_eq!(shortened("as it is"), "as it is");
    }
}
