//! `blocs gov safe-mode …` and `blocs gov pause …`

use super::{
    collective,
    desk::{Assembly, Desk, Sending, usage},
    propose::{Wishes, propose},
};
use crate::{
    commands::Context,
    exit::{Status, error},
};
use blocs_chain::{CallError, RawCall, SubxtChain, Value, governance::GovernanceView, value};
use clap::{Args, Subcommand};
use serde_json::json;

/// Safe mode: only essential calls are taken.
#[derive(Debug, Subcommand)]
pub(crate) enum SafeModeCommand {
    /// Say whether it is on, and until when
    Show,
    /// Propose to turn it on
    Enter(Way),
    /// Propose to prolong it
    Extend(Way),
    /// Propose to turn it off
    Exit(Way),
}

/// Single calls that are not taken.
#[derive(Debug, Subcommand)]
pub(crate) enum PauseCommand {
    /// List paused calls
    Show,
    /// Propose to pause a call
    Add(PauseArgs),
    /// Propose to take a paused call again
    Lift(PauseArgs),
}

/// Who shall decide it.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Way {
    /// As a motion of the technical collective, in place of a referendum on the emergency track
    #[arg(long, conflicts_with = "deposit")]
    collective: bool,
    /// Put the referendum's decision deposit down as well
    #[arg(long)]
    deposit: bool,
    #[command(flatten)]
    sending: Sending,
}

/// Arguments of `gov pause add` and `gov pause lift`.
#[derive(Debug, Args)]
pub(crate) struct PauseArgs {
    /// The call, such as `balances.transferKeepAlive`
    #[arg(value_name = "PALLET.CALL")]
    call: String,
    #[command(flatten)]
    way: Way,
}

impl SafeModeCommand {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (call, way) = match self {
            Self::Show => return show_safe_mode(context).await,
            Self::Enter(way) => ("force_enter", way),
            Self::Extend(way) => ("force_extend", way),
            Self::Exit(way) => ("force_exit", way),
        };
        let desk = Desk::open(context).await?;
        let call = desk.call("SafeMode", call, Vec::new()).await?;
        way.ask(context, &desk, call).await
    }
}

impl PauseCommand {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let (call, argument, args) = match self {
            Self::Show => return show_paused(context).await,
            Self::Add(args) => ("pause", "full_name", args),
            Self::Lift(args) => ("unpause", "ident", args),
        };
        let desk = Desk::open(context).await?;
        let (pallet, name) = names(&desk.assembly.chain, &args.call).await?;
        let full = Value::unnamed_composite([value::bytes(pallet.as_bytes()), value::bytes(name.as_bytes())]);
        let call = desk.call("TxPause", call, vec![(argument, full)]).await?;
        args.way.ask(context, &desk, call).await
    }
}

impl Way {
    async fn ask(self, context: &Context, desk: &Desk, call: RawCall) -> anyhow::Result<()> {
        if self.collective {
            return collective::propose(context, desk, call, None, self.sending).await;
        }
        let track = desk.assembly.track("emergency")?.clone();
        let wishes = Wishes {
            after: None,
            at: None,
            deposit: self.deposit,
        };
        propose(context, desk, &track, call, wishes, self.sending).await
    }
}

async fn show_safe_mode(context: &Context) -> anyhow::Result<()> {
    let assembly = Assembly::open(context).await?;
    let until = assembly.chain.stopped(assembly.at).await?.safe_mode_until;
    let value = json!({ "on": until.is_some(), "until": until });
    context.output.record(value, || match until {
        Some(block) => format!(
            "safe mode is on until {}: only essential calls are taken, proofs, claims and votes among them",
            assembly.clock.show(block)
        ),
        None => "safe mode is off".to_owned(),
    })?;
    Ok(())
}

async fn show_paused(context: &Context) -> anyhow::Result<()> {
    let assembly = Assembly::open(context).await?;
    let paused = assembly.chain.stopped(assembly.at).await?.paused;
    let rows = paused.into_iter().map(|call| (json!({ "call": call }), vec![call]));
    context.output.table(&["PAUSED CALL"], rows.collect())?;
    Ok(())
}

/// The chain's own names of the pallet and the call that `path` names.
async fn names(chain: &SubxtChain, path: &str) -> anyhow::Result<(String, String)> {
    let canonical = match chain.call_from_text(path, &[]).await {
        Ok(call) => call.name(),
        // The call is there, but wants arguments.
        Err(CallError::Argument { call, .. }) => call,
        Err(failure) => return Err(usage(failure)),
    };
    let parts = canonical.split_once('.');
    parts
        .map(|(pallet, call)| (pallet.to_owned(), call.to_owned()))
        .ok_or_else(|| {
            error(
                Status::Usage,
                format!("{path:?} names no call: write balances.transferKeepAlive"),
            )
        })
}
