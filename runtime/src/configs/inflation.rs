//! Inflation: what an era mints for those who stake, and for the treasury.

use crate::{Balance, Runtime, timing::EraMillis};
use frame_support::{parameter_types, traits::Get};
use sp_runtime::{Perbill, Perquintill, curve::PiecewiseLinear};
use sp_staking::EraPayout;

/// A Julian year.
pub const YEAR_MILLIS: u64 = 36_525 * 24 * 36_000;

pallet_staking_reward_curve::build! {
    const CURVE: PiecewiseLinear<'static> = curve!(
        min_inflation: 0_020_000,
        max_inflation: 0_080_000,
        ideal_stake: 0_500_000,
        falloff: 0_050_000,
        max_piece_count: 40,
        test_precision: 0_005_000,
    );
}

parameter_types! {
    /// What stakers get in a year, as a share of all tokens, by the share of tokens at stake: 2 % if nobody staked, 8 % at one half,
    /// and above it half as much with every further 5 % at stake, down to 2 %.
    pub const RewardCurve: &'static PiecewiseLinear<'static> = &CURVE;
    /// Most that the treasury gets in a year, as a share of all tokens.
    pub const TreasuryInflation: Perbill = Perbill::from_percent(1);
}

/// Pays stakers by [`RewardCurve`], and the treasury what is left to the curve's top, at most [`TreasuryInflation`].
///
/// An era counts for at most twice its planned length: a chain that stood still for a week does not pay for it.
pub struct Inflation;

impl EraPayout<Balance> for Inflation {
    fn era_payout(staked: Balance, issuance: Balance, era_millis: u64) -> (Balance, Balance) {
        let millis = era_millis.min(EraMillis::<Runtime>::get().saturating_mul(2));
        let of_year = Perquintill::from_rational(millis, YEAR_MILLIS);
        let curve = RewardCurve::get();
        let stakers = curve.calculate_for_fraction_times_denominator(staked, issuance);
        let rest = (curve.maximum * issuance).saturating_sub(stakers);
        let treasury = rest.min(TreasuryInflation::get() * issuance);
        (of_year * stakers, of_year * treasury)
    }
}
