//! One file per command.

pub(crate) mod account;
pub(crate) mod asset;
pub(crate) mod batch;
pub(crate) mod completions;
pub(crate) mod contract;
pub(crate) mod deal;
mod desk;
pub(crate) mod dev;
pub(crate) mod get;
pub(crate) mod gov;
pub(crate) mod identity;
pub(crate) mod ls;
pub(crate) mod multisig;
pub(crate) mod proof;
pub(crate) mod provider;
pub(crate) mod proxy;
pub(crate) mod put;
pub(crate) mod quote;
mod quotes;
pub(crate) mod renew;
pub(crate) mod restore;
pub(crate) mod rm;
pub(crate) mod runtime;
mod session;
pub(crate) mod stake;
pub(crate) mod stat;
pub(crate) mod transfer;
pub(crate) mod tx;
pub(crate) mod validators;
pub(crate) mod vesting;

use crate::{
    accounts::{Account, Accounts, SS58_PREFIX},
    exit::{Status, error},
    output::Output,
    settings::Settings,
};
use blocs_chain::{ConnectOptions, SubxtChain};
use blocs_client::{BadProvider, Target};
use blocs_keys::{AddressError, parse_address};
use blocs_primitives::{AccountId, DealId, Hash};
use serde_json::{Value, json};
use session::Session;
use std::str::FromStr;

/// What every command is given.
pub(crate) struct Context {
    pub(crate) settings: Settings,
    pub(crate) output: Output,
}

impl Context {
    /// Connects to the node of the settings.
    pub(crate) async fn chain(&self) -> anyhow::Result<SubxtChain> {
        let options = ConnectOptions {
            expected_genesis: self.settings.genesis,
            ..ConnectOptions::default()
        };
        Ok(blocs_chain::connect(&self.settings.url, options).await?)
    }

    /// A client for the current account, on the chain that the account's files are on.
    pub(crate) async fn client(&self) -> anyhow::Result<Session> {
        Session::open(self).await
    }

    /// The accounts on this machine.
    pub(crate) fn accounts(&self) -> Accounts {
        Accounts::new(&self.settings)
    }

    /// The account to act for.
    pub(crate) fn account(&self) -> anyhow::Result<Account> {
        self.accounts().current(&self.settings)
    }

    /// The account that `text` names: an account of this machine or an address.
    pub(crate) fn resolve(&self, text: &str) -> anyhow::Result<AccountId> {
        match parse_address(text, SS58_PREFIX) {
            Ok(account) => return Ok(account),
            Err(other @ AddressError::OtherNetwork { .. }) => return Err(other.into()),
            Err(AddressError::Malformed { .. }) => {}
        }
        let stored = self.accounts().address(text).ok().flatten();
        stored
            .and_then(|address| AccountId::from_str(&address).ok())
            .ok_or_else(|| {
                let message = format!("{text:?} is neither an address nor an account of this machine");
                error(Status::NotFound, format!("{message}: see `blocs account ls`"))
            })
    }
}

/// Reads a deal's id: 64 hexadecimal digits, with or without 0x.
pub(crate) fn parse_deal(text: &str) -> Option<DealId> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let bytes: [u8; 32] = hex::decode(digits).ok()?.try_into().ok()?;
    Some(DealId(Hash::from(bytes)))
}

/// A deal's id as it is printed.
pub(crate) fn show_deal(deal: DealId) -> String {
    format!("{:?}", deal.0)
}

/// Reads what names an object: its name or its deal.
pub(crate) fn target(text: &str) -> Result<Target, String> {
    if text.is_empty() {
        return Err("a name has at least one letter".to_owned());
    }
    Ok(parse_deal(text)
        .filter(|_| text.starts_with("0x"))
        .map_or_else(|| Target::Name(text.to_owned()), Target::Deal))
}

/// Says which providers failed or lied although the operation succeeded.
pub(crate) fn show_bad(context: &Context, bad: &[BadProvider]) {
    for provider in bad {
        let what = if provider.lied { "sent wrong bytes" } else { "failed" };
        let BadProvider {
            provider,
            index,
            reason,
            ..
        } = provider;
        context
            .output
            .note(format!("provider {provider} {what} for slot {}: {reason}", index.0));
    }
}

/// A provider that failed or lied, as JSON.
pub(crate) fn bad_value(bad: &BadProvider) -> Value {
    json!({
        "provider": bad.provider.to_string(),
        "slot": bad.index.0,
        "lied": bad.lied,
        "reason": bad.reason,
    })
}
