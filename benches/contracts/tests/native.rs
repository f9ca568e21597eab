//! The native engine against the pallet: the same modules, the same calls, the same effects.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use blocs_contract_benches::{
    cases,
    chain::{Chain, ChainCall, ChildStorage, Effects, GAS},
    modules::{built, selector},
    native::{End, Metering, NativeEngine},
};
use codec::Encode;
use frame_support::weights::Weight;

const PLENTY: u64 = 1 << 40;

/// A message of `bench-compute`, in the pallet and in the engine.
fn compute(metering: Metering, input: &[u8], pallet_gas: Weight, gas: u64) -> (Effects, Effects, u64) {
    let module = built("bench-compute").unwrap();
    let mut chain = Chain::new().unwrap();
    let contract = chain.deploy(&module).unwrap();
    let engine = NativeEngine::<ChildStorage>::new(metering).unwrap();
    let compiled = engine.compiled([1; 32], &module.code).unwrap();
    let (pallet, _) = chain
        .effects_native(&ChainCall::new(Some(&contract), input, pallet_gas), &contract)
        .unwrap();
    let (native, used) = chain.effects_engine(&engine, &compiled, &contract, input, gas).unwrap();
    (pallet, native, used)
}

#[test]
fn every_measured_call_has_the_same_answer_events_and_storage_as_in_the_pallet() {
    let cases = cases::all().unwrap();
    let mut chain = Chain::new().unwrap();
    let deployed: Vec<_> = cases
        .modules
        .iter()
        .map(|module| chain.deploy(module).unwrap())
        .collect();
    for metering in [
        Metering::None,
        Metering::Inline,
        Metering::Global,
        Metering::Host,
        Metering::Fuel,
    ] {
        let engine = NativeEngine::new(metering).unwrap();
        for case in &cases.calls {
            let Some(index) = case.module else { continue };
            let (module, contract) = (&cases.modules[index], &deployed[index]);
            let compiled = engine
                .compiled(sp_io::hashing::blake2_256(&module.code), &module.code)
                .unwrap();
            let call = ChainCall::new(Some(contract), &case.input, GAS);
            let (pallet, _) = chain.effects_native(&call, contract).unwrap();
            let run = chain.effects_engine(&engine, &compiled, contract, &case.input, PLENTY);
            assert_eq!(run.unwrap().0, pallet, "{} with {metering:?}", case.name);
            assert!(
                matches!(pallet.end, End::Returned { flags: 0, .. }),
                "{}: {pallet:?}",
                case.name
            );
        }
    }
}

#[test]
fn a_transfer_leaves_an_event_and_two_balances() {
    let cases = cases::all().unwrap();
    let case = cases.calls.iter().find(|case| case.name == cases::TRANSFER).unwrap();
    let module = &cases.modules[case.module.unwrap()];
    let mut chain = Chain::new().unwrap();
    let contract = chain.deploy(module).unwrap();
    let engine = NativeEngine::new(Metering::Inline).unwrap();
    let compiled = engine.compiled([0; 32], &module.code).unwrap();
    let (effects, gas) = chain
        .effects_engine(&engine, &compiled, &contract, &case.input, PLENTY)
        .unwrap();
    assert_eq!(effects.events.len(), 1);
    assert_eq!(effects.storage.values().filter(|value| value.len() == 16).count(), 2);
    assert!(gas > 0);
}

#[test]
fn a_trap_is_a_trap_in_both() {
    for metering in [Metering::Inline, Metering::Global, Metering::Host, Metering::Fuel] {
        let (pallet, native, _) = compute(metering, &selector("trap"), GAS, PLENTY);
        assert_eq!(pallet.end, End::Trapped);
        assert_eq!(native, pallet, "{metering:?}");
    }
}

#[test]
fn a_loop_without_end_runs_out_of_gas_in_both() {
    for metering in [Metering::Inline, Metering::Global, Metering::Host, Metering::Fuel] {
        let little = Weight::from_parts(20_000_000_000, GAS.proof_size());
        let (pallet, native, used) = compute(metering, &selector("spin"), little, 3_000_000);
        assert_eq!(pallet.end, End::OutOfGas);
        assert_eq!(native, pallet, "{metering:?}");
        assert_eq!(used, 3_000_000);
    }
}

#[test]
fn an_unknown_message_is_refused_alike() {
    let (pallet, native, _) = compute(Metering::Inline, &selector("no such message"), GAS, PLENTY);
    assert_eq!(native, pallet);
}

#[test]
fn recursion_works_when_it_is_shallow_and_traps_when_it_is_deep() {
    let recurse = |depth: u32| [selector("recurse"), depth.encode()].concat();
    let (pallet, native, _) = compute(Metering::Inline, &recurse(100), GAS, PLENTY);
    assert!(matches!(pallet.end, End::Returned { .. }), "{pallet:?}");
    assert_eq!(native, pallet);
    let (pallet, native, _) = compute(Metering::Inline, &recurse(1_000_000), GAS, PLENTY);
    assert_eq!(pallet.end, End::Trapped);
    assert_eq!(native, pallet);
}

#[test]
fn gas_is_the_same_in_every_run() {
    let input = [selector("hash"), 20_u32.encode()].concat();
    let used = |metering| compute(metering, &input, GAS, PLENTY).2;
    assert_eq!(used(Metering::Inline), used(Metering::Inline));
    assert_eq!(used(Metering::Inline), used(Metering::Global));
    assert_eq!(used(Metering::Host), used(Metering::Host));
    assert_eq!(used(Metering::Fuel), used(Metering::Fuel));
    // The function that counts in the module counts itself too.
    assert!(used(Metering::Global) > used(Metering::Host));
}

#[test]
fn a_limit_of_what_a_call_used_is_enough_and_one_less_is_not() {
    let input = [selector("hash"), 3_u32.encode()].concat();
    let used = compute(Metering::Inline, &input, GAS, PLENTY).2;
    let (pallet, native, again) = compute(Metering::Inline, &input, GAS, used);
    assert_eq!((native, again), (pallet, used));
    assert_eq!(compute(Metering::Inline, &input, GAS, used - 1).1.end, End::OutOfGas);
}
