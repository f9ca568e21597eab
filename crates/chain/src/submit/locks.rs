//! What an account has and cannot spend, and why.

use crate::{
    At,
    dynamic::amount,
    subxt_client::Inner,
    value::{self, Decoded, as_bytes, as_u128, field, items, variant},
};
use blocs_primitives::{AccountId, Balance};

/// What locks of this name stand for.
fn lock(id: &str) -> String {
    match id {
        "pyconvot" => "votes, until they are unlocked with `blocs gov unlock`".to_owned(),
        "vesting" => "vesting, until it is released with `blocs vesting claim`".to_owned(),
        "staking" => "stakes, until they are unbonded and withdrawn".to_owned(),
        other => format!("{other:?}"),
    }
}

/// `Pallet.Reason` of a hold or a freeze.
fn reason(id: &Decoded) -> String {
    match variant(id) {
        Some((pallet, fields)) => match fields.values().next().and_then(variant) {
            Some((reason, _)) => format!("{pallet}.{reason}"),
            None => pallet.to_owned(),
        },
        None => "an unknown reason".to_owned(),
    }
}

impl Inner {
    /// The end of a sentence about an account that cannot pay; empty when it has nothing more, or when that cannot be read.
    pub(super) async fn locked(&self, account: &AccountId, free: Balance, spendable: Balance) -> String {
        let keys = [value::account(account)];
        let mut parts = Vec::new();
        for (entry, verb) in [
            ("Locks", "locked by"),
            ("Freezes", "frozen by"),
            ("Holds", "held beside that by"),
        ] {
            let Ok(Some(records)) = self.stored(At::Best, "Balances", entry, &keys).await else {
                continue;
            };
            for record in items(&records) {
                let Some(planck) = field(record, "amount").and_then(as_u128) else {
                    continue;
                };
                let id = field(record, "id");
                let why = match (entry, id) {
                    ("Locks", Some(id)) => {
                        let bytes = as_bytes(id).unwrap_or_default();
                        lock(String::from_utf8_lossy(&bytes).trim_end_matches([' ', '\0']))
                    }
                    (_, Some(id)) => reason(id),
                    (_, None) => continue,
                };
                parts.push(format!("{} {verb} {why}", amount(planck, self.properties())));
            }
        }
        if parts.is_empty() {
            return String::new();
        }
        format!(
            " (it can spend {} of {} that are free: {})",
            amount(spendable, self.properties()),
            amount(free, self.properties()),
            parts.join(", ")
        )
    }
}
