//! `blocs vesting …`

use super::{
    Context,
    desk::{Desk, Sending, named_or_own},
};
use crate::{
    exit::{Status, error},
    units::{bloc, duration, parse_amount},
};
use blocs_chain::{At, ChainClient, Decoded, Value, value};
use blocs_primitives::{Balance, BlockNumber};
use clap::{ArgGroup, Args, Subcommand};
use serde_json::json;

/// What to do with tokens that become free over time.
#[derive(Debug, Subcommand)]
pub(crate) enum VestingCommand {
    /// Send tokens that become free block by block
    Create(CreateArgs),
    /// Show what of an account's tokens is not free yet, and when it will be
    Show(ShowArgs),
    /// Free what has become free since the last time
    Claim(ClaimArgs),
}

impl VestingCommand {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Create(args) => args.run(context).await,
            Self::Show(args) => args.run(context).await,
            Self::Claim(args) => args.run(context).await,
        }
    }
}

/// Tokens that become free over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Schedule {
    locked: Balance,
    per_block: Balance,
    start: BlockNumber,
}

impl Schedule {
    fn decode(record: &Decoded) -> Option<Self> {
        let number = |name: &str| value::field(record, name).and_then(value::as_u128);
        Some(Self {
            locked: number("locked")?,
            per_block: number("per_block")?,
            start: BlockNumber::try_from(number("starting_block")?).ok()?,
        })
    }

    /// What is still locked at a block.
    fn locked_at(&self, block: BlockNumber) -> Balance {
        let passed = Balance::from(block.saturating_sub(self.start));
        self.locked.saturating_sub(self.per_block.saturating_mul(passed))
    }

    /// The block at which everything is free.
    fn end(&self) -> BlockNumber {
        let blocks = self.locked.div_ceil(self.per_block.max(1));
        self.start
            .saturating_add(BlockNumber::try_from(blocks).unwrap_or(BlockNumber::MAX))
    }
}

/// Arguments of `vesting create`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("pace").required(true).args(["per_block", "blocks"]))]
pub(crate) struct CreateArgs {
    /// To whom: an address or an account of this machine
    to: String,
    /// How much, in BLOC
    #[arg(value_parser = parse_amount)]
    amount: Balance,
    /// How much becomes free with each block, in BLOC
    #[arg(long, value_parser = parse_amount, value_name = "AMOUNT")]
    per_block: Option<Balance>,
    /// Over how many blocks it becomes free
    #[arg(long, value_name = "BLOCKS", value_parser = clap::value_parser!(u32).range(1..))]
    blocks: Option<BlockNumber>,
    /// Block from which on it becomes free [default: now]
    #[arg(long, value_name = "BLOCK")]
    start: Option<BlockNumber>,
    #[command(flatten)]
    sending: Sending,
}

impl CreateArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let to = context.resolve(&self.to)?;
        let start = match self.start {
            Some(start) => start,
            None => desk.chain.block(At::Best).await?.number,
        };
        let per_block = match (self.per_block, self.blocks) {
            (Some(amount), _) => amount,
            (None, blocks) => self.amount.div_ceil(blocks.unwrap_or(1).into()),
        };
        if per_block == 0 || self.amount == 0 {
            return Err(error(
                Status::Usage,
                "nothing would ever become free: give an amount above zero",
            ));
        }
        let schedule = Schedule {
            locked: self.amount,
            per_block,
            start,
        };
        let fields = Value::named_composite([
            ("locked", Value::u128(schedule.locked)),
            ("per_block", Value::u128(schedule.per_block)),
            ("starting_block", Value::u128(schedule.start.into())),
        ]);
        let target = vec![("target", value::account(&to)), ("schedule", fields)];
        let call = desk.call("Vesting", "vested_transfer", target).await?;
        let to = desk.address(&to);
        let more = json!({
            "to": to,
            "amount": self.amount.to_string(),
            "per_block": per_block.to_string(),
            "start": start,
            "end": schedule.end(),
        });
        let text = format!(
            "{} sent to {to}, free block by block until block {}",
            bloc(self.amount),
            schedule.end()
        );
        desk.send_and_say(context, call, &self.sending, more, &text).await
    }
}

