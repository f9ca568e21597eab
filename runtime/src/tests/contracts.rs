//! What contracts may do to the chain: the calls on the list, the limits. What they do in it is shown with the kit (`crates/contract-kit`).

use super::state_of;
use crate::{
    Runtime, RuntimeCall, RuntimeOrigin,
    apis::{gas_for, most_gas},
    configs::{CallsOfContracts, MAX_CODE_BYTES, RuntimeBlockWeights},
    units::{BLOC, deposit},
};
use codec::Encode;
use frame_support::{
    dispatch::{DispatchClass, GetDispatchInfo},
    traits::{Contains, Get},
    weights::Weight,
};
use pallet_contracts::WeightInfo as _;
use pallet_conviction_voting::{AccountVote, Conviction, Vote};
use serde_json::json;
use sp_keyring::Sr25519Keyring::{Alice, Bob};
use sp_runtime::{MultiAddress, traits::Dispatchable};

const BOB: MultiAddress<crate::AccountId, ()> = MultiAddress::Id(crate::AccountId::new([7; 32]));

/// Each call that a contract may dispatch, and its encoding as contracts have it in their code.
fn listed() -> Vec<(RuntimeCall, String)> {
    let account = format!("00{}", "07".repeat(32));
    let vote = AccountVote::Standard {
        vote: Vote {
            aye: true,
            conviction: Conviction::Locked1x,
        },
        balance: 5,
    };
    let bloc = format!("{:032x}", u128::from_be_bytes(5u128.to_le_bytes()));
    vec![
        (
            pallet_balances::Call::transfer_allow_death { dest: BOB, value: 5 }.into(),
            format!("0500{account}14"),
        ),
        (
            pallet_balances::Call::transfer_keep_alive { dest: BOB, value: 5 }.into(),
            format!("0503{account}14"),
        ),
        (
            pallet_assets::Call::transfer {
                id: 9,
                target: BOB,
                amount: 5,
            }
            .into(),
            format!("1b0809000000{account}14"),
        ),
        (
            pallet_assets::Call::transfer_keep_alive {
                id: 9,
                target: BOB,
                amount: 5,
            }
            .into(),
            format!("1b0909000000{account}14"),
        ),
        (
            pallet_assets::Call::approve_transfer {
                id: 9,
                delegate: BOB,
                amount: 5,
            }
            .into(),
            format!("1b1609000000{account}14"),
        ),
        (
            pallet_assets::Call::cancel_approval { id: 9, delegate: BOB }.into(),
            format!("1b1709000000{account}"),
        ),
        (
            pallet_assets::Call::transfer_approved {
                id: 9,
                owner: BOB,
                destination: BOB,
                amount: 5,
            }
            .into(),
            format!("1b1909000000{account}{account}14"),
        ),
        (
            pallet_conviction_voting::Call::vote { poll_index: 3, vote }.into(),
            format!("1e000c0081{bloc}"),
        ),
        (
            pallet_conviction_voting::Call::delegate {
                class: 0,
                to: BOB,
                conviction: Conviction::None,
                balance: 5,
            }
            .into(),
            format!("1e010000{account}00{bloc}"),
        ),
        (
            pallet_conviction_voting::Call::undelegate { class: 0 }.into(),
            "1e020000".into(),
        ),
        (
            pallet_conviction_voting::Call::unlock { class: 0, target: BOB }.into(),
            format!("1e030000{account}"),
        ),
        (
            pallet_conviction_voting::Call::remove_vote { class: None, index: 3 }.into(),
            "1e040003000000".into(),
        ),
    ]
}

#[test]
fn calls_that_contracts_may_make_keep_their_encoding() {
    for (call, encoding) in listed() {
        assert!(CallsOfContracts::contains(&call), "{call:?}");
        let encoded: String = call.encode().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(encoded, encoding, "{call:?}");
    }
}

#[test]
fn contracts_can_make_no_other_call() {
    let refused: [RuntimeCall; 7] = [
        frame_system::Call::remark_with_event { remark: vec![1] }.into(),
        pallet_utility::Call::batch { calls: vec![] }.into(),
        pallet_staking::Call::chill {}.into(),
        pallet_assets::Call::create {
            id: 9,
            admin: BOB,
            min_balance: 1,
        }
        .into(),
        pallet_contracts::Call::remove_code {
            code_hash: Default::default(),
        }
        .into(),
        pallet_storage_market::Call::claim {}.into(),
        pallet_proxy::Call::remove_proxies {}.into(),
    ];

    for call in refused {
        assert!(!CallsOfContracts::contains(&call), "{call:?}");
    }
}

#[test]
fn call_with_all_the_gas_of_a_dry_run_fits_into_a_block() {
    let normal = RuntimeBlockWeights::get().get(DispatchClass::Normal).clone();
    let most = most_gas(<Runtime as pallet_contracts::Config>::WeightInfo::call());
    let call: RuntimeCall = pallet_contracts::Call::call {
        dest: BOB,
        value: 0,
        gas_limit: most,
        storage_deposit_limit: None,
        data: vec![],
    }
    .into();

    let declared = call.get_dispatch_info().call_weight;
    assert!(declared.all_lte(normal.max_extrinsic.unwrap()), "{declared}");
    assert!(most.ref_time() > normal.max_total.unwrap().ref_time() / 10 * 8);
}

#[test]
fn dry_run_gets_no_more_gas_than_a_transaction() {
    let base = Weight::from_parts(1_000, 1_000);
    let asked = Weight::from_parts(5, u64::MAX);

    assert_eq!(gas_for(Some(Weight::MAX), base), most_gas(base));
    assert_eq!(gas_for(None, base), most_gas(base));
    assert_eq!(gas_for(Some(asked), base).ref_time(), 5);
}

#[test]
fn largest_code_fits_into_the_deposit_limit_of_callers_that_name_none() {
    let limit: u128 = <Runtime as pallet_contracts::Config>::DefaultDepositLimit::get();

    // The code, its record, and a contract of it.
    assert!(deposit(3, MAX_CODE_BYTES + 1_000) <= limit);
    assert!(limit < 20 * BLOC);
}

#[test]
fn safe_mode_stops_contracts() {
    state_of("development", json!({})).execute_with(|| {
        let call = || -> RuntimeCall {
            pallet_contracts::Call::call {
                dest: MultiAddress::Id(Bob.to_account_id()),
                value: 0,
                gas_limit: Default::default(),
                storage_deposit_limit: None,
                data: vec![],
            }
            .into()
        };
        let outcome = || {
            let origin = RuntimeOrigin::signed(Alice.to_account_id());
            <&'static str>::from(call().dispatch(origin).unwrap_err().error)
        };
        assert_eq!(outcome(), "ContractNotFound");

        let enter = RuntimeCall::from(pallet_safe_mode::Call::force_enter {});
        enter.dispatch(RuntimeOrigin::root()).unwrap();

        assert_eq!(outcome(), "CallFiltered");
    });
}
