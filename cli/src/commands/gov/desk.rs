//! What the commands of governance have in common: the chain as voters see it, the account, and sending.

use super::{advice::advice, clock::Clock};
use crate::{
    commands::Context,
    exit::{Status, error},
    units::bloc,
};
use blocs_chain::{
    At, CallError, ChainClient, DecodedEvent, InclusionReport, RawCall, Signer, SubmitError, SubxtChain, TxOptions,
    Value, WaitFor,
    governance::{GovernanceLimits, GovernanceView, Ongoing, Referendum, ReferendumState, Track},
    value,
};
use blocs_primitives::{AccountId, Balance, Hash};
use clap::Args;
use serde_json::{Value as Json, json};
use std::time::SystemTime;

/// How a call is sent.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Sending {
    /// Say what it would cost and do, and send nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}

/// The chain as voters see it, at one block.
pub(super) struct Assembly {
    pub(super) chain: SubxtChain,
    pub(super) at: At,
    pub(super) clock: Clock,
    pub(super) tracks: Vec<Track>,
    pub(super) limits: GovernanceLimits,
    pub(super) electorate: Balance,
}

impl Assembly {
    pub(super) async fn open(context: &Context) -> anyhow::Result<Self> {
        Self::of(context.chain().await?).await
    }

    async fn of(chain: SubxtChain) -> anyhow::Result<Self> {
        let block = chain.block(At::Best).await?;
        let at = At::Block(block.hash);
        Ok(Self {
            at,
            clock: Clock {
                now: block.number,
                slot: chain.properties().slot_duration,
                wall: SystemTime::now(),
            },
            tracks: chain.tracks().await?,
            limits: chain.governance_limits().await?,
            electorate: chain.electorate(at).await?,
            chain,
        })
    }

    /// The track that `text` names; an error that lists all of them when there is none.
    pub(super) fn track(&self, text: &str) -> anyhow::Result<&Track> {
        Track::find(&self.tracks, text).ok_or_else(|| {
            let names: Vec<&str> = self.tracks.iter().map(|track| track.name.as_str()).collect();
            let names = names.join(", ");
            error(
                Status::NotFound,
                format!("there is no track {text:?}: the tracks are {names}; `blocs gov tracks` says what each can do"),
            )
        })
    }

    /// The track with this number.
    pub(super) fn track_of(&self, id: u16) -> anyhow::Result<&Track> {
        let found = self.tracks.iter().find(|track| track.id == id);
        found.ok_or_else(|| anyhow::anyhow!("the chain names no track {id}, but uses it: use programs of its release"))
    }

    /// The name of a track, or its number.
    pub(super) fn track_name(&self, id: u16) -> String {
        let found = self.tracks.iter().find(|track| track.id == id);
        found.map_or_else(|| id.to_string(), |track| track.name.clone())
    }

    pub(super) async fn referendum(&self, index: u32) -> anyhow::Result<Referendum> {
        self.chain.referendum(index, self.at).await?.ok_or_else(|| {
            error(
                Status::NotFound,
                format!("there is no referendum {index}: `blocs gov ls` lists them"),
            )
        })
    }

    /// A referendum that can still be voted on.
    pub(super) async fn ongoing(&self, index: u32) -> anyhow::Result<Ongoing> {
        match self.referendum(index).await?.state {
            ReferendumState::Ongoing(ongoing) => Ok(*ongoing),
            ReferendumState::Ended(outcome) => Err(refused(format!(
                "referendum {index} was {} in block {} (Referenda.NotOngoing): `blocs gov ls` lists those that can be voted on",
                outcome.kind.word(),
                outcome.block
            ))),
        }
    }

    /// An account's address on this chain.
    pub(super) fn address(&self, account: &AccountId) -> String {
        value::address(account, self.chain.properties())
    }
}

/// The current account before the assembly.
pub(super) struct Desk {
    pub(super) assembly: Assembly,
    pub(super) account: AccountId,
    signer: Signer,
}

impl Desk {
    pub(super) async fn open(context: &Context) -> anyhow::Result<Self> {
        let signer = context.account()?.signer;
        Ok(Self {
            assembly: Assembly::open(context).await?,
            account: signer.account(),
            signer,
        })
    }

    /// A call by names, with arguments by name.
    pub(super) async fn call(&self, pallet: &str, call: &str, fields: Vec<(&str, Value)>) -> anyhow::Result<RawCall> {
        Ok(self.assembly.chain.call_from_values(pallet, call, fields).await?)
    }

    /// All of these calls in one transaction, or none.
    pub(super) async fn batch(&self, mut calls: Vec<RawCall>) -> anyhow::Result<RawCall> {
        match calls.len() {
            1 => Ok(calls.remove(0)),
            _ => {
                let calls = Value::unnamed_composite(calls.iter().map(value::call));
                self.call("Utility", "batch_all", vec![("calls", calls)]).await
            }
        }
    }

