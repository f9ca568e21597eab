//! An account and its content key, both from one secret.

use blocs_chain::{Signer, SignerError};
use blocs_erasure::MasterKey;
use blocs_primitives::AccountId;
use zeroize::Zeroizing;

/// The phrase that development keys such as `//Alice` are derived from.
const DEVELOPMENT_PHRASE: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

/// Who the client acts for. Secrets in it are wiped when dropped and never shown.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The account's key.
    pub signer: Signer,
    pub(crate) master: MasterKey,
}

/// Why an identity could not be made. The secret itself is not repeated.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// No account key.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// No content key.
    #[error(
        "cannot derive the content key: {reason}; give 12 to 24 English words, a seed in hex, or a development key such as //Alice"
    )]
    Content {
        /// What is wrong.
        reason: &'static str,
    },
}

impl Identity {
    /// The identity of a mnemonic, a seed in hex (`0x…`) or a development key, with optional derivations.
    ///
    /// The content key is derived from the entropy of the words (or the seed) and, when there are derivations, their text: accounts
    /// derived from one phrase do not share content keys.
    pub fn from_secret(secret: &str) -> Result<Self, IdentityError> {
        let secret = secret.trim();
        let signer = Signer::from_suri(secret)?;
        let (phrase, path) = secret.split_at(secret.find('/').unwrap_or(secret.len()));
        let phrase = if phrase.trim().is_empty() {
            DEVELOPMENT_PHRASE
        } else {
            phrase.trim()
        };
        let mut entropy = Zeroizing::new(match phrase.strip_prefix("0x") {
            Some(seed) => hex::decode(seed).map_err(|_| IdentityError::Content {
                reason: "the seed is not hexadecimal",
            })?,
            None => bip39::Mnemonic::parse_in(bip39::Language::English, phrase)
                .map_err(|_| IdentityError::Content {
                    reason: "the words are no BIP-39 mnemonic",
                })?
                .to_entropy(),
        });
        entropy.extend_from_slice(path.as_bytes());
        Ok(Self {
            signer,
            master: MasterKey::from_entropy(&entropy),
        })
    }

    /// Its account.
    pub fn account(&self) -> AccountId {
        self.signer.account()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_of_one_phrase_have_keys_of_their_own() {
        let alice = Identity::from_secret("//Alice").expect("a development key");
        let bob = Identity::from_secret("//Bob").expect("a development key");
        let spelled = Identity::from_secret(&format!(" {DEVELOPMENT_PHRASE}//Alice ")).expect("a mnemonic");
        assert_ne!(alice.master.id(), bob.master.id());
        assert_eq!(alice.master.id(), spelled.master.id());
        assert_eq!(alice.account(), spelled.account());
        assert!(Identity::from_secret("correct horse battery staple").is_err());
    }

    #[test]
    fn the_content_key_is_that_of_the_entropy() {
        let identity = Identity::from_secret(DEVELOPMENT_PHRASE).expect("a mnemonic");
        let entropy = bip39::Mnemonic::parse(DEVELOPMENT_PHRASE)
            .expect("a mnemonic")
            .to_entropy();
        assert_eq!(identity.master.id(), MasterKey::from_entropy(&entropy).id());
        assert!(format!("{identity:?}").contains("MasterKey(redacted)"));
    }
}
