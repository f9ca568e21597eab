//! `blocs account …`

mod balance;
mod export;
mod import;
mod inspect;
mod new;
mod sign;

use super::Context;
use crate::{
    exit::{Status, error},
    units::{bloc, parse_amount},
};
use anyhow::Context as _;
use blocs_chain::{ChainClient, MarketCall, Signer, WaitFor};
use blocs_primitives::Balance;
use clap::{Args, Subcommand};
use serde_json::json;

/// The development account that `fund` takes tokens from.
const FAUCET: &str = "//Alice";

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Make a new account and show its words once
    New(new::NewArgs),
    /// Take over an account from its words, or from a key file of polkadot.js and its browser extension
    Import(import::ImportArgs),
    /// Write an account's key file, for polkadot.js, other wallets and backups
    Export(export::ExportArgs),
    /// List the accounts of this machine
    Ls,
    /// Show addresses and public key of an account, an address, a key or a secret
    Inspect(inspect::InspectArgs),
    /// Sign a message outside the chain
    Sign(sign::SignArgs),
    /// Check the signature of a message
    Verify(sign::VerifyArgs),
    /// Show what an account holds, what of it can be spent, and what holds the rest
    Balance(balance::BalanceArgs),
    /// Give an account tokens on a development chain
    Fund(FundArgs),
    /// Rewrite accounts of earlier releases as key files
    Migrate(MigrateArgs),
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

/// Arguments of `account migrate`.
#[derive(Debug, Args)]
pub(crate) struct MigrateArgs {
    /// Name of the account; all when not given
    name: Option<String>,
}

impl AccountCommand {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::New(args) => args.run(context),
            Self::Import(args) => args.run(context),
            Self::Export(args) => args.run(context),
            Self::Ls => list(context),
            Self::Inspect(args) => args.run(context),
            Self::Sign(args) => args.run(context),
            Self::Verify(args) => args.run(context),
            Self::Balance(args) => args.run(context).await,
            Self::Fund(args) => fund(context, args).await,
            Self::Migrate(args) => migrate(context, args),
        }
    }
}

fn list(context: &Context) -> anyhow::Result<()> {
    let mut old = false;
    let mut rows = Vec::new();
    for listed in context.accounts().list()? {
        old |= listed.legacy;
        let value = json!({
            "name": listed.name,
            "address": listed.address,
            "scheme": listed.scheme.name(),
            "encrypted": listed.encrypted,
            "format": if listed.legacy { "blocs" } else { "polkadot-js" },
        });
        let protection = if listed.encrypted {
            "password"
        } else {
            "file permissions"
        };
        let cells = vec![
            listed.name,
            listed.address,
            listed.scheme.to_string(),
            protection.to_owned(),
        ];
        rows.push((value, cells));
    }
    if rows.is_empty() {
        context
            .output
            .note("There is no account yet: make one with `blocs account new`.");
        return Ok(());
    }
    context
        .output
        .table(&["NAME", "ADDRESS", "SCHEME", "PROTECTED BY"], rows)?;
    if old {
        context
            .output
            .note("Some accounts are in the format of an earlier release: `blocs account migrate` rewrites them.");
    }
    Ok(())
}

fn migrate(context: &Context, args: MigrateArgs) -> anyhow::Result<()> {
    let accounts = context.accounts();
    let names = match args.name {
        Some(name) => vec![name],
        None => {
            let old = accounts.list()?.into_iter().filter(|listed| listed.legacy);
            old.map(|listed| listed.name).collect()
        }
    };
    let (mut done, mut failed) = (0usize, Vec::new());
    for name in names {
        match accounts.migrate(&name) {
            Ok(true) => {
                done += 1;
                let value = json!({ "name": name, "migrated": true });
                context.output.record(value, || format!("{name} is a key file now"))?;
            }
            Ok(false) => {}
            Err(failure) => failed.push((name, failure)),
        }
    }
    let Some((name, first)) = failed.into_iter().next() else {
        if done == 0 {
            context
                .output
                .note("There is nothing to migrate: all accounts are key files.");
        }
        return Ok(());
    };
    let status = if done > 0 { Status::Partial } else { Status::of(&first) };
    Err(error(status, format!("the account {name} stays as it is: {first:#}")))
}

async fn fund(context: &Context, args: FundArgs) -> anyhow::Result<()> {
    let to = match &args.to {
        Some(text) => context.resolve(text)?,
        None => context.accounts().current_id(&context.settings)?,
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
