//! What the chain stores about contracts and codes.

use super::trial::odd;
use crate::chain::ContractError;
use blocs_chain::{At, Decoded, SubxtChain, Value, value};
use blocs_primitives::{AccountId, Balance};

/// Contracts that are looked through at most, for those with a certain code.
const MOST_CONTRACTS: u32 = 20_000;

/// A contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractInfo {
    /// BLAKE2-256 of its code.
    pub code_hash: [u8; 32],
    /// Entries that it stores.
    pub items: u32,
    /// Bytes that it stores.
    pub bytes: u32,
    /// What is held for all that it stores, and for being there, in planck.
    pub deposit: Balance,
}

/// A code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeInfo {
    /// Who stored it, and may remove it.
    pub owner: AccountId,
    /// What is held for it, in planck.
    pub deposit: Balance,
    /// Contracts that use it.
    pub contracts: u64,
    /// Its length in bytes.
    pub bytes: u32,
}

fn contract_info(decoded: &Decoded) -> Option<ContractInfo> {
    let number = |name| value::field(decoded, name).and_then(value::as_u128);
    let parts = ["storage_byte_deposit", "storage_item_deposit", "storage_base_deposit"];
    Some(ContractInfo {
        code_hash: value::field(decoded, "code_hash")
            .and_then(value::as_bytes)?
            .try_into()
            .ok()?,
        items: number("storage_items").and_then(|items| u32::try_from(items).ok())?,
        bytes: number("storage_bytes").and_then(|bytes| u32::try_from(bytes).ok())?,
        deposit: parts.into_iter().filter_map(number).fold(0, Balance::saturating_add),
    })
}

fn code_info(decoded: &Decoded) -> Option<CodeInfo> {
    let number = |name| value::field(decoded, name).and_then(value::as_u128);
    Some(CodeInfo {
        owner: value::field(decoded, "owner").and_then(value::as_account)?,
        deposit: number("deposit")?,
        contracts: u64::try_from(number("refcount")?).ok()?,
        bytes: u32::try_from(number("code_len")?).ok()?,
    })
}

/// The contract at an address; `None` when there is none.
pub async fn contract(chain: &SubxtChain, at: At, address: &AccountId) -> Result<Option<ContractInfo>, ContractError> {
    let key = vec![value::account(address)];
    let Some(stored) = chain.read(at, "Contracts", "ContractInfoOf", key).await? else {
        return Ok(None);
    };
    let info = contract_info(&stored).ok_or_else(|| odd("the contract", "it has no code, or no sizes"))?;
    Ok(Some(info))
}

/// The code of this hash; `None` when the chain does not have it.
pub async fn code(chain: &SubxtChain, at: At, hash: [u8; 32]) -> Result<Option<CodeInfo>, ContractError> {
    let key = vec![Value::from_bytes(hash)];
    let Some(stored) = chain.read(at, "Contracts", "CodeInfoOf", key).await? else {
        return Ok(None);
    };
    let info = code_info(&stored).ok_or_else(|| odd("the code", "it has no owner, or no deposit"))?;
    Ok(Some(info))
}

/// Contracts with this code, of the first twenty thousand on the chain.
pub async fn contracts_with_code(chain: &SubxtChain, at: At, hash: [u8; 32]) -> Result<Vec<AccountId>, ContractError> {
    let entries = chain
        .entries(at, "Contracts", "ContractInfoOf", Vec::new(), MOST_CONTRACTS)
        .await?;
    let with_code = entries
        .iter()
        .filter(|(_, stored)| contract_info(stored).is_some_and(|info| info.code_hash == hash));
    Ok(with_code
        .filter_map(|(keys, _)| keys.first().and_then(value::as_account))
        .collect())
}
