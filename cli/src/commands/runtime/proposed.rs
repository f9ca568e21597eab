//! The code that a referendum proposes.

use super::hex_hash;
use crate::exit::{Status, error};
use blocs_chain::{
    At, SubxtChain,
    governance::{Ending, GovernanceView, Proposal, ReferendumState},
    value,
};
use blocs_metadata::code_hash;
use blocs_primitives::Hash;
use serde_json::Value;
use std::str::FromStr;

/// Hashes of the codes that the referendum would make, or has made, the chain's runtime.
pub(super) async fn code_hashes(chain: &SubxtChain, index: u32) -> anyhow::Result<Vec<String>> {
    let referendum = chain.referendum(index, At::Best).await?.ok_or_else(|| {
        let message = format!("there is no referendum {index}: see `blocs gov ls`");
        error(Status::NotFound, message)
    })?;
    let proposal = match referendum.state {
        ReferendumState::Ongoing(ongoing) => ongoing.proposal,
        ReferendumState::Ended(outcome) if outcome.kind == Ending::Approved => return authorized(chain, index).await,
        ReferendumState::Ended(outcome) => {
            let message = format!("referendum {index} is {}: it upgrades nothing", outcome.kind.word());
            return Err(error(Status::NotFound, message));
        }
    };
    let call = preimage(chain, &proposal).await?;
    let mut found = Found::default();
    found.search(&chain.decode_call(&call).await?.to_json());
    for hash in std::mem::take(&mut found.whitelisted) {
        let Ok(hash) = Hash::from_str(&hash) else { continue };
        let call = preimage(chain, &Proposal::Lookup { hash, len: None }).await?;
        found.search(&chain.decode_call(&call).await?.to_json());
    }
    if found.codes.is_empty() {
        let message =
            format!("referendum {index} is about something else than the runtime: see `blocs gov show {index}`");
        return Err(error(Status::NotFound, message));
    }
    Ok(found.codes)
}

async fn preimage(chain: &SubxtChain, proposal: &Proposal) -> anyhow::Result<Vec<u8>> {
    chain.proposed_call(proposal, At::Best).await?.ok_or_else(|| {
        let hash = proposal.hash();
        let message = format!("the proposed call {hash:?} is not on the chain: ask its proposer to note the preimage");
        error(Status::NotFound, message)
    })
}

/// What an approved referendum has authorized, while nobody has applied it.
async fn authorized(chain: &SubxtChain, index: u32) -> anyhow::Result<Vec<String>> {
    let upgrade = chain.read(At::Best, "System", "AuthorizedUpgrade", vec![]).await?;
    let hash = upgrade
        .as_ref()
        .and_then(|upgrade| value::field(upgrade, "code_hash"))
        .and_then(value::as_bytes);
    match hash {
        Some(hash) => Ok(vec![format!("0x{}", hex::encode(hash))]),
        None => {
            let message = format!(
                "referendum {index} was approved, and no upgrade waits any more: it was applied, or was about something else"
            );
            Err(error(Status::NotFound, message))
        }
    }
}

/// What was found in a call.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    codes: Vec<String>,
    whitelisted: Vec<String>,
}

impl Found {
    /// Looks through a decoded call and the calls in it.
    fn search(&mut self, call: &Value) {
        match call {
            Value::Object(members) => {
                let text = |name: &str| members.get(name).and_then(Value::as_str);
                if let (Some(pallet), Some(name), Some(args)) = (text("pallet"), text("call"), members.get("args")) {
                    self.take(pallet, name, args);
                }
                members.values().for_each(|value| self.search(value));
            }
            Value::Array(values) => values.iter().for_each(|value| self.search(value)),
            _ => {}
        }
    }

    fn take(&mut self, pallet: &str, call: &str, args: &Value) {
        let arg = |name: &str| args.get(name).and_then(Value::as_str).map(str::to_owned);
        match (pallet, call) {
            ("System", "authorize_upgrade" | "authorize_upgrade_without_checks") => self.codes.extend(arg("code_hash")),
            ("System", "set_code" | "set_code_without_checks") => {
                let code = arg("code").and_then(|code| hex::decode(code.trim_start_matches("0x")).ok());
                self.codes.extend(code.map(|code| hex_hash(code_hash(&code))));
            }
            ("Whitelist", "dispatch_whitelisted_call") => self.whitelisted.extend(arg("call_hash")),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_upgrade_is_found_inside_other_calls() {
        let hash = format!("0x{}", "ab".repeat(32));
        let upgrade = json!({ "pallet": "System", "call": "authorize_upgrade", "args": { "code_hash": hash } });
        let remark = json!({ "pallet": "System", "call": "remark", "args": { "remark": "0x00" } });
        let batch = json!({ "pallet": "Utility", "call": "batch_all", "args": { "calls": [remark, upgrade] } });
        let mut found = Found::default();
        found.search(&batch);
        assert_eq!(found.codes, [hash]);

        let set = json!({ "pallet": "System", "call": "set_code", "args": { "code": "0x0061736d" } });
        let mut found = Found::default();
        found.search(&set);
        assert_eq!(found.codes, [hex_hash(code_hash(b"\0asm"))]);
    }
}
