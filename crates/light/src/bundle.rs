//! A proof as a file: everything that leads from what is trusted to a value of the state.

use crate::{
    Checkpoint, Header, ProofError, Question, Record, RuntimeVersion, StateError, WarpProof, key, state, verify_warp,
};
use blocs_primitives::{BlockNumber, Hash};
use codec::{Decode, DecodeAll, Encode};
use serde::{Deserialize, Serialize};
use sp_consensus_grandpa::AuthorityList;
use sp_core::Bytes;
use sp_runtime::traits::Header as _;

/// What the field `format` of the file says.
pub const FORMAT: &str = "blocs-proof";
/// The version of the format that is written and read.
pub const VERSION: u32 = 1;
/// Largest file that is read.
pub const MAX_FILE_BYTES: usize = 64 << 20;
/// Most headers between the finalized block and the proved one.
pub const MAX_HEADERS: usize = 2048;

/// What is trusted without proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The hash of the chain's first block.
    Genesis(Hash),
    /// What an earlier proof has led to.
    Checkpoint(Checkpoint),
}

/// A proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// What is asked.
    pub question: Question,
    /// Where it begins.
    pub start: Start,
    /// A [`WarpProof`] in SCALE.
    pub warp: Bytes,
    /// Headers in SCALE: first the newest finalized block's, then each one's parent, down to the proved block.
    pub headers: Vec<Bytes>,
    /// Nodes of the proved block's state.
    pub state: Vec<Bytes>,
}

/// Where a proof begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Start {
    /// At the chain's first block.
    Genesis {
        /// Its header in SCALE.
        header: Bytes,
        /// Nodes of its state that prove GRANDPA's first authorities.
        authorities: Vec<Bytes>,
    },
    /// At a block that the verifier must have as a checkpoint.
    Checkpoint {
        /// Its hash.
        hash: Hash,
    },
}

/// The beginning of every version's file.
#[derive(Deserialize)]
struct Envelope {
    format: String,
    version: u32,
}

/// A block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockId {
    /// Its height.
    pub number: BlockNumber,
    /// Its hash.
    pub hash: Hash,
}

/// What a proof has proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// Hash of the chain's first block.
    pub genesis: Hash,
    /// What was asked.
    pub question: Question,
    /// The key that follows from it.
    pub key: Vec<u8>,
    /// The bytes at the key.
    pub value: Option<Vec<u8>>,
    /// The same, decoded.
    pub record: Record,
    /// The block whose state it is.
    pub block: BlockId,
    /// When that block was made, in milliseconds since 1970; `None` when the runtime's layouts are not known.
    pub time: Option<u64>,
    /// The runtime whose layouts the state follows.
    pub runtime: Option<RuntimeVersion>,
    /// The finalized block that confirms it: the same, or a descendant.
    pub finalized: BlockId,
    /// Number of the set of authorities that finalized it.
    pub set_id: u64,
    /// How many authorities that set has.
    pub authorities: usize,
    /// How many changes of authorities lie between the start and that set.
    pub changes: u64,
    /// What the next proof may start from.
    pub checkpoint: Checkpoint,
}

