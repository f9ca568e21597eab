//! Content and a naive tree for the tests of proofs.

use blocs_primitives::{
    Root,
    outboard::{MissingNode, Outboard, OutboardBuilder, ProveError, group_of, group_range, prove},
    proof::PieceProof,
};

/// The input of BLAKE3's own test vectors: bytes counting from 0 to 250 and again.
pub(crate) fn content(size: usize) -> Vec<u8> {
    (0..=250u8).cycle().take(size).collect()
}

/// A slot in memory.
pub(crate) struct Slot {
    pub(crate) bytes: Vec<u8>,
    pub(crate) root: Root,
    pub(crate) outboard: Outboard,
}

impl Slot {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        let mut builder = OutboardBuilder::new();
        builder.push(&bytes);
        let (root, outboard) = builder.finish();
        Self { bytes, root, outboard }
    }

    pub(crate) fn size(&self) -> u64 {
        u64::try_from(self.bytes.len()).unwrap()
    }

    pub(crate) fn group(&self, group: u64) -> &[u8] {
        let range = group_range(self.size(), group).unwrap();
        &self.bytes[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()]
    }

    pub(crate) fn prove(&self, piece: u64) -> Result<PieceProof, ProveError<MissingNode>> {
        prove(&self.root, self.size(), piece, self.group(group_of(piece)), |offset| {
            self.outboard.node(offset)
        })
    }
}

/// Sizes one below, on and one above every border of pieces (up to 70), groups (up to 20) and powers of two (up to 4 MiB).
pub(crate) fn border_sizes() -> Vec<usize> {
    let borders = (0..=70)
        .map(|n| n * 1024)
        .chain((0..=20).map(|n| n * 16384))
        .chain((0..=22).map(|n| 1 << n));
    let mut sizes: Vec<usize> = borders
        .flat_map(|border: usize| [border.saturating_sub(1), border, border + 1])
        .filter(|size| *size > 0)
        .collect();
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}

/// Pieces worth testing in a slot: the first and last few, and those around the middle.
pub(crate) fn some_pieces(count: u64) -> Vec<u64> {
    let mut some: Vec<u64> = [0, 1, 2, 15, 16, 17, count / 2, count / 2 + 1, count - 1]
        .into_iter()
        .chain(count.checked_sub(2))
        .filter(|piece| *piece < count)
        .collect();
    some.sort_unstable();
    some.dedup();
    some
}
