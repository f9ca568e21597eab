//! `blocs gov bounty …`

use super::{
    desk::{Assembly, Desk, Sending, event_number},
    propose::{Wishes, propose},
    treasury::track_for,
};
use crate::{
    commands::Context,
    exit::{Status, error},
    units::{bloc, parse_amount},
};
use blocs_chain::{
    Value,
    governance::{Bounty, GovernanceView},
    value,
};
use blocs_primitives::Balance;
use clap::{Args, Subcommand};
use serde_json::json;

/// Work that the treasury pays for when a curator is satisfied.
#[derive(Debug, Subcommand)]
pub(crate) enum BountyCommand {
    /// List all bounties
    Ls,
    /// Propose a bounty; a deposit is held until it is approved
    Propose(BountyProposeArgs),
    /// Propose a referendum that approves a bounty
    Approve(ApproveArgs),
    /// Pay out a bounty that was awarded: anybody may
    Claim(ClaimArgs),
}

/// Arguments of `gov bounty propose`.
#[derive(Debug, Args)]
pub(crate) struct BountyProposeArgs {
    /// What it pays, in BLOC, with the curator's fee
    #[arg(value_parser = parse_amount)]
    amount: Balance,
    /// What it is for
    description: String,
    #[command(flatten)]
    sending: Sending,
}

/// Arguments of `gov bounty approve`.
#[derive(Debug, Args)]
pub(crate) struct ApproveArgs {
    /// Number of the bounty
    #[arg(value_name = "ID")]
    index: u32,
    /// Put the decision deposit down as well
    #[arg(long)]
    deposit: bool,
    #[command(flatten)]
    sending: Sending,
}

/// Arguments of `gov bounty claim`.
#[derive(Debug, Args)]
pub(crate) struct ClaimArgs {
    /// Number of the bounty
    #[arg(value_name = "ID")]
    index: u32,
    #[command(flatten)]
    sending: Sending,
}

impl BountyCommand {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Ls => list(context).await,
            Self::Propose(args) => args.run(context).await,
            Self::Approve(args) => args.run(context).await,
            Self::Claim(args) => args.run(context).await,
        }
    }
}

async fn list(context: &Context) -> anyhow::Result<()> {
    let assembly = Assembly::open(context).await?;
    let rows = assembly.chain.bounties(assembly.at).await?.into_iter().map(|bounty| {
        let address = |account: &Option<_>| account.as_ref().map(|account| assembly.address(account));
        let (curator, beneficiary) = (address(&bounty.curator), address(&bounty.beneficiary));
        let value = json!({
            "id": bounty.index,
            "description": bounty.description,
            "status": bounty.status,
            "value": bounty.value.to_string(),
            "fee": bounty.fee.to_string(),
            "proposer": assembly.address(&bounty.proposer),
            "curator": curator,
            "beneficiary": beneficiary,
            "unlock_at": bounty.unlock_at,
        });
        let cells = vec![
            bounty.index.to_string(),
            bounty.status,
            bloc(bounty.value),
            curator.unwrap_or_default(),
            bounty.description,
        ];
        (value, cells)
    });
    let rows = rows.collect();
    context
        .output
        .table(&["ID", "STATUS", "VALUE", "CURATOR", "DESCRIPTION"], rows)?;
    Ok(())
}

async fn bounty(desk: &Desk, index: u32) -> anyhow::Result<Bounty> {
    let all = desk.assembly.chain.bounties(desk.assembly.at).await?;
    all.into_iter().find(|bounty| bounty.index == index).ok_or_else(|| {
        error(
            Status::NotFound,
            format!("there is no bounty {index}: `blocs gov bounty ls` lists them"),
        )
    })
}

impl BountyProposeArgs {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let fields = vec![
            ("value", value::amount(self.amount)),
            ("description", value::bytes(self.description.as_bytes())),
        ];
        let call = desk.call("Bounties", "propose_bounty", fields).await?;
        let Some(report) = desk.send(context, call, self.sending).await? else {
            return Ok(());
        };
        let event = desk.event(&report, "Bounties", "BountyProposed").await?;
        let index = event.as_ref().and_then(|event| event_number(event, "index"));
        let name = index.map_or_else(|| "a bounty".to_owned(), |index| format!("bounty {index}"));
        let more = json!({ "id": index, "value": self.amount.to_string() });
        desk.say(
            context,
            &report,
            more,
            &format!("proposed {name} of {}", bloc(self.amount)),
        )?;
        Ok(())
    }
}

impl ApproveArgs {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let bounty = bounty(&desk, self.index).await?;
        let track = desk.assembly.track(track_for(bounty.value))?.clone();
        let fields = vec![("bounty_id", Value::u128(self.index.into()))];
        let call = desk.call("Bounties", "approve_bounty", fields).await?;
        let wishes = Wishes {
            after: None,
            at: None,
            deposit: self.deposit,
        };
        propose(context, &desk, &track, call, wishes, self.sending).await
    }
}

impl ClaimArgs {
    async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let bounty = bounty(&desk, self.index).await?;
        let clock = &desk.assembly.clock;
        match bounty.unlock_at {
            Some(block) if block > clock.now => {
                let when = clock.show(block);
                let message = format!("bounty {} can be claimed in {when} (Bounties.Premature)", self.index);
                return Err(error(Status::Retryable, message));
            }
            Some(_) => {}
            None => {
                let message = format!(
                    "bounty {} is {} and not awarded (Bounties.UnexpectedStatus): its curator awards it",
                    self.index, bounty.status
                );
                return Err(super::desk::refused(message));
            }
        }
        let fields = vec![("bounty_id", Value::u128(self.index.into()))];
        let call = desk.call("Bounties", "claim_bounty", fields).await?;
        let more = json!({ "id": self.index, "value": bounty.value.to_string() });
        let text = format!("paid out bounty {}", self.index);
        desk.send_and_say(context, call, self.sending, more, &text).await
    }
}
