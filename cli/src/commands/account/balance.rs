//! `blocs account balance`

use super::Context;
use crate::units::bloc;
use blocs_chain::{
    At, ChainClient, SubxtChain,
    value::{self, Decoded},
};
use blocs_primitives::{AccountId, Balance, BlockNumber};
use clap::Args;
use serde_json::json;

/// Arguments of `account balance`.
#[derive(Debug, Args)]
pub(crate) struct BalanceArgs {
    /// Name or address; the current account when not given
    #[arg(value_name = "ACCOUNT")]
    who: Option<String>,
}

/// An amount that cannot be spent, and what for.
struct Bound {
    kind: &'static str,
    reason: String,
    amount: Balance,
}

/// Tokens that become free block by block.
struct Vesting {
    /// Granted and not yet released at this block.
    locked: Balance,
    /// Released, but still under the lock until somebody claims.
    claimable: Balance,
    end: BlockNumber,
}

impl BalanceArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let account = match self.who {
            Some(text) => context.resolve(&text)?,
            None => context.accounts().current_id(&context.settings)?,
        };
        let chain = context.chain().await?;
        // One block for all reads, so that the figures belong together.
        let block = chain.block(At::Best).await?;
        let at = At::Block(block.hash);
        let balance = chain.balance(&account, at).await?;
        let bound = bound(&chain, at, &account).await?;
        let frozen = frozen(&chain, at, &account).await?;
        let vesting = vesting(&chain, at, block.number, &account).await?;
        let of = |kind: &'static str| {
            let rows = bound.iter().filter(move |bound| bound.kind == kind);
            let rows = rows.map(|bound| json!({ "reason": bound.reason, "amount": bound.amount.to_string() }));
            rows.collect::<Vec<_>>()
        };
        let value = json!({
            "address": account.to_string(),
            "block": block.number,
            "free": balance.free.to_string(),
            "held": balance.held.to_string(),
            "frozen": frozen.to_string(),
            "transferable": balance.transferable.to_string(),
            "holds": of("hold"),
            "reserves": of("reserve"),
            "locks": of("lock"),
            "freezes": of("freeze"),
            "vesting": vesting.iter().map(|vesting| json!({
                "locked": vesting.locked.to_string(),
                "claimable": vesting.claimable.to_string(),
                "end_block": vesting.end,
            })).collect::<Vec<_>>(),
        });
        context.output.record(value, || {
            let mut lines = vec![
                format!("address       {account}"),
                format!("free          {}", bloc(balance.free)),
                format!("held          {}", bloc(balance.held)),
                format!("frozen        {}", bloc(frozen)),
                format!("transferable  {}", bloc(balance.transferable)),
            ];
            for Bound { kind, reason, amount } in &bound {
                lines.push(format!("{kind:<12}  {}  {reason}", bloc(*amount)));
            }
            for Vesting { locked, claimable, end } in &vesting {
                let (locked, claimable) = (bloc(*locked), bloc(*claimable));
                lines.push(format!("vesting       {locked} until block {end}, {claimable} can be claimed now"));
            }
            if !bound.is_empty() {
                lines.push("Holds are taken out of the free balance; locks and freezes lie over each other and count once, by the largest.".to_owned());
            }
            lines.join("\n")
        })?;
        Ok(())
    }
}

/// Everything that binds tokens of the account.
async fn bound(chain: &SubxtChain, at: At, account: &AccountId) -> anyhow::Result<Vec<Bound>> {
    let mut found = Vec::new();
    for (kind, entry) in [
        ("hold", "Holds"),
        ("reserve", "Reserves"),
        ("lock", "Locks"),
        ("freeze", "Freezes"),
    ] {
        let stored = chain.read(at, "Balances", entry, vec![value::account(account)]).await?;
        for item in stored.iter().flat_map(|stored| structs(stored, "amount")) {
            let amount = value::field(item, "amount")
                .and_then(value::as_u128)
                .unwrap_or_default();
            if amount > 0 {
                let reason = value::field(item, "id").map(reason).unwrap_or_default();
                found.push(Bound { kind, reason, amount });
            }
        }
    }
    Ok(found)
}

async fn frozen(chain: &SubxtChain, at: At, account: &AccountId) -> anyhow::Result<Balance> {
    let stored = chain
        .read(at, "System", "Account", vec![value::account(account)])
        .await?;
    let frozen = stored.as_ref().and_then(|stored| value::field(stored, "data"));
    let frozen = frozen
        .and_then(|data| value::field(data, "frozen"))
        .and_then(value::as_u128);
    Ok(frozen.unwrap_or_default())
}

async fn vesting(chain: &SubxtChain, at: At, now: BlockNumber, account: &AccountId) -> anyhow::Result<Vec<Vesting>> {
    let stored = chain
        .read(at, "Vesting", "Vesting", vec![value::account(account)])
        .await?;
    let schedules = stored.iter().flat_map(|stored| structs(stored, "per_block"));
    Ok(schedules
        .map(|schedule| {
            let number = |name| {
                value::field(schedule, name)
                    .and_then(value::as_u128)
                    .unwrap_or_default()
            };
            schedule_at(number("locked"), number("per_block"), number("starting_block"), now)
        })
        .collect())
}

fn schedule_at(locked: Balance, per_block: Balance, start: u128, now: BlockNumber) -> Vesting {
    let passed = Balance::from(now).saturating_sub(start);
    let released = per_block.saturating_mul(passed).min(locked);
    let end = start.saturating_add(locked.div_ceil(per_block.max(1)));
    Vesting {
        locked: locked - released,
        claimable: released,
        end: BlockNumber::try_from(end).unwrap_or(BlockNumber::MAX),
    }
}

/// The structs that have this field, however deep in lists and wrappers.
fn structs<'a>(value: &'a Decoded, name: &str) -> Vec<&'a Decoded> {
    if value::field(value, name).is_some() {
        return vec![value];
    }
    value::items(value)
        .into_iter()
        .flat_map(|inner| structs(inner, name))
        .collect()
}

/// What a lock or a hold is for: eight letters, or the pallet and its reason.
fn reason(id: &Decoded) -> String {
    let text = match value::variant(id) {
        Some((pallet, fields)) => {
            let inner = fields.values().next().and_then(value::variant);
            inner.map_or_else(|| pallet.to_owned(), |(reason, _)| format!("{pallet}.{reason}"))
        }
        None => value::as_text(id).unwrap_or_default().trim().to_owned(),
    };
    let meaning = match text.as_str() {
        "pyconvot" => "votes in referenda: released some time after they end",
        "vesting" => "vesting",
        "staking" | "Staking.Staking" => "bonded for staking",
        "Preimage.Preimage" => "deposit for a proposal's text",
        "StorageMarket.Bond" => "bond of a storage provider",
        _ => return text,
    };
    format!("{text}: {meaning}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vesting_is_reckoned_at_the_block_asked_for() {
        let of = |now| {
            let vesting = schedule_at(105, 10, 100, now);
            (vesting.locked, vesting.claimable, vesting.end)
        };
        assert_eq!(of(50), (105, 0, 111));
        assert_eq!(of(104), (65, 40, 111));
        assert_eq!(of(110), (5, 100, 111));
        assert_eq!(of(500), (0, 105, 111));
    }
}
