//! Deploying, calling, reading.

use crate::{
    AccountId, Balance, CallOptions, Contract, Decoded, DeployOptions, Failure, Outcome, Sandbox, Weight,
    failure::Attempt,
    run::{Keep, Named, most_gas},
};
use blocs_contract::Bundle;
use blocs_runtime::Contracts;
use pallet_contracts::{Code, CollectEvents, ContractResult, DebugInfo, Determinism, ExecReturnValue, StorageDeposit};
use sp_core::H256;
use sp_keyring::Sr25519Keyring;

impl Sandbox {
    /// Uploads a bundle's code and makes a contract of it with one of its constructors, with `value` planck. Arguments are written as for
    /// `blocs contract`, by position or as `name=value`.
    pub fn deploy(
        &mut self,
        bundle: &Bundle,
        by: &AccountId,
        constructor: &str,
        args: &[&str],
        value: Balance,
    ) -> Result<Contract, Failure> {
        let options = DeployOptions {
            value,
            ..Default::default()
        };
        self.deploy_with(bundle, by, constructor, args, options)
            .map(|(contract, _)| contract)
    }

    /// Deploys with limits and a salt of choice; the outcome is what the constructor did.
    pub fn deploy_with(
        &mut self,
        bundle: &Bundle,
        by: &AccountId,
        constructor: &str,
        args: &[&str],
        options: DeployOptions,
    ) -> Result<(Contract, Outcome), Failure> {
        let callable = bundle.abi().constructor(constructor)?;
        let data = bundle.abi().encode(callable, args)?;
        let code = if options.uploaded {
            Code::Existing(H256(bundle.code_hash()))
        } else {
            Code::Upload(bundle.wasm()?.to_vec())
        };
        let named = Named { bundle, callable };
        let (address, outcome) = self.instantiate(Some(named), by, code, data, options)?;
        Ok((self.register(bundle, &address), outcome))
    }

    /// Deploys a code without metadata, with selector and arguments in SCALE; gives the contract's address.
    pub fn deploy_code(
        &mut self,
        wasm: &[u8],
        by: &AccountId,
        data: Vec<u8>,
        options: DeployOptions,
    ) -> Result<(AccountId, Outcome), Failure> {
        self.instantiate(None, by, Code::Upload(wasm.to_vec()), data, options)
    }

    /// Uploads code without metadata and gives its hash.
    pub fn upload_code(&mut self, wasm: &[u8], by: &AccountId) -> Result<[u8; 32], Failure> {
        let run = self.run(
            Keep::Yes,
            || {
                let result = Contracts::bare_upload_code(by.clone(), wasm.to_vec(), None, Determinism::Enforced);
                ContractResult {
                    gas_consumed: Weight::zero(),
                    gas_required: Weight::zero(),
                    storage_deposit: result
                        .as_ref()
                        .map(|upload| StorageDeposit::Charge(upload.deposit))
                        .unwrap_or_default(),
                    debug_message: Vec::new(),
                    result,
                    events: None,
                }
            },
            |_| false,
        );
        match run.result {
            Ok(upload) => Ok(upload.code_hash.to_fixed_bytes()),
            Err(error) => {
                let attempt = Attempt {
                    code: Some(wasm),
                    ..Attempt::plain("the upload")
                };
                Err(attempt.failure(error))
            }
        }
    }

    /// Calls a message by its name. What fails leaves no trace.
    pub fn call(
        &mut self,
        contract: &Contract,
        by: &AccountId,
        message: &str,
        args: &[&str],
    ) -> Result<Outcome, Failure> {
        self.call_with(contract, by, message, args, CallOptions::default())
    }

    /// Calls a message and sends it `value` planck.
    pub fn call_with_value(
        &mut self,
        contract: &Contract,
        by: &AccountId,
        message: &str,
        args: &[&str],
        value: Balance,
    ) -> Result<Outcome, Failure> {
        let options = CallOptions {
            value,
            ..Default::default()
        };
        self.call_with(contract, by, message, args, options)
    }

    /// Calls a message with value and limits of choice.
    pub fn call_with(
        &mut self,
        contract: &Contract,
        by: &AccountId,
        message: &str,
        args: &[&str],
        options: CallOptions,
    ) -> Result<Outcome, Failure> {
        self.call_named(Keep::Yes, contract, by, message, args, options)
    }

