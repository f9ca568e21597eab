//! Numbers that contracts on the chain rely on.

use crate::{Code, EXTENSION_ID, Function, mock::Runtime};
use frame_support::traits::PalletInfoAccess;
use scale_info::{TypeDef, TypeInfo};
use sp_runtime::{ArithmeticError, DispatchError, ModuleError, TokenError};

#[test]
fn ids_of_functions_never_change() {
    assert_eq!(EXTENSION_ID, 40);
    let ids = Function::ALL.map(Function::id);
    assert_eq!(
        ids,
        [
            0x101, 0x102, 0x103, 0x104, 0x105, 0x106, 0x107, 0x108, 0x109, 0x10a, 0x10b
        ]
    );
    for function in Function::ALL {
        assert_eq!(Function::from_id(function.id()), Some(function));
    }
    assert_eq!(Function::from_id(0x100), None);
    assert_eq!(Function::from_id(0x201), None);
}

#[test]
fn numbers_of_codes_never_change() {
    let numbers: Vec<_> = Code::ALL
        .iter()
        .map(|code| (format!("{code:?}"), code.number()))
        .collect();
    let known = [
        ("Success", 0),
        ("Malformed", 1),
        ("UnknownFunction", 2),
        ("ReadOnly", 3),
        ("BufferTooSmall", 4),
        ("InsufficientBalance", 5),
        ("Other", 6),
        ("Paused", 7),
        ("NoSuchDeal", 16),
        ("NoSuchSlot", 17),
        ("NotOwner", 18),
        ("NotRegistered", 19),
        ("DealExists", 20),
        ("BadErasure", 21),
        ("BadDuration", 22),
        ("DuplicateProvider", 23),
        ("BadSize", 24),
        ("BadRate", 25),
        ("QuoteExpired", 26),
        ("BadQuote", 27),
        ("ProviderUnavailable", 28),
        ("CapacityExceeded", 29),
        ("BondTooLow", 30),
        ("Overflow", 31),
        ("NotEnded", 32),
        ("AlreadyEnding", 33),
        ("AlreadyEnded", 34),
        ("NotLater", 35),
        ("NotLive", 36),
        ("DuplicateSlot", 37),
        ("TooFewSlots", 38),
        ("Corrupt", 39),
    ]
    .map(|(name, number)| (name.to_owned(), number));
    assert_eq!(numbers, known);
}

/// Errors of calls that the extension does not make.
const NOT_FOR_CONTRACTS: [&str; 10] = [
    "AlreadyRegistered",
    "CapacityTooLow",
    "RingFull",
    "AlreadyExiting",
    "NotSuspended",
    "SlotsOpen",
    "NotProvider",
    "Challenged",
    "NoChallenge",
    "NothingToClaim",
];

#[test]
fn every_error_of_the_market_has_its_code() {
    let TypeDef::Variant(errors) = pallet_storage_market::Error::<Runtime>::type_info().type_def else {
        panic!("errors are an enum");
    };
    for error in errors.variants {
        let market = <pallet_storage_market::Pallet<Runtime> as PalletInfoAccess>::index();
        let code = Code::of::<Runtime>(DispatchError::Module(ModuleError {
            index: market.try_into().unwrap(),
            error: [error.index, 0, 0, 0],
            message: None,
        }));
        if NOT_FOR_CONTRACTS.contains(&error.name) || error.name.ends_with("OutOfBounds") {
            assert_eq!(code, Code::Other, "{}", error.name);
        } else {
            assert_eq!(format!("{code:?}"), error.name);
        }
    }
}

#[test]
fn what_an_account_cannot_pay_is_one_code_whoever_says_so() {
    let of = |error| Code::of::<Runtime>(error);
    assert_eq!(of(TokenError::FundsUnavailable.into()), Code::InsufficientBalance);
    assert_eq!(
        of(pallet_balances::Error::<Runtime>::InsufficientBalance.into()),
        Code::InsufficientBalance
    );
    assert_eq!(of(ArithmeticError::Overflow.into()), Code::Overflow);
    assert_eq!(of(DispatchError::CannotLookup), Code::Other);
}

/// The ink! side has its own enum, in another workspace: this reads its source.
#[test]
fn ink_contracts_know_the_same_codes_and_functions() {
    let source = include_str!("../../../../contracts/blocs-ink/src/error.rs");
    for code in Code::ALL.into_iter().skip(1) {
        let line = format!("{code:?} = {},", code.number());
        assert!(source.contains(&line), "blocs-ink lacks `{line}`");
    }
    let numbered = source
        .lines()
        .filter(|line| line.trim_end().ends_with(',') && line.contains(" = "))
        .count();
    assert_eq!(
        numbered,
        Code::ALL.len() - 1,
        "blocs-ink has a code that the extension has not"
    );

    let source = include_str!("../../../../contracts/blocs-ink/src/market.rs");
    assert!(source.contains(&format!("extension = {EXTENSION_ID}")));
    for function in Function::ALL {
        let attribute = format!("#[ink(function = {:#06x})]", function.id());
        assert!(source.contains(&attribute), "blocs-ink lacks `{attribute}`");
    }
}
