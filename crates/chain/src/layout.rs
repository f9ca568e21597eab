//! The parts of the chain's records that this crate reads, by the names that the metadata gives them.

use crate::{Deal, Params, Provider, ProviderInfo, ProviderStatus, Slot, SlotStatus, Tier};
use blocs_primitives::{AccountId, Balance, Hash, Period, Root};
use sp_core::sr25519;
use subxt::ext::scale_decode::DecodeAsType;

/// Name of the market's pallet.
pub(crate) const MARKET: &str = "StorageMarket";

/// A hash, an account, a key: 32 bytes whatever wraps them.
pub(crate) type Bytes32 = [u8; 32];

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct ProviderLayout {
    operator: Bytes32,
    bond: Balance,
    capacity: u64,
    used: u64,
    price: Balance,
    status: ProviderStatusLayout,
    rate: Balance,
    accrued: Balance,
    proven: u32,
    misses: u32,
    place: u32,
    period: Period,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
enum ProviderStatusLayout {
    Active,
    Draining,
    Faulted,
}

impl From<ProviderLayout> for Provider {
    fn from(layout: ProviderLayout) -> Self {
        Self {
            operator: sr25519::Public::from_raw(layout.operator),
            bond: layout.bond,
            capacity: layout.capacity,
            used: layout.used,
            price: layout.price,
            status: match layout.status {
                ProviderStatusLayout::Active => ProviderStatus::Active,
                ProviderStatusLayout::Draining => ProviderStatus::Draining,
                ProviderStatusLayout::Faulted => ProviderStatus::Faulted,
            },
            rate: layout.rate,
            accrued: layout.accrued,
            proven: layout.proven,
            misses: layout.misses,
            place: layout.place,
            period: layout.period,
        }
    }
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct ProviderInfoLayout {
    zone: Vec<u8>,
    tier: TierLayout,
    peer_id: Vec<u8>,
    addresses: Vec<Vec<u8>>,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
enum TierLayout {
    Hot,
    Warm,
    Cold,
}

impl From<ProviderInfoLayout> for ProviderInfo {
    fn from(layout: ProviderInfoLayout) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self {
            zone: text(layout.zone),
            tier: match layout.tier {
                TierLayout::Hot => Tier::Hot,
                TierLayout::Warm => Tier::Warm,
                TierLayout::Cold => Tier::Cold,
            },
            peer_id: layout.peer_id,
            addresses: layout.addresses.into_iter().map(text).collect(),
        }
    }
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct DealLayout {
    owner: Bytes32,
    manifest: Bytes32,
    k: u16,
    n: u16,
    start: Period,
    end: Period,
    open_slots: u16,
    deposit: Balance,
    refundable: Balance,
    label: Vec<u8>,
}

impl From<DealLayout> for Deal {
    fn from(layout: DealLayout) -> Self {
        Self {
            owner: AccountId::new(layout.owner),
            manifest: Hash::from(layout.manifest),
            k: layout.k,
            n: layout.n,
            start: layout.start,
            end: layout.end,
            open_slots: layout.open_slots,
            deposit: layout.deposit,
            refundable: layout.refundable,
            label: layout.label,
        }
    }
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct SlotLayout {
    provider: Bytes32,
    root: Bytes32,
    size: u64,
    rate: Balance,
    start: Period,
    end: Period,
    status: SlotStatusLayout,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
enum SlotStatusLayout {
    Live,
    Lost,
    Reserved,
    Closed,
}

impl From<SlotLayout> for Slot {
    fn from(layout: SlotLayout) -> Self {
        Self {
            provider: AccountId::new(layout.provider),
            root: Root(layout.root),
            size: layout.size,
            rate: layout.rate,
            start: layout.start,
            end: layout.end,
            status: match layout.status {
                SlotStatusLayout::Live => SlotStatus::Live,
                SlotStatusLayout::Lost => SlotStatus::Lost,
                SlotStatusLayout::Reserved => SlotStatus::Reserved,
                SlotStatusLayout::Closed => SlotStatus::Closed,
            },
        }
    }
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct ParamsLayout {
    pieces_per_challenge: u32,
    misses_to_fault: u32,
    bond_per_gib: Balance,
    min_bond: Balance,
    treasury_cut: u32,
    min_termination: Period,
    cleanup_grace: Period,
    max_duration: Period,
    deposit_per_item: Balance,
    deposit_per_byte: Balance,
    slashing_paused: bool,
}

impl From<ParamsLayout> for Params {
    fn from(layout: ParamsLayout) -> Self {
        Self {
            pieces_per_challenge: layout.pieces_per_challenge,
            misses_to_fault: layout.misses_to_fault,
            bond_per_gib: layout.bond_per_gib,
            min_bond: layout.min_bond,
            treasury_cut: layout.treasury_cut,
            min_termination: layout.min_termination,
            cleanup_grace: layout.cleanup_grace,
            max_duration: layout.max_duration,
            deposit_per_item: layout.deposit_per_item,
            deposit_per_byte: layout.deposit_per_byte,
            slashing_paused: layout.slashing_paused,
        }
    }
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct AccountLayout {
    pub(crate) nonce: u32,
    pub(crate) data: AccountDataLayout,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(crate) struct AccountDataLayout {
    pub(crate) free: Balance,
    pub(crate) reserved: Balance,
    pub(crate) frozen: Balance,
}
