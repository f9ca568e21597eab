//! Reports of validators that author two blocks in a slot.
//!
//! sc-consensus-babe 0.60 looks for such blocks when it imports one, but after the seal was taken off the header: the runtime cannot check
//! its reports and refuses them (`InvalidEquivocationProof`). So the node looks itself, at headers with their seals, and
//! [`no_slot`] keeps sc-consensus-babe from looking.

use crate::service::Client;
use blocs_runtime::{Hash, Header, opaque::Block};
use codec::Encode;
use futures::lock::Mutex;
use sc_consensus::{BlockCheckParams, BlockImport, BlockImportParams, ImportResult};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_api::{ApiError, ApiExt, ProvideRuntimeApi};
use sp_consensus::BlockOrigin;
use sp_consensus_babe::{
    AuthorityId, BabeApi, EquivocationProof, Slot, check_equivocation_proof, digests::CompatibleDigestItem,
    inherents::InherentDataProvider,
};
use sp_runtime::traits::Header as _;
use std::{collections::VecDeque, sync::Arc};

/// Headers that are remembered: those of some thousand slots.
const REMEMBERED: usize = 2_048;

/// A slot so late that sc-consensus-babe takes every block for too old to look for another one of its slot. It uses the slot for nothing else:
/// what the runtime checks a block against is the block's own slot.
pub(crate) fn no_slot() -> InherentDataProvider {
    InherentDataProvider::new(Slot::from(u64::MAX))
}

/// Looks at the header of every block on its way to the import.
#[derive(Clone)]
pub(crate) struct ReportEquivocations<Inner> {
    inner: Inner,
    client: Arc<Client>,
    pool: OffchainTransactionPoolFactory<Block>,
    seen: Arc<Mutex<Seen>>,
}

impl<Inner> ReportEquivocations<Inner> {
    /// Around the whole import.
    pub(crate) fn new(inner: Inner, client: Arc<Client>, pool: OffchainTransactionPoolFactory<Block>) -> Self {
        Self {
            inner,
            client,
            pool,
            seen: Arc::default(),
        }
    }

    async fn look(&self, header: Header) {
        let Some(claim) = header.digest().logs().iter().find_map(|item| item.as_babe_pre_digest()) else {
            return;
        };
        let (slot, author) = (claim.slot(), claim.authority_index());
        let Some(first) = self.seen.lock().await.note(slot, author, &header) else {
            return;
        };
        let (first_hash, second_hash) = (first.hash(), header.hash());
        match self.report(slot, author, first, header) {
            Ok(Some(offender)) => log::warn!(
                "validator {offender:?} authored two blocks in slot {}, {first_hash:?} and {second_hash:?}: reported",
                *slot
            ),
            Ok(None) => log::debug!("two headers of slot {} that prove no equivocation", *slot),
            Err(error) => log::warn!(
                "two blocks of one author in slot {}, {first_hash:?} and {second_hash:?}, could not be reported: {error}",
                *slot
            ),
        }
    }

    /// Sends a report to our own pool: only the author of a block can put one in. `None` when the headers prove nothing.
    fn report(&self, slot: Slot, author: u32, first: Header, second: Header) -> Result<Option<AuthorityId>, ApiError> {
        // The first is imported, and its state is of the slot's epoch, which its parent's need not be.
        let known = [first.hash(), *first.parent_hash()];
        let Some((at, offender)) = known
            .into_iter()
            .find_map(|at| Some((at, self.authority(at, slot, author)?)))
        else {
            return Ok(None);
        };
        let proof = EquivocationProof {
            slot,
            offender: offender.clone(),
            first_header: first,
            second_header: second,
        };
        if !check_equivocation_proof(proof.clone()) {
            return Ok(None);
        }
        let mut api = self.client.runtime_api();
        let Some(owner) = api.generate_key_ownership_proof(at, slot, offender.clone())? else {
            return Ok(None);
        };
        let best = self.client.chain_info().best_hash;
        api.register_extension(self.pool.offchain_transaction_pool(best));
        let sent = api.submit_report_equivocation_unsigned_extrinsic(best, proof, owner)?;
        Ok(sent.map(|()| offender))
    }

    /// Who has the place `author` in the epoch of `slot`, if that is the epoch of the block `at`.
    fn authority(&self, at: Hash, slot: Slot, author: u32) -> Option<AuthorityId> {
        let epoch = self.client.runtime_api().current_epoch(at).ok()?;
        let place = usize::try_from(author).ok()?;
        let authority = epoch.authorities.get(place)?;
        (slot >= epoch.start_slot && slot < epoch.start_slot.saturating_add(epoch.duration))
            .then(|| authority.0.clone())
    }
}

#[async_trait::async_trait]
impl<Inner> BlockImport<Block> for ReportEquivocations<Inner>
where
    Inner: BlockImport<Block> + Send + Sync,
{
    type Error = Inner::Error;

    async fn check_block(&self, block: BlockCheckParams<Block>) -> Result<ImportResult, Self::Error> {
        self.inner.check_block(block).await
    }

    async fn import_block(&self, block: BlockImportParams<Block>) -> Result<ImportResult, Self::Error> {
        // What is old when we see it has been reported by others.
        if block.origin != BlockOrigin::NetworkInitialSync && !block.with_state() {
            self.look(block.post_header()).await;
        }
        self.inner.import_block(block).await
    }
}

/// The last headers, one for each slot and author.
#[derive(Default)]
struct Seen(VecDeque<(Slot, u32, Header)>);

impl Seen {
    /// Remembers a header; returns another one of the same slot and author.
    fn note(&mut self, slot: Slot, author: u32, header: &Header) -> Option<Header> {
        let same = |(other_slot, other, _): &&(Slot, u32, Header)| *other_slot == slot && *other == author;
        if let Some((_, _, first)) = self.0.iter().rev().find(same) {
            return (first.encode() != header.encode()).then(|| first.clone());
        }
        self.0.push_back((slot, author, header.clone()));
        if self.0.len() > REMEMBERED {
            self.0.pop_front();
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(number: u32) -> Header {
        Header::new(number, Hash::zero(), Hash::zero(), Hash::zero(), Default::default())
    }

    #[test]
    fn only_another_header_of_the_same_author_and_slot_is_an_equivocation() {
        let mut seen = Seen::default();
        let slot = Slot::from(7);
        assert_eq!(seen.note(slot, 1, &header(1)), None);
        assert_eq!(seen.note(slot, 1, &header(1)), None, "the same block again");
        assert_eq!(seen.note(slot, 2, &header(2)), None, "another author");
        assert_eq!(seen.note(Slot::from(8), 1, &header(2)), None, "another slot");
        assert_eq!(seen.note(slot, 1, &header(2)), Some(header(1)));
    }

    #[test]
    fn a_clock_that_runs_ahead_makes_nobody_forget_the_present() {
        let mut seen = Seen::default();
        seen.note(Slot::from(1_000_000), 0, &header(1));
        seen.note(Slot::from(5), 1, &header(2));
        assert_eq!(seen.note(Slot::from(5), 1, &header(3)), Some(header(2)));
    }

    #[test]
    fn memory_is_bounded() {
        let mut seen = Seen::default();
        for slot in 0..REMEMBERED as u64 + 10 {
            seen.note(Slot::from(slot), 0, &header(1));
        }
        assert_eq!(seen.0.len(), REMEMBERED);
    }
}
