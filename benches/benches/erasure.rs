//! The way from content to shards and back, in memory: the whole, and each stage alone as its limit.
//!
//! Ends with a table: GB/s of content, and the share of what the stages of the same run would allow one core.

use blocs_erasure::{
    ChunkProfile, Chunker, Coder, Compression, ContentKey, Decoder, EncodeOptions, Encoder, FileInfo, MasterKey,
    Segment,
};
use criterion::{Criterion, Throughput};
use rand::{RngCore, SeedableRng, rngs::StdRng};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// Content of one run: enough segments that starting up does not count.
const CONTENT_BYTES: usize = 256 << 20;

/// Bytes that the stages alone work on: one segment.
const SEGMENT_BYTES: usize = 16 << 20;

/// The codes measured.
const CODES: [(usize, usize); 2] = [(4, 2), (10, 20)];

/// One thing measured: its name, the bytes of content that a run of it handles, and the run.
struct Case<'a> {
    name: String,
    bytes: usize,
    run: Box<dyn FnMut() + 'a>,
}

fn random(bytes: usize) -> Vec<u8> {
    let mut out = vec![0; bytes];
    StdRng::seed_from_u64(1).fill_bytes(&mut out);
    out
}

fn master() -> MasterKey {
    MasterKey::from_entropy(&[7; 16])
}

/// Encodes everything and gives every segment to `sink`.
fn encode(content: &[u8], options: &EncodeOptions, mut sink: impl FnMut(Segment)) -> blocs_erasure::Manifest {
    let sink = |segment| {
        sink(segment);
        Ok(())
    };
    let mut encoder = Encoder::new(&master(), &ContentKey::random(), options, sink).expect("options in range");
    let file = FileInfo {
        path: "file".into(),
        modified: 0,
        mode: 0,
    };
    encoder.add(file, &mut &content[..]).expect("memory reads");
    encoder.finish().expect("the sink takes all")
}

/// Each stage alone, on one core.
fn stages<'a>(content: &'a [u8]) -> Vec<Case<'a>> {
    let segment = &content[..SEGMENT_BYTES];
    let chunker = Chunker::new(&ChunkProfile::standard(1)).expect("a valid profile");
    let chunk = move || {
        let mut rest = segment;
        while !rest.is_empty() {
            rest = &rest[black_box(chunker.cut(rest))..];
        }
    };
    let hash = move || _ = black_box(blake3::keyed_hash(&[1; 32], segment));
    let aes = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &[1; 32]).expect("32 bytes"));
    let mut body = segment.to_vec();
    let encrypt = move || {
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        let _ = black_box(
            aes.seal_in_place_separate_tag(nonce, Aad::empty(), &mut body)
                .expect("short"),
        );
    };
    let mut copy = vec![0; SEGMENT_BYTES];
    let copy = move || {
        copy.copy_from_slice(black_box(segment));
        black_box(&copy);
    };
    let mut cases: Vec<(String, Box<dyn FnMut() + 'a>)> = vec![
        ("chunk".into(), Box::new(chunk)),
        ("BLAKE3".into(), Box::new(hash)),
        ("AES-256-GCM".into(), Box::new(encrypt)),
        ("copy".into(), Box::new(copy)),
    ];
    for (k, m) in CODES {
        let coder = Coder::new(k, m).expect("a code");
        let shard_bytes = coder.shard_bytes(SEGMENT_BYTES);
        let mut shards = vec![0; coder.n() * shard_bytes];
        shards[..SEGMENT_BYTES].copy_from_slice(segment);
        let code = move || coder.encode(black_box(&mut shards), shard_bytes);
        cases.push((format!("Reed-Solomon {k}+{m}"), Box::new(code)));
    }
    cases
        .into_iter()
        .map(|(name, run)| Case {
            name: format!("stage/{name}"),
            bytes: SEGMENT_BYTES,
            run,
        })
        .collect()
}

/// The whole pipeline, on one core and on all.
fn encoding(content: &[u8]) -> Vec<Case<'_>> {
    let mut cases = Vec::new();
    for (k, m) in CODES {
        for compression in [Compression::None, Compression::Auto] {
            for (cores, threads) in [("one core", 0), ("all cores", EncodeOptions::new(k, m).threads)] {
                let options = EncodeOptions {
                    compression,
                    threads,
                    ..EncodeOptions::new(k, m)
                };
                let run = move || _ = black_box(encode(content, &options, |segment| _ = black_box(segment)));
                let name = format!("encode {k}+{m}/{compression:?}, {cores}");
                cases.push(Case {
                    name,
                    bytes: content.len(),
                    run: Box::new(run),
                });
            }
        }
    }
    let options = EncodeOptions {
        measure: true,
        threads: 0,
        ..EncodeOptions::new(4, 2)
    };
    let run = move || _ = black_box(encode(content, &options, drop));
    cases.push(Case {
        name: "measure/Auto, one core".into(),
        bytes: content.len(),
        run: Box::new(run),
    });
    cases
}

