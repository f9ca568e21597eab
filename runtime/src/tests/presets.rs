//! Genesis presets.

use super::{merge, state_of};
use crate::{
    AccountId, AuthorityDiscovery, Babe, Balances, Grandpa, Runtime, RuntimeGenesisConfig, Session, Staking,
    TransactionPayment,
    configs::MAX_CANDIDATES,
    genesis::{self, VALIDATOR_BOND},
    timing::{BondingDuration, EpochDuration, EraMillis, ReportLongevity, SessionsPerEra, SlashDeferDuration},
    units::{BLOC, EXISTENTIAL_DEPOSIT},
};
use frame_support::{
    genesis_builder_helper::build_state,
    traits::{Get, fungible::Inspect},
};
use serde_json::json;
use sp_consensus_babe::AllowedSlots;
use sp_core::crypto::Ss58Codec;
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring;
use sp_runtime::Perbill;

fn every_preset() -> Vec<String> {
    genesis::preset_names()
}

/// The presets of well-known keys.
const WELL_KNOWN: [&str; 2] = ["development", "local_testnet"];

#[test]
fn every_preset_builds_with_validators_that_can_author_vote_and_be_found() {
    for (preset, validators) in every_preset().iter().zip([1, 4, 0]) {
        state_of(preset, json!({})).execute_with(|| {
            assert_eq!(Session::validators().len(), validators, "{preset}");
            assert_eq!(Babe::authorities().len(), validators, "{preset}");
            assert_eq!(Grandpa::grandpa_authorities().len(), validators, "{preset}");
            assert_eq!(AuthorityDiscovery::authorities().len(), validators, "{preset}");
            for validator in Session::validators() {
                assert_eq!(
                    Staking::ledger(validator.into()).unwrap().active,
                    VALIDATOR_BOND,
                    "{preset}"
                );
            }
        });
    }
}

#[test]
fn no_preset_but_those_of_development_names_an_account_or_a_key() {
    for preset in every_preset()
        .into_iter()
        .filter(|preset| !WELL_KNOWN.contains(&preset.as_str()))
    {
        let patch: serde_json::Value = serde_json::from_slice(&genesis::preset(&preset).unwrap()).unwrap();
        let text = patch.to_string();
        for keyring in Sr25519Keyring::iter() {
            assert!(
                !text.contains(&keyring.to_account_id().to_ss58check()),
                "{keyring} is in {preset}"
            );
        }
        for holder in ["balances", "session", "sudo", "grandpa", "authorityDiscovery"] {
            assert_eq!(patch.get(holder), None, "{preset}");
        }
        assert_eq!(patch["staking"].get("stakers"), None, "{preset}");
        assert_eq!(patch["staking"].get("invulnerables"), None, "{preset}");
        state_of(&preset, json!({})).execute_with(|| {
            // The market's pool and the treasury keep an existential deposit each.
            assert_eq!(Balances::total_issuance(), 2 * EXISTENTIAL_DEPOSIT, "{preset}");
            assert_eq!(Staking::minimum_validator_count(), 4, "{preset}");
        });
    }
}

