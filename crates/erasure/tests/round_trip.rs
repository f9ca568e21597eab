//! What goes in comes out, whichever shards are lost.

#![allow(clippy::cast_possible_truncation, reason = "test data is small")]

mod support;

use blocs_erasure::{CoderError, ContentKey, DecodeError, EncodeError, EncodeOptions, Encoder, Segment};
use proptest::prelude::*;
use std::io;
use support::{COMPRESSIONS, info, master, options, random, small, store, store_with};

/// Every subset of `0..n` with `size` members.
fn subsets(n: usize, size: u32) -> impl Iterator<Item = Vec<usize>> {
    let chosen = move |set: u32| (0..n).filter(move |index| set & (1 << index) != 0).collect();
    (0u32..1 << n).filter(move |set| set.count_ones() == size).map(chosen)
}

#[test]
fn sizes_around_every_border() {
    let master = master(1);
    for size in [
        0,
        1,
        15,
        16,
        17,
        1023,
        1024,
        1025,
        16_383,
        16_385,
        65_535,
        65_536,
        65_537,
        200_001,
        1 << 20,
    ] {
        for compression in COMPRESSIONS {
            let content = random(size, size as u64);
            let options = EncodeOptions {
                compression,
                ..small(4, 2)
            };
            let stored = store(&master, &options, &[("file", &content)]);
            assert!(
                stored
                    .slots
                    .iter()
                    .all(|slot| slot.len() == stored.slots[0].len() && !slot.is_empty())
            );
            for lost in [&[][..], &[0, 5], &[1, 2]] {
                assert_eq!(
                    stored.read_all(&master, lost).expect("enough are left"),
                    [&content[..]],
                    "{size}, {lost:?}"
                );
            }
        }
    }
}

#[test]
fn standard_profile_around_chunk_and_segment_borders() {
    let master = master(1);
    for size in [
        (256 << 10) - 1,
        (256 << 10) + 1,
        (4 << 20) + 1,
        (16 << 20) - 1,
        16 << 20,
        (16 << 20) + 1,
        40 << 20,
    ] {
        let content = random(size, 3);
        let stored = store(&master, &options(4, 2), &[("file", &content)]);
        assert!(
            stored.read_all(&master, &[0, 3]).expect("enough are left")[0] == content,
            "{size}"
        );
    }
}

#[test]
fn large_random_and_compressible_content() {
    let master = master(1);
    let random = random(64 << 20, 5);
    let text = b"All work and no play makes Jack a dull boy. ".repeat((64 << 20) / 44);
    let stored = store(&master, &options(4, 2), &[("random", &random), ("text", &text)]);
    assert!(stored.slots[0].len() < (20 << 20), "the text takes hardly any room");
    let read = stored.read_all(&master, &[1, 2]).expect("enough are left");
    assert!(read[0] == random && read[1] == text);
}

#[test]
fn any_loss_of_all_but_k_is_survived_and_one_more_is_not() {
    let master = master(1);
    for (k, m) in [(4, 2), (1, 2), (3, 0)] {
        let content = random(150_000, 9);
        let stored = store(&master, &small(k, m), &[("file", &content)]);
        for lost in subsets(k + m, m as u32) {
            assert_eq!(
                stored.read_all(&master, &lost).expect("k are left"),
                [&content[..]],
                "{lost:?}"
            );
        }
        for lost in subsets(k + m, m as u32 + 1) {
            let error = stored.read_all(&master, &lost).expect_err("fewer than k are left");
            let DecodeError::Shards(CoderError::TooFewShards { present, needed }) = error else {
                panic!("{error}")
            };
            assert_eq!((present, needed), (k - 1, k));
        }
    }
}

#[test]
fn all_1001_losses_of_four_at_10_4() {
    let master = master(1);
    let content = random(30_000, 9);
    let stored = store(&master, &small(10, 4), &[("file", &content)]);
    let mut count = 0;
    for lost in subsets(14, 4) {
        assert_eq!(
            stored.read_all(&master, &lost).expect("k are left"),
            [&content[..]],
            "{lost:?}"
        );
        count += 1;
    }
    assert_eq!(count, 1001);
}

