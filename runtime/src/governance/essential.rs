//! The calls that neither safe mode nor a pause can stop: what blocks, proofs and votes are made of, and what keeps anyone from being slashed
//! for something that he was kept from doing.

use crate::{Runtime, RuntimeCall};
use frame_support::traits::{Contains, GetCallMetadata};
use pallet_tx_pause::RuntimeCallNameOf;

/// Every call of a pallet.
const ALL: &[&str] = &[];

/// Pallets, and which of their calls are essential.
///
/// Batches, proxies and multisigs are, since what they carry is checked by itself.
const ESSENTIAL: [(&str, &[&str]); 19] = [
    // A remedy may be an upgrade, which anyone may apply once it is authorized.
    ("System", &["apply_authorized_upgrade", "remark", "remark_with_event"]),
    // What every block carries, and what makes misbehaviour cost.
    ("Timestamp", ALL),
    ("Babe", ALL),
    ("Grandpa", ALL),
    // A validator whose keys were stolen must be able to change them, or to leave.
    ("Session", ALL),
    ("Staking", &["chill", "payout_stakers", "payout_stakers_by_page"]),
    // The way out.
    ("Preimage", ALL),
    ("Scheduler", ALL),
    ("ConvictionVoting", ALL),
    ("Referenda", ALL),
    ("Whitelist", ALL),
    ("TechnicalCollective", ALL),
    ("SafeMode", ALL),
    ("TxPause", ALL),
    ("Utility", ALL),
    ("Multisig", ALL),
    ("Proxy", ALL),
    // Whoever keeps data must be able to prove it, to own up to a loss, to add to a bond that shrank, and to be paid; an owner, to get the
    // deposit of an ended deal.
    (
        "StorageMarket",
        &[
            "prove",
            "claim",
            "top_up",
            "declare_lost",
            "resume",
            "update_terms",
            "close_slot",
            "close_deal",
            "set_params",
            "set_parameter",
        ],
    ),
    // Whatever was decided is paid.
    ("Treasury", &["payout", "check_status"]),
];

/// Accepts the essential calls.
pub struct Essential;

/// Whether `pallet.call` is essential.
fn is_essential(pallet: &str, call: &str) -> bool {
    ESSENTIAL
        .iter()
        .any(|(name, calls)| *name == pallet && (calls.is_empty() || calls.contains(&call)))
}

impl Contains<RuntimeCall> for Essential {
    fn contains(call: &RuntimeCall) -> bool {
        let names = call.get_call_metadata();
        is_essential(names.pallet_name, names.function_name)
    }
}

impl Contains<RuntimeCallNameOf<Runtime>> for Essential {
    fn contains((pallet, call): &RuntimeCallNameOf<Runtime>) -> bool {
        match (core::str::from_utf8(pallet), core::str::from_utf8(call)) {
            (Ok(pallet), Ok(call)) => is_essential(pallet, call),
            _ => false,
        }
    }
}

/// The pallets and calls of the list, for the test that they exist.
#[cfg(test)]
pub(crate) fn names() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    ESSENTIAL.into_iter()
}
