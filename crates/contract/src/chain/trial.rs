//! Trying out what a contract would do.

use super::{
    failure::{ContractError, Refused},
    gas::{Gas, SPARE_TENTHS},
};
use blocs_chain::{At, Decoded, SubxtChain, Value, value};
use blocs_primitives::{AccountId, Balance};

/// The runtime API for contracts.
const API: &str = "ContractsApi";
/// The least by which the limit of the deposit is above what the trial took: a tenth of a BLOC, which some more entries cost.
const SPARE_DEPOSIT: Balance = 100_000_000_000;

/// What a call may take at most; what is not given follows from the trial.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The gas.
    pub gas: Option<Gas>,
    /// The deposit for what it stores, in planck.
    pub deposit: Option<Balance>,
}

/// What happens with the deposit for stored data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deposit {
    /// It is taken from the caller.
    Charge(Balance),
    /// It is given back to the caller.
    Refund(Balance),
}

impl Deposit {
    /// What is taken.
    pub fn charge(self) -> Balance {
        match self {
            Self::Charge(amount) => amount,
            Self::Refund(_) => 0,
        }
    }
}

/// What code returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Whether the contract undid what it had done.
    pub revert: bool,
    /// What it returned, encoded.
    pub data: Vec<u8>,
}

/// What a trial gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// What was used in the end.
    pub gas_consumed: Gas,
    /// What had to be there on the way.
    pub gas_required: Gas,
    /// What happens with the deposit.
    pub deposit: Deposit,
    /// What the chain said for those who look for a mistake.
    pub debug: String,
    /// What the contract returned.
    pub output: Output,
    /// The address of the contract that would be made.
    pub account: Option<AccountId>,
}

impl Trial {
    /// The limits to send with: what the caller gave, else what was needed and some more. An error when it needs more than `most`, which is
    /// what one transaction may take.
    pub fn limits(&self, given: Limits, most: Gas) -> Result<(Gas, Balance), ContractError> {
        if !given.gas.unwrap_or(self.gas_required).fits(most) {
            let advice = match given.gas {
                Some(_) => "give a lower --gas, or leave it out",
                None => "do it in several calls that each do a part",
            };
            return Err(Refused {
                attempted: "send it".to_owned(),
                pallet: "Contracts".to_owned(),
                error: "OutOfGas".to_owned(),
                meaning: format!("one transaction may take {most} of a block; {advice}"),
                debug: String::new(),
                needed_gas: Some(self.gas_required),
                needed_deposit: None,
            }
            .into());
        }
        let charge = self.deposit.charge();
        let spare = (charge / 10 * Balance::from(SPARE_TENTHS)).max(SPARE_DEPOSIT);
        Ok((
            given.gas.unwrap_or_else(|| self.gas_required.with_spare(most)),
            given.deposit.unwrap_or_else(|| charge.saturating_add(spare)),
        ))
    }
}

/// A call of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Who calls.
    pub origin: AccountId,
    /// The contract.
    pub contract: AccountId,
    /// The tokens to send along, in planck.
    pub value: Balance,
    /// Selector and arguments.
    pub data: Vec<u8>,
}

/// The code of a contract that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeSource {
    /// To be stored now.
    New(Vec<u8>),
    /// Stored on the chain already.
    Stored([u8; 32]),
}

/// The making of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instantiation {
    /// Who makes it.
    pub origin: AccountId,
    /// The tokens to send along, in planck.
    pub value: Balance,
    /// Its code.
    pub code: CodeSource,
    /// Selector and arguments of the constructor.
    pub data: Vec<u8>,
    /// What sets the address apart from that of others with the same code and arguments.
    pub salt: Vec<u8>,
}

/// What a call would do. An `Ok` can still be a failure of the contract's own: see [`Output::revert`].
pub async fn try_call(chain: &SubxtChain, at: At, call: &Call, limits: Limits) -> Result<Trial, ContractError> {
    let args = |limits: Limits| {
        vec![
            value::account(&call.origin),
            value::account(&call.contract),
            Value::u128(call.value),
            gas_option(limits.gas),
            option(limits.deposit.map(Value::u128)),
            hex(&call.data),
        ]
    };
    run(chain, at, "call", "call the contract", limits, args).await
}

