//! Shards in, bytes of files out.

use crate::{
    Chunk, Codec, Coder, CoderError, ContentKey, Manifest, ManifestError, MasterKey, Object, compress::Decompressor,
    seal::open_chunk,
};
use std::{
    collections::{BTreeSet, HashMap},
    io,
    ops::Range,
};

/// Why decoding failed.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The manifest does not fit the key, or no processor fits the code.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// Too few shards, or of wrong lengths.
    #[error(transparent)]
    Shards(#[from] CoderError),
    /// No such file or range.
    #[error(
        "cannot read bytes {start} to {end} of file {object}: the deal has no such file, or it has fewer bytes; `blocs ls` shows its files"
    )]
    NoSuchRange {
        /// Number of the file in the manifest.
        object: usize,
        /// First byte.
        start: u64,
        /// First byte behind.
        end: u64,
    },
    /// A chunk is not what was stored.
    #[error(
        "chunk {chunk} in segment {segment} has been altered: its authentication fails; read it from other providers"
    )]
    Altered {
        /// The segment.
        segment: u32,
        /// Number of the chunk in the manifest.
        chunk: u32,
    },
    /// The decompressor could not start.
    #[error("cannot start decoding: {0}; free memory")]
    Start(#[source] io::Error),
    /// The taker of the bytes failed.
    #[error("cannot write the file: {0}")]
    Write(#[source] io::Error),
}

/// A part of a chunk, and where in the output it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Number of the chunk in the manifest.
    pub chunk: u32,
    /// Bytes of the chunk to leave out at its front.
    pub skip: u32,
    /// Bytes to take.
    pub take: u32,
    /// Where they go, counted from the start of the range.
    pub at: u64,
}

/// One segment that a range needs, and what to take from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentPlan {
    /// The segment.
    pub segment: u32,
    /// What to take; a chunk that occurs several times has several pieces, next to each other.
    pub pieces: Vec<Piece>,
}

/// Reads files of one deal.
pub struct Decoder {
    manifest: Manifest,
    key: ContentKey,
    coder: Coder,
    /// Where in every slot each segment's shard starts; one more for the manifest's.
    offsets: Vec<u64>,
}

