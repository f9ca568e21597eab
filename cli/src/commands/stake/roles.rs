//! `blocs stake nominate|chill|validate|set-keys|purge-keys`

use super::{
    amounts::{parse_percent, percent},
    desk::{Desk, refused},
};
use crate::{
    commands::Context,
    exit::{Status, error},
    units::{bloc, duration},
};
use blocs_chain::{At, SessionKeys, StakingCall, StakingView, SubxtChain};
use blocs_primitives::{AccountId, Balance};
use clap::Args;
use serde_json::json;

/// Arguments of `stake nominate`.
#[derive(Debug, Args)]
pub(crate) struct NominateArgs {
    /// Validators, by address or by name on this machine
    #[arg(required = true)]
    validators: Vec<String>,
}

/// Arguments of `stake validate`.
#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    /// What to keep of the nominators' rewards, in percent: 5
    #[arg(long, value_parser = parse_percent, value_name = "PERCENT")]
    commission: u32,
    /// Take no new nominators
    #[arg(long)]
    blocked: bool,
}

/// Arguments of `stake set-keys`.
#[derive(Debug, Args)]
pub(crate) struct SetKeysArgs {
    /// The public keys, in hexadecimal, as `blocs-node key rotate` prints them
    #[arg(long, value_parser = parse_hex, value_name = "HEX")]
    keys: Bytes,
    /// The proof that comes with them
    #[arg(long, value_parser = parse_hex, value_name = "HEX")]
    proof: Bytes,
}

/// Bytes given in hexadecimal.
#[derive(Clone, Debug)]
struct Bytes(Vec<u8>);

fn parse_hex(text: &str) -> Result<Bytes, String> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    hex::decode(digits)
        .map(Bytes)
        .map_err(|_| "that is not hexadecimal: copy what `blocs-node key rotate` prints".to_owned())
}

/// Resolves validators' names, and checks that each can be nominated.
pub(super) async fn targets(context: &Context, chain: &SubxtChain, names: &[String]) -> anyhow::Result<Vec<AccountId>> {
    let mut targets = Vec::new();
    for name in names {
        let account = context.resolve(name)?;
        let bonded = chain.bonded(&account, At::Best).await?;
        match bonded.and_then(|bonded| bonded.validator) {
            None => {
                let message =
                    format!("{account} does not stand for election (Staking.BadTarget): see `blocs validators`");
                return Err(refused(message));
            }
            Some(prefs) if prefs.blocked => {
                context.output.note(format!(
                    "{account} takes no new nominators; those who nominate it already may stay."
                ));
            }
            Some(_) => {}
        }
        if !targets.contains(&account) {
            targets.push(account);
        }
    }
    Ok(targets)
}

fn too_little(held: Balance, role: &str, least: Balance) -> anyhow::Error {
    let missing = bloc(least.saturating_sub(held));
    let missing = missing.trim_end_matches(" BLOC");
    refused(format!(
        "{} at stake is too little: the least bond of a {role} is {} (Staking.InsufficientBond); add to it with `blocs stake bond-extra \
         {missing}`",
        bloc(held),
        bloc(least)
    ))
}

impl NominateArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let (bonded, limits, clock) = (desk.bonded().await?, desk.limits().await?, desk.clock().await?);
        if bonded.active < limits.min_nominator_bond {
            return Err(too_little(bonded.active, "nominator", limits.min_nominator_bond));
        }
        let targets = targets(context, &desk.chain, &self.validators).await?;
        let names: Vec<String> = targets.iter().map(ToString::to_string).collect();
        let text = format!("nominated {}", names.join(", "));
        let call = StakingCall::Nominate { targets };
        desk.send_and_say(context, call, json!({ "targets": names }), &text)
            .await?;
        if bonded.validator.is_some() {
            context
                .output
                .note("The account validated until now; it stops with the next era.");
        }
        context.output.note(format!(
            "It counts from the next election on; the next era begins in about {}.",
            duration(clock.until_next_era())
        ));
        Ok(())
    }
}

