//! Weights of the transaction extensions.

use super::RocksDbWeight;
use frame_support::{traits::Get, weights::Weight};

/// Weights of the transaction extensions: the sender's account, which is one key of the state, and no computing.
///
/// The base weight of an extrinsic is that of a signed transaction that runs all of them, so their computing is in it already. What
/// [`frame_system_extensions`](super::frame_system_extensions) and [`pallet_transaction_payment`](super::pallet_transaction_payment) measure one by one would count it a second time; the tests hold the base
/// against their sum. The author's account, which gets its part of every fee, is read and written once a block.
pub struct Extensions;

impl ::frame_system::ExtensionsWeightInfo for Extensions {
    fn check_genesis() -> Weight {
        Weight::zero()
    }
    fn check_mortality_mortal_transaction() -> Weight {
        Weight::zero()
    }
    fn check_mortality_immortal_transaction() -> Weight {
        Weight::zero()
    }
    fn check_non_zero_sender() -> Weight {
        Weight::zero()
    }
    fn check_nonce() -> Weight {
        RocksDbWeight::get().reads_writes(1, 1)
    }
    fn check_spec_version() -> Weight {
        Weight::zero()
    }
    fn check_tx_version() -> Weight {
        Weight::zero()
    }
    fn check_weight() -> Weight {
        Weight::zero()
    }
    fn weight_reclaim() -> Weight {
        Weight::zero()
    }
}

impl ::pallet_transaction_payment::WeightInfo for Extensions {
    fn charge_transaction_payment() -> Weight {
        Weight::zero()
    }
}
