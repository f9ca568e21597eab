#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use super::*;
use blocs_primitives::{DealId, Root, SlotIndex, proof};
use blocs_store::{
    BlockEffects, Change, Cursor, FileStore, QuoteTerms, StoreConfig,
    sim::{Damage, Operation, SimDisk},
};
use sp_core::{Pair, sr25519};

const SIZE: u64 = 100_000;

struct Bench {
    disk: SimDisk,
    store: FileStore,
    operator: Sr25519Signer,
    roots: Vec<Root>,
}

fn slot(number: u8) -> SlotId {
    SlotId {
        deal: DealId(Hash::repeat_byte(number)),
        index: SlotIndex(0),
    }
}

/// A store with live slots 0..count.
fn bench(count: u8) -> Bench {
    let disk = SimDisk::new();
    let (store, _) = disk
        .open_store(StoreConfig {
            capacity: 1 << 30,
            min_free: 0,
        })
        .unwrap();
    let mut roots = Vec::new();
    let mut changes = Vec::new();
    for number in 0..count {
        let bytes: Vec<u8> = (0..SIZE)
            .map(|at| u8::try_from((at / 7 + u64::from(number)) % 251).unwrap())
            .collect();
        let mut writer = store.begin(slot(number), SIZE).unwrap();
        writer.write(&bytes).unwrap();
        roots.push(writer.root().unwrap());
        writer
            .commit(QuoteTerms {
                owner: AccountId::new([5; 32]),
                uploader: AccountId::new([5; 32]),
                rate: 1,
                duration: 9,
                valid_until: 50,
            })
            .unwrap();
        changes.push(Change::Opened {
            slot: slot(number),
            end: 10,
        });
    }
    let cursor = Cursor {
        number: 3,
        hash: Hash::zero(),
    };
    store
        .apply(&BlockEffects {
            cursor,
            changes,
            closing_grace: 16,
        })
        .unwrap();
    Bench {
        disk,
        store,
        operator: Sr25519Signer::from_suri("//Operator").unwrap(),
        roots,
    }
}

impl Bench {
    fn challenge(&self, pieces: &[(u8, u64)]) -> Challenge {
        let piece = |(number, piece): &(u8, u64)| PieceChallenge {
            slot: slot(*number),
            root: self.roots.get(usize::from(*number)).copied().unwrap_or_default(),
            size: SIZE,
            piece: *piece,
        };
        let pieces: Vec<_> = pieces.iter().map(piece).collect();
        Challenge {
            period: 4,
            pay: 3,
            drawn: 1,
            pieces: pieces.try_into().unwrap(),
        }
    }

    fn make(&self, challenge: &Challenge, concede: bool) -> Result<Proof, Withheld> {
        make(
            &self.store,
            &self.operator,
            Hash::repeat_byte(1),
            AccountId::new([2; 32]),
            challenge,
            concede,
        )
    }

    fn damage(&self, number: u8, damage: Damage) {
        let name = SlotName(slot(number)).to_string();
        let file = self
            .disk
            .files()
            .into_iter()
            .find(|file| file.ends_with(&name))
            .unwrap();
        self.disk.damage(&file, damage);
    }
}

/// The slots that the proof concedes, by number; all other answers are checked as the chain does.
fn conceded(bench: &Bench, challenge: &Challenge, proof: &Proof) -> Vec<SlotId> {
    let mut slots = Vec::new();
    for (asked, answer) in challenge.pieces.iter().zip(&proof.call.answers) {
        match answer {
            Answer::Piece(piece) => proof::verify(&asked.root, asked.size, asked.piece, piece).unwrap(),
            Answer::Conceded => slots.push(asked.slot),
        }
    }
    if slots.is_empty() {
        assert!(proof.call.concession.is_none());
    } else {
        let statement = Concession {
            genesis: Hash::repeat_byte(1),
            provider: AccountId::new([2; 32]),
            period: challenge.period,
            slots: slots.clone(),
        };
        let signature = proof.call.concession.as_ref().unwrap();
        assert!(sr25519::Pair::verify(
            signature,
            statement.signing_payload(),
            &bench.operator.public()
        ));
    }
    slots
}

#[test]
fn good_slots_are_proved() {
    let bench = bench(3);
    let challenge = bench.challenge(&[(0, 0), (1, 97), (2, 50), (0, 1)]);
    let proof = bench.make(&challenge, true).unwrap();
    assert_eq!(conceded(&bench, &challenge, &proof), []);
}

#[test]
fn only_the_damaged_slot_is_conceded_at_each_of_its_pieces() {
    for damage in [Damage::Remove, Damage::Truncate(5), Damage::FlipBit(16 * 1024 * 8 + 1)] {
        let bench = bench(3);
        bench.damage(1, damage);
        // Piece 90 lies in a good group: that it can be read does not make the slot good.
        let challenge = bench.challenge(&[(0, 0), (1, 90), (2, 5), (1, 17)]);
        let proof = bench.make(&challenge, true).unwrap();
        assert_eq!(conceded(&bench, &challenge, &proof), [slot(1), slot(1)], "{damage:?}");
        assert_eq!(proof.conceded.len(), 1);
    }
}

#[test]
fn an_error_that_passes_is_no_reason_to_concede() {
    let bench = bench(2);
    bench.disk.fail_nth(Operation::Read, 1, std::io::ErrorKind::Other);
    let challenge = bench.challenge(&[(0, 0), (1, 0)]);
    let proof = bench.make(&challenge, true).unwrap();
    assert_eq!(conceded(&bench, &challenge, &proof), []);
}

#[test]
fn a_slot_never_held_is_conceded() {
    let bench = bench(2);
    let challenge = bench.challenge(&[(0, 0), (9, 0)]);
    let proof = bench.make(&challenge, true).unwrap();
    assert_eq!(conceded(&bench, &challenge, &proof), [slot(9)]);
}

#[test]
fn when_all_files_are_missing_nothing_is_conceded() {
    let bench = bench(3);
    for number in 0..3 {
        bench.damage(number, Damage::Remove);
    }
    let challenge = bench.challenge(&[(0, 0), (1, 0)]);
    assert_eq!(
        bench.make(&challenge, true).unwrap_err(),
        Withheld::AllGone { slots: 3 }
    );
}

#[test]
fn wrong_bytes_in_all_slots_are_no_missing_disk() {
    let bench = bench(2);
    for number in 0..2 {
        bench.damage(number, Damage::FlipBit(3));
    }
    let challenge = bench.challenge(&[(0, 0), (1, 0)]);
    let proof = bench.make(&challenge, true).unwrap();
    assert_eq!(conceded(&bench, &challenge, &proof), [slot(0), slot(1)]);
}

#[test]
fn nothing_is_conceded_when_that_is_switched_off() {
    let bench = bench(2);
    bench.damage(1, Damage::Remove);
    let challenge = bench.challenge(&[(0, 0), (1, 0)]);
    assert!(matches!(
        bench.make(&challenge, false),
        Err(Withheld::NotAllowed { .. })
    ));
}