#[test]
fn every_preset_bounds_candidates_pools_and_bonds() {
    use pallet_nomination_pools::{GlobalMaxCommission, MaxPools, MinCreateBond, MinJoinBond};
    use pallet_staking::{MaxValidatorsCount, MinNominatorBond, MinValidatorBond, SlashRewardFraction};

    for preset in every_preset() {
        state_of(&preset, json!({})).execute_with(|| {
            // More candidates than the election takes would make it fail.
            assert_eq!(MaxValidatorsCount::<Runtime>::get(), Some(MAX_CANDIDATES), "{preset}");
            assert_eq!(MinValidatorBond::<Runtime>::get(), 10_000 * BLOC, "{preset}");
            assert_eq!(MinNominatorBond::<Runtime>::get(), 10 * BLOC, "{preset}");
            assert_eq!(
                SlashRewardFraction::<Runtime>::get(),
                Perbill::from_percent(10),
                "{preset}"
            );
            assert_eq!(MinCreateBond::<Runtime>::get(), 100 * BLOC, "{preset}");
            assert_eq!(MinJoinBond::<Runtime>::get(), BLOC, "{preset}");
            assert_eq!(MaxPools::<Runtime>::get(), Some(500), "{preset}");
            assert_eq!(
                GlobalMaxCommission::<Runtime>::get(),
                Some(Perbill::from_percent(20)),
                "{preset}"
            );
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
fn presets_differ_in_slots_epochs_eras_and_bonding() {
    let timing = || {
        (
            Babe::slot_duration(),
            EpochDuration::<Runtime>::get(),
            SessionsPerEra::<Runtime>::get(),
            BondingDuration::<Runtime>::get(),
            SlashDeferDuration::<Runtime>::get(),
        )
    };
    for (preset, expected) in [
        ("development", (1_000, 20, 3, 3, 2)),
        ("local_testnet", (3_000, 20, 3, 3, 2)),
        ("testnet", (3_000, 1_200, 24, 28, 27)),
    ] {
        state_of(preset, json!({})).execute_with(|| assert_eq!(timing(), expected, "{preset}"));
    }
    // A genesis that names none.
    TestExternalities::default().execute_with(|| {
        assert_eq!(timing(), (3_000, 1_200, 24, 28, 27));
        assert_eq!(EraMillis::<Runtime>::get(), 24 * 3_600 * 1_000, "an era is a day");
        assert_eq!(ReportLongevity::<Runtime>::get(), 28 * 24 * 1_200);
    });
}

#[test]
fn a_patch_of_a_preset_changes_only_what_it_names() {
    state_of("development", json!({ "timing": { "slotMillis": 400 } })).execute_with(|| {
        assert_eq!(Babe::slot_duration(), 400);
        assert_eq!(EpochDuration::<Runtime>::get(), 20);
        assert_eq!(
            Balances::total_balance(&Sr25519Keyring::Alice.to_account_id()),
            1_000_000 * BLOC
        );
    });
}

#[test]
fn well_known_accounts_are_endowed_and_nobody_else_but_pallets() {
    for preset in WELL_KNOWN {
        state_of(preset, json!({})).execute_with(|| {
            for account in ["Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"] {
                let id: AccountId = account.parse::<Sr25519Keyring>().unwrap().to_account_id();
                assert_eq!(Balances::total_balance(&id), 1_000_000 * BLOC, "{account} in {preset}");
            }
            // The market's pool keeps an existential deposit of its own.
            assert_eq!(
                Balances::total_issuance(),
                6_000_000 * BLOC + 2 * EXISTENTIAL_DEPOSIT,
                "{preset}"
            );
            assert_eq!(TransactionPayment::next_fee_multiplier(), 1.into());
        });
    }
}

#[test]
fn the_market_starts_with_a_short_period_that_a_patch_can_shorten() {
    use pallet_storage_market::{ParamsValue, PeriodLength};

    for preset in WELL_KNOWN {
        state_of(preset, json!({})).execute_with(|| {
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
#[should_panic(expected = "timing.slashDeferEras is 3: it must be less than timing.bondingEras, which is 3")]
fn a_slash_that_comes_after_bonding_ends_is_refused() {
    state_of("development", json!({ "timing": { "slashDeferEras": 3 } }));
}

#[test]
#[should_panic(expected = "timing.bondingEras is 29: it must be 1 to 28")]
fn a_bonding_longer_than_pools_can_keep_apart_is_refused() {
    state_of("development", json!({ "timing": { "bondingEras": 29 } }));
}

#[test]
#[should_panic(expected = "timing.sessionsPerEra is 0: it must be 1 to 168")]
fn an_era_without_sessions_is_refused() {
    state_of("development", json!({ "timing": { "sessionsPerEra": 0 } }));
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
