//! `blocs gov propose`

use super::{
    desk::{Desk, Sending, confirmed, event_number, show_hash, usage},
    funds::Funds,
    parameters,
};
use crate::{
    commands::Context,
    exit::{Status, error},
    units::bloc,
};
use anyhow::Context as _;
use blocs_chain::{
    RawCall, Value,
    governance::{GovernanceView, PreimageStatus, Proposal, Track},
    value,
};
use clap::Args;
use serde_json::json;
use std::{fs, path::PathBuf};

/// Arguments of `gov propose`.
#[derive(Debug, Args)]
pub(crate) struct ProposeArgs {
    /// The call and its arguments, such as `system.remark "hello"`; `@FILE` stands for a file's bytes
    #[arg(value_name = "CALL", num_args = 0.., allow_negative_numbers = true)]
    call: Vec<String>,
    /// The track, by name or number: it decides which origin the call gets
    #[arg(long, value_name = "TRACK")]
    track: String,
    /// The call as its encoding in hexadecimal digits
    #[arg(long, value_name = "HEX", conflicts_with_all = ["call", "file", "set"])]
    encoded: Option<String>,
    /// A file with the call's encoding
    #[arg(long, value_name = "FILE", conflicts_with_all = ["call", "set"])]
    file: Option<PathBuf>,
    /// Change a parameter of the storage market: `missSlash=1%`; several may be given
    #[arg(long, value_name = "NAME=VALUE", conflicts_with = "call")]
    set: Vec<String>,
    /// So many blocks after its approval
    #[arg(long, value_name = "BLOCKS", conflicts_with = "at")]
    after: Option<u32>,
    /// At this block, if it is approved by then
    #[arg(long, value_name = "BLOCK")]
    at: Option<u32>,
    /// Put the decision deposit down as well
    #[arg(long)]
    deposit: bool,
    #[command(flatten)]
    sending: Sending,
}

/// When an approved call shall take effect, and whether it shall be decided at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wishes {
    pub(super) after: Option<u32>,
    pub(super) at: Option<u32>,
    pub(super) deposit: bool,
}

impl ProposeArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let track = desk.assembly.track(&self.track)?.clone();
        let mut changes = Vec::new();
        let call = if let Some(text) = &self.encoded {
            from_bytes(&desk, &hex_bytes(text)?).await?
        } else if let Some(path) = &self.file {
            from_bytes(&desk, &file_bytes(path)?).await?
        } else if !self.set.is_empty() {
            let (call, shown) = parameters::change(&desk, &self.set).await?;
            changes = shown;
            call
        } else {
            call_of(&desk, &self.call).await?
        };
        for change in &changes {
            context.output.note(change);
        }
        let wishes = Wishes {
            after: self.after,
            at: self.at,
            deposit: self.deposit,
        };
        propose(context, &desk, &track, call, wishes, self.sending).await
    }
}

/// The call that words of a command line make.
pub(super) async fn call_of(desk: &Desk, words: &[String]) -> anyhow::Result<RawCall> {
    let Some((path, arguments)) = words.split_first() else {
        let message =
            "no call to propose: name one, such as `system.remark \"hello\"`, or give --encoded, --file or --set";
        return Err(error(Status::Usage, message));
    };
    let arguments: Vec<String> = arguments
        .iter()
        .map(|word| from_file(word))
        .collect::<anyhow::Result<_>>()?;
    desk.assembly
        .chain
        .call_from_text(path, &arguments)
        .await
        .map_err(usage)
}

/// A call that is encoded already.
pub(super) async fn from_bytes(desk: &Desk, bytes: &[u8]) -> anyhow::Result<RawCall> {
    desk.assembly.chain.call_from_bytes(bytes).await.map_err(usage)
}

/// A word of a command line, where `@FILE` and `name=@FILE` stand for a file's bytes.
pub(crate) fn from_file(word: &str) -> anyhow::Result<String> {
    let (name, text) = match word.split_once('=') {
        Some((name, text)) if text.starts_with('@') => (Some(name), text),
        _ => (None, word),
    };
    let Some(path) = text.strip_prefix('@') else {
        return Ok(word.to_owned());
    };
    let bytes = fs::read(path).with_context(|| format!("cannot read the file {path}"))?;
    let digits = format!("0x{}", hex::encode(bytes));
    Ok(match name {
        Some(name) => format!("{name}={digits}"),
        None => digits,
    })
}

fn hex_bytes(text: &str) -> anyhow::Result<Vec<u8>> {
    let digits = text.trim();
    let digits = digits.strip_prefix("0x").unwrap_or(digits);
    hex::decode(digits).map_err(|e| {
        error(
            Status::Usage,
            format!("cannot read the encoded call: {e}; give 0x and hexadecimal digits"),
        )
    })
}

/// The bytes of a file, which may also hold them as hexadecimal digits.
fn file_bytes(path: &PathBuf) -> anyhow::Result<Vec<u8>> {
    let bytes = fs::read(path).with_context(|| format!("cannot read the file {}", path.display()))?;
    match std::str::from_utf8(&bytes) {
        Ok(text) if text.trim().starts_with("0x") => hex_bytes(text),
        _ => Ok(bytes),
    }
}

