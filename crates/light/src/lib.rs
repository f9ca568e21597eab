//! Proofs of the chain's state for outsiders: verified offline against finality.
//!
//! Everything here is a pure function over bytes: no network, no database, no clock. Who verifies a [`Bundle`] trusts one
//! thing, the hash of the chain's first block, and follows from it:
//!
//! 1. the first block's header has that hash, and its state holds GRANDPA's first authorities;
//! 2. each fragment of the warp proof is a block that the present authorities have finalized and that names the next
//!    ones; the last is the newest finalized block;
//! 3. headers lead from there, parent by parent, to the block in question;
//! 4. that block's state holds the value at the key, which follows from the [`Question`] and not from the proof.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use blocs_light::{Bundle, Trust};
//!
//! let bundle = Bundle::from_json(&std::fs::read("proof.json")?)?;
//! let genesis = "0x4c1ebbf86f1a7d2c2b1a3a2d8fd3b1b6fb2e0d8a0b9d0a3a7c4a8f5e6d7c8b9a".parse()?;
//! let proven = bundle.verify(&Trust::Genesis(genesis))?;
//! println!("{:?} in block {}", proven.record, proven.block.number);
//! # Ok(())
//! # }
//! ```
//!
//! A [`Checkpoint`] from an earlier proof may take the place of the first block.

mod bundle;
mod error;
mod finality;
mod question;
mod record;
mod state;
mod warp;

pub use bundle::{BlockId, Bundle, FORMAT, MAX_FILE_BYTES, MAX_HEADERS, Proven, Start, Trust, VERSION};
pub use error::{FinalityError, ProofError, StateError, WarpError};
pub use finality::{Justification, verify_justification};
pub use question::{Hasher, KeyPart, Question, StorageEntry, key};
pub use record::{Account, Deal, KNOWN_RUNTIMES, Record, RuntimeVersion, Slot, SlotStatus};
pub use sp_core::Bytes;
pub use state::{prove, read, root};
pub use warp::{Checkpoint, Finalized, Fragment, WarpProof, verify_warp};

/// A block's header on this chain.
pub type Header = sp_runtime::generic::Header<blocs_primitives::BlockNumber, sp_runtime::traits::BlakeTwo256>;
