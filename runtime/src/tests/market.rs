//! The storage market inside the runtime: drawn from BABE's randomness, proved by transactions that nobody signs.

use super::{
    blocks::{general, signed, start_block},
    state_of,
};
use crate::{Balances, Executive, RuntimeCall, System, units::BLOC};
use blocs_primitives::{Answer, Challenge, DealId, Hash, Quote, Root, SlotIndex, SlotOffer, proof::PieceProof};
use frame_support::traits::fungible::Inspect;
use pallet_storage_market::{
    Call, Challenges, Providers,
    types::{DealOffer, Registration, Terms, Tier},
};
use serde_json::json;
use sp_core::{Pair, sr25519};
use sp_keyring::Sr25519Keyring::{Bob, Charlie};
use sp_runtime::{
    traits::Dispatchable,
    transaction_validity::{InvalidTransaction, TransactionSource::External, TransactionValidityError},
};

/// One piece: its proof needs no siblings.
const CONTENT: [u8; 1000] = [42; 1000];
const RATE: u128 = BLOC / 10;
const DURATION: u32 = 5;

fn operator() -> sr25519::Pair {
    sr25519::Pair::from_string("//Bob//operator", None).unwrap()
}

/// Bob registers as a provider.
fn registration() -> RuntimeCall {
    let terms = Terms {
        capacity: 1 << 30,
        price: BLOC,
        zone: b"eu".to_vec().try_into().unwrap(),
        tier: Tier::Hot,
        peer_id: Default::default(),
        addresses: Default::default(),
    };
    let registration = Registration {
        operator: operator().public(),
        bond: 200 * BLOC,
        terms,
    };
    RuntimeCall::StorageMarket(Call::register { registration })
}

/// Charlie opens a deal of one slot with Bob.
fn opening() -> RuntimeCall {
    let salt = [1; 32];
    let root = Root(*blake3::hash(&CONTENT).as_bytes());
    let quote = Quote {
        genesis: System::block_hash(0),
        provider: Bob.to_account_id(),
        owner: Charlie.to_account_id(),
        deal: DealId::derive(&Charlie.to_account_id(), &salt),
        index: SlotIndex(0),
        root,
        size: 1000,
        rate: RATE,
        duration: DURATION,
        valid_until: System::block_number() + 4,
    };
    let slot = SlotOffer {
        provider: quote.provider.clone(),
        root,
        size: quote.size,
        rate: quote.rate,
        valid_until: quote.valid_until,
        signature: operator().sign(&quote.signing_payload()),
    };
    let offer = DealOffer {
        salt,
        manifest: Hash::repeat_byte(7),
        k: 1,
        duration: DURATION,
        label: Default::default(),
        slots: vec![slot].try_into().unwrap(),
    };
    RuntimeCall::StorageMarket(Call::open_deal { offer })
}

/// The answer to `challenge`, with pieces of these bytes.
fn proof(challenge: &Challenge, bytes: &[u8]) -> RuntimeCall {
    let answers = challenge
        .pieces
        .iter()
        .map(|_| {
            Answer::Piece(PieceProof {
                piece: bytes.to_vec(),
                siblings: vec![],
            })
        })
        .collect::<Vec<_>>();
    RuntimeCall::StorageMarket(Call::prove {
        provider: Bob.to_account_id(),
        period: challenge.period,
        answers: answers.try_into().unwrap(),
        concession: None,
    })
}

fn end_block() {
    Executive::finalize_block();
    #[cfg(feature = "try-runtime")]
    {
        use frame_support::traits::{TryState, TryStateSelect::All};
        <crate::StorageMarket as TryState<_>>::try_state(System::block_number(), All).unwrap();
    }
}

/// Goes on until Bob has a challenge; the block in which it was drawn is still open.
fn until_challenged() -> Challenge {
    for _ in 0..64 {
        start_block();
        if let Some(challenge) = Challenges::<crate::Runtime>::get(Bob.to_account_id()) {
            return challenge;
        }
        end_block();
    }
    panic!("no challenge in 64 blocks");
}

