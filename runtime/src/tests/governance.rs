//! Governance as voters live it: referenda, the technical collective, the treasury's spenders.

use super::{
    chain::{events, failure, next_block, send},
    state_of,
};
use crate::{
    Balances, OriginCaller, Runtime, RuntimeCall, RuntimeEvent, Treasury,
    governance::{TechnicalInstance, essential, origins::Origin, tracks::Tracks},
    units::BLOC,
};
use codec::Encode;
use frame_support::traits::{Bounded, schedule::DispatchTime};
use pallet_conviction_voting::{AccountVote, Conviction, Vote};
use pallet_referenda::{ReferendumInfo, ReferendumInfoFor, TracksInfo};
use serde_json::json;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Ferdie};
use sp_runtime::{
    DispatchError,
    traits::{BlakeTwo256, Hash as _},
};

/// Blocks in which a referendum of a development chain ends, whatever the votes.
const FAST_REFERENDUM: u32 = 40;

const ROOT: OriginCaller = OriginCaller::system(frame_system::RawOrigin::Root);

fn remark(text: &[u8]) -> RuntimeCall {
    frame_system::Call::remark { remark: text.to_vec() }.into()
}

fn transfer(to: Sr25519Keyring, value: u128) -> RuntimeCall {
    pallet_balances::Call::transfer_keep_alive {
        dest: to.to_account_id().into(),
        value,
    }
    .into()
}

/// Proposes `call`, with the decision deposit, and gives the referendum's index.
fn propose(origin: OriginCaller, call: &RuntimeCall) -> u32 {
    // The first block of a session takes no transactions.
    if events()
        .iter()
        .any(|event| matches!(event, RuntimeEvent::Session(pallet_session::Event::NewSession { .. })))
    {
        next_block();
    }
    let index = pallet_referenda::ReferendumCount::<Runtime>::get();
    let proposal = Bounded::Inline(call.encode().try_into().expect("a short call"));
    send(
        Dave,
        pallet_referenda::Call::submit {
            proposal_origin: Box::new(origin),
            proposal,
            enactment_moment: DispatchTime::After(1),
        },
    )
    .unwrap();
    send(Dave, pallet_referenda::Call::place_decision_deposit { index }).unwrap();
    index
}

fn vote(voter: Sr25519Keyring, referendum: u32, aye: bool, balance: u128) -> Result<(), DispatchError> {
    let vote = AccountVote::Standard {
        vote: Vote {
            aye,
            conviction: Conviction::Locked1x,
        },
        balance,
    };
    send(
        voter,
        pallet_conviction_voting::Call::vote {
            poll_index: referendum,
            vote,
        },
    )
}

/// Opens blocks until the referendum has ended and what it decided has been tried; the outcome of the scheduled call, if there was one.
fn run_out(referendum: u32) -> Option<Result<(), DispatchError>> {
    let mut approved = None;
    for _ in 0..FAST_REFERENDUM {
        next_block();
        for event in events() {
            match event {
                RuntimeEvent::Referenda(pallet_referenda::Event::Confirmed { index, .. }) if index == referendum => {
                    approved = Some(());
                }
                RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched {
                    result, id: Some(_), ..
                }) if approved.is_some() => {
                    return Some(result);
                }
                _ => {}
            }
        }
    }
    None
}

fn status(referendum: u32) -> pallet_referenda::ReferendumInfoOf<Runtime, ()> {
    ReferendumInfoFor::<Runtime>::get(referendum).expect("a referendum")
}

/// The technical collective proposes `call`, `ayes` of its members vote for it, and one of them closes the motion.
pub(super) fn motion(call: RuntimeCall, ayes: &[Sr25519Keyring]) -> Result<(), DispatchError> {
    let length_bound = u32::try_from(call.encoded_size()).unwrap();
    let hash = BlakeTwo256::hash_of(&call);
    let index = pallet_collective::ProposalCount::<Runtime, TechnicalInstance>::get();
    let threshold = u32::try_from(ayes.len()).unwrap();
    send(
        ayes[0],
        pallet_collective::Call::<Runtime, TechnicalInstance>::propose {
            threshold,
            proposal: Box::new(call),
            length_bound,
        },
    )?;
    // A motion that one aye carries is executed at once.
    if let [_] = ayes {
        return executed();
    }
    for member in ayes {
        send(
            *member,
            pallet_collective::Call::<Runtime, TechnicalInstance>::vote {
                proposal: hash,
                index,
                approve: true,
            },
        )?;
    }
    send(
        ayes[0],
        pallet_collective::Call::<Runtime, TechnicalInstance>::close {
            proposal_hash: hash,
            index,
            proposal_weight_bound: frame_support::weights::Weight::from_parts(100_000_000_000, 1_000_000),
            length_bound,
        },
    )?;
    executed()
}

