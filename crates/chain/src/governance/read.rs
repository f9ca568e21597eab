//! The reads of governance over a node's JSON-RPC.

use super::{
    Bounty, Collective, GovernanceLimits, GovernanceView, Motion, PreimageStatus, Proposal, Referendum, Stopped, Track,
    TrackVoting, Treasury, decode,
};
use crate::{
    At, CallError, ChainClient, QueryError, SubxtChain,
    value::{
        Decoded, Value, account as account_value, as_account, as_bytes, as_text, bytes, field, items, plain, variant,
    },
};
use async_trait::async_trait;
use blocs_primitives::{AccountId, Balance, BlockNumber, Hash};
use codec::Encode;
use scale_value::Composite;

const REFERENDA: &str = "Referenda";
const VOTING: &str = "ConvictionVoting";
const TREASURY: &str = "Treasury";
const BOUNTIES: &str = "Bounties";
const COLLECTIVE: &str = "TechnicalCollective";
const PREIMAGE: &str = "Preimage";
const BALANCES: &str = "Balances";

/// Most entries of a map that are read at once; far more than there will be.
const LIMIT: u32 = 10_000;
/// Under this name the scheduler keeps what referenda enact.
const ASSEMBLY: [u8; 8] = *b"assembly";

/// The error for a value of another shape.
fn shape(what: &str) -> QueryError {
    QueryError::Incompatible {
        what: what.to_owned(),
        reason: "it has another shape".to_owned(),
    }
}

fn known<T>(value: Option<T>, what: &str) -> Result<T, QueryError> {
    value.ok_or_else(|| shape(what))
}

/// The index that is a map's only key.
fn index(keys: &[Decoded], what: &str) -> Result<u32, QueryError> {
    known(keys.first().and_then(decode::number), what)
}

impl SubxtChain {
    async fn number_constant<N: TryFrom<u128>>(&self, pallet: &str, name: &str) -> Result<N, QueryError> {
        let value = self.constant(pallet, name).await?;
        known(decode::number(&value), &format!("{pallet}.{name}"))
    }

    async fn number_at<N: TryFrom<u128>>(&self, at: At, pallet: &str, entry: &str) -> Result<Option<N>, QueryError> {
        match self.read(at, pallet, entry, Vec::new()).await? {
            Some(value) => known(decode::number(&value), &format!("{pallet}.{entry}")).map(Some),
            None => Ok(None),
        }
    }

    /// The encoding of a call that is stored as a call.
    async fn encoded(&self, call: Decoded) -> Result<Vec<u8>, QueryError> {
        const WHAT: &str = "a call that is stored on chain";
        let call = plain(call);
        let (pallet, fields) = known(variant(&call), WHAT)?;
        let (name, fields) = known(fields.values().next().and_then(|call| variant(call)), WHAT)?;
        let fields = match fields {
            Composite::Named(fields) => fields
                .iter()
                .map(|(name, value)| (name.as_str(), value.clone()))
                .collect(),
            Composite::Unnamed(_) => Vec::new(),
        };
        match self.call_from_values(pallet, name, fields).await {
            Ok(call) => Ok(call.bytes),
            Err(CallError::Query(error)) => Err(error),
            Err(_) => Err(shape(WHAT)),
        }
    }

    async fn referendum_of(&self, index: u32, value: &Decoded) -> Result<Referendum, QueryError> {
        let inline = match decode::inline_call(value) {
            Some(call) => Some(self.encoded(call.clone()).await?),
            None => None,
        };
        known(decode::referendum(index, value, inline), "a referendum")
    }

    async fn motion(&self, hash: Hash, at: At) -> Result<Option<Motion>, QueryError> {
        let key = || vec![bytes(hash.as_ref())];
        let (call, ballot) = (
            self.read(at, COLLECTIVE, "ProposalOf", key()).await?,
            self.read(at, COLLECTIVE, "Voting", key()).await?,
        );
        let (Some(call), Some(ballot)) = (call, ballot) else {
            return Ok(None);
        };
        let (index, threshold, ayes, nays, end) = known(decode::ballot(&ballot), "a motion's votes")?;
        Ok(Some(Motion {
            index,
            hash,
            call: self.encoded(call).await?,
            threshold,
            ayes,
            nays,
            end,
        }))
    }
}

