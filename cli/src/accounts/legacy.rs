//! Account files of releases before key files: the words, in the clear or under AES-256-GCM.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use serde::Deserialize;
#[cfg(test)]
use serde::Serialize;
use zeroize::Zeroizing;

/// An account, version 1.
#[derive(Deserialize)]
#[cfg_attr(test, derive(Serialize))]
pub(super) struct Legacy {
    pub(super) version: u8,
    pub(super) address: String,
    #[serde(flatten)]
    secret: Secret,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(Serialize))]
#[serde(rename_all = "lowercase")]
enum Secret {
    /// The words themselves.
    Plain(String),
    /// Encrypted with a password.
    Encrypted(Encrypted),
}

/// AES-256-GCM under a key that scrypt makes from the password. Bytes in hex.
#[derive(Deserialize)]
#[cfg_attr(test, derive(Serialize))]
struct Encrypted {
    log_n: u8,
    salt: String,
    nonce: String,
    ciphertext: String,
}

impl Legacy {
    pub(super) fn is_encrypted(&self) -> bool {
        matches!(self.secret, Secret::Encrypted(_))
    }

    /// The words; `None` when they are encrypted and the password does not open them.
    pub(super) fn open(&self, password: Option<&str>) -> Option<Zeroizing<String>> {
        match &self.secret {
            Secret::Plain(words) => Some(Zeroizing::new(words.clone())),
            Secret::Encrypted(encrypted) => decrypt(encrypted, password?),
        }
    }
}

fn key(password: &str, salt: &[u8], log_n: u8) -> Option<LessSafeKey> {
    let params = scrypt::Params::new(log_n, 8, 1, 32)
        .ok()
        .filter(|_| (10..=20).contains(&log_n))?;
    let mut bytes = Zeroizing::new([0u8; 32]);
    scrypt::scrypt(password.as_bytes(), salt, &params, bytes.as_mut()).ok()?;
    UnboundKey::new(&AES_256_GCM, bytes.as_ref()).ok().map(LessSafeKey::new)
}

fn decrypt(encrypted: &Encrypted, password: &str) -> Option<Zeroizing<String>> {
    let salt = hex::decode(&encrypted.salt).ok()?;
    let nonce: [u8; 12] = hex::decode(&encrypted.nonce).ok()?.try_into().ok()?;
    let mut text = Zeroizing::new(hex::decode(&encrypted.ciphertext).ok()?);
    let opened = key(password, &salt, encrypted.log_n)?
        .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text)
        .ok()?;
    std::str::from_utf8(opened)
        .ok()
        .map(|words| Zeroizing::new(words.to_owned()))
}

/// What an earlier release would have written.
#[cfg(test)]
pub(super) fn write(address: &str, words: &str, password: Option<&str>) -> String {
    let secret = match password {
        None => Secret::Plain(words.to_owned()),
        Some(password) => {
            let (salt, nonce, log_n) = ([7; 32], [9; 12], 15);
            let mut text = words.as_bytes().to_vec();
            key(password, &salt, log_n)
                .expect("allowed parameters")
                .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text)
                .expect("a short text");
            Secret::Encrypted(Encrypted {
                log_n,
                salt: hex::encode(salt),
                nonce: hex::encode(nonce),
                ciphertext: hex::encode(text),
            })
        }
    };
    let legacy = Legacy {
        version: 1,
        address: address.to_owned(),
        secret,
    };
    serde_json::to_string_pretty(&legacy).expect("plain data")
}
