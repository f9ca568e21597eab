//! What calls cost, in one table.

use serde_json::{Value as Json, json};
use std::{collections::BTreeMap, fmt};

/// One call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) ref_time: u64,
    pub(crate) proof_size: u64,
    pub(crate) deposit: i128,
}

/// What the calls of a sandbox cost so far, by contract and message. Dry runs are in it too; what failed is counted apart.
#[derive(Clone, Debug, Default)]
pub struct GasReport {
    rows: BTreeMap<(String, String), Row>,
}

#[derive(Clone, Debug, Default)]
struct Row {
    costs: Vec<Cost>,
    failed: usize,
}

/// Least, middle and most of a message's calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// The least.
    pub min: u64,
    /// The one in the middle.
    pub median: u64,
    /// The most.
    pub max: u64,
}

/// What the calls of one message cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageCost {
    /// The contract.
    pub contract: String,
    /// The message, or the constructor.
    pub message: String,
    /// Calls that went through.
    pub calls: usize,
    /// Calls that failed.
    pub failed: usize,
    /// Computing, in picoseconds of the reference machine.
    pub ref_time: Spread,
    /// Bytes of state that a proof of it would hold.
    pub proof_size: Spread,
    /// Deposits paid in all, in planck, less those that came back.
    pub deposit: i128,
}

impl GasReport {
    pub(crate) fn note(&mut self, contract: &str, message: &str, cost: Option<Cost>) {
        let row = self.rows.entry((contract.to_owned(), message.to_owned())).or_default();
        match cost {
            Some(cost) => row.costs.push(cost),
            None => row.failed += 1,
        }
    }

    /// Adds the calls of another sandbox.
    pub fn merge(&mut self, other: &Self) {
        for (key, row) in &other.rows {
            let own = self.rows.entry(key.clone()).or_default();
            own.costs.extend_from_slice(&row.costs);
            own.failed += row.failed;
        }
    }

    /// A line for each message, by contract and message.
    pub fn lines(&self) -> Vec<MessageCost> {
        self.rows
            .iter()
            .map(|((contract, message), row)| MessageCost {
                contract: contract.clone(),
                message: message.clone(),
                calls: row.costs.len(),
                failed: row.failed,
                ref_time: spread(row.costs.iter().map(|cost| cost.ref_time)),
                proof_size: spread(row.costs.iter().map(|cost| cost.proof_size)),
                deposit: row.costs.iter().map(|cost| cost.deposit).sum(),
            })
            .collect()
    }

    /// The line of a message.
    pub fn line(&self, contract: &str, message: &str) -> Option<MessageCost> {
        self.lines()
            .into_iter()
            .find(|line| line.contract == contract && line.message == message)
    }

    /// The report as a list of objects; deposits are text, since they do not fit a number of JSON.
    pub fn to_json(&self) -> Json {
        let spread = |spread: Spread| json!({ "min": spread.min, "median": spread.median, "max": spread.max });
        self.lines()
            .into_iter()
            .map(|line| {
                json!({
                    "contract": line.contract,
                    "message": line.message,
                    "calls": line.calls,
                    "failed": line.failed,
                    "refTime": spread(line.ref_time),
                    "proofSize": spread(line.proof_size),
                    "deposit": line.deposit.to_string(),
                })
            })
            .collect()
    }
}

/// A table for people: `cargo test -- --nocapture` shows it.
impl fmt::Display for GasReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<44} {:>6} {:>6}  {:>26}  {:>26}  {:>14}",
            "contract::message",
            "calls",
            "failed",
            "computing, us (min/med/max)",
            "proof, bytes (min/med/max)",
            "deposit, mBLOC"
        )?;
        for line in self.lines() {
            let time = [line.ref_time.min, line.ref_time.median, line.ref_time.max]
                .map(|picoseconds| format!("{}.{}", picoseconds / 1_000_000, picoseconds / 100_000 % 10))
                .join("/");
            let proof = [line.proof_size.min, line.proof_size.median, line.proof_size.max]
                .map(|bytes| bytes.to_string())
                .join("/");
            let sign = if line.deposit < 0 { "-" } else { "" };
            let micro = line.deposit.unsigned_abs() / 1_000_000;
            writeln!(
                f,
                "{:<44} {:>6} {:>6}  {:>26}  {:>26}  {:>14}",
                format!("{}::{}", line.contract, line.message),
                line.calls,
                line.failed,
                time,
                proof,
                format!("{sign}{}.{:03}", micro / 1_000, micro % 1_000),
            )?;
        }
        Ok(())
    }
}

/// Least, middle and most; zeros when there is nothing.
fn spread(values: impl Iterator<Item = u64>) -> Spread {
    let mut values: Vec<u64> = values.collect();
    values.sort_unstable();
    Spread {
        min: values.first().copied().unwrap_or_default(),
        median: values.get(values.len() / 2).copied().unwrap_or_default(),
        max: values.last().copied().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(ref_time: u64, deposit: i128) -> Option<Cost> {
        Some(Cost {
            ref_time,
            proof_size: 10,
            deposit,
        })
    }

    #[test]
    fn a_report_gives_least_middle_and_most_of_each_message() {
        let mut report = GasReport::default();
        for (time, deposit) in [(5_000_000, 2_000_000_000), (1_000_000, -3_000_000_000), (2_500_000, 0)] {
            report.note("flipper", "flip", cost(time, deposit));
        }
        report.note("flipper", "flip", None);
        let mut other = GasReport::default();
        other.note("flipper", "get", cost(7, 0));
        report.merge(&other);

        let flip = report.line("flipper", "flip").expect("it was called");
        assert_eq!((flip.calls, flip.failed, flip.deposit), (3, 1, -1_000_000_000));
        assert_eq!(
            flip.ref_time,
            Spread {
                min: 1_000_000,
                median: 2_500_000,
                max: 5_000_000
            }
        );
        assert!(report.to_string().contains("1.0/2.5/5.0"), "{report}");
        assert!(report.to_string().contains("-1.000"), "{report}");
        assert_eq!(report.to_json()[1]["message"], "get");
        assert_eq!(report.to_json()[0]["deposit"], "-1000000000");
    }
}