#[async_trait]
impl GovernanceView for SubxtChain {
    async fn tracks(&self) -> Result<Vec<Track>, QueryError> {
        let value = self.constant(REFERENDA, "Tracks").await?;
        let mut tracks = known(decode::tracks(&value), "the tracks")?;
        tracks.sort_by_key(|track| track.id);
        Ok(tracks)
    }

    async fn governance_limits(&self) -> Result<GovernanceLimits, QueryError> {
        Ok(GovernanceLimits {
            submission_deposit: self.number_constant(REFERENDA, "SubmissionDeposit").await?,
            undeciding_timeout: self.number_constant(REFERENDA, "UndecidingTimeout").await?,
            vote_locking_period: self.number_constant(VOTING, "VoteLockingPeriod").await?,
        })
    }

    async fn electorate(&self, at: At) -> Result<Balance, QueryError> {
        let total: Balance = self.number_at(at, BALANCES, "TotalIssuance").await?.unwrap_or_default();
        let inactive: Balance = self
            .number_at(at, BALANCES, "InactiveIssuance")
            .await?
            .unwrap_or_default();
        Ok(total.saturating_sub(inactive))
    }

    async fn referenda(&self, at: At) -> Result<Vec<Referendum>, QueryError> {
        let entries = self
            .entries(at, REFERENDA, "ReferendumInfoFor", Vec::new(), LIMIT)
            .await?;
        let mut all = Vec::with_capacity(entries.len());
        for (keys, value) in entries {
            let index = index(&keys, "a referendum's number")?;
            all.push(self.referendum_of(index, &value).await?);
        }
        all.sort_by_key(|referendum| referendum.index);
        Ok(all)
    }

    async fn referendum(&self, index: u32, at: At) -> Result<Option<Referendum>, QueryError> {
        let key = vec![Value::u128(index.into())];
        match self.read(at, REFERENDA, "ReferendumInfoFor", key).await? {
            Some(value) => self.referendum_of(index, &value).await.map(Some),
            None => Ok(None),
        }
    }

    async fn enactment(&self, index: u32, at: At) -> Result<Option<BlockNumber>, QueryError> {
        let name = sp_crypto_hashing::blake2_256(&(ASSEMBLY, "enactment", index).encode());
        let found = self.read(at, "Scheduler", "Lookup", vec![bytes(&name)]).await?;
        match found {
            Some(value) => {
                let block = items(&value).first().and_then(|block| decode::number(block));
                known(block, "the scheduled call").map(Some)
            }
            None => Ok(None),
        }
    }

    async fn proposed_call(&self, proposal: &Proposal, at: At) -> Result<Option<Vec<u8>>, QueryError> {
        let (hash, len) = match proposal {
            Proposal::Inline(bytes) => return Ok(Some(bytes.clone())),
            Proposal::Lookup { hash, len: Some(len) } => (*hash, *len),
            Proposal::Lookup { hash, len: None } => match self.preimage(*hash, at).await? {
                Some(PreimageStatus { len: Some(len), .. }) => (*hash, len),
                _ => return Ok(None),
            },
        };
        let key = Value::unnamed_composite([bytes(hash.as_ref()), Value::u128(len.into())]);
        match self.read(at, PREIMAGE, "PreimageFor", vec![key]).await? {
            Some(value) => known(as_bytes(&value), "the preimage").map(Some),
            None => Ok(None),
        }
    }

    async fn preimage(&self, hash: Hash, at: At) -> Result<Option<PreimageStatus>, QueryError> {
        let key = vec![bytes(hash.as_ref())];
        let Some(value) = self.read(at, PREIMAGE, "RequestStatusFor", key).await? else {
            return Ok(None);
        };
        let (depositor, len, requests) = known(decode::preimage(&value), "the preimage's status")?;
        Ok(Some(PreimageStatus {
            hash,
            len,
            depositor,
            requests,
        }))
    }

