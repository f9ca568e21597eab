//! Lengths of time in blocks: minutes and days on public chains, a few blocks on development chains.
//!
//! One and the same WASM serves both: genesis says which it is (`timing.fastGovernance`), and how long a slot is.

use crate::{BlockNumber, Runtime, timing};
use core::marker::PhantomData;
use frame_support::traits::{Get, TypedGet};

/// Minutes in a day.
pub const DAY: u32 = 24 * 60;
/// Minutes in an hour.
pub const HOUR: u32 = 60;

/// Blocks in so many minutes, by the chain's slot length; at least one.
pub fn blocks(minutes: u32) -> BlockNumber {
    let slot = timing::SlotMillis::<Runtime>::get().max(1);
    let blocks = u64::from(minutes).saturating_mul(60_000) / slot;
    BlockNumber::try_from(blocks).unwrap_or(BlockNumber::MAX).max(1)
}

/// Whether the chain is one of development, where governance is quick.
pub fn fast() -> bool {
    timing::FastGovernance::<Runtime>::get()
}

/// `MINUTES` on a public chain, `FAST` blocks on a development chain.
pub struct Period<const MINUTES: u32, const FAST: BlockNumber>(PhantomData<()>);

impl<const MINUTES: u32, const FAST: BlockNumber> Get<BlockNumber> for Period<MINUTES, FAST> {
    fn get() -> BlockNumber {
        if fast() { FAST } else { blocks(MINUTES) }
    }
}

impl<const MINUTES: u32, const FAST: BlockNumber> TypedGet for Period<MINUTES, FAST> {
    type Type = BlockNumber;

    fn get() -> BlockNumber {
        <Self as Get<BlockNumber>>::get()
    }
}