/// The outcome of the last motion of the open block.
fn executed() -> Result<(), DispatchError> {
    events()
        .into_iter()
        .rev()
        .find_map(|event| match event {
            RuntimeEvent::TechnicalCollective(pallet_collective::Event::Executed { result, .. }) => Some(result),
            _ => None,
        })
        .expect("enough ayes execute the motion")
}

#[test]
fn public_chains_decide_in_days_and_development_chains_in_blocks() {
    let lengths = |preset: &str| {
        state_of(preset, json!({})).execute_with(|| {
            Tracks::check_integrity().unwrap();
            let root = Tracks::info(0).unwrap();
            (
                (root.prepare_period, root.decision_period, root.confirm_period, root.min_enactment_period),
                root.decision_deposit,
                <<Runtime as pallet_conviction_voting::Config>::VoteLockingPeriod as frame_support::traits::Get<u32>>::get(),
            )
        })
    };

    // Slots of three seconds: 28,800 a day.
    assert_eq!(
        lengths("testnet"),
        ((2_400, 14 * 28_800, 28_800, 28_800), 10_000 * BLOC, 7 * 28_800)
    );
    for quick in ["development", "local_testnet"] {
        assert_eq!(lengths(quick), ((2, 20, 2, 2), 100 * BLOC, 5), "{quick}");
    }
}

#[test]
fn no_public_track_lets_a_bare_majority_pass_before_half_its_time() {
    state_of("testnet", json!({})).execute_with(|| {
        for track in Tracks::tracks() {
            let name = String::from_utf8_lossy(&track.info.name)
                .trim_end_matches('\0')
                .to_owned();
            let early = sp_runtime::Perbill::from_percent(1);
            let bare = sp_runtime::Perbill::from_percent(51);
            assert!(!track.info.min_approval.passing(early, bare), "{name}");
            assert!(
                !track
                    .info
                    .min_support
                    .passing(early, sp_runtime::Perbill::from_percent(1)),
                "{name}"
            );
            assert!(track.info.decision_period > track.info.confirm_period, "{name}");
        }
    });
}

#[test]
fn a_referendum_that_voters_want_acts_as_root_and_one_that_they_reject_does_not() {
    state_of("development", json!({})).execute_with(|| {
        next_block();
        let set_members: RuntimeCall = pallet_collective::Call::<Runtime, TechnicalInstance>::set_members {
            new_members: vec![Ferdie.to_account_id()],
            prime: None,
            old_count: 3,
        }
        .into();
        let wanted = propose(ROOT, &set_members);
        vote(Bob, wanted, true, 500_000 * BLOC).unwrap();
        assert_eq!(run_out(wanted), Some(Ok(())));
        assert_eq!(
            pallet_collective::Members::<Runtime, TechnicalInstance>::get(),
            [Ferdie.to_account_id()]
        );

        let unwanted = propose(ROOT, &remark(b"no"));
        vote(Bob, unwanted, true, 100_000 * BLOC).unwrap();
        vote(Charlie, unwanted, false, 200_000 * BLOC).unwrap();
        assert_eq!(run_out(unwanted), None);
        assert!(matches!(status(unwanted), ReferendumInfo::Rejected(..)));
    });
}

#[test]
fn each_power_reaches_no_further_than_its_track() {
    state_of("development", json!({})).execute_with(|| {
        next_block();
        let code: RuntimeCall = frame_system::Call::set_code { code: vec![0] }.into();
        let referendum = propose(OriginCaller::Origins(Origin::MarketAdmin), &code);
        vote(Bob, referendum, true, 500_000 * BLOC).unwrap();
        assert_eq!(run_out(referendum), Some(Err(DispatchError::BadOrigin)));

        let params = RuntimeCall::StorageMarket(pallet_storage_market::Call::set_params {
            params: pallet_storage_market::Params {
                misses_to_fault: 5,
                ..Default::default()
            },
        });
        let referendum = propose(OriginCaller::Origins(Origin::MarketAdmin), &params);
        vote(Bob, referendum, true, 500_000 * BLOC).unwrap();
        assert_eq!(run_out(referendum), Some(Ok(())));
        assert_eq!(pallet_storage_market::ParamsValue::<Runtime>::get().misses_to_fault, 5);
    });
}

