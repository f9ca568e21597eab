//! What must hold for the runtime as a whole. Each pallet's `integrity_test` runs too: `#[runtime]` adds a test for it.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod blocks;
mod chain;
mod contracts;
mod economics;
mod election;
mod governance;
mod market;
mod offences;
mod pools;
mod presets;
mod staking;
mod weights;

use crate::{Runtime, RuntimeGenesisConfig, System, genesis, units};
use frame_support::{genesis_builder_helper::build_state, weights::WeightToFee as _};
use serde_json::Value;
use sp_io::TestExternalities;

/// The state after genesis of `preset`, changed by `change`.
fn state_of(preset: &str, change: Value) -> TestExternalities {
    let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
    merge(
        &mut config,
        serde_json::from_slice(&genesis::preset(&preset.into()).unwrap()).unwrap(),
    );
    merge(&mut config, change);
    let mut state = TestExternalities::default();
    state.execute_with(|| {
        build_state::<RuntimeGenesisConfig>(serde_json::to_vec(&config).unwrap()).unwrap();
        System::set_block_number(0);
    });
    state
}

fn merge(target: &mut Value, patch: Value) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) => {
            patch
                .into_iter()
                .for_each(|(key, value)| merge(target.entry(key).or_insert(Value::Null), value));
        }
        (target, patch) => *target = patch,
    }
}

#[test]
fn there_is_no_sudo_and_indices_are_fixed() {
    let pallets = TestExternalities::default().execute_with(|| {
        Runtime::metadata_ir()
            .pallets
            .into_iter()
            .map(|pallet| (pallet.index, pallet.name))
            .collect::<Vec<_>>()
    });

    assert_eq!(
        pallets,
        [
            (0, "System"),
            (1, "Timing"),
            (2, "Timestamp"),
            (3, "Babe"),
            (4, "Authorship"),
            (5, "Balances"),
            (6, "TransactionPayment"),
            (7, "Offences"),
            (8, "Historical"),
            (9, "Staking"),
            (10, "Session"),
            (11, "Grandpa"),
            (12, "AuthorityDiscovery"),
            (13, "VoterList"),
            (14, "DelegatedStaking"),
            (15, "NominationPools"),
            (20, "Utility"),
            (21, "Preimage"),
            (22, "Scheduler"),
            (23, "Multisig"),
            (24, "Proxy"),
            (25, "Identity"),
            (26, "Vesting"),
            (27, "Assets"),
            (30, "ConvictionVoting"),
            (31, "Referenda"),
            (32, "Origins"),
            (33, "Whitelist"),
            (34, "TechnicalCollective"),
            (35, "Treasury"),
            (36, "Bounties"),
            (37, "SafeMode"),
            (38, "TxPause"),
            (40, "StorageMarket"),
            (50, "Contracts"),
        ]
    );
}

#[test]
fn transaction_extensions_are_in_the_documented_order() {
    let extrinsic = TestExternalities::default().execute_with(|| Runtime::metadata_ir().extrinsic);
    let extensions: Vec<_> = extrinsic
        .extensions_v0()
        .unwrap()
        .into_iter()
        .map(|extension| extension.identifier)
        .collect();

    assert_eq!(
        extensions,
        [
            "AuthorizeCall",
            "CheckNonZeroSender",
            "CheckSpecVersion",
            "CheckTxVersion",
            "CheckGenesis",
            "CheckMortality",
            "CheckNonce",
            "CheckWeight",
            "ChargeTransactionPayment",
            "CheckMetadataHash",
            "WeightReclaim",
        ]
    );
}

#[test]
fn computing_is_priced_in_proportion() {
    use crate::configs::{MAXIMUM_BLOCK_WEIGHT, WeightToFee};
    use crate::weights::ExtrinsicBaseWeight;

    assert_eq!(WeightToFee::weight_to_fee(&ExtrinsicBaseWeight::get()), units::MILLI);
    // Filling a block costs more than an account may keep as dust, and does not overflow.
    assert!(WeightToFee::weight_to_fee(&MAXIMUM_BLOCK_WEIGHT) > units::BLOC);
    assert!(WeightToFee::weight_to_fee(&frame_support::weights::Weight::MAX) < u128::MAX);
}