/// Shows what a proposal costs, asks, and proposes the call on the track.
pub(super) async fn propose(
    context: &Context,
    desk: &Desk,
    track: &Track,
    call: RawCall,
    wishes: Wishes,
    sending: Sending,
) -> anyhow::Result<()> {
    let assembly = &desk.assembly;
    let shown = assembly.chain.decode_call(&call.bytes).await?;
    let call = within(context, desk, track, call).await?;
    let (submit, noted) = submission(desk, track, &call, wishes).await?;

    let limits = &assembly.limits;
    let decision = if wishes.deposit { track.decision_deposit } else { 0 };
    let (fee, outcome) = desk.try_out(&submit).await?;
    let funds = Funds::of(desk, &desk.account).await?;
    let needed = limits.submission_deposit.saturating_add(decision).saturating_add(fee);
    let mut lines = vec![format!("{shown}"), String::new()];
    lines.push(format!(
        "track     {} ({}), as {}",
        track.name,
        track.id,
        track.power().unwrap_or_else(|| "root".to_owned())
    ));
    lines.push(format!("hash      {}", show_hash(call.hash())));
    lines.push(format!(
        "deposit   {} for the proposal: it comes back when the referendum is approved or cancelled",
        bloc(limits.submission_deposit)
    ));
    if noted {
        lines.push(format!(
            "          and one for the preimage of {} bytes: `blocs gov preimage unnote` gives it back later",
            call.bytes.len()
        ));
    }
    lines.push(match wishes.deposit {
        true => format!(
            "          {} for the decision: it comes back when the referendum has ended",
            bloc(decision)
        ),
        false => format!(
            "          {} are needed later for the decision: `blocs gov deposit N`",
            bloc(track.decision_deposit)
        ),
    });
    lines.push(format!("fee       {}", bloc(fee)));
    context.output.note(lines.join("\n"));
    funds.enough(desk, needed, "propose this").await?;
    if sending.dry_run {
        return desk.send(context, submit, sending).await.map(drop);
    }
    if let Err(reason) = outcome {
        return Err(super::desk::refused(format!(
            "cannot propose {}: {reason}; nothing was sent",
            call.name()
        )));
    }
    confirmed(context, "Propose this?")?;

    let Some(report) = desk.send(context, submit, sending).await? else {
        return Ok(());
    };
    let event = desk.event(&report, "Referenda", "Submitted").await?;
    let index = event.as_ref().and_then(|event| event_number(event, "index"));
    let index =
        index.context("the proposal is in a block, but its number cannot be read: see `blocs gov ls --mine`")?;
    if wishes.deposit {
        let place = desk
            .call(
                "Referenda",
                "place_decision_deposit",
                vec![("index", Value::u128(index.into()))],
            )
            .await?;
        desk.send(context, place, sending)
            .await
            .with_context(|| format!("referendum {index} is proposed, but its decision deposit was not put down"))?;
    }
    let more = json!({
        "index": index,
        "track": track.name,
        "hash": show_hash(call.hash()),
        "call": shown.to_json(),
        "submission_deposit": limits.submission_deposit.to_string(),
        "decision_deposit": decision.to_string(),
        "preimage_noted": noted,
    });
    desk.say(
        context,
        &report,
        more,
        &format!("referendum {index} proposed on track {}", track.name),
    )?;
    let next = match wishes.deposit {
        true => format!("`blocs gov vote {index} aye AMOUNT`"),
        false => format!("`blocs gov deposit {index}`, `blocs gov vote {index} aye AMOUNT`"),
    };
    context
        .output
        .note(format!("Next: {next}; watch it with `blocs gov show {index}`."));
    Ok(())
}

/// The call as the track needs it: one that must be whitelisted is put into the call that dispatches what is.
async fn within(context: &Context, desk: &Desk, track: &Track, call: RawCall) -> anyhow::Result<RawCall> {
    if track.power().as_deref() != Some("WhitelistedCaller") || call.pallet == "Whitelist" {
        return Ok(call);
    }
    let hash = show_hash(call.hash());
    let fields = vec![("call", value::call(&call))];
    let name = "dispatch_whitelisted_call_with_preimage";
    let dispatch = desk.call("Whitelist", name, fields).await?;
    context.output.note(format!(
        "The technical collective must whitelist it: `blocs gov collective propose whitelist.whitelistCall {hash}`.\n"
    ));
    Ok(dispatch)
}

/// The call that submits the proposal, with the preimage in the same step when it is needed; and whether it is.
async fn submission(desk: &Desk, track: &Track, call: &RawCall, wishes: Wishes) -> anyhow::Result<(RawCall, bool)> {
    let hash = call.hash();
    let inline = call.bytes.len() <= Proposal::MAX_INLINE;
    let proposal = if inline {
        Value::unnamed_variant("Inline", [value::bytes(&call.bytes)])
    } else {
        let len = u128::try_from(call.bytes.len())?;
        Value::named_variant(
            "Lookup",
            [("hash", value::bytes(hash.as_ref())), ("len", Value::u128(len))],
        )
    };
    let when = match (wishes.at, wishes.after) {
        (Some(block), _) => ("At", block),
        (None, after) => ("After", after.unwrap_or(0)),
    };
    let moment = Value::unnamed_variant(when.0, [Value::u128(when.1.into())]);
    let fields = vec![
        ("proposal_origin", track.origin()),
        ("proposal", proposal),
        ("enactment_moment", moment),
    ];
    let submit = desk.call("Referenda", "submit", fields).await?;
    let stored = match inline {
        true => true,
        false => {
            let status = desk.assembly.chain.preimage(hash, desk.assembly.at).await?;
            matches!(status, Some(PreimageStatus { len: Some(_), .. }))
        }
    };
    if stored {
        return Ok((submit, false));
    }
    let note = note(desk, call).await?;
    Ok((desk.batch(vec![note, submit]).await?, true))
}

/// The call that stores another one's encoding on chain.
pub(super) async fn note(desk: &Desk, call: &RawCall) -> anyhow::Result<RawCall> {
    let bytes = Value::string(format!("0x{}", hex::encode(&call.bytes)));
    desk.call("Preimage", "note_preimage", vec![("bytes", bytes)]).await
}
