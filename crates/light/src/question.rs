//! What is asked of the state, and the key that follows from it.

use blocs_primitives::{AccountId, Hash};
use codec::Encode;
use serde::{Deserialize, Serialize};
use sp_core::Bytes;
use sp_crypto_hashing::{blake2_128, blake2_256, twox_64, twox_128, twox_256};

/// The pallet of deals and slots.
const MARKET: &str = "StorageMarket";

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Question {
    /// An account: nonce and balance.
    Account(AccountId),
    /// A deal.
    Deal(Hash),
    /// A slot of a deal.
    Slot {
        /// Id of the deal.
        deal: Hash,
        /// Index of the slot.
        index: u16,
    },
    /// Any storage entry.
    Storage(StorageEntry),
}

/// A storage entry by its names. How the keys are hashed is part of the question: no proof can say what a runtime hashes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorageEntry {
    /// Name of the pallet, as in the metadata.
    pub pallet: String,
    /// Name of the entry, as in the metadata.
    pub entry: String,
    /// The keys of a map, none of a plain value.
    pub keys: Vec<KeyPart>,
}

/// A key of a map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyPart {
    /// How it is hashed.
    pub hasher: Hasher,
    /// The key in SCALE.
    pub key: Bytes,
}

/// How a map's key is hashed, named as in the metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hasher {
    /// BLAKE2 of 128 bits.
    #[serde(rename = "Blake2_128")]
    Blake2_128,
    /// BLAKE2 of 256 bits.
    #[serde(rename = "Blake2_256")]
    Blake2_256,
    /// BLAKE2 of 128 bits, then the key.
    #[serde(rename = "Blake2_128Concat")]
    Blake2_128Concat,
    /// xxHash of 128 bits.
    Twox128,
    /// xxHash of 256 bits.
    Twox256,
    /// xxHash of 64 bits, then the key.
    Twox64Concat,
    /// The key itself.
    Identity,
}

impl Hasher {
    fn hash(self, key: &[u8]) -> Vec<u8> {
        let with_key = |hash: &[u8]| [hash, key].concat();
        match self {
            Self::Blake2_128 => blake2_128(key).to_vec(),
            Self::Blake2_256 => blake2_256(key).to_vec(),
            Self::Blake2_128Concat => with_key(&blake2_128(key)),
            Self::Twox128 => twox_128(key).to_vec(),
            Self::Twox256 => twox_256(key).to_vec(),
            Self::Twox64Concat => with_key(&twox_64(key)),
            Self::Identity => key.to_vec(),
        }
    }
}

/// The key of a plain storage value: hashes of the two names.
pub fn key(pallet: &str, entry: &str) -> Vec<u8> {
    [twox_128(pallet.as_bytes()), twox_128(entry.as_bytes())].concat()
}

impl Question {
    /// The key in the state that holds the answer.
    pub fn key(&self) -> Vec<u8> {
        let concat = |key: Vec<u8>| Hasher::Blake2_128Concat.hash(&key);
        match self {
            Self::Account(account) => [key("System", "Account"), concat(account.encode())].concat(),
            Self::Deal(deal) => [key(MARKET, "Deals"), concat(deal.encode())].concat(),
            Self::Slot { deal, index } => {
                let index = Hasher::Twox64Concat.hash(&index.encode());
                [key(MARKET, "Slots"), concat(deal.encode()), index].concat()
            }
            Self::Storage(StorageEntry { pallet, entry, keys }) => {
                let hashed = keys.iter().flat_map(|part| part.hasher.hash(&part.key));
                key(pallet, entry).into_iter().chain(hashed).collect()
            }
        }
    }

    /// What is proved beside the answer: the runtime's version, by which it is decoded, and the block's time.
    pub(crate) fn context() -> [Vec<u8>; 2] {
        [key("System", "LastRuntimeUpgrade"), key("Timestamp", "Now")]
    }

    /// All keys that a proof must cover.
    pub fn keys(&self) -> Vec<Vec<u8>> {
        let [upgrade, now] = Self::context();
        vec![self.key(), upgrade, now]
    }
}
