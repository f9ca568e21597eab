//! Proofs: checking an answer before it enters a block, paying it afterwards.

use crate::{
    Challenges, Config, Error, Event, Pallet, ParamsValue, PeriodLength, Providers, Slots, WeightInfo, ledger, types::*,
};
use alloc::{collections::BTreeSet, vec::Vec};
use blocs_primitives::{
    AccountId, Answer, Balance, Challenge, Concession, MAX_CHALLENGED_PIECES, Period, SlotId, proof,
};
use frame_support::{BoundedVec, ensure, pallet_prelude::*, traits::ConstU32};
use sp_core::sr25519;
use sp_runtime::{
    DispatchResult,
    transaction_validity::{TransactionSource, TransactionValidityWithRefund},
};

/// The answers of a proof, in the order of the challenge's pieces.
pub type Answers = BoundedVec<Answer, ConstU32<MAX_CHALLENGED_PIECES>>;

/// Reasons for which a proof is kept out of blocks, as the custom code of an invalid transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ProofRefused {
    /// The provider has no open challenge for this period.
    NoChallenge = 1,
    /// There is not one answer per piece.
    WrongNumber = 2,
    /// A path does not lead to its root.
    WrongPiece = 3,
    /// The operator has not signed exactly these concessions.
    WrongConcession = 4,
}

impl From<ProofRefused> for TransactionValidityError {
    fn from(refused: ProofRefused) -> Self {
        InvalidTransaction::Custom(refused as u8).into()
    }
}

impl<T: Config> Pallet<T> {
    /// Decides whether a proof may enter a block. One proof per provider and period fits; it stays valid until the next visit.
    pub(crate) fn authorize_prove(
        _source: TransactionSource,
        provider: &AccountId,
        period: &Period,
        answers: &Answers,
        concession: &Option<sr25519::Signature>,
    ) -> TransactionValidityWithRefund {
        Self::check_proof(provider, *period, answers, concession.as_ref())?;
        let validity = ValidTransaction::with_tag_prefix("StorageMarket/prove")
            .priority(TransactionPriority::MAX / 2)
            .and_provides((provider, period))
            .longevity(u64::from(PeriodLength::<T>::get()))
            .propagate(true)
            .build()?;
        Ok((validity, Weight::zero()))
    }

    /// Checks a proof against the open challenge: numbers, paths, concessions.
    fn check_proof(
        provider: &AccountId,
        period: Period,
        answers: &Answers,
        concession: Option<&sr25519::Signature>,
    ) -> Result<(), ProofRefused> {
        let challenge = Challenges::<T>::get(provider)
            .filter(|challenge| challenge.period == period)
            .ok_or(ProofRefused::NoChallenge)?;
        if challenge.pieces.len() != answers.len() {
            return Err(ProofRefused::WrongNumber);
        }
        for (piece, answer) in challenge.pieces.iter().zip(answers) {
            if let Answer::Piece(answer) = answer {
                proof::verify(&piece.root, piece.size, piece.piece, answer).map_err(|_| ProofRefused::WrongPiece)?;
            }
        }
        let slots = conceded(&challenge, answers);
        match concession {
            None if slots.is_empty() => Ok(()),
            Some(signature) if !slots.is_empty() => {
                let operator = Providers::<T>::get(provider).ok_or(ProofRefused::NoChallenge)?.operator;
                let statement = Concession {
                    genesis: Self::genesis_hash(),
                    provider: provider.clone(),
                    period,
                    slots,
                };
                sp_io::crypto::sr25519_verify(signature, &statement.signing_payload(), &operator)
                    .then_some(())
                    .ok_or(ProofRefused::WrongConcession)
            }
            _ => Err(ProofRefused::WrongConcession),
        }
    }

    /// Books a proof that has been checked: first the losses that it concedes, then the pay of the period.
    pub(crate) fn do_prove(account: AccountId, period: Period, answers: &Answers) -> DispatchResult {
        let mut challenge = Challenges::<T>::take(&account).ok_or(Error::<T>::NoChallenge)?;
        ensure!(challenge.period == period, Error::<T>::NoChallenge);
        let params = ParamsValue::<T>::get();
        let lost: BTreeSet<SlotId> = conceded(&challenge, answers).into_iter().collect();
        for slot in lost {
            // A slot that was closed meanwhile costs nothing.
            if Self::is_live(&account, &slot) {
                let rate = Self::lose_slot(slot, params.loss_slash)?;
                challenge.pay = challenge.pay.checked_sub(rate).ok_or(Error::<T>::Corrupt)?;
            }
        }
        let paid = Self::try_provider(&account, |provider| {
            let cut = params.treasury_cut.mul_floor(challenge.pay);
            let paid = challenge.pay.checked_sub(cut).ok_or(Error::<T>::Corrupt)?;
            ledger::credit_treasury::<T>(cut)?;
            provider.accrued = provider.accrued.checked_add(paid).ok_or(Error::<T>::Overflow)?;
            provider.proven = provider.proven.checked_add(1).ok_or(Error::<T>::Overflow)?;
            provider.misses = 0;
            Ok(paid)
        })?;
        Self::deposit_event(Event::Proved {
            provider: account,
            period,
            paid,
        });
        Ok(())
    }

    /// What a slot adds to its provider's open period, in planck.
    pub(crate) fn rate_in_period(slot: &Slot, period: Period) -> Balance {
        if slot.start <= period && period < slot.end {
            slot.rate
        } else {
            0
        }
    }

    /// The live slot of this id.
    pub(crate) fn live_slot(id: SlotId) -> Result<Slot, Error<T>> {
        let slot = Slots::<T>::get(id.deal, id.index).ok_or(Error::<T>::NoSuchSlot)?;
        ensure!(slot.status == SlotStatus::Live, Error::<T>::NotLive);
        Ok(slot)
    }
}

/// Weight of booking a proof: a concession costs far more than a piece, whose path the authorization has checked.
pub(crate) fn weight<T: Config>(answers: &Answers) -> Weight {
    let conceded = answers.iter().filter(|answer| matches!(answer, Answer::Conceded));
    T::WeightInfo::prove(u32::try_from(conceded.count()).unwrap_or(MAX_CHALLENGED_PIECES))
}

fn conceded(challenge: &Challenge, answers: &Answers) -> Vec<SlotId> {
    let pairs = challenge.pieces.iter().zip(answers);
    pairs
        .filter(|(_, answer)| matches!(answer, Answer::Conceded))
        .map(|(piece, _)| piece.slot)
        .collect()
}
