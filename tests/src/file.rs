//! Files to store.

use anyhow::{Context, Result};
use rand::{RngCore, SeedableRng, rngs::StdRng};
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{Read, Write},
    path::Path,
};

const BLOCK: usize = 1 << 20;

/// Writes `size` bytes that follow from `seed`. Every eighth MiB is text that compresses, the others do not.
pub fn random_file(path: &Path, size: u64, seed: u64) -> Result<()> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut file = File::create(path).with_context(|| format!("cannot create {}", path.display()))?;
    let mut block = vec![0u8; BLOCK];
    let mut left = size;
    let mut number = 0u64;
    while left > 0 {
        if number % 8 == 7 {
            let line = format!("line {:016x} of block {number}\n", random.next_u64());
            let bytes = line.as_bytes().iter().cycle();
            block.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        } else {
            random.fill_bytes(&mut block);
        }
        let part = usize::try_from(left.min(BLOCK as u64)).unwrap_or(BLOCK);
        file.write_all(&block[..part])
            .with_context(|| format!("cannot write {}", path.display()))?;
        left -= part as u64;
        number += 1;
    }
    Ok(())
}

/// SHA-256 of a file, in hex.
pub fn sha256(path: &Path) -> Result<String> {
    let mut file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut hasher = Sha256::new();
    let mut block = vec![0u8; BLOCK];
    loop {
        let read = file
            .read(&mut block)
            .with_context(|| format!("cannot read {}", path.display()))?;
        if read == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(&block[..read]);
    }
}
