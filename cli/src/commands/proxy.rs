//! `blocs proxy …`

mod act;
mod ls;
mod set;

use super::Context;
use blocs_chain::Value;
use clap::{Subcommand, ValueEnum};

/// What to do with proxies: accounts that act for another one.
#[derive(Debug, Subcommand)]
pub(crate) enum ProxyCommand {
    /// Let another account act for the current one
    Add(set::AddArgs),
    /// Let it no longer
    Remove(set::RemoveArgs),
    /// List who may act for an account
    Ls(ls::LsArgs),
    /// Send a call for an account that has made the current one its proxy
    Call(act::CallArgs),
    /// Announce a call that the proxy may send only after its delay
    Announce(act::AnnounceArgs),
    /// Refuse a call that a proxy has announced for the current account
    Reject(act::RejectArgs),
}

impl ProxyCommand {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Add(args) => args.run(context).await,
            Self::Remove(args) => args.run(context).await,
            Self::Ls(args) => args.run(context).await,
            Self::Call(args) => args.run(context).await,
            Self::Announce(args) => args.run(context).await,
            Self::Reject(args) => args.run(context).await,
        }
    }
}

/// What a proxy may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ProxyType {
    /// Everything
    Any,
    /// Everything but moving tokens away
    NonTransfer,
    /// Vote, delegate, propose, use the treasury
    Governance,
    /// Stake, and set session keys
    Staking,
    /// Offer storage, and keep files
    Market,
}

impl ProxyType {
    const fn name(self) -> &'static str {
        match self {
            Self::Any => "Any",
            Self::NonTransfer => "NonTransfer",
            Self::Governance => "Governance",
            Self::Staking => "Staking",
            Self::Market => "Market",
        }
    }

    fn value(self) -> Value {
        Value::unnamed_variant(self.name(), [])
    }
}
