//! Guardian of a provider's holdings: a sum tree over the pieces of its slots, and the slot at each place.
//!
//! The tree has four fixed levels of 64 sums. Level 0 holds the pieces of the slots themselves, level 3 is the root, so inserting,
//! removing and sampling touch four nodes whatever the number of slots. Places are dense: removing a slot moves the last one
//! into its place. Nothing else writes `Holdings` and `SlotAt`.

use crate::{
    Config, Error, Holdings, SlotAt, Slots,
    types::{FAN_OUT, LEVELS, Provider},
};
use blocs_primitives::{AccountId, SlotId};
use frame_support::ensure;

/// Most slots that a provider can hold.
pub(crate) const MAX_POSITIONS: u32 = FAN_OUT.pow(LEVELS as u32);

/// Adds a slot of `pieces` pieces; returns its place.
pub(crate) fn insert<T: Config>(
    account: &AccountId,
    provider: &mut Provider,
    slot: SlotId,
    pieces: u64,
) -> Result<u32, Error<T>> {
    let position = provider.slots;
    ensure!(position < MAX_POSITIONS, Error::<T>::CapacityExceeded);
    provider.pieces = provider.pieces.checked_add(pieces).ok_or(Error::<T>::Overflow)?;
    provider.slots = position.checked_add(1).ok_or(Error::<T>::Overflow)?;
    add::<T>(account, position, pieces)?;
    SlotAt::<T>::insert(account, position, slot);
    Ok(position)
}

/// Takes the slot at `position` out and moves the last one into its place.
pub(crate) fn remove<T: Config>(account: &AccountId, provider: &mut Provider, position: u32) -> Result<(), Error<T>> {
    let last = provider.slots.checked_sub(1).ok_or(Error::<T>::Corrupt)?;
    ensure!(position <= last, Error::<T>::Corrupt);
    let pieces = pieces_at::<T>(account, position)?;
    provider.pieces = provider.pieces.checked_sub(pieces).ok_or(Error::<T>::Corrupt)?;
    provider.slots = last;
    subtract::<T>(account, position, pieces)?;
    let moved = SlotAt::<T>::take(account, last).ok_or(Error::<T>::Corrupt)?;
    if position != last {
        let pieces = pieces_at::<T>(account, last)?;
        subtract::<T>(account, last, pieces)?;
        add::<T>(account, position, pieces)?;
        SlotAt::<T>::insert(account, position, moved);
        Slots::<T>::try_mutate(moved.deal, moved.index, |slot| {
            slot.as_mut()
                .map(|slot| slot.position = position)
                .ok_or(Error::<T>::Corrupt)
        })?;
    }
    Ok(())
}

/// The slot that holds piece `target` of all pieces in order of place, and the piece's number in that slot.
///
/// `target` must be below the provider's total; `None` when it is not.
pub(crate) fn sample<T: Config>(account: &AccountId, target: u64) -> Option<(SlotId, u64)> {
    let mut rest = target;
    let mut index: u32 = 0;
    for level in (0..LEVELS).rev() {
        let node = Holdings::<T>::get((account, level, index));
        let mut child: u32 = 0;
        for sum in node.0 {
            if rest < sum {
                break;
            }
            rest = rest.checked_sub(sum)?;
            child = child.checked_add(1)?;
        }
        if child == FAN_OUT {
            return None;
        }
        index = index.checked_mul(FAN_OUT)?.checked_add(child)?;
    }
    Some((SlotAt::<T>::get(account, index)?, rest))
}

/// The slot at a place.
pub(crate) fn slot_at<T: Config>(account: &AccountId, position: u32) -> Option<SlotId> {
    SlotAt::<T>::get(account, position)
}

/// Pieces of the slot at a place.
pub(crate) fn pieces_at<T: Config>(account: &AccountId, position: u32) -> Result<u64, Error<T>> {
    let (index, entry) = place(position, 0);
    Holdings::<T>::get((account, 0u8, index))
        .0
        .get(entry)
        .copied()
        .ok_or(Error::<T>::Corrupt)
}

fn add<T: Config>(account: &AccountId, position: u32, pieces: u64) -> Result<(), Error<T>> {
    change::<T>(account, position, |sum| sum.checked_add(pieces))
}

fn subtract<T: Config>(account: &AccountId, position: u32, pieces: u64) -> Result<(), Error<T>> {
    change::<T>(account, position, |sum| sum.checked_sub(pieces))
}

