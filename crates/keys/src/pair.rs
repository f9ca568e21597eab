//! Key pairs of the three schemes that an account can have.

use crate::suri::{Root, Suri, SuriError, junctions};
use sp_core::{
    Pair as _,
    crypto::{AccountId32, DeriveJunction},
    ecdsa, ed25519, sr25519,
};
use sp_crypto_hashing::blake2_256;
use std::{fmt, str::FromStr};
use zeroize::Zeroizing;

/// How an account signs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    /// Schnorr signatures on Ristretto: what wallets of this ecosystem make.
    #[default]
    Sr25519,
    /// Edwards-curve signatures.
    Ed25519,
    /// secp256k1, over BLAKE2b-256.
    Ecdsa,
}

impl Scheme {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Sr25519, Self::Ed25519, Self::Ecdsa];

    /// Its name, as polkadot.js writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sr25519 => "sr25519",
            Self::Ed25519 => "ed25519",
            Self::Ecdsa => "ecdsa",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// There is no such scheme.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no signature scheme of this chain: choose sr25519, ed25519 or ecdsa")]
pub struct UnknownScheme(pub String);

impl FromStr for Scheme {
    type Err = UnknownScheme;

    fn from_str(name: &str) -> Result<Self, UnknownScheme> {
        Self::ALL
            .into_iter()
            .find(|scheme| scheme.name() == name)
            .ok_or_else(|| UnknownScheme(name.to_owned()))
    }
}

/// A key pair. Its secret is never shown, and wiped when dropped where the scheme's library does so (sr25519, ed25519).
#[derive(Clone)]
pub struct Pair(Inner);

#[derive(Clone)]
enum Inner {
    Sr25519(sr25519::Pair),
    Ed25519(Box<ed25519::Pair>),
    Ecdsa(ecdsa::Pair),
}

impl Pair {
    /// Key of a mnemonic, a seed in hex (`0x…`) or a development key, with optional derivations and password, as subkey reads them:
    /// `bottom drive …//hard/soft///password`, `//Alice`.
    pub fn from_suri(scheme: Scheme, secret: &str) -> Result<Self, SuriError> {
        let suri = Suri::parse(secret)?;
        let inner = match scheme {
            Scheme::Sr25519 => Inner::Sr25519(root(&suri)?),
            Scheme::Ed25519 => Inner::Ed25519(Box::new(root(&suri)?)),
            Scheme::Ecdsa => Inner::Ecdsa(root(&suri)?),
        };
        Self(inner).child(suri.junctions)
    }

    /// The key derived at `path`, such as `//storage//0`.
    pub fn derive(&self, path: &str) -> Result<Self, SuriError> {
        if path.contains("///") || path.is_empty() {
            return Err(SuriError::Path);
        }
        self.child(junctions(path)?)
    }

    fn child(&self, junctions: Vec<DeriveJunction>) -> Result<Self, SuriError> {
        let soft = |_| SuriError::SoftPath(self.scheme());
        let path = junctions.into_iter();
        Ok(Self(match &self.0 {
            // A soft derivation draws randomness for signing only: the key itself is always the same.
            Inner::Sr25519(pair) => Inner::Sr25519(pair.derive(path, None).map_err(|_| SuriError::Path)?.0),
            Inner::Ed25519(pair) => Inner::Ed25519(Box::new(pair.derive(path, None).map_err(soft)?.0)),
            Inner::Ecdsa(pair) => Inner::Ecdsa(sp_core::Pair::derive(pair, path, None).map_err(soft)?.0),
        }))
    }

    /// How it signs.
    pub fn scheme(&self) -> Scheme {
        match self.0 {
            Inner::Sr25519(_) => Scheme::Sr25519,
            Inner::Ed25519(_) => Scheme::Ed25519,
            Inner::Ecdsa(_) => Scheme::Ecdsa,
        }
    }

    /// Its public key.
    pub fn public(&self) -> PublicKey {
        match &self.0 {
            Inner::Sr25519(pair) => PublicKey::Sr25519(pair.public()),
            Inner::Ed25519(pair) => PublicKey::Ed25519(pair.public()),
            Inner::Ecdsa(pair) => PublicKey::Ecdsa(sp_core::Pair::public(pair)),
        }
    }

    /// Its account.
    pub fn account(&self) -> AccountId32 {
        self.public().account()
    }

    /// Signs `message` as the chain checks it.
    pub fn sign(&self, message: &[u8]) -> Signature {
        match &self.0 {
            Inner::Sr25519(pair) => Signature::Sr25519(pair.sign(message)),
            Inner::Ed25519(pair) => Signature::Ed25519(pair.sign(message)),
            Inner::Ecdsa(pair) => Signature::Ecdsa(sp_core::Pair::sign(pair, message)),
        }
    }

    /// The sr25519 pair, when it is one.
    pub fn as_sr25519(&self) -> Option<&sr25519::Pair> {
        match &self.0 {
            Inner::Sr25519(pair) => Some(pair),
            Inner::Ed25519(_) | Inner::Ecdsa(_) => None,
        }
    }

