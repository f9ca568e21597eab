//! `blocs stake …`

mod advice;
mod amounts;
mod bond;
mod desk;
mod pool;
mod rewards;
mod roles;
mod status;

use super::Context;
use clap::Subcommand;

pub(crate) use amounts::percent;

/// What to do with a stake.
#[derive(Debug, Subcommand)]
pub(crate) enum StakeCommand {
    /// Put tokens at stake, to nominate or to validate with
    Bond(bond::BondArgs),
    /// Put more at stake
    BondExtra(bond::BondExtraArgs),
    /// Begin to take tokens out of the stake
    Unbond(bond::UnbondArgs),
    /// Take out what has been unbonding for long enough
    Withdraw,
    /// Say where rewards go
    Payee(bond::PayeeArgs),
    /// Vote for validators with the stake
    Nominate(roles::NominateArgs),
    /// Stop validating or nominating; the stake stays bonded
    Chill,
    /// Stand for election as a validator
    Validate(roles::ValidateArgs),
    /// Set the session keys that `blocs-node key rotate` made
    SetKeys(roles::SetKeysArgs),
    /// Remove the session keys; their deposit comes back
    PurgeKeys,
    /// Show what past eras paid and still owe
    Rewards(rewards::RewardsArgs),
    /// Pay out what past eras still owe a validator and its nominators
    Payout(rewards::PayoutArgs),
    /// Show what an account has at stake, and what becomes of it
    Status(status::StatusArgs),
    /// Stake together with others
    #[command(subcommand)]
    Pool(pool::PoolCommand),
}

impl StakeCommand {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Bond(args) => args.run(context).await,
            Self::BondExtra(args) => args.run(context).await,
            Self::Unbond(args) => args.run(context).await,
            Self::Withdraw => bond::withdraw(context).await,
            Self::Payee(args) => args.run(context).await,
            Self::Nominate(args) => args.run(context).await,
            Self::Chill => roles::chill(context).await,
            Self::Validate(args) => args.run(context).await,
            Self::SetKeys(args) => args.run(context).await,
            Self::PurgeKeys => roles::purge_keys(context).await,
            Self::Rewards(args) => args.run(context).await,
            Self::Payout(args) => args.run(context).await,
            Self::Status(args) => args.run(context).await,
            Self::Pool(command) => command.run(context).await,
        }
    }
}
