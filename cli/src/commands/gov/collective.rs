//! `blocs gov collective …`: the technical collective's motions.

use super::{
    desk::{Assembly, Desk, Sending, event_number, show_hash},
    propose::call_of,
};
use crate::{
    commands::Context,
    exit::{Status, error},
};
use blocs_chain::{
    ChainClient, RawCall, Value,
    governance::{Collective, GovernanceView, Motion},
    value,
};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

/// What the technical collective does.
#[derive(Debug, Subcommand)]
pub(crate) enum CollectiveCommand {
    /// List its members and motions
    Ls,
    /// Ask it for a call: to whitelist one, to enter or leave safe mode, to pause or unpause a call
    Propose(MotionArgs),
    /// Vote on a motion
    Vote(MotionVoteArgs),
    /// Close a motion: its call is dispatched when it has the votes
    Close(CloseArgs),
}

/// Arguments of `gov collective propose`.
#[derive(Debug, Args)]
pub(crate) struct MotionArgs {
    /// The call and its arguments, such as `whitelist.whitelistCall 0x…`
    #[arg(value_name = "CALL", num_args = 1.., required = true, allow_negative_numbers = true)]
    call: Vec<String>,
    /// Ayes that it needs; when not given, two thirds of the members for whitelisting, three quarters for all else
    #[arg(long, value_name = "MEMBERS")]
    threshold: Option<u32>,
    #[command(flatten)]
    sending: Sending,
}

/// Arguments of `gov collective vote`.
#[derive(Debug, Args)]
pub(crate) struct MotionVoteArgs {
    /// The motion, by number or hash
    #[arg(value_name = "MOTION")]
    motion: String,
    /// For or against it
    #[arg(value_enum)]
    side: MotionSide,
    #[command(flatten)]
    sending: Sending,
}

/// How a member votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MotionSide {
    /// For it
    Aye,
    /// Against it
    Nay,
}

/// Arguments of `gov collective close`.
#[derive(Debug, Args)]
pub(crate) struct CloseArgs {
    /// The motion, by number or hash
    #[arg(value_name = "MOTION")]
    motion: String,
    #[command(flatten)]
    sending: Sending,
}

impl CollectiveCommand {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Ls => list(context).await,
            Self::Propose(args) => args.run(context).await,
            Self::Vote(args) => args.run(context).await,
            Self::Close(args) => args.run(context).await,
        }
    }
}

async fn list(context: &Context) -> anyhow::Result<()> {
    let assembly = Assembly::open(context).await?;
    let collective = assembly.chain.collective(assembly.at).await?;
    let members: Vec<String> = collective
        .members
        .iter()
        .map(|member| assembly.address(member))
        .collect();
    let mut motions = Vec::new();
    let mut lines: Vec<String> = members.iter().map(|member| format!("member  {member}")).collect();
    for motion in &collective.motions {
        let call = assembly.chain.decode_call(&motion.call).await?;
        let (ayes, nays) = (motion.ayes.len(), motion.nays.len());
        lines.push(format!(
            "motion  {}: {ayes} of {} ayes, {nays} nays; voting ends in {}{}\nhash    {}\n{call}",
            motion.index,
            motion.threshold,
            assembly.clock.show(motion.end),
            if motion.passes() {
                format!("; `blocs gov collective close {}` dispatches it", motion.index)
            } else {
                String::new()
            },
            show_hash(motion.hash)
        ));
        motions.push(json!({
            "index": motion.index,
            "hash": show_hash(motion.hash),
            "call": call.to_json(),
            "threshold": motion.threshold,
            "ayes": motion.ayes.iter().map(|who| assembly.address(who)).collect::<Vec<_>>(),
            "nays": motion.nays.iter().map(|who| assembly.address(who)).collect::<Vec<_>>(),
            "end": motion.end,
        }));
    }
    let value = json!({ "members": members, "motions": motions });
    context.output.record(value, || lines.join("\n"))?;
    Ok(())
}

/// The current account as a member; an error when it is none.
async fn member(desk: &Desk) -> anyhow::Result<Collective> {
    let collective = desk.assembly.chain.collective(desk.assembly.at).await?;
    if collective.members.contains(&desk.account) {
        return Ok(collective);
    }
    Err(error(
        Status::Denied,
        format!(
            "{} is no member of the technical collective (TechnicalCollective.NotMember): `blocs gov collective ls` lists its members; \
             anybody may propose a referendum in place of a motion",
            desk.assembly.address(&desk.account)
        ),
    ))
}

/// The motion that `text` names, by number or hash.
fn motion<'a>(collective: &'a Collective, text: &str) -> anyhow::Result<&'a Motion> {
    let found = collective
        .motions
        .iter()
        .find(|motion| motion.index.to_string() == text || show_hash(motion.hash) == text);
    found.ok_or_else(|| {
        error(
            Status::NotFound,
            format!(
                "there is no motion {text} (TechnicalCollective.ProposalMissing): `blocs gov collective ls` lists them"
            ),
        )
    })
}

impl MotionArgs {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let call = call_of(&desk, &self.call).await?;
        propose(context, &desk, call, self.threshold, self.sending).await
    }
}