impl Decoder {
    /// A decoder for an opened manifest.
    pub fn new(manifest: Manifest, master: &MasterKey) -> Result<Self, DecodeError> {
        let key = manifest.key.unwrap_with(master).ok_or(ManifestError::WrongKey)?;
        let coder = Coder::new(usize::from(manifest.k), usize::from(manifest.m))?;
        let k = u32::from(manifest.k);
        let mut offsets = vec![0u64];
        let mut end = 0u64;
        for length in &manifest.segments {
            end = end.saturating_add(u64::from(length.div_ceil(k)));
            offsets.push(end);
        }
        Ok(Self {
            manifest,
            key,
            coder,
            offsets,
        })
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The code.
    pub fn coder(&self) -> &Coder {
        &self.coder
    }

    /// The bytes of every slot that are a segment's shard; empty when there is no such segment.
    pub fn shard_range(&self, segment: u32) -> Range<u64> {
        let offset = |index: Option<usize>| index.and_then(|index| self.offsets.get(index)).copied();
        let segment = usize::try_from(segment).ok();
        match (
            offset(segment),
            offset(segment.and_then(|segment| segment.checked_add(1))),
        ) {
            (Some(start), Some(end)) => start..end,
            _ => 0..0,
        }
    }

    /// The segments that bytes `range` of a file need, in the order of the file, each once.
    pub fn plan(&self, object: usize, range: Range<u64>) -> Result<Vec<SegmentPlan>, DecodeError> {
        let none = DecodeError::NoSuchRange {
            object,
            start: range.start,
            end: range.end,
        };
        let Some(file) = self.manifest.objects.get(object) else {
            return Err(none);
        };
        if range.start > range.end || range.end > file.size {
            return Err(none);
        }
        let mut plans: Vec<SegmentPlan> = Vec::new();
        let mut places: HashMap<u32, usize> = HashMap::new();
        for (chunk, piece) in self.pieces(file, &range) {
            let place = *places.entry(chunk.segment).or_insert(plans.len());
            if place == plans.len() {
                plans.push(SegmentPlan {
                    segment: chunk.segment,
                    pieces: Vec::new(),
                });
            }
            plans[place].pieces.push(piece);
        }
        // Equal chunks side by side are decrypted once; otherwise the order is that of the file.
        for plan in &mut plans {
            let mut first = HashMap::new();
            for piece in &plan.pieces {
                first.entry(piece.chunk).or_insert(piece.at);
            }
            plan.pieces
                .sort_by_key(|piece| (first.get(&piece.chunk).copied(), piece.at));
        }
        Ok(plans)
    }

    /// The parts of chunks that make up a range of a file.
    fn pieces<'a>(&'a self, file: &'a Object, range: &'a Range<u64>) -> impl Iterator<Item = (&'a Chunk, Piece)> + 'a {
        let mut start = 0u64;
        file.chunks.iter().filter_map(move |number| {
            let chunk = self.chunk(*number)?;
            let end = start.saturating_add(u64::from(chunk.plain));
            let (from, to) = (start.max(range.start), end.min(range.end));
            let piece = (from < to).then(|| Piece {
                chunk: *number,
                skip: u32::try_from(from - start).unwrap_or(u32::MAX),
                take: u32::try_from(to - from).unwrap_or(u32::MAX),
                at: from - range.start,
            });
            start = end;
            piece.map(|piece| (chunk, piece))
        })
    }

    fn chunk(&self, number: u32) -> Option<&Chunk> {
        self.manifest.chunks.get(usize::try_from(number).ok()?)
    }

    /// Makes the bytes of a plan from a segment's shards, n entries of which at least k are there, and hands them to `write` with their
    /// places in the output.
    pub fn decode(
        &self,
        plan: &SegmentPlan,
        mut shards: Vec<Option<Vec<u8>>>,
        write: &mut dyn FnMut(u64, &[u8]) -> io::Result<()>,
    ) -> Result<(), DecodeError> {
        let shape = CoderError::WrongShape {
            expected: self.coder.n(),
        };
        let range = self.shard_range(plan.segment);
        let shard_bytes = usize::try_from(range.end - range.start).map_err(|_| shape.clone())?;
        if shards.iter().flatten().any(|shard| shard.len() != shard_bytes) {
            return Err(shape.into());
        }
        self.coder.restore(&mut shards, &[])?;
        self.extract(plan, &shards, write)
    }

    /// The data shards that hold a plan's chunks, ascending: with these [`Decoder::extract`] needs no others.
    pub fn data_shards(&self, plan: &SegmentPlan) -> Vec<usize> {
        let range = self.shard_range(plan.segment);
        let shard_bytes = (range.end - range.start).max(1);
        let chunks = plan.pieces.iter().filter_map(|piece| self.chunk(piece.chunk));
        let shards: BTreeSet<u64> = chunks
            .flat_map(|chunk| {
                let (offset, stored) = (u64::from(chunk.offset), u64::from(chunk.stored));
                offset / shard_bytes..(offset + stored).div_ceil(shard_bytes)
            })
            .collect();
        shards
            .into_iter()
            .filter_map(|shard| usize::try_from(shard).ok())
            .collect()
    }

    /// As [`Decoder::decode`], for several plans of one segment, from shards of which those of [`Decoder::data_shards`] are there, be it
    /// after [`Coder::restore`].
    pub fn extract(
        &self,
        plan: &SegmentPlan,
        shards: &[Option<Vec<u8>>],
        write: &mut dyn FnMut(u64, &[u8]) -> io::Result<()>,
    ) -> Result<(), DecodeError> {
        let range = self.shard_range(plan.segment);
        let shard_bytes = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        let data: Vec<&[u8]> = shards
            .iter()
            .take(self.coder.k())
            .map(|shard| shard.as_deref().unwrap_or_default())
            .collect();

        let mut decompressor = None;
        let mut stored = Vec::new();
        let mut unpacked = Vec::new();
        let mut pieces = plan.pieces.iter().peekable();
        while let Some(piece) = pieces.next() {
            let altered = || DecodeError::Altered {
                segment: plan.segment,
                chunk: piece.chunk,
            };
            let chunk = self
                .chunk(piece.chunk)
                .filter(|chunk| chunk.segment == plan.segment)
                .ok_or_else(altered)?;
            gather(&data, shard_bytes, chunk, &mut stored).ok_or_else(altered)?;
            let opened = open_chunk(&self.key, &chunk.id, chunk.codec, &mut stored).ok_or_else(altered)?;
            let plain_bytes = usize::try_from(chunk.plain).map_err(|_| altered())?;
            let plain: &[u8] = match chunk.codec {
                Codec::None => opened,
                Codec::Zstd { .. } => {
                    let decompressor = match &mut decompressor {
                        Some(decompressor) => decompressor,
                        empty => empty.insert(Decompressor::new().map_err(DecodeError::Start)?),
                    };
                    unpacked.resize(plain_bytes, 0);
                    if !decompressor.decompress(opened, &mut unpacked) {
                        return Err(altered());
                    }
                    &unpacked
                }
            };
            let mut put = |piece: &Piece| {
                let start = usize::try_from(piece.skip).ok();
                let end = piece
                    .skip
                    .checked_add(piece.take)
                    .and_then(|end| usize::try_from(end).ok());
                let bytes = start
                    .zip(end)
                    .and_then(|(start, end)| plain.get(start..end))
                    .ok_or_else(altered)?;
                write(piece.at, bytes).map_err(DecodeError::Write)
            };
            put(piece)?;
            while let Some(again) = pieces.next_if(|next| next.chunk == piece.chunk) {
                put(again)?;
            }
        }
        Ok(())
    }
}

/// Copies a chunk's stored bytes, which may lie in several data shards, into `out`.
fn gather(data: &[&[u8]], shard_bytes: usize, chunk: &Chunk, out: &mut Vec<u8>) -> Option<()> {
    out.clear();
    let mut offset = usize::try_from(chunk.offset).ok()?;
    let end = offset.checked_add(usize::try_from(chunk.stored).ok()?)?;
    while offset < end {
        let shard = data.get(offset.checked_div(shard_bytes)?)?;
        let from = offset % shard_bytes;
        let to = shard_bytes.min(from + (end - offset));
        out.extend_from_slice(shard.get(from..to)?);
        offset += to - from;
    }
    Some(())
}

/// Gives back the `length` bytes that were coded with [`crate::Segment::code`]: the sealed manifest. `shards` has n entries.
pub fn join(coder: &Coder, mut shards: Vec<Option<Vec<u8>>>, length: usize) -> Result<Vec<u8>, CoderError> {
    coder.restore(&mut shards, &[])?;
    let mut joined = shards
        .into_iter()
        .take(coder.k())
        .flatten()
        .flatten()
        .collect::<Vec<u8>>();
    if joined.len() != coder.k().saturating_mul(coder.shard_bytes(length)) {
        return Err(CoderError::WrongShape { expected: coder.n() });
    }
    joined.truncate(length);
    Ok(joined)
}
