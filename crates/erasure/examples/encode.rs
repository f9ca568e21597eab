//! Encodes a file, or zeros pretending to be one, and throws the shards away: to see speed and memory.
//!
//! `cargo run --release -p blocs-erasure --example encode -- 10 20 /dev/zero 4294967296`

use blocs_erasure::{ContentKey, EncodeOptions, Encoder, FileInfo, MasterKey, Segment};
use std::{env, error::Error, fs::File, io::Read, time::Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let [k, m, path, most] = env::args()
        .skip(1)
        .collect::<Vec<_>>()
        .try_into()
        .map_err(|_| "usage: encode K M PATH MOST_BYTES")?;
    let options = EncodeOptions::new(k.parse()?, m.parse()?);
    let mut shard_bytes = 0u64;
    let sink = |segment: Segment| {
        shard_bytes += u64::try_from(segment.shard_bytes()).map_err(std::io::Error::other)?;
        Ok(())
    };
    let start = Instant::now();
    let mut encoder = Encoder::new(
        &MasterKey::from_entropy(b"example"),
        &ContentKey::random(),
        &options,
        sink,
    )?;
    let mut file = File::open(&path)?.take(most.parse()?);
    let bytes = encoder.add(
        FileInfo {
            path: "file".into(),
            modified: 0,
            mode: 0o644,
        },
        &mut file,
    )?;
    let manifest = encoder.finish()?;
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{bytes} bytes, {} segments, {shard_bytes} bytes a slot, {seconds:.2} s",
        manifest.segments.len()
    );
    Ok(())
}
