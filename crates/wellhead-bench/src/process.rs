//! What the system says of the server's processes.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// How many of its ticks the system counts a second: what Linux tells programs, whatever it does inside.
const TICKS: u64 = 100;

/// The figures of a process and all that descend from it.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Usage {
    /// Processor time of all threads.
    pub(crate) cpu: Duration,
    /// Resident memory, in bytes. What processes share counts for each.
    pub(crate) memory: u64,
}

#[derive(Debug, PartialEq, Eq)]
struct Stat {
    parent: u32,
    ticks: u64,
}

pub(crate) fn usage(pid: u32) -> Result<Usage> {
    let mut stats = HashMap::new();
    for entry in fs::read_dir("/proc")? {
        let Some(id) = entry?.file_name().to_str().and_then(|id| id.parse().ok()) else {
            continue;
        };
        // A process may be gone since the folder was listed.
        if let Ok(line) = fs::read_to_string(format!("/proc/{id}/stat")) {
            stats.insert(id, stat(&line)?);
        }
    }
    stats
        .get(&pid)
        .with_context(|| format!("there is no process {pid}"))?;
    let mut all = Usage::default();
    for id in tree(pid, &stats) {
        all.cpu += Duration::from_millis(stats[&id].ticks * 1000 / TICKS);
        if let Ok(status) = fs::read_to_string(format!("/proc/{id}/status")) {
            all.memory += resident(&status);
        }
    }
    Ok(all)
}

/// A process and all that descend from it.
fn tree(root: u32, stats: &HashMap<u32, Stat>) -> Vec<u32> {
    let mut tree = vec![root];
    let mut next = 0;
    while let Some(&parent) = tree.get(next) {
        let children = stats.iter().filter(|(_, stat)| stat.parent == parent);
        tree.extend(children.map(|(&id, _)| id));
        next += 1;
    }
    tree
}

fn stat(line: &str) -> Result<Stat> {
    const UNREADABLE: &str = "the figures are unreadable";
    // The name may have anything in it, so fields are counted from its closing bracket.
    let (_, fields) = line.rsplit_once(')').context(UNREADABLE)?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let field = |at: usize| fields.get(at).context(UNREADABLE);
    Ok(Stat {
        parent: field(1)?.parse()?,
        ticks: field(11)?.parse::<u64>()? + field(12)?.parse::<u64>()?,
    })
}

/// In bytes; none of a process that has ended and waits for its parent.
fn resident(status: &str) -> u64 {
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|line| line.split_whitespace().next())
        .and_then(|number| number.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_and_spaces_shifts_no_field() -> Result<()> {
        let line = "7 (a (b) c) S 3 7 7 0 -1 0 0 0 0 0 11 22 33 44 20 0 1 0 0";
        let expected = Stat {
            parent: 3,
            ticks: 33,
        };
        assert_eq!(stat(line)?, expected);
        Ok(())
    }

    #[test]
    fn grandchildren_belong_to_the_tree_and_strangers_do_not() {
        let parents = [(1, 0), (5, 1), (6, 5), (7, 6), (8, 1)];
        let stats = HashMap::from(parents.map(|(id, parent)| (id, Stat { parent, ticks: 0 })));
        assert_eq!(tree(5, &stats), [5, 6, 7]);
    }

    #[test]
    fn resident_memory_is_in_bytes() {
        assert_eq!(resident("VmHWM:\t 9 kB\nVmRSS:\t  12 kB\n"), 12 * 1024);
        assert_eq!(resident("State:\tZ (zombie)\n"), 0);
    }
}
