//! An account and its content keys, all from one secret.

use blocs_chain::{Signer, SignerError, Sr25519Signer};
use blocs_erasure::{Label, Manifest, ManifestError, MasterKey};
use blocs_keys::Scheme;
use blocs_primitives::{AccountId, DealId};
use std::iter;
use zeroize::Zeroizing;

/// The phrase that development keys such as `//Alice` are derived from.
const DEVELOPMENT_PHRASE: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

/// Who the client acts for. Secrets in it are wiped when dropped and never shown.
///
/// What is stored is encrypted under a key that follows from the account's own secret, so that words and key files of the account
/// read the same. What earlier releases stored is encrypted under a key that follows from the words, and read when they are there.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The account's key.
    pub signer: Sr25519Signer,
    pub(crate) master: MasterKey,
    of_words: Option<MasterKey>,
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
    /// A key of another scheme.
    #[error(
        "cannot store or fetch files with the {0} account: providers know their customers by sr25519 keys; use an sr25519 account \
         (`blocs account new`), to which you can transfer tokens from this one"
    )]
    Scheme(Scheme),
}

impl Identity {
    /// The identity of a mnemonic, a seed in hex (`0x…`) or a development key, with optional derivations.
    pub fn from_secret(secret: &str) -> Result<Self, IdentityError> {
        Self::new(&Signer::from_suri(secret)?, Some(secret))
    }

    /// The identity of an account. Without the `secret` that its key comes from, what releases before key files stored stays
    /// unreadable.
    pub fn new(signer: &Signer, secret: Option<&str>) -> Result<Self, IdentityError> {
        let scheme = IdentityError::Scheme(signer.scheme());
        let signer = signer.as_sr25519().ok_or(scheme)?;
        let master = MasterKey::from_account_secret(&signer.pair().root_secret());
        let of_words = secret.map(master_of_words).transpose()?;
        Ok(Self {
            signer,
            master,
            of_words,
        })
    }

    /// Its account.
    pub fn account(&self) -> AccountId {
        self.signer.account()
    }

    /// The master keys that something of the account can be encrypted under, the one of today first.
    fn masters(&self) -> impl Iterator<Item = &MasterKey> {
        iter::once(&self.master).chain(&self.of_words)
    }

    /// Opens a deal's label.
    pub(crate) fn open_label(&self, sealed: &[u8], deal: DealId) -> Option<Label> {
        self.masters()
            .find_map(|master| Label::open(sealed, master, &deal.0.0).ok())
    }

    /// Opens a deal's manifest.
    pub(crate) fn open_manifest(&self, sealed: &[u8], deal: DealId) -> Result<Manifest, ManifestError> {
        let mut opened = Err(ManifestError::WrongKey);
        for master in self.masters() {
            opened = Manifest::open(sealed, master, deal.0.as_bytes());
            if !matches!(opened, Err(ManifestError::WrongKey)) {
                break;
            }
        }
        opened
    }

    /// The master key that a manifest's content key is encrypted under; that of today when it is of somebody else.
    pub(crate) fn master_of(&self, manifest: &Manifest) -> &MasterKey {
        let mut masters = self.masters();
        masters
            .find(|master| master.id() == manifest.key.key_id)
            .unwrap_or(&self.master)
    }
}

/// The master key of releases before key files: from the entropy of the words (or the seed) and, when there are derivations, their
/// text.
fn master_of_words(secret: &str) -> Result<MasterKey, IdentityError> {
    let secret = secret.trim();
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
    Ok(MasterKey::from_entropy(&entropy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use blocs_erasure::{ContentKey, Decoder, EncodeOptions, Encoder};
    use blocs_keys::{KeyFile, Pair};

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
    fn words_and_key_file_of_an_account_give_the_same_content_key() {
        for secret in [DEVELOPMENT_PHRASE, "//Alice", "//Alice/soft/0"] {
            let pair = Pair::from_suri(Scheme::Sr25519, secret).expect("a valid secret");
            let file = KeyFile::seal(&pair, None, None, "mine").expect("a key file");
            let of_file = file.open(None).expect("opens").pair;
            let of_file = Identity::new(&of_file.into(), None).expect("an sr25519 key");
            let of_words = Identity::from_secret(secret).expect("a valid secret");
            assert_eq!(of_file.master.id(), of_words.master.id(), "{secret}");
        }
    }

    #[test]
    fn what_was_stored_under_the_words_is_still_read() {
        let identity = Identity::from_secret(DEVELOPMENT_PHRASE).expect("a mnemonic");
        let entropy = bip39::Mnemonic::parse(DEVELOPMENT_PHRASE)
            .expect("a mnemonic")
            .to_entropy();
        let old = MasterKey::from_entropy(&entropy);
        assert_ne!(identity.master.id(), old.id());
        let label = Label {
            name: "letters/1".into(),
            content_bytes: 1,
            files: 1,
            created: 1,
            manifest_bytes: 1,
        };
        let deal = DealId(Default::default());
        let sealed = label.seal(&old, &deal.0.0).expect("a short name");
        assert_eq!(identity.open_label(&sealed, deal), Some(label));
        let sink = |_| Ok(());
        let encoder = Encoder::new(&old, &ContentKey::random(), &EncodeOptions::new(2, 1), sink).expect("few shards");
        let manifest = encoder.finish().expect("no content");
        let sealed_manifest = manifest.seal(&old, &deal.0.0).expect("small");
        let opened = identity.open_manifest(&sealed_manifest, deal).expect("its own");
        let master = identity.master_of(&opened).clone();
        assert_eq!(master.id(), old.id());
        assert!(Decoder::new(opened, &master).is_ok());

        let without_words = Identity::new(&identity.signer, None).expect("an sr25519 key");
        assert_eq!(without_words.open_label(&sealed, deal), None);
        let unreadable = without_words.open_manifest(&sealed_manifest, deal);
        assert!(matches!(unreadable, Err(ManifestError::WrongKey)));
        assert!(format!("{identity:?}").contains("MasterKey(redacted)"));
    }

    #[test]
    fn keys_that_providers_do_not_know_are_refused() {
        let pair = Pair::from_suri(Scheme::Ed25519, "//Alice").expect("a valid secret");
        let error = Identity::new(&pair.into(), Some("//Alice")).expect_err("refused");
        assert!(error.to_string().contains("ed25519"), "{error}");
    }
}
