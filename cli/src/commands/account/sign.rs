//! `blocs account sign` and `verify`

use super::Context;
use crate::exit::{Status, error};
use anyhow::Context as _;
use blocs_keys::{verify_message, wrap_message};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// A message.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Message {
    /// The message
    message: Option<String>,
    /// The message's bytes, in hexadecimal
    #[arg(long, value_name = "BYTES")]
    hex: Option<String>,
    /// File with the message
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Message {
    fn bytes(&self) -> anyhow::Result<Vec<u8>> {
        if let Some(path) = &self.file {
            return std::fs::read(path).with_context(|| format!("cannot read the message {}", path.display()));
        }
        match (&self.hex, &self.message) {
            (Some(digits), _) => from_hex(digits, "the message"),
            (None, text) => Ok(text.clone().unwrap_or_default().into_bytes()),
        }
    }
}

/// Arguments of `account sign`.
#[derive(Debug, Args)]
pub(crate) struct SignArgs {
    #[command(flatten)]
    message: Message,
    /// Sign exactly these bytes: without <Bytes>…</Bytes> around them, which keeps them from being a transaction
    #[arg(long)]
    raw: bool,
}

impl SignArgs {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<()> {
        let message = self.message.bytes()?;
        if self.raw {
            let question =
                "Sign these bytes as they are? They may be a transaction that gives away what the account holds.";
            if !context.output.confirm(question)? {
                let message = "did not sign: the bytes may be a transaction; leave out --raw, or say --yes if you know where they come from";
                return Err(error(Status::Denied, message));
            }
        }
        let account = context.account()?;
        let signed = if self.raw { message } else { wrap_message(&message) };
        let signature = account.signer.sign(&signed);
        let shown = format!("0x{}", hex::encode(signature.as_bytes()));
        let value = json!({
            "address": account.signer.account().to_string(),
            "scheme": signature.scheme().name(),
            "wrapped": !self.raw,
            "signature": shown,
            "multi_signature": format!("0x{}", hex::encode(signature.encode())),
        });
        context.output.record(value, || shown)?;
        Ok(())
    }
}

/// Arguments of `account verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The signature, in hexadecimal
    signature: String,
    #[command(flatten)]
    message: Message,
    /// Who is said to have signed: address or account of this machine; the current account when not given
    #[arg(long, value_name = "ACCOUNT")]
    by: Option<String>,
}

impl VerifyArgs {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<()> {
        let signature = from_hex(&self.signature, "the signature")?;
        let message = self.message.bytes()?;
        let account = match self.by {
            Some(by) => context.resolve(&by)?,
            None => context.accounts().current_id(&context.settings)?,
        };
        let Some(scheme) = verify_message(&message, &signature, &account) else {
            let message =
                format!("{account} has not signed this message: message, signature and account do not belong together");
            return Err(error(Status::Integrity, message));
        };
        let value = json!({ "valid": true, "address": account.to_string(), "scheme": scheme.name() });
        context
            .output
            .record(value, || format!("{account} has signed this message ({scheme})"))?;
        Ok(())
    }
}

fn from_hex(text: &str, what: &str) -> anyhow::Result<Vec<u8>> {
    let digits = text.trim().trim_start_matches("0x");
    hex::decode(digits).map_err(|e| error(Status::Usage, format!("{what} is not hexadecimal: {e}")))
}