#[test]
fn equal_content_is_stored_once() {
    let master = master(1);
    let content = random(500_000, 1);
    let once = store(&master, &small(4, 2), &[("a", &content)]);
    let twice = store(
        &master,
        &small(4, 2),
        &[("a", &content), ("b", &content), ("zeros", &vec![0; 400_000])],
    );
    assert!(twice.slots[0].len() < once.slots[0].len() + 10_000);
    let read = twice.read_all(&master, &[0, 1]).expect("k are left");
    assert!(read[0] == content && read[1] == content && read[2] == vec![0; 400_000]);
}

#[test]
fn many_tiny_files_share_segments() {
    let master = master(1);
    let names: Vec<String> = (0..3000).map(|number| format!("folder/{number}")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), name.as_bytes())).collect();
    let stored = store(&master, &options(4, 2), &files);
    let decoder = stored.decoder(&master, &[4, 5]).expect("k are left");
    assert_eq!(decoder.manifest().segments.len(), 1);
    for number in [0, 1, 1777, 2999] {
        let size = names[number].len() as u64;
        assert_eq!(
            stored.read(&decoder, &[0], number, 0..size).expect("k are left"),
            names[number].as_bytes()
        );
    }
}

#[test]
fn ranges_read_only_the_segments_they_need() {
    let master = master(1);
    let content = random(600_000, 4);
    let stored = store(&master, &small(4, 2), &[("file", &content)]);
    let decoder = stored.decoder(&master, &[]).expect("all are there");
    let all = decoder.plan(0, 0..600_000).expect("in range").len();
    assert!(all >= 600_000 / (64 << 10));
    for (start, end) in [
        (0, 1),
        (599_999, 600_000),
        (65_535, 65_537),
        (100_000, 300_000),
        (5, 5),
        (600_000, 600_000),
    ] {
        let read = stored.read(&decoder, &[2], 0, start..end).expect("k are left");
        assert_eq!(read, &content[start as usize..end as usize]);
        assert!(decoder.plan(0, start..end).expect("in range").len() <= ((end - start) / (40 << 10)) as usize + 2);
    }
    for (file, range) in [(0, 0..600_001), (1, 0..0), (0, u64::MAX..u64::MAX)] {
        assert!(matches!(
            decoder.plan(file, range),
            Err(DecodeError::NoSuchRange { .. })
        ));
    }
}

#[test]
fn the_same_key_gives_the_same_shards_whatever_the_threads_and_reads() {
    struct Dribble<'a>(&'a [u8], usize);
    impl io::Read for Dribble<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = self.1 * 7 % 1009 + 1;
            let most = buffer.len().min(self.1);
            self.0.read(&mut buffer[..most])
        }
    }
    let (master, key) = (master(1), ContentKey::random());
    let content = [random(300_000, 1), b"text ".repeat(40_000)].concat();
    let mut slots = Vec::new();
    for threads in [0, 1, 4] {
        let mut bytes = vec![Vec::new(); 6];
        let sink = |segment: Segment| {
            bytes
                .iter_mut()
                .enumerate()
                .for_each(|(slot, bytes)| bytes.extend_from_slice(segment.shard(slot)));
            Ok(())
        };
        let options = EncodeOptions { threads, ..small(4, 2) };
        let mut encoder = Encoder::new(&master, &key, &options, sink).expect("options in range");
        encoder
            .add(info("file"), &mut Dribble(&content, threads))
            .expect("memory reads");
        encoder.finish().expect("the sink takes all");
        slots.push(bytes);
    }
    assert!(slots[0] == slots[1] && slots[1] == slots[2]);
}

