//! A chain of the pallet, balances and nothing else.

use crate as pallet_storage_market;
use crate::{Config, Params, types::*};
use blocs_primitives::{
    AccountId, Answer, Balance, Concession, ExtensionQuote, Hash, Period, Quote, SlotIndex, SlotOffer,
};
use blocs_primitives::{
    DealId, PieceChallenge, Root,
    outboard::{OutboardBuilder, group_of, group_range},
    proof::PieceProof,
};
use frame_support::{
    PalletId, assert_ok, derive_impl, parameter_types,
    traits::{ConstU32, ConstU128, Hooks, Randomness},
};
use frame_system::EnsureRoot;
use sp_core::{Pair, sr25519};
use sp_keystore::{KeystoreExt, testing::MemoryKeystore};
use sp_runtime::{BuildStorage, traits::IdentityLookup};
use std::cell::RefCell;
use std::collections::BTreeMap;

pub(crate) type Block = frame_system::mocking::MockBlockU32<Runtime>;
pub(crate) const UNIT: Balance = 1_000_000_000_000;
/// Blocks in a period of the mock.
pub(crate) const PERIOD: u32 = 8;

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeHoldReason,
        RuntimeFreezeReason,
        RuntimeTask
    )]
    pub struct Runtime;
    #[runtime::pallet_index(0)]
    pub type System = frame_system::Pallet<Runtime>;
    #[runtime::pallet_index(1)]
    pub type Balances = pallet_balances::Pallet<Runtime>;
    #[runtime::pallet_index(2)]
    pub type Market = pallet_storage_market::Pallet<Runtime>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Runtime {
    type Block = Block;
    type AccountId = AccountId;
    type Lookup = IdentityLookup<AccountId>;
    type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Runtime {
    type Balance = Balance;
    type ExistentialDeposit = ConstU128<10_000_000_000>;
    type AccountStore = System;
    type RuntimeHoldReason = RuntimeHoldReason;
}

parameter_types! {
    pub const MarketPallet: PalletId = PalletId(*b"blc/mrkt");
    /// Nobody's yet: it begins to exist with the first share.
    pub TreasuryAccount: AccountId = account(250);
}

/// Randomness that a test can take away.
pub struct TestRandomness;

thread_local! {
    static SEEDED: RefCell<bool> = const { RefCell::new(true) };
    static CONTENT: RefCell<BTreeMap<Root, Vec<u8>>> = const { RefCell::new(BTreeMap::new()) };
}

/// Switches the chain's randomness on or off.
pub(crate) fn set_randomness(on: bool) {
    SEEDED.with(|seeded| *seeded.borrow_mut() = on);
}

impl Randomness<Option<Hash>, u32> for TestRandomness {
    fn random(subject: &[u8]) -> (Option<Hash>, u32) {
        let now = System::block_number();
        let seed = sp_io::hashing::blake2_256(&[subject, &now.to_le_bytes()].concat());
        (SEEDED.with(|seeded| *seeded.borrow()).then(|| Hash::from(seed)), now)
    }
}

impl Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Randomness = TestRandomness;
    type AdminOrigin = EnsureRoot<AccountId>;
    type PalletId = MarketPallet;
    type TreasuryAccount = TreasuryAccount;
    type BucketSize = ConstU32<4>;
    type WeightInfo = crate::weights::Formulas<Runtime>;
}

/// Parameters of the mock: quick, and with round numbers.
pub(crate) fn params() -> Params {
    Params {
        misses_to_fault: 3,
        min_termination: 2,
        cleanup_grace: 2,
        ..Params::default()
    }
}

/// A new chain at block 1, with forty rich accounts and a key store.
pub(crate) fn new_chain() -> sp_io::TestExternalities {
    let mut storage = frame_system::GenesisConfig::<Runtime>::default()
        .build_storage()
        .expect("genesis");
    let balances = (0..40u8).map(|number| (account(number), 10_000 * UNIT)).collect();
    pallet_balances::GenesisConfig::<Runtime> {
        balances,
        ..Default::default()
    }
    .assimilate_storage(&mut storage)
    .expect("genesis");
    crate::GenesisConfig::<Runtime> {
        period: PERIOD,
        params: params(),
        phantom: Default::default(),
    }
    .assimilate_storage(&mut storage)
    .expect("genesis");
    let mut chain = sp_io::TestExternalities::new(storage);
    chain.register_extension(KeystoreExt::new(MemoryKeystore::new()));
    chain.execute_with(|| {
        set_randomness(true);
        System::set_block_number(1);
    });
    chain
}