#[test]
fn the_collective_speeds_a_call_up_but_voters_decide_it() {
    state_of("development", json!({})).execute_with(|| {
        next_block();
        let call = remark(b"urgent");
        let call_hash = BlakeTwo256::hash_of(&call);
        let whitelist: RuntimeCall = pallet_whitelist::Call::whitelist_call { call_hash }.into();
        assert_eq!(
            motion(whitelist.clone(), &[Alice]),
            Err(DispatchError::BadOrigin),
            "one of three is not enough"
        );
        next_block();
        motion(whitelist, &[Bob, Charlie]).unwrap();

        let dispatch: RuntimeCall =
            pallet_whitelist::Call::dispatch_whitelisted_call_with_preimage { call: Box::new(call) }.into();
        let referendum = propose(OriginCaller::Origins(Origin::WhitelistedCaller), &dispatch);
        vote(Bob, referendum, true, 500_000 * BLOC).unwrap();

        assert_eq!(run_out(referendum), Some(Ok(())));
        assert!(events().iter().any(|event| matches!(
            event,
            RuntimeEvent::Whitelist(pallet_whitelist::Event::WhitelistedCallDispatched { result: Ok(_), .. })
        )));
    });
}

#[test]
fn a_spender_pays_out_of_the_treasury_up_to_his_track() {
    state_of("development", json!({})).execute_with(|| {
        next_block();
        send(Alice, transfer_to_treasury(5_000 * BLOC)).unwrap();
        let spend = |amount: u128| -> RuntimeCall {
            pallet_treasury::Call::spend {
                asset_kind: Box::new(()),
                amount,
                beneficiary: Box::new(Ferdie.to_account_id()),
                valid_from: None,
            }
            .into()
        };
        let small = OriginCaller::Origins(Origin::SmallSpender);
        let too_much = propose(small.clone(), &spend(1_001 * BLOC));
        vote(Bob, too_much, true, 500_000 * BLOC).unwrap();
        assert_eq!(
            run_out(too_much),
            Some(Err(pallet_treasury::Error::<Runtime>::InsufficientPermission.into()))
        );

        let enough = propose(small, &spend(1_000 * BLOC));
        vote(Bob, enough, true, 500_000 * BLOC).unwrap();
        assert_eq!(run_out(enough), Some(Ok(())));
        let before = Balances::free_balance(Ferdie.to_account_id());
        send(Charlie, pallet_treasury::Call::payout { index: 0 }).unwrap();
        assert_eq!(Balances::free_balance(Ferdie.to_account_id()) - before, 1_000 * BLOC);
    });
}

fn transfer_to_treasury(value: u128) -> RuntimeCall {
    pallet_balances::Call::transfer_keep_alive {
        dest: Treasury::account_id().into(),
        value,
    }
    .into()
}

#[test]
fn votes_lock_what_they_count() {
    state_of("development", json!({})).execute_with(|| {
        next_block();
        let referendum = propose(ROOT, &remark(b"x"));
        vote(Bob, referendum, true, 900_000 * BLOC).unwrap();

        assert_eq!(
            send(Bob, transfer(Ferdie, 500_000 * BLOC)),
            Err(sp_runtime::TokenError::Frozen.into())
        );
        assert!(send(Bob, transfer(Ferdie, 50_000 * BLOC)).is_ok());
        assert_eq!(
            failure(vote(Charlie, referendum, true, 2_000_000 * BLOC)),
            "InsufficientFunds"
        );
        assert!(matches!(status(referendum), ReferendumInfo::Ongoing(..)));
    });
}

mod emergency {
    use super::*;
    use crate::SafeMode;
    use frame_support::traits::{Contains, GetCallMetadata};

    const ALL_THREE: [Sr25519Keyring; 3] = [Alice, Bob, Charlie];

    fn enter() -> RuntimeCall {
        pallet_safe_mode::Call::force_enter {}.into()
    }

    fn exit() -> RuntimeCall {
        pallet_safe_mode::Call::force_exit {}.into()
    }

    fn pause(pallet: &str, call: &str) -> RuntimeCall {
        pallet_tx_pause::Call::pause {
            full_name: name(pallet, call),
        }
        .into()
    }

