//! The command line.

use crate::{
    commands::{
        account, asset, batch, completions, contract, deal, dev, get, gov, identity, ls, multisig, proof, provider,
        proxy, put, quote, renew, restore, rm, runtime, stake, stat, transfer, tx, validators, vesting,
    },
    output::Output,
};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Keep files on a network of storage providers that prove that they still have them.
#[derive(Debug, Parser)]
#[command(name = "blocs", version, arg_required_else_help = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of all commands.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Options of all commands")]
pub(crate) struct Global {
    /// WebSocket of the node [default: ws://127.0.0.1:9944]
    #[arg(long, global = true, env = "BLOCS_URL", hide_env_values = true)]
    pub(crate) url: Option<String>,
    /// Account to act for (see `blocs account ls`)
    #[arg(
        long,
        global = true,
        env = "BLOCS_ACCOUNT",
        hide_env_values = true,
        value_name = "NAME"
    )]
    pub(crate) account: Option<String>,
    /// Folder for accounts, catalogue and development chains
    #[arg(long, global = true, env = "BLOCS_DATA", hide_env_values = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// File with the password of the account; without it BLOCS_PASSWORD, BLOCS_PASSWORD_FILE, or a question
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// Configuration file
    #[arg(
        long,
        global = true,
        env = "BLOCS_CONFIG",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub(crate) config: Option<PathBuf>,
    /// Refuse a chain whose first block has another hash
    #[arg(
        long,
        global = true,
        env = "BLOCS_GENESIS",
        hide_env_values = true,
        value_name = "HASH",
        hide_short_help = true
    )]
    pub(crate) genesis: Option<String>,
    /// Print JSON lines
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say more; twice for much more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Say nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Answer all questions with yes
    #[arg(short, long, global = true)]
    pub(crate) yes: bool,
}

impl Global {
    pub(crate) fn output(&self) -> Output {
        Output {
            json: self.json,
            quiet: self.quiet,
            yes: self.yes,
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Store files
    Put(put::PutArgs),
    /// Fetch a file
    Get(get::GetArgs),
    /// List what is stored
    Ls(ls::LsArgs),
    /// Show one file in detail
    Stat(stat::StatArgs),
    /// Keep a file longer than was agreed
    Renew(renew::RenewArgs),
    /// Remove a file: its deal ends early
    Rm(rm::RmArgs),
    /// Rebuild the catalogue from the chain, with nothing but the mnemonic
    Restore(restore::RestoreArgs),
    /// Ask what storing a file would cost
    Quote(quote::QuoteArgs),
    /// Make and use accounts
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Send tokens
    Transfer(transfer::TransferArgs),
    /// Any call of any pallet: make it, try it out, sign it, send it, take it apart
    #[command(subcommand)]
    Tx(tx::TxCommand),
    /// Put tokens at stake: validate, nominate, join a pool
    #[command(subcommand)]
    Stake(stake::StakeCommand),
    /// Vote, propose, delegate; the treasury and the technical collective
    #[command(subcommand)]
    Gov(gov::GovCommand),
    /// List the validators and those who stand for election
    Validators(validators::ValidatorsArgs),
    /// Share an account with others: some of them must approve what it does
    #[command(subcommand)]
    Multisig(multisig::MultisigCommand),
    /// Let another account act for this one, and act for others
    #[command(subcommand)]
    Proxy(proxy::ProxyCommand),
    /// Say publicly who an account is
    #[command(subcommand)]
    Identity(identity::IdentityCommand),
    /// Tokens other than the chain's own
    #[command(subcommand)]
    Asset(asset::AssetCommand),
    /// Tokens that become free over time
    #[command(subcommand)]
    Vesting(vesting::VestingCommand),
    /// Send several calls that take effect together, or not at all
    Batch(batch::BatchArgs),
    /// Write, build, deploy and call contracts
    #[command(subcommand)]
    Contract(contract::ContractCommand),
    /// Look at runtimes: what an upgrade changes, what the chain offers
    #[command(subcommand)]
    Runtime(runtime::RuntimeCommand),
    /// Look at storage providers
    #[command(subcommand)]
    Provider(provider::ProviderCommand),
    /// Look at deals
    #[command(subcommand)]
    Deal(deal::DealCommand),
    /// Prove what the chain's state holds, and verify such proofs without a node
    #[command(subcommand)]
    Proof(proof::ProofCommand),
    /// A chain and providers on this machine, to try things out
    #[command(subcommand)]
    Dev(dev::DevCommand),
    /// Print completions for a shell
    Completions(completions::CompletionsArgs),
}

#[cfg(test)]
mod tests;
