//! The election at ten times the planned nominators: within half of a block's weight, and of the WASM heap.

use super::{
    blocks::{header_by, next_slot, start_block_by},
    state_of,
};
use crate::{
    AccountId, Balances, Executive, Runtime, Staking, System, VoterList,
    configs::{
        MAX_BACKERS, MAX_CANDIDATES, MAX_EXPOSURE_PAGE, MAX_NOMINATIONS, MAX_VALIDATORS, MAX_VOTERS,
        RuntimeBlockWeights,
    },
    genesis::{MIN_NOMINATOR_BOND, MIN_VALIDATOR_BOND},
    timing::EraSessions,
    units::BLOC,
};
use codec::Encode;
use frame_election_provider_support::SortedListProvider;
use frame_support::{
    dispatch::DispatchClass,
    traits::fungible::Mutate,
    weights::{Weight, constants::WEIGHT_REF_TIME_PER_MILLIS},
};
use pallet_staking::{CurrentEra, ErasStakersOverview, ErasStakersPaged, RewardDestination, ValidatorPrefs};
use sc_executor::{DEFAULT_HEAP_ALLOC_PAGES, HeapAllocStrategy, WasmExecutor};
use serde_json::json;
use sp_core::{
    H256,
    traits::{CallContext, CodeExecutor, Externalities, RuntimeCode, WrappedRuntimeCode},
};
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring::Alice;
use sp_runtime::MultiAddress;
use std::time::Duration;

/// Nominators for which the chain is planned.
const PLANNED: u32 = 1_000;

fn account(kind: u8, index: u32) -> AccountId {
    AccountId::new(H256(sp_io::hashing::blake2_256(&(kind, index).encode())).0)
}

fn bonded(who: &AccountId, value: u128) -> crate::RuntimeOrigin {
    Balances::mint_into(who, value + BLOC).unwrap();
    let origin = crate::RuntimeOrigin::signed(who.clone());
    Staking::bond(origin.clone(), value, RewardDestination::Staked).unwrap();
    origin
}

/// A development chain just before its election, with every candidate that may stand and these nominators, who each name 16 of them.
fn crowded(nominators: u32) -> TestExternalities {
    let mut chain = state_of(
        "development",
        json!({ "staking": { "validatorCount": MAX_VALIDATORS } }),
    );
    chain.execute_with(|| {
        // Alice is the first candidate.
        let candidates: Vec<_> = (1..MAX_CANDIDATES).map(|index| account(0, index)).collect();
        for (candidate, index) in candidates.iter().zip(0u32..) {
            let origin = bonded(candidate, MIN_VALIDATOR_BOND + u128::from(index) * BLOC);
            Staking::validate(origin, ValidatorPrefs::default()).unwrap();
        }
        for index in 0..nominators {
            let who = account(1, index);
            // All stakes differ, so that the bags are used.
            let origin = bonded(&who, MIN_NOMINATOR_BOND + u128::from(index) * BLOC / 4);
            let targets = (0..MAX_NOMINATIONS)
                .map(|nth| (index * 7 + nth * nth + nth) as usize % candidates.len())
                .map(|place| MultiAddress::Id(candidates[place].clone()))
                .collect();
            Staking::nominate(origin, targets).unwrap();
        }
        System::reset_events();
        // The next session's validators are elected as soon as the session begins.
        EraSessions::<Runtime>::put(1);
        for _ in 0..20 {
            start_block_by(Alice);
            Executive::finalize_block();
        }
        assert_eq!(CurrentEra::<Runtime>::get(), Some(0));
    });
    chain.commit_all().unwrap();
    chain
}

/// Computing time that this thread has had, whatever else the machine does.
fn computing() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts it");
    Duration::from_nanos(stat.split(' ').next().unwrap().parse().unwrap())
}

/// Runs the election's block; gives the weight of the election, and how long the block's hooks took.
///
/// A block that begins a session declares itself full, whatever it does (`pallet-session`); the election declares its own weight besides.
fn elect(chain: &mut TestExternalities) -> (Weight, Duration) {
    chain.execute_with(|| {
        let start = computing();
        start_block_by(Alice);
        let took = computing() - start;
        assert_eq!(CurrentEra::<Runtime>::get(), Some(1), "there was an election");
        let declared = *System::block_weight().get(DispatchClass::Mandatory);
        (declared - RuntimeBlockWeights::get().max_block, took)
    })
}

