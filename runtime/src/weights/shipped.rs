//! The weights that polkadot-sdk ships for what a transfer is made of: what a plain chain of it declares. Only `make bench-chain` builds
//! the runtime with them, to compare.

pub use ::frame_support::weights::constants::{BlockExecutionWeight, ExtrinsicBaseWeight, RocksDbWeight};
use frame_support::weights::Weight;

/// Weights of the system's calls.
pub mod frame_system {
    pub use ::frame_system::weights::SubstrateWeight as WeightInfo;
}

/// Weights of the balances' calls.
pub mod pallet_balances {
    pub use ::pallet_balances::weights::SubstrateWeight as WeightInfo;
}

/// Weights of the transaction extensions.
pub struct Extensions;

impl ::frame_system::ExtensionsWeightInfo for Extensions {
    fn check_genesis() -> Weight {
        <() as ::frame_system::ExtensionsWeightInfo>::check_genesis()
    }
    fn check_mortality_mortal_transaction() -> Weight {
        <() as ::frame_system::ExtensionsWeightInfo>::check_mortality_mortal_transaction()
    }
    fn check_mortality_immortal_transaction() -> Weight {
        <() as ::frame_system::ExtensionsWeightInfo>::check_mortality_immortal_transaction()
    }
    fn check_non_zero_sender() -> Weight {
        <() as ::frame_system::ExtensionsWeightInfo>::check_non_zero_sender()
    }
    fn check_nonce() -> Weight {
        <() as ::frame_system::ExtensionsWeightInfo>::check_nonce()
    }
    fn check_spec_version() -> Weight {
        <() as ::frame_system::ExtensionsWeightInfo>::check_spec_version()
    }
    fn check_tx_version() -> Weight {
        <() as ::frame_system::ExtensionsWeightInfo>::check_tx_version()
    }
    fn check_weight() -> Weight {
        <() as ::frame_system::ExtensionsWeightInfo>::check_weight()
    }
    fn weight_reclaim() -> Weight {
        <() as ::frame_system::ExtensionsWeightInfo>::weight_reclaim()
    }
}

impl ::pallet_transaction_payment::WeightInfo for Extensions {
    fn charge_transaction_payment() -> Weight {
        <() as ::pallet_transaction_payment::WeightInfo>::charge_transaction_payment()
    }
}
