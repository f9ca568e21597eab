//! Nomination pools: small holders nominate together.

use super::{
    chain::{era, failure, next_block, send, until_era},
    state_of,
};
use crate::{
    Balances, NominationPools, Runtime, RuntimeHoldReason, Staking,
    genesis::{MIN_POOL_BOND, MIN_POOL_JOIN},
    units::BLOC,
};
use frame_support::traits::fungible::{Inspect, InspectHold};
use pallet_nomination_pools::{Call, ClaimPermission, PoolMembers};
use pallet_staking::{ErasStakersPaged, RewardDestination};
use serde_json::json;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave};
use sp_runtime::MultiAddress;

fn create(amount: u128) -> Call<Runtime> {
    let bob = || MultiAddress::Id(Bob.to_account_id());
    Call::create {
        amount,
        root: bob(),
        nominator: bob(),
        bouncer: bob(),
    }
}

fn delegated(account: Sr25519Keyring) -> u128 {
    let reason = RuntimeHoldReason::DelegatedStaking(pallet_delegated_staking::HoldReason::StakingDelegation);
    Balances::balance_on_hold(&reason, &account.to_account_id())
}

#[test]
fn a_member_joins_earns_by_its_share_claims_and_leaves() {
    state_of("development", json!({})).execute_with(|| {
        next_block();
        send(Bob, create(3_000 * BLOC)).unwrap();
        let nominate = Call::nominate {
            pool_id: 1,
            validators: vec![Alice.to_account_id()],
        };
        send(Bob, nominate).unwrap();
        let join = Call::join {
            amount: 1_000 * BLOC,
            pool_id: 1,
        };
        send(Charlie, join).unwrap();
        assert_eq!(
            delegated(Charlie),
            1_000 * BLOC,
            "the tokens stay in the member's account"
        );

        // The pool votes as one account.
        let (pool, _) = NominationPools::api_pool_accounts(1);
        let backed = |era| {
            ErasStakersPaged::<Runtime>::iter_prefix((era, Alice.to_account_id())).any(|(_, page)| {
                page.others
                    .iter()
                    .any(|other| other.who == pool && other.value == 4_000 * BLOC)
            })
        };
        super::chain::until("the pool's vote to count", || backed(era()));
        let first = era();
        until_era(first + 1);
        next_block();
        let payout = pallet_staking::Call::payout_stakers {
            validator_stash: Alice.to_account_id(),
            era: first,
        };
        send(Dave, payout).unwrap();

        let of_charlie = NominationPools::api_pending_rewards(Charlie.to_account_id()).unwrap();
        let of_bob = NominationPools::api_pending_rewards(Bob.to_account_id()).unwrap();
        assert!(
            of_charlie > 0 && of_bob.abs_diff(3 * of_charlie) < 10,
            "{of_bob} and {of_charlie}"
        );
        let before = Balances::balance(&Charlie.to_account_id());
        send(Charlie, Call::claim_payout {}).unwrap();
        let gained = Balances::balance(&Charlie.to_account_id()).abs_diff(before);
        assert!(
            gained.abs_diff(of_charlie) < BLOC,
            "{gained} of {of_charlie}, less a fee"
        );
        assert_eq!(NominationPools::api_pending_rewards(Charlie.to_account_id()), Some(0));

        let charlie = || MultiAddress::Id(Charlie.to_account_id());
        let unbond = Call::unbond {
            member_account: charlie(),
            unbonding_points: 1_000 * BLOC,
        };
        send(Charlie, unbond).unwrap();
        let withdraw = || Call::withdraw_unbonded {
            member_account: charlie(),
            num_slashing_spans: 0,
        };
        let left = era();
        assert_eq!(failure(send(Charlie, withdraw())), "CannotWithdrawAny");
        until_era(left + 4);
        next_block();
        send(Charlie, withdraw()).unwrap();
        assert_eq!(delegated(Charlie), 0);
        assert!(!PoolMembers::<Runtime>::contains_key(Charlie.to_account_id()));
    });
}

#[test]
fn too_little_for_a_pool_and_staking_twice_are_refused() {
    state_of("development", json!({})).execute_with(|| {
        next_block();
        assert_eq!(failure(send(Bob, create(MIN_POOL_BOND - 1))), "MinimumBondNotMet");
        send(Bob, create(MIN_POOL_BOND)).unwrap();
        let join = |amount| Call::join { amount, pool_id: 1 };
        assert_eq!(failure(send(Charlie, join(MIN_POOL_JOIN - 1))), "MinimumBondNotMet");
        send(Charlie, join(MIN_POOL_JOIN)).unwrap();

        let bond = || pallet_staking::Call::bond {
            value: 100 * BLOC,
            payee: RewardDestination::Stash,
        };
        assert_eq!(failure(send(Charlie, bond())), "Restricted", "in a pool already");
        send(Dave, bond()).unwrap();
        assert_eq!(failure(send(Dave, join(BLOC))), "Restricted", "at stake already");
        assert_eq!(
            failure(
                send(
                    Bob,
                    Call::set_claim_permission {
                        permission: ClaimPermission::Permissioned
                    }
                )
                .and(send(
                    Bob,
                    Call::set_commission {
                        pool_id: 1,
                        new_commission: Some((sp_runtime::Perbill::from_percent(21), Bob.to_account_id())),
                    }
                ))
            ),
            "CommissionExceedsGlobalMaximum"
        );
        assert!(Staking::ledger(Dave.to_account_id().into()).is_ok());
    });
}