#[test]
fn measuring_tells_what_encoding_will_give() {
    let (master, key) = (master(1), ContentKey::random());
    let content = [random(300_000, 1), b"text ".repeat(40_000), random(100_000, 1)].concat();
    for compression in COMPRESSIONS {
        let [measured, encoded] = [true, false].map(|measure| {
            let mut segments = 0;
            let options = EncodeOptions {
                compression,
                measure,
                ..small(4, 2)
            };
            let mut encoder = Encoder::new(&master, &key, &options, |_| {
                segments += 1;
                Ok(())
            })
            .expect("options in range");
            for path in ["a", "b"] {
                encoder.add(info(path), &mut &content[..]).expect("memory reads");
            }
            let manifest = encoder.finish().expect("the sink takes all");
            assert_eq!(segments, if measure { 0 } else { manifest.segments.len() });
            manifest
        });
        assert!(measured.segments.len() > 2);
        assert_eq!((measured.segments, measured.chunks), (encoded.segments, encoded.chunks));
        assert_eq!(measured.objects, encoded.objects);
    }
}

#[test]
fn failures_of_reader_and_sink_are_told_apart() {
    struct Broken;
    impl io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let (master, key) = (master(1), ContentKey::random());
    let mut encoder = Encoder::new(&master, &key, &small(4, 2), |_| Ok(())).expect("options in range");
    let error = encoder.add(info("file"), &mut Broken).expect_err("it cannot be read");
    assert_eq!(error.to_string(), "cannot read file: the disk is gone");

    let full = |_| Err(io::Error::other("no provider left"));
    let mut encoder = Encoder::new(&master, &key, &small(4, 2), full).expect("options in range");
    let content = random(1 << 20, 1);
    assert!(matches!(
        encoder.add(info("file"), &mut &content[..]),
        Err(EncodeError::Sink(_))
    ));

    let mut encoder = Encoder::new(&master, &key, &small(4, 2), |_| Ok(())).expect("options in range");
    for path in ["", "/etc/passwd", "../up", "a/../../b", "a//b", "a\\b"] {
        assert!(
            matches!(encoder.add(info(path), &mut &[][..]), Err(EncodeError::BadPath { .. })),
            "{path}"
        );
    }
    for options in [
        EncodeOptions {
            segment_bytes: 65 << 20,
            ..options(4, 2)
        },
        EncodeOptions {
            segment_bytes: 7 << 20,
            ..options(4, 2)
        },
        EncodeOptions {
            chunk_bytes: (0, 0, 0),
            ..options(4, 2)
        },
    ] {
        let encoder = Encoder::new(&master, &key, &options, |_| Ok(()));
        assert!(matches!(encoder.map(|_| ()), Err(EncodeError::BadOptions { .. })));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_files_under_any_code(
        k in 1usize..11,
        m in 0usize..6,
        sizes in proptest::collection::vec(0usize..120_000, 0..6),
        compressible in any::<bool>(),
        compression in 0usize..3,
        seed in any::<u64>(),
    ) {
        let master = master(3);
        let contents: Vec<Vec<u8>> = sizes
            .iter()
            .enumerate()
            .map(|(number, size)| {
                let mut content = random(*size, seed.wrapping_add(number as u64));
                if compressible {
                    content.iter_mut().for_each(|byte| *byte &= 3);
                }
                content
            })
            .collect();
        let names: Vec<String> = (0..sizes.len()).map(|number| format!("file {number}")).collect();
        let files: Vec<(&str, &[u8])> =
            names.iter().zip(&contents).map(|(name, content)| (name.as_str(), content.as_slice())).collect();
        let options = EncodeOptions { compression: COMPRESSIONS[compression], ..small(k, m) };
        let stored = store_with(&master, &ContentKey::random(), &options, &files);
        let first = usize::try_from(seed % 64).expect("small");
        let lost: Vec<usize> = (0..m).map(|step| (first + step) % (k + m)).collect();
        prop_assert!(stored.read_all(&master, &lost).expect("k are left") == contents);
    }
}
