//! What a node says about validators: stakes, slashes, offences, authors of blocks.

use super::block::Block;
use crate::Node;
use anyhow::{Context, Result};
use blocs_primitives::AccountId;
use std::{collections::BTreeMap, sync::Arc};
use subxt::{
    OnlineClient, OnlineClientAtBlock, SubstrateConfig,
    backend::LegacyBackend,
    dynamic::{self, Value},
    ext::scale_decode::DecodeAsType,
    rpcs::RpcClient,
};

type AtBlock = OnlineClientAtBlock<SubstrateConfig>;
type Bytes32 = [u8; 32];

/// What has happened in a block.
#[derive(Clone, Debug)]
pub struct Event {
    /// Height of the block.
    pub height: u64,
    /// The pallet, such as `Staking`.
    pub pallet: String,
    /// The event, such as `Slashed`.
    pub name: String,
    /// Its fields, encoded.
    pub fields: Vec<u8>,
}

impl Event {
    /// Whether it is this event, and begins with this account.
    pub fn concerns(&self, pallet: &str, name: &str, account: &AccountId) -> bool {
        let account: &Bytes32 = account.as_ref();
        self.pallet == pallet && self.name == name && self.fields.starts_with(account)
    }
}

/// Who authored a block, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorship {
    /// The slot.
    pub slot: u64,
    /// The validator.
    pub author: AccountId,
}

/// A validator's stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Stake {
    /// With what is on its way out.
    pub total: u128,
    /// What counts.
    pub active: u128,
}

/// A slash that is not applied yet.
#[derive(Clone, Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Unapplied {
    validator: Bytes32,
    own: u128,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct ActiveEra {
    index: u32,
}

/// A connection to a node.
pub struct Observer {
    api: OnlineClient<SubstrateConfig>,
}

impl Observer {
    /// Connects to a node.
    pub async fn connect(node: &Node) -> Result<Self> {
        let url = node.url();
        let rpc = RpcClient::from_insecure_url(&url)
            .await
            .with_context(|| format!("cannot connect to {url}"))?;
        let backend = LegacyBackend::<SubstrateConfig>::builder().build(rpc);
        let api = OnlineClient::from_backend_with_config(SubstrateConfig::new(), Arc::new(backend)).await?;
        Ok(Self { api })
    }

    /// The finalized head.
    async fn head(&self) -> Result<AtBlock> {
        Ok(self.api.at_current_block().await?)
    }

    /// Reports that the chain has accepted.
    pub async fn offences(&self) -> Result<usize> {
        let head = self.head().await?;
        let address = dynamic::storage::<(Bytes32,), Value>("Offences", "Reports");
        let mut entries = head.storage().iter(address, ()).await?;
        let mut count = 0;
        while let Some(entry) = entries.next().await {
            entry?;
            count += 1;
        }
        Ok(count)
    }

    /// What a stash has bonded.
    pub async fn stake(&self, stash: &AccountId) -> Result<Stake> {
        let head = self.head().await?;
        let address = dynamic::storage::<(Bytes32,), Stake>("Staking", "Ledger");
        let ledger = head.storage().try_fetch(address, (*stash.as_ref(),)).await?;
        Ok(ledger
            .with_context(|| format!("{stash} has bonded nothing"))?
            .decode()?)
    }

    /// Slashes of a validator's own stake that wait after the block of this height, by the era in which they are applied.
    pub async fn unapplied(&self, stash: &AccountId, height: u64) -> Result<BTreeMap<u32, u128>> {
        let block = self.api.at_block(height).await?;
        let address = dynamic::storage::<(u32,), Vec<Unapplied>>("Staking", "UnappliedSlashes");
        let mut entries = block.storage().iter(address, ()).await?;
        let stash: &Bytes32 = stash.as_ref();
        let mut all = BTreeMap::new();
        while let Some(entry) = entries.next().await {
            let entry = entry?;
            let (era,) = entry.key()?.decode()?;
            let slashes = entry.value().decode()?;
            let own: u128 = slashes
                .iter()
                .filter(|slash| slash.validator == *stash)
                .map(|slash| slash.own)
                .sum();
            if own > 0 {
                all.insert(era, own);
            }
        }
        Ok(all)
    }

    /// The era that runs.
    pub async fn active_era(&self) -> Result<u32> {
        let head = self.head().await?;
        let address = dynamic::storage::<(), ActiveEra>("Staking", "ActiveEra");
        let era = head.storage().try_fetch(address, ()).await?.context("no era runs")?;
        Ok(era.decode()?.index)
    }

    /// The validators, in the order of BABE's authorities.
    pub async fn validators(&self) -> Result<Vec<AccountId>> {
        validators_at(&self.head().await?).await
    }

    /// Number of validators that may not author or vote until their era ends.
    pub async fn disabled(&self) -> Result<usize> {
        let head = self.head().await?;
        let address = dynamic::storage::<(), Vec<Value>>("Session", "DisabledValidators");
        match head.storage().try_fetch(address, ()).await? {
            Some(all) => Ok(all.decode()?.len()),
            None => Ok(0),
        }
    }

    /// Author and slot of the block of this height, which `node` must have.
    pub async fn authorship(&self, node: &Node, height: u64) -> Result<Authorship> {
        let hash = node.block_hash(height).await?;
        let header = node.rpc("chain_getHeader", serde_json::json!([hash])).await?;
        let block = Block::read(&header)?;
        let (index, slot) = block
            .author
            .zip(block.slot)
            .with_context(|| format!("block {height} has no author"))?;
        let validators = validators_at(&self.api.at_block(height).await?).await?;
        let author = validators.into_iter().nth(usize::try_from(index)?);
        let author = author.with_context(|| format!("block {height} is of validator {index}, who is none"))?;
        Ok(Authorship { slot, author })
    }

    /// Events of the finalized block of this height, but for the frequent ones of every block.
    pub async fn events(&self, height: u64) -> Result<Vec<Event>> {
        let events = self.api.at_block(height).await?.events().fetch().await?;
        let mut all = Vec::new();
        for event in events.iter() {
            let event = event?;
            if ["System", "TransactionPayment", "Balances"].contains(&event.pallet_name()) {
                continue;
            }
            all.push(Event {
                height,
                pallet: event.pallet_name().to_owned(),
                name: event.event_name().to_owned(),
                fields: event.field_bytes().to_vec(),
            });
        }
        Ok(all)
    }
}

async fn validators_at(block: &AtBlock) -> Result<Vec<AccountId>> {
    let address = dynamic::storage::<(), Vec<Bytes32>>("Session", "Validators");
    let all = block.storage().try_fetch(address, ()).await?;
    let all = all.context("there are no validators")?.decode()?;
    Ok(all.into_iter().map(AccountId::new).collect())
}
