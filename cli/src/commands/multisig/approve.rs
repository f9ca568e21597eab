//! `blocs multisig approve|cancel`

use super::{Desk, Group, GroupArgs, Sending, Waiting, count, option, parse_hash, waiting, weight_value, whole};
use crate::{
    commands::{Context, desk::WrittenCall},
    exit::{Status, error},
};
use blocs_chain::{RawCall, Value, value};
use blocs_primitives::Hash;
use clap::Args;
use serde_json::json;

/// Arguments of `multisig approve`.
#[derive(Debug, Args)]
pub(crate) struct ApproveArgs {
    #[command(flatten)]
    group: GroupArgs,
    /// Approve by the call's hash alone; not for the last approval, which needs the call
    #[arg(long, value_name = "HASH", value_parser = parse_hash, conflicts_with = "call")]
    hash: Option<Hash>,
    /// The call as it was proposed: `pallet.call`, or its encoding as 0x and hexadecimal digits
    call: Option<String>,
    /// Its arguments, in order or as name=value
    #[arg(value_name = "ARGUMENT", allow_negative_numbers = true)]
    args: Vec<String>,
    #[command(flatten)]
    sending: Sending,
}

impl ApproveArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let group = Group::read(context, &self.group)?;
        let call = match self.call {
            Some(call) => Some(desk.written(&WrittenCall::new(call, self.args)).await?),
            None => None,
        };
        let Some(hash) = self.hash.or_else(|| call.as_ref().map(RawCall::hash)) else {
            let message = "name what to approve: the call as it was proposed, or --hash HASH";
            return Err(error(Status::Usage, message));
        };
        let waiting = found(&desk, &group, hash).await?;
        if waiting.approvals.contains(&desk.account) {
            let message = format!(
                "{} has approved {hash:?} already ({})",
                desk.account,
                count(&group, waiting.approvals.len())
            );
            return Err(error(Status::ExtrinsicFailed, message));
        }
        let given = waiting.approvals.len().saturating_add(1);
        let is_last = given >= usize::from(group.threshold);
        let wrapped = match (&call, is_last) {
            (Some(call), true) => whole(&desk, &group, Some(&waiting), call, true).await?,
            (None, true) => {
                let message = format!(
                    "this is the last approval that {hash:?} needs, and it sends the call: give the call in place of its hash"
                );
                return Err(error(Status::Usage, message));
            }
            (_, false) => by_hash(&desk, &group, &waiting, hash).await?,
        };
        let account = desk.address(&group.account);
        let more = json!({
            "multisig": account,
            "hash": format!("{hash:?}"),
            "approvals": given,
            "threshold": group.threshold,
            "executed": is_last,
        });
        let text = match is_last {
            true => format!("approved by {}, and sent for {account}", count(&group, given)),
            false => format!("approved: {} of {hash:?}", count(&group, given)),
        };
        desk.send_and_say(context, wrapped, &self.sending, more, &text).await
    }
}

async fn by_hash(desk: &Desk, group: &Group, waiting: &Waiting, hash: Hash) -> anyhow::Result<RawCall> {
    let fields = vec![
        ("threshold", Value::u128(group.threshold.into())),
        ("other_signatories", group.others(&desk.account)?),
        ("maybe_timepoint", option(Some(waiting.timepoint()))),
        ("call_hash", value::bytes(hash.as_bytes())),
        ("max_weight", weight_value(0, 0)),
    ];
    desk.call("Multisig", "approve_as_multi", fields).await
}

async fn found(desk: &Desk, group: &Group, hash: Hash) -> anyhow::Result<Waiting> {
    waiting(&desk.chain, &group.account, hash).await?.ok_or_else(|| {
        let account = desk.address(&group.account);
        let message = format!(
            "nothing with the hash {hash:?} waits for approvals of {account}: are threshold and signatories right? \
             `blocs multisig ls {account}` lists what waits; `blocs multisig propose` begins"
        );
        error(Status::NotFound, message)
    })
}

/// Arguments of `multisig cancel`.
#[derive(Debug, Args)]
pub(crate) struct CancelArgs {
    #[command(flatten)]
    group: GroupArgs,
    /// Hash of the call
    #[arg(value_parser = parse_hash)]
    hash: Hash,
    #[command(flatten)]
    sending: Sending,
}

impl CancelArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let group = Group::read(context, &self.group)?;
        let hash = self.hash;
        let waiting = found(&desk, &group, hash).await?;
        if let Some(depositor) = waiting.depositor.as_ref().filter(|who| **who != desk.account) {
            let message = format!("only {depositor}, who proposed it, can take {hash:?} back (Multisig.NotOwner)");
            return Err(error(Status::ExtrinsicFailed, message));
        }
        let fields = vec![
            ("threshold", Value::u128(group.threshold.into())),
            ("other_signatories", group.others(&desk.account)?),
            ("timepoint", waiting.timepoint()),
            ("call_hash", value::bytes(hash.as_bytes())),
        ];
        let call = desk.call("Multisig", "cancel_as_multi", fields).await?;
        let more = json!({ "hash": format!("{hash:?}"), "deposit": waiting.deposit.to_string() });
        let text = format!("{hash:?} taken back");
        desk.send_and_say(context, call, &self.sending, more, &text).await
    }
}
