//! Why something about a contract failed, and what to do next.

use super::gas::Gas;
use crate::properties;
use blocs_chain::{
    Decoded, QueryError, SubxtChain,
    value::{self, Kind},
};
use blocs_primitives::Balance;
use scale_value::{Primitive, ValueDef};
use std::fmt;

/// Why something about a contract on a chain failed.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// The chain cannot be read.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The runtime refused it in a trial.
    #[error(transparent)]
    Refused(Box<Refused>),
}

impl From<Refused> for ContractError {
    fn from(refused: Refused) -> Self {
        Self::Refused(Box::new(refused))
    }
}

/// What the runtime refused in a trial, so that nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refused {
    /// What was attempted, as in "cannot …".
    pub attempted: String,
    /// The pallet; empty for errors that are no pallet's.
    pub pallet: String,
    /// The name of the error.
    pub error: String,
    /// What it means and what to do.
    pub meaning: String,
    /// What the runtime said for those who look for a mistake.
    pub debug: String,
    /// The gas that would have been enough, when the limit was too low.
    pub needed_gas: Option<Gas>,
    /// The deposit that would have been enough, in planck, when the limit was too low.
    pub needed_deposit: Option<Balance>,
}

impl Refused {
    pub(super) async fn read(
        chain: &SubxtChain,
        attempted: &str,
        error: &Decoded,
        debug: &str,
    ) -> Result<Self, QueryError> {
        let text = chain.dispatch_failure(error).await?;
        let named = text.split_once("::");
        let (pallet, rest) = match named {
            Some((pallet, rest)) if !pallet.contains(' ') => (pallet, rest),
            _ => ("", text.as_str()),
        };
        let (name, docs) = rest.split_once(": ").unwrap_or((rest, ""));
        Ok(Self {
            attempted: attempted.to_owned(),
            meaning: explained(pallet, name).map_or_else(|| docs.to_owned(), str::to_owned),
            pallet: pallet.to_owned(),
            error: name.to_owned(),
            debug: debug.to_owned(),
            needed_gas: None,
            needed_deposit: None,
        })
    }

    /// Whether it is this error of the pallet for contracts.
    pub fn is(&self, error: &str) -> bool {
        self.pallet == "Contracts" && self.error == error
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}: ", self.attempted)?;
        match self.pallet.as_str() {
            "" => write!(f, "{}", self.error)?,
            pallet => write!(f, "{pallet}::{}", self.error)?,
        }
        if !self.meaning.is_empty() {
            write!(f, ": {}", self.meaning)?;
        }
        if let Some(gas) = self.needed_gas {
            write!(f, "; it needs {gas}")?;
        }
        if let Some(deposit) = self.needed_deposit {
            write!(f, "; it needs a deposit of {}", amount(deposit))?;
        }
        if !self.debug.is_empty() {
            write!(f, "; the chain says: {}", self.debug)?;
        }
        f.write_str(" (found out by a dry run: nothing was sent)")
    }
}

/// An amount as people write it.
fn amount(planck: Balance) -> String {
    let decoded = Decoded {
        value: ValueDef::Primitive(Primitive::U128(planck)),
        context: Kind::Amount,
    };
    value::to_text(&decoded, &properties())
}

/// What an error of the pallets around contracts means, and what to do next.
pub fn explained(pallet: &str, error: &str) -> Option<&'static str> {
    let found = match pallet {
        "Contracts" => &CONTRACTS[..],
        "" => &OTHER[..],
        _ => return None,
    };
    found
        .iter()
        .find(|(name, _)| *name == error)
        .map(|(_, meaning)| *meaning)
}