impl ValidateArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let (bonded, limits, clock) = (desk.bonded().await?, desk.limits().await?, desk.clock().await?);
        if bonded.active < limits.min_validator_bond {
            return Err(too_little(bonded.active, "validator", limits.min_validator_bond));
        }
        if self.commission < limits.min_commission {
            let least = percent(limits.min_commission);
            return Err(refused(format!(
                "the commission is too low: the least is {least} (Staking.CommissionTooLow)"
            )));
        }
        let keys = desk.chain.session_keys(&desk.account, At::Best).await?;
        let call = StakingCall::Validate {
            commission: self.commission,
            blocked: self.blocked,
        };
        let commission = percent(self.commission);
        let more = json!({ "commission": commission, "blocked": self.blocked, "has_keys": keys.is_some() });
        let text = format!("stands for election with a commission of {commission}");
        desk.send_and_say(context, call, more, &text).await?;
        if keys.is_none() {
            context.output.note(format!(
                "It has no session keys yet, and takes no part without: run `blocs-node key rotate --owner {}` beside its node.",
                desk.account
            ));
        }
        context.output.note(format!(
            "Elections are held once in an era; the next era begins in about {}. Watch it with `blocs validators`.",
            duration(clock.until_next_era())
        ));
        Ok(())
    }
}

/// `stake chill`
pub(super) async fn chill(context: &Context) -> anyhow::Result<()> {
    let desk = Desk::open(context).await?;
    let (bonded, clock) = (desk.bonded().await?, desk.clock().await?);
    if bonded.validator.is_none() && bonded.nominations.is_none() {
        return Err(error(
            Status::NotFound,
            "the account neither validates nor nominates: nothing to stop; `blocs stake unbond` takes tokens out",
        ));
    }
    let text = "takes no part in elections any more";
    desk.send_and_say(context, StakingCall::Chill, json!({}), text).await?;
    if bonded.validator.is_some() {
        context.output.note(format!(
            "Keep the node running while `blocs validators` lists it as active: the election after this one leaves it out, at most {} from \
             now.",
            duration(clock.until_next_era().saturating_add(clock.era_length()))
        ));
    }
    Ok(())
}

impl SetKeysArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let Some(keys) = SessionKeys::from_bytes(&self.keys.0) else {
            let message = format!(
                "the session keys are three keys of 32 bytes, and {} bytes were given: copy what `blocs-node key rotate` prints after --keys",
                self.keys.0.len()
            );
            return Err(error(Status::Usage, message));
        };
        let desk = Desk::open(context).await?;
        let before = desk.chain.session_keys(&desk.account, At::Best).await?;
        let clock = desk.clock().await?;
        let shown = format!("0x{}", hex::encode(keys.to_bytes()));
        let call = StakingCall::SetKeys {
            keys,
            proof: self.proof.0,
        };
        let text = "set the session keys";
        desk.send_and_say(context, call, json!({ "keys": shown }), text).await?;
        let use_in = duration(clock.until_next_session().saturating_add(clock.session_length()));
        context.output.note(match before {
            Some(old) if old == keys => "They are those that were set already.".to_owned(),
            Some(_) => format!(
                "They are used from the session after the next on, in about {use_in}. Keep the old keys in the node until then."
            ),
            None => format!("They are used from the session after the next on, in about {use_in}, once the validator is elected."),
        });
        Ok(())
    }
}

/// `stake purge-keys`
pub(super) async fn purge_keys(context: &Context) -> anyhow::Result<()> {
    let desk = Desk::open(context).await?;
    if desk.chain.session_keys(&desk.account, At::Best).await?.is_none() {
        return Err(error(
            Status::NotFound,
            "the account has set no session keys (Session.NoKeys): nothing to remove",
        ));
    }
    let bonded = desk.chain.bonded(&desk.account, At::Best).await?;
    if bonded.is_some_and(|bonded| bonded.validator.is_some()) {
        return Err(refused(
            "the account stands for election and needs its keys: stop first with `blocs stake chill`, and wait until `blocs validators` no \
             longer lists it",
        ));
    }
    let text = "removed the session keys";
    desk.send_and_say(context, StakingCall::PurgeKeys, json!({}), text)
        .await
}
