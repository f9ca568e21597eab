//! What the account has stored, as this machine remembers it: one file per deal. A cache: chain and secret give it all back.

use crate::Identity;
use blocs_primitives::{AccountId, DealId, Hash};
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// Version of an entry's format.
const VERSION: u32 = 1;

/// How far a put has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryState {
    /// Slots are on their way.
    Uploading,
    /// All quotes are there; the deal is being opened, or its owner may open it.
    Quoted,
    /// The deal is in a finalized block.
    Stored,
}

/// An object, as remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub(crate) version: u32,
    /// Its name.
    pub name: String,
    /// The deal, as `0x` and 64 hexadecimal digits.
    #[serde(with = "deal_text")]
    pub deal: DealId,
    /// Who is to own the deal, when that is not the account of the catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "owner_text")]
    pub owner: Option<AccountId>,
    /// Bytes of content.
    pub content_bytes: u64,
    /// Files.
    pub files: u32,
    /// Seconds since 1970 of the put.
    pub created: u64,
    /// Data slots.
    pub k: u16,
    /// Parity slots.
    pub m: u16,
    /// How far its put has come.
    pub state: EntryState,
    /// The encrypted manifest, in hexadecimal; empty while it is not known.
    #[serde(default, with = "hex_text")]
    pub manifest: Vec<u8>,
}

impl Entry {
    /// An entry without manifest.
    pub fn new(name: String, deal: DealId, state: EntryState) -> Self {
        let version = VERSION;
        Self {
            version,
            name,
            deal,
            owner: None,
            content_bytes: 0,
            files: 0,
            created: 0,
            k: 0,
            m: 0,
            state,
            manifest: Vec::new(),
        }
    }
}

/// Why the catalogue could not be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The disk.
    #[error("cannot use the catalogue file {path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file that is none of ours, or of a later release.
    #[error("cannot understand the catalogue file {path}: {reason}; remove it and run `blocs restore`")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// The catalogue of one account on one chain.
#[derive(Clone, Debug)]
pub struct Catalogue {
    folder: PathBuf,
}

impl Catalogue {
    /// Opens the catalogue of an account on the chain with this first block, below `root`; makes its folder, readable by its owner only.
    pub fn open(root: &Path, genesis: Hash, identity: &Identity) -> Result<Self, CatalogueError> {
        let chain = hex::encode(&genesis.as_bytes()[..8]);
        let folder = root.join(chain).join(identity.account().to_string());
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.map_err(|source| CatalogueError::Io {
            path: folder.clone(),
            source,
        })?;
        Ok(Self { folder })
    }

    /// All entries, oldest first.
    pub fn entries(&self) -> Result<Vec<Entry>, CatalogueError> {
        let io = |source| CatalogueError::Io {
            path: self.folder.clone(),
            source,
        };
        let mut entries = Vec::new();
        for file in fs::read_dir(&self.folder).map_err(io)? {
            let path = file.map_err(io)?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                entries.extend(read(&path)?);
            }
        }
        entries.sort_by_key(|entry: &Entry| (entry.created, entry.deal));
        Ok(entries)
    }

    /// The entry of a deal.
    pub fn entry(&self, deal: DealId) -> Result<Option<Entry>, CatalogueError> {
        read(&self.file(deal))
    }

    /// Writes an entry: to a temporary file that takes the old one's place once it is on disk.
    pub fn write(&self, entry: &Entry) -> Result<(), CatalogueError> {
        let path = self.file(entry.deal);
        let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
        let text = serde_json::to_vec_pretty(entry).map_err(|error| CatalogueError::Unreadable {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        let written = (|| {
            let mut file = fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&temporary)?;
            file.write_all(&text)?;
            file.sync_all()?;
            fs::rename(&temporary, &path)?;
            fs::File::open(&self.folder)?.sync_all()
        })();
        written.map_err(|source| CatalogueError::Io { path, source })
    }

    /// Forgets a deal.
    pub fn remove(&self, deal: DealId) -> Result<(), CatalogueError> {
        let path = self.file(deal);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(CatalogueError::Io { path, source }),
            _ => Ok(()),
        }
    }

    fn file(&self, deal: DealId) -> PathBuf {
        self.folder.join(format!("{}.json", hex::encode(deal.0)))
    }
}

fn read(path: &Path) -> Result<Option<Entry>, CatalogueError> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(CatalogueError::Io {
                path: path.to_owned(),
                source,
            });
        }
    };
    let unreadable = |reason| CatalogueError::Unreadable {
        path: path.to_owned(),
        reason,
    };
    let entry: Entry = serde_json::from_slice(&text).map_err(|error| unreadable(error.to_string()))?;
    match entry.version {
        VERSION => Ok(Some(entry)),
        version => Err(unreadable(format!("its version {version} is unknown"))),
    }
}

mod deal_text {
    use super::DealId;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(deal: &DealId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("0x{}", hex::encode(deal.0)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DealId, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = text.strip_prefix("0x").and_then(|digits| hex::decode(digits).ok());
        let bytes: Option<[u8; 32]> = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes
            .map(|bytes| DealId(bytes.into()))
            .ok_or_else(|| D::Error::custom("not a deal's id"))
    }
}

mod owner_text {
    use super::AccountId;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(owner: &Option<AccountId>, serializer: S) -> Result<S::Ok, S::Error> {
        match owner {
            Some(owner) => serializer.serialize_str(&owner.to_string()),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<AccountId>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        let owner = text.map(|text| text.parse()).transpose();
        owner.map_err(|_| D::Error::custom("the owner is not an address"))
    }
}

mod hex_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        hex::decode(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn entries_come_back_and_strange_files_are_named() {
        let root = tempfile::tempdir().expect("a folder");
        let identity = Identity::from_secret("//Alice").expect("a key");
        let catalogue = Catalogue::open(root.path(), Hash::repeat_byte(1), &identity).expect("a catalogue");
        let mut entry = Entry::new("a name".into(), DealId(Hash::repeat_byte(2)), EntryState::Uploading);
        entry.manifest = vec![1, 2, 255];
        entry.owner = Some(AccountId::new([7; 32]));
        catalogue.write(&entry).expect("written");
        entry.state = EntryState::Stored;
        catalogue.write(&entry).expect("written over");
        assert_eq!(catalogue.entries().expect("readable"), [entry.clone()]);
        let file = catalogue.file(entry.deal);
        assert_eq!(
            fs::metadata(&file).expect("it is there").permissions().mode() & 0o777,
            0o600
        );

        let elsewhere = Catalogue::open(root.path(), Hash::repeat_byte(9), &identity).expect("a catalogue");
        assert!(elsewhere.entries().expect("readable").is_empty());

        // Entries had no owner before an object could be of somebody else's deal.
        entry.owner = None;
        catalogue.write(&entry).expect("written over");
        let text = fs::read_to_string(&file).expect("readable");
        assert!(!text.contains("owner"), "{text}");
        assert_eq!(catalogue.entry(entry.deal).expect("readable"), Some(entry.clone()));

        let text = text.replace("\"version\": 1", "\"version\": 2");
        fs::write(&file, text).expect("written");
        let error = catalogue.entry(entry.deal).expect_err("a later version");
        assert!(error.to_string().contains("version 2"), "{error}");
        catalogue.remove(entry.deal).expect("removed");
        catalogue.remove(entry.deal).expect("removed twice");
        assert_eq!(catalogue.entry(entry.deal).expect("readable"), None);
    }
}
