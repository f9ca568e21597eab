//! Reading any k slots of a deal, around providers that fail.

use crate::{BadProvider, Client, GetError, LookupError, ProviderError, SlotRef};
use blocs_chain::{At, Deal, ProviderRecord};
use blocs_erasure::{Coder, Label, Manifest, ManifestError, join};
use blocs_primitives::{DealId, SlotId};
use futures::{FutureExt, StreamExt, future::select, stream::FuturesUnordered};
use parking_lot::Mutex;
use std::{
    collections::{BTreeSet, VecDeque},
    ops::Range,
    time::Duration,
};

/// After so long without an answer, one more provider is asked.
const HEDGE: Duration = Duration::from_secs(2);

/// The slots of one deal and the providers that keep them.
pub(crate) struct Slots<'a> {
    client: &'a Client,
    what: String,
    coder: Coder,
    /// Entry `i` is slot `i`; `None` when it is closed or its provider is unknown.
    sources: Vec<Option<(ProviderRecord, SlotRef)>>,
    bad: Mutex<Vec<BadProvider>>,
    /// Slots whose providers could not be reached, and may be asked once more in the end.
    out_of_reach: Mutex<BTreeSet<usize>>,
    /// Slots whose providers were slow to answer last time: asked after the others.
    slow: Mutex<BTreeSet<usize>>,
}

impl<'a> Slots<'a> {
    /// Looks up who keeps the slots of a deal.
    pub(crate) async fn find(client: &'a Client, id: DealId, deal: &Deal, what: String) -> Result<Self, GetError> {
        let (k, n) = (usize::from(deal.k), usize::from(deal.n));
        let coder = Coder::new(k, n.saturating_sub(k)).map_err(|error| GetError::BadRequest {
            reason: error.to_string(),
        })?;
        let mut sources = vec![None; n];
        let slots = client.chain.slots(id, At::Finalized).await.map_err(LookupError::from)?;
        for (index, slot) in slots {
            let provider = client
                .chain
                .provider(&slot.provider, At::Finalized)
                .await
                .map_err(LookupError::from)?;
            let info = client
                .chain
                .provider_info(&slot.provider, At::Finalized)
                .await
                .map_err(LookupError::from)?;
            let (Some(provider), Some(info)) = (provider, info) else {
                continue;
            };
            let record = ProviderRecord {
                account: slot.provider,
                provider,
                info,
            };
            let reference = SlotRef {
                id: SlotId { deal: id, index },
                root: slot.root,
                size: slot.size,
            };
            if let Some(source) = sources.get_mut(usize::from(index.0)) {
                *source = Some((record, reference));
            }
        }
        Ok(Self {
            client,
            what,
            coder,
            sources,
            bad: Mutex::default(),
            out_of_reach: Mutex::default(),
            slow: Mutex::default(),
        })
    }

    /// Bytes in every slot; 0 when there is none.
    pub(crate) fn slot_bytes(&self) -> u64 {
        self.sources
            .iter()
            .flatten()
            .map(|(_, slot)| slot.size)
            .max()
            .unwrap_or(0)
    }

    /// Providers that have failed or lied so far.
    pub(crate) fn bad(&self) -> Vec<BadProvider> {
        self.bad.lock().clone()
    }

    /// The same range of the slots `wanted`, which are data slots, or of any k slots when one of these fails. The list has n entries.
    pub(crate) async fn read(&self, range: Range<u64>, wanted: &[usize]) -> Result<Vec<Option<Vec<u8>>>, GetError> {
        let k = self.coder.k();
        let mut shards: Vec<Option<Vec<u8>>> = vec![None; self.sources.len()];
        if range.is_empty() {
            shards.iter_mut().take(k).for_each(|shard| *shard = Some(Vec::new()));
            return Ok(shards);
        }
        let failed = self.failed();
        let sources = self.sources.iter().enumerate();
        let mut left: Vec<_> = sources
            .filter_map(|(index, source)| able_source(index, source, &failed))
            .collect();
        // Those wanted first, then the other data slots, which need no decoding; slow ones last.
        let slow = self.slow.lock().clone();
        left.sort_by_key(|(index, ..)| (slow.contains(index), !wanted.contains(index), *index));
        let is_quick = |index: &usize| wanted.contains(index) && !slow.contains(index);
        // How many are to be there or on their way.
        let mut target = match left.iter().filter(|(index, ..)| is_quick(index)).count() {
            quick if quick == wanted.len() => quick,
            _ => k,
        };
        let mut left = VecDeque::from(left);
        let mut waiting = BTreeSet::new();
        let mut asked = FuturesUnordered::new();
        let mut present = 0;
        let mut second_chances = BTreeSet::new();
        let is_there = |shards: &[Option<Vec<u8>>], index: &usize| shards.get(*index).is_some_and(Option::is_some);
        while present < k && !wanted.iter().all(|index| is_there(&shards, index)) {
            while asked.len() + present < target {
                let Some((index, record, slot)) = left.pop_front() else {
                    break;
                };
                waiting.insert(index);
                asked.push(self.read_one(index, record, slot, range.clone()));
            }
            if asked.is_empty() {
                let again = self.out_of_reach.lock().clone();
                let sources = self.sources.iter().enumerate();
                left.extend(
                    sources
                        .filter(|(index, _)| again.contains(index) && !second_chances.contains(index))
                        .filter_map(|(index, source)| able_source(index, source, &[])),
                );
                second_chances.extend(again);
                target = target.max(k);
                if !left.is_empty() {
                    continue;
                }
                return Err(self.too_few(present));
            }
            let next = select(asked.next(), tokio::time::sleep(HEDGE).boxed()).await;
            let futures::future::Either::Left((answer, _)) = next else {
                // All that are asked are slow: one more, and the first answers win.
                target = target.max(k) + 1;
                self.slow.lock().extend(&waiting);
                continue;
            };
            let Some((index, answer)) = answer else { continue };
            waiting.remove(&index);
            self.slow.lock().remove(&index);
            match answer {
                Ok(bytes) => {
                    present += 1;
                    if let Some(shard) = shards.get_mut(index) {
                        *shard = Some(bytes);
                    }
                }
                Err(error) => {
                    target = target.max(k);
                    self.blame(index, &error);
                }
            }
        }
        Ok(shards)
    }

