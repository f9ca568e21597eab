//! Several accounts in one file: "export all accounts" of the browser extension.

use super::{Encoding, KeyFile, KeyFileError, Lock, malformed, seal};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::Deserialize;
use serde_json::Value;

/// Largest batch that is read, and most accounts in it: each costs a run of scrypt.
const MAX_BYTES: usize = 1 << 22;
const MAX_ACCOUNTS: usize = 256;

/// What the browser extension exports when it exports all accounts.
#[derive(Clone, Debug, Deserialize)]
pub struct Batch {
    encoded: String,
    encoding: Encoding,
    accounts: Vec<Value>,
}

impl Batch {
    /// Whether a text is a batch, as its member `accounts` tells.
    pub fn is_one(text: &str) -> bool {
        let value: Result<Value, _> = serde_json::from_str(text);
        value.is_ok_and(|value| value.get("accounts").is_some_and(Value::is_array))
    }

    /// Reads a batch's text.
    pub fn parse(text: &str) -> Result<Self, KeyFileError> {
        if text.len() > MAX_BYTES {
            return Err(malformed(format!("it has {} bytes", text.len())));
        }
        let batch: Self = serde_json::from_str(text).map_err(malformed)?;
        batch.encoding.check_version()?;
        let content = batch.encoding.content.as_slice();
        if content.first().is_none_or(|kind| kind != "batch-pkcs8") {
            return Err(malformed(format!("it holds {}", content.join(","))));
        }
        if batch.accounts.len() > MAX_ACCOUNTS {
            return Err(malformed(format!(
                "it has {} accounts, more than {MAX_ACCOUNTS}: export fewer at a time",
                batch.accounts.len()
            )));
        }
        seal::check(batch.encoding.ciphers(), &batch.block()?)?;
        Ok(batch)
    }

    fn block(&self) -> Result<Vec<u8>, KeyFileError> {
        let block = BASE64.decode(&self.encoded);
        block.map_err(|_| malformed("`encoded` is not base64"))
    }

    /// How many accounts it says to have.
    pub fn len(&self) -> usize {
        self.accounts.len()
    }

    /// Whether it says to have none.
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }

    /// Its key files. Each is encrypted once more, under the same password.
    pub fn open(&self, password: Option<&str>) -> Result<Vec<KeyFile>, KeyFileError> {
        let block = self.block()?;
        let lock = Lock::of(self.encoding.ciphers(), &block, password)?;
        let plain = lock.open(&block).ok_or(KeyFileError::WrongPassword)?;
        let files: Vec<KeyFile> = serde_json::from_slice(&plain).map_err(malformed)?;
        if files.len() > MAX_ACCOUNTS {
            return Err(malformed(format!("it has {} accounts", files.len())));
        }
        files.iter().try_for_each(KeyFile::check)?;
        Ok(files)
    }
}
