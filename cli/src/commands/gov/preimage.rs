//! `blocs gov preimage …`

use super::{
    desk::{Assembly, Desk, Sending, show_hash},
    propose,
};
use crate::{
    commands::Context,
    exit::{Status, error},
};
use blocs_chain::{
    governance::{GovernanceView, Proposal},
    value,
};
use blocs_primitives::Hash;
use clap::{Args, Subcommand};
use serde_json::json;

/// Calls that are stored on chain to be named by their hash.
#[derive(Debug, Subcommand)]
pub(crate) enum PreimageCommand {
    /// Store a call on chain; a deposit by its size is held
    Note(NoteArgs),
    /// Show a stored call
    Show(HashArgs),
    /// Remove a call that one has stored; its deposit comes back
    Unnote(UnnoteArgs),
}

/// Arguments of `gov preimage note`.
#[derive(Debug, Args)]
pub(crate) struct NoteArgs {
    /// The call and its arguments; `@FILE` stands for a file's bytes
    #[arg(value_name = "CALL", num_args = 1.., required = true, allow_negative_numbers = true)]
    call: Vec<String>,
    #[command(flatten)]
    sending: Sending,
}

/// Arguments of `gov preimage show`.
#[derive(Debug, Args)]
pub(crate) struct HashArgs {
    /// Hash of the call's encoding
    #[arg(value_parser = parse_hash)]
    hash: Hash,
}

/// Arguments of `gov preimage unnote`.
#[derive(Debug, Args)]
pub(crate) struct UnnoteArgs {
    /// Hash of the call's encoding
    #[arg(value_parser = parse_hash)]
    hash: Hash,
    #[command(flatten)]
    sending: Sending,
}

/// Reads a hash: 64 hexadecimal digits, with or without 0x.
pub(super) fn parse_hash(text: &str) -> Result<Hash, String> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let bytes: Option<[u8; 32]> = hex::decode(digits).ok().and_then(|bytes| bytes.try_into().ok());
    bytes
        .map(Hash::from)
        .ok_or_else(|| format!("{text:?} is no hash: give 0x and 64 hexadecimal digits"))
}

impl PreimageCommand {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Note(args) => args.run(context).await,
            Self::Show(args) => args.run(context).await,
            Self::Unnote(args) => args.run(context).await,
        }
    }
}

impl NoteArgs {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let call = propose::call_of(&desk, &self.call).await?;
        let hash = show_hash(call.hash());
        let note = propose::note(&desk, &call).await?;
        let more = json!({ "hash": hash, "len": call.bytes.len() });
        let text = format!("stored {} of {} bytes as {hash}", call.name(), call.bytes.len());
        desk.send_and_say(context, note, self.sending, more, &text).await
    }
}

impl HashArgs {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let assembly = Assembly::open(context).await?;
        let status = assembly.chain.preimage(self.hash, assembly.at).await?;
        let hash = show_hash(self.hash);
        let status = status.ok_or_else(|| {
            error(
                Status::NotFound,
                format!("there is no preimage {hash} on chain: `blocs gov preimage note` stores one"),
            )
        })?;
        let proposal = Proposal::Lookup {
            hash: self.hash,
            len: status.len,
        };
        let bytes = assembly.chain.proposed_call(&proposal, assembly.at).await?;
        let call = match &bytes {
            Some(bytes) => assembly.chain.decode_call(bytes).await.ok(),
            None => None,
        };
        let depositor = status.depositor.as_ref().map(|account| assembly.address(account));
        let value = json!({
            "hash": hash,
            "len": status.len,
            "depositor": depositor,
            "requests": status.requests,
            "call": call.as_ref().map(|call| call.to_json()),
        });
        context.output.record(value, || {
            let shown = match (&call, &bytes) {
                (Some(call), _) => call.to_string(),
                (None, Some(_)) => "it is no call of the present runtime".to_owned(),
                (None, None) => "it is needed, but not stored".to_owned(),
            };
            let by = depositor.unwrap_or_else(|| "nobody".to_owned());
            let len = status.len.map_or_else(|| "unknown".to_owned(), |len| len.to_string());
            format!(
                "{shown}\n{len} bytes, deposit by {by}, needed by {} calls",
                status.requests
            )
        })?;
        Ok(())
    }
}

impl UnnoteArgs {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let fields = vec![("hash", value::bytes(self.hash.as_ref()))];
        let call = desk.call("Preimage", "unnote_preimage", fields).await?;
        let hash = show_hash(self.hash);
        let text = format!("removed the preimage {hash}; its deposit is back");
        desk.send_and_say(context, call, self.sending, json!({ "hash": hash }), &text)
            .await
    }
}
