//! Secrets as people write them: words, a seed in hexadecimal or a development key, with derivations and a password.

use crate::Scheme;
use sp_core::crypto::{DEV_PHRASE, DeriveJunction};
use zeroize::Zeroizing;

/// Why a secret gives no key. The secret itself is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SuriError {
    /// The words.
    #[error(
        "the words are no BIP-39 mnemonic: a mnemonic has 12, 15, 18, 21 or 24 English words, the last of which is a checksum; look for typing errors"
    )]
    Words,
    /// The seed.
    #[error("the seed is not 0x and 64 hexadecimal digits")]
    Seed,
    /// The derivations.
    #[error("the derivation path does not read //name or /name, such as //storage//0")]
    Path,
    /// A derivation that the scheme does not have.
    #[error("{0} keys have hard derivations only: write //name in place of /name")]
    SoftPath(Scheme),
}

/// Length of a new mnemonic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WordCount {
    /// 128 bits.
    #[default]
    Twelve,
    /// 256 bits.
    TwentyFour,
}

/// New words from the system's generator.
pub fn new_mnemonic(words: WordCount) -> Zeroizing<String> {
    let mut entropy = Zeroizing::new([0u8; 32]);
    rand::RngCore::fill_bytes(&mut rand::rngs::OsRng, entropy.as_mut());
    let bytes = match words {
        WordCount::Twelve => &entropy[..16],
        WordCount::TwentyFour => &entropy[..],
    };
    let mnemonic = bip39::Mnemonic::from_entropy(bytes).expect("16 and 32 bytes are lengths of entropy; qed");
    Zeroizing::new(mnemonic.to_string())
}

/// The derivations in a secret, without words and password: `//storage/1`. They are no secret.
pub fn derivation(secret: &str) -> &str {
    let start = secret.find('/').unwrap_or(secret.len());
    let end = secret.find("///").unwrap_or(secret.len());
    secret.get(start..end).unwrap_or_default()
}

/// A secret taken apart.
pub(crate) struct Suri<'a> {
    pub(crate) root: Root<'a>,
    pub(crate) password: Option<&'a str>,
    pub(crate) junctions: Vec<DeriveJunction>,
}

/// What the derivations begin with.
pub(crate) enum Root<'a> {
    Words(&'a str),
    Seed(Zeroizing<[u8; 32]>),
}

impl<'a> Suri<'a> {
    pub(crate) fn parse(secret: &'a str) -> Result<Self, SuriError> {
        let secret = secret.trim();
        let (rest, password) = match secret.split_once("///") {
            Some((rest, password)) => (rest, Some(password)),
            None => (secret, None),
        };
        let (phrase, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let phrase = phrase.trim();
        let root = match phrase.strip_prefix("0x") {
            Some(digits) => {
                let mut seed = Zeroizing::new([0u8; 32]);
                hex::decode_to_slice(digits, seed.as_mut()).map_err(|_| SuriError::Seed)?;
                Root::Seed(seed)
            }
            None if phrase.is_empty() && (!path.is_empty() || password.is_some()) => Root::Words(DEV_PHRASE),
            None => Root::Words(phrase),
        };
        Ok(Self {
            root,
            password,
            junctions: junctions(path)?,
        })
    }
}

/// The derivations that a path names: `//hard/soft`.
pub(crate) fn junctions(path: &str) -> Result<Vec<DeriveJunction>, SuriError> {
    let mut found = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        rest = rest.strip_prefix('/').ok_or(SuriError::Path)?;
        let name = rest.strip_prefix('/').unwrap_or(rest);
        let end = name.find('/').unwrap_or(name.len());
        if end == 0 {
            return Err(SuriError::Path);
        }
        let (name, after) = name.split_at(end);
        let soft = DeriveJunction::from(name);
        found.push(if rest.starts_with('/') { soft.harden() } else { soft });
        rest = after;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use crate::Pair;

    #[test]
    fn new_words_have_the_length_asked_for_and_give_a_key() {
        for (count, length) in [(WordCount::Twelve, 12), (WordCount::TwentyFour, 24)] {
            let words = new_mnemonic(count);
            assert_eq!(words.split(' ').count(), length);
            assert!(Pair::from_suri(Scheme::Ecdsa, &words).is_ok());
            assert_ne!(words, new_mnemonic(count));
        }
    }

    #[test]
    fn the_derivation_is_shown_without_the_secret() {
        assert_eq!(derivation("bottom drive//storage/1///password"), "//storage/1");
        assert_eq!(derivation("//Alice"), "//Alice");
        assert_eq!(derivation("bottom drive"), "");
        assert_eq!(derivation("bottom drive///password"), "");
    }

    #[test]
    fn errors_name_what_is_wrong_but_not_the_secret() {
        let error = |secret| Pair::from_suri(Scheme::Sr25519, secret).unwrap_err();
        assert_eq!(error("correct horse battery staple"), SuriError::Words);
        assert_eq!(error(""), SuriError::Words);
        assert_eq!(error("0x1234"), SuriError::Seed);
        assert_eq!(error("//Alice//"), SuriError::Path);
        assert_eq!(
            Pair::from_suri(Scheme::Ed25519, "//Alice/soft").unwrap_err(),
            SuriError::SoftPath(Scheme::Ed25519)
        );
        assert!(!error("correct horse battery staple").to_string().contains("horse"));
    }
}
