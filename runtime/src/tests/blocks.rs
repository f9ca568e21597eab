//! Whole blocks, run by `Executive` as a node runs them.

use super::state_of;
use crate::{
    AccountId, Babe, Balances, Executive, Hash, Header, RuntimeCall, SignedPayload, System, TxExtension,
    UncheckedExtrinsic,
    genesis::{ENDOWMENT, VALIDATOR_BOND},
    units::{BLOC, EXISTENTIAL_DEPOSIT, MILLI},
};
use codec::Encode;
use frame_support::traits::fungible::Inspect;
use serde_json::json;
use sp_consensus_babe::{
    AuthorityId, Epoch, Slot,
    digests::{CompatibleDigestItem, PreDigest, SecondaryVRFPreDigest},
    make_vrf_sign_data,
};
use sp_core::crypto::VrfSecret;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob};
use sp_runtime::{
    Digest, DigestItem, MultiAddress,
    generic::Era,
    traits::Header as _,
    transaction_validity::{InvalidTransaction, TransactionValidityError},
};

/// Slot of block 1; each later block is one slot on.
const FIRST_SLOT: u64 = 1_800_000_000;

/// What Alice can spend at genesis: the rest is at stake.
const ALICES: u128 = ENDOWMENT - VALIDATOR_BOND;

/// Starts the next block of a development chain, whose author is Alice.
pub(super) fn start_block() {
    start_block_by(Alice);
}

/// Starts the next block: `author` makes it in a secondary slot, as a node would.
pub(super) fn start_block_by(author: Sr25519Keyring) {
    let slot = next_slot();
    Executive::initialize_block(&header_by(author, slot));
    let now = RuntimeCall::Timestamp(pallet_timestamp::Call::set {
        now: *slot * Babe::slot_duration(),
    });
    Executive::apply_extrinsic(UncheckedExtrinsic::new_bare(now))
        .unwrap()
        .unwrap();
}

/// The header with which `author` starts the next block in a secondary slot.
pub(super) fn header_by(author: Sr25519Keyring, slot: Slot) -> Header {
    let epoch = epoch_of(slot);
    let vrf_signature = author
        .pair()
        .vrf_sign(&make_vrf_sign_data(&epoch.randomness, slot, epoch.epoch_index));
    let claim = PreDigest::SecondaryVRF(SecondaryVRFPreDigest {
        authority_index: authority_index(author, slot),
        slot,
        vrf_signature,
    });
    let digest = Digest {
        logs: vec![DigestItem::babe_pre_digest(claim)],
    };
    Header::new(
        System::block_number() + 1,
        Default::default(),
        Default::default(),
        parent_hash(),
        digest,
    )
}

/// The slot of the next block.
pub(super) fn next_slot() -> Slot {
    Slot::from(FIRST_SLOT + u64::from(System::block_number() + 1))
}

/// The epoch to which `slot`, the next block's, belongs.
fn epoch_of(slot: Slot) -> Epoch {
    let current = Babe::current_epoch();
    if *slot < *current.start_slot + current.duration {
        current
    } else {
        Babe::next_epoch()
    }
}

/// The well-known validators that may author in a slot, in the authorities' order.
pub(super) fn authors_of(slot: Slot) -> Vec<Sr25519Keyring> {
    let of =
        |id: AuthorityId| Sr25519Keyring::iter().find(|key| key.public() == sp_core::sr25519::Public::from(id.clone()));
    let authorities = epoch_of(slot).authorities;
    authorities.into_iter().map(|(id, _)| of(id).unwrap()).collect()
}

/// The place of `author` among the authorities of a slot.
pub(super) fn authority_index(author: Sr25519Keyring, slot: Slot) -> u32 {
    let index = authors_of(slot).iter().position(|other| *other == author);
    u32::try_from(index.unwrap_or_else(|| panic!("{author} is no authority"))).unwrap()
}

/// Hash of the last block: of genesis before the first one.
fn parent_hash() -> Hash {
    match System::block_number() {
        0 => System::block_hash(0),
        // Only the market's draw depends on it, not on its value.
        number => Hash::from_low_u64_be(number.into()),
    }
}

