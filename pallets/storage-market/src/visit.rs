//! The block hook: every provider is visited once in a period.
//!
//! A visit settles the challenge of the last period, rolls the provider into the current one and draws its challenge. It costs the same
//! whatever the provider holds. The first block of a period also hands the treasury its share. There is no backlog: the hook runs in every block, however full, and its bucket is bounded.

use crate::{
    Challenges, Config, Error, Event, Pallet, Params, ParamsValue, PeriodLength, Providers, Ring, Slots, WeightInfo,
    holdings, ledger, types::*,
};
use alloc::vec::Vec;
use blocs_primitives::{AccountId, Challenge, Hash, MAX_CHALLENGED_PIECES, Period, PieceChallenge, SlotId, pieces};
use codec::Encode;
use frame_support::{
    BoundedVec, dispatch::DispatchClass, storage::with_storage_layer, traits::Get, traits::Randomness, weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{DispatchError, Perbill, SaturatedConversion};

/// Separates the draw from other uses of the block's randomness.
const DRAW: &[u8] = b"blocs/draw/1";

/// Where the hook's errors go: it has nobody to return them to.
const LOG: &str = "runtime::storage-market";

/// Most periods that a visit rolls a provider through: one, and one more to catch up after a visit that failed.
const MAX_ROLLS: Period = 2;

impl<T: Config> Pallet<T> {
    /// Visits the providers whose turn it is in this block.
    pub(crate) fn visit_bucket(now: BlockNumberFor<T>) -> Weight {
        let now: u32 = now.saturated_into();
        let length = PeriodLength::<T>::get();
        let (Some(period), Some(place)) = (now.checked_div(length), now.checked_rem(length)) else {
            return T::DbWeight::get().reads(1);
        };
        let bucket = Ring::<T>::get(place);
        let mut weight = T::DbWeight::get().reads(4);
        if place == 0 {
            weight = weight.saturating_add(T::WeightInfo::collect_treasury());
            if let Err(error) = with_storage_layer(ledger::collect_treasury::<T>) {
                log::error!(target: LOG, "the treasury's share stays in the pool: {error:?}");
            }
        }
        if bucket.is_empty() {
            return weight;
        }
        let params = ParamsValue::<T>::get();
        let (seed, _) = T::Randomness::random(DRAW);
        for account in bucket {
            // A failure here means that the records disagree: leave this provider as it is and go on with the others.
            let visited = with_storage_layer(|| Self::visit(&account, period, seed, &params));
            let carried = visited.unwrap_or_else(|error| {
                log::error!(target: LOG, "visit of {account:?} failed: {error:?}");
                MAX_CHALLENGED_PIECES / 2
            });
            // Pieces that are carried may be more than are drawn now: they are as many as were drawn when the run of misses began.
            weight = weight.saturating_add(T::WeightInfo::visit(params.pieces_per_challenge.max(carried)));
        }
        weight
    }

    /// Demands that the visits of a full bucket fit a quarter of a block, and the largest calls a block's room for one.
    pub(crate) fn check_weights() {
        assert!(T::BucketSize::get() > 0, "no provider fits a ring of empty buckets");
        let (slots, pieces) = (blocs_primitives::MAX_SLOTS, MAX_CHALLENGED_PIECES);
        let room = |class| {
            let limits = T::BlockWeights::get();
            limits.get(class).max_extrinsic.unwrap_or(limits.max_block).ref_time()
        };
        for (call, weight, class) in [
            ("open_deal", T::WeightInfo::open_deal(slots), DispatchClass::Normal),
            ("close_deal", T::WeightInfo::close_deal(slots), DispatchClass::Normal),
            (
                "terminate_deal",
                T::WeightInfo::terminate_deal(slots),
                DispatchClass::Normal,
            ),
            ("extend_deal", T::WeightInfo::extend_deal(slots), DispatchClass::Normal),
            (
                "prove",
                T::WeightInfo::prove(pieces).saturating_add(T::WeightInfo::authorize_prove(pieces)),
                DispatchClass::Operational,
            ),
        ] {
            assert!(
                weight.ref_time() <= room(class),
                "the largest {call} takes {weight:?}, which fits no block: lower the bounds in blocs-primitives",
            );
        }

        let most = MAX_CHALLENGED_PIECES / 2;
        let visits = T::WeightInfo::visit(most).saturating_mul(u64::from(T::BucketSize::get()));
        let visits = visits.saturating_add(T::WeightInfo::collect_treasury());
        let block = T::BlockWeights::get().max_block;
        // Time alone counts: a chain of its own has no limit on the proof size.
        assert!(
            visits.ref_time() <= Perbill::from_percent(25).mul_floor(block.ref_time()),
            "a full bucket of visits takes {visits:?}, more than a quarter of a block of {block:?}: make the buckets smaller",
        );
    }

    /// Visits one provider: settles its open challenge, rolls it into `period`, draws its next challenge. Returns how many pieces were left
    /// from the challenge before.
    pub(crate) fn visit(
        account: &AccountId,
        period: Period,
        seed: Option<Hash>,
        params: &Params,
    ) -> Result<u32, DispatchError> {
        let mut provider = Providers::<T>::get(account).ok_or(Error::<T>::Corrupt)?;
        // A provider that registered earlier in this period has nothing that could start before the next one.
        if period <= provider.period {
            return Ok(0);
        }
        let carried = Self::settle_period(account, &mut provider, params)?;
        let left = u32::try_from(carried.len()).map_err(|_| Error::<T>::Corrupt)?;
        let until = period.min(provider.period.saturating_add(MAX_ROLLS));
        while provider.period < until {
            let next = provider.period.checked_add(1).ok_or(Error::<T>::Overflow)?;
            ledger::roll::<T>(account, &mut provider, next)?;
        }
        if let Some(seed) = seed
            && provider.status != ProviderStatus::Faulted
            && provider.period == period
            && provider.rate > 0
        {
            match Self::draw(account, &provider, period, seed, params, carried) {
                Ok(challenge) => {
                    Challenges::<T>::insert(account, challenge);
                    Self::deposit_event(Event::Challenged {
                        provider: account.clone(),
                        period,
                    });
                }
                // The tree disagrees with the slots. The provider is not to blame: it is not asked, but its periods go on.
                Err(error) => log::error!(target: LOG, "no challenge for {account:?}: {error:?}"),
            }
        }
        Providers::<T>::insert(account, provider);
        Ok(left)
    }

    /// Books an unanswered challenge; returns the pieces that the next one must carry.
    fn settle_period(
        account: &AccountId,
        provider: &mut Provider,
        params: &Params,
    ) -> Result<Vec<PieceChallenge>, DispatchError> {
        let Some(challenge) = Challenges::<T>::take(account) else {
            return Ok(Vec::new());
        };
        let drawn = usize::try_from(challenge.drawn).map_err(|_| Error::<T>::Corrupt)?;
        // A first miss carries the pieces that were drawn; a later one those that the first one left.
        let (drawn, carried) = challenge.pieces.split_at_checked(drawn).ok_or(Error::<T>::Corrupt)?;
        let carried = if carried.is_empty() {
            drawn.to_vec()
        } else {
            carried.to_vec()
        };
        if params.slashing_paused {
            return Ok(carried);
        }

        let required = params.required_bond(provider.used).ok_or(Error::<T>::Overflow)?;
        provider.misses = provider.misses.saturating_add(1);
        let slashed = ledger::slash::<T>(account, provider, params.miss_slash.mul_floor(required))?;
        ledger::credit_treasury::<T>(slashed)?;
        Self::deposit_event(Event::Missed {
            provider: account.clone(),
            period: challenge.period,
            misses: provider.misses,
            slashed,
        });

        if provider.misses >= params.misses_to_fault || provider.bond < required.div_euclid(2) {
            let slashed = ledger::slash::<T>(account, provider, params.loss_slash.mul_floor(required))?;
            let for_repair = slashed.div_euclid(2);
            provider.repair_fund = provider
                .repair_fund
                .checked_add(for_repair)
                .ok_or(Error::<T>::Overflow)?;
            ledger::credit_treasury::<T>(slashed.saturating_sub(for_repair))?;
            provider.status = ProviderStatus::Faulted;
            Self::deposit_event(Event::Faulted {
                provider: account.clone(),
                slashed,
            });
        }
        Ok(carried)
    }

    /// Draws pieces: every other one uniformly over all bytes, the rest uniformly over slots first, so that a huge slot cannot
    /// shield small ones. Carried pieces follow, as far as their slots are still live.
    fn draw(
        account: &AccountId,
        provider: &Provider,
        period: Period,
        seed: Hash,
        params: &Params,
        carried: Vec<PieceChallenge>,
    ) -> Result<Challenge, Error<T>> {
        let mut drawn: Vec<PieceChallenge> = Vec::new();
        for number in 0..params.pieces_per_challenge {
            let hash = sp_io::hashing::blake2_256(&(DRAW, seed, period, account, number).encode());
            let (first, second) = two_numbers(&hash);
            let (slot, piece) = if number % 2 == 0 {
                let target = first.checked_rem(provider.pieces).ok_or(Error::<T>::Corrupt)?;
                holdings::sample::<T>(account, target).ok_or(Error::<T>::Corrupt)?
            } else {
                let position = first
                    .checked_rem(u64::from(provider.slots))
                    .ok_or(Error::<T>::Corrupt)?;
                let position = u32::try_from(position).map_err(|_| Error::<T>::Corrupt)?;
                let slot = holdings::slot_at::<T>(account, position).ok_or(Error::<T>::Corrupt)?;
                let size = Slots::<T>::get(slot.deal, slot.index).ok_or(Error::<T>::Corrupt)?.size;
                (slot, second.checked_rem(pieces(size)).ok_or(Error::<T>::Corrupt)?)
            };
            drawn.push(Self::piece_challenge(slot, piece)?);
        }
        let count = u32::try_from(drawn.len()).map_err(|_| Error::<T>::Corrupt)?;
        drawn.extend(carried.into_iter().filter(|piece| Self::is_live(account, &piece.slot)));
        Ok(Challenge {
            period,
            pay: provider.rate,
            pieces: BoundedVec::truncate_from(drawn),
            drawn: count,
        })
    }

    fn piece_challenge(slot: SlotId, piece: u64) -> Result<PieceChallenge, Error<T>> {
        let record = Slots::<T>::get(slot.deal, slot.index).ok_or(Error::<T>::Corrupt)?;
        Ok(PieceChallenge {
            slot,
            root: record.root,
            size: record.size,
            piece,
        })
    }

    /// Whether the slot is live with this provider.
    pub(crate) fn is_live(account: &AccountId, slot: &SlotId) -> bool {
        Slots::<T>::get(slot.deal, slot.index)
            .is_some_and(|slot| slot.provider == *account && slot.status == SlotStatus::Live)
    }
}

/// Two independent numbers from one hash. Reducing a 64-bit number modulo at most 2^48 pieces biases it by less than 2^-16.
fn two_numbers(hash: &[u8; 32]) -> (u64, u64) {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..] = *hash;
    (
        u64::from_le_bytes([a, b, c, d, e, f, g, h]),
        u64::from_le_bytes([i, j, k, l, m, n, o, p]),
    )
}
