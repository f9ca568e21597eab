//! The market's cost to the chain: a visit of a provider, which must not depend on how many slots it holds, and checking a proof.
//!
//! Natively, on a small runtime over a trie in memory. The numbers include decoding and hashing on the way through that trie,
//! which deepens with the state, and no disk. Before measuring, the state is committed, so that nothing is read from the overlay but
//! what the visits themselves write.

#![allow(
    missing_docs,
    unexpected_cfgs,
    clippy::cast_possible_truncation,
    reason = "the functions, features and casts of criterion's and FRAME's macros are not ours"
)]

use blocs_benches::{SLOT_BYTES, proof};
use blocs_primitives::{AccountId, Balance, Challenge, DealId, Hash, Root, SlotId, SlotIndex, pieces};
use codec::Encode;
use criterion::{BatchSize, BenchmarkId, Criterion, black_box, criterion_group, criterion_main};
use frame_support::{
    PalletId, derive_impl, parameter_types,
    traits::{Authorize, ConstU32, ConstU128, Hooks, Randomness},
};
use frame_system::EnsureRoot;
use pallet_storage_market::{
    Call, Challenges, Holdings, Params, Providers, Ring, SlotAt, Slots,
    types::{FAN_OUT, LEVELS, Node, Provider, ProviderStatus, Slot, SlotStatus},
};
use sp_core::sr25519;
use sp_io::TestExternalities;
use sp_runtime::{BuildStorage, Storage, traits::IdentityLookup, transaction_validity::TransactionSource};
use std::time::Duration;

/// Blocks in a period.
const PERIOD: u32 = 8;
/// The provider's place on the ring.
const PLACE: u32 = 3;

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
    type Block = frame_system::mocking::MockBlockU32<Runtime>;
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
    pub TreasuryAccount: AccountId = AccountId::new([250; 32]);
}

/// A hash of the block's number.
pub struct Seed;

impl Randomness<Option<Hash>, u32> for Seed {
    fn random(subject: &[u8]) -> (Option<Hash>, u32) {
        let now = System::block_number();
        let seed = sp_io::hashing::blake2_256(&[subject, &now.to_le_bytes()].concat());
        (Some(Hash::from(seed)), now)
    }
}

impl pallet_storage_market::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Randomness = Seed;
    type AdminOrigin = EnsureRoot<AccountId>;
    type PalletId = MarketPallet;
    type TreasuryAccount = TreasuryAccount;
    type BucketSize = ConstU32<4>;
    type WeightInfo = pallet_storage_market::weights::Formulas<Runtime>;
}

fn account() -> AccountId {
    AccountId::new([1; 32])
}

/// Every slot is of a deal of its own, as the slots of a provider mostly are.
fn slot_id(position: u32) -> SlotId {
    SlotId {
        deal: DealId(Hash::from(sp_io::hashing::blake2_256(&position.to_le_bytes()))),
        index: SlotIndex(0),
    }
}

/// Pieces under each node of the sum tree, level by level from the leaves; provider's slots are all alike.
fn nodes(slots: u32) -> Vec<((AccountId, u8, u32), Node)> {
    let mut nodes = Vec::new();
    let mut sums = vec![pieces(SLOT_BYTES); usize::try_from(slots).expect("fits in memory")];
    for level in 0..LEVELS {
        let mut above = Vec::new();
        for (index, children) in (0..).zip(sums.chunks(usize::try_from(FAN_OUT).expect("small"))) {
            let mut node = Node::default();
            node.0[..children.len()].copy_from_slice(children);
            above.push(children.iter().sum());
            nodes.push(((account(), level, index), node));
        }
        sums = above;
    }
    nodes
}

