//! TransactionPayment: what a transaction costs, and who gets it.

use crate::{
    AccountId, Authorship, Balance, Balances, Runtime, RuntimeEvent,
    units::{MICRO, MILLI},
    weights::ExtrinsicBaseWeight,
};
use frame_support::{
    parameter_types,
    traits::{
        ConstU8, ConstU128, Imbalance, OnUnbalanced,
        fungible::{Balanced, Credit},
    },
    weights::{ConstantMultiplier, Weight},
};
use pallet_transaction_payment::{FungibleAdapter, Multiplier, TargetedFeeAdjustment};
use sp_runtime::{FixedPointNumber, Perquintill, traits::Bounded};

/// Fee per byte of a transaction.
pub type TransactionByteFee = ConstU128<MICRO>;

/// Fee for computing: 0.001 BLOC for what the emptiest transaction takes, in proportion above.
pub struct WeightToFee;

impl frame_support::weights::WeightToFee for WeightToFee {
    type Balance = Balance;

    fn weight_to_fee(weight: &Weight) -> Balance {
        let base = Balance::from(ExtrinsicBaseWeight::get().ref_time().max(1));
        Balance::from(weight.ref_time()).saturating_mul(MILLI) / base
    }
}

/// Four fifths of a fee are burnt, the rest and the tip go to the block's author: an author who got it all could fill its blocks, and so
/// drive up everyone's fees, at no cost.
pub struct DealWithFees;

impl OnUnbalanced<Credit<AccountId, Balances>> for DealWithFees {
    fn on_unbalanceds(mut fee_then_tip: impl Iterator<Item = Credit<AccountId, Balances>>) {
        let Some(fee) = fee_then_tip.next() else { return };
        let (burnt, mut reward) = fee.ration(80, 20);
        drop(burnt);
        if let Some(tip) = fee_then_tip.next() {
            tip.merge_into(&mut reward);
        }
        if let Some(author) = Authorship::author() {
            // What the author's account cannot take (it would stay below the existential deposit) is burnt with the rest.
            drop(Balances::resolve(&author, reward));
        }
    }
}

parameter_types! {
    /// Fullness of blocks at which fees neither rise nor fall.
    pub const TargetBlockFullness: Perquintill = Perquintill::from_percent(25);
    /// How fast they do: at most about 40 % a day of full blocks of 3 s.
    pub AdjustmentVariable: Multiplier = Multiplier::saturating_from_rational(15, 1_000_000);
    /// Fees never fall below the list price, so that what a transaction costs on a quiet chain is known beforehand.
    pub MinimumMultiplier: Multiplier = Multiplier::saturating_from_integer(1);
    /// No bound above: a chain under load must be able to price out whoever floods it.
    pub MaximumMultiplier: Multiplier = Bounded::max_value();
}

impl pallet_transaction_payment::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type OnChargeTransaction = FungibleAdapter<Balances, DealWithFees>;
    type WeightToFee = WeightToFee;
    type LengthToFee = ConstantMultiplier<Balance, TransactionByteFee>;
    type FeeMultiplierUpdate =
        TargetedFeeAdjustment<Self, TargetBlockFullness, AdjustmentVariable, MinimumMultiplier, MaximumMultiplier>;
    type OperationalFeeMultiplier = ConstU8<5>;
    type WeightInfo = crate::weights::Extensions;
}
