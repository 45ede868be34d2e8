//! The resources that processes have used, from `/proc`.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// The CPU time of a process and of all processes that it started, including dead ones.
///
/// # Errors
/// The process does not exist.
pub fn cpu_of_tree(root: u32) -> Result<Duration> {
    let all = read_all();
    anyhow::ensure!(all.contains_key(&root), "process {root} is gone");
    let ticks = tree(&all, root)
        .into_iter()
        .filter_map(|pid| all.get(&pid))
        .map(|process| process.ticks)
        .sum::<u64>();
    let per_second = rustix::param::clock_ticks_per_second();
    Ok(Duration::from_millis(ticks * 1000 / per_second.max(1)))
}

/// The parent of `pid`.
pub fn parent_of(pid: u32) -> Result<u32> {
    Ok(read_one(pid).context("no such process")?.parent)
}

/// The maximum resident memory of a process in KiB.
pub fn peak_kib(pid: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.context("no VmHWM")?.parse()?)
}

struct Process {
    parent: u32,
    /// Its own time, and that of children that it has waited for.
    ticks: u64,
}

fn read_all() -> HashMap<u32, Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid| Some((pid, read_one(pid)?))).collect()
}

/// See `proc_pid_stat(5)`: the name in parentheses may contain anything, so the fields after it are
/// counted from its end.
fn read_one(pid: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
    Some(Process {
        parent: u32::try_from(field(4)?).ok()?,
        ticks: field(14)? + field(15)? + field(16)? + field(17)?,
    })
}

fn tree(all: &HashMap<u32, Process>, root: u32) -> HashSet<u32> {
    let mut found = HashSet::from([root]);
    loop {
        let before = found.len();
        let children = all
            .iter()
            .filter(|(_, process)| found.contains(&process.parent))
            .map(|(pid, _)| *pid);
        let children: Vec<u32> = children.collect();
        found.extend(children);
        if found.len() == before {
            return found;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn the_cpu_of_a_tree_counts_its_dead_children() {
        let own = std::process::id();
        let before = cpu_of_tree(own).unwrap();
        let busy = "i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done";
        assert!(
            Command::new("sh")
                .args(["-c", busy])
                .status()
                .unwrap()
                .success()
        );
        assert!(cpu_of_tree(own).unwrap() > before);
        assert!(peak_kib(own).unwrap() > 0);
        assert_eq!(parent_of(own).unwrap(), std::os::unix::process::parent_id());
    }
}
