//! The key file of polkadot.js: what the browser extension, Apps and other wallets export and import.
//!
//! `encoded` is base64 of a PKCS#8-like block, in the clear (`none`) or in an NaCl secret box (`xsalsa20-poly1305`) whose key scrypt
//! makes from the password. The layouts are those of `@polkadot/keyring` 14 (`pair/encode.js`, `pair/decode.js`) and
//! `@polkadot/util-crypto` (`json`, `scrypt`).

mod batch;
mod pkcs8;
mod seal;

pub use batch::Batch;

use crate::{
    PublicKey, Scheme, SuriError,
    address::{read_address, show_address},
    derivation,
    pair::Pair,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use seal::Lock;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::time::{SystemTime, UNIX_EPOCH};
use zeroize::Zeroizing;

/// Largest key file that is read.
const MAX_BYTES: usize = 1 << 16;
/// The version that is written.
const VERSION: &str = "3";
/// Member of `meta` that is ours.
const OURS: &str = "blocs";
/// Version of what we write there.
const OURS_VERSION: u64 = 1;
/// SS58 prefix of addresses in key files; readers take any.
const PREFIX: u16 = 42;

/// Why a key file cannot be written, read or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// Another kind of file.
    #[error("this is no polkadot.js key file: {reason}")]
    Malformed {
        /// What is wrong.
        reason: String,
    },
    /// A version of the format that is not known.
    #[error(
        "the key file has version {version:?} of its format: versions 0 to 3 are known; export it again from a wallet of today"
    )]
    Version {
        /// The version.
        version: String,
    },
    /// A key that this chain has no signatures for.
    #[error("the key file holds a key of type {found}: this chain knows sr25519, ed25519 and ecdsa")]
    Scheme {
        /// The type.
        found: String,
    },
    /// A cipher that is not known, or parameters that would cost too much memory or too little of an attacker's time.
    #[error("refusing the key file's encryption: {reason}; export it again from a wallet of today")]
    Encryption {
        /// What is wrong.
        reason: String,
    },
    /// It is encrypted.
    #[error("the key file is encrypted: give its password")]
    PasswordNeeded,
    /// The password does not open it.
    #[error("the password does not open the key file, or the file is damaged: try another password")]
    WrongPassword,
    /// The password opens it, but it does not hold what it says.
    #[error("the key file is damaged: {reason}; use a backup")]
    Damaged {
        /// What is wrong.
        reason: String,
    },
}

fn malformed(reason: impl ToString) -> KeyFileError {
    KeyFileError::Malformed {
        reason: reason.to_string(),
    }
}

/// One text or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Names {
    Several(Vec<String>),
    One(String),
}

impl Default for Names {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl Names {
    fn as_slice(&self) -> &[String] {
        match self {
            Self::Several(names) => names,
            Self::One(name) => std::slice::from_ref(name),
        }
    }

    fn of(names: &[&str]) -> Self {
        Self::Several(names.iter().map(|name| (*name).to_owned()).collect())
    }
}

/// How `encoded` is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Encoding {
    #[serde(default)]
    content: Names,
    #[serde(default, rename = "type")]
    cipher: Names,
    version: String,
}

impl Encoding {
    fn new(content: &[&str], lock: &Lock) -> Self {
        Self {
            content: Names::of(content),
            cipher: Names::of(lock.names()),
            version: VERSION.to_owned(),
        }
    }

    /// The ciphers' names.
    fn ciphers(&self) -> &[String] {
        self.cipher.as_slice()
    }

    fn is_encrypted(&self) -> bool {
        self.ciphers().iter().any(|name| name == seal::BOX)
    }

    fn check_version(&self) -> Result<(), KeyFileError> {
        if matches!(self.version.as_str(), "0" | "1" | "2" | "3") {
            return Ok(());
        }
        let version = self.version.clone();
        Err(KeyFileError::Version { version })
    }
}

/// An account as polkadot.js writes it. Members and metadata of others are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyFile {
    encoded: String,
    encoding: Encoding,
    address: String,
    #[serde(default)]
    meta: Map<String, Value>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// What an opened key file holds.
#[derive(Clone)]
pub struct Unlocked {
    /// The key.
    pub pair: Pair,
    /// The words, seed or development key that it comes from, with derivations; key files of other programs do not have it.
    pub secret: Option<Zeroizing<String>>,
}

impl std::fmt::Debug for Unlocked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unlocked")
            .field("pair", &self.pair)
            .finish_non_exhaustive()
    }
}

