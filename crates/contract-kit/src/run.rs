//! Running something of the pallet as a transaction does, and reading what came of it.

use crate::{
    AccountId, Balance, Decoded, Failure, Outcome, RawEvent, Runtime, RuntimeEvent, Sandbox, Weight,
    chain::{self, Record},
    failure::{Attempt, OwnError},
    gas::Cost,
};
use blocs_contract::{Bundle, Callable, ContractEvent, Returned};
use frame_support::{
    dispatch::DispatchClass,
    storage::{TransactionOutcome, with_transaction_unchecked},
};
use pallet_contracts::{ContractResult, ExecReturnValue, StorageDeposit};
use scale_value::{Composite, ValueDef};
use sp_runtime::DispatchError;

/// The answer of ink! to a selector or to arguments that a contract does not know: `Err(LangError::CouldNotReadInput)`.
const COULD_NOT_READ_INPUT: [u8; 2] = [1, 1];

/// What the runtime gave, before it is decoded.
pub(crate) struct Run<T> {
    pub(crate) result: Result<T, DispatchError>,
    gas: Weight,
    gas_required: Weight,
    deposit: i128,
    debug: String,
    records: Vec<Record>,
}

/// Whether what a call does stays.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    Yes,
    No,
}

/// What is called by its name: the answer is read with its types.
#[derive(Clone, Copy)]
pub(crate) struct Named<'a> {
    pub(crate) bundle: &'a Bundle,
    pub(crate) callable: &'a Callable,
}

impl Named<'_> {
    pub(crate) fn name(&self) -> String {
        format!("{}::{}", self.bundle.name(), self.callable.label)
    }
}

impl Sandbox {
    /// Runs something of the pallet as a transaction does: an error, or a revert, undoes everything.
    pub(crate) fn run<T>(
        &mut self,
        keep: Keep,
        code: impl FnOnce() -> ContractResult<Result<T, DispatchError>, Balance, Record>,
        reverted: impl FnOnce(&T) -> bool,
    ) -> Run<T> {
        let (run, kept) = self.inside(|| {
            with_transaction_unchecked(|| {
                let outcome = code();
                let done = outcome.result.as_ref().is_ok_and(|value| !reverted(value));
                let kept = done && keep == Keep::Yes;
                // Of what is undone, a dry run still tells the events.
                let records = if done { chain::take_events() } else { Vec::new() };
                let run = Run {
                    result: outcome.result,
                    gas: outcome.gas_consumed,
                    gas_required: outcome.gas_required,
                    deposit: signed(outcome.storage_deposit),
                    debug: String::from_utf8_lossy(&outcome.debug_message).into_owned(),
                    records,
                };
                if kept {
                    TransactionOutcome::Commit((run, true))
                } else {
                    TransactionOutcome::Rollback((run, false))
                }
            })
        });
        if kept {
            self.add_events(&run.records);
        }
        run
    }

    /// Reads what a run gave, and notes what it cost.
    pub(crate) fn finish<T>(
        &mut self,
        named: Option<Named<'_>>,
        mut attempt: Attempt<'_>,
        run: Run<T>,
        answered: impl Fn(&T) -> (AccountId, ExecReturnValue),
    ) -> Result<(T, Outcome), Failure> {
        let cost = Cost {
            ref_time: run.gas.ref_time(),
            proof_size: run.gas.proof_size(),
            deposit: run.deposit,
        };
        attempt.debug = run.debug.clone();
        let call = attempt.call.clone();
        let result = match run.result {
            Err(error) => Err(attempt.failure(error)),
            Ok(value) => {
                let (address, answer) = answered(&value);
                decode(named, &call, &answer).map(|decoded| (decoded, answer.data, address, value))
            }
        };
        if let Some(Named { bundle, callable }) = named {
            let cost = result.is_ok().then_some(cost);
            self.gas_report_mut().note(bundle.name(), &callable.label, cost);
        }
        let (value, data, address, made) = result?;
        let raw_events = raw_events(&run.records);
        let outcome = Outcome {
            value,
            data,
            events: self.decode_events(&address, named.map(|named| named.bundle), &raw_events),
            raw_events,
            runtime_events: run.records.into_iter().map(|record| record.event).collect(),
            gas: run.gas,
            gas_required: run.gas_required,
            deposit: run.deposit,
            debug: run.debug,
        };
        Ok((made, outcome))
    }

    /// The events that the metadata of their contract explains: of the one that was asked, or made, and of those that the sandbox knows.
    fn decode_events(&self, asked: &AccountId, bundle: Option<&Bundle>, events: &[RawEvent]) -> Vec<ContractEvent> {
        let known = |contract: &AccountId| {
            let asked = bundle.filter(|_| contract == asked);
            asked.or_else(|| self.notes.contracts.get(contract).map(|bundle| bundle.as_ref()))
        };
        events
            .iter()
            .filter_map(|event| {
                known(&event.contract)?
                    .abi()
                    .decode_event(&event.topics, &event.data)
                    .ok()
            })
            .collect()
    }
}

/// What a contract answered, or the failure that its answer is.
fn decode(named: Option<Named<'_>>, call: &str, answer: &ExecReturnValue) -> Result<Decoded, Failure> {
    let call = call.to_owned();
    let data = answer.data.clone();
    let Some(Named { bundle, callable }) = named else {
        return match (answer.did_revert(), data.as_slice()) {
            (true, data) if data == COULD_NOT_READ_INPUT => Err(Failure::Lang {
                call,
                reason: "the contract has no message with this selector and these arguments (CouldNotReadInput)"
                    .to_owned(),
            }),
            (true, _) => Err(Failure::Reverted { call, data }),
            (false, data) => Ok(bytes(data)),
        };
    };
    match bundle.abi().decode_return(callable, answer.did_revert(), &data)? {
        Returned::Value(_) if answer.did_revert() => Err(Failure::Reverted { call, data }),
        Returned::Value(value) => Ok(value),
        Returned::Error(value) => Err(Failure::Contract(Box::new(OwnError { call, value, data }))),
        Returned::Lang(reason) => Err(Failure::Lang { call, reason }),
    }
}

fn raw_events(records: &[Record]) -> Vec<RawEvent> {
    records
        .iter()
        .filter_map(|record| match &record.event {
            RuntimeEvent::Contracts(pallet_contracts::Event::ContractEmitted { contract, data }) => Some(RawEvent {
                contract: contract.clone(),
                topics: record.topics.iter().map(|topic| topic.to_fixed_bytes()).collect(),
                data: data.clone(),
            }),
            _ => None,
        })
        .collect()
}

/// The most gas that a transaction of the chain may use.
pub(crate) fn most_gas() -> Weight {
    let weights = <Runtime as frame_system::Config>::BlockWeights::get();
    weights
        .get(DispatchClass::Normal)
        .max_extrinsic
        .unwrap_or(weights.max_block)
}

fn signed(deposit: StorageDeposit<Balance>) -> i128 {
    match deposit {
        StorageDeposit::Charge(amount) => i128::try_from(amount).unwrap_or(i128::MAX),
        StorageDeposit::Refund(amount) => i128::try_from(amount).map_or(i128::MIN, |amount| -amount),
    }
}

/// Bytes as a value.
fn bytes(data: &[u8]) -> Decoded {
    let values = data
        .iter()
        .map(|byte| Decoded {
            value: ValueDef::Primitive(scale_value::Primitive::U128(u128::from(*byte))),
            context: Default::default(),
        })
        .collect();
    Decoded {
        value: ValueDef::Composite(Composite::Unnamed(values)),
        context: blocs_chain::value::Kind::Bytes,
    }
}
