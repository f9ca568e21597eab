//! `blocs validators`

use super::{Context, stake::percent};
use crate::units::{bloc, duration};
use blocs_chain::{At, ChainClient, StakingView, ValidatorRecord};
use clap::Args;
use serde_json::{Value, json};

/// Arguments of `validators`.
#[derive(Debug, Args)]
pub(crate) struct ValidatorsArgs {
    /// Only this one, by address or by name
    validator: Option<String>,
    /// Count the blocks of at most so many of this session's last
    #[arg(long, default_value = "200", value_name = "N")]
    blocks: u32,
}

impl ValidatorsArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let only = self.validator.as_ref().map(|text| context.resolve(text)).transpose()?;
        let chain = context.chain().await?;
        let at = At::Block(chain.block(At::Best).await?.hash);
        let clock = chain.era_clock(at).await?;
        let mut records = chain.validator_records(self.blocks, at).await?;
        if let Some(only) = &only {
            records.retain(|record| record.account == *only);
            if records.is_empty() {
                let message =
                    format!("{only} neither validates nor stands for election: see `blocs stake status {only}`");
                return Err(crate::exit::error(crate::exit::Status::NotFound, message));
            }
        }
        let headings = [
            "ACCOUNT",
            "STATUS",
            "NEXT",
            "OWN",
            "TOTAL",
            "NOMINATORS",
            "COMMISSION",
            "POINTS",
            "BLOCKS",
        ];
        context.output.table(&headings, records.iter().map(row).collect())?;
        context.output.note(format!(
            "era {}, the next in about {}; session {}, the next in about {}; points count in this era, blocks in this session",
            clock.active_era,
            duration(clock.until_next_era()),
            clock.session,
            duration(clock.until_next_session())
        ));
        Ok(())
    }
}

/// One word for how a validator is.
fn status(record: &ValidatorRecord) -> &'static str {
    if record.disabled {
        "disabled"
    } else if record.slashed_in.is_some() || record.pending_slash > 0 {
        "slashed"
    } else if record.active {
        "active"
    } else {
        "waiting"
    }
}

fn row(record: &ValidatorRecord) -> (Value, Vec<String>) {
    let value = json!({
        "account": record.account.to_string(),
        "status": status(record),
        "active": record.active,
        "candidate": record.candidate,
        "disabled": record.disabled,
        "slashed_in_era": record.slashed_in,
        "pending_slash": record.pending_slash.to_string(),
        "next_session": record.next_session,
        "own": record.own_stake.to_string(),
        "total": record.total_stake.to_string(),
        "nominators": record.nominators,
        "commission": percent(record.commission),
        "era_points": record.era_points,
        "blocks": record.blocks,
        "has_keys": record.has_keys,
    });
    let next = match (record.next_session, record.candidate, record.has_keys) {
        (true, _, _) => "in",
        (false, true, false) => "no keys",
        (false, _, _) => "out",
    };
    let cells = vec![
        record.account.to_string(),
        status(record).to_owned(),
        next.to_owned(),
        bloc(record.own_stake),
        bloc(record.total_stake),
        record.nominators.to_string(),
        percent(record.commission),
        record.era_points.to_string(),
        record.blocks.to_string(),
    ];
    (value, cells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use blocs_primitives::AccountId;

    #[test]
    fn the_worst_is_said_first() {
        let mut record = ValidatorRecord {
            account: AccountId::new([1; 32]),
            own_stake: 0,
            total_stake: 0,
            nominators: 0,
            commission: 0,
            era_points: 0,
            blocks: 0,
            active: false,
            next_session: false,
            candidate: true,
            disabled: false,
            slashed_in: None,
            pending_slash: 0,
            has_keys: false,
        };
        assert_eq!(status(&record), "waiting");
        assert_eq!(row(&record).1.get(2).map(String::as_str), Some("no keys"));
        record.active = true;
        assert_eq!(status(&record), "active");
        record.pending_slash = 1;
        assert_eq!(status(&record), "slashed");
        record.disabled = true;
        assert_eq!(status(&record), "disabled");
    }
}
