//! What is asked of the client, and what it reports.

use blocs_chain::SlotStatus;
use blocs_erasure::Compression;
use blocs_primitives::{AccountId, Balance, BlockNumber, DealId, Period, SlotIndex};
use std::{fmt, ops::Range, path::PathBuf, str::FromStr, time::Duration};

/// An erasure code: `k` slots of data and `m` of parity, written `k+m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeParameters {
    /// Slots that give the content back.
    pub k: u16,
    /// Slots that may be lost.
    pub m: u16,
}

impl CodeParameters {
    /// Slots in all.
    pub fn n(self) -> usize {
        usize::from(self.k) + usize::from(self.m)
    }
}

impl Default for CodeParameters {
    fn default() -> Self {
        Self { k: 4, m: 2 }
    }
}

impl fmt::Display for CodeParameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}", self.k, self.m)
    }
}

/// Text that is not `k+m`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is no erasure code: write data+parity, such as 4+2, with 1 data slot or more and at most 32 slots in all"
)]
pub struct ParseCodeError {
    /// The text.
    text: String,
}

impl FromStr for CodeParameters {
    type Err = ParseCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text.split_once('+').and_then(|(k, m)| {
            Some(Self {
                k: k.parse().ok()?,
                m: m.parse().ok()?,
            })
        });
        parsed
            .filter(|code| code.k > 0 && code.n() <= blocs_erasure::MAX_SHARDS)
            .ok_or_else(|| ParseCodeError { text: text.to_owned() })
    }
}

/// A put: one deal for all that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutRequest {
    /// Files and folders. Folders are walked; what is neither file nor folder is left out.
    pub paths: Vec<PathBuf>,
    /// Name of the object; the first path's last part when `None`.
    pub name: Option<String>,
    /// How long it is to be kept; rounded up to whole proving periods.
    pub duration: Duration,
    /// Slots.
    pub code: CodeParameters,
    /// Least number of different zones.
    pub zones: usize,
    /// Compression.
    pub compression: Compression,
    /// Most that a provider may ask, in planck per GiB and proving period.
    pub max_price: Option<Balance>,
}

impl PutRequest {
    /// 4+2 for 90 days, compressed where it helps, at any price.
    pub fn new(paths: Vec<PathBuf>) -> Self {
        Self {
            paths,
            name: None,
            duration: Duration::from_secs(90 * 24 * 3600),
            code: CodeParameters::default(),
            zones: 1,
            compression: Compression::Auto,
            max_price: None,
        }
    }
}

/// What a put would cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Bytes of content.
    pub content_bytes: u64,
    /// Files.
    pub files: usize,
    /// Bytes in each slot.
    pub slot_bytes: u64,
    /// Proving periods.
    pub periods: Period,
    /// What the cheapest fitting providers ask in all, in planck.
    pub price: Balance,
    /// Deposit for the deal's records, in planck; returned at its end.
    pub deposit: Balance,
    /// The transaction's fee, in planck.
    pub fee: Balance,
    /// Sum of these.
    pub needed: Balance,
    /// What the account can spend, in planck.
    pub held: Balance,
    /// The providers that it counts on, slot by slot.
    pub providers: Vec<AccountId>,
}

/// What has been stored. The deal is in a finalized block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutReport {
    /// Name of the object.
    pub name: String,
    /// The deal.
    pub deal: DealId,
    /// Bytes of content.
    pub content_bytes: u64,
    /// Files.
    pub files: usize,
    /// Bytes in each slot.
    pub slot_bytes: u64,
    /// Who has which slot.
    pub providers: Vec<AccountId>,
    /// What is paid to them in all, in planck.
    pub price: Balance,
    /// The transaction's fee, in planck.
    pub fee: Balance,
    /// The finalized block with the deal.
    pub block: BlockNumber,
    /// First proving period that is not paid.
    pub end: Period,
    /// Providers that failed or refused on the way.
    pub bad_providers: Vec<BadProvider>,
}

/// Which object: by its name or by its deal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The newest object of this name.
    Name(String),
    /// The object in this deal.
    Deal(DealId),
}

impl From<DealId> for Target {
    fn from(deal: DealId) -> Self {
        Self::Deal(deal)
    }
}

impl FromStr for Target {
    type Err = std::convert::Infallible;

    /// `0x` and 64 hexadecimal digits are a deal, all else is a name.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("0x").filter(|digits| digits.len() == 64);
        let bytes: Option<[u8; 32]> = digits.and_then(|digits| hex::decode(digits).ok()?.try_into().ok());
        Ok(bytes.map_or_else(|| Self::Name(text.to_owned()), |bytes| Self::Deal(DealId(bytes.into()))))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Deal(deal) => write!(f, "{:?}", deal.0),
        }
    }
}