/// What the making of a contract would do.
pub async fn try_instantiate(
    chain: &SubxtChain,
    at: At,
    wanted: &Instantiation,
    limits: Limits,
) -> Result<Trial, ContractError> {
    let args = |limits: Limits| {
        let code = match &wanted.code {
            CodeSource::New(wasm) => Value::unnamed_variant("Upload", [hex(wasm)]),
            CodeSource::Stored(hash) => Value::unnamed_variant("Existing", [hex(hash)]),
        };
        vec![
            value::account(&wanted.origin),
            Value::u128(wanted.value),
            gas_option(limits.gas),
            option(limits.deposit.map(Value::u128)),
            code,
            hex(&wanted.data),
            hex(&wanted.salt),
        ]
    };
    run(chain, at, "instantiate", "make the contract", limits, args).await
}

/// The deposit that the upload of a code would take, in planck: nothing when the chain has it already.
pub async fn try_upload(
    chain: &SubxtChain,
    at: At,
    origin: &AccountId,
    wasm: &[u8],
    deposit_limit: Option<Balance>,
) -> Result<Balance, ContractError> {
    let attempted = "store the code";
    let ask = |limit: Option<Balance>| {
        let args = vec![
            value::account(origin),
            hex(wasm),
            option(limit.map(Value::u128)),
            Value::unnamed_variant("Enforced", []),
        ];
        chain.runtime_call(at, API, "upload_code", args)
    };
    let answer = ask(deposit_limit).await?;
    let stored = match result(&answer)? {
        Ok(stored) => stored,
        Err(error) => {
            let mut refused = Refused::read(chain, attempted, error, "").await?;
            if refused.is("StorageDepositLimitExhausted")
                && let Ok(stored) = result(&ask(None).await?)?
                && let Some(needed) = value::field(stored, "deposit").and_then(value::as_u128)
            {
                refused.needed_deposit = Some(needed);
            }
            return Err(refused.into());
        }
    };
    value::field(stored, "deposit")
        .and_then(value::as_u128)
        .ok_or_else(|| odd("the answer to the upload", "it names no deposit"))
}

/// Asks the runtime, and reads what all answers have. When a limit that was given is what fails, asks again without it to say how much is
/// needed.
async fn run(
    chain: &SubxtChain,
    at: At,
    method: &str,
    attempted: &str,
    limits: Limits,
    args: impl Fn(Limits) -> Vec<Value>,
) -> Result<Trial, ContractError> {
    let answer = chain.runtime_call(at, API, method, args(limits)).await?;
    let error = match trial(&answer)? {
        Ok(trial) => return Ok(trial),
        Err(error) => error,
    };
    let mut refused = Refused::read(chain, attempted, error, &debug(&answer)).await?;
    let limited = limits != Limits::default();
    if limited && (refused.is("OutOfGas") || refused.is("StorageDepositLimitExhausted")) {
        let answer = chain.runtime_call(at, API, method, args(Limits::default())).await?;
        if let Ok(trial) = trial(&answer)? {
            refused.needed_gas = Some(trial.gas_required).filter(|_| refused.is("OutOfGas"));
            refused.needed_deposit = Some(trial.deposit.charge()).filter(|_| !refused.is("OutOfGas"));
        }
    }
    Err(refused.into())
}

fn trial(answer: &Decoded) -> Result<Result<Trial, &Decoded>, ContractError> {
    let missing = |what: &str| odd("the answer to a trial", &format!("it has no {what}"));
    let returned = match result(answer)? {
        Ok(returned) => returned,
        Err(error) => return Ok(Err(error)),
    };
    let gas = |name: &str| {
        value::field(answer, name)
            .and_then(Gas::from_value)
            .ok_or_else(|| missing(name))
    };
    let account = value::field(returned, "account_id").and_then(value::as_account);
    let output = match value::field(returned, "result") {
        Some(inner) => inner,
        None => returned,
    };
    let flags = value::field(output, "flags").ok_or_else(|| missing("flags"))?;
    let bits = value::as_u128(flags).or_else(|| value::items(flags).first().and_then(|bits| value::as_u128(bits)));
    let data = value::field(output, "data").and_then(value::as_bytes);
    Ok(Ok(Trial {
        gas_consumed: gas("gas_consumed")?,
        gas_required: gas("gas_required")?,
        deposit: deposit(answer).ok_or_else(|| missing("storage_deposit"))?,
        debug: debug(answer),
        output: Output {
            // The lowest flag says that the contract reverted.
            revert: bits.ok_or_else(|| missing("flags"))? & 1 == 1,
            data: data.ok_or_else(|| missing("data"))?,
        },
        account,
    }))
}