fn change<T: Config>(account: &AccountId, position: u32, change: impl Fn(u64) -> Option<u64>) -> Result<(), Error<T>> {
    for level in 0..LEVELS {
        let (index, entry) = place(position, level);
        let key = (account, level, index);
        let mut node = Holdings::<T>::get(key);
        let sum = node.0.get_mut(entry).ok_or(Error::<T>::Corrupt)?;
        *sum = change(*sum).ok_or(Error::<T>::Corrupt)?;
        if node.0.iter().all(|sum| *sum == 0) {
            Holdings::<T>::remove(key);
        } else {
            Holdings::<T>::insert(key, node);
        }
    }
    Ok(())
}

/// Index of the node above a place at a level, and the entry in it.
pub(crate) fn place(position: u32, level: u8) -> (u32, usize) {
    let below = position >> (u32::from(level) * FAN_OUT.trailing_zeros());
    (below / FAN_OUT, (below % FAN_OUT) as usize)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use crate::{Holdings, mock::*};
    use blocs_primitives::{AccountId, DealId, Root, SlotIndex};
    use proptest::prelude::*;

    /// A slot that only the tree knows, with the record that a move must update.
    fn slot(account: &AccountId, number: u32) -> SlotId {
        let id = SlotId {
            deal: DealId(sp_core::H256::from_low_u64_be(number.into())),
            index: SlotIndex(0),
        };
        let record = crate::types::Slot {
            provider: account.clone(),
            root: Root::default(),
            size: 1,
            rate: 1,
            start: 0,
            end: 0,
            position: 0,
            status: crate::types::SlotStatus::Live,
        };
        crate::Slots::<Runtime>::insert(id.deal, id.index, record);
        id
    }

    /// Every piece of a model, found through the tree.
    fn assert_same(account: &AccountId, provider: &Provider, model: &[(SlotId, u64)]) {
        let total: u64 = model.iter().map(|(_, pieces)| pieces).sum();
        assert_eq!((provider.pieces, provider.slots as usize), (total, model.len()));
        let mut start = 0;
        for (id, pieces) in model {
            for (target, piece) in [(start, 0), (start + pieces - 1, pieces - 1)] {
                assert_eq!(sample::<Runtime>(account, target), Some((*id, piece)));
            }
            start += pieces;
        }
        assert_eq!(sample::<Runtime>(account, total), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

        #[test]
        fn the_tree_agrees_with_a_plain_list(steps in prop::collection::vec((any::<bool>(), 1u64..1 << 24, any::<u32>()), 1..200)) {
            new_chain().execute_with(|| {
                let account = register(1);
                let mut provider = crate::Providers::<Runtime>::get(&account).unwrap();
                let mut model: Vec<(SlotId, u64)> = vec![];
                for (number, (insertion, pieces, which)) in (0u32..).zip(steps) {
                    if insertion || model.is_empty() {
                        let id = slot(&account, number);
                        let position = insert::<Runtime>(&account, &mut provider, id, pieces).unwrap();
                        assert_eq!(position as usize, model.len());
                        model.push((id, pieces));
                    } else {
                        let position = which as usize % model.len();
                        remove::<Runtime>(&account, &mut provider, position as u32).unwrap();
                        model.swap_remove(position);
                    }
                }
                assert_same(&account, &provider, &model);
                for position in (0..model.len()).rev() {
                    remove::<Runtime>(&account, &mut provider, position as u32).unwrap();
                }
                // Nothing is left behind.
                assert_eq!(Holdings::<Runtime>::iter().count(), 0);
                assert_eq!(SlotAt::<Runtime>::iter().count(), 0);
            });
        }
    }

    #[test]
    fn places_at_the_borders_of_nodes_and_levels_are_found() {
        new_chain().execute_with(|| {
            let account = register(1);
            for position in [0, 63, 64, 4095, 4096, 262_143, 262_144, MAX_POSITIONS - 1] {
                let id = slot(&account, position);
                add::<Runtime>(&account, position, 3).unwrap();
                SlotAt::<Runtime>::insert(&account, position, id);
                assert_eq!(sample::<Runtime>(&account, 2), Some((id, 2)), "place {position}");
                assert_eq!(
                    Holdings::<Runtime>::iter_prefix((&account,)).count(),
                    usize::from(LEVELS)
                );
                subtract::<Runtime>(&account, position, 3).unwrap();
            }
        });
    }

    #[test]
    fn a_full_tree_takes_no_more() {
        new_chain().execute_with(|| {
            let account = register(1);
            let mut provider = crate::Providers::<Runtime>::get(&account).unwrap();
            provider.slots = MAX_POSITIONS;
            let id = slot(&account, 0);
            let refused = insert::<Runtime>(&account, &mut provider, id, 1);
            assert!(matches!(refused, Err(Error::CapacityExceeded)));
        });
    }
}
