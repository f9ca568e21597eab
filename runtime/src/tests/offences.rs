//! Validators that sign two blocks in a slot, or vote twice in a round: reported as a node does it, slashed, disabled.

use super::{
    blocks::authority_index,
    chain::{era, events, next_block, until_without, validates},
    state_of,
};
use crate::{
    Babe, Balances, Block, Executive, Hash, Header, Runtime, RuntimeEvent, Session, Staking, System,
    UncheckedExtrinsic, genesis::VALIDATOR_BOND,
};
use codec::{Decode, Encode};
use serde_json::json;
use sp_consensus_babe::{
    EquivocationProof, OpaqueKeyOwnershipProof, Slot,
    digests::{CompatibleDigestItem, PreDigest, SecondaryVRFPreDigest},
    make_vrf_sign_data,
    runtime_decl_for_babe_api::BabeApiV2 as BabeApiRuntime,
};
use sp_consensus_grandpa::runtime_decl_for_grandpa_api::GrandpaApiV3 as GrandpaApiRuntime;
use sp_core::{
    Pair,
    crypto::VrfSecret,
    offchain::{TransactionPoolExt, testing::TestTransactionPoolExt},
};
use sp_io::TestExternalities;
use sp_keyring::{
    Ed25519Keyring,
    Sr25519Keyring::{self, Bob, Dave},
};
use sp_runtime::{
    Digest, DigestItem, DispatchError,
    traits::Header as _,
    transaction_validity::{InvalidTransaction, TransactionSource, TransactionValidityError},
};

/// Four validators, and what the node's pool gets from the runtime.
fn four_validators(run: impl FnOnce(&dyn Fn() -> UncheckedExtrinsic)) {
    let (pool, submitted) = TestTransactionPoolExt::new();
    let mut chain: TestExternalities = state_of("local_testnet", json!({}));
    chain.register_extension(TransactionPoolExt::new(pool));
    chain.execute_with(|| {
        let reported = || {
            let bytes = submitted.write().transactions.pop().expect("a report");
            UncheckedExtrinsic::decode(&mut &bytes[..]).unwrap()
        };
        run(&reported);
    });
}

/// The header of a block that `author` signs in `slot`, on a state of its own.
fn signed_header(author: Sr25519Keyring, slot: Slot, state: Hash) -> Header {
    let epoch = Babe::current_epoch();
    let claim = PreDigest::SecondaryVRF(SecondaryVRFPreDigest {
        authority_index: authority_index(author, slot),
        slot,
        vrf_signature: author
            .pair()
            .vrf_sign(&make_vrf_sign_data(&epoch.randomness, slot, epoch.epoch_index)),
    });
    let digest = Digest {
        logs: vec![DigestItem::babe_pre_digest(claim)],
    };
    let mut header = Header::new(
        System::block_number(),
        Default::default(),
        state,
        System::parent_hash(),
        digest,
    );
    let seal = author.pair().sign(header.hash().as_ref());
    header.digest_mut().push(DigestItem::babe_seal(seal.into()));
    header
}

/// Two blocks of `author` in the current slot, told apart by their states.
fn two_blocks(author: Sr25519Keyring, states: [u8; 2]) -> EquivocationProof<Header> {
    let slot = Babe::current_slot();
    let [first_header, second_header] = states.map(|state| signed_header(author, slot, Hash::repeat_byte(state)));
    EquivocationProof {
        offender: author.public().into(),
        slot,
        first_header,
        second_header,
    }
}

fn babe_ownership(author: Sr25519Keyring) -> OpaqueKeyOwnershipProof {
    <Runtime as BabeApiRuntime<Block>>::generate_key_ownership_proof(Babe::current_slot(), author.public().into())
        .expect("the key is a validator's")
}

/// Two votes of `voter` in one round, for blocks of these hashes, with the first signature spoilt or not.
fn two_votes(
    voter: Ed25519Keyring,
    hashes: [u8; 2],
    forged: bool,
) -> sp_consensus_grandpa::EquivocationProof<Hash, u32> {
    let (set_id, round) = (0u64, 7u64);
    let vote = |hash: u8| {
        let target = (Hash::repeat_byte(hash), 5u32);
        // A prevote in its round and set, as `sp_consensus_grandpa::localized_payload` encodes it.
        let signature = voter.sign(&(0u8, target, round, set_id).encode());
        (target, signature)
    };
    let [mut first, second] = hashes.map(vote);
    if forged {
        first.1 = voter.sign(b"something else");
    }
    let encoded = (set_id, 0u8, round, voter.public(), first, second).encode();
    Decode::decode(&mut &encoded[..]).unwrap()
}

/// Has the report included in the open block as the node does: from its own pool, never from elsewhere.
fn include(report: &UncheckedExtrinsic) -> Result<(), DispatchError> {
    let parent = System::parent_hash();
    let external = Executive::validate_transaction(TransactionSource::External, report.clone(), parent);
    assert!(external.is_err(), "a report does not travel from node to node");
    let local = Executive::validate_transaction(TransactionSource::Local, report.clone(), parent).unwrap();
    assert!(!local.propagate);
    Executive::apply_extrinsic(report.clone()).expect("the report is valid")
}