/// Runs a test on a new chain and checks every invariant at its end.
pub(crate) fn run(test: impl FnOnce()) {
    new_chain().execute_with(|| {
        test();
        check();
    });
}

/// Checks every invariant now.
pub(crate) fn check() {
    Market::do_try_state().expect("every invariant holds");
}

pub(crate) fn account(number: u8) -> AccountId {
    AccountId::new([number; 32])
}

/// The treasury's share so far: what it has on its account, and what is booked for it.
pub(crate) fn treasury() -> Balance {
    Balances::free_balance(TreasuryAccount::get()) + crate::Treasury::<Runtime>::get()
}

/// The operator key of a provider.
pub(crate) fn operator(provider: &AccountId) -> sr25519::Pair {
    sr25519::Pair::from_seed(provider.as_ref())
}

pub(crate) fn terms(capacity: u64, price: Balance) -> Terms {
    Terms {
        capacity,
        price,
        zone: b"eu".to_vec().try_into().expect("short"),
        tier: Tier::Hot,
        peer_id: b"peer".to_vec().try_into().expect("short"),
        addresses: Default::default(),
    }
}

/// Registers a provider with a bond of 1000 units and 1 TiB.
pub(crate) fn register(number: u8) -> AccountId {
    let who = account(number);
    let registration = Registration {
        operator: operator(&who).public(),
        bond: 1000 * UNIT,
        terms: terms(1 << 40, UNIT),
    };
    assert_ok!(Market::register(RuntimeOrigin::signed(who.clone()), registration));
    who
}

/// Content of a slot: every piece of it, and of every other `fill`, is different.
pub(crate) fn content(fill: u8, bytes: usize) -> Root {
    let bytes: Vec<u8> = (0..bytes)
        .map(|at| {
            let [low, high, ..] = (at / 1024).to_le_bytes();
            fill.wrapping_mul(97) ^ low ^ high.rotate_left(3)
        })
        .collect();
    let root = Root(*blake3::hash(&bytes).as_bytes());
    CONTENT.with(|content| content.borrow_mut().insert(root, bytes));
    root
}

/// The proof of a piece of some [`content`].
pub(crate) fn piece_proof(piece: &PieceChallenge) -> PieceProof {
    let bytes = CONTENT.with(|content| content.borrow()[&piece.root].clone());
    let mut builder = OutboardBuilder::new();
    builder.push(&bytes);
    let (root, outboard) = builder.finish();
    let range = group_range(piece.size, group_of(piece.piece)).expect("a piece of the slot");
    let range = usize::try_from(range.start).expect("small")..usize::try_from(range.end).expect("small");
    blocs_primitives::outboard::prove(&root, piece.size, piece.piece, &bytes[range], |at| outboard.node(at))
        .expect("the content is whole")
}

/// A quote of a provider, rightly signed.
pub(crate) fn quote(
    owner: &AccountId,
    salt: [u8; 32],
    index: u16,
    duration: Period,
    mut offer: SlotOffer,
) -> SlotOffer {
    let quote = Quote {
        genesis: System::block_hash(0),
        provider: offer.provider.clone(),
        owner: owner.clone(),
        deal: DealId::derive(owner, &salt),
        index: SlotIndex(index),
        root: offer.root,
        size: offer.size,
        rate: offer.rate,
        duration,
        valid_until: offer.valid_until,
    };
    offer.signature = operator(&offer.provider).sign(&quote.signing_payload());
    offer
}

/// A deal of one-piece slots with these providers, `rate` planck each per period.
pub(crate) fn offer(
    owner: &AccountId,
    salt: u8,
    providers: &[AccountId],
    k: u16,
    duration: Period,
    rate: Balance,
) -> DealOffer {
    sized_offer(owner, salt, providers, k, duration, rate, 1000)
}

/// A deal of slots of `size` bytes.
pub(crate) fn sized_offer(
    owner: &AccountId,
    salt: u8,
    providers: &[AccountId],
    k: u16,
    duration: Period,
    rate: Balance,
    size: u64,
) -> DealOffer {
    let salt = [salt; 32];
    let slots = (0u16..).zip(providers).map(|(index, provider)| {
        let fill = salt[0]
            .wrapping_mul(31)
            .wrapping_add(u8::try_from(index).expect("small"));
        let offer = SlotOffer {
            provider: provider.clone(),
            root: content(fill, usize::try_from(size).expect("small")),
            size,
            rate,
            valid_until: System::block_number() + PERIOD,
            signature: sr25519::Signature::from_raw([0; 64]),
        };
        quote(owner, salt, index, duration, offer)
    });
    DealOffer {
        salt,
        manifest: Hash::repeat_byte(7),
        k,
        duration,
        label: b"label".to_vec().try_into().expect("short"),
        slots: slots.collect::<Vec<_>>().try_into().expect("few"),
    }
}

