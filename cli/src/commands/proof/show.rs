//! What is proved, for people and for programs.

use crate::units::{bloc, bytes, duration};
use blocs_light::{Account, Deal, Proven, Question, Record, Slot, SlotStatus, StorageEntry};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// As JSON: amounts in planck as strings.
pub(super) fn value(proven: &Proven) -> Value {
    json!({
        "question": proven.question,
        "record": record(&proven.record),
        "key": hex(&proven.key),
        "value": proven.value.as_deref().map(hex),
        "undecoded": match &proven.record {
            Record::Raw { why } => Some(why),
            _ => None,
        },
        "block": { "number": proven.block.number, "hash": proven.block.hash, "time_ms": proven.time },
        "finalized": {
            "number": proven.finalized.number,
            "hash": proven.finalized.hash,
            "set_id": proven.set_id,
            "authorities": proven.authorities,
            "set_changes": proven.changes,
        },
        "runtime": proven.runtime,
        "genesis": proven.genesis,
    })
}

fn record(record: &Record) -> Value {
    match record {
        Record::Absent | Record::Raw { .. } => Value::Null,
        Record::Account(Account {
            nonce,
            consumers,
            providers,
            sufficients,
            free,
            reserved,
            frozen,
            ..
        }) => json!({
            "nonce": nonce,
            "consumers": consumers,
            "providers": providers,
            "sufficients": sufficients,
            "free": free.to_string(),
            "reserved": reserved.to_string(),
            "frozen": frozen.to_string(),
        }),
        Record::Deal(deal) => json!({
            "owner": deal.owner.to_string(),
            "manifest": deal.manifest,
            "k": deal.k,
            "n": deal.n,
            "start": deal.start,
            "end": deal.end,
            "open_slots": deal.open_slots,
            "deposit": deal.deposit.to_string(),
            "refundable": deal.refundable.to_string(),
            "label": hex(&deal.label),
        }),
        Record::Slot(slot) => json!({
            "provider": slot.provider.to_string(),
            "root": hex(&slot.root),
            "size": slot.size,
            "rate": slot.rate.to_string(),
            "start": slot.start,
            "end": slot.end,
            "status": slot.status,
        }),
    }
}

/// As lines.
pub(super) fn text(proven: &Proven) -> String {
    let Proven {
        question,
        block,
        finalized,
        ..
    } = proven;
    let mut lines = asked(question);
    lines.extend(match &proven.record {
        Record::Absent => vec![line("found", "nothing: there is no such entry in that state")],
        Record::Account(account) => of_account(account),
        Record::Deal(deal) => of_deal(deal),
        Record::Slot(slot) => of_slot(slot),
        Record::Raw { why } => vec![
            line("bytes", proven.value.as_deref().map(hex).unwrap_or_default()),
            line("", format!("not decoded: {why}")),
        ],
    });
    lines.push(line("key", hex(&proven.key)));
    let age = proven.time.map(age).unwrap_or_default();
    lines.push(line("block", format!("{} {:?}{age}", block.number, block.hash)));
    lines.push(line(
        "final",
        format!(
            "block {} {:?}, by authority set {} of {}, {} changes after the start",
            finalized.number, finalized.hash, proven.set_id, proven.authorities, proven.changes
        ),
    ));
    if let Some(runtime) = &proven.runtime {
        lines.push(line(
            "runtime",
            format!("{} {}", runtime.spec_name, runtime.spec_version),
        ));
    }
    lines.push(line("chain", format!("{:?}", proven.genesis)));
    lines.join("\n")
}

fn line(name: &str, text: impl AsRef<str>) -> String {
    format!("{name:<9} {}", text.as_ref())
}

fn asked(question: &Question) -> Vec<String> {
    match question {
        Question::Account(account) => vec![line("account", account.to_string())],
        Question::Deal(deal) => vec![line("deal", format!("{deal:?}"))],
        Question::Slot { deal, index } => vec![line("deal", format!("{deal:?}")), line("slot", index.to_string())],
        Question::Storage(StorageEntry { pallet, entry, keys }) => {
            let keys = keys.iter().map(|part| {
                let hasher = format!("{:?}", part.hasher);
                line("", format!("{hasher} of {}", hex(&part.key)))
            });
            std::iter::once(line("storage", format!("{pallet}.{entry}")))
                .chain(keys)
                .collect()
        }
    }
}

fn of_account(account: &Account) -> Vec<String> {
    vec![
        line("free", bloc(account.free)),
        line("reserved", bloc(account.reserved)),
        line("frozen", bloc(account.frozen)),
        line("nonce", account.nonce.to_string()),
    ]
}

fn of_deal(deal: &Deal) -> Vec<String> {
    vec![
        line("owner", deal.owner.to_string()),
        line(
            "needs",
            format!("{} of {} slots, {} open", deal.k, deal.n, deal.open_slots),
        ),
        line("periods", format!("{} to {}", deal.start, deal.end)),
        line("deposit", bloc(deal.deposit)),
        line("manifest", format!("{:?}", deal.manifest)),
    ]
}

fn of_slot(slot: &Slot) -> Vec<String> {
    let status = match slot.status {
        SlotStatus::Live => "live",
        SlotStatus::Lost => "lost",
        SlotStatus::Reserved => "reserved",
    };
    vec![
        line("provider", slot.provider.to_string()),
        line("status", status),
        line("size", format!("{} ({})", slot.size, bytes(slot.size))),
        line("rate", format!("{} per period", bloc(slot.rate))),
        line("periods", format!("{} to {}", slot.start, slot.end)),
        line("root", ::hex::encode(slot.root)),
    ]
}

fn hex(bytes: &[u8]) -> String {
    format!("0x{}", ::hex::encode(bytes))
}

/// How long ago it was, by this machine's clock.
fn age(time_ms: u64) -> String {
    let made = UNIX_EPOCH.checked_add(Duration::from_millis(time_ms));
    match made.and_then(|made| SystemTime::now().duration_since(made).ok()) {
        Some(age) => format!(", made {} ago", duration(age)),
        None => ", made in this machine's future".to_owned(),
    }
}
