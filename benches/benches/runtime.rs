//! Validating a proof in the chain's own runtime: its WASM, compiled by wasmtime, as every node does for each proof that reaches its pool.
//!
//! Over the state of the development chain's first block, in memory. The number includes a fresh instance of the module and the whole
//! pipeline of transaction extensions; compiling the module does not count.

#![allow(
    missing_docs,
    reason = "the functions of criterion's macros are not ours to document"
)]

use blocs_benches::proof;
use blocs_primitives::{AccountId, Challenge, Hash};
use blocs_runtime::{Runtime, RuntimeCall, TxExtension, UncheckedExtrinsic, wasm_binary};
use codec::{Decode, Encode};
use criterion::{BenchmarkId, Criterion, black_box, criterion_group, criterion_main};
use pallet_storage_market::{Call, Challenges};
use sc_executor::WasmExecutor;
use sp_core::traits::{CallContext, CodeExecutor, Externalities, RuntimeCode, WrappedRuntimeCode};
use sp_io::{SubstrateHostFunctions, TestExternalities};
use sp_runtime::{
    BuildStorage,
    generic::Era,
    transaction_validity::{TransactionSource, TransactionValidity},
};
use std::time::Duration;

fn account() -> AccountId {
    AccountId::new([1; 32])
}

fn extension() -> TxExtension {
    (
        frame_system::AuthorizeCall::new(),
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckMortality::from(Era::Immortal),
        frame_system::CheckNonce::from(0),
        frame_system::CheckWeight::new(),
        pallet_transaction_payment::ChargeTransactionPayment::from(0),
        frame_metadata_hash_extension::CheckMetadataHash::new(false),
        frame_system::WeightReclaim::new(),
    )
}

fn validations(criterion: &mut Criterion) {
    let Some(wasm) = wasm_binary() else {
        println!("runtime/validate: left out, as the runtime was built without its WASM (SKIP_WASM_BUILD)");
        return;
    };
    let fetcher = WrappedRuntimeCode(wasm.into());
    let code = RuntimeCode {
        code_fetcher: &fetcher,
        heap_pages: None,
        hash: sp_io::hashing::blake2_256(wasm).to_vec(),
    };
    let executor = WasmExecutor::<SubstrateHostFunctions>::builder().build();
    let genesis = blocs_chain_spec::dev()
        .expect("the development chain")
        .build_storage()
        .expect("its first block");

    let mut group = criterion.benchmark_group("runtime/validate");
    for count in [8, 16] {
        let (asked, answers) = proof(count);
        let challenge = Challenge {
            period: 0,
            pay: 1,
            pieces: asked.try_into().expect("few"),
            drawn: 8,
        };
        let call = RuntimeCall::StorageMarket(Call::prove {
            provider: account(),
            period: 0,
            answers: answers.try_into().expect("few"),
            concession: None,
        });
        let transaction = UncheckedExtrinsic::new_transaction(call, extension());
        let mut chain = TestExternalities::new(genesis.clone());
        chain.execute_with(|| Challenges::<Runtime>::insert(account(), challenge));
        chain.commit_all().expect("no open transactions");
        let arguments = (TransactionSource::External, transaction, Hash::zero()).encode();
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            let mut state = chain.ext();
            let mut validate = || {
                state.storage_start_transaction();
                let (answer, _) = executor.call(
                    &mut state,
                    &code,
                    "TaggedTransactionQueue_validate_transaction",
                    black_box(&arguments),
                    CallContext::Offchain,
                );
                state.storage_rollback_transaction().expect("just begun");
                answer.expect("the runtime does not trap")
            };
            let validity = TransactionValidity::decode(&mut &validate()[..]).expect("the runtime's own answer");
            validity.expect("a true proof is valid");
            bencher.iter(validate);
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    targets = validations
}
criterion_main!(benches);
