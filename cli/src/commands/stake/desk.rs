//! What the commands of staking have in common: the account, the chain, and sending.

use super::advice::advice;
use crate::{
    commands::Context,
    exit::{Status, error},
    units::{bloc, duration},
};
use blocs_chain::{
    At, BondedAccount, EraClock, InclusionReport, Signer, StakingCall, StakingLimits, StakingView, SubmitError,
    SubxtChain, Unlocking, WaitFor,
};
use blocs_primitives::{AccountId, Balance};
use serde_json::{Value, json};
use std::io;

/// The current account at a chain.
pub(super) struct Desk {
    pub(super) chain: SubxtChain,
    pub(super) account: AccountId,
    signer: Signer,
}

impl Desk {
    pub(super) async fn open(context: &Context) -> anyhow::Result<Self> {
        let signer = context.account()?.signer;
        Ok(Self {
            chain: context.chain().await?,
            account: signer.account(),
            signer,
        })
    }

    pub(super) async fn limits(&self) -> anyhow::Result<StakingLimits> {
        Ok(self.chain.staking_limits(At::Best).await?)
    }

    pub(super) async fn clock(&self) -> anyhow::Result<EraClock> {
        Ok(self.chain.era_clock(At::Best).await?)
    }

    /// What the account has bonded; an error when that is nothing.
    pub(super) async fn bonded(&self) -> anyhow::Result<BondedAccount> {
        self.chain.bonded(&self.account, At::Best).await?.ok_or_else(|| {
            let account = &self.account;
            refused(format!(
                "{account} has bonded nothing (Staking.NotStash): begin with `blocs stake bond AMOUNT`"
            ))
        })
    }

    /// Sends a call, and waits until it is final. A refusal comes with the next step.
    pub(super) async fn send(&self, call: StakingCall) -> anyhow::Result<InclusionReport> {
        let failure = match self.chain.submit_staking(&self.signer, call, WaitFor::Finalized).await {
            Ok(report) => return Ok(report),
            Err(failure) => failure,
        };
        let SubmitError::Dispatch { pallet, error, .. } = &failure else {
            return Err(failure.into());
        };
        let (Ok(limits), Ok(clock)) = (self.limits().await, self.clock().await) else {
            return Err(failure.into());
        };
        match advice(pallet, error, &limits, &clock) {
            Some(step) => Err(refused(format!("{failure} Next: {step}"))),
            None => Err(failure.into()),
        }
    }

    /// Sends a call and says what came of it. `more` are further members of the JSON object.
    pub(super) async fn send_and_say(
        &self,
        context: &Context,
        call: StakingCall,
        more: Value,
        text: &str,
    ) -> anyhow::Result<()> {
        let report = self.send(call).await?;
        self.say(context, &report, more, text)?;
        Ok(())
    }

    /// Says what came of a call.
    pub(super) fn say(&self, context: &Context, report: &InclusionReport, more: Value, text: &str) -> io::Result<()> {
        let mut value = json!({
            "account": self.account.to_string(),
            "fee": report.fee.to_string(),
            "block": report.block.number,
            "finalized": report.finalized,
        });
        if let (Some(all), Value::Object(more)) = (value.as_object_mut(), more) {
            all.extend(more);
        }
        context.output.record(value, || {
            format!(
                "{text}: finalized in block {}, fee {}",
                report.block.number,
                bloc(report.fee)
            )
        })
    }
}

/// What the chain would refuse, found before anything is sent: the message names the pallet's error.
pub(super) fn refused(message: impl Into<String>) -> anyhow::Error {
    error(Status::ExtrinsicFailed, message)
}

/// What is free now and what comes later, of amounts on their way out.
pub(super) fn split(unlocking: &[Unlocking], clock: &EraClock) -> (Balance, Vec<Unlocking>) {
    let (free, later): (Vec<Unlocking>, Vec<Unlocking>) = unlocking
        .iter()
        .copied()
        .partition(|chunk| chunk.era <= clock.planned_era);
    let sum = free
        .iter()
        .fold(0, |sum: Balance, chunk| sum.saturating_add(chunk.amount));
    (sum, later)
}

/// `5 BLOC from era 7 on, in about 2d 3h`.
pub(super) fn when(chunk: &Unlocking, clock: &EraClock) -> String {
    let wait = duration(clock.until_free(chunk.era));
    format!("{} from era {} on, in about {wait}", bloc(chunk.amount), chunk.era)
}

/// The error when nothing can be taken out yet.
pub(super) fn nothing_free(later: &[Unlocking], clock: &EraClock, unbond: &str) -> anyhow::Error {
    match later.iter().min_by_key(|chunk| chunk.era) {
        Some(next) => error(
            Status::Retryable,
            format!("nothing to take out yet: {}; try again then", when(next, clock)),
        ),
        None => error(
            Status::NotFound,
            format!(
                "nothing is unbonding: begin with `{unbond}`, and take it out {} eras later",
                clock.bonding_eras
            ),
        ),
    }
}

/// Amounts on their way out, as JSON.
pub(super) fn unlocking_value(unlocking: &[Unlocking], clock: &EraClock) -> Value {
    let entries = unlocking.iter().map(|chunk| {
        json!({
            "amount": chunk.amount.to_string(),
            "era": chunk.era,
            "free": chunk.era <= clock.planned_era,
            "seconds": clock.until_free(chunk.era).as_secs(),
        })
    });
    entries.collect()
}
