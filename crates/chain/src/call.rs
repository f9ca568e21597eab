//! The calls that programs off chain make, and what comes back.

use crate::{BlockRef, MarketEvent};
use blocs_primitives::{AccountId, Answer, Balance, DealId, Hash, Period, SlotExtension, SlotId, SlotOffer};
use sp_core::sr25519;

/// Tier of a provider's storage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Answers at once.
    #[default]
    Hot,
    /// Answers within seconds.
    Warm,
    /// Archive.
    Cold,
}

/// What a provider offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Bytes in all.
    pub capacity: u64,
    /// Least price in planck per GiB and proving period.
    pub price: Balance,
    /// Zone, at most 32 bytes.
    pub zone: String,
    /// Tier.
    pub tier: Tier,
    /// libp2p peer id, at most 64 bytes.
    pub peer_id: Vec<u8>,
    /// At most 4 multiaddresses of at most 128 bytes.
    pub addresses: Vec<String>,
}

/// A provider's registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Key that will sign quotes and concessions.
    pub operator: sr25519::Public,
    /// Bond in planck, held on the account.
    pub bond: Balance,
    /// What it offers.
    pub terms: Terms,
}

/// A deal to open, with a quote for every slot. Its id is [`DealId::derive`] of the signer and the salt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DealOffer {
    /// Random; makes the deal's id.
    pub salt: [u8; 32],
    /// BLAKE2-256 hash of the encrypted manifest.
    pub manifest: Hash,
    /// Slots that give the content back.
    pub k: u16,
    /// Proving periods to pay for.
    pub duration: Period,
    /// Encrypted label, at most 512 bytes.
    pub label: Vec<u8>,
    /// The quotes; entry `i` is slot `i`.
    pub slots: Vec<SlotOffer>,
}

/// A deal to keep longer, with a quote for every slot that stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DealExtension {
    /// The deal.
    pub deal: DealId,
    /// First period that will no longer be paid.
    pub end: Period,
    /// The quotes, in ascending order of their slots.
    pub slots: Vec<SlotExtension>,
}

/// A signed call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MarketCall {
    /// Become a provider.
    Register(Registration),
    /// Change capacity, price or addresses.
    UpdateTerms(Terms),
    /// Raise the bond.
    TopUp {
        /// By so much, in planck.
        amount: Balance,
    },
    /// Take no new slots from now on.
    AnnounceExit,
    /// Take new slots again, after an exit was announced or after a fault.
    Resume,
    /// Leave; needs zero unclosed slots.
    Deregister,
    /// Open a deal.
    OpenDeal(DealOffer),
    /// Keep a deal longer.
    ExtendDeal {
        /// The deal, its new end and the quotes.
        extension: DealExtension,
        /// What the added periods cost, in planck: not sent, but asked for when the account holds too little.
        price: Balance,
    },
    /// Settle an ended slot.
    CloseSlot {
        /// The slot.
        slot: SlotId,
    },
    /// Settle all slots of an ended deal.
    CloseDeal {
        /// The deal.
        deal: DealId,
    },
    /// End a deal early.
    TerminateDeal {
        /// The deal.
        deal: DealId,
    },
    /// Pay out what the provider has accrued.
    Claim,
    /// Admit the loss of a slot before being asked for it.
    DeclareLost {
        /// The slot.
        slot: SlotId,
    },
    /// Send tokens; the sender's account stays alive.
    Transfer {
        /// To whom.
        to: AccountId,
        /// How much, in planck.
        amount: Balance,
    },
}

impl MarketCall {
    /// Pallet and name of the call.
    pub fn name(&self) -> (&'static str, &'static str) {
        match self {
            Self::Register(_) => ("StorageMarket", "register"),
            Self::UpdateTerms(_) => ("StorageMarket", "update_terms"),
            Self::TopUp { .. } => ("StorageMarket", "top_up"),
            Self::AnnounceExit => ("StorageMarket", "announce_exit"),
            Self::Resume => ("StorageMarket", "resume"),
            Self::Deregister => ("StorageMarket", "deregister"),
            Self::OpenDeal(_) => ("StorageMarket", "open_deal"),
            Self::ExtendDeal { .. } => ("StorageMarket", "extend_deal"),
            Self::CloseSlot { .. } => ("StorageMarket", "close_slot"),
            Self::CloseDeal { .. } => ("StorageMarket", "close_deal"),
            Self::TerminateDeal { .. } => ("StorageMarket", "terminate_deal"),
            Self::Claim => ("StorageMarket", "claim"),
            Self::DeclareLost { .. } => ("StorageMarket", "declare_lost"),
            Self::Transfer { .. } => ("Balances", "transfer_keep_alive"),
        }
    }
}

/// A proof: the unsigned call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProveCall {
    /// Account of the provider.
    pub provider: AccountId,
    /// Period of the challenge.
    pub period: Period,
    /// One answer per challenged piece, in the challenge's order.
    pub answers: Vec<Answer>,
    /// The operator's signature over the concession, when an answer concedes.
    pub concession: Option<sr25519::Signature>,
}

/// For how much certainty to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitFor {
    /// The transaction is in a block; a fork can still undo it.
    InBlock,
    /// The transaction is in a finalized block.
    Finalized,
}

/// A call that took effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionReport {
    /// The block that holds it.
    pub block: BlockRef,
    /// Whether that block is final.
    pub finalized: bool,
    /// Hash of the transaction.
    pub extrinsic: Hash,
    /// Fee paid, in planck.
    pub fee: Balance,
    /// The market's events that it caused, in order.
    pub events: Vec<MarketEvent>,
}
