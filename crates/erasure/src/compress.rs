//! Compression of one chunk.

#![allow(
    clippy::cast_possible_truncation,
    reason = "derive(Encode) casts the numbers of variants; nothing else here casts"
)]

use codec::{Decode, Encode, MaxEncodedLen};
use std::io;

/// How a chunk's bytes are stored. The numbers are part of the format; 2 and 3 are kept for LZ4 and LZMA.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub enum Codec {
    /// As they are.
    #[default]
    #[codec(index = 0)]
    None,
    /// A Zstandard frame. The level is part of the chunk's key derivation, since another level gives other bytes.
    #[codec(index = 1)]
    Zstd {
        /// How hard the compressor tried.
        level: u8,
    },
}

impl Codec {
    /// Its number in the format, and its level.
    pub const fn numbers(self) -> [u8; 2] {
        match self {
            Self::None => [0, 0],
            Self::Zstd { level } => [1, level],
        }
    }
}

/// What to try.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// Nothing.
    None,
    /// Zstandard of this level, 1 to 19, wherever it makes a chunk smaller.
    Zstd(u8),
    /// Zstandard, fast, where a sample of the chunk promises a gain.
    #[default]
    Auto,
}

/// The level of Zstandard that `auto` uses.
const AUTO_LEVEL: u8 = 1;

/// Bytes in one of the samples that `auto` tries.
const SAMPLE_BYTES: usize = 4096;

/// Compresses chunk after chunk. One per thread.
pub(crate) struct Compressor {
    compression: Compression,
    level: u8,
    zstd: zstd::bulk::Compressor<'static>,
    sample: Vec<u8>,
    packed_sample: Vec<u8>,
}

impl Compressor {
    pub(crate) fn new(compression: Compression) -> io::Result<Self> {
        let level = match compression {
            Compression::Zstd(level) => level.clamp(1, 19),
            Compression::None | Compression::Auto => AUTO_LEVEL,
        };
        let zstd = zstd::bulk::Compressor::new(i32::from(level))?;
        let packed_sample = vec![0; zstd::zstd_safe::compress_bound(3 * SAMPLE_BYTES)];
        Ok(Self {
            compression,
            level,
            zstd,
            sample: Vec::with_capacity(3 * SAMPLE_BYTES),
            packed_sample,
        })
    }

    /// Writes the chunk's stored form to the front of `out`, which must be as long as the chunk at least, and tells codec and length.
    /// The stored form is never longer than the chunk.
    pub(crate) fn compress(&mut self, chunk: &[u8], out: &mut [u8]) -> (Codec, usize) {
        let packed = if self.is_worth_a_try(chunk) {
            self.pack(chunk, out)
        } else {
            None
        };
        if let Some(packed) = packed {
            return packed;
        }
        out[..chunk.len()].copy_from_slice(chunk);
        (Codec::None, chunk.len())
    }

    /// What [`Compressor::compress`] will tell of the chunk. `scratch` is used as it likes.
    pub(crate) fn measure(&mut self, chunk: &[u8], scratch: &mut Vec<u8>) -> (Codec, usize) {
        if !self.is_worth_a_try(chunk) {
            return (Codec::None, chunk.len());
        }
        scratch.resize(chunk.len().saturating_sub(1).max(scratch.len()), 0);
        self.pack(chunk, scratch).unwrap_or((Codec::None, chunk.len()))
    }

    fn is_worth_a_try(&mut self, chunk: &[u8]) -> bool {
        match self.compression {
            Compression::None => false,
            Compression::Zstd(_) => true,
            Compression::Auto => self.promises(chunk),
        }
    }

    /// Writes a Zstandard frame that is shorter than the chunk; `None` when there is none.
    fn pack(&mut self, chunk: &[u8], out: &mut [u8]) -> Option<(Codec, usize)> {
        // One byte less than the chunk has: Zstandard then fails where it would gain nothing.
        let room = chunk.len().saturating_sub(1);
        let length = self.zstd.compress_to_buffer(chunk, &mut out[..room]).ok()?;
        Some((Codec::Zstd { level: self.level }, length))
    }

    /// Whether samples of the chunk shrink by a twentieth at least.
    fn promises(&mut self, chunk: &[u8]) -> bool {
        let sample = if chunk.len() <= 4 * SAMPLE_BYTES {
            chunk
        } else {
            self.sample.clear();
            let middle = chunk.len() / 2;
            for start in [0, middle, chunk.len() - SAMPLE_BYTES] {
                self.sample.extend_from_slice(&chunk[start..start + SAMPLE_BYTES]);
            }
            &self.sample
        };
        let room = (sample.len() - sample.len() / 20).min(self.packed_sample.len());
        self.zstd
            .compress_to_buffer(sample, &mut self.packed_sample[..room])
            .is_ok()
    }
}

/// Restores chunks. One per thread.
pub(crate) struct Decompressor {
    zstd: zstd::bulk::Decompressor<'static>,
}

impl Decompressor {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            zstd: zstd::bulk::Decompressor::new()?,
        })
    }

    /// Restores a Zstandard frame into `out`, which it must fill exactly.
    pub(crate) fn decompress(&mut self, stored: &[u8], out: &mut [u8]) -> bool {
        self.zstd
            .decompress_to_buffer(stored, out)
            .is_ok_and(|length| length == out.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngCore, SeedableRng, rngs::StdRng};

    fn compress(compression: Compression, chunk: &[u8]) -> (Codec, Vec<u8>) {
        let mut out = vec![0; chunk.len()];
        let (codec, length) = Compressor::new(compression)
            .expect("zstd starts")
            .compress(chunk, &mut out);
        out.truncate(length);
        (codec, out)
    }

    #[test]
    fn text_shrinks_and_comes_back() {
        let text = b"a chain that keeps files. ".repeat(4000);
        for (compression, level) in [(Compression::Auto, 1), (Compression::Zstd(3), 3)] {
            let (codec, stored) = compress(compression, &text);
            assert_eq!(codec, Codec::Zstd { level });
            assert!(stored.len() < text.len() / 10);
            let mut back = vec![0; text.len()];
            assert!(Decompressor::new().expect("zstd starts").decompress(&stored, &mut back));
            assert_eq!(back, text);
            let mut longer = vec![0; text.len() + 1];
            assert!(
                !Decompressor::new()
                    .expect("zstd starts")
                    .decompress(&stored, &mut longer)
            );
            let mut shorter = vec![0; text.len() - 1];
            assert!(
                !Decompressor::new()
                    .expect("zstd starts")
                    .decompress(&stored, &mut shorter)
            );
        }
        assert_eq!(compress(Compression::None, &text), (Codec::None, text));
    }

    #[test]
    fn no_chunk_grows() {
        let mut random = vec![0; 70_000];
        StdRng::seed_from_u64(1).fill_bytes(&mut random);
        for length in [0, 1, 2, 10, 100, 4096, 20_000, 70_000] {
            for compression in [Compression::None, Compression::Zstd(9), Compression::Auto] {
                let (codec, stored) = compress(compression, &random[..length]);
                assert_eq!(codec, Codec::None);
                assert_eq!(stored, &random[..length]);
            }
        }
    }
}