    /// Asks a message and undoes whatever it did. Alice asks; see [`Sandbox::dry_run`] for another caller.
    pub fn read(&mut self, contract: &Contract, message: &str, args: &[&str]) -> Result<Decoded, Failure> {
        let reader = Sr25519Keyring::Alice.to_account_id();
        self.dry_run(contract, &reader, message, args, CallOptions::default())
            .map(|outcome| outcome.value)
    }

    /// Calls a message and undoes whatever it did: the outcome is what it would do, and cost.
    pub fn dry_run(
        &mut self,
        contract: &Contract,
        by: &AccountId,
        message: &str,
        args: &[&str],
        options: CallOptions,
    ) -> Result<Outcome, Failure> {
        self.call_named(Keep::No, contract, by, message, args, options)
    }

    /// Calls a contract with bytes: selector and arguments in SCALE. The value of the outcome is the answer's bytes.
    pub fn call_raw(
        &mut self,
        address: &AccountId,
        by: &AccountId,
        data: Vec<u8>,
        options: CallOptions,
    ) -> Result<Outcome, Failure> {
        self.call_bytes(Keep::Yes, None, address, by, data, options)
    }

    fn call_named(
        &mut self,
        keep: Keep,
        contract: &Contract,
        by: &AccountId,
        message: &str,
        args: &[&str],
        options: CallOptions,
    ) -> Result<Outcome, Failure> {
        let bundle = contract.bundle.as_ref();
        let callable = bundle.abi().message(message)?;
        let data = bundle.abi().encode(callable, args)?;
        let named = Named { bundle, callable };
        self.call_bytes(keep, Some(named), &contract.address, by, data, options)
    }

    fn call_bytes(
        &mut self,
        keep: Keep,
        named: Option<Named<'_>>,
        address: &AccountId,
        by: &AccountId,
        data: Vec<u8>,
        options: CallOptions,
    ) -> Result<Outcome, Failure> {
        let attempt = Attempt {
            call: named.map_or_else(|| "the call".to_owned(), |named| named.name()),
            gas: options.gas.unwrap_or_else(most_gas),
            deposit: options.deposit,
            code: None,
            debug: String::new(),
        };
        let run = self.run(
            keep,
            || {
                Contracts::bare_call(
                    by.clone(),
                    address.clone(),
                    options.value,
                    attempt.gas,
                    options.deposit,
                    data,
                    DebugInfo::UnsafeDebug,
                    CollectEvents::Skip,
                    Determinism::Enforced,
                )
            },
            ExecReturnValue::did_revert,
        );
        self.finish(named, attempt, run, |answer| (address.clone(), answer.clone()))
            .map(|(_, outcome)| outcome)
    }

    fn instantiate(
        &mut self,
        named: Option<Named<'_>>,
        by: &AccountId,
        code: Code<H256>,
        data: Vec<u8>,
        options: DeployOptions,
    ) -> Result<(AccountId, Outcome), Failure> {
        let salt = options.salt.unwrap_or_else(|| {
            self.notes.salt += 1;
            self.notes.salt.to_le_bytes().to_vec()
        });
        let wasm = match &code {
            Code::Upload(wasm) => Some(wasm.clone()),
            Code::Existing(_) => None,
        };
        let attempt = Attempt {
            call: named.map_or_else(|| "the deployment".to_owned(), |named| named.name()),
            gas: options.gas.unwrap_or_else(most_gas),
            deposit: options.deposit,
            code: wasm.as_deref(),
            debug: String::new(),
        };
        let run = self.run(
            Keep::Yes,
            || {
                Contracts::bare_instantiate(
                    by.clone(),
                    options.value,
                    attempt.gas,
                    options.deposit,
                    code,
                    data,
                    salt,
                    DebugInfo::UnsafeDebug,
                    CollectEvents::Skip,
                )
            },
            |made| made.result.did_revert(),
        );
        let (made, outcome) = self.finish(named, attempt, run, |made| {
            (made.account_id.clone(), made.result.clone())
        })?;
        Ok((made.account_id, outcome))
    }
}
