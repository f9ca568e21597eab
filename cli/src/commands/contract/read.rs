//! `blocs contract read`

use super::{answer, given};
use crate::commands::Context;
use blocs_chain::{At, ChainClient, value};
use blocs_contract::chain::{self, Call, Limits};
use blocs_primitives::AccountId;
use clap::Args;
use serde_json::json;

/// Arguments of `contract read`.
#[derive(Debug, Args)]
pub(crate) struct ReadArgs {
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
    /// Who asks: an address or an account of this machine [default: the current account, or nobody when there is none]
    #[arg(long = "as", value_name = "WHO")]
    origin: Option<String>,
}

impl ReadArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let chain = context.chain().await?;
        let contract = context.resolve(&self.contract)?;
        let (bundle, _) = self.metadata.of(&chain, &contract).await?;
        let message = bundle.abi().message(&self.message)?;
        self.budget.check(message)?;
        let origin = match &self.origin {
            Some(who) => context.resolve(who)?,
            None => current(context),
        };
        let asked = Call {
            origin,
            contract: contract.clone(),
            value: self.budget.value,
            data: bundle.abi().encode(message, &given::words(&self.args)?)?,
        };
        let limits: Limits = self.budget.limits();
        let trial = chain::try_call(&chain, At::Best, &asked, limits).await?;
        let returned = answer::accepted(context, &chain, &bundle, message, &trial)?;
        if message.mutates {
            context.output.note(format!(
                "{} would change the contract; only tried out, nothing was sent",
                message.label
            ));
        }
        let record = json!({
            "contract": given::shown(&chain, &contract),
            "message": message.label,
            "value": value::to_json(&returned, chain.properties()),
            "gas": answer::gas_json(trial.gas_required),
        });
        context
            .output
            .record(record, || value::to_text(&returned, chain.properties()))?;
        Ok(())
    }
}

/// The current account, or nobody: a read needs no key, so that one that is locked or missing is no error.
fn current(context: &Context) -> AccountId {
    let current = context.accounts().current_id(&context.settings);
    current.unwrap_or_else(|_| AccountId::new([0; 32]))
}
