//! Records of the chain's state, with the fields that programs off chain use.

use blocs_primitives::{AccountId, Balance, BlockNumber, Hash, Period, Root};
use sp_core::sr25519;
use std::time::Duration;

/// A block's height and hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlockRef {
    /// Its height.
    pub number: BlockNumber,
    /// Its hash.
    pub hash: Hash,
}

/// At which block a read looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The best block: newest, may be undone by a fork. For making proofs.
    Best,
    /// The last finalized block. For everything else.
    Finalized,
    /// This block; its state must not have been pruned by the node.
    Block(Hash),
}

/// What does not change while the chain lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainProperties {
    /// The chain's name, for people.
    pub name: String,
    /// Symbol of its token.
    pub token_symbol: String,
    /// Decimals of its token.
    pub token_decimals: u8,
    /// Prefix of addresses.
    pub ss58_prefix: u16,
    /// The least that an account must hold to exist, in planck.
    pub existential_deposit: Balance,
    /// Blocks in a proving period.
    pub period_length: BlockNumber,
    /// Time between blocks, when every slot has one.
    pub slot_duration: Duration,
}

impl ChainProperties {
    /// Proving periods that cover `duration`, rounded up, at least one.
    pub fn periods(&self, duration: Duration) -> Period {
        let period_ms = self
            .slot_duration
            .as_millis()
            .saturating_mul(u128::from(self.period_length))
            .max(1);
        Period::try_from(duration.as_millis().div_ceil(period_ms))
            .unwrap_or(Period::MAX)
            .max(1)
    }

    /// How long `periods` proving periods last when every slot has a block.
    pub fn duration(&self, periods: Period) -> Duration {
        self.slot_duration
            .saturating_mul(self.period_length)
            .saturating_mul(periods)
    }
}

/// Whether a provider is challenged and takes new slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderStatus {
    /// Challenged, takes new slots.
    Active,
    /// Challenged, takes no new slots.
    Draining,
    /// Missed too many proofs, or its bond is too low: not challenged, its slots are open to repair.
    Faulted,
}

/// A provider's record in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Key that signs quotes and concessions.
    pub operator: sr25519::Public,
    /// Bond in planck.
    pub bond: Balance,
    /// Bytes that it offers in all.
    pub capacity: u64,
    /// Bytes of its unclosed slots.
    pub used: u64,
    /// Least price in planck per GiB and proving period.
    pub price: Balance,
    /// Its status.
    pub status: ProviderStatus,
    /// What its live slots pay per proving period, in planck.
    pub rate: Balance,
    /// Earned and not yet claimed, in planck.
    pub accrued: Balance,
    /// Proving periods paid so far.
    pub proven: u32,
    /// Proving periods missed in a row.
    pub misses: u32,
    /// Its place on the ring: it is visited at blocks whose height modulo the period length is this.
    pub place: u32,
    /// The last period into which it has been rolled.
    pub period: Period,
}

/// Where and what a provider is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderInfo {
    /// Zone: providers in different zones are hoped to fail independently.
    pub zone: String,
    /// Tier of its storage.
    pub tier: crate::Tier,
    /// libp2p peer id, as bytes.
    pub peer_id: Vec<u8>,
    /// Multiaddresses, as text.
    pub addresses: Vec<String>,
}

/// A provider with all that the chain says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRecord {
    /// Its account.
    pub account: AccountId,
    /// Its ledger record.
    pub provider: Provider,
    /// Where and what it is.
    pub info: ProviderInfo,
}

/// A deal.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Deposit for the records, in planck, returned at the end.
    pub deposit: Balance,
    /// What is due to the owner so far, in planck, paid when the deal closes.
    pub refundable: Balance,
    /// Encrypted label.
    pub label: Vec<u8>,
}

/// What has become of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotStatus {
    /// Kept and challenged.
    Live,
    /// Conceded or declared lost: no longer paid.
    Lost,
    /// Lost, and somebody is rebuilding it.
    Reserved,
    /// Settled.
    Closed,
}

