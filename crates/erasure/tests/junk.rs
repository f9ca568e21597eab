//! Manifests that no encoder wrote: refused, or read without a panic.

mod support;

use blocs_erasure::{Chunk, ChunkProfile, Codec, ContentKey, Decoder, Label, Manifest, Object, join};
use proptest::{collection::vec, prelude::*};
use support::{DEAL, master};

/// Mostly small, sometimes anything.
fn number() -> impl Strategy<Value = u32> {
    prop_oneof![8 => 0u32..200, 1 => any::<u32>()]
}

prop_compose! {
    fn chunk()(
        id in any::<u8>(),
        zstd in any::<bool>(),
        segment in 0u32..4,
        offset in number(),
        plain in number(),
        extra in prop_oneof![4 => Just(16u32), 1 => 0u32..40],
        any_stored in proptest::option::weighted(0.1, any::<u32>()),
    ) -> Chunk {
        let codec = if zstd { Codec::Zstd { level: id } } else { Codec::None };
        let stored = any_stored.unwrap_or(plain.saturating_add(extra).saturating_sub(u32::from(zstd)));
        Chunk { id: [id; 32], codec, segment, offset, stored, plain }
    }
}

prop_compose! {
    fn manifest()(
        k in prop_oneof![8 => 1u8..5, 1 => any::<u8>()],
        m in prop_oneof![8 => 0u8..4, 1 => any::<u8>()],
        segments in vec(prop_oneof![8 => 1u32..2000, 1 => number()], 0..4),
        chunks in vec(chunk(), 0..6),
        lists in vec((vec(0u32..7, 0..5), proptest::option::weighted(0.1, any::<u64>())), 0..3),
    ) -> Manifest {
        let objects = lists.into_iter().map(|(list, size)| {
            let plain = |index: &u32| usize::try_from(*index).ok().and_then(|index| chunks.get(index));
            let sum = list.iter().filter_map(plain).map(|chunk| u64::from(chunk.plain)).sum();
            Object { path: "file".into(), size: size.unwrap_or(sum), modified: 0, mode: 0, hash: [0; 32], chunks: list }
        });
        let objects = objects.collect();
        let key = ContentKey::random().wrap(&master(1));
        Manifest { profile: ChunkProfile::standard(0), k, m, key, segments, chunks, objects }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]
    #[test]
    fn made_up_manifests_never_panic(manifest in manifest(), start in 0u64..300, length in 0u64..300) {
        let master = master(1);
        let sealed = manifest.seal(&master, DEAL).expect("small");
        let Ok(manifest) = Manifest::open(&sealed, &master, DEAL) else { return Ok(()) };
        prop_assume!(manifest.segments.iter().all(|length| *length < 100_000));
        let decoder = Decoder::new(manifest, &master).expect("its own key");
        for object in 0..4 {
            for plan in decoder.plan(object, start..start.saturating_add(length)).unwrap_or_default() {
                let shard = decoder.shard_range(plan.segment);
                let shard = vec![0; usize::try_from(shard.end - shard.start).expect("small")];
                let shards = vec![Some(shard); decoder.coder().n()];
                prop_assert!(decoder.decode(&plan, shards, &mut |_, _| panic!("bytes came out")).is_err());
            }
        }
    }

    #[test]
    fn altered_seals_are_refused(at in any::<prop::sample::Index>(), bit in 0u8..8, cut in any::<bool>()) {
        let master = master(1);
        let label = Label { name: "name".into(), content_bytes: 1, files: 1, created: 1, manifest_bytes: 1 };
        let mut sealed = label.seal(&master, &[1; 32]).expect("short");
        let at = at.index(sealed.len());
        if cut { sealed.truncate(at) } else { sealed[at] ^= 1 << bit }
        prop_assert!(Label::open(&sealed, &master, &[1; 32]).is_err());
    }

    #[test]
    fn joins_of_junk_never_panic(
        k in 1usize..5,
        m in 0usize..4,
        lengths in vec(proptest::option::of(0usize..20), 0..9),
        length in prop_oneof![4 => 0usize..60, 1 => any::<usize>()],
    ) {
        let coder = blocs_erasure::Coder::new(k, m).expect("a code");
        let shards = lengths.into_iter().map(|length| length.map(|length| vec![1; length])).collect();
        let _ = join(&coder, shards, length);
    }
}
