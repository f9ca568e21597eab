//! `blocs tx`: any call of any pallet.

mod decode;
mod send;

use super::{Context, desk::usage};
use crate::{
    exit::{Status, error},
    units::{bloc, parse_amount},
};
use blocs_chain::{
    ChainClient, DryRun, InclusionReport, RawCall, Signer, SubxtChain, TxOptions, WaitFor, value::address,
};
use blocs_primitives::Balance;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value as Json, json};

/// What to do with transactions.
#[derive(Debug, Subcommand)]
pub(crate) enum TxCommand {
    /// Make a call, try it out, sign it, send it
    #[command(after_long_help = ARGUMENTS)]
    Call(CallArgs),
    /// Take a call or a whole extrinsic apart
    Decode(decode::DecodeArgs),
    /// Send a transaction that was signed before (see `tx call --sign-only`)
    Send(send::SendArgs),
}

impl TxCommand {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Call(args) => args.run(context).await,
            Self::Decode(args) => args.run(context).await,
            Self::Send(args) => args.run(context).await,
        }
    }
}

const ARGUMENTS: &str = "\
How arguments are written, in order or as name=value, by what the call asks for:
  a number         5, 1_000, 0x1f
  an amount        10BLOC, 0.5BLOC, or planck as a number
  a share          12.5%, or its parts as a number
  an account       its address, or 0x and 64 hex digits
  bytes            0x…, or text, or @FILE for a file's bytes
  a struct         {name: value, …}
  a list, a tuple  [value, …], (value, …)
  a variant        Name, Name(value, …), Name{name: value, …}
  an option        None, or the value itself
  a call           pallet.call(value, …)

Examples:
  blocs tx call system.remark hello
  blocs tx call balances.transferKeepAlive 5FHneW46… 10BLOC
  blocs tx call utility.batchAll '[system.remark(\"a\"), system.remark(\"b\")]' --dry-run";

/// For how long to wait.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Wait {
    /// Until it is in a block; a fork can still undo it
    Best,
    /// Until it is in a final block
    #[default]
    Finalized,
}

impl From<Wait> for WaitFor {
    fn from(wait: Wait) -> Self {
        match wait {
            Wait::Best => Self::InBlock,
            Wait::Finalized => Self::Finalized,
        }
    }
}

/// Arguments of `tx call`.
#[derive(Debug, Args)]
pub(crate) struct CallArgs {
    /// The call, as pallet.call or in two words, and its arguments; `@FILE` stands for a file's bytes
    #[arg(
        value_name = "CALL",
        required_unless_present = "encoded",
        allow_negative_numbers = true
    )]
    words: Vec<String>,
    /// The call in its encoding: 0x and hexadecimal digits
    #[arg(long, value_name = "HEX", conflicts_with = "words")]
    encoded: Option<String>,
    /// Say what it would cost and do, and send nothing
    #[arg(long, conflicts_with_all = ["export", "sign_only"])]
    dry_run: bool,
    /// Print the encoded call and its hash, and send nothing; needs no account
    #[arg(long, visible_alias = "unsigned-hex", conflicts_with = "sign_only")]
    export: bool,
    /// Print the signed transaction, and send nothing
    #[arg(long)]
    sign_only: bool,
    /// For the author of the block, in BLOC: a higher one goes first when blocks are full
    #[arg(long, value_name = "BLOC", value_parser = parse_amount, default_value = "0", hide_default_value = true)]
    tip: Balance,
    /// Blocks for which it is valid, a power of two
    #[arg(long, value_name = "BLOCKS", default_value_t = 64, value_parser = clap::value_parser!(u32).range(4..=65_536))]
    mortal: u32,
    /// Its nonce [default: the account's next one]
    #[arg(long)]
    nonce: Option<u32>,
    /// Sign the hash of the metadata too, as hardware wallets do; needs a runtime that was built with it
    #[arg(long)]
    metadata_hash: bool,
    /// For how long to wait
    #[arg(long, value_enum, default_value_t)]
    wait: Wait,
}

impl CallArgs {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let chain = context.chain().await?;
        let call = self.call(&chain).await?;
        if self.export {
            return export(context, &chain, &call).await;
        }
        let signer = context.account()?.signer;
        let options = TxOptions {
            tip: self.tip,
            mortal_blocks: self.mortal,
            nonce: self.nonce,
            metadata_hash: self.metadata_hash,
        };
        if self.dry_run {
            return try_out(context, &chain, &signer, &call, &options).await;
        }
        if self.sign_only {
            return sign(context, &chain, &signer, call, options).await;
        }
        let decoded = chain.decode_call(&call.bytes).await.map_err(usage)?;
        context.output.note(decoded.to_string());
        let report = chain.submit_raw(&signer, call, options, self.wait.into()).await?;
        sent(context, &chain, &report, decoded.to_json()).await
    }

    /// The call that was written.
    async fn call(&self, chain: &SubxtChain) -> anyhow::Result<RawCall> {
        if let Some(encoded) = &self.encoded {
            let bytes = hex_bytes(encoded)?;
            return chain.call_from_bytes(&bytes).await.map_err(usage);
        }
        let (path, args) = match self.words.as_slice() {
            [path, args @ ..] if path.contains('.') => (path.clone(), args),
            [pallet, call, args @ ..] => (format!("{pallet}.{call}"), args),
            [path, ..] => (path.clone(), [].as_slice()),
            [] => return Err(error(Status::Usage, "no call is named")),
        };
        let args: Vec<_> = args
            .iter()
            .map(|word| super::gov::from_file(word))
            .collect::<anyhow::Result<_>>()?;
        chain.call_from_text(&path, &args).await.map_err(usage)
    }
}