impl KeyFile {
    /// A key file of this version, encrypted when there is a password. `secret` is what the key comes from, when it is to be in the
    /// file: encrypted likewise, in a member of `meta` that other programs pass over.
    pub fn seal(pair: &Pair, secret: Option<&str>, password: Option<&str>, name: &str) -> Result<Self, KeyFileError> {
        let lock = Lock::new(password)?;
        let block = pkcs8::encode(pair);
        let mut meta = Map::new();
        meta.insert("name".to_owned(), name.into());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let millis = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        meta.insert("whenCreated".to_owned(), millis.into());
        let mut file = Self {
            encoded: BASE64.encode(lock.shut(&block)),
            encoding: Encoding::new(&["pkcs8", pair.scheme().name()], &lock),
            address: address_of(&pair.public()),
            meta,
            others: Map::new(),
        };
        if let Some(secret) = secret {
            file.keep_secret(&lock, secret);
        }
        Ok(file)
    }

    fn keep_secret(&mut self, lock: &Lock, secret: &str) {
        let mut ours = Map::new();
        ours.insert("version".to_owned(), OURS_VERSION.into());
        ours.insert(
            "secret".to_owned(),
            BASE64.encode(lock.shut_more(secret.as_bytes())).into(),
        );
        let path = derivation(secret);
        if !path.is_empty() {
            ours.insert("derivation".to_owned(), path.into());
        }
        self.meta.insert(OURS.to_owned(), ours.into());
    }

    /// The same account under another password, or without; metadata and unknown members stay.
    pub fn reseal(&self, unlocked: &Unlocked, password: Option<&str>) -> Result<Self, KeyFileError> {
        let secret = unlocked.secret.as_ref().map(|secret| secret.as_str());
        let mut file = Self::seal(&unlocked.pair, secret, password, &self.name())?;
        let ours = file.meta.remove(OURS);
        file.meta = self.meta.clone();
        file.meta.remove(OURS);
        file.meta.extend(ours.map(|ours| (OURS.to_owned(), ours)));
        file.others = self.others.clone();
        Ok(file)
    }

    /// Reads a key file's text.
    pub fn parse(text: &str) -> Result<Self, KeyFileError> {
        if text.len() > MAX_BYTES {
            return Err(malformed(format!("it has {} bytes", text.len())));
        }
        let file: Self = serde_json::from_str(text).map_err(malformed)?;
        file.check()?;
        Ok(file)
    }

    /// Checks what can be checked without a password.
    fn check(&self) -> Result<(), KeyFileError> {
        self.encoding.check_version()?;
        self.stated_scheme()?;
        if self.stated_public().is_none() {
            return Err(malformed(format!("{:?} is no address", self.address)));
        }
        seal::check(self.encoding.ciphers(), &self.block()?)
    }

    /// Its text.
    pub fn to_json(&self) -> String {
        // Maps with keys of text and values of text and numbers.
        serde_json::to_string(self).expect("a key file has nothing that JSON lacks; qed")
    }

    /// Opens it. The password is not looked at when it is not encrypted.
    pub fn open(&self, password: Option<&str>) -> Result<Unlocked, KeyFileError> {
        self.check()?;
        let block = self.block()?;
        let lock = Lock::of(self.encoding.ciphers(), &block, password)?;
        let plain = lock.open(&block).ok_or(KeyFileError::WrongPassword)?;
        let parts = pkcs8::decode(&plain).ok_or_else(|| damaged("its content is not laid out as a key"))?;
        let schemes = match self.stated_scheme()? {
            Some(scheme) => vec![scheme],
            // Version 0 does not say which: the address does.
            None => Scheme::ALL.to_vec(),
        };
        let pair = schemes.into_iter().find_map(|scheme| {
            let pair = parts.pair(scheme)?;
            self.is_of(&pair.public()).then_some(pair)
        });
        let pair = pair.ok_or_else(|| damaged("its key is not that of its address"))?;
        let secret = self.kept_secret(&lock, &pair);
        Ok(Unlocked { pair, secret })
    }

    /// The secret that is kept; none when another program has encrypted the file anew, because the key of both comes from one salt.
    fn kept_secret(&self, lock: &Lock, pair: &Pair) -> Option<Zeroizing<String>> {
        let text = self.ours("secret")?.as_str()?;
        let plain = lock.open_more(&BASE64.decode(text).ok()?)?;
        let secret = Zeroizing::new(std::str::from_utf8(&plain).ok()?.to_owned());
        let same = Pair::from_suri(pair.scheme(), &secret).ok()?.public() == pair.public();
        same.then_some(secret)
    }

