//! The treasury's pot, into which slashes and its share of inflation go: the same in which the market keeps the treasury's cut.

use crate::{AccountId, Balances, Runtime, StorageMarket};
use frame_support::traits::{
    Imbalance, OnUnbalanced,
    fungible::{Balanced, Credit},
};

/// Puts tokens into the market's pool and books them for the treasury (`StorageMarket::Treasury`). Governance will spend from there.
pub struct ToTreasury;

impl OnUnbalanced<Credit<AccountId, Balances>> for ToTreasury {
    fn on_nonzero_unbalanced(amount: Credit<AccountId, Balances>) {
        let value = amount.peek();
        // What the pool could not take would be burnt with the credit; it always can, since it exists from genesis on.
        if Balances::resolve(&pallet_storage_market::Pallet::<Runtime>::pool(), amount).is_ok() {
            let booked = StorageMarket::fund_treasury(value);
            debug_assert!(booked.is_ok(), "all tokens together fit into a balance");
        }
    }
}