/// What is in the `Ok` or the `Err` of an answer, or of its field `result`.
fn result(answer: &Decoded) -> Result<Result<&Decoded, &Decoded>, ContractError> {
    let outcome = value::field(answer, "result").unwrap_or(answer);
    let inner = value::variant(outcome).and_then(|(name, fields)| Some((name, fields.values().next()?)));
    match inner {
        Some(("Ok", inner)) => Ok(Ok(inner)),
        Some(("Err", inner)) => Ok(Err(inner)),
        _ => Err(odd("the answer to a trial", "it is no result")),
    }
}

fn deposit(answer: &Decoded) -> Option<Deposit> {
    let (name, fields) = value::field(answer, "storage_deposit").and_then(value::variant)?;
    let amount = fields.values().next().and_then(value::as_u128)?;
    match name {
        "Charge" => Some(Deposit::Charge(amount)),
        "Refund" => Some(Deposit::Refund(amount)),
        _ => None,
    }
}

fn debug(answer: &Decoded) -> String {
    let text = value::field(answer, "debug_message").and_then(value::as_text);
    text.unwrap_or_default().trim().to_owned()
}

/// An answer of another shape than this program expects.
pub(super) fn odd(what: &str, reason: &str) -> ContractError {
    ContractError::Query(blocs_chain::QueryError::Incompatible {
        what: what.to_owned(),
        reason: reason.to_owned(),
    })
}

pub(super) fn hex(bytes: &[u8]) -> Value {
    Value::string(format!("0x{}", hex::encode(bytes)))
}

pub(super) fn option(value: Option<Value>) -> Value {
    match value {
        Some(value) => Value::unnamed_variant("Some", [value]),
        None => Value::unnamed_variant("None", []),
    }
}

fn gas_option(gas: Option<Gas>) -> Value {
    option(gas.map(Gas::to_value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: Gas = Gas {
        ref_time: 1_000,
        proof_size: 500,
    };

    fn trial(ref_time: u64, deposit: Deposit) -> Trial {
        let gas = Gas {
            ref_time,
            proof_size: 100,
        };
        Trial {
            gas_consumed: gas,
            gas_required: gas,
            deposit,
            debug: String::new(),
            output: Output {
                revert: false,
                data: Vec::new(),
            },
            account: None,
        }
    }

    #[test]
    fn limits_are_a_tenth_above_the_need_and_within_the_block() {
        let bloc = 1_000_000_000_000;
        let (gas, deposit) = trial(500, Deposit::Charge(20 * bloc))
            .limits(Limits::default(), MOST)
            .expect("fits");
        assert_eq!((gas.ref_time, gas.proof_size, deposit), (550, 110, 22 * bloc));
        let (gas, deposit) = trial(990, Deposit::Refund(bloc))
            .limits(Limits::default(), MOST)
            .expect("fits");
        assert_eq!((gas.ref_time, deposit), (1_000, SPARE_DEPOSIT));
        // What the caller gave is taken as it is.
        let given = Limits {
            gas: Some(Gas {
                ref_time: 7,
                proof_size: 8,
            }),
            deposit: Some(9),
        };
        assert_eq!(
            trial(500, Deposit::Charge(1)).limits(given, MOST).expect("given"),
            (given.gas.unwrap_or_default(), 9)
        );
    }

    #[test]
    fn what_no_block_has_room_for_is_refused() {
        let failure = trial(1_001, Deposit::Charge(0)).limits(Limits::default(), MOST);
        let said = failure.expect_err("too much").to_string();
        assert!(said.contains("OutOfGas") && said.contains("in several calls"), "{said}");
        let given = Limits {
            gas: Some(Gas {
                ref_time: 1,
                proof_size: 501,
            }),
            deposit: None,
        };
        let failure = trial(1, Deposit::Charge(0)).limits(given, MOST);
        let said = failure.expect_err("too much").to_string();
        assert!(said.contains("a lower --gas"), "{said}");
    }
}
