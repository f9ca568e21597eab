//! `blocs gov deposit|refund|cancel|kill`

use super::{
    desk::{Desk, Sending, refused},
    funds::Funds,
    propose::{Wishes, propose},
};
use crate::{
    commands::Context,
    exit::{Status, error},
    units::bloc,
};
use blocs_chain::{
    Value,
    governance::{Ending, ReferendumState},
};
use clap::Args;
use serde_json::json;

/// Arguments of commands about one referendum.
#[derive(Debug, Args)]
pub(crate) struct IndexArgs {
    /// Number of the referendum
    #[arg(value_name = "N")]
    index: u32,
    #[command(flatten)]
    sending: Sending,
}

/// Arguments of `gov cancel` and `gov kill`.
#[derive(Debug, Args)]
pub(crate) struct StopArgs {
    /// Number of the referendum
    #[arg(value_name = "N")]
    index: u32,
    /// Put the decision deposit down as well
    #[arg(long)]
    deposit: bool,
    #[command(flatten)]
    sending: Sending,
}

impl IndexArgs {
    fn field(&self) -> Vec<(&'static str, Value)> {
        vec![("index", Value::u128(self.index.into()))]
    }

    /// `gov deposit`
    pub(super) async fn deposit(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let ongoing = desk.assembly.ongoing(self.index).await?;
        if let Some(deposit) = &ongoing.decision_deposit {
            return Err(refused(format!(
                "{} has put the decision deposit of referendum {} down already (Referenda.HasDeposit)",
                desk.assembly.address(&deposit.who),
                self.index
            )));
        }
        let amount = desk.assembly.track_of(ongoing.track)?.decision_deposit;
        let call = desk.call("Referenda", "place_decision_deposit", self.field()).await?;
        let fee = desk.try_out(&call).await?.0;
        let funds = Funds::of(&desk, &desk.account).await?;
        let needed = amount.saturating_add(fee);
        funds.enough(&desk, needed, "put the decision deposit down").await?;
        let more = json!({ "index": self.index, "deposit": amount.to_string() });
        let text = format!(
            "put {} down for the decision of referendum {}",
            bloc(amount),
            self.index
        );
        desk.send_and_say(context, call, self.sending, more, &text).await
    }

    /// `gov refund`
    pub(super) async fn refund(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let outcome = match desk.assembly.referendum(self.index).await?.state {
            ReferendumState::Ended(outcome) => outcome,
            ReferendumState::Ongoing(_) => {
                return Err(error(
                    Status::Retryable,
                    format!(
                        "referendum {} has not ended (Referenda.Unfinished): its deposits come back then",
                        self.index
                    ),
                ));
            }
        };
        let submission = outcome
            .submission_deposit
            .filter(|_| matches!(outcome.kind, Ending::Approved | Ending::Cancelled));
        let (mut calls, mut amount) = (Vec::new(), 0u128);
        for (deposit, name) in [
            (submission, "refund_submission_deposit"),
            (outcome.decision_deposit, "refund_decision_deposit"),
        ] {
            if let Some(deposit) = deposit {
                amount = amount.saturating_add(deposit.amount);
                calls.push(desk.call("Referenda", name, self.field()).await?);
            }
        }
        if calls.is_empty() {
            let kind = outcome.kind.word();
            return Err(error(
                Status::NotFound,
                format!(
                    "referendum {} was {kind} and holds no deposit that comes back (Referenda.NoDeposit): the one for a proposal comes \
                     back when it is approved or cancelled",
                    self.index
                ),
            ));
        }
        let call = desk.batch(calls).await?;
        let more = json!({ "index": self.index, "refunded": amount.to_string() });
        let text = format!(
            "{} of referendum {} went back to who put them down",
            bloc(amount),
            self.index
        );
        desk.send_and_say(context, call, self.sending, more, &text).await
    }
}

impl StopArgs {
    /// `gov cancel`
    pub(super) async fn cancel(self, context: &Context) -> anyhow::Result<()> {
        self.stop(context, "cancel", "referendum_canceller").await
    }

    /// `gov kill`
    pub(super) async fn kill(self, context: &Context) -> anyhow::Result<()> {
        self.stop(context, "kill", "referendum_killer").await
    }

    async fn stop(self, context: &Context, call: &str, track: &str) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        desk.assembly.ongoing(self.index).await?;
        let track = desk.assembly.track(track)?.clone();
        let fields = vec![("index", Value::u128(self.index.into()))];
        let call = desk.call("Referenda", call, fields).await?;
        let wishes = Wishes {
            after: None,
            at: None,
            deposit: self.deposit,
        };
        propose(context, &desk, &track, call, wishes, self.sending).await
    }
}
