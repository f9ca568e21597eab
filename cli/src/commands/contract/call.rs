//! `blocs contract call`

use super::{answer, given};
use crate::commands::{
    Context,
    desk::{Desk, Sending},
};
use blocs_chain::{At, ChainClient, value};
use blocs_contract::{
    Bundle, Callable,
    chain::{self, Call},
};
use blocs_primitives::AccountId;
use clap::Args;
use serde_json::Value as Json;

/// Arguments of `contract call`.
#[derive(Debug, Args)]
pub(crate) struct CallArgs {
    /// The contract's address
    #[arg(value_name = "ADDRESS")]
    contract: String,
    /// The message
    message: String,
    /// Its arguments, in order or as name=value
    #[arg(value_name = "ARGUMENT", allow_negative_numbers = true)]
    args: Vec<String>,
    #[command(flatten)]
    metadata: given::Metadata,
    #[command(flatten)]
    budget: given::Budget,
    #[command(flatten)]
    sending: Sending,
}

impl CallArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let desk = Desk::open(context).await?;
        let contract = context.resolve(&self.contract)?;
        let (bundle, _) = self.metadata.of(&desk.chain, &contract).await?;
        let message = bundle.abi().message(&self.message)?;
        self.budget.check(message)?;
        let data = bundle.abi().encode(message, &given::words(&self.args)?)?;
        if !message.mutates {
            context.output.note(format!(
                "{} changes nothing: `blocs contract read` asks it for nothing",
                message.label
            ));
        }
        let asked = Asked {
            contract,
            bundle: &bundle,
            message,
            data,
        };
        asked.send(context, &desk, &self.budget, &self.sending).await
    }
}

/// A message with its arguments.
pub(super) struct Asked<'a> {
    pub(super) contract: AccountId,
    pub(super) bundle: &'a Bundle,
    pub(super) message: &'a Callable,
    pub(super) data: Vec<u8>,
}

impl Asked<'_> {
    /// Tries the message out, sends it, and says what came of it.
    pub(super) async fn send(
        self,
        context: &Context,
        desk: &Desk,
        budget: &given::Budget,
        sending: &Sending,
    ) -> anyhow::Result<()> {
        let (bundle, message) = (self.bundle, self.message);
        let wanted = Call {
            origin: desk.account.clone(),
            contract: self.contract,
            value: budget.value,
            data: self.data,
        };
        let trial = chain::try_call(&desk.chain, At::Best, &wanted, budget.limits()).await?;
        let returned = answer::accepted(context, &desk.chain, bundle, message, &trial)?;
        let (gas, deposit) = trial.limits(budget.limits(), chain::most_gas(&desk.chain).await?)?;
        answer::announce(context, &trial, gas, deposit);
        let call = chain::call(&desk.chain, &wanted, gas, deposit).await?;
        let Some(done) = desk.send(context, call, sending).await.map_err(answer::explain)? else {
            return Ok(());
        };
        let events: Vec<_> = chain::emitted(&done.events)
            .iter()
            .map(|event| answer::event(&desk.chain, event, Some(&wanted.contract), Some(bundle.abi())))
            .collect();
        let shown = given::shown(&desk.chain, &wanted.contract);
        let mut more = answer::costs(&trial, gas, deposit);
        if let Some(all) = more.as_object_mut() {
            all.insert("contract".to_owned(), Json::String(shown.clone()));
            all.insert("message".to_owned(), Json::String(message.label.clone()));
            all.insert(
                "returned".to_owned(),
                value::to_json(&returned, desk.chain.properties()),
            );
            all.insert(
                "events".to_owned(),
                events.iter().map(|event| event.json.clone()).collect(),
            );
        }
        for event in &events {
            context.output.note(&event.text);
        }
        desk.say(
            context,
            &done.report,
            more,
            &format!("{} of {shown} called", message.label),
        )?;
        Ok(())
    }
}