    /// 32 bytes that only who has the secret knows, the same wherever the key comes from: words or a key file. Keys that are no
    /// signing keys are derived from them.
    ///
    /// For sr25519 that is the scalar alone. The other half of the secret makes signatures, and is another one each time that
    /// the same soft derivation is done.
    pub fn root_secret(&self) -> Zeroizing<[u8; 32]> {
        let whole = Zeroizing::new(match &self.0 {
            Inner::Sr25519(pair) => pair.to_raw_vec(),
            Inner::Ed25519(pair) => pair.to_raw_vec(),
            Inner::Ecdsa(pair) => sp_core::Pair::to_raw_vec(pair),
        });
        let mut scalar = Zeroizing::new([0u8; 32]);
        scalar.copy_from_slice(&whole[..32]);
        scalar
    }

    pub(crate) fn from_sr25519(pair: sr25519::Pair) -> Self {
        Self(Inner::Sr25519(pair))
    }

    /// Key of a seed.
    pub(crate) fn from_seed(scheme: Scheme, seed: &[u8]) -> Option<Self> {
        Some(Self(match scheme {
            Scheme::Sr25519 if seed.len() == 32 => Inner::Sr25519(sr25519::Pair::from_seed_slice(seed).ok()?),
            Scheme::Sr25519 => return None,
            Scheme::Ed25519 => Inner::Ed25519(Box::new(ed25519::Pair::from_seed_slice(seed).ok()?)),
            Scheme::Ecdsa => Inner::Ecdsa(<ecdsa::Pair as sp_core::Pair>::from_seed_slice(seed).ok()?),
        }))
    }
}

/// The key before any derivation.
fn root<P: sp_core::Pair>(suri: &Suri<'_>) -> Result<P, SuriError> {
    match &suri.root {
        Root::Seed(seed) => P::from_seed_slice(seed.as_ref()).map_err(|_| SuriError::Seed),
        Root::Words(words) => P::from_phrase(words, suri.password)
            .map(|(pair, _)| pair)
            .map_err(|_| SuriError::Words),
    }
}

impl From<sr25519::Pair> for Pair {
    fn from(pair: sr25519::Pair) -> Self {
        Self::from_sr25519(pair)
    }
}

impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pair")
            .field("scheme", &self.scheme())
            .field("account", &self.account())
            .finish_non_exhaustive()
    }
}

/// A public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// 32 bytes, which are also the account.
    Sr25519(sr25519::Public),
    /// 32 bytes, which are also the account.
    Ed25519(ed25519::Public),
    /// 33 bytes, compressed.
    Ecdsa(ecdsa::Public),
}

impl PublicKey {
    /// A key of this scheme from its bytes; `None` when their number is wrong.
    pub fn from_bytes(scheme: Scheme, bytes: &[u8]) -> Option<Self> {
        Some(match scheme {
            Scheme::Sr25519 => Self::Sr25519(bytes.try_into().ok()?),
            Scheme::Ed25519 => Self::Ed25519(bytes.try_into().ok()?),
            Scheme::Ecdsa => Self::Ecdsa(bytes.try_into().ok()?),
        })
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Sr25519(key) => key.as_ref(),
            Self::Ed25519(key) => key.as_ref(),
            Self::Ecdsa(key) => key.as_ref(),
        }
    }

    /// Its scheme.
    pub fn scheme(&self) -> Scheme {
        match self {
            Self::Sr25519(_) => Scheme::Sr25519,
            Self::Ed25519(_) => Scheme::Ed25519,
            Self::Ecdsa(_) => Scheme::Ecdsa,
        }
    }

    /// Its account: the key itself, for ecdsa the BLAKE2b-256 hash of the compressed key.
    pub fn account(&self) -> AccountId32 {
        match self {
            Self::Sr25519(key) => AccountId32::new(key.0),
            Self::Ed25519(key) => AccountId32::new(key.0),
            Self::Ecdsa(key) => AccountId32::new(blake2_256(key.as_ref())),
        }
    }
}

/// A signature, as the chain's `MultiSignature` has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// 64 bytes.
    Sr25519(sr25519::Signature),
    /// 64 bytes.
    Ed25519(ed25519::Signature),
    /// 65 bytes, with the recovery id.
    Ecdsa(ecdsa::Signature),
}

