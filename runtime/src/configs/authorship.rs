//! Authorship: which account made the block.

use crate::{Babe, Runtime, Staking};
use pallet_session::FindAccountFromAuthorIndex;

impl pallet_authorship::Config for Runtime {
    type FindAuthor = FindAccountFromAuthorIndex<Self, Babe>;
    // An author earns points, and by them its share of the era's rewards.
    type EventHandler = Staking;
}
