//! `blocs account …`

use super::Context;
use crate::{
    accounts::{Account, DEFAULT_NAME, password},
    exit::{Status, error},
    units::{bloc, parse_amount},
};
use anyhow::Context as _;
use blocs_chain::{At, ChainClient, MarketCall, Signer, WaitFor};
use blocs_primitives::Balance;
use clap::{Args, Subcommand};
use serde_json::json;
use std::{io::Read, path::PathBuf};
use zeroize::Zeroizing;

/// The development account that `fund` takes tokens from.
const FAUCET: &str = "//Alice";

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Make a new account and show its words once
    New(NewArgs),
    /// Take over an account from its words
    Import(ImportArgs),
    /// List the accounts of this machine
    Ls,
    /// Print the words of an account
    Export(NameArgs),
    /// Show what an account holds
    Balance(BalanceArgs),
    /// Give an account tokens on a development chain
    Fund(FundArgs),
}

/// Arguments of `account new`.
#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// Name of the account on this machine
    #[arg(default_value = DEFAULT_NAME)]
    name: String,
    /// Number of words
    #[arg(long, default_value = "12", value_parser = word_count)]
    words: usize,
}

/// Arguments of `account import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Name of the account on this machine
    #[arg(default_value = DEFAULT_NAME)]
    name: String,
    /// File with the words; standard input when not given
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
}

/// An account of this machine.
#[derive(Debug, Args)]
pub(crate) struct NameArgs {
    /// Name of the account; the current one when not given
    name: Option<String>,
}

/// Arguments of `account balance`.
#[derive(Debug, Args)]
pub(crate) struct BalanceArgs {
    /// Name or address; the current account when not given
    #[arg(value_name = "ACCOUNT")]
    who: Option<String>,
}

/// Arguments of `account fund`.
#[derive(Debug, Args)]
pub(crate) struct FundArgs {
    /// Name or address; the current account when not given
    to: Option<String>,
    /// How much, in BLOC
    #[arg(long, default_value = "1000", value_parser = parse_amount)]
    amount: Balance,
}

impl AccountCommand {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::New(args) => new(context, &args),
            Self::Import(args) => import(context, &args),
            Self::Ls => list(context),
            Self::Export(args) => export(context, args.name),
            Self::Balance(args) => balance(context, args.who).await,
            Self::Fund(args) => fund(context, args).await,
        }
    }
}

fn new(context: &Context, args: &NewArgs) -> anyhow::Result<()> {
    let mnemonic = bip39::Mnemonic::generate(args.words).context("cannot make a new mnemonic")?;
    let words = Zeroizing::new(mnemonic.to_string());
    let account = context
        .accounts()
        .store(&args.name, &words, password()?.as_ref().map(|p| p.as_str()))?;
    let address = account.signer.account().to_string();
    context
        .output
        .note("Write these words down and keep them safe: they alone give back the account and all its files.");
    let value = json!({ "name": account.name, "address": address, "mnemonic": words.as_str() });
    context.output.record(value, || {
        format!(
            "name      {}\naddress   {address}\nmnemonic  {}",
            account.name,
            words.as_str()
        )
    })?;
    Ok(())
}

fn import(context: &Context, args: &ImportArgs) -> anyhow::Result<()> {
    let text = Zeroizing::new(match &args.secret_file {
        Some(path) => std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?,
        None => {
            context.output.note("Type the words, then Enter and Ctrl-D:");
            let mut text = String::new();
            std::io::stdin()
                .read_to_string(&mut text)
                .context("cannot read the words from standard input")?;
            text
        }
    });
    let words = Zeroizing::new(text.split_whitespace().collect::<Vec<_>>().join(" "));
    let account = context
        .accounts()
        .store(&args.name, &words, password()?.as_ref().map(|p| p.as_str()))?;
    show(context, &account)
}

fn show(context: &Context, account: &Account) -> anyhow::Result<()> {
    let address = account.signer.account().to_string();
    let value = json!({ "name": account.name, "address": address });
    context
        .output
        .record(value, || format!("name     {}\naddress  {address}", account.name))?;
    Ok(())
}

fn list(context: &Context) -> anyhow::Result<()> {
    let rows = context.accounts().list()?.into_iter().map(|listed| {
        let value = json!({ "name": listed.name, "address": listed.address, "encrypted": listed.encrypted });
        let protection = if listed.encrypted {
            "password"
        } else {
            "file permissions"
        };
        (value, vec![listed.name, listed.address, protection.to_owned()])
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        context
            .output
            .note("There is no account yet: make one with `blocs account new`.");
        return Ok(());
    }
    context.output.table(&["NAME", "ADDRESS", "PROTECTED BY"], rows)?;
    Ok(())
}

fn export(context: &Context, name: Option<String>) -> anyhow::Result<()> {
    let accounts = context.accounts();
    let account = match name {
        Some(name) => accounts.open(&name)?,
        None => accounts.current(&context.settings)?,
    };
    let question = format!("Show the secret words of {} on this screen?", account.name);
    if !context.output.confirm(&question)? {
        let message = "did not print the words: say --yes when nobody is looking over your shoulder";
        return Err(error(Status::Denied, message));
    }
    let value = json!({ "name": account.name, "mnemonic": account.secret.as_str() });
    context.output.record(value, || account.secret.to_string())?;
    Ok(())
}

async fn balance(context: &Context, account: Option<String>) -> anyhow::Result<()> {
    let account = match account {
        Some(text) => context.resolve(&text)?,
        None => context.account()?.signer.account(),
    };
    let chain = context.chain().await?;
    let balance = chain.balance(&account, At::Best).await?;
    let value = json!({
        "address": account.to_string(),
        "free": balance.free.to_string(),
        "held": balance.held.to_string(),
        "transferable": balance.transferable.to_string(),
    });
    context.output.record(value, || {
        let (free, held, transferable) = (bloc(balance.free), bloc(balance.held), bloc(balance.transferable));
        format!("address       {account}\nfree          {free}\nheld          {held}\ntransferable  {transferable}")
    })?;
    Ok(())
}

async fn fund(context: &Context, args: FundArgs) -> anyhow::Result<()> {
    let to = match &args.to {
        Some(text) => context.resolve(text)?,
        None => context.account()?.signer.account(),
    };
    let chain = context.chain().await?;
    let faucet = Signer::from_suri(FAUCET)?;
    let call = MarketCall::Transfer {
        to: to.clone(),
        amount: args.amount,
    };
    let report = chain.submit(&faucet, call, WaitFor::InBlock).await.with_context(|| {
        format!("cannot fund {to} from the development account {FAUCET}, which exists on development chains only")
    })?;
    let value = json!({
        "to": to.to_string(),
        "amount": args.amount.to_string(),
        "block": report.block.number,
    });
    context.output.record(value, || {
        format!("{to} received {} in block {}", bloc(args.amount), report.block.number)
    })?;
    Ok(())
}

fn word_count(text: &str) -> Result<usize, String> {
    match text {
        "12" => Ok(12),
        "24" => Ok(24),
        _ => Err("a mnemonic has 12 or 24 words".to_owned()),
    }
}
