//! What the commands for contracts are given: a bundle, limits, arguments.

use crate::{
    commands::gov::from_file,
    exit::{Status, error},
    units::parse_amount,
};
use blocs_chain::{At, ChainClient, SubxtChain, value::address};
use blocs_contract::{
    Bundle, Callable,
    chain::{self, ContractInfo, Gas, Limits},
};
use blocs_primitives::{AccountId, Balance};
use clap::Args;
use std::path::PathBuf;

/// A contract's metadata.
#[derive(Clone, Debug, Args)]
pub(crate) struct Metadata {
    /// The contract's bundle: a .contract file, its metadata (.json), or the folder of its build
    #[arg(long, env = "BLOCS_BUNDLE", hide_env_values = true, value_name = "PATH")]
    bundle: PathBuf,
    /// Go on when the contract has other code than the bundle, as after an upgrade
    #[arg(long)]
    any_code: bool,
}

impl Metadata {
    /// The bundle for the contract at `address`, and what the chain says of that contract.
    pub(super) async fn of(&self, chain: &SubxtChain, address: &AccountId) -> anyhow::Result<(Bundle, ContractInfo)> {
        let bundle = read(&self.bundle, chain)?;
        let info = contract_at(chain, address).await?;
        if info.code_hash != bundle.code_hash() && !self.any_code {
            let message = format!(
                "{} is the metadata of another contract: {} has the code 0x{}, the bundle 0x{}; give the bundle of that contract, or --any-code \
                 when the contract was upgraded and the bundle still fits",
                self.bundle.display(),
                shown(chain, address),
                hex::encode(info.code_hash),
                hex::encode(bundle.code_hash()),
            );
            return Err(error(Status::Integrity, message));
        }
        Ok((bundle, info))
    }
}

/// The bundle at `path`, which writes amounts and addresses as this chain does.
pub(super) fn read(path: &std::path::Path, chain: &SubxtChain) -> anyhow::Result<Bundle> {
    Ok(Bundle::read(path)?.with_properties(chain.properties().clone()))
}

/// What the chain says of the contract at `address`; an error when there is none.
pub(super) async fn contract_at(chain: &SubxtChain, address: &AccountId) -> anyhow::Result<ContractInfo> {
    chain::contract(chain, At::Best, address).await?.ok_or_else(|| {
        let message = format!(
            "there is no contract at {}: it was never made on this chain, or it removed itself; is --url the right chain?",
            shown(chain, address)
        );
        error(Status::NotFound, message)
    })
}

/// An address on this chain.
pub(super) fn shown(chain: &SubxtChain, account: &AccountId) -> String {
    address(account, chain.properties())
}

/// What a call may take.
#[derive(Clone, Debug, Args)]
pub(crate) struct Budget {
    /// Tokens to send along, in BLOC
    #[arg(long, value_name = "BLOC", value_parser = parse_amount, default_value = "0", hide_default_value = true)]
    pub(super) value: Balance,
    /// The most gas: picoseconds, or picoseconds and bytes of proof as in 500000000,65536 [default: what the trial needs and a tenth more]
    #[arg(long, value_name = "GAS", value_parser = parse_gas)]
    gas: Option<Gas>,
    /// The most deposit for what is stored, in BLOC [default: what the trial takes and a tenth more]
    #[arg(long, value_name = "BLOC", value_parser = parse_amount)]
    deposit_limit: Option<Balance>,
}

impl Budget {
    pub(super) fn limits(&self) -> Limits {
        Limits {
            gas: self.gas,
            deposit: self.deposit_limit,
        }
    }

    /// An error when tokens are sent to what takes none.
    pub(super) fn check(&self, callable: &Callable) -> anyhow::Result<()> {
        if self.value == 0 || callable.payable {
            return Ok(());
        }
        let message = format!(
            "{} takes no tokens (it is not payable): leave --value out",
            callable.label
        );
        Err(error(Status::Usage, message))
    }
}

fn parse_gas(text: &str) -> Result<Gas, String> {
    let number = |part: &str| {
        part.trim()
            .replace('_', "")
            .parse::<u64>()
            .map_err(|_| format!("{text:?} is no gas: write picoseconds, or picoseconds,bytes"))
    };
    let (time, proof) = match text.split_once(',') {
        Some((time, proof)) => (number(time)?, number(proof)?),
        // Time is what is scarce; a proof of a megabyte holds every call that fits into the time of a block.
        None => (number(text)?, 1 << 20),
    };
    Ok(Gas {
        ref_time: time,
        proof_size: proof,
    })
}

/// Arguments as they are written; `@FILE` stands for a file's bytes.
pub(super) fn words(args: &[String]) -> anyhow::Result<Vec<String>> {
    args.iter().map(|word| from_file(word)).collect()
}

/// A hash of a code: 0x and 64 hexadecimal digits.
pub(super) fn code_hash(text: &str) -> Option<[u8; 32]> {
    hex::decode(text.strip_prefix("0x")?).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gas_is_time_or_time_and_proof() {
        assert_eq!(
            parse_gas("1_000,20"),
            Ok(Gas {
                ref_time: 1_000,
                proof_size: 20
            })
        );
        assert_eq!(parse_gas("7").map(|gas| gas.ref_time), Ok(7));
        for wrong in ["", "x", "1,", ",1", "1,2,3", "-1"] {
            assert!(parse_gas(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_code_is_named_by_its_whole_hash() {
        assert_eq!(code_hash(&format!("0x{}", "11".repeat(32))), Some([0x11; 32]));
        for wrong in ["", "0x11", "flipper.contract", &"11".repeat(32)] {
            assert_eq!(code_hash(wrong), None, "{wrong}");
        }
    }
}
