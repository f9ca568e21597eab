//! `blocs contract set-code`

use super::{answer, call::Asked, given};
use crate::{
    commands::{
        Context,
        desk::{Desk, Sending},
    },
    exit::{Status, error},
};
use blocs_chain::At;
use blocs_contract::{Bundle, Callable, chain};
use clap::Args;
use serde_json::json;
use std::path::Path;

/// Names under which contracts take new code.
const MESSAGES: [&str; 4] = ["set_code", "set_code_hash", "upgrade", "upgrade_to"];

/// Arguments of `contract set-code`.
#[derive(Debug, Args)]
pub(crate) struct SetCodeArgs {
    /// The contract's address
    #[arg(value_name = "ADDRESS")]
    contract: String,
    /// The new code: its hash (0x and 64 hexadecimal digits), or its bundle; the chain must have it (`blocs contract upload`)
    #[arg(value_name = "CODE")]
    code: String,
    /// The message of the contract that takes the hash [default: set_code, set_code_hash, upgrade or upgrade_to]
    #[arg(long, value_name = "NAME")]
    message: Option<String>,
    #[command(flatten)]
    metadata: given::Metadata,
    #[command(flatten)]
    budget: given::Budget,
    #[command(flatten)]
    sending: Sending,
}

impl SetCodeArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let hash = match given::code_hash(&self.code) {
            Some(hash) => hash,
            None => Bundle::read(Path::new(&self.code))?.code_hash(),
        };
        let desk = Desk::open(context).await?;
        let contract = context.resolve(&self.contract)?;
        let (bundle, info) = self.metadata.of(&desk.chain, &contract).await?;
        let shown = answer::hex(&hash);
        if info.code_hash == hash {
            let message = format!("the contract has the code {shown} already");
            return Err(error(Status::Usage, message));
        }
        if chain::code(&desk.chain, At::Best, hash).await?.is_none() {
            let message = format!("the chain has no code {shown}: store it first with `blocs contract upload`");
            return Err(error(Status::NotFound, message));
        }
        let message = match &self.message {
            Some(name) => Some(bundle.abi().message(name)?),
            None => by_custom(&bundle),
        };
        let Some(message) = message else {
            return self.propose(context, &desk, &contract, hash).await;
        };
        self.budget.check(message)?;
        let data = bundle.abi().encode(message, &[&shown])?;
        let asked = Asked {
            contract,
            bundle: &bundle,
            message,
            data,
        };
        asked.send(context, &desk, &self.budget, &self.sending).await
    }

    /// The contract does not take new code itself: only a referendum with the root origin can give it other code.
    async fn propose(
        &self,
        context: &Context,
        desk: &Desk,
        contract: &blocs_primitives::AccountId,
        hash: [u8; 32],
    ) -> anyhow::Result<()> {
        let call = chain::set_code(&desk.chain, contract, hash).await?;
        let encoded = answer::hex(&call.bytes);
        let command = format!("blocs gov propose --track root --encoded {encoded}");
        context.output.note(
            "the contract has no message that takes new code, so that only a referendum can give it other code; nothing was sent. To propose it:",
        );
        let record = json!({
            "contract": desk.address(contract),
            "code_hash": answer::hex(&hash),
            "call": encoded,
            "command": command,
            "sent": false,
        });
        context.output.record(record, || command.clone())?;
        Ok(())
    }
}

/// The message that takes a new code, when it has one of the usual names and takes nothing but a hash.
fn by_custom(bundle: &Bundle) -> Option<&Callable> {
    MESSAGES.iter().find_map(|name| {
        let message = bundle.abi().message(name).ok()?;
        let [only] = message.args.as_slice() else { return None };
        matches!(only.type_name.as_str(), "Hash" | "CodeHash" | "[u8; 32]").then_some(message)
    })
}
