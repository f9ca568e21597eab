//! What the tests of the storage contracts share.

use blocs_contract_kit::{Balance, Failure, Outcome, address};
use pallet_storage_market::types::DealOffer;

/// Bytes as an argument.
pub(crate) fn hex(bytes: impl AsRef<[u8]>) -> String {
    let digits: String = bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("0x{digits}")
}

/// An offer as an argument.
pub(crate) fn offer(offer: &DealOffer) -> String {
    let slots = offer.slots.iter().map(|slot| {
        format!(
            "{{provider: {}, root: {}, size: {}, rate: {}, valid_until: {}, signature: {}}}",
            address(&slot.provider),
            hex(slot.root.0),
            slot.size,
            slot.rate,
            slot.valid_until,
            hex(slot.signature)
        )
    });
    format!(
        "{{salt: {}, manifest: {}, k: {}, duration: {}, label: {}, slots: [{}]}}",
        hex(offer.salt),
        hex(offer.manifest),
        offer.k,
        offer.duration,
        hex(&offer.label),
        slots.collect::<Vec<_>>().join(", ")
    )
}

/// What the offer costs.
pub(crate) fn price(offer: &DealOffer) -> Balance {
    offer.slots.iter().map(|slot| slot.rate).sum::<Balance>() * Balance::from(offer.duration)
}

/// The contract's own error, such as `NotCurator`, or `Market` with the market's error.
#[track_caller]
pub(crate) fn refusal(result: Result<Outcome, Failure>) -> String {
    let failure = result.expect_err("the contract refuses");
    let own = failure.own_json();
    own.unwrap_or_else(|| panic!("not the contract's own error: {failure}"))
        .to_string()
}
