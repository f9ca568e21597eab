//! Why an upload, a deployment or a call did not go through.

use crate::{Balance, Decoded, Runtime, Weight, json};
use blocs_contract::{AbiError, ArgumentError, BundleError, DecodeError, check_code};
use blocs_runtime::AllPalletsWithSystem;
use frame_support::traits::{Get, PalletInfoAccess, PalletsInfoAccess};
use sp_runtime::DispatchError;
use std::fmt;

/// What a contract answered in the `Err` of its own `Result`.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnError {
    /// What was asked: `contract::message`.
    pub call: String,
    /// The error, by the types of the metadata.
    pub value: Decoded,
    /// The whole answer in SCALE, with the `Err` and ink!'s `Ok` around it.
    pub data: Vec<u8>,
}

impl OwnError {
    /// Name of the error's variant, when it is an enum.
    pub fn name(&self) -> Option<&str> {
        blocs_chain::value::variant(&self.value).map(|(name, _)| name)
    }
}

impl fmt::Display for OwnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} answered with its own error: {}", self.call, json(&self.value))
    }
}

/// Why something did not go through. Nothing of what was attempted has left a trace.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The contract gave an error of its own.
    #[error("{0}")]
    Contract(Box<OwnError>),
    /// The contract did not understand what it was asked: ink!'s `LangError`.
    #[error("{call}: {reason}")]
    Lang {
        /// What was asked.
        call: String,
        /// What ink! says.
        reason: String,
    },
    /// The contract undid what it had done, and its answer has no known type: only for calls in raw bytes.
    #[error("{call} reverted, with the bytes 0x{}", hex(.data))]
    Reverted {
        /// What was asked.
        call: String,
        /// The answer in SCALE.
        data: Vec<u8>,
    },
    /// The contract trapped: a panic, an overflow, an index out of bounds, or a failed call that it did not handle.
    #[error("{call} trapped{}", with_debug(.debug))]
    Trapped {
        /// What was asked.
        call: String,
        /// What the contract printed before; needs a build of it for debugging.
        debug: String,
    },
    /// The gas limit was too low.
    #[error(
        "{call} ran out of gas: the limit was {} of computing and {} bytes of proof; raise it, or do less in a call",
        .limit.ref_time(), .limit.proof_size()
    )]
    OutOfGas {
        /// What was asked.
        call: String,
        /// The limit.
        limit: Weight,
    },
    /// The call would take a larger deposit for storage than it may.
    #[error("{call} stores more than its deposit limit{} pays for: raise the limit", limit_text(.limit))]
    DepositLimit {
        /// What was asked.
        call: String,
        /// The limit in planck, when the caller set one.
        limit: Option<Balance>,
    },
    /// The caller cannot pay the deposit for storage.
    #[error("{call} needs a deposit for storage that its caller cannot pay")]
    DepositFunds {
        /// What was asked.
        call: String,
    },
    /// A contract was called that runs already and does not allow it.
    #[error("{call} called a contract that was running already, which that one does not allow")]
    ReentranceDenied {
        /// What was asked.
        call: String,
    },
    /// Contracts called each other too deeply.
    #[error("{call} went too deep: contracts that call contracts")]
    TooDeep {
        /// What was asked.
        call: String,
    },
    /// The code is larger than the chain takes.
    #[error("the code is too large: {bytes} bytes, the chain takes {limit}")]
    CodeTooLarge {
        /// Its length.
        bytes: usize,
        /// The most that the chain takes.
        limit: u32,
    },
    /// The chain does not take the code.
    #[error("the chain refuses the code: {reason}")]
    CodeRejected {
        /// Why.
        reason: String,
    },
    /// There is no such contract or code.
    #[error("{call}: there is no {what}")]
    NotFound {
        /// What was asked.
        call: String,
        /// What is missing.
        what: &'static str,
    },
    /// A contract of the same address exists: deploy it with another salt.
    #[error("{call}: there is a contract of this code, deployer and salt already")]
    Duplicate {
        /// What was asked.
        call: String,
    },
    /// A transfer of tokens failed: the sender has too little, or the receiver would have too little.
    #[error("{call}: a transfer of tokens failed; has the sender enough, and the receiver at least the least deposit?")]
    TransferFailed {
        /// What was asked.
        call: String,
    },
    /// The bundle cannot be used.
    #[error("{0}")]
    Bundle(String),
    /// The contract has no such constructor or message.
    #[error(transparent)]
    Unknown(#[from] AbiError),
    /// An argument does not fit.
    #[error(transparent)]
    Arguments(#[from] ArgumentError),
    /// The answer does not fit the metadata.
    #[error(transparent)]
    Undecodable(#[from] DecodeError),
    /// Another error of the runtime.
    #[error("{call} failed: {error}")]
    Other {
        /// What was asked.
        call: String,
        /// The error as `Pallet::Name`.
        error: String,
    },
}

impl From<BundleError> for Failure {
    fn from(error: BundleError) -> Self {
        Self::Bundle(error.to_string())
    }
}

impl Failure {
    /// Name of the contract's own error, when it gave one that is an enum.
    pub fn own(&self) -> Option<&str> {
        match self {
            Self::Contract(error) => error.name(),
            _ => None,
        }
    }

    /// The contract's own error as JSON, when it gave one.
    pub fn own_json(&self) -> Option<serde_json::Value> {
        match self {
            Self::Contract(error) => Some(json(&error.value)),
            _ => None,
        }
    }

    /// The runtime's error as `Pallet::Name`, when it is none of those that have a variant here.
    pub fn runtime(&self) -> Option<&str> {
        match self {
            Self::Other { error, .. } => Some(error),
            _ => None,
        }
    }
}

/// What was attempted, as far as an error says it.
pub(crate) struct Attempt<'a> {
    pub(crate) call: String,
    pub(crate) gas: Weight,
    pub(crate) deposit: Option<Balance>,
    pub(crate) code: Option<&'a [u8]>,
    pub(crate) debug: String,
}

impl<'a> Attempt<'a> {
    /// Something that has neither limits nor code.
    pub(crate) fn plain(call: impl Into<String>) -> Self {
        Self {
            call: call.into(),
            gas: Weight::zero(),
            deposit: None,
            code: None,
            debug: String::new(),
        }
    }

    /// The failure that the runtime's error stands for.
    pub(crate) fn failure(self, error: DispatchError) -> Failure {
        let Self {
            call,
            gas,
            deposit,
            code,
            debug,
        } = self;
        let name = match error {
            DispatchError::Module(module) if usize::from(module.index) == blocs_runtime::Contracts::index() => {
                module.message.unwrap_or_default()
            }
            DispatchError::Token(_) => "TransferFailed",
            _ => "",
        };
        match name {
            "ContractTrapped" => Failure::Trapped { call, debug },
            "OutOfGas" => Failure::OutOfGas { call, limit: gas },
            "StorageDepositLimitExhausted" => Failure::DepositLimit { call, limit: deposit },
            "StorageDepositNotEnoughFunds" => Failure::DepositFunds { call },
            "ReentranceDenied" => Failure::ReentranceDenied { call },
            "MaxCallDepthReached" => Failure::TooDeep { call },
            "CodeTooLarge" => Failure::CodeTooLarge {
                bytes: code.map(<[u8]>::len).unwrap_or_default(),
                limit: <Runtime as pallet_contracts::Config>::MaxCodeLen::get(),
            },
            "CodeRejected" => Failure::CodeRejected {
                reason: rejection(code, debug),
            },
            "ContractNotFound" => Failure::NotFound {
                call,
                what: "contract at this address",
            },
            "CodeNotFound" | "CodeInfoNotFound" => Failure::NotFound {
                call,
                what: "code of this hash: upload it first",
            },
            "DuplicateContract" => Failure::Duplicate { call },
            "TransferFailed" => Failure::TransferFailed { call },
            _ => Failure::Other {
                call,
                error: error_name(error),
            },
        }
    }
}

/// Why the chain does not take a code: what our own check says, else what the chain says.
fn rejection(code: Option<&[u8]>, debug: String) -> String {
    match code.map(check_code) {
        Some(Err(error)) => error.to_string(),
        _ if debug.is_empty() => "it does not say why".to_owned(),
        _ => debug,
    }
}

/// An error of the runtime as `Pallet::Name`.
pub(crate) fn error_name(error: DispatchError) -> String {
    match error {
        DispatchError::Module(module) => {
            let pallet = AllPalletsWithSystem::infos()
                .into_iter()
                .find(|pallet| pallet.index == usize::from(module.index))
                .map_or("?", |pallet| pallet.name);
            format!("{pallet}::{}", module.message.unwrap_or("?"))
        }
        other => <&str>::from(other).to_owned(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn with_debug(debug: &str) -> String {
    if debug.trim().is_empty() {
        String::new()
    } else {
        format!(": {}", debug.trim())
    }
}

fn limit_text(limit: &Option<Balance>) -> String {
    limit.map(|limit| format!(" of {limit} planck")).unwrap_or_default()
}