/// Asks the technical collective for a call, in the name of a member, who votes for it at once.
pub(super) async fn propose(
    context: &Context,
    desk: &Desk,
    call: RawCall,
    threshold: Option<u32>,
    sending: Sending,
) -> anyhow::Result<()> {
    let collective = member(desk).await?;
    let (parts, of) = if call.pallet == "Whitelist" { (2, 3) } else { (3, 4) };
    let threshold = threshold.unwrap_or_else(|| collective.threshold(parts, of));
    let fields = vec![
        ("threshold", Value::u128(threshold.into())),
        ("proposal", value::call(&call)),
        ("length_bound", Value::u128(u128::try_from(call.bytes.len())?)),
    ];
    let motion = desk.call("TechnicalCollective", "propose", fields).await?;
    let Some(report) = desk.send(context, motion, sending).await? else {
        return Ok(());
    };
    let hash = show_hash(call.hash());
    let event = desk.event(&report, "TechnicalCollective", "Proposed").await?;
    let index = event.as_ref().and_then(|event| event_number(event, "proposal_index"));
    let more = json!({ "motion": index, "hash": hash, "call": call.name(), "threshold": threshold });
    let text = match index {
        Some(index) => format!("motion {index} asks for {} and needs {threshold} ayes", call.name()),
        None => format!("{} was dispatched", call.name()),
    };
    desk.say(context, &report, more, &text)?;
    if let Some(index) = index {
        // A motion does not count its proposer's aye by itself.
        context.output.note(format!(
            "Next: members vote with `blocs gov collective vote {index} aye`, the proposer too; then `blocs gov collective close {index}`."
        ));
    }
    Ok(())
}

impl MotionVoteArgs {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let collective = member(&desk).await?;
        let motion = motion(&collective, &self.motion)?;
        let fields = vec![
            ("proposal", value::bytes(motion.hash.as_ref())),
            ("index", Value::u128(motion.index.into())),
            ("approve", Value::bool(self.side == MotionSide::Aye)),
        ];
        let call = desk.call("TechnicalCollective", "vote", fields).await?;
        let side = if self.side == MotionSide::Aye { "aye" } else { "nay" };
        let more = json!({ "motion": motion.index, "vote": side });
        let text = format!("voted {side} on motion {}", motion.index);
        desk.send_and_say(context, call, self.sending, more, &text).await
    }
}

impl CloseArgs {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let assembly = &desk.assembly;
        let collective = assembly.chain.collective(assembly.at).await?;
        let motion = motion(&collective, &self.motion)?;
        let enough =
            motion.passes() || motion.nays.len().saturating_add(motion.threshold as usize) > collective.members.len();
        if !enough && assembly.clock.now < motion.end {
            return Err(error(
                Status::Retryable,
                format!(
                    "motion {} has {} of {} ayes and is open until {} (TechnicalCollective.TooEarly)",
                    motion.index,
                    motion.ayes.len(),
                    motion.threshold,
                    assembly.clock.show(motion.end)
                ),
            ));
        }
        let len = u128::try_from(motion.call.len())?;
        let asked = assembly
            .chain
            .runtime_call(
                assembly.at,
                "TransactionPaymentCallApi",
                "query_call_info",
                vec![
                    Value::string(format!("0x{}", hex::encode(&motion.call))),
                    Value::u128(len),
                ],
            )
            .await?;
        let weight = value::field(&asked, "weight").cloned().map(value::plain);
        let weight = weight.ok_or_else(|| anyhow::anyhow!("the node does not say what the motion's call weighs"))?;
        let fields = vec![
            ("proposal_hash", value::bytes(motion.hash.as_ref())),
            ("index", Value::u128(motion.index.into())),
            ("proposal_weight_bound", weight),
            ("length_bound", Value::u128(len)),
        ];
        let call = desk.call("TechnicalCollective", "close", fields).await?;
        let Some(report) = desk.send(context, call, self.sending).await? else {
            return Ok(());
        };
        let executed = desk.event(&report, "TechnicalCollective", "Executed").await?;
        let result = executed
            .as_ref()
            .and_then(|event| value::field(&event.fields, "result"));
        let outcome = match result.and_then(|result| value::variant(result)) {
            Some(("Ok", _)) => "dispatched",
            Some(_) => "dispatched, but its call failed",
            None => "disapproved",
        };
        let detail = result.map(|result| value::to_json(result, assembly.chain.properties()));
        let more = json!({ "motion": motion.index, "outcome": outcome, "result": detail });
        desk.say(context, &report, more, &format!("motion {}: {outcome}", motion.index))?;
        if outcome == "dispatched" || outcome == "disapproved" {
            return Ok(());
        }
        let detail = detail_text(&executed, assembly);
        Err(super::desk::refused(format!(
            "the call of motion {} failed: {detail}",
            motion.index
        )))
    }
}

fn detail_text(event: &Option<blocs_chain::DecodedEvent>, assembly: &Assembly) -> String {
    let text = event.as_ref().map(|event| event.text(assembly.chain.properties()));
    text.unwrap_or_default()
}
