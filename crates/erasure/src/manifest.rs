//! The list of what a deal holds and where.

use crate::{
    ChunkId, ChunkProfile, Codec, KeyId, MAX_SHARDS, MasterKey, WrappedKey,
    keys::{TAG_BYTES, open, random_nonce, seal},
};
use codec::{Decode, DecodeLimit, Encode};
use ring::aead::NONCE_LEN;

/// Largest encrypted manifest, in bytes.
pub const MAX_MANIFEST_BYTES: usize = 64 << 20;

/// Longest path of a file, in bytes.
pub const MAX_PATH_BYTES: usize = 4096;

/// Largest segment, in bytes: with tags, well above any that an encoder makes.
pub const MAX_SEGMENT_BYTES: u32 = 128 << 20;

/// Version of the format.
const VERSION: u8 = 1;

/// Version, key id, nonce.
const HEADER_BYTES: usize = 1 + size_of::<KeyId>() + NONCE_LEN;

/// Where a chunk lies, and in which form.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Chunk {
    /// Its name.
    pub id: ChunkId,
    /// How its bytes are stored.
    pub codec: Codec,
    /// The segment that holds it.
    pub segment: u32,
    /// Where in the segment it starts.
    pub offset: u32,
    /// Bytes in the segment, with the tag.
    pub stored: u32,
    /// Bytes of content.
    pub plain: u32,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Object {
    /// Its path below the root of what was stored, with `/` between the parts.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Seconds since 1970 of the last change.
    pub modified: i64,
    /// Permission bits as on Unix.
    pub mode: u32,
    /// BLAKE3 of its bytes.
    pub hash: [u8; 32],
    /// Its chunks in order, as places in [`Manifest::chunks`].
    pub chunks: Vec<u32>,
}

/// What a deal holds.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Manifest {
    /// How the files were cut.
    pub profile: ChunkProfile,
    /// Data shards of every segment.
    pub k: u8,
    /// Parity shards of every segment.
    pub m: u8,
    /// The content key.
    pub key: WrappedKey,
    /// Bytes in every segment, before coding.
    pub segments: Vec<u32>,
    /// The distinct chunks.
    pub chunks: Vec<Chunk>,
    /// The files.
    pub objects: Vec<Object>,
}

/// Why a manifest cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// A later version of the format.
    #[error("cannot read the manifest: its version {version} is unknown; use a later release")]
    UnknownVersion {
        /// The version found.
        version: u8,
    },
    /// Encrypted under another master key.
    #[error("cannot read the manifest: it belongs to another account's key; use the mnemonic of the deal's owner")]
    WrongKey,
    /// Not what was written.
    #[error("cannot read the manifest: it has been altered or belongs to another deal")]
    Altered,
    /// The list contradicts itself.
    #[error("cannot read the manifest: {reason}")]
    Invalid {
        /// What is wrong.
        reason: &'static str,
    },
    /// Too many files for one deal.
    #[error(
        "cannot store so many files in one deal: the manifest would have {bytes} bytes of at most {MAX_MANIFEST_BYTES}; store fewer at once"
    )]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
}