#[test]
fn a_provider_proves_with_a_transaction_that_nobody_signs_or_pays() {
    state_of("development", json!({ "storageMarket": { "period": 4 } })).execute_with(|| {
        start_block();
        Executive::apply_extrinsic(signed(Bob, 0, 0, registration()))
            .unwrap()
            .unwrap();
        Executive::apply_extrinsic(signed(Charlie, 0, 0, opening()))
            .unwrap()
            .unwrap();
        end_block();

        let challenge = until_challenged();
        let before = (Balances::balance(&Bob.to_account_id()), Balances::total_issuance());
        let transaction = general(proof(&challenge, &CONTENT));
        let parent = System::parent_hash();
        let validity = Executive::validate_transaction(External, transaction.clone(), parent).unwrap();
        Executive::apply_extrinsic(transaction.clone()).unwrap().unwrap();

        assert!(validity.propagate && !validity.provides.is_empty());
        assert_eq!(
            (Balances::balance(&Bob.to_account_id()), Balances::total_issuance()),
            before,
            "a proof has no fee"
        );
        let provider = Providers::<crate::Runtime>::get(Bob.to_account_id()).unwrap();
        assert_eq!((provider.proven, provider.misses), (1, 0));
        assert_eq!(provider.accrued, RATE - RATE * 5 / 100);
        assert!(Executive::apply_extrinsic(transaction).is_err(), "a proof counts once");
        end_block();
    });
}

#[test]
fn a_proof_is_accepted_while_safe_mode_stops_everything_else() {
    state_of("development", json!({ "storageMarket": { "period": 4 } })).execute_with(|| {
        start_block();
        Executive::apply_extrinsic(signed(Bob, 0, 0, registration()))
            .unwrap()
            .unwrap();
        Executive::apply_extrinsic(signed(Charlie, 0, 0, opening()))
            .unwrap()
            .unwrap();
        let enter = RuntimeCall::SafeMode(pallet_safe_mode::Call::force_enter {});
        enter.dispatch(crate::RuntimeOrigin::root()).unwrap();
        end_block();

        let challenge = until_challenged();
        Executive::apply_extrinsic(general(proof(&challenge, &CONTENT)))
            .unwrap()
            .unwrap();

        let provider = Providers::<crate::Runtime>::get(Bob.to_account_id()).unwrap();
        assert_eq!((provider.proven, provider.misses), (1, 0));
        let refused = Executive::apply_extrinsic(signed(Charlie, 1, 0, opening())).unwrap();
        assert_eq!(refused, Err(frame_system::Error::<crate::Runtime>::CallFiltered.into()));
        end_block();
    });
}

#[test]
fn a_wrong_or_uninvited_proof_enters_no_block() {
    state_of("development", json!({ "storageMarket": { "period": 4 } })).execute_with(|| {
        start_block();
        Executive::apply_extrinsic(signed(Bob, 0, 0, registration()))
            .unwrap()
            .unwrap();
        Executive::apply_extrinsic(signed(Charlie, 0, 0, opening()))
            .unwrap()
            .unwrap();
        end_block();
        let challenge = until_challenged();

        let forged = general(proof(&challenge, &[43; 1000]));
        let early = general(proof(
            &Challenge {
                period: challenge.period + 1,
                ..challenge.clone()
            },
            &CONTENT,
        ));
        for transaction in [forged, early] {
            let refused = Executive::validate_transaction(External, transaction.clone(), System::parent_hash());
            assert!(
                matches!(refused, Err(TransactionValidityError::Invalid(_))),
                "{refused:?}"
            );
            assert!(Executive::apply_extrinsic(transaction).is_err());
        }
        // Signing it does not help: the call takes no account's word.
        let outcome = Executive::apply_extrinsic(signed(Charlie, 1, 0, proof(&challenge, &CONTENT)));
        assert!(outcome.is_ok_and(|dispatched| dispatched.is_err()));
        assert_eq!(Providers::<crate::Runtime>::get(Bob.to_account_id()).unwrap().proven, 0);
        end_block();
    });
}

#[test]
fn a_general_transaction_of_any_other_call_is_refused() {
    state_of("development", json!({})).execute_with(|| {
        start_block();

        let refused = Executive::apply_extrinsic(general(registration()));

        assert_eq!(
            refused,
            Err(TransactionValidityError::Invalid(InvalidTransaction::UnknownOrigin))
        );
    });
}

#[test]
fn nobody_but_root_sets_the_parameters() {
    state_of("development", json!({})).execute_with(|| {
        let call = RuntimeCall::StorageMarket(Call::set_params {
            params: Default::default(),
        });

        assert!(
            call.clone()
                .dispatch(crate::RuntimeOrigin::signed(Bob.to_account_id()))
                .is_err()
        );
        assert!(call.dispatch(crate::RuntimeOrigin::root()).is_ok());
    });
}
