//! The secrets of an account: one master key, and what is derived from it.

use codec::{Decode, Encode, MaxEncodedLen};
use rand::{RngCore, rngs::OsRng};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::fmt;
use zeroize::Zeroizing;

/// Bytes in an AES-256 key.
pub(crate) const KEY_BYTES: usize = 32;
/// Bytes that AES-GCM adds.
pub(crate) const TAG_BYTES: usize = 16;

/// A secret key: wiped when dropped, never shown.
pub(crate) type Secret = Zeroizing<[u8; KEY_BYTES]>;

/// Names a master key without telling anything about it.
pub type KeyId = [u8; 8];

/// The key above all content of an account. All else is derived from it or wrapped under it.
#[derive(Clone)]
pub struct MasterKey(Secret);

impl MasterKey {
    /// The master key that belongs to the entropy of a mnemonic.
    pub fn from_entropy(entropy: &[u8]) -> Self {
        Self(Zeroizing::new(blake3::derive_key(
            "blocs 2026 content master key v1",
            entropy,
        )))
    }

    /// The master key that belongs to an account's own secret: the same for who has the words and who has a key file.
    pub fn from_account_secret(secret: &[u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(blake3::derive_key(
            "blocs 2026 content master key of an account v1",
            secret,
        )))
    }

    /// Names this key in what is encrypted under it. AES-GCM does not commit to its key, so the id is authenticated with it.
    pub fn id(&self) -> KeyId {
        let digest = blake3::derive_key("blocs 2026 content master key id v1", self.0.as_slice());
        let mut id = KeyId::default();
        id.copy_from_slice(&digest[..8]);
        id
    }

    /// The secret under which chunks get their ids: equal chunks are equal inside the account, and mean nothing outside it.
    pub(crate) fn chunk_id_key(&self) -> Secret {
        self.derive("blocs 2026 chunk id v1", &[])
    }

    /// The seed that shifts the chunker's cuts, so that chunk lengths do not identify a known file.
    pub(crate) fn chunker_seed(&self) -> u64 {
        let digest = self.derive("blocs 2026 chunker seed v1", &[]);
        let mut seed = [0; 8];
        seed.copy_from_slice(&digest[..8]);
        u64::from_le_bytes(seed)
    }

    /// The key of what this account stores under `purpose` in `context`.
    pub(crate) fn derive(&self, purpose: &'static str, context: &[u8]) -> Secret {
        let mut hasher = blake3::Hasher::new_derive_key(purpose);
        hasher.update(self.0.as_slice()).update(context);
        Zeroizing::new(*hasher.finalize().as_bytes())
    }

    fn wrapping_key(&self) -> Secret {
        self.derive("blocs 2026 content key wrapping v1", &[])
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(redacted)")
    }
}

/// The random key of one deal's content.
#[derive(Clone)]
pub struct ContentKey(Secret);

impl ContentKey {
    /// A new key from the operating system's generator.
    pub fn random() -> Self {
        let mut key = Secret::default();
        OsRng.fill_bytes(key.as_mut_slice());
        Self(key)
    }

    /// Wraps the key under the master key.
    pub fn wrap(&self, master: &MasterKey) -> WrappedKey {
        let key_id = master.id();
        let nonce = random_nonce();
        let mut sealed = [0; KEY_BYTES + TAG_BYTES];
        let (body, tag) = sealed.split_at_mut(KEY_BYTES);
        body.copy_from_slice(self.0.as_slice());
        tag.copy_from_slice(&seal(&master.wrapping_key(), nonce, &key_id, body));
        WrappedKey { key_id, nonce, sealed }
    }

    /// The key of one chunk: only this chunk's bytes in this form are ever encrypted under it.
    pub(crate) fn chunk_key(&self, form: &[u8]) -> Secret {
        Zeroizing::new(*blake3::keyed_hash(&self.0, form).as_bytes())
    }
}

impl fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContentKey(redacted)")
    }
}

/// A content key encrypted under a master key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct WrappedKey {
    /// The master key that opens it.
    pub key_id: KeyId,
    /// Random.
    pub nonce: [u8; NONCE_LEN],
    /// The key and the tag.
    pub sealed: [u8; KEY_BYTES + TAG_BYTES],
}

impl WrappedKey {
    /// Opens it with the master key; `None` when it is of another master key or altered.
    pub fn unwrap_with(&self, master: &MasterKey) -> Option<ContentKey> {
        let mut sealed = Zeroizing::new(self.sealed);
        let body = open(&master.wrapping_key(), self.nonce, &self.key_id, sealed.as_mut_slice())?;
        let mut key = Secret::default();
        key.copy_from_slice(body);
        (self.key_id == master.id()).then_some(ContentKey(key))
    }
}

/// A nonce from the operating system's generator.
pub(crate) fn random_nonce() -> [u8; NONCE_LEN] {
    let mut nonce = [0; NONCE_LEN];
    OsRng.fill_bytes(&mut nonce);
    nonce
}

/// Encrypts in place and returns the tag.
pub(crate) fn seal(key: &Secret, nonce: [u8; NONCE_LEN], aad: &[u8], body: &mut [u8]) -> [u8; TAG_BYTES] {
    let tag = aes(key)
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), body)
        .expect("a body is far below the limit of 64 GiB; qed");
    let mut bytes = [0; TAG_BYTES];
    bytes.copy_from_slice(tag.as_ref());
    bytes
}

/// Decrypts body and tag in place and returns the body; `None` when anything has been altered or the key is another.
pub(crate) fn open<'a>(
    key: &Secret,
    nonce: [u8; NONCE_LEN],
    aad: &[u8],
    body_and_tag: &'a mut [u8],
) -> Option<&'a mut [u8]> {
    aes(key)
        .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(aad), body_and_tag)
        .ok()
}

fn aes(key: &Secret) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.as_slice()).expect("the key has 32 bytes; qed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_key_opens_under_its_master_key_only() {
        let master = MasterKey::from_entropy(&[1; 16]);
        let other = MasterKey::from_entropy(&[2; 16]);
        let content = ContentKey::random();
        let wrapped = content.wrap(&master);
        let opened = wrapped.unwrap_with(&master).expect("the right key");
        assert_eq!(opened.0, content.0);
        assert!(wrapped.unwrap_with(&other).is_none());
        let mut renamed = wrapped.clone();
        renamed.key_id = other.id();
        assert!(renamed.unwrap_with(&master).is_none());
        let mut altered = wrapped;
        altered.sealed[0] ^= 1;
        assert!(altered.unwrap_with(&master).is_none());
    }

    #[test]
    fn secrets_are_not_shown() {
        let master = MasterKey::from_entropy(&[1; 16]);
        assert_eq!(
            format!("{master:?} {:?}", ContentKey::random()),
            "MasterKey(redacted) ContentKey(redacted)"
        );
    }
}
