//! Authorship: which account made the block.

use crate::{Babe, Runtime};
use pallet_session::FindAccountFromAuthorIndex;

impl pallet_authorship::Config for Runtime {
    type FindAuthor = FindAccountFromAuthorIndex<Self, Babe>;
    // Staking rewards authors here.
    type EventHandler = ();
}