/// Arguments of `vesting show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Whose [default: the current account's]
    #[arg(value_name = "ACCOUNT")]
    who: Option<String>,
}

impl ShowArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let account = named_or_own(context, self.who.as_ref())?;
        let chain = context.chain().await?;
        let address = value::address(&account, chain.properties());
        let now = chain.block(At::Best).await?.number;
        let record = chain
            .read(At::Best, "Vesting", "Vesting", vec![value::account(&account)])
            .await?;
        let schedules = record.as_ref().map(schedules).unwrap_or_default();
        if schedules.is_empty() {
            context.output.note(format!("all tokens of {address} are free"));
            return Ok(());
        }
        let mut rows = Vec::new();
        for schedule in schedules {
            let (locked, end) = (schedule.locked_at(now), schedule.end());
            let wait = chain.properties().slot_duration.saturating_mul(end.saturating_sub(now));
            let row = json!({
                "account": address,
                "amount": schedule.locked.to_string(),
                "per_block": schedule.per_block.to_string(),
                "start": schedule.start,
                "end": end,
                "locked": locked.to_string(),
                "vested": schedule.locked.saturating_sub(locked).to_string(),
            });
            let cells = vec![
                bloc(schedule.locked),
                bloc(schedule.per_block),
                bloc(locked),
                format!("{end} (in about {})", duration(wait)),
            ];
            rows.push((row, cells));
        }
        let headings = ["SENT", "FREE PER BLOCK", "STILL LOCKED", "ALL FREE AT BLOCK"];
        context.output.table(&headings, rows)?;
        Ok(())
    }
}

/// The schedules in the list, also when it is wrapped.
fn schedules(list: &Decoded) -> Vec<Schedule> {
    let found: Vec<Schedule> = value::items(list).into_iter().filter_map(Schedule::decode).collect();
    match value::items(list).as_slice() {
        [only] if found.is_empty() => schedules(only),
        _ => found,
    }
}

/// Arguments of `vesting claim`.
#[derive(Debug, Args)]
pub(crate) struct ClaimArgs {
    /// For whom [default: the current account]; anybody may do it
    #[arg(long = "for", value_name = "WHO")]
    target: Option<String>,
    #[command(flatten)]
    sending: Sending,
}

impl ClaimArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let target = match &self.target {
            Some(target) => context.resolve(target)?,
            None => desk.account.clone(),
        };
        let call = match target == desk.account {
            true => desk.call("Vesting", "vest", vec![]).await?,
            false => {
                let fields = vec![("target", value::account(&target))];
                desk.call("Vesting", "vest_other", fields).await?
            }
        };
        let Some(done) = desk.send(context, call, &self.sending).await? else {
            return Ok(());
        };
        let left = done
            .event("Vesting", "VestingUpdated")
            .and_then(|event| value::field(&event.fields, "unvested"))
            .and_then(value::as_u128)
            .unwrap_or_default();
        let target = desk.address(&target);
        let more = json!({ "target": target, "locked": left.to_string() });
        let text = match left {
            0 => format!("all tokens of {target} are free"),
            left => format!("{} of {target} is still locked", bloc(left)),
        };
        desk.say(context, &done.report, more, &text)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_become_free_block_by_block() {
        let schedule = Schedule {
            locked: 100,
            per_block: 30,
            start: 10,
        };
        assert_eq!(schedule.locked_at(0), 100);
        assert_eq!(schedule.locked_at(10), 100);
        assert_eq!(schedule.locked_at(12), 40);
        assert_eq!(schedule.locked_at(14), 0);
        assert_eq!(schedule.locked_at(1_000), 0);
        assert_eq!(schedule.end(), 14);
    }
}