const CONTRACTS: [(&str, &str); 26] = [
    (
        "OutOfGas",
        "the contract used up its gas before it came to an end; give a higher --gas, or leave it out so that the trial finds it; a call that \
         needs more than a block has must be split",
    ),
    (
        "StorageDepositLimitExhausted",
        "it stores more than the limit of the deposit allows; give a higher --deposit-limit, or leave it out",
    ),
    (
        "StorageDepositNotEnoughFunds",
        "the account cannot pay the deposit for what would be stored; send it tokens, or store less",
    ),
    (
        "ContractTrapped",
        "the contract stopped in the middle (a panic: overflow, an index out of range, an unwrap, a failed call of another contract); \
         everything that it did is undone; look at the arguments and at the contract's source",
    ),
    (
        "ContractReverted",
        "the contract undid what it had done and gave an error of its own; call it with its bundle to see which",
    ),
    (
        "ReentranceDenied",
        "a contract was called while it was already running, and does not allow that; the contract that calls must set the flag ALLOW_REENTRY, \
         or be called another way",
    ),
    (
        "CodeTooLarge",
        "the code is larger than the chain takes; build it with `blocs contract build`, or split the contract in two",
    ),
    (
        "CodeRejected",
        "the chain finds the code invalid: it uses functions or WebAssembly that contracts cannot use here; `blocs contract check` says which",
    ),
    (
        "CodeNotFound",
        "the chain has no such code; store it with `blocs contract upload` first",
    ),
    (
        "CodeInfoNotFound",
        "the chain has no such code; store it with `blocs contract upload` first",
    ),
    (
        "CodeInUse",
        "contracts still use this code; it can be removed when the last of them is gone or has other code",
    ),
    (
        "ContractNotFound",
        "there is no contract at this address (or one that it calls is gone); look with `blocs contract info`",
    ),
    (
        "DuplicateContract",
        "this account has made a contract with this code and these arguments already; give another --salt",
    ),
    (
        "TransferFailed",
        "the tokens that are sent along, or that the contract sends on, are not there; look at the balances of the account and the contract",
    ),
    (
        "TerminatedInConstructor",
        "the contract removed itself while it was made; look at its constructor and the arguments",
    ),
    (
        "TerminatedWhileReentrant",
        "the contract tried to remove itself while it was called by itself; look at its source",
    ),
    (
        "MaxCallDepthReached",
        "contracts called each other too deeply; look for a circle of calls",
    ),
    (
        "StateChangeDenied",
        "the contract tried to change something in a call that may only read",
    ),
    (
        "DecodingFailed",
        "the contract gave the chain something that it cannot read; was it built for this chain, with the same version of blocs-ink?",
    ),
    (
        "ValueTooLarge",
        "the contract tried to store a value that is longer than the chain takes (16 KiB); store it in parts",
    ),
    (
        "OutOfBounds",
        "the contract passed on memory that it does not have; build it with ink! 5.1.1",
    ),
    (
        "OutputBufferTooSmall",
        "what was returned does not fit into the contract's buffer; return less",
    ),
    (
        "InputForwarded",
        "the contract passed its arguments on and then wanted to read them; look at its source",
    ),
    (
        "TooManyTopics",
        "an event of the contract has more topics than the chain takes; mark fewer fields as topics",
    ),
    (
        "NoChainExtension",
        "the chain does not offer what the contract asks of it; was it built for this chain?",
    ),
    (
        "MigrationInProgress",
        "the chain is moving contracts to a new format; try again in some minutes",
    ),
];

/// Errors that are no pallet's.
const OTHER: [(&str, &str); 2] = [
    ("CannotLookup", "the address cannot be looked up"),
    ("BadOrigin", "this account may not do that"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_it_means_what_is_needed_and_that_nothing_was_sent() {
        let refused = Refused {
            attempted: "call the contract".to_owned(),
            pallet: "Contracts".to_owned(),
            error: "StorageDepositLimitExhausted".to_owned(),
            meaning: explained("Contracts", "StorageDepositLimitExhausted")
                .unwrap_or_default()
                .to_owned(),
            debug: "too much".to_owned(),
            needed_gas: None,
            needed_deposit: Some(1_500_000_000_000),
        };
        let said = refused.to_string();
        for part in [
            "cannot call the contract: Contracts::StorageDepositLimitExhausted: it stores more",
            "higher --deposit-limit",
            "it needs a deposit of 1.5 BLOC",
            "the chain says: too much",
            "nothing was sent",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(refused.is("StorageDepositLimitExhausted") && !refused.is("OutOfGas"));
    }
}
