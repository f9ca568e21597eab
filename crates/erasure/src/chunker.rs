//! Content-defined chunks: FastCDC (2020) with its parameters written down.

use codec::{Decode, Encode, MaxEncodedLen};
use fastcdc::v2020::{
    AVERAGE_MAX, AVERAGE_MIN, MASKS, MAXIMUM_MAX, MAXIMUM_MIN, MINIMUM_MAX, MINIMUM_MIN, Normalization, cut_gear,
    get_gear_with_seed, logarithm2,
};

/// Everything that decides where a chunker cuts. It is stored with the content, so that later versions cut alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub struct ChunkProfile {
    /// Version of the algorithm: 1 is FastCDC 2020 as the crate `fastcdc` 3 has it, normalization level 1.
    pub version: u8,
    /// Least bytes in a chunk, but for the last one of a file.
    pub min: u32,
    /// Aimed at.
    pub average: u32,
    /// Most bytes in a chunk.
    pub max: u32,
    /// Shifts the cuts; secret, so that lengths do not identify a known file.
    pub seed: u64,
}

impl ChunkProfile {
    /// The algorithm of this version of the crate.
    pub const VERSION: u8 = 1;

    /// 256 KiB, 1 MiB, 4 MiB.
    pub const fn standard(seed: u64) -> Self {
        Self {
            version: Self::VERSION,
            min: 256 << 10,
            average: 1 << 20,
            max: 4 << 20,
            seed,
        }
    }

    /// Whether the chunker takes these figures.
    pub fn is_valid(&self) -> bool {
        self.version == Self::VERSION
            && (MINIMUM_MIN..=MINIMUM_MAX).contains(&self.min)
            && (AVERAGE_MIN..=AVERAGE_MAX).contains(&self.average)
            && (MAXIMUM_MIN..=MAXIMUM_MAX).contains(&self.max)
            && self.min <= self.average
            && self.average <= self.max
    }
}

/// Finds cuts.
pub struct Chunker {
    min: usize,
    average: usize,
    max: usize,
    mask_small: u64,
    mask_large: u64,
    gear: Box<[u64; 256]>,
    gear_shifted: Box<[u64; 256]>,
}

impl Chunker {
    /// A chunker of this profile; `None` when its figures are out of range.
    pub fn new(profile: &ChunkProfile) -> Option<Self> {
        if !profile.is_valid() {
            return None;
        }
        let level = Normalization::Level1.bits();
        let bits = logarithm2(profile.average);
        let mask = |bits: u32| MASKS.get(usize::try_from(bits).ok()?).copied();
        let (gear, gear_shifted) = get_gear_with_seed(profile.seed);
        Some(Self {
            min: usize::try_from(profile.min).ok()?,
            average: usize::try_from(profile.average).ok()?,
            max: usize::try_from(profile.max).ok()?,
            mask_small: mask(bits + level)?,
            mask_large: mask(bits.checked_sub(level)?)?,
            gear,
            gear_shifted,
        })
    }

    /// Most bytes in a chunk.
    pub fn max(&self) -> usize {
        self.max
    }

    /// Length of the first chunk of `bytes`. When fewer than [`Chunker::max`] bytes are given, they must be the last of the file.
    pub fn cut(&self, bytes: &[u8]) -> usize {
        let (_, length) = cut_gear(
            bytes,
            self.min,
            self.average,
            self.max,
            self.mask_small,
            self.mask_large,
            self.mask_small << 1,
            self.mask_large << 1,
            &self.gear,
            &self.gear_shifted,
        );
        length
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngCore, SeedableRng, rngs::StdRng};

    fn cuts(profile: &ChunkProfile, mut bytes: &[u8]) -> Vec<usize> {
        let chunker = Chunker::new(profile).expect("a valid profile");
        let mut cuts = Vec::new();
        while !bytes.is_empty() {
            let length = chunker.cut(bytes);
            cuts.push(length);
            bytes = &bytes[length..];
        }
        cuts
    }

    fn sample(bytes: usize) -> Vec<u8> {
        // An explicit generator, so that the golden vectors do not hang on a crate's choice.
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut out = Vec::with_capacity(bytes + 8);
        while out.len() < bytes {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            out.extend_from_slice(&state.to_le_bytes());
        }
        out.truncate(bytes);
        out
    }

    #[test]
    fn golden_vectors_pin_the_cuts() {
        let data = sample(8 << 20);
        assert_eq!(cuts(&ChunkProfile::standard(0), &data), GOLDEN);
        assert_eq!(cuts(&ChunkProfile::standard(42), &data), GOLDEN_SEEDED);
        assert_eq!(
            cuts(&ChunkProfile::standard(0), &vec![0; 9 << 20]),
            [4 << 20, 4 << 20, 1 << 20]
        );
    }

    const GOLDEN: [usize; 7] = [532_150, 2_088_921, 1_361_465, 604_807, 1_071_987, 2_119_792, 609_486];
    const GOLDEN_SEEDED: [usize; 6] = [2_161_170, 1_143_173, 1_911_027, 724_336, 1_194_356, 1_254_546];

    #[test]
    fn cuts_are_those_of_the_crate() {
        let data = sample(6 << 20);
        for seed in [0, 7] {
            let profile = ChunkProfile::standard(seed);
            let level = Normalization::Level1;
            let theirs = fastcdc::v2020::FastCDC::with_level_and_seed(
                &data,
                profile.min,
                profile.average,
                profile.max,
                level,
                seed,
            );
            assert_eq!(
                cuts(&profile, &data),
                theirs.map(|chunk| chunk.length).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn an_insertion_moves_few_cuts() {
        let profile = ChunkProfile {
            min: 2 << 10,
            average: 8 << 10,
            max: 32 << 10,
            ..ChunkProfile::standard(1)
        };
        let mut data = vec![0; 1 << 20];
        StdRng::seed_from_u64(1).fill_bytes(&mut data);
        let before = cuts(&profile, &data);
        data.splice(500_000..500_000, [1, 2, 3]);
        let after = cuts(&profile, &data);
        let common = before
            .iter()
            .rev()
            .zip(after.iter().rev())
            .take_while(|(a, b)| a == b)
            .count();
        assert!(
            common > 40,
            "{common} of {} chunks are the same behind the insertion",
            before.len()
        );
    }

    #[test]
    fn odd_profiles_are_refused() {
        for profile in [
            ChunkProfile {
                version: 2,
                ..ChunkProfile::standard(0)
            },
            ChunkProfile {
                min: 0,
                ..ChunkProfile::standard(0)
            },
            ChunkProfile {
                average: 1,
                ..ChunkProfile::standard(0)
            },
            ChunkProfile {
                max: u32::MAX,
                ..ChunkProfile::standard(0)
            },
            ChunkProfile {
                max: 300 << 10,
                ..ChunkProfile::standard(0)
            },
        ] {
            assert!(Chunker::new(&profile).is_none(), "{profile:?}");
        }
    }
}
