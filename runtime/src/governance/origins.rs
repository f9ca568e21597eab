//! The powers that a referendum can give besides root's, one origin each.

use crate::{Balance, units::BLOC};
use frame_support::traits::{EnsureOrigin, OriginTrait};

pub use pallet::*;

/// The pallet's parts, as FRAME wants them. It holds the origin alone: no storage, no call.
#[frame_support::pallet]
pub mod pallet {
    use frame_support::pallet_prelude::*;

    /// The origins of referenda.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    /// Nothing to set.
    #[pallet::config]
    pub trait Config: frame_system::Config {}

    /// A power that a referendum gives. The order is part of the chain's encoding.
    #[pallet::origin]
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
    pub enum Origin {
        /// Dispatches, as root, a call that the technical collective has whitelisted.
        WhitelistedCaller,
        /// Sets the storage market's parameters.
        MarketAdmin,
        /// Enters and leaves safe mode, pauses and unpauses calls.
        Emergency,
        /// Cancels a referendum; its deposits come back.
        ReferendumCanceller,
        /// Kills a referendum; its deposits are lost.
        ReferendumKiller,
        /// Spends any amount of the treasury.
        Treasurer,
        /// Spends at most 100,000 BLOC of the treasury.
        BigSpender,
        /// Spends at most 10,000 BLOC of the treasury.
        MediumSpender,
        /// Spends at most 1,000 BLOC of the treasury.
        SmallSpender,
    }
}

/// The power that an origin stands for, if it is one of [`Origin`]'s.
fn power<O: OriginTrait>(origin: &O) -> Option<Origin>
where
    for<'a> &'a O::PalletsOrigin: TryInto<&'a Origin>,
{
    origin.caller().try_into().ok().copied()
}

/// Checks that an origin is one of [`Origin`]'s.
macro_rules! ensure {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        pub struct $name;

        impl<O: OriginTrait + From<Origin>> EnsureOrigin<O> for $name
        where
            for<'a> &'a O::PalletsOrigin: TryInto<&'a Origin>,
        {
            type Success = ();

            fn try_origin(origin: O) -> Result<(), O> {
                match power(&origin) {
                    Some(Origin::$name) => Ok(()),
                    _ => Err(origin),
                }
            }

            #[cfg(feature = "runtime-benchmarks")]
            fn try_successful_origin() -> Result<O, ()> {
                Ok(O::from(Origin::$name))
            }
        }
    )*};
}

ensure! {
    /// Accepts [`Origin::WhitelistedCaller`].
    WhitelistedCaller,
    /// Accepts [`Origin::MarketAdmin`].
    MarketAdmin,
    /// Accepts [`Origin::Emergency`].
    Emergency,
    /// Accepts [`Origin::ReferendumCanceller`].
    ReferendumCanceller,
    /// Accepts [`Origin::ReferendumKiller`].
    ReferendumKiller,
    /// Accepts [`Origin::Treasurer`].
    Treasurer,
}

/// Accepts the treasury's spenders, and gives the most that each may spend at once.
pub struct Spender;

impl<O: OriginTrait + From<Origin>> EnsureOrigin<O> for Spender
where
    for<'a> &'a O::PalletsOrigin: TryInto<&'a Origin>,
{
    type Success = Balance;

    fn try_origin(origin: O) -> Result<Balance, O> {
        match power(&origin) {
            Some(Origin::SmallSpender) => Ok(1_000 * BLOC),
            Some(Origin::MediumSpender) => Ok(10_000 * BLOC),
            Some(Origin::BigSpender) => Ok(100_000 * BLOC),
            Some(Origin::Treasurer) => Ok(Balance::MAX),
            _ => Err(origin),
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn try_successful_origin() -> Result<O, ()> {
        Ok(O::from(Origin::Treasurer))
    }
}