/// Opens such a deal and returns its id.
pub(crate) fn open(owner: u8, salt: u8, providers: &[AccountId], duration: Period, rate: Balance) -> DealId {
    let owner = account(owner);
    let offer = offer(&owner, salt, providers, 1, duration, rate);
    let id = DealId::derive(&owner, &offer.salt);
    assert_ok!(Market::open_deal(RuntimeOrigin::signed(owner), offer));
    id
}

/// A quote of a slot's provider for keeping it until `to`, rightly signed.
pub(crate) fn slot_extension(deal: DealId, index: SlotIndex, to: Period) -> SlotExtension {
    let slot = crate::Slots::<Runtime>::get(deal, index).expect("an open slot");
    let quote = ExtensionQuote {
        genesis: System::block_hash(0),
        provider: slot.provider.clone(),
        owner: crate::Deals::<Runtime>::get(deal).expect("an open deal").owner,
        deal,
        index,
        rate: slot.rate,
        from: slot.end,
        to,
        valid_until: System::block_number() + PERIOD,
    };
    SlotExtension {
        index,
        valid_until: quote.valid_until,
        signature: operator(&slot.provider).sign(&quote.signing_payload()),
    }
}

/// An extension of all live slots of a deal.
pub(crate) fn extension(deal: DealId, end: Period) -> DealExtension {
    let live = Market::slots_of(&deal)
        .into_iter()
        .filter(|(_, slot)| slot.status == SlotStatus::Live);
    let slots: Vec<_> = live.map(|(index, _)| slot_extension(deal, index, end)).collect();
    DealExtension {
        deal,
        end,
        slots: slots.try_into().expect("few"),
    }
}

/// Answers to the open challenge; the slots of `conceded` are conceded. `None` when there is no challenge.
pub(crate) fn answers(
    provider: &AccountId,
    conceded: &[blocs_primitives::SlotId],
) -> Option<(Period, crate::prove::Answers, Option<sr25519::Signature>)> {
    let challenge = crate::Challenges::<Runtime>::get(provider)?;
    let mut slots = vec![];
    let answers: Vec<_> = challenge
        .pieces
        .iter()
        .map(|piece| {
            if conceded.contains(&piece.slot) {
                slots.push(piece.slot);
                return Answer::Conceded;
            }
            Answer::Piece(piece_proof(piece))
        })
        .collect();
    let signature = (!slots.is_empty()).then(|| {
        let statement = Concession {
            genesis: System::block_hash(0),
            provider: provider.clone(),
            period: challenge.period,
            slots,
        };
        operator(provider).sign(&statement.signing_payload())
    });
    Some((challenge.period, answers.try_into().expect("few"), signature))
}

/// Sends a proof as a block author would take it: authorized first, then applied.
pub(crate) fn submit(
    provider: &AccountId,
    (period, answers, signature): (Period, crate::prove::Answers, Option<sr25519::Signature>),
) -> Result<(), sp_runtime::transaction_validity::TransactionValidityError> {
    let source = sp_runtime::transaction_validity::TransactionSource::External;
    Market::authorize_prove(source, provider, &period, &answers, &signature)?;
    let origin = frame_system::RawOrigin::Authorized.into();
    assert_ok!(Market::prove(origin, provider.clone(), period, answers, signature));
    Ok(())
}

/// Proves the open challenge, if there is one, and says whether there was.
pub(crate) fn prove(provider: &AccountId) -> bool {
    answers(provider, &[])
        .map(|proof| submit(provider, proof).expect("a right proof is accepted"))
        .is_some()
}

/// Goes on by one block.
pub(crate) fn next_block() {
    let next = System::block_number() + 1;
    System::set_block_number(next);
    Market::on_initialize(next);
}

/// Goes on by whole periods; in every block the `honest` prove what they are asked.
pub(crate) fn periods(count: u32, honest: &[AccountId]) {
    for _ in 0..count * PERIOD {
        next_block();
        for provider in honest {
            prove(provider);
        }
    }
}

/// The market's events so far, newest last.
pub(crate) fn events() -> Vec<crate::Event<Runtime>> {
    System::events()
        .into_iter()
        .filter_map(|record| {
            if let RuntimeEvent::Market(event) = record.event {
                Some(event)
            } else {
                None
            }
        })
        .collect()
}
