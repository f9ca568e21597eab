//! `blocs stake status`

use super::{
    amounts::percent,
    desk::{split, unlocking_value, when},
};
use crate::{
    commands::Context,
    units::{bloc, duration},
};
use blocs_chain::{At, BondedAccount, ChainClient, EraClock, PayTo, PoolMember, SessionKeys, StakingView};
use blocs_primitives::AccountId;
use clap::Args;
use serde_json::{Value, json};

/// Arguments of `stake status`.
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// By address or by name; the current account when not given
    #[arg(value_name = "ACCOUNT")]
    who: Option<String>,
}

/// Everything that is told about an account.
struct Position {
    account: AccountId,
    clock: EraClock,
    bonded: Option<BondedAccount>,
    keys: Option<SessionKeys>,
    member: Option<PoolMember>,
    unpaid_eras: Vec<u32>,
}

impl StatusArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let account = match &self.who {
            Some(text) => context.resolve(text)?,
            None => context.account()?.signer.account(),
        };
        let chain = context.chain().await?;
        let at = At::Block(chain.block(At::Best).await?.hash);
        let rewards = chain.era_rewards(&account, at).await?;
        let unpaid = rewards.iter().filter(|reward| !reward.unpaid().is_empty());
        let position = Position {
            clock: chain.era_clock(at).await?,
            bonded: chain.bonded(&account, at).await?,
            keys: chain.session_keys(&account, at).await?,
            member: chain.pool_member(&account, at).await?,
            unpaid_eras: unpaid.map(|reward| reward.era).collect(),
            account,
        };
        context.output.record(position.value(), || position.text())?;
        Ok(())
    }
}

impl Position {
    fn role(&self) -> &'static str {
        match &self.bonded {
            Some(bonded) if bonded.validator.is_some() => "validator",
            Some(bonded) if bonded.nominations.is_some() => "nominator",
            Some(_) => "idle",
            None if self.member.is_some() => "pool member",
            None => "none",
        }
    }

    fn value(&self) -> Value {
        let clock = &self.clock;
        let bonded = self.bonded.as_ref().map(|bonded| {
            let targets = bonded.nominations.as_ref().map(|vote| &vote.targets);
            let targets: Option<Vec<String>> = targets.map(|all| all.iter().map(ToString::to_string).collect());
            json!({
                "total": bonded.total.to_string(),
                "active": bonded.active.to_string(),
                "unlocking": unlocking_value(&bonded.unlocking, clock),
                "free": split(&bonded.unlocking, clock).0.to_string(),
                "rewards": pay_to(&bonded.pay_to),
                "commission": bonded.validator.map(|prefs| percent(prefs.commission)),
                "targets": targets,
            })
        });
        let member = self.member.as_ref().map(|member| {
            json!({
                "id": member.pool,
                "balance": member.balance.to_string(),
                "unlocking": unlocking_value(&member.unlocking, clock),
                "pending_rewards": member.pending_rewards.to_string(),
            })
        });
        json!({
            "account": self.account.to_string(),
            "role": self.role(),
            "era": clock.active_era,
            "session": clock.session,
            "next_era_seconds": clock.until_next_era().as_secs(),
            "bonded": bonded,
            "keys": self.keys.map(|keys| format!("0x{}", hex::encode(keys.to_bytes()))),
            "pool": member,
            "unpaid_eras": self.unpaid_eras,
        })
    }

    fn text(&self) -> String {
        let clock = &self.clock;
        let mut lines = vec![
            ("account", self.account.to_string()),
            ("role", self.role().to_owned()),
            (
                "era",
                format!(
                    "{}, the next in about {}",
                    clock.active_era,
                    duration(clock.until_next_era())
                ),
            ),
        ];
        if let Some(bonded) = &self.bonded {
            lines.push(("at stake", bloc(bonded.active)));
            let (free, later) = split(&bonded.unlocking, clock);
            if free > 0 {
                lines.push(("free", format!("{}: `blocs stake withdraw`", bloc(free))));
            }
            lines.extend(later.iter().map(|chunk| ("unbonding", when(chunk, clock))));
            lines.push(("rewards", pay_to(&bonded.pay_to)));
            if let Some(prefs) = &bonded.validator {
                lines.push(("commission", percent(prefs.commission)));
                let keys = self
                    .keys
                    .map_or("none: run `blocs-node key rotate` beside the node".to_owned(), |keys| {
                        format!("0x{}", hex::encode(keys.to_bytes()))
                    });
                lines.push(("keys", keys));
            }
            for target in bonded.nominations.iter().flat_map(|vote| &vote.targets) {
                lines.push(("nominates", target.to_string()));
            }
        }
        if let Some(member) = &self.member {
            lines.push(("pool", format!("{}, with {}", member.pool, bloc(member.balance))));
            lines.push((
                "earned",
                format!("{}: `blocs stake pool claim`", bloc(member.pending_rewards)),
            ));
            lines.extend(member.unlocking.iter().map(|chunk| ("leaving", when(chunk, clock))));
        }
        if !self.unpaid_eras.is_empty() {
            lines.push((
                "unpaid",
                format!("{} eras: `blocs stake payout`", self.unpaid_eras.len()),
            ));
        }
        let lines: Vec<String> = lines
            .into_iter()
            .map(|(name, text)| format!("{name:<11} {text}"))
            .collect();
        lines.join("\n")
    }
}

fn pay_to(pay_to: &PayTo) -> String {
    match pay_to {
        PayTo::Stake => "stake".to_owned(),
        PayTo::Account => "account".to_owned(),
        PayTo::Other(account) => account.to_string(),
        PayTo::Nobody => "nobody".to_owned(),
    }
}
