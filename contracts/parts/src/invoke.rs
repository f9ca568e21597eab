//! Any call of any contract.

use ink::{env::DefaultEnvironment, prelude::vec::Vec, primitives::AccountId};

type Balance = <DefaultEnvironment as ink::env::Environment>::Balance;

/// The most bytes of input that a stored call may have.
pub const MAX_INPUT: usize = 2048;

/// A call that somebody decided on and somebody else makes later.
#[ink::scale_derive(Encode, Decode, TypeInfo)]
#[cfg_attr(feature = "std", derive(ink::storage::traits::StorageLayout))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The contract, or with an empty input the account that is paid.
    pub callee: AccountId,
    /// What goes with the call, in planck.
    pub value: Balance,
    /// The message's selector, four bytes, and its arguments in SCALE. Empty: only the value moves.
    pub input: Vec<u8>,
}

/// Why a call had no effect. The callee's changes are undone.
#[ink::scale_derive(Encode, Decode, TypeInfo)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvokeError {
    /// The callee answered with an error.
    Reverted,
    /// The callee trapped, ran out of gas, or called back where it must not.
    Trapped,
    /// The value could not be moved: too little is there, or the account would start below the existential deposit.
    TransferFailed,
    /// There is no contract at the account.
    NoContract,
    /// Something else, which the chain has no name for.
    Other,
}

/// Makes `call` and drops what it returns.
///
/// The caller must have written all that it changes **before**, into cells that it does not write again afterwards: the
/// callee may be the contract itself, which then reads its storage. Nobody but the contract itself may come back in.
pub fn invoke(call: &Call) -> Result<(), InvokeError> {
    if call.input.is_empty() {
        return ink::env::transfer::<DefaultEnvironment>(call.callee, call.value)
            .map_err(|_| InvokeError::TransferFailed);
    }
    call_contract(call)
}

/// ink's own call decodes the answer and forgets whether the callee reverted; the host function tells.
#[cfg(target_arch = "wasm32")]
fn call_contract(call: &Call) -> Result<(), InvokeError> {
    use pallet_contracts_uapi::{CallFlags, HostFn, HostFnImpl, ReturnErrorCode};

    let own = ink::env::account_id::<DefaultEnvironment>();
    let flags = if call.callee == own {
        CallFlags::ALLOW_REENTRY
    } else {
        CallFlags::empty()
    };
    let callee: &[u8] = call.callee.as_ref();
    // No limits of its own: the callee may use what the transaction has left.
    HostFnImpl::call_v2(flags, callee, 0, 0, None, &call.value.to_le_bytes(), &call.input, None).map_err(|code| {
        match code {
            ReturnErrorCode::CalleeReverted => InvokeError::Reverted,
            ReturnErrorCode::CalleeTrapped => InvokeError::Trapped,
            ReturnErrorCode::TransferFailed => InvokeError::TransferFailed,
            ReturnErrorCode::NotCallable | ReturnErrorCode::CodeNotFound => InvokeError::NoContract,
            _ => InvokeError::Other,
        }
    })
}

/// There is nobody to call outside of a chain.
#[cfg(not(target_arch = "wasm32"))]
fn call_contract(_: &Call) -> Result<(), InvokeError> {
    Err(InvokeError::NoContract)
}