impl Bundle {
    /// Puts a proof together. `headers` lead from the newest finalized block down to the one whose state is proved.
    pub fn new(question: Question, start: Start, warp: &WarpProof, headers: &[Header], state: Vec<Bytes>) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            question,
            start,
            warp: Bytes(warp.encode()),
            headers: headers.iter().map(|header| Bytes(header.encode())).collect(),
            state,
        }
    }

    /// Reads a file.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ProofError> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(ProofError::TooLarge {
                size: bytes.len(),
                limit: MAX_FILE_BYTES,
            });
        }
        let bad = |error: serde_json::Error| ProofError::Format(error.to_string());
        let Envelope { format, version } = serde_json::from_slice(bytes).map_err(bad)?;
        if format != FORMAT {
            return Err(ProofError::Format(format!("it is in the format {format:?}")));
        }
        if version != VERSION {
            return Err(ProofError::Version {
                found: version,
                known: VERSION,
            });
        }
        serde_json::from_slice(bytes).map_err(bad)
    }

    /// Writes a file.
    pub fn to_json(&self) -> Result<String, ProofError> {
        serde_json::to_string_pretty(self).map_err(|error| ProofError::Format(error.to_string()))
    }

    /// Verifies everything, and gives what is proved.
    pub fn verify(&self, trust: &Trust) -> Result<Proven, ProofError> {
        let start = self.start.verify(trust)?;
        let warp = WarpProof::from_bytes(&self.warp)?;
        let finalized = verify_warp(&start, &warp)?;
        let header = self.target(finalized.hash)?;
        let number = *header.number();

        let keys = self.question.keys();
        let nodes = self.state.iter().map(|node| node.0.clone());
        let failed = |source| ProofError::State { number, source };
        let mut values = state::read(*header.state_root(), nodes, &keys)
            .map_err(failed)?
            .into_iter();
        let (value, upgrade, now) = (
            values.next().flatten(),
            values.next().flatten(),
            values.next().flatten(),
        );
        let shape = |key: &str, error: codec::Error| {
            failed(StateError::Shape {
                key: key.as_bytes().to_vec(),
                reason: error.to_string(),
            })
        };
        let runtime = upgrade
            .map(|bytes| RuntimeVersion::decode(&bytes))
            .transpose()
            .map_err(|error| shape("System.LastRuntimeUpgrade", error))?;
        let known = runtime.as_ref().is_some_and(RuntimeVersion::is_known);
        let time = now
            .filter(|_| known)
            .map(|bytes| u64::decode_all(&mut bytes.as_slice()))
            .transpose()
            .map_err(|error| shape("Timestamp.Now", error))?;
        Ok(Proven {
            genesis: start.genesis,
            question: self.question.clone(),
            key: self.question.key(),
            record: Record::decode(&self.question, value.as_deref(), runtime.as_ref()),
            value,
            block: BlockId {
                number,
                hash: header.hash(),
            },
            time,
            runtime,
            finalized: BlockId {
                number: finalized.number,
                hash: finalized.hash,
            },
            set_id: finalized.set_id,
            authorities: finalized.authorities,
            changes: finalized.changes,
            checkpoint: finalized.checkpoint,
        })
    }

    /// Follows the headers from the finalized block down to the proved one.
    fn target(&self, finalized: Hash) -> Result<Header, ProofError> {
        let count = self.headers.len();
        if count > MAX_HEADERS {
            return Err(ProofError::HeaderCount {
                count,
                limit: MAX_HEADERS,
            });
        }
        let mut expected = finalized;
        let mut target = None;
        for (index, bytes) in self.headers.iter().enumerate() {
            let position = index.saturating_add(1);
            let header: Header = decode(&format!("header {position}"), bytes)?;
            let found = header.hash();
            if found != expected {
                return Err(ProofError::Header {
                    position,
                    count,
                    found,
                    expected,
                });
            }
            expected = *header.parent_hash();
            target = Some(header);
        }
        target.ok_or(ProofError::HeaderCount {
            count,
            limit: MAX_HEADERS,
        })
    }
}

impl Start {
    /// What is known at the start, when `trust` covers it.
    fn verify(&self, trust: &Trust) -> Result<Checkpoint, ProofError> {
        match (self, trust) {
            (Self::Genesis { header, authorities }, Trust::Genesis(trusted)) => {
                let header: Header = decode("the first block's header", header)?;
                let found = header.hash();
                if found != *trusted || *header.number() != 0 {
                    return Err(ProofError::WrongGenesis {
                        found,
                        trusted: *trusted,
                    });
                }
                let authorities =
                    first_authorities(*header.state_root(), authorities.iter().map(|node| node.0.clone()))
                        .map_err(ProofError::FirstAuthorities)?;
                Ok(Checkpoint {
                    genesis: found,
                    number: 0,
                    hash: found,
                    set_id: 0,
                    authorities,
                })
            }
            (Self::Checkpoint { hash }, Trust::Checkpoint(checkpoint)) if *hash == checkpoint.hash => {
                Ok(checkpoint.clone())
            }
            _ => Err(ProofError::WrongStart {
                found: match self {
                    Self::Genesis { .. } => "at the chain's first block".to_owned(),
                    Self::Checkpoint { hash } => format!("at the checkpoint {hash:?}"),
                },
                trusted: match trust {
                    Trust::Genesis(hash) => format!("at the first block {hash:?}"),
                    Trust::Checkpoint(checkpoint) => format!("at the checkpoint {:?}", checkpoint.hash),
                },
            }),
        }
    }
}

/// GRANDPA's authorities in the state with this root.
fn first_authorities(root: Hash, nodes: impl Iterator<Item = Vec<u8>>) -> Result<AuthorityList, StateError> {
    let key = key("Grandpa", "Authorities");
    let values = state::read(root, nodes, std::slice::from_ref(&key))?;
    let Some(bytes) = values.into_iter().next().flatten() else {
        return Err(StateError::Absent { key });
    };
    AuthorityList::decode_all(&mut bytes.as_slice()).map_err(|error| StateError::Shape {
        key,
        reason: error.to_string(),
    })
}

pub(crate) fn decode<T: Decode>(part: &str, bytes: &[u8]) -> Result<T, ProofError> {
    T::decode_all(&mut &*bytes).map_err(|error| ProofError::Undecodable {
        part: part.to_owned(),
        reason: error.to_string(),
    })
}