/// One provider's share of a deal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Who keeps it.
    pub provider: AccountId,
    /// BLAKE3 hash of its bytes.
    pub root: Root,
    /// Its size in bytes.
    pub size: u64,
    /// Pay per proving period, in planck.
    pub rate: Balance,
    /// First proving period that is paid.
    pub start: Period,
    /// First proving period that is no longer paid.
    pub end: Period,
    /// Its status.
    pub status: SlotStatus,
}

/// The market's governed parameters; those that matter off chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    /// Pieces drawn per challenge.
    pub pieces_per_challenge: u32,
    /// Missed periods in a row that make a provider faulted.
    pub misses_to_fault: u32,
    /// Bond required per GiB, in planck.
    pub bond_per_gib: Balance,
    /// Least bond, in planck.
    pub min_bond: Balance,
    /// The treasury's share of pay, in parts per billion.
    pub treasury_cut: u32,
    /// Periods that a terminated deal still runs at least.
    pub min_termination: Period,
    /// Periods after which anybody may clean up an ended slot for the bounty.
    pub cleanup_grace: Period,
    /// Longest deal, in periods.
    pub max_duration: Period,
    /// Deposit per stored item, in planck.
    pub deposit_per_item: Balance,
    /// Deposit per stored byte, in planck.
    pub deposit_per_byte: Balance,
    /// Unanswered challenges are neither slashed nor counted.
    pub slashing_paused: bool,
}

impl Params {
    /// The deposit that `open_deal` holds for the records of a deal with so many slots and a label of so many bytes, in
    /// planck: two records for the deal and five for each slot, 112 bytes and the label, and 142 bytes a slot.
    pub fn deal_deposit(&self, slots: u16, label_bytes: usize) -> Balance {
        let slots = Balance::from(slots);
        let prefix = if label_bytes < 64 { 1 } else { 2 };
        let label = Balance::try_from(label_bytes)
            .unwrap_or(Balance::MAX)
            .saturating_add(prefix);
        let bytes = slots.saturating_mul(142).saturating_add(112).saturating_add(label);
        let items = slots.saturating_mul(5).saturating_add(2);
        let for_items = self.deposit_per_item.saturating_mul(items);
        for_items.saturating_add(self.deposit_per_byte.saturating_mul(bytes))
    }

    /// The bond that a provider keeping `bytes` must have, in planck.
    pub fn required_bond(&self, bytes: u64) -> Balance {
        let total = self.bond_per_gib.saturating_mul(Balance::from(bytes));
        total.div_ceil(Balance::from(blocs_primitives::GIB)).max(self.min_bond)
    }
}

/// Balance of an account, in planck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountBalance {
    /// Not on hold.
    pub free: Balance,
    /// On hold: bonds and deposits.
    pub held: Balance,
    /// The part of `free` that can be spent while the account stays alive.
    pub transferable: Balance,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_rounded_up_to_periods() {
        let chain = ChainProperties {
            name: String::new(),
            token_symbol: String::new(),
            token_decimals: 12,
            ss58_prefix: 42,
            existential_deposit: 1,
            period_length: 16,
            slot_duration: Duration::from_secs(1),
        };
        assert_eq!(chain.periods(Duration::ZERO), 1);
        assert_eq!(chain.periods(Duration::from_secs(16)), 1);
        assert_eq!(chain.periods(Duration::from_secs(17)), 2);
        assert_eq!(chain.periods(chain.duration(1234)), 1234);
        assert_eq!(chain.periods(Duration::MAX), Period::MAX);
    }

    #[test]
    fn the_deposit_is_the_one_that_the_chain_takes() {
        let params = Params {
            deposit_per_item: 10_000_000_000,
            deposit_per_byte: 10_000_000,
            ..Params::default()
        };
        // Read from the deal that `examples/market.rs` opens: one slot, a label of 20 bytes.
        assert_eq!(params.deal_deposit(1, 20), 72_750_000_000);
    }

    #[test]
    fn small_providers_need_the_least_bond() {
        let params = Params {
            bond_per_gib: 100,
            min_bond: 1_000,
            ..Params::default()
        };
        assert_eq!(params.required_bond(0), 1_000);
        assert_eq!(params.required_bond(11 << 30), 1_100);
        assert_eq!(params.required_bond((11 << 30) + 1), 1_101);
    }
}