impl Signature {
    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Sr25519(signature) => signature.as_ref(),
            Self::Ed25519(signature) => signature.as_ref(),
            Self::Ecdsa(signature) => signature.as_ref(),
        }
    }

    /// Its scheme.
    pub fn scheme(&self) -> Scheme {
        match self {
            Self::Sr25519(_) => Scheme::Sr25519,
            Self::Ed25519(_) => Scheme::Ed25519,
            Self::Ecdsa(_) => Scheme::Ecdsa,
        }
    }

    /// Its bytes after the one that names the scheme, as the chain encodes it.
    pub fn encode(&self) -> Vec<u8> {
        let tag = match self {
            Self::Ed25519(_) => 0,
            Self::Sr25519(_) => 1,
            Self::Ecdsa(_) => 2,
        };
        [&[tag], self.as_bytes()].concat()
    }

    /// Every signature that these bytes can be: with or without the byte that names the scheme.
    pub fn readings(bytes: &[u8]) -> Vec<Self> {
        let plain = |scheme, bytes: &[u8]| {
            Some(match scheme {
                Scheme::Sr25519 => Self::Sr25519(bytes.try_into().ok()?),
                Scheme::Ed25519 => Self::Ed25519(bytes.try_into().ok()?),
                Scheme::Ecdsa => Self::Ecdsa(bytes.try_into().ok()?),
            })
        };
        let tagged = bytes.split_first().and_then(|(tag, rest)| match tag {
            0 => plain(Scheme::Ed25519, rest),
            1 => plain(Scheme::Sr25519, rest),
            2 => plain(Scheme::Ecdsa, rest),
            _ => None,
        });
        let untagged = Scheme::ALL.into_iter().filter_map(|scheme| plain(scheme, bytes));
        tagged.into_iter().chain(untagged).collect()
    }

    /// Whether the account has signed `message`.
    pub fn verify(&self, message: &[u8], account: &AccountId32) -> bool {
        let raw: [u8; 32] = *account.as_ref();
        match self {
            Self::Sr25519(signature) => sr25519::Pair::verify(signature, message, &sr25519::Public::from_raw(raw)),
            Self::Ed25519(signature) => ed25519::Pair::verify(signature, message, &ed25519::Public::from_raw(raw)),
            Self::Ecdsa(signature) => signature
                .recover(message)
                .is_some_and(|key| blake2_256(key.as_ref()) == raw),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    const WORDS: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

    #[test]
    fn keys_are_those_of_subkey() {
        for secret in [
            "//Alice",
            "//Provider//0",
            "//Alice///secret",
            &format!("{WORDS}/soft"),
            &format!("{WORDS}//hard/soft/7///pass word"),
            "0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a//Alice",
        ] {
            let theirs = sr25519::Pair::from_string(secret, None).unwrap();
            let ours = Pair::from_suri(Scheme::Sr25519, secret).unwrap();
            assert_eq!(ours.public(), PublicKey::Sr25519(theirs.public()), "{secret}");
        }
        for secret in ["//Alice", "//Alice//7///secret", &format!("{WORDS}//hard")] {
            let ed25519 = ed25519::Pair::from_string(secret, None).unwrap();
            let ours = Pair::from_suri(Scheme::Ed25519, secret).unwrap();
            assert_eq!(ours.public(), PublicKey::Ed25519(ed25519.public()), "{secret}");
            let ecdsa = <ecdsa::Pair as sp_core::Pair>::from_string(secret, None).unwrap();
            let ours = Pair::from_suri(Scheme::Ecdsa, secret).unwrap();
            assert_eq!(ours.public().as_bytes(), &ecdsa.public().0[..], "{secret}");
        }
    }

    #[test]
    fn derivation_in_steps_and_at_once_agree() {
        for scheme in Scheme::ALL {
            let at_once = Pair::from_suri(scheme, "//Provider//3").unwrap();
            let root = Pair::from_suri(scheme, "//Provider").unwrap();
            assert_eq!(root.derive("//3").unwrap().account(), at_once.account());
            assert_eq!(root.derive("3").unwrap_err(), SuriError::Path);
            assert_eq!(root.derive("//3///password").unwrap_err(), SuriError::Path);
        }
    }

    #[test]
    fn every_scheme_signs_and_another_account_or_message_does_not_verify() {
        for scheme in Scheme::ALL {
            let pair = Pair::from_suri(scheme, "//Alice").unwrap();
            let other = Pair::from_suri(scheme, "//Bob").unwrap();
            let signature = pair.sign(b"message");
            assert!(signature.verify(b"message", &pair.account()), "{scheme}");
            assert!(!signature.verify(b"massage", &pair.account()), "{scheme}");
            assert!(!signature.verify(b"message", &other.account()), "{scheme}");
            for bytes in [signature.as_bytes().to_vec(), signature.encode()] {
                assert!(Signature::readings(&bytes).contains(&signature), "{scheme}");
            }
        }
    }

    #[test]
    fn secrets_stay_hidden() {
        let shown = format!("{:?}", Pair::from_suri(Scheme::Ecdsa, "//Alice").unwrap());
        assert!(shown.starts_with("Pair { scheme: Ecdsa, account: "), "{shown}");
        assert!(shown.ends_with(", .. }"), "{shown}");
    }

    #[test]
    fn the_root_secret_of_a_soft_derivation_is_always_the_same() {
        let secret = || Pair::from_suri(Scheme::Sr25519, "//Alice/soft").unwrap().root_secret();
        assert_eq!(secret(), secret());
    }
}
