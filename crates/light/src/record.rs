//! Records of the state, by the layouts of the runtimes that are known.

use crate::Question;
use blocs_primitives::{AccountId, Balance, Hash, Period};
use codec::{Compact, Decode, DecodeAll};
use serde::Serialize;

/// The runtimes whose layouts these are: name, first and last version.
pub const KNOWN_RUNTIMES: (&str, u32, u32) = ("blocs", 2, 4);

/// The runtime whose layouts a state follows, as the state itself says (`System.LastRuntimeUpgrade`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuntimeVersion {
    /// Its name.
    pub spec_name: String,
    /// Its version.
    pub spec_version: u32,
}

impl RuntimeVersion {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, codec::Error> {
        let (Compact(spec_version), spec_name) = <(Compact<u32>, String)>::decode_all(&mut &*bytes)?;
        Ok(Self {
            spec_name,
            spec_version,
        })
    }

    /// Whether the layouts here are this runtime's.
    pub fn is_known(&self) -> bool {
        let (name, first, last) = KNOWN_RUNTIMES;
        self.spec_name == name && (first..=last).contains(&self.spec_version)
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// Nothing is stored there.
    Absent,
    /// An account.
    Account(Account),
    /// A deal.
    Deal(Deal),
    /// A slot.
    Slot(Slot),
    /// Bytes whose layout is not known here, and why not.
    Raw {
        /// Why they are not decoded.
        why: String,
    },
}

impl Record {
    /// Decodes the answer by the layout of the runtime that wrote it.
    pub(crate) fn decode(question: &Question, value: Option<&[u8]>, runtime: Option<&RuntimeVersion>) -> Self {
        let Some(bytes) = value else {
            return Self::Absent;
        };
        if matches!(question, Question::Storage(_)) {
            let why = "the layout of this entry is in the metadata, which is not part of the proof".to_owned();
            return Self::Raw { why };
        }
        let (name, first, last) = KNOWN_RUNTIMES;
        match runtime {
            Some(runtime) if runtime.is_known() => {}
            Some(RuntimeVersion {
                spec_name,
                spec_version,
            }) => {
                let known = format!("this program knows the layouts of {name} {first} to {last}");
                let why = format!("the state is that of the runtime {spec_name} {spec_version}; {known}");
                return Self::Raw { why };
            }
            None => {
                let why = "the state does not say which runtime wrote it".to_owned();
                return Self::Raw { why };
            }
        }
        let decoded = match question {
            Question::Account(_) => Account::decode_all(&mut &*bytes).map(Self::Account),
            Question::Deal(_) => Deal::decode_all(&mut &*bytes).map(Self::Deal),
            Question::Slot { .. } => Slot::decode_all(&mut &*bytes).map(Self::Slot),
            Question::Storage(_) => Err("no layout".into()),
        };
        decoded.unwrap_or_else(|error| Self::Raw {
            why: format!("the value does not have the layout that is known: {error}"),
        })
    }
}

/// An account; absent ones hold nothing.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub struct Account {
    /// Transactions that it has sent.
    pub nonce: u32,
    /// Reasons why it must stay.
    pub consumers: u32,
    /// Reasons why it may exist.
    pub providers: u32,
    /// Reasons why it may exist without tokens.
    pub sufficients: u32,
    /// In planck, not on hold.
    pub free: Balance,
    /// In planck, on hold: bonds and deposits.
    pub reserved: Balance,
    /// In planck: what must stay of `free` and `reserved` together.
    pub frozen: Balance,
    /// Bits of pallet-balances' own.
    pub flags: u128,
}

/// A deal.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub struct Deal {
    /// Who pays and may end it.
    pub owner: AccountId,
    /// BLAKE2-256 hash of the encrypted manifest.
    pub manifest: Hash,
    /// Slots that give the content back.
    pub k: u16,
    /// Slots in all.
    pub n: u16,
    /// First proving period that is paid.
    pub start: Period,
    /// First proving period that is no longer paid.
    pub end: Period,
    /// Slots not yet closed.
    pub open_slots: u16,
    /// Deposit for the records, in planck.
    pub deposit: Balance,
    /// What is due to the owner so far, in planck.
    pub refundable: Balance,
    /// Encrypted label.
    pub label: Vec<u8>,
}

/// What has become of a slot. A closed slot has no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotStatus {
    /// Kept and challenged.
    Live,
    /// Conceded or declared lost: open to repair.
    Lost,
    /// Lost, and somebody is rebuilding it.
    Reserved,
}

/// One provider's share of a deal.
#[derive(Clone, Debug, PartialEq, Eq, Decode)]
pub struct Slot {
    /// Who keeps it.
    pub provider: AccountId,
    /// BLAKE3 hash of its bytes.
    pub root: [u8; 32],
    /// Its size in bytes.
    pub size: u64,
    /// Pay per proving period, in planck.
    pub rate: Balance,
    /// First proving period that is paid.
    pub start: Period,
    /// First proving period that is no longer paid.
    pub end: Period,
    /// Its place in the provider's sum tree, while it is live.
    pub position: u32,
    /// Its status.
    pub status: SlotStatus,
}
