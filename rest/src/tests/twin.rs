//! A chain in memory: empty blocks, no storage, and faults when asked for.

use crate::source::{Source, Wanted};
use async_trait::async_trait;
use blocs_chain::{
    At, BlockRef, BlockStream, CallError, ChainProperties, Decoded, DecodedCall, DecodedEvent, DecodedExtrinsic,
    EntriesPage, PalletInfo, QueryError, RawBlock, Value,
    governance::{GovernanceLimits, Proposal, Referendum, Track},
};
use blocs_primitives::{Balance, BlockNumber, Hash};
use futures::{StreamExt, stream};
use std::{sync::Arc, time::Duration};
use tokio::sync::Notify;

/// Hash of the block of this height.
pub(super) fn hash(number: BlockNumber) -> Hash {
    Hash::from_low_u64_be(u64::from(number) + 1)
}

/// Tells when a request waits at a chain that never answers.
#[derive(Clone, Default)]
pub(super) struct Gate(Arc<Notify>);

impl Gate {
    pub(super) async fn entered(&self) {
        self.0.notified().await;
    }
}

pub(super) struct Twin {
    best: BlockNumber,
    properties: ChainProperties,
    gate: Option<Gate>,
    pub(super) failure: Option<QueryError>,
}

impl Twin {
    /// A chain of this height, finalized up to three blocks below.
    pub(super) fn of(best: BlockNumber) -> Self {
        Self {
            best,
            properties: ChainProperties {
                name: "Twin".into(),
                token_symbol: "BLOC".into(),
                token_decimals: 12,
                ss58_prefix: 42,
                existential_deposit: 1,
                period_length: 16,
                slot_duration: Duration::from_secs(1),
            },
            gate: None,
            failure: None,
        }
    }

    /// From now on blocks are never answered.
    pub(super) fn close(&mut self) -> Gate {
        self.gate.get_or_insert_default().clone()
    }

    fn known(&self, number: BlockNumber) -> BlockRef {
        BlockRef {
            number,
            hash: hash(number),
        }
    }

    fn find(&self, wanted: Hash) -> Result<BlockRef, QueryError> {
        let mut all = (0..=self.best).map(|number| self.known(number));
        all.find(|block| block.hash == wanted)
            .ok_or_else(|| QueryError::NoState {
                what: "the block".into(),
                reason: "unknown".into(),
            })
    }

    fn works(&self) -> Result<(), QueryError> {
        self.failure.clone().map_or(Ok(()), Err)
    }

    fn head(&self, number: BlockNumber) -> BlockStream {
        let first = match &self.failure {
            Some(QueryError::Unreachable(unreachable)) => Err(unreachable.clone()),
            _ => Ok(self.known(number)),
        };
        stream::iter([first]).chain(stream::pending()).boxed()
    }
}

fn not_here<T>() -> Result<T, CallError> {
    Err(CallError::Undecodable {
        reason: "the twin has no metadata".into(),
    })
}

fn nothing<T>(what: &str) -> Result<T, QueryError> {
    Err(QueryError::Incompatible {
        what: what.into(),
        reason: "the twin does not have it".into(),
    })
}

#[async_trait]
impl Source for Twin {
    fn genesis(&self) -> Hash {
        hash(0)
    }

    fn properties(&self) -> &ChainProperties {
        &self.properties
    }

    async fn block(&self, at: At) -> Result<BlockRef, QueryError> {
        self.works()?;
        match at {
            At::Best => Ok(self.known(self.best)),
            At::Finalized => Ok(self.known(self.best.saturating_sub(3))),
            At::Block(hash) => self.find(hash),
        }
    }

    async fn block_hash(&self, number: BlockNumber) -> Result<Option<Hash>, QueryError> {
        self.works()?;
        Ok((number <= self.best).then(|| hash(number)))
    }

    fn best_blocks(&self) -> BlockStream {
        self.head(self.best)
    }

    fn finalized_blocks(&self) -> BlockStream {
        self.head(self.best.saturating_sub(3))
    }

    async fn raw_block(&self, wanted: Hash) -> Result<RawBlock, QueryError> {
        self.works()?;
        if let Some(gate) = &self.gate {
            gate.0.notify_one();
            futures::future::pending::<()>().await;
        }
        let block = self.find(wanted)?;
        Ok(RawBlock {
            block,
            parent: block.number.checked_sub(1).map(hash).unwrap_or_default(),
            state_root: Hash::zero(),
            extrinsics_root: Hash::zero(),
            digest: Vec::new(),
            extrinsics: Vec::new(),
        })
    }

    async fn extrinsics(&self, _: &RawBlock) -> Result<Vec<Result<DecodedExtrinsic, CallError>>, QueryError> {
        Ok(Vec::new())
    }

    async fn extrinsic(&self, _: &[u8]) -> Result<DecodedExtrinsic, CallError> {
        not_here()
    }

    async fn call(&self, _: &[u8]) -> Result<DecodedCall, CallError> {
        not_here()
    }

    async fn events(&self, _: Hash) -> Result<Vec<DecodedEvent>, QueryError> {
        self.works().map(|()| Vec::new())
    }

    async fn read(&self, _: Hash, _: &str, _: &str, _: Vec<Value>) -> Result<Option<Decoded>, QueryError> {
        self.works().map(|()| None)
    }

    async fn page(&self, _: Hash, _: Wanted<'_>) -> Result<EntriesPage, QueryError> {
        self.works().map(|()| EntriesPage::default())
    }

    async fn constant(&self, _: &str, name: &str) -> Result<Decoded, QueryError> {
        nothing(name)
    }

    async fn runtime_call(&self, _: Hash, _: &str, method: &str, _: Vec<Value>) -> Result<Decoded, QueryError> {
        nothing(method)
    }

    async fn pallets(&self, _: Hash) -> Result<Vec<PalletInfo>, QueryError> {
        Ok(Vec::new())
    }

    async fn keys(&self, _: Hash, _: &str, _: &str, _: &[String]) -> Result<Vec<Value>, CallError> {
        not_here()
    }

    async fn tracks(&self) -> Result<Vec<Track>, QueryError> {
        Ok(Vec::new())
    }

    async fn governance_limits(&self) -> Result<GovernanceLimits, QueryError> {
        nothing("the limits of governance")
    }

    async fn electorate(&self, _: Hash) -> Result<Balance, QueryError> {
        Ok(0)
    }

    async fn referendum(&self, _: u32, _: Hash) -> Result<Option<Referendum>, QueryError> {
        Ok(None)
    }

    async fn proposed_call(&self, _: &Proposal, _: Hash) -> Result<Option<Vec<u8>>, QueryError> {
        Ok(None)
    }
}
