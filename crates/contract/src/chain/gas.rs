//! Gas: what running code takes of a block.

use super::{failure::ContractError, trial::odd};
use blocs_chain::{Decoded, SubxtChain, Value, value};
use std::fmt;

/// Tenths that a limit is above what the trial needed: the state may change until the call is run.
pub(super) const SPARE_TENTHS: u64 = 1;
/// Hundredths of what a block gives one transaction that its call may take; the rest is the transaction's own.
const MOST_HUNDREDTHS: u64 = 95;

/// What running code takes of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gas {
    /// Time, in picoseconds.
    pub ref_time: u64,
    /// Bytes of a proof of the state that is read.
    pub proof_size: u64,
}

impl Gas {
    /// Whether both parts are within `most`.
    pub fn fits(self, most: Self) -> bool {
        self.ref_time <= most.ref_time && self.proof_size <= most.proof_size
    }

    /// A limit for what needs this much: some more, and not beyond `most`.
    pub(super) fn with_spare(self, most: Self) -> Self {
        let more = |amount: u64, most: u64| amount.saturating_add(amount / 10 * SPARE_TENTHS).min(most);
        Self {
            ref_time: more(self.ref_time, most.ref_time),
            proof_size: more(self.proof_size, most.proof_size),
        }
    }

    pub(super) fn to_value(self) -> Value {
        Value::named_composite([
            ("ref_time", Value::u128(self.ref_time.into())),
            ("proof_size", Value::u128(self.proof_size.into())),
        ])
    }

    pub(super) fn from_value(decoded: &Decoded) -> Option<Self> {
        let part = |name| u64::try_from(value::field(decoded, name).and_then(value::as_u128)?).ok();
        Some(Self {
            ref_time: part("ref_time")?,
            proof_size: part("proof_size")?,
        })
    }
}

impl fmt::Display for Gas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.ref_time / 1_000_000;
        let kilobytes = self.proof_size.div_ceil(1024);
        write!(
            f,
            "{micros} µs and {kilobytes} KiB of proof ({},{})",
            self.ref_time, self.proof_size
        )
    }
}

/// The most that one call may take of a block, by the runtime's constants.
pub async fn most_gas(chain: &SubxtChain) -> Result<Gas, ContractError> {
    let weights = chain.constant("System", "BlockWeights").await?;
    let normal = value::field(&weights, "per_class").and_then(|class| value::field(class, "normal"));
    let most = normal
        .and_then(|normal| value::field(normal, "max_extrinsic"))
        .and_then(value::some)
        .and_then(Gas::from_value)
        .ok_or_else(|| odd("the block's limits", "they name none for a transaction"))?;
    let part = |amount: u64| amount / 100 * MOST_HUNDREDTHS;
    Ok(Gas {
        ref_time: part(most.ref_time),
        proof_size: part(most.proof_size),
    })
}