/// Reading back with all shards and with as many data shards lost as can be, on one core.
fn decoding(content: &[u8]) -> Vec<Case<'static>> {
    let content = &content[..content.len() / 4];
    let mut cases = Vec::new();
    for (k, m) in CODES {
        let mut segments: Vec<Vec<Vec<u8>>> = Vec::new();
        let manifest = encode(content, &EncodeOptions::new(k, m), |segment| {
            segments.push(
                (0..segment.shards())
                    .map(|shard| segment.shard(shard).to_vec())
                    .collect(),
            );
        });
        let decoder = std::rc::Rc::new(Decoder::new(manifest, &master()).expect("its own key"));
        let segments = std::rc::Rc::new(segments);
        for lost in [0, m] {
            let (decoder, segments) = (decoder.clone(), segments.clone());
            let bytes = content.len();
            let size = decoder.manifest().objects[0].size;
            let run = move || {
                for plan in decoder.plan(0, 0..size).expect("in range") {
                    let segment = &segments[usize::try_from(plan.segment).expect("small")];
                    let given = |(index, shard): (usize, &Vec<u8>)| {
                        (index >= lost.min(k) && index < k + lost.min(k)).then(|| shard.clone())
                    };
                    let shards = segment.iter().enumerate().map(given).collect();
                    let mut write = |_, bytes: &[u8]| {
                        black_box(bytes);
                        Ok(())
                    };
                    decoder.decode(&plan, shards, &mut write).expect("k shards are there");
                }
            };
            let name = format!("decode {k}+{m}/{} data shards lost", lost.min(k));
            cases.push(Case {
                name,
                bytes,
                run: Box::new(run),
            });
        }
    }
    cases
}

/// The best of some runs, in GB/s.
fn best(case: &mut Case<'_>) -> f64 {
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        (case.run)();
        best = best.min(start.elapsed());
    }
    bytes_as_f64(case.bytes) / best.as_secs_f64() / 1e9
}

fn bytes_as_f64(bytes: usize) -> f64 {
    f64::from(u32::try_from(bytes).expect("less than 4 GiB"))
}

/// What one core could encode if it did nothing but the stages: each byte is cut, hashed twice (its chunk's id and its file's hash),
/// encrypted and coded.
fn limit(speeds: &[(String, f64)], code: &str) -> Option<f64> {
    let speed = |name: &str| {
        speeds
            .iter()
            .find(|(of, _)| *of == format!("stage/{name}"))
            .map(|(_, speed)| *speed)
    };
    let seconds = 1.0 / speed("chunk")?
        + 2.0 / speed("BLAKE3")?
        + 1.0 / speed("AES-256-GCM")?
        + 1.0 / speed(&format!("Reed-Solomon {code}"))?;
    Some(1.0 / seconds)
}

fn table(cases: &mut [Case<'_>]) {
    let speeds: Vec<(String, f64)> = cases.iter_mut().map(|case| (case.name.clone(), best(case))).collect();
    println!("\n{:<44} {:>7}  share of one core's limit", "", "GB/s");
    for (name, speed) in &speeds {
        let code = name.strip_prefix("encode ").and_then(|rest| rest.split('/').next());
        let share = code.and_then(|code| limit(&speeds, code));
        let share = share.map_or(String::new(), |limit| {
            format!("{:.0} % of {limit:.2}", 100.0 * speed / limit)
        });
        println!("{name:<44} {speed:>7.2}  {share}");
    }
}

fn main() {
    let content = random(CONTENT_BYTES);
    let mut cases = stages(&content);
    cases.extend(encoding(&content));
    cases.extend(decoding(&content));

    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    for case in &mut cases {
        let (group, name) = case.name.split_once('/').expect("names have two parts");
        let mut group = criterion.benchmark_group(group);
        group.throughput(Throughput::BytesDecimal(u64::try_from(case.bytes).expect("small")));
        group.bench_function(name, |bencher| bencher.iter(&mut case.run));
        group.finish();
    }
    criterion.final_summary();
    // `cargo test` runs benches once, to see that they work.
    if std::env::args().any(|argument| argument == "--bench") {
        table(&mut cases);
    }
}