/// A get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetRequest {
    /// What.
    pub target: Target,
    /// Where to: a file when the object is one file (in the folder of that name, when it is one), else a folder. Existing files are
    /// replaced once the new ones are complete.
    pub output: PathBuf,
    /// Only these bytes; for an object of one file.
    pub range: Option<Range<u64>>,
}

impl GetRequest {
    /// All of it.
    pub fn new(target: Target, output: PathBuf) -> Self {
        Self {
            target,
            output,
            range: None,
        }
    }
}

/// What has been fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetReport {
    /// Name of the object.
    pub name: String,
    /// The deal.
    pub deal: DealId,
    /// The files written.
    pub files: Vec<PathBuf>,
    /// Bytes written.
    pub bytes: u64,
    /// Providers that failed or lied.
    pub bad_providers: Vec<BadProvider>,
}

/// A provider that did not do its part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadProvider {
    /// Its account.
    pub provider: AccountId,
    /// The slot that it was asked for.
    pub index: SlotIndex,
    /// Whether what it sent was not what the chain says it holds.
    pub lied: bool,
    /// What happened.
    pub reason: String,
}

/// State of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ObjectState {
    /// Providers have quoted; no deal yet.
    Quoted,
    /// Slots are on their way to providers.
    Uploading,
    /// The deal is final and every slot is live.
    Certified,
    /// Slots are lost or their providers faulted; enough are left.
    Degraded,
    /// As degraded, and somebody is rebuilding a slot.
    Repairing,
    /// A tenth of its time or less is left.
    Expiring,
    /// Its time is over.
    Expired,
}

impl fmt::Display for ObjectState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Quoted => "quoted",
            Self::Uploading => "uploading",
            Self::Certified => "certified",
            Self::Degraded => "degraded",
            Self::Repairing => "repairing",
            Self::Expiring => "expiring",
            Self::Expired => "expired",
        })
    }
}

/// An object in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredObject {
    /// Its name; the deal's id when the label cannot be read.
    pub name: String,
    /// The deal.
    pub deal: DealId,
    /// Who owns the deal, or is to open it: the account, or somebody for whom it has uploaded.
    pub owner: AccountId,
    /// Bytes of content.
    pub content_bytes: u64,
    /// Files.
    pub files: u32,
    /// Seconds since 1970 of the put.
    pub created: u64,
    /// Its state.
    pub state: ObjectState,
    /// Its code.
    pub code: CodeParameters,
    /// First proving period that is paid.
    pub start: Period,
    /// First proving period that is not paid.
    pub end: Period,
}

/// A slot in a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotHealth {
    /// The slot.
    pub index: SlotIndex,
    /// Who keeps it.
    pub provider: AccountId,
    /// Bytes.
    pub size: u64,
    /// What the chain says of it.
    pub status: SlotStatus,
    /// First proving period that is not paid: sooner than the deal's end when its provider did not agree to a renewal.
    pub end: Period,
    /// Whether its provider is challenged and proves.
    pub provider_healthy: bool,
}

/// An object in detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatReport {
    /// As in the list.
    pub object: StoredObject,
    /// The unclosed slots.
    pub slots: Vec<SlotHealth>,
    /// The present proving period.
    pub period: Period,
    /// Time left, when every block comes in time.
    pub remaining: Duration,
    /// What is paid for it per proving period, in planck.
    pub rate: Balance,
}

/// An object removed: its deal ends early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// Name of the object.
    pub name: String,
    /// The deal.
    pub deal: DealId,
    /// First proving period that is not paid.
    pub end: Period,
    /// The transaction's fee, in planck.
    pub fee: Balance,
}

/// The catalogue rebuilt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoreReport {
    /// Objects whose manifest is in the catalogue now.
    pub restored: Vec<StoredObject>,
    /// Deals whose manifest could not be fetched, and why.
    pub failed: Vec<(DealId, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_written_with_a_plus() {
        assert_eq!("10+20".parse(), Ok(CodeParameters { k: 10, m: 20 }));
        assert_eq!(CodeParameters::default().to_string(), "4+2");
        for text in ["4", "0+2", "31+2", "4+-2", "4+2+1", ""] {
            assert!(text.parse::<CodeParameters>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_target_is_a_deal_or_a_name() {
        let deal = DealId([0xAB; 32].into());
        let text = Target::Deal(deal).to_string();
        assert_eq!(text.parse(), Ok(Target::Deal(deal)));
        for name in ["photo.jpg", "0xab", ""] {
            assert_eq!(name.parse(), Ok(Target::Name(name.to_owned())));
        }
    }
}
