//! Benchmarks of the data path, the proofs and the market: what several of them need.

use blocs_primitives::{
    Answer, DealId, Hash, PIECE_BYTES, PieceChallenge, SlotId, SlotIndex,
    outboard::{OutboardBuilder, group_of, group_range, prove},
    pieces,
};

/// Bytes of every slot.
pub const SLOT_BYTES: u64 = 1 << 20;

/// `count` pieces of one slot, spread over it, and the true answers to them.
pub fn proof(count: u64) -> (Vec<PieceChallenge>, Vec<Answer>) {
    let content: Vec<u8> = (0..SLOT_BYTES)
        .map(|at| (at / PIECE_BYTES % 251).to_le_bytes()[0])
        .collect();
    let mut builder = OutboardBuilder::new();
    builder.push(&content);
    let (root, outboard) = builder.finish();
    let slot = SlotId {
        deal: DealId(Hash::repeat_byte(1)),
        index: SlotIndex(0),
    };
    let at = |offset: u64| usize::try_from(offset).expect("fits in memory");
    let one = |number: u64| {
        let piece = number * 997 % pieces(SLOT_BYTES);
        let range = group_range(SLOT_BYTES, group_of(piece)).expect("a piece of the slot");
        let bytes = &content[at(range.start)..at(range.end)];
        let answer = prove(&root, SLOT_BYTES, piece, bytes, |offset| outboard.node(offset)).expect("intact");
        let asked = PieceChallenge {
            slot,
            root,
            size: SLOT_BYTES,
            piece,
        };
        (asked, Answer::Piece(answer))
    };
    (0..count).map(one).unzip()
}
