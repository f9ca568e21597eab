//! The runtime that runs contracts: as its own WASM inside wasmtime, as every node runs it, and the same code compiled for the machine.
//!
//! Over the state of the development chain's first block, in memory. Every call is undone before the next.

use crate::{
    modules::ContractModule,
    native::{Call, Compiled, End, Entry, Event, NativeEngine, Outcome, State},
};
use anyhow::{Context, Result, anyhow};
use blocs_runtime::{
    AccountId, Balance, Balances, Contracts, Hash, Runtime, RuntimeEvent, RuntimeGenesisConfig, System, genesis,
    units::BLOC, wasm_binary,
};
use codec::{Decode, Encode};
use frame_support::{
    StorageHasher, Twox64Concat,
    genesis_builder_helper::build_state,
    storage::{TransactionOutcome, child, storage_prefix, unhashed, with_transaction_unchecked},
    traits::fungible::Mutate,
    weights::Weight,
};
use pallet_contracts::{Code, CollectEvents, ContractExecResult, DebugInfo, Determinism, Error};
use sc_executor::WasmExecutor;
use serde_json::Value;
use sp_core::{
    storage::ChildInfo,
    traits::{CallContext, CodeExecutor, Externalities, RuntimeCode, WrappedRuntimeCode},
};
use sp_io::{SubstrateHostFunctions, TestExternalities, default_child_storage};
use sp_runtime::DispatchError;
use std::collections::BTreeMap;

type EventRecord = frame_system::EventRecord<RuntimeEvent, Hash>;

/// Gas of every call, much more than any of them needs and what a block has for contracts at most.
pub const GAS: Weight = Weight::from_parts(1_000_000_000_000, 3 * 1024 * 1024);

/// Who calls.
pub fn caller() -> AccountId {
    AccountId::new([1; 32])
}

/// What a call leaves behind, the same whoever ran it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effects {
    /// How it ended.
    pub end: End,
    /// The contract's events.
    pub events: Vec<Event>,
    /// All of the contract's storage afterwards.
    pub storage: BTreeMap<Vec<u8>, Vec<u8>>,
}

/// A contract on the chain.
#[derive(Clone, Debug)]
pub struct Deployed {
    /// Its account.
    pub address: AccountId,
    /// Its storage: a trie of its own.
    pub storage: ChildStorage,
}

/// A contract's storage on the chain, read and written through the externalities, as the pallet does.
#[derive(Clone, Debug)]
pub struct ChildStorage(ChildInfo);

impl State for ChildStorage {
    fn get(&mut self, key: &[u8]) -> Option<Vec<u8>> {
        child::get_raw(&self.0, key)
    }

    fn set(&mut self, key: &[u8], value: &[u8]) -> Option<u32> {
        let old = child::len(&self.0, key);
        child::put_raw(&self.0, key, value);
        old
    }
}

impl ChildStorage {
    fn all(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let trie = self.0.storage_key();
        let next = |key: &Vec<u8>| default_child_storage::next_key(trie, key);
        std::iter::successors(next(&Vec::new()), next)
            .filter_map(|key| Some((key.clone(), child::get_raw(&self.0, &key)?)))
            .collect()
    }
}

/// A call of a deployed contract, or of an account that has none.
#[derive(Clone, Debug)]
pub struct ChainCall {
    to: AccountId,
    encoded: Vec<u8>,
}

impl ChainCall {
    /// Calls `contract`, or nobody, with at most `gas`.
    pub fn new(contract: Option<&Deployed>, input: &[u8], gas: Weight) -> Self {
        let to = contract.map_or(AccountId::new([9; 32]), |contract| contract.address.clone());
        let encoded = (caller(), &to, Balance::MIN, Some(gas), None::<Balance>, input).encode();
        Self { to, encoded }
    }
}

/// What the runtime's API answered.
pub type Answer = ContractExecResult<Balance, EventRecord>;

/// The chain.
pub struct Chain {
    state: TestExternalities,
    executor: WasmExecutor<SubstrateHostFunctions>,
    fetcher: Option<WrappedRuntimeCode<'static>>,
    code_hash: Vec<u8>,
}

impl Chain {
    /// The development chain in its first block, without contracts.
    ///
    /// # Errors
    ///
    /// When there is no such chain.
    pub fn new() -> Result<Self> {
        let mut state = TestExternalities::default();
        let genesis = serde_json::to_vec(&genesis()?)?;
        state.execute_with(|| {
            build_state::<RuntimeGenesisConfig>(genesis)
                .map_err(|why| anyhow!("cannot build the first block: {why}"))?;
            System::set_block_number(1);
            let endowed = Balances::mint_into(&caller(), 1_000_000 * BLOC);
            endowed.map_err(|why| anyhow!("cannot endow the caller: {why:?}"))
        })?;
        state
            .commit_all()
            .map_err(|why| anyhow!("cannot commit the first block: {why}"))?;
        let wasm = wasm_binary();
        Ok(Self {
            state,
            executor: WasmExecutor::<SubstrateHostFunctions>::builder().build(),
            fetcher: wasm.map(|wasm| WrappedRuntimeCode(wasm.into())),
            code_hash: wasm
                .map(|wasm| sp_io::hashing::blake2_256(wasm).to_vec())
                .unwrap_or_default(),
        })
    }

