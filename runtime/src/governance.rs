//! Who decides what: origins, tracks, and what an emergency can never stop.
//!
//! | where | what |
//! |---|---|
//! | [`origins`] | the powers that a referendum can give, one origin each |
//! | [`tracks`] | how hard each power is to get, and how long that takes |
//! | [`essential`] | the calls that neither safe mode nor a pause can stop |
//! | [`periods`] | lengths of time in blocks: days on public chains, blocks on development chains |

#![warn(missing_docs)]

pub mod essential;
pub mod origins;
pub mod periods;
pub mod tracks;

use crate::AccountId;
use frame_support::traits::EitherOfDiverse;
use frame_system::EnsureRoot;
use pallet_collective::EnsureProportionAtLeast;

/// The technical collective's instance of `pallet_collective`.
pub type TechnicalInstance = pallet_collective::Instance1;

/// Root, or so many of the technical collective's members: `N` of `D` parts.
pub type RootOrTechnical<const N: u32, const D: u32> =
    EitherOfDiverse<EnsureRoot<AccountId>, EnsureProportionAtLeast<AccountId, TechnicalInstance, N, D>>;

/// Who may enter and leave safe mode and pause calls: a referendum on the emergency track, three quarters of the technical collective, or
/// root.
pub type EmergencyOrigin = EitherOfDiverse<origins::Emergency, RootOrTechnical<3, 4>>;

/// Who may change the market's parameters.
pub type MarketAdminOrigin = EitherOfDiverse<EnsureRoot<AccountId>, origins::MarketAdmin>;
