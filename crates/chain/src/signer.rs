//! The key of an account.

use crate::SignerError;
use blocs_primitives::AccountId;
use sp_core::sr25519;
use std::{fmt, str::FromStr};
use subxt_signer::{SecretUri, sr25519::Keypair};

/// An sr25519 key pair. Its secret is wiped from memory when dropped and never shown.
#[derive(Clone)]
pub struct Signer {
    pair: Keypair,
}

impl Signer {
    /// Key of a mnemonic phrase, a seed in hex (`0x…`), or a development key, with optional derivations:
    /// `bottom drive …//hard/soft`, `//Alice`.
    pub fn from_suri(suri: &str) -> Result<Self, SignerError> {
        let uri = SecretUri::from_str(suri.trim()).map_err(invalid)?;
        let pair = Keypair::from_uri(&uri).map_err(invalid)?;
        Ok(Self { pair })
    }

    /// The derived key at `path`, such as `//Provider//0`.
    pub fn derive(&self, path: &str) -> Result<Self, SignerError> {
        if !path.starts_with('/') || path.contains("///") {
            return Err(SignerError::Invalid {
                reason: format!("the derivation path {path} does not read //name or /name"),
            });
        }
        let uri = SecretUri::from_str(path).map_err(invalid)?;
        Ok(Self {
            pair: self.pair.derive(uri.junctions),
        })
    }

    /// Its account.
    pub fn account(&self) -> AccountId {
        AccountId::new(self.pair.public_key().0)
    }

    /// Its public key.
    pub fn public(&self) -> sr25519::Public {
        sr25519::Public::from_raw(self.pair.public_key().0)
    }

    /// Signs `message` (in the context "substrate", as the chain checks it).
    pub fn sign(&self, message: &[u8]) -> sr25519::Signature {
        sr25519::Signature::from_raw(self.pair.sign(message).0)
    }

    pub(crate) fn pair(&self) -> &Keypair {
        &self.pair
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("account", &self.account())
            .finish_non_exhaustive()
    }
}

fn invalid(error: impl fmt::Display) -> SignerError {
    SignerError::Invalid {
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_core::Pair;

    #[test]
    fn keys_are_those_of_the_ecosystem() {
        for suri in [
            "//Alice",
            "//Provider//0",
            "bottom drive obey lake curtain smoke basket hold race lonely fit walk/soft",
        ] {
            let ours = Signer::from_suri(suri).expect("a valid secret");
            let theirs = sr25519::Pair::from_string(suri, None).expect("a valid secret");
            assert_eq!(ours.public(), theirs.public(), "{suri}");
        }
    }

    #[test]
    fn derivation_in_steps_and_at_once_agree() {
        let at_once = Signer::from_suri("//Provider//3").expect("a valid secret");
        let in_steps = Signer::from_suri("//Provider")
            .and_then(|root| root.derive("//3"))
            .expect("a valid path");
        assert_eq!(at_once.account(), in_steps.account());
        assert!(at_once.derive("3").is_err());
    }

    #[test]
    fn signatures_verify_and_secrets_stay_hidden() {
        let alice = Signer::from_suri("//Alice").expect("a valid secret");
        assert!(sr25519::Pair::verify(
            &alice.sign(b"message"),
            b"message",
            &alice.public()
        ));
        let shown = format!("{alice:?}");
        assert!(shown.starts_with("Signer { account: "), "{shown}");
        let wrong = "correct horse battery staple";
        let error = Signer::from_suri(wrong).expect_err("not a mnemonic").to_string();
        assert!(!error.contains("horse"), "{error}");
    }
}
