//! What happens before a store is used: records are read, files are compared with them.

use super::{CURSOR_KEY, IDENTITY_KEY, PROOF_PREFIX, RecoveryReport, SLOT_PREFIX, State};
use crate::{
    Cursor, Identity, OpenError, ProofRecord, SlotName, SlotRecord, SlotState,
    reader::outboard_bytes,
    record::Versioned,
    records::Records,
    vfs::{Entry, Vfs},
};
use blocs_primitives::{DealId, SlotId, SlotIndex};
use std::collections::BTreeMap;

/// Sizes of the two files of a slot, as found.
#[derive(Default)]
struct Found {
    content: Option<u64>,
    outboard: Option<u64>,
}

/// Reads the records, removes unfinished files and orphans, checks the sizes of the others.
pub(super) fn recover(vfs: &dyn Vfs, records: &dyn Records) -> Result<(State, RecoveryReport), OpenError> {
    let state = read_records(records)?;
    let mut report = RecoveryReport {
        slots: state.slots.len(),
        ..RecoveryReport::default()
    };
    let mut found: BTreeMap<SlotId, Found> = BTreeMap::new();
    let mut removable = Vec::new();
    for path in files(vfs)? {
        let name = path.path.rsplit_once('/').map_or("", |(_, name)| name);
        let (base, is_outboard) = name.strip_suffix(".tree").map_or((name, false), |base| (base, true));
        if name.ends_with(".tmp") {
            report.temporaries += 1;
            removable.push(path.path);
        } else if let Some(SlotName(slot)) = SlotName::parse(base) {
            let kept = state
                .slots
                .get(&slot)
                .is_some_and(|record| record.state != SlotState::Gone);
            if kept {
                let entry = found.entry(slot).or_default();
                let part = if is_outboard {
                    &mut entry.outboard
                } else {
                    &mut entry.content
                };
                *part = Some(path.size);
            } else if !state.slots.contains_key(&slot) {
                report.orphans += 1;
                removable.push(path.path);
            }
        }
    }
    if state.identity.is_none() && report.orphans > 0 {
        return Err(OpenError::DatabaseMissing { files: report.orphans });
    }
    for path in removable {
        vfs.remove(&path).map_err(|source| OpenError::Files {
            attempt: format!("remove {path}"),
            source,
        })?;
    }
    for (slot, record) in &state.slots {
        if record.state == SlotState::Gone {
            continue;
        }
        let files = found.remove(slot).unwrap_or_default();
        if let Some(reason) = damage(record, &files) {
            report.damaged.push((*slot, reason));
        }
    }
    Ok((state, report))
}

fn damage(record: &SlotRecord, files: &Found) -> Option<String> {
    let wanted = outboard_bytes(record.size);
    match (files.content, files.outboard) {
        (None, _) => Some("its content is gone".into()),
        (Some(size), _) if size != record.size => Some(format!("its content has {size} bytes, not {}", record.size)),
        (_, None) if wanted > 0 => Some("its outboard is gone".into()),
        (_, Some(size)) if size != wanted => Some(format!("its outboard has {size} bytes, not {wanted}")),
        _ => None,
    }
}

fn read_records(records: &dyn Records) -> Result<State, OpenError> {
    fn one<T: Versioned>(records: &dyn Records, key: &[u8], what: &str) -> Result<Option<T>, OpenError> {
        let found = records.scan(key)?.into_iter().find(|(found, _)| found == key);
        let read = |(_, bytes): (Vec<u8>, Vec<u8>)| T::from_bytes(&bytes);
        found.map(read).transpose().map_err(|source| OpenError::Record {
            what: what.into(),
            source,
        })
    }
    let mut state = State {
        identity: one::<Identity>(records, IDENTITY_KEY, "the store's identity")?,
        cursor: one::<Cursor>(records, CURSOR_KEY, "the chain cursor")?,
        ..State::default()
    };
    for (key, bytes) in records.scan(SLOT_PREFIX)? {
        let slot = slot_of(&key[SLOT_PREFIX.len()..]).ok_or_else(|| OpenError::Record {
            what: "the key of a slot".into(),
            source: crate::record::RecordError::Malformed { version: 1 },
        })?;
        let record = SlotRecord::from_bytes(&bytes).map_err(|source| OpenError::Record {
            what: format!("slot {}", SlotName(slot)),
            source,
        })?;
        state.held = state.held.saturating_add(record.size);
        state.slots.insert(slot, record);
    }
    for (_, bytes) in records.scan(PROOF_PREFIX)? {
        let proof = ProofRecord::from_bytes(&bytes).map_err(|source| OpenError::Record {
            what: "the journal of proofs".into(),
            source,
        })?;
        state.proofs.insert(proof.period, proof);
    }
    Ok(state)
}

fn slot_of(key: &[u8]) -> Option<SlotId> {
    let (deal, index) = key.split_at_checked(32)?;
    let deal: [u8; 32] = deal.try_into().ok()?;
    Some(SlotId {
        deal: DealId(deal.into()),
        index: SlotIndex(u16::from_be_bytes(index.try_into().ok()?)),
    })
}

struct FoundFile {
    path: String,
    size: u64,
}

/// All files below `slots`, two folders deep.
fn files(vfs: &dyn Vfs) -> Result<Vec<FoundFile>, OpenError> {
    let list = |path: &str| -> Result<Vec<Entry>, OpenError> {
        vfs.list(path).map_err(|source| OpenError::Files {
            attempt: format!("list {path}"),
            source,
        })
    };
    let mut found = Vec::new();
    let mut folders = vec![("slots".to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        for entry in list(&folder)? {
            let path = format!("{folder}/{}", entry.name);
            match entry.size {
                None if depth < 2 => folders.push((path, depth + 1)),
                None => {}
                Some(size) => found.push(FoundFile { path, size }),
            }
        }
    }
    Ok(found)
}