/// A chain with a provider that holds so many slots, and so many more that are another's.
fn chain(slots: u32, others: u32) -> TestExternalities {
    let mut storage: Storage = frame_system::GenesisConfig::<Runtime>::default()
        .build_storage()
        .expect("genesis");
    pallet_storage_market::GenesisConfig::<Runtime> {
        period: PERIOD,
        params: Params {
            slashing_paused: true,
            ..Params::default()
        },
        phantom: Default::default(),
    }
    .assimilate_storage(&mut storage)
    .expect("genesis");
    for position in 0..slots + others {
        let id = slot_id(position);
        let holder = if position < slots {
            account()
        } else {
            AccountId::new([2; 32])
        };
        let slot = Slot {
            provider: holder.clone(),
            root: Root(id.deal.0.into()),
            size: SLOT_BYTES,
            rate: 1,
            start: 0,
            end: u32::MAX,
            position,
            status: SlotStatus::Live,
        };
        let key = Slots::<Runtime>::hashed_key_for(id.deal, id.index);
        storage.top.insert(key, slot.encode());
        let key = SlotAt::<Runtime>::hashed_key_for(holder, position);
        storage.top.insert(key, id.encode());
    }
    for (key, node) in nodes(slots) {
        storage
            .top
            .insert(Holdings::<Runtime>::hashed_key_for(key), node.encode());
    }
    let mut chain = TestExternalities::new(storage);
    chain.execute_with(|| {
        Providers::<Runtime>::insert(account(), provider(slots));
        Ring::<Runtime>::mutate(PLACE, |bucket| bucket.try_push(account()).expect("an empty bucket"));
    });
    chain.commit_all().expect("no open transactions");
    chain
}

fn provider(slots: u32) -> Provider {
    let used = u64::from(slots) * SLOT_BYTES;
    Provider {
        operator: sr25519::Public::from_raw([1; 32]),
        bond: 1 << 60,
        capacity: used,
        used,
        pieces: pieces(SLOT_BYTES) * u64::from(slots),
        slots,
        price: 1,
        status: ProviderStatus::Active,
        rate: u128::from(slots),
        accrued: 0,
        proven: 0,
        misses: 0,
        place: PLACE,
        period: 0,
        repair_fund: 0,
    }
}

/// A visit: the last challenge goes unanswered, so that its 8 pieces are carried beside 8 new ones, which is the most there is to do.
///
/// By the slots that the provider holds, and by those in the whole state: the number of reads is the same for all, but each reads
/// through the trie.
fn visits(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("market/visit");
    for (slots, others) in [(1, 0), (1_000, 0), (1_000, 999_000), (1_000_000, 0)] {
        let mut built = None;
        let mut block = PLACE;
        group.bench_function(
            BenchmarkId::new(slots.to_string(), format!("of {}", slots + others)),
            |bencher| {
                built.get_or_insert_with(|| chain(slots, others)).execute_with(|| {
                    let next = || {
                        block += PERIOD;
                        System::set_block_number(block);
                        System::reset_events();
                        block
                    };
                    bencher.iter_batched(next, Market::on_initialize, BatchSize::PerIteration);
                    let drawn = Challenges::<Runtime>::get(account()).expect("every visit draws");
                    assert_eq!((drawn.period, drawn.drawn), (block / PERIOD, 8));
                });
            },
        );
    }
}

/// What a node does with a proof before it takes it: reading the challenge and following every path to its root.
fn authorizations(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("market/authorize");
    for count in [8, 16] {
        let (asked, answers) = proof(count);
        let challenge = Challenge {
            period: 1,
            pay: 1,
            pieces: asked.try_into().expect("few"),
            drawn: 8,
        };
        let mut chain = chain(1, 0);
        chain.execute_with(|| Challenges::<Runtime>::insert(account(), challenge));
        chain.commit_all().expect("no open transactions");
        let call = Call::<Runtime>::prove {
            provider: account(),
            period: 1,
            answers: answers.try_into().expect("few"),
            concession: None,
        };
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            chain.execute_with(|| {
                bencher.iter(|| {
                    black_box(&call)
                        .authorize(TransactionSource::External)
                        .expect("a proof is authorized")
                        .expect("a true proof")
                });
            });
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    targets = visits, authorizations
}
criterion_main!(benches);