    /// Puts a contract on the chain.
    ///
    /// # Errors
    ///
    /// When the pallet refuses it.
    pub fn deploy(&mut self, module: &ContractModule) -> Result<Deployed> {
        let ContractModule {
            name,
            code,
            deploy,
            fill,
        } = module.clone();
        let deployed = self.state.execute_with(|| {
            let code = Code::Upload(code);
            let salt = name.as_bytes().to_vec();
            let (debug, events) = (DebugInfo::UnsafeDebug, CollectEvents::Skip);
            let answer = Contracts::bare_instantiate(caller(), 0, GAS, None, code, deploy, salt, debug, events);
            let debug = String::from_utf8_lossy(&answer.debug_message).into_owned();
            let address = answer
                .result
                .map_err(|why| anyhow!("cannot deploy {name}: {why:?} {debug}"))?
                .account_id;
            if let Some(input) = fill {
                let (debug, events) = (DebugInfo::Skip, CollectEvents::Skip);
                let (to, how) = (address.clone(), Determinism::Enforced);
                let filled = Contracts::bare_call(caller(), to, 0, GAS, None, input, debug, events, how);
                filled.result.map_err(|why| anyhow!("cannot fill {name}: {why:?}"))?;
            }
            // Answers carry the block's events.
            System::reset_events();
            let place = [
                storage_prefix(b"Contracts", b"ContractInfoOf").to_vec(),
                address.using_encoded(Twox64Concat::hash),
            ];
            let info = unhashed::get_raw(&place.concat()).context("a contract has no record")?;
            let trie = Vec::<u8>::decode(&mut &info[..])?;
            anyhow::Ok(Deployed {
                address,
                storage: ChildStorage(ChildInfo::new_default(&trie)),
            })
        })?;
        self.state
            .commit_all()
            .map_err(|why| anyhow!("cannot commit {name}: {why}"))?;
        Ok(deployed)
    }

    /// Runs `work` over the state and undoes what it did.
    pub fn undone<T>(&mut self, work: impl FnOnce() -> T) -> T {
        self.state
            .execute_with(|| with_transaction_unchecked(|| TransactionOutcome::Rollback(work())))
    }

    /// Calls a contract as a node does: in a fresh instance of the runtime's WASM. Undone afterwards.
    ///
    /// # Errors
    ///
    /// When this program was built without the runtime's WASM, or the runtime fails.
    pub fn call_wasm(&mut self, call: &ChainCall) -> Result<Vec<u8>> {
        self.state.ext().storage_start_transaction();
        let answer = self.call_wasm_kept(call);
        self.state
            .ext()
            .storage_rollback_transaction()
            .map_err(|()| anyhow!("cannot undo a call: no transaction is open"))?;
        answer
    }

    fn call_wasm_kept(&mut self, call: &ChainCall) -> Result<Vec<u8>> {
        let fetcher = self.fetcher.as_ref();
        let code_fetcher =
            fetcher.context("cannot run the runtime's WASM: it was left out of this build (SKIP_WASM_BUILD)")?;
        let code = RuntimeCode {
            code_fetcher,
            heap_pages: None,
            hash: self.code_hash.clone(),
        };
        let mut state = self.state.ext();
        let context = CallContext::Offchain;
        let (answer, _) = self
            .executor
            .call(&mut state, &code, "ContractsApi_call", &call.encoded, context);
        answer.context("the runtime's WASM cannot call the contract")
    }

    /// The same in the runtime that is compiled into this program.
    pub fn call_native(&mut self, call: &ChainCall) -> Vec<u8> {
        self.undone(|| native_call(call))
    }

    /// What a call in the runtime's WASM leaves behind.
    ///
    /// # Errors
    ///
    /// As [`Self::call_wasm`].
    pub fn effects_wasm(&mut self, call: &ChainCall, contract: &Deployed) -> Result<(Effects, Weight)> {
        self.state.ext().storage_start_transaction();
        let answer = self.call_wasm_kept(call);
        let storage = self.state.execute_with(|| contract.storage.all());
        self.state
            .ext()
            .storage_rollback_transaction()
            .map_err(|()| anyhow!("cannot undo a call: no transaction is open"))?;
        effects(&answer?, &call.to, storage)
    }