/// The checks of a transaction with this nonce and tip.
fn extension(nonce: u32, tip: u128) -> TxExtension {
    (
        frame_system::AuthorizeCall::new(),
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckMortality::from(Era::Immortal),
        frame_system::CheckNonce::from(nonce),
        frame_system::CheckWeight::new(),
        pallet_transaction_payment::ChargeTransactionPayment::from(tip),
        frame_metadata_hash_extension::CheckMetadataHash::new(false),
        frame_system::WeightReclaim::new(),
    )
}

pub(super) fn signed(sender: Sr25519Keyring, nonce: u32, tip: u128, call: RuntimeCall) -> UncheckedExtrinsic {
    let payload = SignedPayload::new(call, extension(nonce, tip)).unwrap();
    let signature = payload.using_encoded(|bytes| sender.sign(bytes));
    let (call, extension, _) = payload.deconstruct();
    UncheckedExtrinsic::new_signed(
        call,
        MultiAddress::Id(sender.to_account_id()),
        signature.into(),
        extension,
    )
}

/// A transaction that nobody signs: its call must be authorized by what it says.
pub(super) fn general(call: RuntimeCall) -> UncheckedExtrinsic {
    UncheckedExtrinsic::new_transaction(call, extension(0, 0))
}

fn transfer(to: &AccountId, value: u128) -> RuntimeCall {
    RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive {
        dest: MultiAddress::Id(to.clone()),
        value,
    })
}

#[test]
fn a_transfer_moves_the_amount_and_its_fee_is_split_between_author_and_nobody() {
    state_of("development", json!({})).execute_with(|| {
        let newcomer = AccountId::new([7; 32]);
        let issued = Balances::total_issuance();
        start_block();

        let outcome = Executive::apply_extrinsic(signed(Bob, 0, 0, transfer(&newcomer, BLOC)));

        assert_eq!(outcome, Ok(Ok(())));
        let fee = 1_000_000 * BLOC - BLOC - Balances::balance(&Bob.to_account_id());
        assert!((MILLI..EXISTENTIAL_DEPOSIT).contains(&fee), "a transfer costs {fee}");
        assert_eq!(Balances::balance(&newcomer), BLOC);
        let to_author = Balances::balance(&Alice.to_account_id()) - ALICES;
        assert_eq!(issued - Balances::total_issuance() + to_author, fee);
        assert_eq!(to_author, fee - fee * 80 / 100);
        let header = Executive::finalize_block();
        assert_eq!(header.number(), &1);
        assert_eq!(System::account_nonce(Bob.to_account_id()), 1);
    });
}

#[test]
fn a_tip_goes_to_the_author() {
    state_of("development", json!({})).execute_with(|| {
        start_block();

        Executive::apply_extrinsic(signed(Bob, 0, BLOC, transfer(&Alice.to_account_id(), BLOC)))
            .unwrap()
            .unwrap();

        let gained = Balances::balance(&Alice.to_account_id()) - ALICES;
        assert!(
            gained > 2 * BLOC && gained < 2 * BLOC + EXISTENTIAL_DEPOSIT,
            "the author gained {gained}"
        );
    });
}

#[test]
fn bad_transactions_are_refused_and_cost_nothing() {
    state_of("development", json!({})).execute_with(|| {
        start_block();
        let call = transfer(&Alice.to_account_id(), BLOC);

        let mut forged = signed(Bob, 0, 0, call.clone());
        forged.function = transfer(&Alice.to_account_id(), 2 * BLOC);
        let refused = |reason: InvalidTransaction| Err(TransactionValidityError::Invalid(reason));
        assert_eq!(
            Executive::apply_extrinsic(UncheckedExtrinsic::from_parts(forged.function, forged.preamble)),
            refused(InvalidTransaction::BadProof)
        );
        assert_eq!(
            Executive::apply_extrinsic(signed(Bob, 1, 0, call.clone())),
            refused(InvalidTransaction::Future)
        );
        let poor = Sr25519Keyring::One;
        assert_eq!(
            Executive::apply_extrinsic(signed(poor, 0, 0, call)),
            refused(InvalidTransaction::Payment)
        );

        assert_eq!(Balances::balance(&Bob.to_account_id()), 1_000_000 * BLOC);
    });
}
