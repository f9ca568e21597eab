//! Genesis presets.

use super::{merge, state_of};
use crate::{
    AccountId, Babe, Balances, Grandpa, Runtime, RuntimeGenesisConfig, Session, TransactionPayment, genesis,
    timing::{DEFAULT_EPOCH_BLOCKS, DEFAULT_SLOT_MILLIS, EpochDuration},
    units::{BLOC, EXISTENTIAL_DEPOSIT},
};
use frame_support::{
    genesis_builder_helper::build_state,
    traits::{Get, fungible::Inspect},
};
use serde_json::json;
use sp_consensus_babe::AllowedSlots;
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring;

fn every_preset() -> Vec<String> {
    genesis::preset_names()
}

#[test]
fn every_preset_builds_with_validators_that_can_author_and_vote() {
    for (preset, validators) in every_preset().iter().zip([1, 4]) {
        state_of(preset, json!({})).execute_with(|| {
            assert_eq!(Session::validators().len(), validators, "{preset}");
            assert_eq!(Babe::authorities().len(), validators, "{preset}");
            assert_eq!(Grandpa::grandpa_authorities().len(), validators, "{preset}");
        });
    }
}

#[test]
fn every_preset_has_secondary_slots_with_vrf() {
    for preset in every_preset() {
        state_of(&preset, json!({})).execute_with(|| {
            let allowed = Babe::epoch_config().unwrap().allowed_slots;
            assert_eq!(allowed, AllowedSlots::PrimaryAndSecondaryVRFSlots, "{preset}");
        });
    }
}

#[test]
fn presets_differ_in_slot_and_epoch() {
    for (preset, slot_millis, epoch_blocks) in [("development", 1_000, 100), ("local_testnet", 3_000, 200)] {
        state_of(preset, json!({})).execute_with(|| {
            assert_eq!(Babe::slot_duration(), slot_millis);
            assert_eq!(EpochDuration::<Runtime>::get(), epoch_blocks);
        });
    }
    // A genesis that names none.
    TestExternalities::default().execute_with(|| {
        assert_eq!(Babe::slot_duration(), DEFAULT_SLOT_MILLIS);
        assert_eq!(EpochDuration::<Runtime>::get(), DEFAULT_EPOCH_BLOCKS);
    });
}

#[test]
fn a_patch_of_a_preset_changes_only_what_it_names() {
    state_of("development", json!({ "timing": { "slotMillis": 400 } })).execute_with(|| {
        assert_eq!(Babe::slot_duration(), 400);
        assert_eq!(EpochDuration::<Runtime>::get(), 100);
        assert_eq!(
            Balances::balance(&Sr25519Keyring::Alice.to_account_id()),
            1_000_000 * BLOC
        );
    });
}

#[test]
fn well_known_accounts_are_endowed_and_nobody_else_but_pallets() {
    for preset in every_preset() {
        state_of(&preset, json!({})).execute_with(|| {
            for account in ["Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"] {
                let id: AccountId = account.parse::<Sr25519Keyring>().unwrap().to_account_id();
                assert_eq!(Balances::balance(&id), 1_000_000 * BLOC, "{account} in {preset}");
            }
            // The market's pool keeps an existential deposit of its own.
            assert_eq!(
                Balances::total_issuance(),
                6_000_000 * BLOC + EXISTENTIAL_DEPOSIT,
                "{preset}"
            );
            assert_eq!(TransactionPayment::next_fee_multiplier(), 1.into());
        });
    }
}

#[test]
fn the_market_starts_with_a_short_period_that_a_patch_can_shorten() {
    use pallet_storage_market::{ParamsValue, PeriodLength};

    for preset in every_preset() {
        state_of(&preset, json!({})).execute_with(|| {
            assert_eq!(PeriodLength::<Runtime>::get(), 16, "{preset}");
            assert_eq!(ParamsValue::<Runtime>::get().pieces_per_challenge, 8, "{preset}");
            assert_eq!(ParamsValue::<Runtime>::get().misses_to_fault, 3, "{preset}");
        });
    }
    state_of("development", json!({ "storageMarket": { "period": 4 } })).execute_with(|| {
        assert_eq!(PeriodLength::<Runtime>::get(), 4);
        assert_eq!(ParamsValue::<Runtime>::get().misses_to_fault, 3);
    });
    // A production genesis.
    TestExternalities::default().execute_with(|| assert_eq!(PeriodLength::<Runtime>::get(), 600));
}

#[test]
#[should_panic(expected = "it must be even")]
fn an_odd_slot_length_is_refused() {
    state_of("development", json!({ "timing": { "slotMillis": 999 } }));
}

#[test]
fn unknown_presets_and_fields_are_refused() {
    assert!(genesis::preset(&"mainnet".into()).is_none());

    let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
    merge(&mut config, json!({ "timing": { "slotMilis": 1_000 } }));
    let error = TestExternalities::default()
        .execute_with(|| build_state::<RuntimeGenesisConfig>(serde_json::to_vec(&config).unwrap()))
        .unwrap_err();

    assert!(error.contains("slotMilis"), "{error}");
}
