//! `blocs gov …`

mod advice;
mod bounty;
mod clock;
mod collective;
mod deposit;
mod desk;
mod emergency;
mod funds;
mod locks;
mod ls;
mod parameters;
mod picture;
mod preimage;
mod propose;
mod show;
mod tracks;
mod treasury;
mod vote;

use super::Context;
use clap::Subcommand;

pub(crate) use funds::explain_locks;
pub(crate) use propose::from_file;

/// What to do in governance.
#[derive(Debug, Subcommand)]
pub(crate) enum GovCommand {
    /// List the tracks: what can be decided, and what that takes
    Tracks,
    /// List referenda
    Ls(ls::LsArgs),
    /// Show a referendum: its call, its votes against what it needs, what a vote locks
    Show(show::ShowArgs),
    /// Propose a call
    Propose(propose::ProposeArgs),
    /// Put the decision deposit of a referendum down
    Deposit(deposit::IndexArgs),
    /// Give the deposits of an ended referendum back
    Refund(deposit::IndexArgs),
    /// Propose to cancel a referendum; its deposits come back
    Cancel(deposit::StopArgs),
    /// Propose to kill a referendum; its deposits are lost
    Kill(deposit::StopArgs),
    /// Vote on a referendum
    Vote(vote::VoteArgs),
    /// Take a vote back
    RemoveVote(vote::RemoveVoteArgs),
    /// Let another account vote with one's tokens
    Delegate(vote::DelegateArgs),
    /// Vote oneself again
    Undelegate(vote::UndelegateArgs),
    /// Show votes, delegations and what they lock until when
    Locks(locks::LocksArgs),
    /// Free what votes need not lock any more
    Unlock(locks::UnlockArgs),
    /// Store calls on chain, show them, remove them
    #[command(subcommand)]
    Preimage(preimage::PreimageCommand),
    /// Look at the treasury, spend it
    #[command(subcommand)]
    Treasury(treasury::TreasuryCommand),
    /// Look at bounties, propose and claim them
    #[command(subcommand)]
    Bounty(bounty::BountyCommand),
    /// The technical collective's motions
    #[command(subcommand)]
    Collective(collective::CollectiveCommand),
    /// Take only essential calls
    #[command(subcommand)]
    SafeMode(emergency::SafeModeCommand),
    /// Do not take single calls
    #[command(subcommand)]
    Pause(emergency::PauseCommand),
}

impl GovCommand {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Tracks => tracks::run(context).await,
            Self::Ls(args) => args.run(context).await,
            Self::Show(args) => args.run(context).await,
            Self::Propose(args) => args.run(context).await,
            Self::Deposit(args) => args.deposit(context).await,
            Self::Refund(args) => args.refund(context).await,
            Self::Cancel(args) => args.cancel(context).await,
            Self::Kill(args) => args.kill(context).await,
            Self::Vote(args) => args.run(context).await,
            Self::RemoveVote(args) => args.run(context).await,
            Self::Delegate(args) => args.run(context).await,
            Self::Undelegate(args) => args.run(context).await,
            Self::Locks(args) => args.run(context).await,
            Self::Unlock(args) => args.run(context).await,
            Self::Preimage(command) => command.run(context).await,
            Self::Treasury(command) => command.run(context).await,
            Self::Bounty(command) => command.run(context).await,
            Self::Collective(command) => command.run(context).await,
            Self::SafeMode(command) => command.run(context).await,
            Self::Pause(command) => command.run(context).await,
        }
    }
}
