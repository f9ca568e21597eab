//! The command line.

use crate::{
    commands::{
        account, completions, deal, dev, get, ls, provider, put, quote, restore, rm, stake, stat, transfer, validators,
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
    /// Put tokens at stake: validate, nominate, join a pool
    #[command(subcommand)]
    Stake(stake::StakeCommand),
    /// List the validators and those who stand for election
    Validators(validators::ValidatorsArgs),
    /// Look at storage providers
    #[command(subcommand)]
    Provider(provider::ProviderCommand),
    /// Look at deals
    #[command(subcommand)]
    Deal(deal::DealCommand),
    /// A chain and providers on this machine, to try things out
    #[command(subcommand)]
    Dev(dev::DevCommand),
    /// Print completions for a shell
    Completions(completions::CompletionsArgs),
}

#[cfg(test)]
mod tests;