/// Bytes in hexadecimal digits.
pub(super) fn hex_bytes(text: &str) -> anyhow::Result<Vec<u8>> {
    let text = text.trim();
    hex::decode(text.strip_prefix("0x").unwrap_or(text)).map_err(|reason| {
        let message = format!("{text:.20?} is not bytes: {reason}; write 0x and hexadecimal digits");
        error(Status::Usage, message)
    })
}

async fn export(context: &Context, chain: &SubxtChain, call: &RawCall) -> anyhow::Result<()> {
    let decoded = chain.decode_call(&call.bytes).await.map_err(usage)?;
    let encoded = format!("0x{}", hex::encode(&call.bytes));
    let value = json!({
        "call": decoded.to_json(),
        "encoded": encoded,
        "hash": format!("{:?}", call.hash()),
        "length": call.bytes.len(),
    });
    context.output.note(decoded.to_string());
    context.output.record(value, || {
        format!(
            "encoded  {encoded}\nhash     {:?}\nlength   {}",
            call.hash(),
            call.bytes.len()
        )
    })?;
    Ok(())
}

/// Says what a call would do; an error when it would fail.
pub(super) async fn try_out(
    context: &Context,
    chain: &SubxtChain,
    signer: &Signer,
    call: &RawCall,
    options: &TxOptions,
) -> anyhow::Result<()> {
    let tried = chain.dry_run(signer, call, options).await?;
    let decoded = chain.decode_call(&call.bytes).await.map_err(usage)?;
    let DryRun { fee, ref_time, outcome } = &tried;
    let value = json!({
        "dry_run": true,
        "account": address(&signer.account(), chain.properties()),
        "call": decoded.to_json(),
        "encoded": format!("0x{}", hex::encode(&call.bytes)),
        "hash": format!("{:?}", call.hash()),
        "fee": fee.to_string(),
        "tip": options.tip.to_string(),
        "ref_time": ref_time.to_string(),
        "would_succeed": outcome.is_ok(),
        "error": outcome.as_ref().err(),
    });
    context.output.record(value, || {
        let tip = match options.tip {
            0 => String::new(),
            tip => format!(" and a tip of {}", bloc(tip)),
        };
        let end = match outcome {
            Ok(()) => "it would succeed".to_owned(),
            Err(reason) => format!("it would fail: {reason}"),
        };
        let micros = ref_time / 1_000_000;
        format!(
            "{decoded}\nfee {}{tip}, {micros} µs of a block's time; {end}; nothing was sent",
            bloc(*fee)
        )
    })?;
    tried.outcome.map_err(|reason| {
        let message = format!("{} would fail: {reason}; nothing was sent", call.name());
        error(Status::ExtrinsicFailed, message)
    })
}

async fn sign(
    context: &Context,
    chain: &SubxtChain,
    signer: &Signer,
    call: RawCall,
    options: TxOptions,
) -> anyhow::Result<()> {
    let decoded = chain.decode_call(&call.bytes).await.map_err(usage)?;
    let signed = chain.sign_raw(signer, call, options).await?;
    let bytes = format!("0x{}", hex::encode(&signed.bytes));
    let value = json!({
        "account": address(&signer.account(), chain.properties()),
        "call": decoded.to_json(),
        "signed": bytes,
        "hash": format!("{:?}", signed.hash),
        "nonce": signed.nonce,
        "expires": signed.expires,
    });
    context.output.note(format!(
        "{decoded}\nsigned with nonce {}, valid until block {}: send it with `blocs tx send`",
        signed.nonce, signed.expires
    ));
    context.output.record(value, || bytes.clone())?;
    Ok(())
}

/// Says where a call took effect, and its events.
async fn sent(context: &Context, chain: &SubxtChain, report: &InclusionReport, call: Json) -> anyhow::Result<()> {
    let properties = chain.properties();
    let events = chain.events_of(report).await?;
    let name = |member: &str| call.get(member).and_then(Json::as_str).unwrap_or_default().to_owned();
    let title = format!("{}.{}", name("pallet"), name("call"));
    let value = json!({
        "call": call,
        "hash": format!("{:?}", report.extrinsic),
        "block": report.block.number,
        "block_hash": format!("{:?}", report.block.hash),
        "finalized": report.finalized,
        "fee": report.fee.to_string(),
        "events": events.iter().map(|event| event.to_json(properties)).collect::<Vec<_>>(),
    });
    context.output.record(value, || {
        let state = if report.finalized { "finalized in" } else { "in" };
        let mut text = format!(
            "{title}: {state} block {}, fee {}, transaction {:?}",
            report.block.number,
            bloc(report.fee),
            report.extrinsic
        );
        for event in &events {
            text.push('\n');
            text.push_str(&event.text(properties));
        }
        text
    })?;
    Ok(())
}
