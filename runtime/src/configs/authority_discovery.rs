//! Authority discovery: validators publish their addresses under a session key, so that they find each other.

use super::babe::MaxAuthorities;
use crate::Runtime;

impl pallet_authority_discovery::Config for Runtime {
    type MaxAuthorities = MaxAuthorities;
}
