//! The status that a contract gets.

use codec::Decode;
use frame_support::traits::PalletInfoAccess;
use pallet_contracts::chain_extension::RetVal;
use pallet_storage_market::{Config, Error, Pallet};
use sp_runtime::{DispatchError, ModuleError};

/// What has become of a call. The numbers never change; new refusals get new ones.
///
/// Below 16: the extension's own. From 16 on: the market's, see `pallet_storage_market::Error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Code {
    /// Done; the result is in the output buffer.
    Success = 0,
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
    /// The new end must be later than the deal's end.
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

impl Code {
    /// Every code, in order.
    pub const ALL: [Self; 32] = [
        Self::Success,
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

    /// The number that the contract gets.
    pub fn number(self) -> u32 {
        // A fieldless enum of this representation: the cast is the discriminant.
        self as u32
    }

    /// The code of what the market answered.
    pub(crate) fn of<T: Config>(error: DispatchError) -> Self {
        if error == frame_system::Error::<T>::CallFiltered.into() {
            return Self::Paused;
        }
        match error {
            DispatchError::Module(error) => Self::of_module::<T>(&error),
            other => other.into(),
        }
    }

    fn of_module<T: Config>(error: &ModuleError) -> Self {
        if usize::from(error.index) != <Pallet<T> as PalletInfoAccess>::index() {
            // The market calls no pallet but the one of the tokens.
            return Self::InsufficientBalance;
        }
        match Error::<T>::decode(&mut &error.error[..]) {
            Ok(Error::NoSuchDeal) => Self::NoSuchDeal,
            Ok(Error::NoSuchSlot) => Self::NoSuchSlot,
            Ok(Error::NotOwner) => Self::NotOwner,
            Ok(Error::NotRegistered) => Self::NotRegistered,
            Ok(Error::DealExists) => Self::DealExists,
            Ok(Error::BadErasure) => Self::BadErasure,
            Ok(Error::BadDuration) => Self::BadDuration,
            Ok(Error::DuplicateProvider) => Self::DuplicateProvider,
            Ok(Error::BadSize) => Self::BadSize,
            Ok(Error::BadRate) => Self::BadRate,
            Ok(Error::QuoteExpired) => Self::QuoteExpired,
            Ok(Error::BadQuote) => Self::BadQuote,
            Ok(Error::ProviderUnavailable) => Self::ProviderUnavailable,
            Ok(Error::CapacityExceeded) => Self::CapacityExceeded,
            Ok(Error::BondTooLow) => Self::BondTooLow,
            Ok(Error::Overflow) => Self::Overflow,
            Ok(Error::NotEnded) => Self::NotEnded,
            Ok(Error::AlreadyEnding) => Self::AlreadyEnding,
            Ok(Error::AlreadyEnded) => Self::AlreadyEnded,
            Ok(Error::NotLater) => Self::NotLater,
            Ok(Error::NotLive) => Self::NotLive,
            Ok(Error::DuplicateSlot) => Self::DuplicateSlot,
            Ok(Error::TooFewSlots) => Self::TooFewSlots,
            Ok(Error::Corrupt) => Self::Corrupt,
            _ => Self::Other,
        }
    }
}

impl From<DispatchError> for Code {
    fn from(error: DispatchError) -> Self {
        match error {
            DispatchError::Token(_) => Self::InsufficientBalance,
            DispatchError::Arithmetic(_) => Self::Overflow,
            _ => Self::Other,
        }
    }
}

impl From<Code> for RetVal {
    fn from(code: Code) -> Self {
        Self::Converging(code.number())
    }
}