#[test]
fn ten_times_the_planned_nominators_are_elected_within_half_of_a_blocks_weight() {
    let mut chain = crowded(10 * PLANNED);
    let half = RuntimeBlockWeights::get().max_block.ref_time() / 2;

    let (weight, took) = elect(&mut chain);

    println!(
        "{} nominators: weight {} ms of {} ms, took {took:?} natively",
        10 * PLANNED,
        weight.ref_time() / WEIGHT_REF_TIME_PER_MILLIS,
        2 * half / WEIGHT_REF_TIME_PER_MILLIS
    );
    assert!(weight.ref_time() <= half, "{weight:?}");
    chain.execute_with(|| {
        assert_eq!(VoterList::count(), 10 * PLANNED + MAX_CANDIDATES);
        let validators: Vec<_> = ErasStakersOverview::<Runtime>::iter_prefix(1).collect();
        assert_eq!(validators.len(), MAX_VALIDATORS as usize);
        let mut backers = 0;
        for (validator, overview) in &validators {
            assert!(overview.nominator_count <= MAX_BACKERS);
            assert_eq!(
                overview.page_count,
                overview.nominator_count.div_ceil(MAX_EXPOSURE_PAGE)
            );
            for (_, page) in ErasStakersPaged::<Runtime>::iter_prefix((1, validator)) {
                assert!(page.others.len() <= MAX_EXPOSURE_PAGE as usize);
                backers += page.others.len();
            }
        }
        assert!(backers > 0 && backers <= (MAX_VOTERS * MAX_NOMINATIONS) as usize);
    });
}

/// Runs the runtime's WASM as the node does, with so many pages of heap.
fn executor(heap_pages: u32) -> WasmExecutor {
    let heap = HeapAllocStrategy::Static {
        extra_pages: heap_pages,
    };
    WasmExecutor::builder()
        .with_onchain_heap_alloc_strategy(heap)
        .with_offchain_heap_alloc_strategy(heap)
        .build()
}

/// Runs the election's block in WASM; gives its computing time. Nothing is kept.
fn elect_in_wasm(
    chain: &mut TestExternalities,
    wasm: &'static [u8],
    executor: &WasmExecutor,
) -> Result<Duration, String> {
    let header = chain.execute_with(|| header_by(Alice, next_slot()));
    let fetcher = WrappedRuntimeCode(wasm.into());
    let code = RuntimeCode {
        code_fetcher: &fetcher,
        heap_pages: None,
        hash: sp_io::hashing::blake2_256(wasm).to_vec(),
    };
    let call = |state: &mut dyn Externalities, function, arguments: &[u8]| {
        let (outcome, _) = executor.call(state, &code, function, arguments, CallContext::Onchain { import: true });
        outcome.map_err(|error| error.to_string())
    };
    let mut state = chain.ext();
    // Compiles the runtime, so that the time is the election's.
    call(&mut state, "Core_version", &[])?;
    state.storage_start_transaction();
    let start = computing();
    let outcome = call(&mut state, "Core_initialize_block", &header.encode());
    let took = computing() - start;
    let era = state.storage(&CurrentEra::<Runtime>::hashed_key());
    state.storage_rollback_transaction().unwrap();
    outcome?;
    assert_eq!(era, Some(1u32.encode()), "there was an election");
    Ok(took)
}

#[test]
fn ten_times_the_planned_nominators_are_elected_within_half_of_the_wasm_heap() {
    let Some(wasm) = crate::wasm_binary() else {
        println!("left out: the runtime was built without its WASM (SKIP_WASM_BUILD)");
        return;
    };
    let mut chain = crowded(10 * PLANNED);

    let took = elect_in_wasm(&mut chain, wasm, &executor(DEFAULT_HEAP_ALLOC_PAGES / 2));

    println!("{} nominators: took {took:?} in WASM", 10 * PLANNED);
    took.expect("the election fits into half of the heap");
}

#[test]
#[ignore = "measures and asserts no time: make bench-election"]
fn how_long_an_election_takes_and_how_much_heap_it_needs() {
    let wasm = crate::wasm_binary().expect("built with its WASM");
    for nominators in [PLANNED, 10 * PLANNED] {
        let mut chain = crowded(nominators);
        let heap = [64, 128, 256, 512, 1_024]
            .into_iter()
            .find(|pages| elect_in_wasm(&mut chain, wasm, &executor(*pages)).is_ok());
        let node = executor(DEFAULT_HEAP_ALLOC_PAGES);
        let times = (0..5).map(|_| elect_in_wasm(&mut chain, wasm, &node).unwrap());
        let best = times.min().unwrap();
        let (weight, native) = elect(&mut chain);
        println!(
            "{nominators} nominators: {best:?} in WASM, {native:?} natively, {} ms of weight, {} of {DEFAULT_HEAP_ALLOC_PAGES} pages",
            weight.ref_time() / WEIGHT_REF_TIME_PER_MILLIS,
            heap.expect("it fits"),
        );
    }
}