    /// What a call in the runtime that is compiled into this program leaves behind.
    ///
    /// # Errors
    ///
    /// When the answer cannot be read.
    pub fn effects_native(&mut self, call: &ChainCall, contract: &Deployed) -> Result<(Effects, Weight)> {
        let (answer, storage) = self.undone(|| (native_call(call), contract.storage.all()));
        effects(&answer, &call.to, storage)
    }

    /// What a run in the native engine leaves behind, and the gas in its own unit.
    ///
    /// # Errors
    ///
    /// When the engine cannot run the module.
    pub fn effects_engine(
        &mut self,
        engine: &NativeEngine<ChildStorage>,
        compiled: &Compiled<ChildStorage>,
        contract: &Deployed,
        input: &[u8],
        gas: u64,
    ) -> Result<(Effects, u64)> {
        self.undone(|| {
            let outcome = with_transaction_unchecked(|| {
                let outcome = engine_call(engine, compiled, contract, input, gas);
                match &outcome {
                    Ok(Outcome {
                        end: End::Returned { flags: 0, .. },
                        ..
                    }) => TransactionOutcome::Commit(outcome),
                    _ => TransactionOutcome::Rollback(outcome),
                }
            })?;
            let stays = matches!(outcome.end, End::Returned { flags: 0, .. });
            let effects = Effects {
                end: outcome.end,
                events: if stays { outcome.events } else { Vec::new() },
                storage: contract.storage.all(),
            };
            Ok((effects, outcome.gas))
        })
    }

    /// Calls a contract in the native engine, over the chain's state. Undone afterwards.
    ///
    /// # Errors
    ///
    /// When the engine cannot run the module.
    pub fn call_engine(
        &mut self,
        engine: &NativeEngine<ChildStorage>,
        compiled: &Compiled<ChildStorage>,
        contract: &Deployed,
        input: &[u8],
    ) -> Result<Outcome<ChildStorage>> {
        self.undone(|| engine_call(engine, compiled, contract, input, u64::MAX >> 1))
    }
}

/// The preset of the development chain.
fn genesis() -> Result<Value> {
    fn merge(target: &mut Value, patch: Value) {
        match (target, patch) {
            (Value::Object(target), Value::Object(patch)) => {
                for (key, value) in patch {
                    merge(target.entry(key).or_insert(Value::Null), value);
                }
            }
            (target, patch) => *target = patch,
        }
    }
    let mut config = serde_json::to_value(RuntimeGenesisConfig::default())?;
    let preset = genesis::preset(&"development".into()).context("the runtime has no preset `development`")?;
    merge(&mut config, serde_json::from_slice(&preset)?);
    Ok(config)
}

fn native_call(call: &ChainCall) -> Vec<u8> {
    blocs_runtime::apis::api::dispatch("ContractsApi_call", &call.encoded).expect("the runtime has this API")
}

fn engine_call(
    engine: &NativeEngine<ChildStorage>,
    compiled: &Compiled<ChildStorage>,
    contract: &Deployed,
    input: &[u8],
    gas: u64,
) -> Result<Outcome<ChildStorage>> {
    let call = Call {
        entry: Entry::Call,
        caller: caller().into(),
        address: contract.address.clone().into(),
        value: 0,
        input: input.to_vec(),
        gas,
    };
    engine.run(compiled, call, contract.storage.clone())
}

/// Reads the answer of the runtime's API.
///
/// # Errors
///
/// When it is none.
pub fn answer(encoded: &[u8]) -> Result<Answer> {
    Answer::decode(&mut &encoded[..]).context("cannot read the answer of ContractsApi_call")
}

fn effects(encoded: &[u8], contract: &AccountId, storage: BTreeMap<Vec<u8>, Vec<u8>>) -> Result<(Effects, Weight)> {
    let answer = answer(encoded)?;
    let end = match answer.result {
        Ok(returned) => End::Returned {
            flags: returned.flags.bits(),
            data: returned.data,
        },
        Err(error) if error == DispatchError::from(Error::<Runtime>::OutOfGas) => End::OutOfGas,
        Err(error) if error == DispatchError::from(Error::<Runtime>::ContractTrapped) => End::Trapped,
        Err(error) => End::Refused(error.into()),
    };
    let emitted = |record: EventRecord| match record.event {
        RuntimeEvent::Contracts(pallet_contracts::Event::ContractEmitted { contract: by, data }) if by == *contract => {
            let topics = record.topics.into_iter().map(|topic| topic.0).collect();
            Some(Event { topics, data })
        }
        _ => None,
    };
    let events = answer
        .events
        .unwrap_or_default()
        .into_iter()
        .filter_map(emitted)
        .collect();
    Ok((Effects { end, events, storage }, answer.gas_consumed))
}
