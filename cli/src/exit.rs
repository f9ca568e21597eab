//! Exit codes, given in one place for every error.

use blocs_chain::{CallError, ConnectError, SignerError, SubmitError, Unreachable};
use blocs_client::{PutError, RenewError};
use blocs_contract::{AbiError, ArgumentError, BundleError, CodeError, DecodeError, chain::ContractError};
use blocs_keys::{AddressError, KeyFileError, SuriError};
use blocs_primitives::Balance;
use std::process::ExitCode;

/// What the program's exit status means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Status {
    /// An error that has no code of its own.
    Error = 1,
    /// The command line is wrong.
    Usage = 2,
    /// Some of what was asked is done.
    Partial = 3,
    /// There is no such thing.
    NotFound = 4,
    /// Trying again later may help.
    Retryable = 5,
    /// Not allowed.
    Denied = 6,
    /// No configuration, or no chain.
    NoChain = 10,
    /// The password does not open the key.
    WrongPassword = 12,
    /// The account holds too little.
    InsufficientFunds = 20,
    /// The price is above `--max-price`.
    TooExpensive = 21,
    /// Too few providers.
    TooFewProviders = 22,
    /// The chain refused the extrinsic.
    ExtrinsicFailed = 23,
    /// The content is not what it must be.
    Integrity = 24,
    /// Ctrl-C.
    Interrupted = 130,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status.code())
    }
}

impl Status {
    const ALL: [Self; 14] = [
        Self::Error,
        Self::Usage,
        Self::Partial,
        Self::NotFound,
        Self::Retryable,
        Self::Denied,
        Self::NoChain,
        Self::WrongPassword,
        Self::InsufficientFunds,
        Self::TooExpensive,
        Self::TooFewProviders,
        Self::ExtrinsicFailed,
        Self::Integrity,
        Self::Interrupted,
    ];

    /// The number that the shell sees.
    pub(crate) fn code(self) -> u8 {
        self as u8
    }

    /// The status with this number.
    fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// The status of an error, by the first cause in its chain that has one.
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        error.chain().find_map(of_cause).unwrap_or(Self::Error)
    }
}

/// An error of this program's own, with its status.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct CliError {
    /// The status to exit with.
    pub(crate) status: Status,
    /// What was attempted, why it failed, what to do next.
    pub(crate) message: String,
}

/// An error with a status.
pub(crate) fn error(status: Status, message: impl Into<String>) -> anyhow::Error {
    CliError {
        status,
        message: message.into(),
    }
    .into()
}

