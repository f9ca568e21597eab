//! `blocs-provider register`

use super::{Failure, NOT_FOUND, Options, connect, running};
use crate::admin::AdminClient;
use crate::{config::Config, keys::Keys, policy::required_bond, shared::bloc};
use blocs_chain::{At, ChainClient, InclusionReport, MarketCall, Provider, ProviderInfo, Registration, Terms, WaitFor};
use clap::Args;
use jsonrpsee::http_client::HttpClientBuilder;
use serde_json::json;
use std::path::Path;

/// Options of `register`.
#[derive(Debug, Args)]
pub(super) struct Register {}

impl Register {
    pub(super) async fn run(&self, options: &Options) -> anyhow::Result<()> {
        let (data, config) = options.load()?;
        let keys = Keys::load(&data, &config.suri_file(&data))?;
        let peer_id = keys.node.public().to_peer_id();
        let addresses = addresses(&config, &found(&data).await?, &peer_id.to_string())?;
        let terms = Terms {
            capacity: config.storage.capacity.0,
            price: config.offer.price,
            zone: config.offer.zone.clone(),
            tier: config.offer.tier,
            peer_id: peer_id.to_bytes(),
            addresses,
        };
        let chain = connect(&config).await?;
        let account = keys.account.account();
        let registered = chain.provider(&account, At::Finalized).await?;
        let info = chain.provider_info(&account, At::Finalized).await?.unwrap_or_default();
        let call = match &registered {
            Some(provider) if provider.operator != keys.operator.public() => {
                let text = format!(
                    "account {account} is registered with another operator key: restore keys/operator.key from the machine that registered it, \
                     or deregister first"
                );
                return Err(Failure::new(1, text).into());
            }
            Some(provider) if same_terms(provider, &info, &terms) => {
                let text = format!("{account} is registered with these terms already\n");
                return options.print(&json!({ "account": account.to_string(), "changed": false }), &text);
            }
            Some(_) => MarketCall::UpdateTerms(terms),
            None => {
                let params = chain.params(At::Finalized).await?;
                let required = required_bond(&params, terms.capacity);
                let bond = if config.offer.bond == 0 {
                    required
                } else {
                    config.offer.bond.max(params.min_bond)
                };
                eprintln!("registering {account} with a bond of {}", bloc(bond));
                MarketCall::Register(Registration {
                    operator: keys.operator.public(),
                    bond,
                    terms,
                })
            }
        };
        let report = chain.submit(&keys.account, call, WaitFor::Finalized).await?;
        let InclusionReport { block, fee, .. } = report;
        let text = format!("registered {account} in block {}, fee {}\n", block.number, bloc(fee));
        let value = json!({
            "account": account.to_string(), "changed": true, "block": block.number, "hash": format!("{:?}", block.hash),
            "fee": fee.to_string(),
        });
        options.print(&value, &text)
    }
}

fn same_terms(provider: &Provider, info: &ProviderInfo, terms: &Terms) -> bool {
    let known = Terms {
        capacity: provider.capacity,
        price: provider.price,
        zone: info.zone.clone(),
        tier: info.tier,
        peer_id: info.peer_id.clone(),
        addresses: info.addresses.clone(),
    };
    known == *terms
}

/// Addresses that the running daemon has; none when there is no daemon.
async fn found(data: &Path) -> anyhow::Result<Vec<String>> {
    let Some(run) = running(data)? else {
        return Ok(Vec::new());
    };
    let client = HttpClientBuilder::default().build(format!("http://{}", run.admin))?;
    // A daemon that was killed leaves its file behind; it also says what it was reached under.
    Ok(client.status().await.map_or(run.addresses, |status| status.addresses))
}

/// Addresses to publish, each with the peer id: those configured, or those of the running daemon.
fn addresses(config: &Config, found: &[String], peer_id: &str) -> Result<Vec<String>, Failure> {
    let with_peer = |address: &String| match address.contains("/p2p/") {
        true => address.clone(),
        false => format!("{address}/p2p/{peer_id}"),
    };
    if !config.network.external.is_empty() {
        return Ok(config.network.external.iter().map(with_peer).collect());
    }
    if found.is_empty() {
        let text = "cannot tell under which addresses this provider is reached: start `blocs-provider run` first, or set network.external";
        return Err(Failure::new(NOT_FOUND, text));
    }
    // Addresses of this machine only help on this machine: they come last, and only if there is room.
    let local = |address: &str| address.starts_with("/ip4/127.") || address.starts_with("/ip6/::1");
    let mut addresses: Vec<String> = found.iter().map(with_peer).collect();
    addresses.sort_by_key(|address| local(address));
    addresses.truncate(4);
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_addresses_name_the_peer_and_prefer_those_that_others_reach() {
        let run = ["/ip4/127.0.0.1/tcp/1/p2p/P", "/ip4/10.0.0.1/tcp/1/p2p/P"].map(String::from);
        let mut config = Config::default();
        let found = addresses(&config, &run, "P").expect("addresses");
        assert_eq!(found, ["/ip4/10.0.0.1/tcp/1/p2p/P", "/ip4/127.0.0.1/tcp/1/p2p/P"]);
        assert!(addresses(&config, &[], "P").is_err());
        config.network.external = vec!["/dns/a/tcp/1".into()];
        assert_eq!(addresses(&config, &[], "P").expect("addresses"), ["/dns/a/tcp/1/p2p/P"]);
    }
}
