//! Proofs: building one from the outboard and a group, checking one, and making an outboard beside plain BLAKE3.

#![allow(
    missing_docs,
    reason = "the functions of criterion's macros are not ours to document"
)]

use blocs_primitives::{
    Root,
    outboard::{GROUP_BYTES, OutboardBuilder, group_of, group_range, prove},
    pieces,
    proof::{PieceProof, verify},
};
use criterion::{BenchmarkId, Criterion, Throughput, black_box, criterion_group, criterion_main};
use rand::{RngCore, SeedableRng, rngs::StdRng};

const MIB: usize = 1 << 20;

fn random(bytes: usize) -> Vec<u8> {
    let mut content = vec![0; bytes];
    StdRng::seed_from_u64(1).fill_bytes(&mut content);
    content
}

/// A proof of the first piece of a slot of `size` bytes that does not exist: random siblings, and the root that they lead to.
fn synthetic(size: u64) -> (Root, PieceProof) {
    use blake3::hazmat::{HasherExt, Mode, merge_subtrees_non_root, merge_subtrees_root};
    let levels = pieces(size).next_power_of_two().trailing_zeros();
    let mut rng = StdRng::seed_from_u64(2);
    let siblings: Vec<[u8; 32]> = (0..levels)
        .map(|_| {
            let mut sibling = [0; 32];
            rng.fill_bytes(&mut sibling);
            sibling
        })
        .collect();
    let piece = random(1024);
    let (last, inner) = siblings.split_last().expect("the slot has more than one piece");
    let leaf = blake3::Hasher::new().update(&piece).finalize_non_root();
    let top = inner
        .iter()
        .fold(leaf, |cv, sibling| merge_subtrees_non_root(&cv, sibling, Mode::Hash));
    let root = Root(*merge_subtrees_root(&top, last, Mode::Hash).as_bytes());
    (root, PieceProof { piece, siblings })
}

fn building(criterion: &mut Criterion) {
    let content = random(16 * MIB);
    let mut builder = OutboardBuilder::new();
    builder.push(&content);
    let (root, outboard) = builder.finish();
    let (size, piece) = (outboard.size(), 7777);
    let range = group_range(size, group_of(piece)).expect("the slot has the piece");
    let start = usize::try_from(range.start).expect("fits in memory");
    let group = content
        .get(start..)
        .and_then(|rest| rest.get(..usize::try_from(GROUP_BYTES).ok()?))
        .expect("a whole group");
    criterion.bench_function("proof/build/16MiB", |bencher| {
        bencher.iter(|| prove(&root, size, black_box(piece), group, |offset| outboard.node(offset)).expect("intact"));
    });
}

fn verifying(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("proof/verify");
    for (name, size) in [("16MiB", 16 << 20), ("16GiB", 16 << 30)] {
        let (root, proof) = synthetic(size);
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| verify(&root, size, 0, black_box(&proof)).expect("a true proof"));
        });
    }
}

fn outboards(criterion: &mut Criterion) {
    let content = random(64 * MIB);
    let mut group = criterion.benchmark_group("outboard/64MiB");
    group.sample_size(20).throughput(Throughput::Bytes(64 << 20));
    group.bench_function("blake3", |bencher| bencher.iter(|| blake3::hash(black_box(&content))));
    for part in [64 * 1024, MIB] {
        group.bench_function(BenchmarkId::new("builder", part), |bencher| {
            bencher.iter(|| {
                let mut builder = OutboardBuilder::new();
                for bytes in black_box(&content).chunks(part) {
                    builder.push(bytes);
                }
                builder.finish()
            });
        });
    }
}

criterion_group!(benches, building, verifying, outboards);
criterion_main!(benches);