impl Manifest {
    /// Encrypts it for `context`, which must be the deal's id, or whatever else must be given again to open it.
    pub fn seal(&self, master: &MasterKey, context: &[u8]) -> Result<Vec<u8>, ManifestError> {
        let nonce = random_nonce();
        let mut sealed = vec![VERSION];
        sealed.extend_from_slice(&master.id());
        sealed.extend_from_slice(&nonce);
        self.encode_to(&mut sealed);
        let bytes = sealed.len() + TAG_BYTES;
        if bytes > MAX_MANIFEST_BYTES {
            return Err(ManifestError::TooLarge { bytes });
        }
        let (header, body) = sealed.split_at_mut(HEADER_BYTES);
        let tag = seal(&master.derive(PURPOSE, context), nonce, header, body);
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// Opens and checks it. Every place in it is in range afterwards.
    pub fn open(sealed: &[u8], master: &MasterKey, context: &[u8]) -> Result<Self, ManifestError> {
        let version = *sealed.first().ok_or(ManifestError::Altered)?;
        if version != VERSION {
            return Err(ManifestError::UnknownVersion { version });
        }
        if sealed.len() > MAX_MANIFEST_BYTES {
            return Err(ManifestError::TooLarge { bytes: sealed.len() });
        }
        let (header, body) = sealed.split_at_checked(HEADER_BYTES).ok_or(ManifestError::Altered)?;
        if header[1..=size_of::<KeyId>()] != master.id() {
            return Err(ManifestError::WrongKey);
        }
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&header[1 + size_of::<KeyId>()..]);
        let mut body = body.to_vec();
        let plain = open(&master.derive(PURPOSE, context), nonce, header, &mut body).ok_or(ManifestError::Altered)?;
        let manifest = Self::decode_all_with_depth_limit(8, &mut &plain[..]).map_err(|_| ManifestError::Invalid {
            reason: "it is not well formed",
        })?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Bytes of content, counting every file.
    pub fn content_bytes(&self) -> u64 {
        self.objects
            .iter()
            .fold(0, |sum, object| sum.saturating_add(object.size))
    }

    /// Bytes in each shard of a segment; 0 for a segment that is none.
    pub fn shard_bytes(&self, segment: u32) -> u64 {
        let length = usize::try_from(segment)
            .ok()
            .and_then(|segment| self.segments.get(segment));
        length.map_or(0, |length| u64::from(length.div_ceil(u32::from(self.k.max(1)))))
    }

    /// Where in every slot the shard of a segment starts; for the number of segments, where the manifest's shard starts.
    pub fn shard_offset(&self, segment: u32) -> u64 {
        (0..segment).map(|segment| self.shard_bytes(segment)).sum()
    }

    /// Bytes in every slot, given the length of the encrypted manifest.
    pub fn slot_bytes(&self, sealed_bytes: u64) -> u64 {
        self.shard_offset(u32::try_from(self.segments.len()).unwrap_or(u32::MAX))
            .saturating_add(sealed_bytes.div_ceil(u64::from(self.k.max(1))))
    }

    /// Checks every figure against the others.
    fn check(&self) -> Result<(), ManifestError> {
        let ensure = |holds: bool, reason| {
            if holds {
                Ok(())
            } else {
                Err(ManifestError::Invalid { reason })
            }
        };
        ensure(self.profile.is_valid(), "its chunk profile is unknown")?;
        let shards = usize::from(self.k) + usize::from(self.m);
        ensure(self.k > 0 && shards <= MAX_SHARDS, "its erasure code does not exist")?;
        let lengths_fit = self
            .segments
            .iter()
            .all(|length| (1..=MAX_SEGMENT_BYTES).contains(length));
        ensure(lengths_fit, "a segment's length is out of range")?;
        for chunk in &self.chunks {
            let segment = usize::try_from(chunk.segment)
                .ok()
                .and_then(|segment| self.segments.get(segment));
            let inside =
                segment.is_some_and(|length| chunk.offset.checked_add(chunk.stored).is_some_and(|end| end <= *length));
            ensure(inside, "a chunk lies outside its segment")?;
            let body = usize::try_from(chunk.stored)
                .ok()
                .and_then(|stored| stored.checked_sub(TAG_BYTES));
            let body = body.and_then(|body| u32::try_from(body).ok());
            let fits = body.is_some_and(|body| match chunk.codec {
                Codec::None => body == chunk.plain,
                Codec::Zstd { .. } => body < chunk.plain,
            });
            ensure(
                fits && chunk.plain > 0 && chunk.plain <= self.profile.max,
                "a chunk's length is out of range",
            )?;
        }
        for object in &self.objects {
            ensure(is_safe_path(&object.path), "a file's path leads outside")?;
            let mut size = 0u64;
            for index in &object.chunks {
                let chunk = usize::try_from(*index).ok().and_then(|index| self.chunks.get(index));
                ensure(chunk.is_some(), "a file names a chunk that does not exist")?;
                size = size.saturating_add(chunk.map_or(0, |chunk| u64::from(chunk.plain)));
            }
            ensure(size == object.size, "a file's size is not that of its chunks")?;
        }
        Ok(())
    }
}

/// Purpose of the key that manifests are encrypted under.
const PURPOSE: &str = "blocs 2026 manifest v1";

/// Whether a path stays below the folder that it is joined to, on every system.
pub fn is_safe_path(path: &str) -> bool {
    let part_is_safe = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', '\0']);
    path.len() <= MAX_PATH_BYTES && path.split('/').all(part_is_safe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ContentKey;
    use proptest::prelude::*;

    fn master() -> MasterKey {
        MasterKey::from_entropy(&[9; 16])
    }

    fn manifest() -> Manifest {
        let chunk = |id, segment, offset| Chunk {
            id: [id; 32],
            codec: Codec::None,
            segment,
            offset,
            stored: 116,
            plain: 100,
        };
        Manifest {
            profile: ChunkProfile::standard(3),
            k: 4,
            m: 2,
            key: ContentKey::random().wrap(&master()),
            segments: vec![232, 116],
            chunks: vec![chunk(1, 0, 0), chunk(2, 0, 116), chunk(3, 1, 0)],
            objects: vec![Object {
                path: "a/b".into(),
                size: 300,
                modified: -5,
                mode: 0o644,
                hash: [7; 32],
                chunks: vec![0, 2, 0],
            }],
        }
    }

    #[test]
    fn opens_with_key_and_context_only() {
        let sealed = manifest().seal(&master(), b"deal").expect("small");
        let mut again = Manifest::open(&sealed, &master(), b"deal").expect("the right key");
        again.key = manifest().key;
        assert_eq!(again.objects, manifest().objects);
        assert_eq!(
            Manifest::open(&sealed, &master(), b"other"),
            Err(ManifestError::Altered)
        );
        let other = MasterKey::from_entropy(&[8; 16]);
        assert_eq!(Manifest::open(&sealed, &other, b"deal"), Err(ManifestError::WrongKey));
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 0x40;
            assert!(Manifest::open(&altered, &master(), b"deal").is_err(), "byte {at}");
        }
        assert!(!sealed.windows(3).any(|window| window == b"a/b"));
    }

    #[test]
    fn offsets_follow_from_the_segments() {
        let manifest = manifest();
        assert_eq!(
            (
                manifest.shard_bytes(0),
                manifest.shard_bytes(1),
                manifest.shard_bytes(2)
            ),
            (58, 29, 0)
        );
        assert_eq!(
            (
                manifest.shard_offset(1),
                manifest.shard_offset(2),
                manifest.slot_bytes(401)
            ),
            (58, 87, 188)
        );
    }

    #[test]
    fn contradictions_are_found() {
        let broken: [fn(&mut Manifest); 12] = [
            |manifest| manifest.k = 0,
            |manifest| manifest.m = 29,
            |manifest| manifest.profile.version = 0,
            |manifest| manifest.segments[1] = 0,
            |manifest| manifest.chunks[1].offset = 117,
            |manifest| manifest.chunks[1].offset = u32::MAX,
            |manifest| manifest.chunks[1].segment = 2,
            |manifest| manifest.chunks[1].stored = 15,
            |manifest| manifest.chunks[1].plain = 101,
            |manifest| manifest.objects[0].chunks.push(3),
            |manifest| manifest.objects[0].size = 299,
            |manifest| manifest.objects[0].path = "../b".into(),
        ];
        for (number, breaks) in broken.into_iter().enumerate() {
            let mut manifest = manifest();
            breaks(&mut manifest);
            let sealed = manifest.seal(&master(), b"deal").expect("small");
            let opened = Manifest::open(&sealed, &master(), b"deal");
            assert!(
                matches!(opened, Err(ManifestError::Invalid { .. })),
                "{number}: {opened:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn junk_is_refused_without_panic(junk in proptest::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(Manifest::open(&junk, &master(), b"deal").is_err());
            if let Ok(manifest) = Manifest::decode_all_with_depth_limit(8, &mut &junk[..]) {
                let _ = manifest.check();
            }
        }
    }
}
