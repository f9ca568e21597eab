//! How a key file is encrypted.

use super::KeyFileError;
use crypto_secretbox::{
    Key, Nonce, XSalsa20Poly1305,
    aead::{Aead, KeyInit},
};
use rand::{RngCore, rngs::OsRng};
use zeroize::Zeroizing;

/// Name of the cipher.
pub(super) const BOX: &str = "xsalsa20-poly1305";
/// Name of what makes its key.
const SCRYPT: &str = "scrypt";
/// Name of no cipher.
const NONE: &str = "none";

const SALT: usize = 32;
const NONCE: usize = 24;
/// Salt, then N, p and r as 32 bits each, little-endian.
const SCRYPT_HEADER: usize = SALT + 3 * 4;

/// The parameters that polkadot.js takes, and we with it: (log2 of N, p, r). At most 128 MiB. A file cannot ask for more.
const ALLOWED: [(u8, u32, u32); 6] = [(13, 10, 8), (14, 5, 8), (15, 3, 8), (15, 1, 8), (16, 2, 8), (17, 1, 8)];
/// What we write, as polkadot.js does.
const WRITTEN: (u8, u32, u32) = (17, 1, 8);

/// The keys that a password gives.
pub(super) enum Lock {
    /// Nothing is encrypted.
    None,
    /// A key for the block, one for what we add, and what precedes the block in the file.
    Box {
        block: Zeroizing<[u8; 32]>,
        more: Option<Zeroizing<[u8; 32]>>,
        header: Vec<u8>,
    },
}

impl Lock {
    /// A lock with a new salt.
    pub(super) fn new(password: Option<&str>) -> Result<Self, KeyFileError> {
        let Some(password) = password else {
            return Ok(Self::None);
        };
        if password.is_empty() {
            // polkadot.js takes an empty password for none.
            return Err(KeyFileError::PasswordNeeded);
        }
        let mut header = vec![0; SALT];
        OsRng.fill_bytes(&mut header);
        let (log_n, p, r) = WRITTEN;
        for number in [1 << log_n, p, r] {
            header.extend_from_slice(&u32::to_le_bytes(number));
        }
        Self::scrypt(password, &header)
    }

    /// The lock of a file.
    pub(super) fn of(ciphers: &[String], block: &[u8], password: Option<&str>) -> Result<Self, KeyFileError> {
        if !ciphers.iter().any(|name| name == BOX) {
            return Ok(Self::None);
        }
        let password = password.filter(|password| !password.is_empty());
        let password = password.ok_or(KeyFileError::PasswordNeeded)?;
        if ciphers.iter().any(|name| name == SCRYPT) {
            let header = block.get(..SCRYPT_HEADER).ok_or_else(too_short)?;
            return Self::scrypt(password, header);
        }
        // Versions 0 to 2: the password itself, cut or filled up with zeros.
        let mut key = Zeroizing::new([0u8; 32]);
        for (to, from) in key.iter_mut().zip(password.bytes()) {
            *to = from;
        }
        Ok(Self::Box {
            block: key,
            more: None,
            header: Vec::new(),
        })
    }

    /// One run of scrypt gives both keys: polkadot.js takes the first 32 bytes of 64 and leaves the rest.
    fn scrypt(password: &str, header: &[u8]) -> Result<Self, KeyFileError> {
        let (log_n, p, r) = parameters(header)?;
        let salt = header.get(..SALT).ok_or_else(too_short)?;
        let unfit = |error: String| KeyFileError::Encryption { reason: error };
        let params = scrypt::Params::new(log_n, r, p, 64).map_err(|error| unfit(error.to_string()))?;
        let mut both = Zeroizing::new([0u8; 64]);
        scrypt::scrypt(password.as_bytes(), salt, &params, both.as_mut()).map_err(|error| unfit(error.to_string()))?;
        let (mut block, mut more) = (Zeroizing::new([0u8; 32]), Zeroizing::new([0u8; 32]));
        block.copy_from_slice(&both[..32]);
        more.copy_from_slice(&both[32..]);
        Ok(Self::Box {
            block,
            more: Some(more),
            header: header.to_vec(),
        })
    }

    pub(super) fn names(&self) -> &'static [&'static str] {
        match self {
            Self::None => &[NONE],
            Self::Box { .. } => &[SCRYPT, BOX],
        }
    }

    /// The block as the file has it.
    pub(super) fn shut(&self, plain: &[u8]) -> Vec<u8> {
        match self {
            Self::None => plain.to_vec(),
            Self::Box { block, header, .. } => [header.as_slice(), &encrypt(block, plain)].concat(),
        }
    }

    /// The block in the clear; `None` when the password is another one.
    pub(super) fn open(&self, block: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::None => Some(Zeroizing::new(block.to_vec())),
            Self::Box { block: key, header, .. } => decrypt(key, block.get(header.len()..)?),
        }
    }

    /// What we add to the file, encrypted under a key of its own.
    pub(super) fn shut_more(&self, plain: &[u8]) -> Vec<u8> {
        match self {
            Self::Box { more: Some(key), .. } => encrypt(key, plain),
            Self::Box { more: None, .. } | Self::None => plain.to_vec(),
        }
    }

    /// What we have added, in the clear.
    pub(super) fn open_more(&self, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::None => Some(Zeroizing::new(sealed.to_vec())),
            Self::Box { more, .. } => decrypt(more.as_ref()?, sealed),
        }
    }
}

/// Checks names and parameters, without a password.
pub(super) fn check(ciphers: &[String], block: &[u8]) -> Result<(), KeyFileError> {
    let names: Vec<&str> = ciphers.iter().map(String::as_str).collect();
    match names.as_slice() {
        [NONE] | [BOX] => Ok(()),
        [SCRYPT, BOX] => parameters(block.get(..SCRYPT_HEADER).ok_or_else(too_short)?).map(|_| ()),
        others => {
            let reason = format!("it names {:?}", others.join(" and "));
            Err(KeyFileError::Encryption { reason })
        }
    }
}

/// The parameters after the salt, when they are allowed.
fn parameters(header: &[u8]) -> Result<(u8, u32, u32), KeyFileError> {
    let number = |at: usize| {
        let bytes = header.get(SALT + 4 * at..SALT + 4 * at + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    };
    let (Some(n), Some(p), Some(r)) = (number(0), number(1), number(2)) else {
        return Err(too_short());
    };
    let allowed = ALLOWED
        .into_iter()
        .find(|(log_n, allowed_p, allowed_r)| 1 << log_n == n && *allowed_p == p && *allowed_r == r);
    allowed.ok_or_else(|| KeyFileError::Encryption {
        reason: format!("scrypt with N={n}, p={p}, r={r} is not among the parameters that wallets use"),
    })
}

fn too_short() -> KeyFileError {
    KeyFileError::Malformed {
        reason: "`encoded` is too short".to_owned(),
    }
}

/// Nonce and box.
fn encrypt(key: &Zeroizing<[u8; 32]>, plain: &[u8]) -> Vec<u8> {
    let mut nonce = [0u8; NONCE];
    OsRng.fill_bytes(&mut nonce);
    let sealed = XSalsa20Poly1305::new(Key::from_slice(key.as_ref()))
        .encrypt(Nonce::from_slice(&nonce), plain)
        .expect("a box fails only for data beyond 256 GiB; qed");
    [&nonce[..], &sealed].concat()
}

fn decrypt(key: &Zeroizing<[u8; 32]>, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
    let plain = XSalsa20Poly1305::new(Key::from_slice(key.as_ref())).decrypt(Nonce::from_slice(nonce), sealed);
    plain.ok().map(Zeroizing::new)
}
