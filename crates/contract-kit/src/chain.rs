//! Genesis and blocks of the real runtime. Everything here but [`genesis`] runs inside externalities.

use crate::{Hash, RuntimeCall, RuntimeEvent};
use blocs_runtime::{
    Babe, Executive, Header, Runtime, RuntimeGenesisConfig, System, Timestamp, UncheckedExtrinsic, genesis as presets,
};
use codec::Encode;
use frame_support::{genesis_builder_helper::build_state, traits::Get};
use serde_json::Value as Json;
use sp_consensus_babe::{
    Epoch, Slot,
    digests::{CompatibleDigestItem, PreDigest, SecondaryVRFPreDigest},
    make_vrf_sign_data,
};
use sp_core::{H256, crypto::VrfSecret, sr25519};
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{Digest, DigestItem, traits::Header as _};
use std::sync::OnceLock;

/// Slot of block 1, in seconds since 1970 on a chain of one block a second: 2027.
const FIRST_SLOT: u64 = 1_800_000_000;

/// An event with its topics.
pub(crate) type Record = frame_system::EventRecord<RuntimeEvent, H256>;

/// A node of the state's trie: its key, its bytes, and how often it is referred to.
type Node = (Vec<u8>, (Vec<u8>, i32));

/// The state in which every sandbox begins: genesis of the preset `development`, and block 1 just opened.
pub(crate) struct Beginning {
    nodes: Vec<Node>,
    root: H256,
}

impl Beginning {
    /// The one of this process: it is built once.
    pub(crate) fn get() -> &'static Self {
        static BEGINNING: OnceLock<Beginning> = OnceLock::new();
        BEGINNING.get_or_init(|| {
            let mut state = genesis();
            state.execute_with(|| {
                start_block(System::block_hash(0), None);
                System::reset_events();
            });
            commit(&mut state);
            let (nodes, root) = state.into_raw_snapshot();
            Self { nodes, root }
        })
    }

    /// A state of one's own.
    pub(crate) fn state(&self) -> TestExternalities {
        TestExternalities::from_raw_snapshot(self.nodes.clone(), self.root, Default::default())
    }
}

/// The state after genesis.
fn genesis() -> TestExternalities {
    let mut config =
        serde_json::to_value(RuntimeGenesisConfig::default()).expect("a genesis configuration is JSON; qed");
    let preset = presets::preset(&"development".into()).expect("the runtime has this preset; qed");
    merge(
        &mut config,
        serde_json::from_slice(&preset).expect("a preset is JSON; qed"),
    );
    let mut state = TestExternalities::default();
    state.execute_with(|| {
        let config = serde_json::to_vec(&config).expect("JSON can be written; qed");
        build_state::<RuntimeGenesisConfig>(config).expect("the preset fits the runtime; qed");
        System::set_block_number(0);
    });
    state
}

fn merge(target: &mut Json, patch: Json) {
    match (target, patch) {
        (Json::Object(target), Json::Object(patch)) => {
            for (key, value) in patch {
                merge(target.entry(key).or_insert(Json::Null), value);
            }
        }
        (target, patch) => *target = patch,
    }
}

/// Writes what lies over the state into the state: reading stays quick however much was done.
pub(crate) fn commit(state: &mut TestExternalities) {
    state
        .commit_all()
        .expect("no storage transaction is open between two operations; qed");
}

/// Opens the next block, by Alice in a secondary slot, as her node would. `time` is in milliseconds; by default it is that of the next slot.
///
/// # Panics
///
/// When `time` is not later than the last block's, by at least half a slot and in a later slot.
pub(crate) fn start_block(parent: Hash, time: Option<u64>) {
    let duration = Babe::slot_duration();
    let earliest_slot = match System::block_number() {
        0 => FIRST_SLOT,
        _ => *Babe::current_slot() + 1,
    };
    let minimum = <Runtime as pallet_timestamp::Config>::MinimumPeriod::get();
    let earliest = (earliest_slot * duration).max(Timestamp::get() + minimum);
    let now = time.unwrap_or(earliest);
    assert!(
        now >= earliest,
        "time goes forward only: the next block can be made at {earliest} ms, and {now} was asked for"
    );
    Executive::initialize_block(&header(Slot::from(now / duration), parent));
    let now = RuntimeCall::Timestamp(pallet_timestamp::Call::set { now });
    Executive::apply_extrinsic(UncheckedExtrinsic::new_bare(now))
        .expect("the time is an inherent; qed")
        .expect("the time was checked above; qed");
}

/// Ends the open block and gives its hash.
pub(crate) fn end_block() -> Hash {
    Executive::finalize_block().hash()
}

/// The events since the last time that this was called; they leave the state, so that many calls in a block stay quick.
pub(crate) fn take_events() -> Vec<Record> {
    let events = System::read_events_no_consensus().map(|record| *record).collect();
    System::reset_events();
    events
}

/// The header of the next block.
fn header(slot: Slot, parent: Hash) -> Header {
    static ALICE: OnceLock<sr25519::Pair> = OnceLock::new();
    let alice = ALICE.get_or_init(|| Sr25519Keyring::Alice.pair());
    let epoch = epoch_of(slot);
    let vrf_signature = alice.vrf_sign(&make_vrf_sign_data(&epoch.randomness, slot, epoch.epoch_index));
    let author = Sr25519Keyring::Alice.public().encode();
    let place = epoch.authorities.iter().position(|(id, _)| id.encode() == author);
    let claim = PreDigest::SecondaryVRF(SecondaryVRFPreDigest {
        authority_index: place
            .and_then(|place| u32::try_from(place).ok())
            .expect("Alice authors blocks on a development chain, unless a test has removed her"),
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
        parent,
        digest,
    )
}

/// The epoch to which `slot`, the next block's, belongs.
fn epoch_of(slot: Slot) -> Epoch {
    let current = Babe::current_epoch();
    if System::block_number() == 0 || *slot < *current.start_slot + current.duration {
        return current;
    }
    let mut next = Babe::next_epoch();
    // Epochs without a block are skipped: theirs is the next one's place.
    let skipped = (*slot - *next.start_slot) / next.duration;
    next.epoch_index += skipped;
    next
}
