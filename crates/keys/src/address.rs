//! Addresses: an account and the network that it is written for.

use sp_core::crypto::{AccountId32, Ss58Codec};

/// Why a text is no address of this network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// No address at all.
    #[error(
        "{text:?} is no address: its checksum, which tells typing errors, does not fit; copy it again (it begins with 5 on a network with prefix 42)"
    )]
    Malformed {
        /// What was given.
        text: String,
    },
    /// An address of another network.
    #[error(
        "{text} is an address for networks with prefix {found}, and this one has prefix {expected}; the same account is written {here} \
         here: use that if you are sure that its owner has the key on this network too"
    )]
    OtherNetwork {
        /// What was given.
        text: String,
        /// Its prefix.
        found: u16,
        /// The prefix asked for.
        expected: u16,
        /// The same account with the right prefix.
        here: String,
    },
}

/// Reads an address of the network with this SS58 prefix, or an account in hexadecimal (`0x` and 64 digits).
pub fn parse_address(text: &str, prefix: u16) -> Result<AccountId32, AddressError> {
    let malformed = || AddressError::Malformed { text: text.to_owned() };
    if let Some(digits) = text.strip_prefix("0x") {
        let mut bytes = [0u8; 32];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| malformed())?;
        return Ok(AccountId32::new(bytes));
    }
    let (account, found) = read_address(text).ok_or_else(malformed)?;
    if found == prefix {
        return Ok(account);
    }
    Err(AddressError::OtherNetwork {
        text: text.to_owned(),
        found,
        expected: prefix,
        here: show_address(&account, prefix),
    })
}

/// An address of any network, and its prefix.
pub(crate) fn read_address(text: &str) -> Option<(AccountId32, u16)> {
    let (account, format) = AccountId32::from_ss58check_with_version(text).ok()?;
    Some((account, u16::from(format)))
}

/// The account's address on networks with this SS58 prefix.
pub fn show_address(account: &AccountId32, prefix: u16) -> String {
    account.to_ss58check_with_version(prefix.into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use crate::{Pair, Scheme};

    #[test]
    fn an_address_of_another_network_is_refused_and_both_are_named() {
        let alice = Pair::from_suri(Scheme::Sr25519, "//Alice").unwrap().account();
        for prefix in [0, 2, 42, 137, 16_000] {
            assert_eq!(parse_address(&show_address(&alice, prefix), prefix).unwrap(), alice);
        }
        let polkadot = show_address(&alice, 0);
        let error = parse_address(&polkadot, 42).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("prefix 0") && text.contains("prefix 42"), "{text}");
        assert!(
            text.contains("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"),
            "{text}"
        );

        let mut wrong = show_address(&alice, 42);
        wrong.pop();
        assert!(matches!(parse_address(&wrong, 42), Err(AddressError::Malformed { .. })));
        assert!(parse_address(&format!("0x{}", hex::encode(alice)), 42).is_ok());
        assert!(parse_address("0x1234", 42).is_err());
    }
}
