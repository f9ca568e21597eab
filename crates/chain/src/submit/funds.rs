//! What a call costs, and whether the account can pay it.

use super::{Dispatchable, address, name, query_error};
use crate::{
    AccountBalance, At, Signer, SubmitError,
    subxt_client::{Inner, balance_of},
};
use blocs_primitives::{AccountId, Balance};

/// Whether a dispatch error says that money is missing.
pub(super) fn are_missing(pallet: &str, error: &str) -> bool {
    match pallet {
        "Token" => matches!(
            error,
            "FundsUnavailable" | "NotExpendable" | "BelowMinimum" | "CannotCreateHold"
        ),
        "Balances" => matches!(error, "InsufficientBalance" | "Expendability" | "LiquidityRestrictions"),
        _ => error.starts_with("Insufficient") && error.ends_with("Funds") || error == "InsufficientBalance",
    }
}

impl Inner {
    /// What the call needs in all; an error when the account cannot pay that, so that no fee is wasted.
    pub(super) async fn check_funds(&self, signer: &Signer, call: &dyn Dispatchable) -> Result<Balance, SubmitError> {
        let fee = self.estimate_fee(signer, call).await?;
        self.check_funds_of(&signer.account(), call, fee).await
    }

    /// The same for a known fee with tip.
    pub(super) async fn check_funds_of(
        &self,
        account: &AccountId,
        call: &dyn Dispatchable,
        fee: Balance,
    ) -> Result<Balance, SubmitError> {
        let deposit = match call.deal() {
            Some(offer) => {
                let params = self.params(At::Best).await.map_err(|e| query_error(call, e))?;
                params.deal_deposit(u16::try_from(offer.slots.len()).unwrap_or(u16::MAX), offer.label.len())
            }
            None => 0,
        };
        let needed = fee.saturating_add(call.amount()).saturating_add(deposit);
        let record = self
            .account(account, At::Best)
            .await
            .map_err(|e| query_error(call, e))?;
        let balance = balance_of(record, self.properties().existential_deposit);
        // The last of an account may go for the fee of a call that lets it die.
        let spendable = if call.may_empty_account() {
            balance
                .transferable
                .saturating_add(self.properties().existential_deposit)
                .min(balance.free)
        } else {
            balance.transferable
        };
        if spendable < needed {
            return Err(self.insufficient_of(account, call, needed, balance).await);
        }
        Ok(needed)
    }

    /// The error for an account whose money did not do, whatever was known before.
    pub(super) async fn insufficient(
        &self,
        account: &AccountId,
        call: &dyn Dispatchable,
        needed: Balance,
    ) -> SubmitError {
        match self.account(account, At::Best).await {
            Ok(record) => {
                let balance = balance_of(record, self.properties().existential_deposit);
                let needed = needed.max(balance.transferable.saturating_add(1));
                self.insufficient_of(account, call, needed, balance).await
            }
            Err(error) => query_error(call, error),
        }
    }

    async fn insufficient_of(
        &self,
        account: &AccountId,
        call: &dyn Dispatchable,
        needed: Balance,
        balance: AccountBalance,
    ) -> SubmitError {
        SubmitError::InsufficientFunds {
            call: name(call),
            locked: self.locked(account, balance.free, balance.transferable).await,
            account: address(account, self.properties().ss58_prefix),
            needed,
            held: balance.transferable,
        }
    }
}