    fn ours(&self, name: &str) -> Option<&Value> {
        self.meta.get(OURS)?.get(name)
    }

    /// Whether the words are in the file as well.
    pub fn keeps_secret(&self) -> bool {
        self.ours("secret").is_some()
    }

    /// Whether a password protects it.
    pub fn is_encrypted(&self) -> bool {
        self.encoding.is_encrypted()
    }

    /// The account's name, as the program that wrote the file calls it.
    pub fn name(&self) -> String {
        let name = self.meta.get("name").and_then(Value::as_str);
        name.unwrap_or_default().to_owned()
    }

    /// Gives it another name.
    pub fn set_name(&mut self, name: &str) {
        self.meta.insert("name".to_owned(), name.into());
    }

    /// Metadata, whoever wrote it.
    pub fn meta(&self) -> &Map<String, Value> {
        &self.meta
    }

    /// The derivations of its key that the file tells.
    pub fn derivation(&self) -> Option<&str> {
        let theirs = || self.meta.get("parentAddress").and_then(|_| self.meta.get("suri"));
        self.ours("derivation").or_else(theirs)?.as_str()
    }

    /// The public key, as far as the file tells it without its password: of ecdsa keys in old files only the account is known.
    pub fn public(&self) -> Option<PublicKey> {
        match self.stated_public()? {
            Stated::Key(bytes) => PublicKey::from_bytes(self.scheme()?, &bytes),
            Stated::Account(account) => PublicKey::from_bytes(self.scheme()?, account.as_ref()),
        }
    }

    /// The account, as far as the file tells it without its password.
    pub fn account(&self) -> Option<sp_core::crypto::AccountId32> {
        match self.stated_public()? {
            Stated::Account(account) => Some(account),
            Stated::Key(bytes) => Some(PublicKey::from_bytes(self.scheme()?, &bytes)?.account()),
        }
    }

    /// The scheme that it names.
    pub fn scheme(&self) -> Option<Scheme> {
        self.stated_scheme().ok().flatten()
    }

    fn stated_scheme(&self) -> Result<Option<Scheme>, KeyFileError> {
        let content = self.encoding.content.as_slice();
        if self.encoding.version == "0" || matches!(self.encoding.content, Names::One(_)) {
            return Ok(None);
        }
        if self.encoding.version == VERSION && content.first().is_none_or(|kind| kind != "pkcs8") {
            return Err(malformed(format!("it holds {}", content.join(","))));
        }
        let found = content
            .get(1)
            .ok_or_else(|| malformed("it does not say of what type its key is"))?;
        let scheme = found.parse();
        scheme
            .map(Some)
            .map_err(|_| KeyFileError::Scheme { found: found.clone() })
    }

    fn stated_public(&self) -> Option<Stated> {
        match self.address.strip_prefix("0x") {
            Some(digits) => hex::decode(digits)
                .ok()
                .filter(|key| matches!(key.len(), 32 | 33))
                .map(Stated::Key),
            None => read_address(&self.address).map(|(account, _)| Stated::Account(account)),
        }
    }

    fn is_of(&self, key: &PublicKey) -> bool {
        match self.stated_public() {
            Some(Stated::Key(bytes)) => bytes == key.as_bytes(),
            Some(Stated::Account(account)) => account == key.account(),
            None => false,
        }
    }

    fn block(&self) -> Result<Vec<u8>, KeyFileError> {
        let decoded = match self.encoded.strip_prefix("0x") {
            Some(digits) => hex::decode(digits).ok(),
            None => BASE64.decode(&self.encoded).ok(),
        };
        decoded.ok_or_else(|| malformed("`encoded` is neither base64 nor hexadecimal"))
    }
}

/// What a file's `address` tells.
enum Stated {
    /// A public key in hexadecimal.
    Key(Vec<u8>),
    /// An address.
    Account(sp_core::crypto::AccountId32),
}

/// What polkadot.js writes as address: for ecdsa the public key, which an address does not tell.
fn address_of(key: &PublicKey) -> String {
    match key {
        PublicKey::Ecdsa(key) => format!("0x{}", hex::encode(key)),
        PublicKey::Sr25519(_) | PublicKey::Ed25519(_) => show_address(&key.account(), PREFIX),
    }
}

fn damaged(reason: &str) -> KeyFileError {
    KeyFileError::Damaged {
        reason: reason.to_owned(),
    }
}

impl From<SuriError> for KeyFileError {
    fn from(error: SuriError) -> Self {
        damaged(&error.to_string())
    }
}
