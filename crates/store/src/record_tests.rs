#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use super::*;

#[derive(Debug, PartialEq, Encode, Decode)]
struct First {
    size: u32,
}
#[derive(Debug, PartialEq, Encode, Decode)]
struct Second {
    size: u64,
}
#[derive(Debug, PartialEq, Encode, Decode)]
struct Third {
    size: u64,
    label: String,
}

impl Versioned for First {
    const VERSION: u8 = 1;
    type Previous = Self;
    fn migrate(previous: Self) -> Self {
        previous
    }
}
impl Versioned for Second {
    const VERSION: u8 = 2;
    type Previous = First;
    fn migrate(previous: First) -> Self {
        Self {
            size: previous.size.into(),
        }
    }
}
impl Versioned for Third {
    const VERSION: u8 = 3;
    type Previous = Second;
    fn migrate(previous: Second) -> Self {
        Self {
            size: previous.size,
            label: "migrated".into(),
        }
    }
}

#[test]
fn a_record_of_an_older_version_is_migrated_step_by_step() {
    let old = First { size: 7 }.to_bytes();
    assert_eq!(
        Third::from_bytes(&old),
        Ok(Third {
            size: 7,
            label: "migrated".into()
        })
    );
    let newer = Second { size: 8 }.to_bytes();
    assert_eq!(
        Third::from_bytes(&newer),
        Ok(Third {
            size: 8,
            label: "migrated".into()
        })
    );
}

#[test]
fn a_record_of_an_unknown_version_is_refused() {
    let newer = Third {
        size: 7,
        label: "x".into(),
    }
    .to_bytes();
    assert_eq!(
        Second::from_bytes(&newer),
        Err(RecordError::UnknownVersion { version: 3, newest: 2 })
    );
    assert_eq!(
        First::from_bytes(&[0, 1, 2, 3, 4]),
        Err(RecordError::UnknownVersion { version: 0, newest: 1 })
    );
    assert_eq!(First::from_bytes(&[]), Err(RecordError::Empty));
    assert_eq!(First::from_bytes(&[1, 2]), Err(RecordError::Malformed { version: 1 }));
    assert_eq!(
        First::from_bytes(&[1, 0, 0, 0, 0, 0]),
        Err(RecordError::Malformed { version: 1 }),
        "trailing bytes"
    );
}

/// A slot's record as it lies on disk: with its uploader since version 2.
fn written(version: u8, uploader: Option<[u8; 32]>) -> Vec<u8> {
    let mut bytes = vec![version];
    bytes.extend([2; 32]);
    bytes.extend(3u64.to_le_bytes());
    bytes.extend([4; 32]);
    bytes.extend(uploader.into_iter().flatten());
    bytes.extend(5u128.to_le_bytes());
    bytes.extend(6u32.to_le_bytes());
    bytes.push(1);
    bytes.extend(7u32.to_le_bytes());
    bytes
}

fn record(uploader: [u8; 32]) -> SlotRecord {
    SlotRecord {
        root: Root([2; 32]),
        size: 3,
        owner: AccountId::new([4; 32]),
        uploader: AccountId::new(uploader),
        rate: 5,
        duration: 6,
        state: SlotState::Live { end: 7 },
    }
}

#[test]
fn the_layout_of_a_slot_record_is_pinned() {
    let expected = written(2, Some([8; 32]));
    assert_eq!(record([8; 32]).to_bytes(), expected);
    assert_eq!(SlotRecord::from_bytes(&expected), Ok(record([8; 32])));
}

#[test]
fn a_slot_record_of_the_first_version_was_uploaded_by_its_owner() {
    assert_eq!(SlotRecord::from_bytes(&written(1, None)), Ok(record([4; 32])));
    let neither = SlotRecord::from_bytes(&written(1, Some([8; 32])));
    assert_eq!(neither, Err(RecordError::Malformed { version: 1 }));
}
