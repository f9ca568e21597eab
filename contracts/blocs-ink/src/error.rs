//! Why the market refuses.

use ink::env::chain_extension::FromStatusCode;

/// Why the market refuses, with the numbers of the runtime's extension, which never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
#[repr(u32)]
pub enum MarketError {
    /// The argument is too long, too short, or not the SCALE of what the function takes.
    Malformed = 1,
    /// There is no such function, or not in this version of the chain.
    UnknownFunction = 2,
    /// The call is read-only, and the function would change the state.
    ReadOnly = 3,
    /// The output buffer is too small for the result, or not within the contract's memory.
    BufferTooSmall = 4,
    /// The contract cannot pay, or would fall below the existential deposit.
    InsufficientBalance = 5,
    /// A refusal that this version of the extension has no number for.
    Other = 6,
    /// The chain takes no such calls now, from nobody: it is in safe mode, or the market is paused.
    Paused = 7,
    /// There is no such deal.
    NoSuchDeal = 16,
    /// There is no such slot, or it is closed already.
    NoSuchSlot = 17,
    /// The contract does not own the deal.
    NotOwner = 18,
    /// The account is no provider.
    NotRegistered = 19,
    /// The contract has a deal of this salt already.
    DealExists = 20,
    /// `k` must be at least 1 and at most the number of slots.
    BadErasure = 21,
    /// The duration must be at least one period and at most the maximum.
    BadDuration = 22,
    /// Two slots are with the same provider.
    DuplicateProvider = 23,
    /// A slot's size is zero or above 16 GiB.
    BadSize = 24,
    /// A slot's rate is zero, or below the provider's price.
    BadRate = 25,
    /// A quote has expired, or is valid for longer than one proving period.
    QuoteExpired = 26,
    /// A quote's signature is not the provider's for this chain, contract, deal, slot, content or periods, and price.
    BadQuote = 27,
    /// A provider does not take slots, nor keep them longer, now.
    ProviderUnavailable = 28,
    /// A provider has no room for its slot.
    CapacityExceeded = 29,
    /// A provider's bond is too low for what it keeps and is asked to keep.
    BondTooLow = 30,
    /// Numbers too large for the ledger.
    Overflow = 31,
    /// The deal, or a slot of it, has not ended yet, or its provider has not been visited since.
    NotEnded = 32,
    /// The deal ends so soon that terminating would change nothing.
    AlreadyEnding = 33,
    /// The deal, or a slot that is to be extended, is over.
    AlreadyEnded = 34,
    /// The new end must not be before the deal's end, and must be later than that of every slot that is named.
    NotLater = 35,
    /// A slot is not live.
    NotLive = 36,
    /// A slot is named twice, or the slots are not in ascending order.
    DuplicateSlot = 37,
    /// Fewer slots are extended than give the content back.
    TooFewSlots = 38,
    /// The market's own records disagree. Nothing was changed; please report it.
    Corrupt = 39,
}

impl MarketError {
    /// Every error.
    pub const ALL: [Self; 31] = [
        Self::Malformed,
        Self::UnknownFunction,
        Self::ReadOnly,
        Self::BufferTooSmall,
        Self::InsufficientBalance,
        Self::Other,
        Self::Paused,
        Self::NoSuchDeal,
        Self::NoSuchSlot,
        Self::NotOwner,
        Self::NotRegistered,
        Self::DealExists,
        Self::BadErasure,
        Self::BadDuration,
        Self::DuplicateProvider,
        Self::BadSize,
        Self::BadRate,
        Self::QuoteExpired,
        Self::BadQuote,
        Self::ProviderUnavailable,
        Self::CapacityExceeded,
        Self::BondTooLow,
        Self::Overflow,
        Self::NotEnded,
        Self::AlreadyEnding,
        Self::AlreadyEnded,
        Self::NotLater,
        Self::NotLive,
        Self::DuplicateSlot,
        Self::TooFewSlots,
        Self::Corrupt,
    ];

    /// The number that the runtime's extension gives it.
    pub fn number(self) -> u32 {
        self as u32
    }
}

impl FromStatusCode for MarketError {
    /// A number that this crate does not know yet is [`MarketError::Other`].
    fn from_status_code(status_code: u32) -> Result<(), Self> {
        if status_code == 0 {
            return Ok(());
        }
        let known = Self::ALL.into_iter().find(|error| error.number() == status_code);
        Err(known.unwrap_or(Self::Other))
    }
}

impl core::fmt::Display for MarketError {
    fn fmt(&self, to: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(to, "the storage market refused: {self:?}")
    }
}
