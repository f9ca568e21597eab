//! Reed-Solomon over GF(2^8): k data shards and m parity shards, any k of which give back the rest.

use reed_solomon_erasure::galois_8::ReedSolomon;
use std::fmt;

/// Most shards of a segment.
pub const MAX_SHARDS: usize = 32;

/// Bytes of every shard that are worked on at a time: small enough that all shards of a stripe stay in the cache.
const STRIPE_BYTES: usize = 16 << 10;

/// Why shards cannot be coded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CoderError {
    /// There is no such code.
    #[error(
        "no code has {data} data and {parity} parity shards: use 1 data shard or more and at most {MAX_SHARDS} shards in all"
    )]
    BadParameters {
        /// Data shards asked for.
        data: usize,
        /// Parity shards asked for.
        parity: usize,
    },
    /// The vector code is compiled for AVX2.
    #[error(
        "this processor lacks AVX2, which the erasure code is compiled for; run on a processor with AVX2 (Intel Haswell, AMD Zen or later)"
    )]
    NeedsAvx2,
    /// The shards are not all of one length, or not as many as the code has.
    #[error("cannot restore shards: they are not {expected} shards of equal length")]
    WrongShape {
        /// Shards of the code.
        expected: usize,
    },
    /// Too many shards are missing.
    #[error("cannot restore shards: {present} of {needed} are there; find more of them")]
    TooFewShards {
        /// Shards at hand.
        present: usize,
        /// Shards needed.
        needed: usize,
    },
}

/// One code: k + m.
#[derive(Clone)]
pub struct Coder {
    k: usize,
    m: usize,
    /// `None` when there is no parity.
    code: Option<ReedSolomon>,
}

impl Coder {
    /// The code with `data` and `parity` shards.
    pub fn new(data: usize, parity: usize) -> Result<Self, CoderError> {
        if data == 0 || data.saturating_add(parity) > MAX_SHARDS {
            return Err(CoderError::BadParameters { data, parity });
        }
        #[cfg(target_arch = "x86_64")]
        if !std::arch::is_x86_feature_detected!("avx2") {
            return Err(CoderError::NeedsAvx2);
        }
        let code = match parity {
            0 => None,
            _ => Some(ReedSolomon::new(data, parity).map_err(|_| CoderError::BadParameters { data, parity })?),
        };
        Ok(Self {
            k: data,
            m: parity,
            code,
        })
    }

    /// Data shards.
    pub fn k(&self) -> usize {
        self.k
    }

    /// Parity shards.
    pub fn m(&self) -> usize {
        self.m
    }

    /// Shards in all.
    pub fn n(&self) -> usize {
        self.k + self.m
    }

    /// Bytes in each shard of a segment of so many bytes.
    pub fn shard_bytes(&self, segment_bytes: usize) -> usize {
        segment_bytes.div_ceil(self.k)
    }

    /// Fills the parity shards. `shards` holds n shards of `shard_bytes` one after another, the data first.
    ///
    /// # Panics
    ///
    /// When `shards` has another length.
    pub fn encode(&self, shards: &mut [u8], shard_bytes: usize) {
        assert_eq!(shards.len(), self.n() * shard_bytes, "n shards of equal length");
        let Some(code) = self.code.as_ref().filter(|_| shard_bytes > 0) else {
            return;
        };
        let (data, parity) = shards.split_at_mut(self.k * shard_bytes);
        let mut start = 0;
        while start < shard_bytes {
            let stripe = start..shard_bytes.min(start + STRIPE_BYTES);
            let data: Vec<&[u8]> = data
                .chunks_exact(shard_bytes)
                .map(|shard| &shard[stripe.clone()])
                .collect();
            let mut parity: Vec<&mut [u8]> = parity
                .chunks_exact_mut(shard_bytes)
                .map(|shard| &mut shard[stripe.clone()])
                .collect();
            code.encode_sep(&data, &mut parity)
                .expect("k data and m parity slices of one length; qed");
            start = stripe.end;
        }
    }