    fn name(pallet: &str, call: &str) -> pallet_tx_pause::RuntimeCallNameOf<Runtime> {
        let bounded = |text: &str| text.as_bytes().to_vec().try_into().expect("a short name");
        (bounded(pallet), bounded(call))
    }

    #[test]
    fn safe_mode_stops_transfers_but_no_block_no_vote_and_slashes_nobody() {
        state_of("development", json!({})).execute_with(|| {
            next_block();
            let stakes = || {
                pallet_staking::Ledger::<Runtime>::iter()
                    .map(|(who, ledger)| (who, ledger.total))
                    .collect::<Vec<_>>()
            };
            let before = stakes();
            motion(enter(), &ALL_THREE).unwrap();
            assert!(SafeMode::is_entered());

            // Neither alone, nor in a batch, nor behind a proxy.
            let filtered = DispatchError::from(frame_system::Error::<Runtime>::CallFiltered);
            assert_eq!(send(Bob, transfer(Ferdie, BLOC)), Err(filtered));
            let batch = pallet_utility::Call::batch_all {
                calls: vec![transfer(Ferdie, BLOC)],
            };
            assert_eq!(send(Bob, batch), Err(filtered));

            for _ in 0..20 {
                next_block();
            }
            assert!(SafeMode::is_entered());
            assert_eq!(stakes(), before, "nobody was slashed");

            // Voters lift it by themselves.
            let referendum = propose(OriginCaller::Origins(Origin::Emergency), &exit());
            vote(Dave, referendum, true, 500_000 * BLOC).unwrap();
            assert_eq!(run_out(referendum), Some(Ok(())));
            assert!(!SafeMode::is_entered());
            assert!(send(Bob, transfer(Ferdie, BLOC)).is_ok());
        });
    }

    #[test]
    fn safe_mode_ends_by_itself() {
        state_of("development", json!({})).execute_with(|| {
            next_block();
            motion(enter(), &ALL_THREE).unwrap();
            for _ in 0..101 {
                next_block();
            }
            assert!(!SafeMode::is_entered());
        });
    }

    #[test]
    fn two_of_three_members_cannot_enter_it_and_nobody_can_buy_it() {
        state_of("development", json!({})).execute_with(|| {
            next_block();
            assert_eq!(motion(enter(), &[Alice, Bob]), Err(DispatchError::BadOrigin));
            assert_eq!(send(Bob, enter()), Err(DispatchError::BadOrigin));
            assert_eq!(failure(send(Bob, pallet_safe_mode::Call::enter {})), "NotConfigured");
        });
    }

    #[test]
    fn a_paused_call_is_refused_until_it_is_unpaused_and_essential_ones_cannot_be_paused() {
        state_of("development", json!({})).execute_with(|| {
            next_block();
            motion(pause("Balances", "transfer_keep_alive"), &ALL_THREE).unwrap();
            assert!(send(Bob, transfer(Ferdie, BLOC)).is_err());
            next_block();
            let unpause = pallet_tx_pause::Call::unpause {
                ident: name("Balances", "transfer_keep_alive"),
            };
            motion(unpause.into(), &ALL_THREE).unwrap();
            assert!(send(Bob, transfer(Ferdie, BLOC)).is_ok());

            for (pallet, call) in [
                ("StorageMarket", "prove"),
                ("Timestamp", "set"),
                ("Referenda", "submit"),
                ("TxPause", "unpause"),
                ("SafeMode", "force_exit"),
            ] {
                next_block();
                assert_eq!(
                    motion(pause(pallet, call), &ALL_THREE),
                    Err(pallet_tx_pause::Error::<Runtime>::Unpausable.into()),
                    "{pallet}.{call}"
                );
            }
        });
    }

    #[test]
    fn the_essential_calls_exist_under_their_names() {
        let pallets = RuntimeCall::get_module_names();
        for (pallet, calls) in essential::names() {
            assert!(pallets.contains(&pallet), "{pallet}");
            let known = RuntimeCall::get_call_names(pallet);
            for call in calls {
                assert!(known.contains(call), "{pallet}.{call}");
            }
        }
    }

    #[test]
    fn every_inherent_is_essential() {
        let now: RuntimeCall = pallet_timestamp::Call::set { now: 0 }.into();
        assert!(essential::Essential::contains(&now));
    }
}
