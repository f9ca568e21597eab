//! The provider's keys: files that only their owner can read.

use blocs_chain::{Signer, Sr25519Signer};
use rand::RngCore;
use sp_core::{Pair, sr25519};
use std::{
    fs, io,
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error("cannot read the {what} key {path}: {source}; run `blocs-provider init` first")]
    Unreadable {
        /// Which key.
        what: &'static str,
        /// Its file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others can read the file.
    #[error("refusing the {what} key {path}: others can read it (mode {mode:o}); run `chmod 600 {path}`")]
    NotPrivate {
        /// Which key.
        what: &'static str,
        /// Its file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file holds no key.
    #[error("cannot use the {what} key {path}: {reason}; restore it from a backup")]
    Malformed {
        /// Which key.
        what: &'static str,
        /// Its file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The file cannot be written.
    #[error("cannot write the {what} key {path}: {source}")]
    Unwritable {
        /// Which key.
        what: &'static str,
        /// Its file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// All keys of a provider.
pub struct Keys {
    /// Signs extrinsics, holds the bond.
    pub account: Signer,
    /// Signs quotes and concessions.
    pub operator: Sr25519Signer,
    /// Names the daemon in the network.
    pub node: libp2p::identity::Keypair,
}

/// Where the account's secret is when the configuration names no file.
pub fn account_file(data: &Path) -> PathBuf {
    data.join("keys/account.suri")
}

fn operator_file(data: &Path) -> PathBuf {
    data.join("keys/operator.key")
}

fn node_file(data: &Path) -> PathBuf {
    data.join("keys/node.key")
}

impl Keys {
    /// Reads all keys.
    pub fn load(data: &Path, suri_file: &Path) -> Result<Self, KeyError> {
        Ok(Self {
            account: load_account(suri_file)?,
            operator: load_suri("operator", &operator_file(data))?,
            node: load_node(&node_file(data))?,
        })
    }
}

/// Reads the account's key.
pub fn load_account(suri_file: &Path) -> Result<Signer, KeyError> {
    Ok(Signer::clone(&*load_suri("account", suri_file)?))
}

/// Makes the keys that are missing; those that are there stay. Returns the new mnemonic when one was made.
pub fn create_missing(data: &Path, suri_file: &Path) -> Result<Option<Zeroizing<String>>, KeyError> {
    let folder = data.join("keys");
    fs::create_dir_all(&folder)
        .and_then(|()| fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)))
        .map_err(|source| KeyError::Unwritable {
            what: "provider's",
            path: folder,
            source,
        })?;
    let operator = operator_file(data);
    if !operator.exists() {
        let mut seed = Zeroizing::new([0u8; 32]);
        rand::rngs::OsRng.fill_bytes(seed.as_mut());
        let text = Zeroizing::new(format!("0x{}\n", hex::encode(seed.as_ref())));
        write_private("operator", &operator, text.as_bytes())?;
    }
    let node = node_file(data);
    if !node.exists() {
        let key = libp2p::identity::Keypair::generate_ed25519();
        let bytes = key.to_protobuf_encoding().map_err(|error| KeyError::Malformed {
            what: "node",
            path: node.clone(),
            reason: error.to_string(),
        })?;
        write_private(
            "node",
            &node,
            Zeroizing::new(hex::encode(Zeroizing::new(bytes))).as_bytes(),
        )?;
    }
    if suri_file.exists() {
        return Ok(None);
    }
    let (_, phrase, _) = sr25519::Pair::generate_with_phrase(None);
    let phrase = Zeroizing::new(phrase);
    write_private("account", suri_file, format!("{}\n", phrase.as_str()).as_bytes())?;
    Ok(Some(phrase))
}

fn load_suri(what: &'static str, path: &Path) -> Result<Sr25519Signer, KeyError> {
    let text = read_private(what, path)?;
    Sr25519Signer::from_suri(text.trim()).map_err(|error| KeyError::Malformed {
        what,
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

fn load_node(path: &Path) -> Result<libp2p::identity::Keypair, KeyError> {
    let malformed = |reason: String| KeyError::Malformed {
        what: "node",
        path: path.to_owned(),
        reason,
    };
    let text = read_private("node", path)?;
    let bytes = Zeroizing::new(hex::decode(text.trim()).map_err(|error| malformed(error.to_string()))?);
    libp2p::identity::Keypair::from_protobuf_encoding(&bytes).map_err(|error| malformed(error.to_string()))
}

fn read_private(what: &'static str, path: &Path) -> Result<Zeroizing<String>, KeyError> {
    let unreadable = |source| KeyError::Unreadable {
        what,
        path: path.to_owned(),
        source,
    };
    let mode = fs::metadata(path).map_err(unreadable)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::NotPrivate {
            what,
            path: path.to_owned(),
            mode,
        });
    }
    fs::read_to_string(path).map(Zeroizing::new).map_err(unreadable)
}

fn write_private(what: &'static str, path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    let write = || -> io::Result<()> {
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    write().map_err(|source| KeyError::Unwritable {
        what,
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    #[test]
    fn keys_are_made_once_private_and_refused_when_others_can_read_them() {
        let data = tempfile::tempdir().unwrap();
        let suri = account_file(data.path());
        let phrase = create_missing(data.path(), &suri).unwrap().expect("a new mnemonic");
        assert_eq!(phrase.split(' ').count(), 12);
        let keys = Keys::load(data.path(), &suri).unwrap();
        assert!(create_missing(data.path(), &suri).unwrap().is_none());
        let again = Keys::load(data.path(), &suri).unwrap();
        assert_eq!(keys.account.account(), again.account.account());
        assert_eq!(keys.operator.public(), again.operator.public());
        assert_eq!(keys.node.public(), again.node.public());
        for file in [suri.clone(), operator_file(data.path()), node_file(data.path())] {
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
            let error = Keys::load(data.path(), &suri).err().expect("refused");
            assert!(matches!(error, KeyError::NotPrivate { mode: 0o640, .. }), "{error}");
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
}
