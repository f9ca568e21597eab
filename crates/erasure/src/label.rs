//! What a deal says about itself on the chain, readable by its owner only: enough to list it and to find its manifest.

use crate::{
    MasterKey,
    keys::{TAG_BYTES, open, random_nonce, seal},
};
use codec::{Decode, Encode};
use ring::aead::NONCE_LEN;

/// Most bytes that the chain keeps of a label.
pub const MAX_LABEL_BYTES: usize = 512;

/// Most bytes in a name.
pub const MAX_NAME_BYTES: usize = 400;

/// Lengths that a label can have, so that it tells little about the name's.
const BUCKETS: [usize; 4] = [128, 256, 384, MAX_LABEL_BYTES];

/// Version of the format.
const VERSION: u8 = 1;

/// Purpose of the key that labels are encrypted under.
const PURPOSE: &str = "blocs 2026 deal label v1";

/// The label of a deal.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Label {
    /// The name that the owner gave.
    pub name: String,
    /// Bytes of content.
    pub content_bytes: u64,
    /// Files.
    pub files: u32,
    /// Seconds since 1970 of the put.
    pub created: u64,
    /// Bytes of the encrypted manifest: its shard is the last `ceil(manifest_bytes / k)` bytes of every slot.
    pub manifest_bytes: u32,
}

/// Why a label cannot be made or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// The name does not fit.
    #[error("the name has {bytes} bytes; a name has 1 to {MAX_NAME_BYTES}: choose a shorter one with --name")]
    BadName {
        /// Its length.
        bytes: usize,
    },
    /// A later version of the format.
    #[error("cannot read the label: its version {version} is unknown; use a later release")]
    UnknownVersion {
        /// The version found.
        version: u8,
    },
    /// Of another account or deal, or altered.
    #[error("cannot read the label: it was not made with this account's key for this deal")]
    Unreadable,
}

impl Label {
    /// Encrypts it for a deal.
    pub fn seal(&self, master: &MasterKey, deal: &[u8; 32]) -> Result<Vec<u8>, LabelError> {
        let bytes = self.name.len();
        if bytes == 0 || bytes > MAX_NAME_BYTES {
            return Err(LabelError::BadName { bytes });
        }
        let nonce = random_nonce();
        let mut sealed = vec![VERSION];
        sealed.extend_from_slice(&nonce);
        self.encode_to(&mut sealed);
        let padded = BUCKETS.into_iter().find(|bucket| sealed.len() + TAG_BYTES <= *bucket);
        let padded = padded.ok_or(LabelError::BadName { bytes })?;
        sealed.resize(padded - TAG_BYTES, 0);
        let (header, body) = sealed.split_at_mut(1 + NONCE_LEN);
        let tag = seal(&master.derive(PURPOSE, deal), nonce, header, body);
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// Opens the label of a deal.
    pub fn open(sealed: &[u8], master: &MasterKey, deal: &[u8; 32]) -> Result<Self, LabelError> {
        let version = *sealed.first().ok_or(LabelError::Unreadable)?;
        if version != VERSION {
            return Err(LabelError::UnknownVersion { version });
        }
        let (header, body) = sealed.split_at_checked(1 + NONCE_LEN).ok_or(LabelError::Unreadable)?;
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&header[1..]);
        let mut body = body.get(..MAX_LABEL_BYTES.min(body.len())).unwrap_or_default().to_vec();
        let plain = open(&master.derive(PURPOSE, deal), nonce, header, &mut body).ok_or(LabelError::Unreadable)?;
        Self::decode(&mut &plain[..]).map_err(|_| LabelError::Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn label(name: &str) -> Label {
        Label {
            name: name.into(),
            content_bytes: 1 << 40,
            files: 7,
            created: 1_800_000_000,
            manifest_bytes: 90_000,
        }
    }

    proptest! {
        #[test]
        fn comes_back_padded(name in ".{1,100}") {
            let master = MasterKey::from_entropy(b"mine");
            let sealed = label(&name).seal(&master, &[1; 32]).expect("a short name");
            prop_assert!(BUCKETS.contains(&sealed.len()));
            prop_assert_eq!(Label::open(&sealed, &master, &[1; 32]), Ok(label(&name)));
            prop_assert_eq!(Label::open(&sealed, &master, &[2; 32]), Err(LabelError::Unreadable));
            let other = MasterKey::from_entropy(b"yours");
            prop_assert_eq!(Label::open(&sealed, &other, &[1; 32]), Err(LabelError::Unreadable));
        }

        #[test]
        fn junk_is_refused(junk in proptest::collection::vec(any::<u8>(), 0..600)) {
            prop_assert!(Label::open(&junk, &MasterKey::from_entropy(b"mine"), &[1; 32]).is_err());
        }
    }

    #[test]
    fn names_have_a_length() {
        let master = MasterKey::from_entropy(b"mine");
        let longest = label(&"x".repeat(MAX_NAME_BYTES))
            .seal(&master, &[1; 32])
            .expect("just fits");
        assert_eq!(longest.len(), MAX_LABEL_BYTES);
        for name in [String::new(), "x".repeat(MAX_NAME_BYTES + 1)] {
            let bytes = name.len();
            assert_eq!(label(&name).seal(&master, &[1; 32]), Err(LabelError::BadName { bytes }));
        }
    }
}