    async fn voting(&self, account: &AccountId, at: At) -> Result<Vec<TrackVoting>, QueryError> {
        let key = || vec![account_value(account)];
        let locks = match self.read(at, VOTING, "ClassLocksFor", key()).await? {
            Some(value) => known(decode::class_locks(&value), "the locks")?,
            None => Vec::new(),
        };
        let mut all = Vec::new();
        for (keys, value) in self.entries(at, VOTING, "VotingFor", key(), LIMIT).await? {
            let track = known(keys.last().and_then(decode::number), "a track's number")?;
            let (voting, delegations, (prior_until, prior)) = known(decode::voting(&value), "the votes")?;
            let locked = locks
                .iter()
                .find(|(id, _)| *id == track)
                .map_or(0, |(_, amount)| *amount);
            all.push(TrackVoting {
                track,
                voting,
                delegations,
                prior,
                prior_until,
                locked,
            });
        }
        all.sort_by_key(|voting| voting.track);
        Ok(all)
    }

    async fn frozen(&self, account: &AccountId, at: At) -> Result<Balance, QueryError> {
        let Some(record) = self.read(at, "System", "Account", vec![account_value(account)]).await? else {
            return Ok(0);
        };
        let frozen = field(&record, "data").and_then(|data| field(data, "frozen"));
        known(frozen.and_then(decode::number), "the account's locks")
    }

    async fn treasury(&self, at: At) -> Result<Treasury, QueryError> {
        let pot = self.constant(TREASURY, "pot_account").await?;
        let account = known(as_account(&pot), "the treasury's account")?;
        let least = self.properties().existential_deposit;
        let mut spends = Vec::new();
        for (keys, value) in self.entries(at, TREASURY, "Spends", Vec::new(), LIMIT).await? {
            let index = index(&keys, "a spend's number")?;
            spends.push(known(decode::spend(index, &value), "a spend")?);
        }
        spends.sort_by_key(|spend| spend.index);
        Ok(Treasury {
            spendable: self.balance(&account, at).await?.free.saturating_sub(least),
            account,
            spend_period: self.number_constant(TREASURY, "SpendPeriod").await?,
            last_spend: self
                .number_at(at, TREASURY, "LastSpendPeriod")
                .await?
                .unwrap_or_default(),
            payout_period: self.number_constant(TREASURY, "PayoutPeriod").await?,
            spends,
        })
    }

    async fn bounties(&self, at: At) -> Result<Vec<Bounty>, QueryError> {
        let mut all = Vec::new();
        for (keys, value) in self.entries(at, BOUNTIES, "Bounties", Vec::new(), LIMIT).await? {
            let index = index(&keys, "a bounty's number")?;
            let key = vec![Value::u128(index.into())];
            let description = self.read(at, BOUNTIES, "BountyDescriptions", key).await?;
            let description = description.as_ref().and_then(as_text).unwrap_or_default();
            all.push(known(decode::bounty(index, &value, description), "a bounty")?);
        }
        all.sort_by_key(|bounty| bounty.index);
        Ok(all)
    }

    async fn collective(&self, at: At) -> Result<Collective, QueryError> {
        let members = match self.read(at, COLLECTIVE, "Members", Vec::new()).await? {
            Some(value) => known(decode::accounts(&value), "the collective's members")?,
            None => Vec::new(),
        };
        let hashes = match self.read(at, COLLECTIVE, "Proposals", Vec::new()).await? {
            Some(value) => known(
                items(&value).into_iter().map(decode::hash).collect::<Option<Vec<_>>>(),
                "the collective's motions",
            )?,
            None => Vec::new(),
        };
        let mut motions = Vec::with_capacity(hashes.len());
        for hash in hashes {
            motions.extend(self.motion(hash, at).await?);
        }
        motions.sort_by_key(|motion| motion.index);
        Ok(Collective { members, motions })
    }

    async fn stopped(&self, at: At) -> Result<Stopped, QueryError> {
        let mut paused = Vec::new();
        for (keys, _) in self.entries(at, "TxPause", "PausedCalls", Vec::new(), LIMIT).await? {
            // One key of two texts, or two keys.
            let names: Vec<String> = match keys.as_slice() {
                [both] => items(both).into_iter().filter_map(as_text).collect(),
                several => several.iter().filter_map(as_text).collect(),
            };
            paused.push(names.join("."));
        }
        paused.sort();
        Ok(Stopped {
            safe_mode_until: self.number_at(at, "SafeMode", "EnteredUntil").await?,
            paused,
        })
    }
}
