//! Encode to slots in memory and read back.

#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(clippy::cast_possible_truncation, reason = "test data is small")]

use blocs_erasure::{
    Coder, Compression, ContentKey, DecodeError, Decoder, EncodeOptions, Encoder, FileInfo, Manifest, MasterKey,
    Segment, join,
};
use rand::{RngCore, SeedableRng, rngs::StdRng};
use std::ops::Range;

/// What the slots of a deal hold.
pub(crate) struct Stored {
    pub(crate) slots: Vec<Vec<u8>>,
    pub(crate) manifest_bytes: usize,
    pub(crate) k: usize,
    pub(crate) m: usize,
}

pub(crate) const DEAL: &[u8] = b"deal";

pub(crate) fn random(bytes: usize, seed: u64) -> Vec<u8> {
    let mut out = vec![0; bytes];
    StdRng::seed_from_u64(seed).fill_bytes(&mut out);
    out
}

pub(crate) fn options(k: usize, m: usize) -> EncodeOptions {
    EncodeOptions::new(k, m)
}

/// Small chunks and segments, so that small content has many of both.
pub(crate) fn small(k: usize, m: usize) -> EncodeOptions {
    EncodeOptions {
        segment_bytes: 64 << 10,
        chunk_bytes: (2 << 10, 4 << 10, 16 << 10),
        threads: 2,
        ..options(k, m)
    }
}

pub(crate) fn info(path: &str) -> FileInfo {
    FileInfo {
        path: path.into(),
        modified: 1_700_000_000,
        mode: 0o644,
    }
}

pub(crate) fn store(master: &MasterKey, options: &EncodeOptions, files: &[(&str, &[u8])]) -> Stored {
    store_with(master, &ContentKey::random(), options, files)
}

pub(crate) fn store_with(
    master: &MasterKey,
    key: &ContentKey,
    options: &EncodeOptions,
    files: &[(&str, &[u8])],
) -> Stored {
    let (k, m) = (options.k, options.m);
    let mut slots = vec![Vec::new(); k + m];
    let mut append = |segment: Segment| {
        slots
            .iter_mut()
            .enumerate()
            .for_each(|(slot, bytes)| bytes.extend_from_slice(segment.shard(slot)));
        Ok(())
    };
    let mut encoder = Encoder::new(master, key, options, &mut append).expect("options in range");
    for (path, content) in files {
        assert_eq!(
            encoder.add(info(path), &mut &content[..]).expect("memory reads"),
            content.len() as u64
        );
    }
    let sealed = encoder
        .finish()
        .expect("the sink takes all")
        .seal(master, DEAL)
        .expect("few files");
    append(Segment::code(&Coder::new(k, m).expect("a code"), &sealed)).expect("the sink takes all");
    Stored {
        slots,
        manifest_bytes: sealed.len(),
        k,
        m,
    }
}

impl Stored {
    fn shards(&self, lost: &[usize], range: Range<usize>) -> Vec<Option<Vec<u8>>> {
        let shard = |(slot, bytes): (usize, &Vec<u8>)| (!lost.contains(&slot)).then(|| bytes[range.clone()].to_vec());
        self.slots.iter().enumerate().map(shard).collect()
    }

    /// Opens the manifest as a client does that knows only its length.
    pub(crate) fn decoder(&self, master: &MasterKey, lost: &[usize]) -> Result<Decoder, DecodeError> {
        let coder = Coder::new(self.k, self.m)?;
        let end = self.slots[0].len();
        let tail = end - coder.shard_bytes(self.manifest_bytes)..end;
        let sealed = join(&coder, self.shards(lost, tail), self.manifest_bytes)?;
        Decoder::new(Manifest::open(&sealed, master, DEAL)?, master)
    }

    pub(crate) fn read(
        &self,
        decoder: &Decoder,
        lost: &[usize],
        file: usize,
        range: Range<u64>,
    ) -> Result<Vec<u8>, DecodeError> {
        let length = range.end.saturating_sub(range.start);
        let plans = decoder.plan(file, range)?;
        let mut out = vec![0xAA; length as usize];
        let mut written = 0;
        for plan in plans {
            let shard = decoder.shard_range(plan.segment);
            let shards = self.shards(lost, shard.start as usize..shard.end as usize);
            decoder.decode(&plan, shards, &mut |at, bytes| {
                out[at as usize..][..bytes.len()].copy_from_slice(bytes);
                written += bytes.len() as u64;
                Ok(())
            })?;
        }
        assert_eq!(written, length, "every byte is written once");
        Ok(out)
    }

    pub(crate) fn read_all(&self, master: &MasterKey, lost: &[usize]) -> Result<Vec<Vec<u8>>, DecodeError> {
        let decoder = self.decoder(master, lost)?;
        let objects = &decoder.manifest().objects;
        (0..objects.len())
            .map(|file| self.read(&decoder, lost, file, 0..objects[file].size))
            .collect()
    }
}

pub(crate) fn master(of: u8) -> MasterKey {
    MasterKey::from_entropy(&[of; 16])
}

pub(crate) const COMPRESSIONS: [Compression; 3] = [Compression::None, Compression::Zstd(3), Compression::Auto];