    async fn read_one(
        &self,
        index: usize,
        record: &ProviderRecord,
        slot: &SlotRef,
        range: Range<u64>,
    ) -> (usize, Result<Vec<u8>, ProviderError>) {
        let expected = range.end - range.start;
        let answer = match self.client.providers.get(record, slot, range).await {
            Ok(bytes) if u64::try_from(bytes.len()).ok() != Some(expected) => {
                Err(ProviderError::Lied(format!("{} bytes of {expected}", bytes.len())))
            }
            answer => answer,
        };
        (index, answer)
    }

    fn failed(&self) -> Vec<usize> {
        self.bad.lock().iter().map(|bad| usize::from(bad.index.0)).collect()
    }

    fn blame(&self, index: usize, error: &ProviderError) {
        let Some(Some((record, slot))) = self.sources.get(index) else {
            return;
        };
        tracing::warn!(provider = %record.account, slot = index, %error, "a provider did not give a slot");
        if matches!(error, ProviderError::Unreachable(_)) {
            self.out_of_reach.lock().insert(index);
        }
        let mut bad = self.bad.lock();
        if bad.iter().all(|known| known.index != slot.id.index) {
            bad.push(BadProvider {
                provider: record.account.clone(),
                index: slot.id.index,
                lied: matches!(error, ProviderError::Lied(_)),
                reason: error.to_string(),
            });
        }
    }

    /// Too few can be read. When all of those that failed have lied, it is the content that is bad, not the connection.
    fn too_few(&self, found: usize) -> GetError {
        let (bad_providers, what) = (self.bad(), self.what.clone());
        if !bad_providers.is_empty() && bad_providers.iter().all(|bad| bad.lied) {
            let reason = format!(
                "{} providers sent other bytes than they had promised",
                bad_providers.len()
            );
            return GetError::Integrity { what, reason };
        }
        GetError::TooFewProviders {
            what,
            found,
            needed: self.coder.k(),
            bad_providers,
        }
    }

    /// The deal's encrypted manifest, whose length the label tells.
    pub(crate) async fn sealed_manifest(&self, deal: &Deal, label: &Label) -> Result<Vec<u8>, GetError> {
        if label.manifest_bytes == 0 {
            let reason =
                "its label was not made with this account's key; use the mnemonic of the deal's owner".to_owned();
            return Err(GetError::Key {
                what: self.what.clone(),
                reason,
            });
        }
        let length = usize::try_from(label.manifest_bytes).unwrap_or(usize::MAX);
        let shard_bytes = u64::try_from(self.coder.shard_bytes(length)).unwrap_or(u64::MAX);
        let end = self.slot_bytes();
        if end == 0 {
            return Err(self.too_few(0));
        }
        let damaged = |reason: &str| GetError::Integrity {
            what: self.what.clone(),
            reason: reason.to_owned(),
        };
        let start = end
            .checked_sub(shard_bytes)
            .ok_or_else(|| damaged("its manifest does not fit its slots"))?;
        let all: Vec<usize> = (0..self.coder.k()).collect();
        let shards = self.read(start..end, &all).await?;
        let sealed = join(&self.coder, shards, length).map_err(|error| damaged(&error.to_string()))?;
        if sp_crypto_hashing::blake2_256(&sealed) != deal.manifest.0 {
            return Err(damaged("its manifest is not the one that the chain names"));
        }
        Ok(sealed)
    }

    /// Opens a manifest.
    pub(crate) fn open_manifest(&self, sealed: &[u8], deal: DealId) -> Result<Manifest, GetError> {
        let what = self.what.clone();
        let opened = self.client.identity.open_manifest(sealed, deal);
        opened.map_err(|error| match error {
            ManifestError::WrongKey => GetError::Key {
                what,
                reason: error.to_string(),
            },
            other => GetError::Integrity {
                what,
                reason: other.to_string(),
            },
        })
    }
}

/// A slot that can be asked: it has a provider, which has not failed before.
fn able_source<'s>(
    index: usize,
    source: &'s Option<(ProviderRecord, SlotRef)>,
    failed: &[usize],
) -> Option<(usize, &'s ProviderRecord, &'s SlotRef)> {
    source
        .as_ref()
        .filter(|_| !failed.contains(&index))
        .map(|(record, slot)| (index, record, slot))
}