    /// Restores the missing data shards from any k shards. Those of `wanted` that are no data shards are restored as well; other
    /// missing parity shards stay `None`.
    pub fn restore(&self, shards: &mut [Option<Vec<u8>>], wanted: &[usize]) -> Result<(), CoderError> {
        let shape = CoderError::WrongShape { expected: self.n() };
        if shards.len() != self.n() || wanted.iter().any(|index| *index >= self.n()) {
            return Err(shape);
        }
        let present: Vec<bool> = shards.iter().map(Option::is_some).collect();
        let mut lengths = shards.iter().flatten().map(Vec::len);
        let length = lengths.next().unwrap_or(0);
        if lengths.any(|other| other != length) {
            return Err(shape);
        }
        let count = present.iter().filter(|present| **present).count();
        if count < self.k {
            return Err(CoderError::TooFewShards {
                present: count,
                needed: self.k,
            });
        }
        let parity_wanted = wanted.iter().any(|index| *index >= self.k && !present[*index]);
        let data_missing = present[..self.k].iter().any(|present| !present);
        if !parity_wanted && !data_missing {
            return Ok(());
        }
        let Some(code) = self.code.as_ref().filter(|_| length > 0) else {
            shards.iter_mut().for_each(|shard| _ = shard.get_or_insert_default());
            return Ok(());
        };

        let everything = parity_wanted;
        for (index, shard) in shards.iter_mut().enumerate() {
            if shard.is_none() && (everything || index < self.k) {
                *shard = Some(vec![0; length]);
            }
        }
        // A parity shard that is absent and not wanted takes part as an empty slice that is marked absent.
        let mut stripes: Vec<_> = shards
            .iter_mut()
            .map(|shard| shard.as_deref_mut().unwrap_or_default().chunks_mut(STRIPE_BYTES))
            .collect();
        for _ in 0..length.div_ceil(STRIPE_BYTES) {
            let mut stripe: Vec<(&mut [u8], bool)> = stripes
                .iter_mut()
                .zip(&present)
                .map(|(stripe, present)| (stripe.next().unwrap_or_default(), *present))
                .collect();
            let restored = if everything {
                code.reconstruct(&mut stripe)
            } else {
                code.reconstruct_data(&mut stripe)
            };
            restored.map_err(|_| CoderError::WrongShape { expected: self.n() })?;
        }
        Ok(())
    }
}

impl Coder {
    /// Puts a segment of `length` bytes together from any k of its shards.
    pub fn join(&self, mut shards: Vec<Option<Vec<u8>>>, length: usize) -> Result<Vec<u8>, CoderError> {
        self.restore(&mut shards, &[])?;
        let mut segment = Vec::with_capacity(length);
        for shard in shards.into_iter().take(self.k).flatten() {
            segment.extend_from_slice(&shard);
        }
        if segment.len() < length {
            return Err(CoderError::WrongShape { expected: self.n() });
        }
        segment.truncate(length);
        Ok(segment)
    }
}

impl fmt::Debug for Coder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Coder({}+{})", self.k, self.m)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngCore, SeedableRng, rngs::StdRng};

    fn coded(coder: &Coder, shard_bytes: usize) -> Vec<Vec<u8>> {
        let mut shards = vec![0; coder.n() * shard_bytes];
        StdRng::seed_from_u64(7).fill_bytes(&mut shards[..coder.k() * shard_bytes]);
        coder.encode(&mut shards, shard_bytes);
        shards.chunks_exact(shard_bytes.max(1)).map(<[u8]>::to_vec).collect()
    }

    #[test]
    fn every_loss_of_m_is_restored() {
        for (k, m, length) in [(4, 2, 40_000), (1, 3, 5), (3, 1, 16_384), (2, 0, 10)] {
            let coder = Coder::new(k, m).expect("a code");
            let shards = coded(&coder, length);
            for lost in (0u32..1 << (k + m)).filter(|lost| lost.count_ones() <= u32::try_from(m).expect("small")) {
                let mut left: Vec<_> = shards.iter().cloned().map(Some).collect();
                for (index, shard) in left.iter_mut().enumerate() {
                    if lost & (1 << index) != 0 {
                        *shard = None;
                    }
                }
                let mut data_only = left.clone();
                coder.restore(&mut data_only, &[]).expect("k are left");
                assert!(
                    data_only[..k]
                        .iter()
                        .zip(&shards)
                        .all(|(got, want)| got.as_ref() == Some(want))
                );
                let all: Vec<usize> = (0..k + m).collect();
                coder.restore(&mut left, &all).expect("k are left");
                assert!(
                    left.iter().zip(&shards).all(|(got, want)| got.as_ref() == Some(want)),
                    "lost {lost:b}"
                );
            }
        }
    }

    #[test]
    fn too_few_and_uneven_shards_are_refused() {
        let coder = Coder::new(4, 2).expect("a code");
        let mut left: Vec<_> = coded(&coder, 100).into_iter().map(Some).collect();
        left[0] = None;
        left[1].as_mut().expect("present").pop();
        assert_eq!(
            coder.restore(&mut left, &[]),
            Err(CoderError::WrongShape { expected: 6 })
        );
        left[1..4].fill(None);
        assert_eq!(
            coder.restore(&mut left, &[]),
            Err(CoderError::TooFewShards { present: 2, needed: 4 })
        );
        assert_eq!(coder.restore(&mut [], &[]), Err(CoderError::WrongShape { expected: 6 }));
        for (data, parity) in [(0, 2), (20, 13), (usize::MAX, 2)] {
            assert!(matches!(
                Coder::new(data, parity),
                Err(CoderError::BadParameters { .. })
            ));
        }
    }
}
