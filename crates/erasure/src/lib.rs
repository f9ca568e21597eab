//! From file to shards and back: chunk, compress, encrypt, code; pure, no network.
//!
//! # Up
//!
//! [`Encoder`] takes files from readers and hands [`Segment`]s to a sink, in order, with bounded memory. Shard `i` of every segment,
//! one after another, is the content of slot `i`. The [`Manifest`] that it returns in the end is sealed and coded with [`Segment::code`]
//! as the last segment, and a [`Label`] on the chain tells how long it is.
//!
//! # Down
//!
//! From the [`Label`]: the last bytes of any k slots give the manifest ([`join`], [`Manifest::open`]). [`Decoder::plan`] tells which
//! segments a range of a file needs, [`Decoder::shard_range`] where their shards lie, and [`Decoder::decode`] makes the bytes from any
//! k of them. Bytes that are not what was stored never come out: every chunk is authenticated.
//!
//! ```
//! use blocs_erasure::{ContentKey, Decoder, EncodeOptions, Encoder, FileInfo, MasterKey, Segment};
//!
//! let master = MasterKey::from_entropy(b"from the mnemonic");
//! let mut slots = vec![Vec::new(); 6];
//! let sink = |segment: Segment| {
//!     slots.iter_mut().enumerate().for_each(|(slot, bytes)| bytes.extend_from_slice(segment.shard(slot)));
//!     Ok(())
//! };
//! let mut encoder = Encoder::new(&master, &ContentKey::random(), &EncodeOptions::new(4, 2), sink)?;
//! encoder.add(FileInfo { path: "hello.txt".into(), modified: 0, mode: 0o644 }, &mut &b"hello"[..])?;
//! let decoder = Decoder::new(encoder.finish()?, &master)?;
//!
//! let mut file = vec![0; 5];
//! for step in decoder.plan(0, 0..5)? {
//!     let range = decoder.shard_range(step.segment);
//!     let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
//!     let mut shards: Vec<_> = slots.iter().map(|slot| Some(slot[range.clone()].to_vec())).collect();
//!     shards[1] = None;
//!     shards[3] = None;
//!     decoder.decode(&step, shards, &mut |at, bytes| {
//!         file[usize::try_from(at).expect("small")..][..bytes.len()].copy_from_slice(bytes);
//!         Ok(())
//!     })?;
//! }
//! assert_eq!(file, b"hello");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod batch;
mod chunker;
mod coder;
mod compress;
mod decoder;
mod encoder;
mod keys;
mod label;
mod manifest;
mod seal;
mod segment;
mod workers;

pub use chunker::{ChunkProfile, Chunker};
pub use coder::{Coder, CoderError, MAX_SHARDS};
pub use compress::{Codec, Compression};
pub use decoder::{DecodeError, Decoder, Piece, SegmentPlan, join};
pub use encoder::{EncodeError, EncodeOptions, Encoder, FileInfo};
pub use keys::{ContentKey, KeyId, MasterKey, WrappedKey};
pub use label::{Label, LabelError, MAX_LABEL_BYTES, MAX_NAME_BYTES};
pub use manifest::{
    Chunk, MAX_MANIFEST_BYTES, MAX_PATH_BYTES, MAX_SEGMENT_BYTES, Manifest, ManifestError, Object, is_safe_path,
};
pub use seal::ChunkId;
pub use segment::Segment;
