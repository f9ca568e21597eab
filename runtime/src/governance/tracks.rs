//! Tracks: how hard each power is to get, and how long that takes.
//!
//! A referendum is prepared, then decided for at most `decide`; it passes when approval and support have both stood above their curves for
//! `confirm`, and is enacted `enact` later at the earliest. Approval is the share of ayes among the votes, weighted by conviction; support is
//! the share of all tokens that voted aye or abstained, unweighted. Both curves fall with time: what few oppose may pass late with little
//! support, what is urgent must have much of it.

use super::{
    origins::Origin,
    periods::{DAY, HOUR, blocks, fast},
};
use crate::{Balance, BlockNumber, OriginCaller, RuntimeOrigin, units::BLOC};
use alloc::borrow::Cow;
use frame_support::traits::OriginTrait;
use pallet_referenda::{Curve, Track, TrackInfo};
use sp_runtime::{FixedI64, str_array};

/// A development chain divides the decision deposits by this.
const FAST_DEPOSIT_DIVISOR: Balance = 100;

/// The tracks of a chain; see the module's documentation.
pub struct Tracks;

/// A track of a public chain; lengths in minutes.
struct Plan {
    id: u16,
    name: &'static str,
    /// Most referenda that are decided at a time; others wait in line, the best supported first.
    max_deciding: u32,
    deposit: Balance,
    prepare: u32,
    decide: u32,
    confirm: u32,
    enact: u32,
    approval: Curve,
    support: Curve,
}

const fn percent(value: i32) -> FixedI64 {
    FixedI64::from_rational(value as u128, 100)
}

/// Approval that falls in a straight line to a half.
const STRAIGHT_APPROVAL: Curve = Curve::make_linear(14, 14, percent(50), percent(100));
/// Approval that falls fast at first: four fifths after four days of fourteen.
const STEEP_APPROVAL: Curve = Curve::make_reciprocal(4, 14, percent(80), percent(50), percent(100));
/// Approval that stays high for as long as the matter is young: 96 % after a twentieth of the time.
const URGENT_APPROVAL: Curve = Curve::make_reciprocal(1, 20, percent(96), percent(50), percent(100));
/// Support that falls in a straight line to nothing.
const STRAIGHT_SUPPORT: Curve = Curve::make_linear(14, 14, percent(0), percent(50));

