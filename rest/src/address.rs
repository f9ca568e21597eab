//! Accounts in requests and answers.

use crate::problem::Problem;
use blocs_chain::ChainProperties;
use blocs_primitives::AccountId;
use sp_core::crypto::{Ss58AddressFormat, Ss58Codec};

/// The account of an address of this chain, or of 32 bytes in hexadecimal digits.
pub(crate) fn parse(text: &str, chain: &ChainProperties) -> Result<AccountId, Problem> {
    let wrong = |detail: String, hint: String| Problem::bad("bad-address", detail, hint);
    if let Some(digits) = text.strip_prefix("0x") {
        let bytes: Option<[u8; 32]> = hex::decode(digits).ok().and_then(|bytes| bytes.try_into().ok());
        return bytes.map(AccountId::new).ok_or_else(|| {
            wrong(
                format!("{text:?} is no account"),
                "give an address, or 0x and 64 hexadecimal digits".into(),
            )
        });
    }
    let (account, format) = AccountId::from_ss58check_with_version(text).map_err(|_| {
        wrong(
            format!("{text:?} is no address: a letter is wrong or missing"),
            "copy the whole address".into(),
        )
    })?;
    let prefix = u16::from(format);
    if prefix != chain.ss58_prefix {
        return Err(wrong(
            format!(
                "{text:?} is an address of another network: its prefix is {prefix}, the prefix of {} is {}",
                chain.name, chain.ss58_prefix
            ),
            format!("here the same key has the address {}", show(&account, chain)),
        ));
    }
    Ok(account)
}

/// The account as an address of this chain.
pub(crate) fn show(account: &AccountId, chain: &ChainProperties) -> String {
    account.to_ss58check_with_version(Ss58AddressFormat::custom(chain.ss58_prefix))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use std::time::Duration;

    fn chain(ss58_prefix: u16) -> ChainProperties {
        ChainProperties {
            name: "BLOCS".into(),
            token_symbol: "BLOC".into(),
            token_decimals: 12,
            ss58_prefix,
            existential_deposit: 1,
            period_length: 16,
            slot_duration: Duration::from_secs(1),
        }
    }

    #[test]
    fn an_address_of_another_network_is_named_with_the_right_one() {
        let account = AccountId::new([7; 32]);
        let (here, there) = (chain(42), chain(0));
        let address = show(&account, &here);
        assert_eq!(parse(&address, &here).unwrap(), account);
        assert_eq!(parse(&format!("0x{}", "07".repeat(32)), &here).unwrap(), account);
        let problem = parse(&show(&account, &there), &here).unwrap_err();
        assert!(problem.detail.contains("its prefix is 0"), "{}", problem.detail);
        assert!(problem.hint.contains(&address), "{}", problem.hint);
    }
}