fn of_cause(cause: &(dyn std::error::Error + 'static)) -> Option<Status> {
    if let Some(error) = cause.downcast_ref::<CliError>() {
        return Some(error.status);
    }
    if cause.is::<Unreachable>() || cause.is::<ConnectError>() {
        return Some(Status::NoChain);
    }
    if cause.is::<SignerError>() || cause.is::<SuriError>() || cause.is::<AddressError>() {
        return Some(Status::Usage);
    }
    if let Some(error) = cause.downcast_ref::<KeyFileError>() {
        return Some(match error {
            KeyFileError::WrongPassword | KeyFileError::PasswordNeeded => Status::WrongPassword,
            KeyFileError::Damaged { .. } => Status::Integrity,
            _ => Status::Usage,
        });
    }
    if let Some(status) = of_contract(cause) {
        return Some(status);
    }
    if let Some(code) = blocs_client::exit_code(cause) {
        return Status::from_code(code);
    }
    cause
        .downcast_ref::<std::io::Error>()
        .and_then(|error| match error.kind() {
            std::io::ErrorKind::PermissionDenied => Some(Status::Denied),
            std::io::ErrorKind::NotFound => Some(Status::NotFound),
            _ => None,
        })
}

/// The status of an error about contracts. Whatever is refused in a dry run has the status that it would have after sending.
fn of_contract(cause: &(dyn std::error::Error + 'static)) -> Option<Status> {
    if let Some(error) = cause.downcast_ref::<CodeError>() {
        return Some(match error {
            CodeError::NotWasm { .. } | CodeError::Broken { .. } => Status::Integrity,
            _ => Status::ExtrinsicFailed,
        });
    }
    if let Some(error) = cause.downcast_ref::<ContractError>() {
        return match error {
            ContractError::Query(error) => of_cause(error),
            ContractError::Refused(refused) => Some(of_contracts(&refused.error)),
        };
    }
    if let Some(error) = cause.downcast_ref::<BundleError>() {
        return match error {
            // The cause says which.
            BundleError::Read { .. } => None,
            BundleError::NoCode => Some(Status::Usage),
            BundleError::Abi(error) => of_cause(error),
            _ => Some(Status::Integrity),
        };
    }
    if let Some(error) = cause.downcast_ref::<CallError>() {
        return match error {
            CallError::Query(error) => of_cause(error),
            _ => Some(Status::Usage),
        };
    }
    match cause.downcast_ref::<AbiError>() {
        Some(AbiError::Unknown { .. }) => Some(Status::Usage),
        Some(_) => Some(Status::Integrity),
        None if cause.is::<ArgumentError>() => Some(Status::Usage),
        None if cause.is::<DecodeError>() => Some(Status::Integrity),
        None => None,
    }
}

/// The status of a failure that the pallet for contracts names.
pub(crate) fn of_contracts(error: &str) -> Status {
    match error {
        "ContractNotFound" | "CodeNotFound" | "CodeInfoNotFound" => Status::NotFound,
        "StorageDepositNotEnoughFunds" | "TransferFailed" => Status::InsufficientFunds,
        "MigrationInProgress" => Status::Retryable,
        _ => Status::ExtrinsicFailed,
    }
}

/// What an error says is needed and held, in planck, when money is missing.
pub(crate) fn funds(cause: &(dyn std::error::Error + 'static)) -> Option<(Balance, Balance)> {
    if let Some(SubmitError::InsufficientFunds { needed, held, .. }) = cause.downcast_ref() {
        return Some((*needed, *held));
    }
    if let Some(RenewError::Submit(SubmitError::InsufficientFunds { needed, held, .. })) = cause.downcast_ref() {
        return Some((*needed, *held));
    }
    match cause.downcast_ref() {
        Some(PutError::InsufficientFunds { needed, held, .. }) => Some((*needed, *held)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;
    use blocs_chain::QueryError;
    use blocs_contract::chain::Refused;

    fn unreachable() -> Unreachable {
        Unreachable {
            url: "ws://127.0.0.1:1".into(),
            reason: "refused".into(),
        }
    }

    #[test]
    fn each_error_has_its_code() {
        let call = || "StorageMarket.open_deal".to_owned();
        let cases: Vec<(anyhow::Error, u8)> = vec![
            (anyhow::anyhow!("anything"), 1),
            (error(Status::Usage, "x"), 2),
            (error(Status::Partial, "x"), 3),
            (error(Status::NotFound, "x"), 4),
            (SubmitError::Expired { call: call() }.into(), 5),
            (std::io::Error::from(std::io::ErrorKind::PermissionDenied).into(), 6),
            (ConnectError::from(unreachable()).into(), 10),
            (QueryError::from(unreachable()).into(), 10),
            (error(Status::WrongPassword, "x"), 12),
            (
                SubmitError::InsufficientFunds {
                    call: call(),
                    account: "5…".into(),
                    needed: 2,
                    held: 1,
                    locked: String::new(),
                }
                .into(),
                20,
            ),
            (
                SubmitError::Dispatch {
                    call: call(),
                    pallet: "StorageMarket".into(),
                    error: "NoCapacity".into(),
                    docs: "The provider is full.".into(),
                }
                .into(),
                23,
            ),
            (error(Status::Interrupted, "x"), 130),
        ];
        for (error, code) in cases {
            assert_eq!(Status::of(&error).code(), code, "{error}");
        }
    }

    #[test]
    fn errors_about_contracts_have_the_codes_of_what_they_are() {
        let refused = |error: &str| Refused {
            attempted: "call the contract".into(),
            pallet: "Contracts".into(),
            error: error.into(),
            meaning: String::new(),
            debug: String::new(),
            needed_gas: None,
            needed_deposit: None,
        };
        let unknown = || AbiError::Unknown {
            what: "message",
            name: "x".into(),
            hint: String::new(),
        };
        let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
        let cases: Vec<(anyhow::Error, u8)> = vec![
            (unknown().into(), 2),
            (BundleError::NoCode.into(), 2),
            (
                BundleError::Read {
                    path: "x".into(),
                    source: missing,
                }
                .into(),
                4,
            ),
            (BundleError::Abi(AbiError::Version { found: "6".into() }).into(), 24),
            (CodeError::NotWasm { start: "0x00".into() }.into(), 24),
            (CodeError::TooLarge { actual: 2, limit: 1 }.into(), 23),
            (ContractError::from(refused("ContractTrapped")).into(), 23),
            (ContractError::from(refused("ContractNotFound")).into(), 4),
            (ContractError::from(refused("TransferFailed")).into(), 20),
            (ContractError::from(QueryError::from(unreachable())).into(), 10),
            (CallError::from(QueryError::from(unreachable())).into(), 10),
        ];
        for (error, code) in cases {
            assert_eq!(Status::of(&error).code(), code, "{error}");
        }
    }

    #[test]
    fn context_does_not_hide_the_code() {
        let inner: Result<(), _> = Err(QueryError::from(unreachable()));
        let error = inner.context("cannot list providers").expect_err("an error");
        assert_eq!(Status::of(&error), Status::NoChain);
    }
}
