//! `blocs contract instantiate`

use super::{answer, given};
use crate::{
    commands::{
        Context,
        desk::{Desk, Sending},
        tx,
    },
    exit::{Status, error},
};
use blocs_chain::{At, value};
use blocs_contract::{
    Abi, Bundle, Callable,
    chain::{self, CodeSource, Instantiation},
    check_code,
};
use clap::Args;
use serde_json::Value as Json;
use std::path::PathBuf;

/// Arguments of `contract instantiate`.
#[derive(Debug, Args)]
pub(crate) struct InstantiateArgs {
    /// The contract's bundle: a .contract file, or the folder of its build
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// Arguments of the constructor, in order or as name=value
    #[arg(value_name = "ARGUMENT", allow_negative_numbers = true)]
    args: Vec<String>,
    /// The constructor [default: the only one, the one marked as default, or `new`]
    #[arg(long, value_name = "NAME")]
    constructor: Option<String>,
    /// Sets the address apart from that of other contracts of this account with the same code and arguments: a text, or 0x and hexadecimal digits
    #[arg(long, default_value = "", hide_default_value = true)]
    salt: String,
    #[command(flatten)]
    budget: given::Budget,
    #[command(flatten)]
    sending: Sending,
}

impl InstantiateArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        // What is wrong with the code is known without a chain.
        let code_hash = check(&Bundle::read(&self.bundle)?)?;
        let desk = Desk::open(context).await?;
        let bundle = given::read(&self.bundle, &desk.chain)?;
        let constructor = chosen(bundle.abi(), self.constructor.as_deref())?;
        self.budget.check(constructor)?;
        let data = bundle.abi().encode(constructor, &given::words(&self.args)?)?;
        let code = match chain::code(&desk.chain, At::Best, code_hash).await? {
            Some(_) => CodeSource::Stored(code_hash),
            None => CodeSource::New(bundle.wasm()?.to_vec()),
        };
        let wanted = Instantiation {
            origin: desk.account.clone(),
            value: self.budget.value,
            code,
            data,
            salt: salt(&self.salt)?,
        };
        let trial = chain::try_instantiate(&desk.chain, At::Best, &wanted, self.budget.limits()).await?;
        answer::accepted(context, &desk.chain, &bundle, constructor, &trial)?;
        let (gas, deposit) = trial.limits(self.budget.limits(), chain::most_gas(&desk.chain).await?)?;
        answer::announce(context, &trial, gas, deposit);
        let call = chain::instantiate(&desk.chain, &wanted, gas, deposit).await?;
        let Some(done) = desk.send(context, call, &self.sending).await.map_err(answer::explain)? else {
            return Ok(());
        };
        let made = done
            .events
            .iter()
            .filter(|event| event.pallet == "Contracts" && event.event == "Instantiated");
        let mut made = made.filter_map(|event| value::field(&event.fields, "contract").and_then(value::as_account));
        // Its constructor may have made others before.
        let address = made
            .clone()
            .find(|made| Some(made) == trial.account.as_ref())
            .or_else(|| made.next_back());
        let address = address.ok_or_else(|| {
            error(
                Status::Error,
                format!(
                    "block {} has no event of the contract that was made; look with `blocs contract events`",
                    done.report.block.number
                ),
            )
        })?;
        let events: Vec<_> = chain::emitted(&done.events)
            .iter()
            .map(|event| answer::event(&desk.chain, event, Some(&address), Some(bundle.abi())))
            .collect();
        let shown = given::shown(&desk.chain, &address);
        let mut more = answer::costs(&trial, gas, deposit);
        if let Some(all) = more.as_object_mut() {
            all.insert("contract".to_owned(), Json::String(shown.clone()));
            all.insert("name".to_owned(), Json::String(bundle.name().to_owned()));
            all.insert("code_hash".to_owned(), Json::String(answer::hex(&code_hash)));
            all.insert("constructor".to_owned(), Json::String(constructor.label.clone()));
            all.insert(
                "events".to_owned(),
                events.iter().map(|event| event.json.clone()).collect(),
            );
        }
        for event in &events {
            context.output.note(&event.text);
        }
        let text = format!("{} made at {shown}", bundle.name());
        desk.say(context, &done.report, more, &text)?;
        Ok(())
    }
}

/// The hash of a bundle's code, when the chain would take it.
fn check(bundle: &Bundle) -> anyhow::Result<[u8; 32]> {
    Ok(check_code(bundle.wasm()?)?.hash)
}

fn chosen<'a>(abi: &'a Abi, name: Option<&str>) -> anyhow::Result<&'a Callable> {
    match name {
        Some(name) => Ok(abi.constructor(name)?),
        None => abi.default_constructor().ok_or_else(|| {
            let all: Vec<String> = abi.constructors().iter().map(Callable::signature).collect();
            let message = format!(
                "the contract has several constructors: name one with --constructor: {}",
                all.join("; ")
            );
            error(Status::Usage, message)
        }),
    }
}

fn salt(text: &str) -> anyhow::Result<Vec<u8>> {
    match text.starts_with("0x") {
        true => tx::hex_bytes(text),
        false => Ok(text.as_bytes().to_vec()),
    }
}