/// The validator of a reported offence is disabled at once, and slashed when the deferral is over.
fn assert_disabled_and_slashed(offender: Sr25519Keyring) {
    let account = offender.to_account_id();
    let index = Session::validators()
        .iter()
        .position(|validator| *validator == account)
        .unwrap();
    assert_eq!(Session::disabled_validators(), [u32::try_from(index).unwrap()]);
    let offence = era();
    let stake = || Staking::ledger(account.clone().into()).unwrap().active;
    assert_eq!(stake(), VALIDATOR_BOND, "the slash is deferred");
    let pot = Balances::free_balance(crate::Treasury::account_id());
    let block = System::block_number();

    // The others go on without it.
    until_without(&[offender], "the slash", || era() == offence + 3);

    assert!(System::block_number() > block + 60, "the chain lives");
    // One of four: (3 / 4)² of the stake.
    let slashed = VALIDATOR_BOND * 9 / 16;
    assert_eq!(stake(), VALIDATOR_BOND - slashed);
    let gained = Balances::free_balance(crate::Treasury::account_id()) - pot;
    // A twentieth of the slash, half of the reporters' tenth, goes to the author that included the report.
    assert!(gained > slashed * 19 / 20, "the rest is the treasury's: {gained}");
    assert_eq!(
        Session::disabled_validators().len(),
        0,
        "a new era begins with everyone"
    );
    assert!(validates(offender));
}

#[test]
fn two_blocks_in_a_slot_cost_the_author_stake_and_its_place_while_the_chain_lives() {
    four_validators(|reported| {
        next_block();
        next_block();
        let proof = two_blocks(Bob, [1, 2]);
        <Runtime as BabeApiRuntime<Block>>::submit_report_equivocation_unsigned_extrinsic(proof, babe_ownership(Bob))
            .unwrap();
        let report = reported();

        let issued = Balances::total_issuance();
        include(&report).unwrap();

        assert_eq!(
            Balances::total_issuance(),
            issued,
            "a report is free, and nothing is slashed yet"
        );
        assert!(events().iter().any(|event| matches!(
            event,
            RuntimeEvent::Staking(pallet_staking::Event::SlashReported { validator, .. }) if *validator == Bob.to_account_id()
        )));
        assert_eq!(
            Executive::apply_extrinsic(report),
            Err(TransactionValidityError::Invalid(InvalidTransaction::Stale)),
            "an offence counts once"
        );
        assert_disabled_and_slashed(Bob);
    });
}

#[test]
fn two_votes_in_a_round_cost_the_voter_stake_and_its_place_while_the_chain_lives() {
    four_validators(|reported| {
        next_block();
        let key = Ed25519Keyring::Dave;
        let ownership =
            <Runtime as GrandpaApiRuntime<Block>>::generate_key_ownership_proof(0, key.public().into()).unwrap();
        <Runtime as GrandpaApiRuntime<Block>>::submit_report_equivocation_unsigned_extrinsic(
            two_votes(key, [1, 2], false),
            ownership,
        )
        .unwrap();

        include(&reported()).unwrap();

        assert_disabled_and_slashed(Dave);
    });
}

#[test]
fn false_proofs_are_refused() {
    four_validators(|reported| {
        next_block();
        let refused = |outcome: Result<(), DispatchError>| super::chain::failure(outcome);
        let submit_babe = |proof, ownership| {
            <Runtime as BabeApiRuntime<Block>>::submit_report_equivocation_unsigned_extrinsic(proof, ownership)
                .unwrap();
            reported()
        };

        // The same block twice is no equivocation.
        let mut same = two_blocks(Bob, [1, 1]);
        same.second_header = same.first_header.clone();
        let same = submit_babe(same, babe_ownership(Bob));
        assert_eq!(refused(include(&same)), "InvalidEquivocationProof");

        // A block that another signed.
        let mut forged = two_blocks(Bob, [1, 2]);
        forged.second_header.digest_mut().pop();
        let seal = Dave.pair().sign(forged.second_header.hash().as_ref());
        forged
            .second_header
            .digest_mut()
            .push(DigestItem::babe_seal(seal.into()));
        assert_eq!(
            refused(include(&submit_babe(forged, babe_ownership(Bob)))),
            "InvalidEquivocationProof"
        );

        // Bob's blocks with the proof of Dave's key do not even enter the pool.
        let swapped = submit_babe(two_blocks(Bob, [1, 2]), babe_ownership(Dave));
        assert_eq!(
            Executive::validate_transaction(TransactionSource::Local, swapped, System::parent_hash()),
            Err(TransactionValidityError::Invalid(InvalidTransaction::BadProof))
        );

        let key = Ed25519Keyring::Dave;
        for votes in [two_votes(key, [1, 1], false), two_votes(key, [1, 2], true)] {
            let ownership =
                <Runtime as GrandpaApiRuntime<Block>>::generate_key_ownership_proof(0, key.public().into()).unwrap();
            <Runtime as GrandpaApiRuntime<Block>>::submit_report_equivocation_unsigned_extrinsic(votes, ownership)
                .unwrap();
            assert_eq!(refused(include(&reported())), "InvalidEquivocationProof");
        }

        assert_eq!(Session::disabled_validators().len(), 0);
        assert!(pallet_staking::UnappliedSlashes::<Runtime>::iter().next().is_none());
    });
}