    /// What the call would cost and do.
    pub(super) async fn try_out(&self, call: &RawCall) -> anyhow::Result<(Balance, Result<(), String>)> {
        let run = self
            .assembly
            .chain
            .dry_run(&self.signer, call, &TxOptions::default())
            .await?;
        Ok((run.fee, run.outcome))
    }

    /// Sends a call and waits until it is final; `None` when it was only tried out. A refusal comes with the next step.
    pub(super) async fn send(
        &self,
        context: &Context,
        call: RawCall,
        sending: Sending,
    ) -> anyhow::Result<Option<InclusionReport>> {
        if sending.dry_run {
            self.dry_run(context, &call).await?;
            return Ok(None);
        }
        let chain = &self.assembly.chain;
        let sent = chain
            .submit_raw(&self.signer, call, TxOptions::default(), WaitFor::Finalized)
            .await;
        match sent {
            Ok(report) => Ok(Some(report)),
            Err(failure) => {
                let step = match &failure {
                    SubmitError::Dispatch { pallet, error, .. } => advice(pallet, error),
                    _ => None,
                };
                match step {
                    Some(step) => Err(refused(format!("{failure} Next: {step}"))),
                    None => Err(failure.into()),
                }
            }
        }
    }

    async fn dry_run(&self, context: &Context, call: &RawCall) -> anyhow::Result<()> {
        let (fee, outcome) = self.try_out(call).await?;
        let decoded = self.assembly.chain.decode_call(&call.bytes).await?;
        let value = json!({
            "dry_run": true,
            "account": self.assembly.address(&self.account),
            "call": decoded.to_json(),
            "hash": show_hash(call.hash()),
            "fee": fee.to_string(),
            "would_succeed": outcome.is_ok(),
            "error": outcome.as_ref().err(),
        });
        context.output.record(value, || {
            let end = match &outcome {
                Ok(()) => "it would succeed".to_owned(),
                Err(reason) => format!("it would fail: {reason}"),
            };
            format!("{decoded}\nfee {}; {end}; nothing was sent", bloc(fee))
        })?;
        match outcome {
            Ok(()) => Ok(()),
            Err(reason) => Err(refused(format!(
                "{} would fail: {reason}; nothing was sent",
                call.name()
            ))),
        }
    }

    /// Sends a call and says what came of it. `more` are further members of the JSON object.
    pub(super) async fn send_and_say(
        &self,
        context: &Context,
        call: RawCall,
        sending: Sending,
        more: Json,
        text: &str,
    ) -> anyhow::Result<()> {
        if let Some(report) = self.send(context, call, sending).await? {
            self.say(context, &report, more, text)?;
        }
        Ok(())
    }

    /// Says what came of a call.
    pub(super) fn say(
        &self,
        context: &Context,
        report: &InclusionReport,
        more: Json,
        text: &str,
    ) -> std::io::Result<()> {
        let mut value = json!({
            "account": self.assembly.address(&self.account),
            "fee": report.fee.to_string(),
            "block": report.block.number,
            "finalized": report.finalized,
        });
        if let (Some(all), Json::Object(more)) = (value.as_object_mut(), more) {
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

    /// The first event of this name that a transaction caused.
    pub(super) async fn event(
        &self,
        report: &InclusionReport,
        pallet: &str,
        name: &str,
    ) -> anyhow::Result<Option<DecodedEvent>> {
        let events = self.assembly.chain.events_of(report).await?;
        Ok(events
            .into_iter()
            .find(|event| event.pallet == pallet && event.event == name))
    }
}

/// What the chain would refuse, found before anything is sent: the message names the pallet's error.
pub(super) fn refused(message: impl Into<String>) -> anyhow::Error {
    error(Status::ExtrinsicFailed, message)
}

/// A call that cannot be made of what was written.
pub(super) fn usage(failure: CallError) -> anyhow::Error {
    match failure {
        CallError::Query(failure) => failure.into(),
        failure => error(Status::Usage, failure.to_string()),
    }
}

/// A hash as it is printed.
pub(super) fn show_hash(hash: Hash) -> String {
    format!("{hash:?}")
}

/// A number in an event.
pub(super) fn event_number(event: &DecodedEvent, field: &str) -> Option<u32> {
    let number = value::field(&event.fields, field).and_then(value::as_u128)?;
    u32::try_from(number).ok()
}

/// Asks before something that costs; an error when the answer is no.
pub(super) fn confirmed(context: &Context, question: &str) -> anyhow::Result<()> {
    if context.output.confirm(question)? {
        return Ok(());
    }
    Err(error(
        Status::Usage,
        "nothing was sent: answer with y, or give --yes where nobody can be asked",
    ))
}
