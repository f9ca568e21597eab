//! Accounts that several people hold together.

use blocs_primitives::AccountId;
use codec::Encode;

/// The account of a multisig: it follows from who may sign and how many must, in whatever order they are named.
///
/// As `pallet_multisig::Pallet::multi_account_id` computes it.
pub fn multisig_account(signatories: &[AccountId], threshold: u16) -> AccountId {
    let mut sorted = signatories.to_vec();
    sorted.sort();
    sorted.dedup();
    let entropy = (b"modlpy/utilisuba", sorted, threshold).using_encoded(sp_crypto_hashing::blake2_256);
    AccountId::new(entropy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_core::crypto::Ss58Codec;

    #[test]
    fn the_account_depends_on_who_and_how_many_and_not_on_their_order() {
        let who = |byte: u8| AccountId::new([byte; 32]);
        let account = multisig_account(&[who(1), who(2), who(3)], 2);
        assert_eq!(account, multisig_account(&[who(3), who(1), who(2), who(1)], 2));
        assert_ne!(account, multisig_account(&[who(1), who(2), who(3)], 3));
        assert_ne!(account, multisig_account(&[who(1), who(2)], 2));
    }

    #[test]
    fn it_is_the_account_that_other_programs_show() {
        // Alice, Bob and Charlie of development chains, two of three: as polkadot.js gives it.
        let names = [
            "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
            "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty",
            "5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Y",
        ];
        let signatories = names.map(|name| AccountId::from_ss58check(name).expect("an address"));
        assert_eq!(
            multisig_account(&signatories, 2).to_ss58check(),
            "5DjYJStmdZ2rcqXbXGX7TW85JsrW6uG4y9MUcLq2BoPMpRA7"
        );
    }
}
