//! What processes use: without it, no figure of a network on one machine says anything.

use crate::network::machine::{Load, Usage};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Write, fs, time::Instant};

/// The kernel counts processor time for programs in hundredths of a second, whatever its own clock.
const TICKS_PER_SECOND: f64 = 100.0;

/// A window in which use is measured.
#[derive(Debug)]
pub struct Window {
    started: Instant,
    load: Load,
    processes: BTreeMap<u32, (String, u64)>,
}

/// What was used in a window.
#[derive(Clone, Debug)]
pub struct Used {
    seconds: f64,
    machine: Usage,
    processes: Vec<Process>,
}

#[derive(Clone, Debug)]
struct Process {
    name: String,
    /// Percent of one core.
    cpu: f64,
    resident_mib: u64,
}

impl Window {
    /// Opens it for processes, each with a name.
    pub fn open(processes: impl IntoIterator<Item = (String, u32)>) -> Result<Self> {
        Ok(Self {
            started: Instant::now(),
            load: Load::start()?,
            processes: processes
                .into_iter()
                .map(|(name, id)| (id, (name, ticks(id).unwrap_or_default())))
                .collect(),
        })
    }

    /// What was used until now. Processes that have ended are left out.
    pub fn close(&self) -> Result<Used> {
        let seconds = self.started.elapsed().as_secs_f64();
        let mut processes: Vec<_> = self
            .processes
            .iter()
            .filter_map(|(id, (name, before))| {
                let used = ticks(*id)?.saturating_sub(*before);
                Some(Process {
                    name: name.clone(),
                    cpu: used as f64 / TICKS_PER_SECOND / seconds * 100.0,
                    resident_mib: resident_mib(*id)?,
                })
            })
            .collect();
        processes.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Used {
            seconds,
            machine: self.load.stop().context("cannot read how busy the machine was")?,
            processes,
        })
    }
}

impl Used {
    /// Of the whole machine, with what else ran on it.
    pub fn machine(&self) -> String {
        if self.processes.is_empty() {
            return format!("{}, over {:.0} s", self.machine, self.seconds);
        }
        let ours: f64 = self.processes.iter().map(|process| process.cpu).sum();
        format!(
            "{}; the processes of the test {:.0} % of one core, over {:.0} s",
            self.machine, ours, self.seconds
        )
    }

    /// Of each process, as a Markdown table.
    pub fn table(&self) -> String {
        if self.processes.is_empty() {
            return String::new();
        }
        let mut out = String::from("| process | CPU, % of a core | RSS, MiB |\n|---|---:|---:|\n");
        for Process {
            name,
            cpu,
            resident_mib,
        } in &self.processes
        {
            writeln!(out, "| {name} | {cpu:.1} | {resident_mib} |").ok();
        }
        out
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        let processes: Vec<_> = self
            .processes
            .iter()
            .map(
                |Process {
                     name,
                     cpu,
                     resident_mib,
                 }| json!({ "name": name, "cpuPercent": cpu, "rssMiB": resident_mib }),
            )
            .collect();
        json!({ "seconds": self.seconds, "machinePercent": self.machine.percent, "cores": self.machine.cores, "processes": processes })
    }
}

/// Processor time of a process since its start.
fn ticks(id: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in brackets may hold spaces; user and system time are the 12th and 13th word behind it.
    let (_, rest) = text.rsplit_once(')')?;
    let words: Vec<u64> = rest
        .split_whitespace()
        .skip(11)
        .take(2)
        .map_while(|word| word.parse().ok())
        .collect();
    Some(words.iter().sum())
}

fn resident_mib(id: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
    use super::*;

    #[test]
    fn own_process_uses_memory() {
        let window = Window::open([("test".to_owned(), std::process::id())]).unwrap();
        let used = window.close().unwrap();
        assert!(used.processes[0].resident_mib > 0);
        assert!(used.table().contains("test"));
    }
}