/// The tracks of a public chain, by id.
const PLANS: [Plan; 10] = [
    // Anything at all.
    Plan {
        id: 0,
        name: "root",
        max_deciding: 1,
        deposit: 10_000 * BLOC,
        prepare: 2 * HOUR,
        decide: 14 * DAY,
        confirm: DAY,
        enact: DAY,
        approval: STEEP_APPROVAL,
        support: STRAIGHT_SUPPORT,
    },
    // What the technical collective has whitelisted, fast: a fifth of all tokens must want it within the first half day.
    Plan {
        id: 1,
        name: "whitelisted_caller",
        max_deciding: 10,
        deposit: 1_000 * BLOC,
        prepare: 30,
        decide: 14 * DAY,
        confirm: 10,
        enact: 10,
        approval: URGENT_APPROVAL,
        support: Curve::make_reciprocal(1, 28, percent(20), percent(5), percent(50)),
    },
    // A day between decision and effect, in which providers can prepare for new parameters.
    Plan {
        id: 10,
        name: "market_admin",
        max_deciding: 10,
        deposit: 500 * BLOC,
        prepare: 2 * HOUR,
        decide: 14 * DAY,
        confirm: 3 * HOUR,
        enact: DAY,
        approval: STRAIGHT_APPROVAL,
        support: Curve::make_reciprocal(10, 14, percent(10), percent(0), percent(50)),
    },
    // An emergency is over in two days, and needs a tenth of all tokens within two hours.
    Plan {
        id: 11,
        name: "emergency",
        max_deciding: 5,
        deposit: 5_000 * BLOC,
        prepare: 10,
        decide: 2 * DAY,
        confirm: 30,
        enact: 1,
        approval: URGENT_APPROVAL,
        support: Curve::make_reciprocal(1, 24, percent(10), percent(2), percent(50)),
    },
    Plan {
        id: 20,
        name: "referendum_canceller",
        max_deciding: 20,
        deposit: 1_000 * BLOC,
        prepare: 2 * HOUR,
        decide: 7 * DAY,
        confirm: 3 * HOUR,
        enact: 10,
        approval: STRAIGHT_APPROVAL,
        support: Curve::make_reciprocal(12, 28, percent(1), percent(0), percent(50)),
    },
    Plan {
        id: 21,
        name: "referendum_killer",
        max_deciding: 20,
        deposit: 5_000 * BLOC,
        prepare: 2 * HOUR,
        decide: 14 * DAY,
        confirm: 3 * HOUR,
        enact: 10,
        approval: STRAIGHT_APPROVAL,
        support: Curve::make_reciprocal(12, 28, percent(1), percent(0), percent(50)),
    },
    Plan {
        id: 30,
        name: "treasurer",
        max_deciding: 2,
        deposit: 1_000 * BLOC,
        prepare: 2 * HOUR,
        decide: 14 * DAY,
        confirm: 2 * DAY,
        enact: DAY,
        approval: STEEP_APPROVAL,
        support: STRAIGHT_SUPPORT,
    },
    Plan {
        id: 31,
        name: "small_spender",
        max_deciding: 20,
        deposit: 100 * BLOC,
        prepare: 4 * HOUR,
        decide: 14 * DAY,
        confirm: 12 * HOUR,
        enact: DAY,
        approval: Curve::make_linear(8, 14, percent(50), percent(100)),
        support: Curve::make_reciprocal(2, 14, percent(1), percent(0), percent(50)),
    },
    Plan {
        id: 32,
        name: "medium_spender",
        max_deciding: 20,
        deposit: 200 * BLOC,
        prepare: 4 * HOUR,
        decide: 14 * DAY,
        confirm: DAY,
        enact: DAY,
        approval: Curve::make_linear(23, 28, percent(50), percent(100)),
        support: Curve::make_reciprocal(16, 28, percent(1), percent(0), percent(50)),
    },
    Plan {
        id: 33,
        name: "big_spender",
        max_deciding: 20,
        deposit: 400 * BLOC,
        prepare: 4 * HOUR,
        decide: 14 * DAY,
        confirm: 2 * DAY,
        enact: DAY,
        approval: STRAIGHT_APPROVAL,
        support: Curve::make_reciprocal(20, 28, percent(1), percent(0), percent(50)),
    },
];

impl Plan {
    /// The track as the chain runs it: by the clock on a public chain, within half a minute of blocks on a development chain.
    fn track(&self) -> Track<u16, Balance, BlockNumber> {
        let name = str_array(self.name);
        let info = if fast() {
            TrackInfo {
                name,
                max_deciding: self.max_deciding,
                decision_deposit: self.deposit / FAST_DEPOSIT_DIVISOR,
                prepare_period: 2,
                decision_period: 20,
                confirm_period: 2,
                min_enactment_period: 2,
                min_approval: STRAIGHT_APPROVAL,
                min_support: STRAIGHT_SUPPORT,
            }
        } else {
            TrackInfo {
                name,
                max_deciding: self.max_deciding,
                decision_deposit: self.deposit,
                prepare_period: blocks(self.prepare),
                decision_period: blocks(self.decide),
                confirm_period: blocks(self.confirm),
                min_enactment_period: blocks(self.enact),
                min_approval: self.approval.clone(),
                min_support: self.support.clone(),
            }
        };
        Track { id: self.id, info }
    }
}

impl pallet_referenda::TracksInfo<Balance, BlockNumber> for Tracks {
    type Id = u16;
    type RuntimeOrigin = <RuntimeOrigin as OriginTrait>::PalletsOrigin;

    fn tracks() -> impl Iterator<Item = Cow<'static, Track<u16, Balance, BlockNumber>>> {
        PLANS.iter().map(|plan| Cow::Owned(plan.track()))
    }

    fn track_for(origin: &Self::RuntimeOrigin) -> Result<u16, ()> {
        match origin {
            OriginCaller::system(frame_system::RawOrigin::Root) => Ok(0),
            OriginCaller::Origins(origin) => Ok(match origin {
                Origin::WhitelistedCaller => 1,
                Origin::MarketAdmin => 10,
                Origin::Emergency => 11,
                Origin::ReferendumCanceller => 20,
                Origin::ReferendumKiller => 21,
                Origin::Treasurer => 30,
                Origin::SmallSpender => 31,
                Origin::MediumSpender => 32,
                Origin::BigSpender => 33,
            }),
            _ => Err(()),
        }
    }
}
