//! The key of an account.

use crate::SignerError;
use blocs_keys::{Pair, Scheme, Signature};
use blocs_primitives::AccountId;
use sp_core::{Pair as _, sr25519};
use std::{fmt, ops::Deref};
use subxt::{
    SubstrateConfig,
    utils::{AccountId32, MultiSignature},
};

/// Signs for an account, with any of the chain's schemes. Its secret is never shown.
#[derive(Clone)]
pub struct Signer {
    pair: Pair,
}

impl Signer {
    /// sr25519 key of a mnemonic phrase, a seed in hex (`0x…`), or a development key, with optional derivations and password:
    /// `bottom drive …//hard/soft///password`, `//Alice`.
    pub fn from_suri(suri: &str) -> Result<Self, SignerError> {
        Ok(Pair::from_suri(Scheme::Sr25519, suri).map_err(invalid)?.into())
    }

    /// The derived key at `path`, such as `//Provider//0`.
    pub fn derive(&self, path: &str) -> Result<Self, SignerError> {
        Ok(self.pair.derive(path).map_err(invalid)?.into())
    }

    /// Its account.
    pub fn account(&self) -> AccountId {
        self.pair.account()
    }

    /// How it signs.
    pub fn scheme(&self) -> Scheme {
        self.pair.scheme()
    }

    /// Signs `message` as the chain checks it.
    pub fn sign(&self, message: &[u8]) -> Signature {
        self.pair.sign(message)
    }

    /// The same with the scheme in its type; `None` when it is another scheme.
    pub fn as_sr25519(&self) -> Option<Sr25519Signer> {
        let pair = self.pair.as_sr25519()?.clone();
        let signer = self.clone();
        Some(Sr25519Signer { signer, pair })
    }

    /// Its key pair.
    pub fn pair(&self) -> &Pair {
        &self.pair
    }
}

impl From<Pair> for Signer {
    fn from(pair: Pair) -> Self {
        Self { pair }
    }
}

impl subxt::tx::Signer<SubstrateConfig> for Signer {
    fn account_id(&self) -> AccountId32 {
        AccountId32(self.account().into())
    }

    fn sign(&self, payload: &[u8]) -> MultiSignature {
        match self.pair.sign(payload) {
            Signature::Sr25519(signature) => MultiSignature::Sr25519(signature.0),
            Signature::Ed25519(signature) => MultiSignature::Ed25519(signature.0),
            Signature::Ecdsa(signature) => MultiSignature::Ecdsa(signature.0),
        }
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("account", &self.account())
            .finish_non_exhaustive()
    }
}

/// A [`Signer`] that is an sr25519 key: what providers sign quotes and concessions with, and owners the offers to providers.
#[derive(Clone)]
pub struct Sr25519Signer {
    signer: Signer,
    pair: sr25519::Pair,
}

impl Sr25519Signer {
    /// As [`Signer::from_suri`].
    pub fn from_suri(suri: &str) -> Result<Self, SignerError> {
        let signer = Signer::from_suri(suri)?;
        signer.as_sr25519().ok_or_else(|| invalid("it is no sr25519 key"))
    }

    /// Its public key.
    pub fn public(&self) -> sr25519::Public {
        self.pair.public()
    }

    /// Signs `message` (in the context "substrate", as the chain checks it).
    pub fn sign(&self, message: &[u8]) -> sr25519::Signature {
        self.pair.sign(message)
    }
}

impl Deref for Sr25519Signer {
    type Target = Signer;

    fn deref(&self) -> &Signer {
        &self.signer
    }
}

impl fmt::Debug for Sr25519Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.signer.fmt(f)
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
    use subxt::tx::Signer as _;

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
        let alice = Sr25519Signer::from_suri("//Alice").expect("a valid secret");
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

    #[test]
    fn every_scheme_signs_transactions() {
        for scheme in Scheme::ALL {
            let signer = Signer::from(Pair::from_suri(scheme, "//Alice").expect("a valid secret"));
            assert_eq!(signer.account_id().0, <[u8; 32]>::from(signer.account()));
            let (of_scheme, bytes) = match subxt::tx::Signer::sign(&signer, b"payload") {
                MultiSignature::Sr25519(bytes) => (Scheme::Sr25519, bytes.to_vec()),
                MultiSignature::Ed25519(bytes) => (Scheme::Ed25519, bytes.to_vec()),
                MultiSignature::Ecdsa(bytes) => (Scheme::Ecdsa, bytes.to_vec()),
            };
            assert_eq!(of_scheme, scheme);
            let read = Signature::readings(&bytes);
            assert!(
                read.iter().any(|one| one.verify(b"payload", &signer.account())),
                "{scheme}"
            );
            assert_eq!(signer.as_sr25519().is_some(), scheme == Scheme::Sr25519);
        }
    }
}
