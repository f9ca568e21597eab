//! The calls of those who stake.

use crate::{
    connection::{AtBlock, Failure},
    staking::encode::payload,
    submit::Dispatchable,
};
use blocs_primitives::{AccountId, Balance};

/// Where rewards go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PayTo {
    /// To the account, and they are bonded at once.
    Stake,
    /// To the account, free.
    Account,
    /// To another account, free.
    Other(AccountId),
    /// Nowhere.
    Nobody,
}

/// The public keys with which a validator takes part in consensus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionKeys {
    /// For making blocks.
    pub babe: [u8; 32],
    /// For finalizing.
    pub grandpa: [u8; 32],
    /// For being found by the other validators.
    pub authority_discovery: [u8; 32],
}

impl SessionKeys {
    /// The keys one after the other, as `author_rotateKeysWithOwner` gives them; `None` when that is not 96 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (babe, rest) = bytes.split_first_chunk()?;
        let (grandpa, rest) = rest.split_first_chunk()?;
        let (authority_discovery, rest) = rest.split_first_chunk()?;
        rest.is_empty().then_some(Self {
            babe: *babe,
            grandpa: *grandpa,
            authority_discovery: *authority_discovery,
        })
    }

    /// The keys one after the other.
    pub fn to_bytes(self) -> Vec<u8> {
        [self.babe, self.grandpa, self.authority_discovery].concat()
    }
}

/// A page of rewards that can be paid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutPage {
    /// The validator.
    pub validator: AccountId,
    /// The era in which they were earned.
    pub era: u32,
    /// Number of the page: nominators are paid a page at a time.
    pub page: u32,
}

/// A signed call. Amounts are in planck.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the fields are named for what they are, and documented with their calls"
)]
pub enum StakingCall {
    /// Put so much at stake.
    Bond { amount: Balance, pay_to: PayTo },
    /// Put more at stake.
    BondExtra { amount: Balance },
    /// Begin to take so much out.
    Unbond { amount: Balance },
    /// Take out what has been unbonding for long enough. `slashing_spans` is [`BondedAccount::slashing_spans`](super::BondedAccount).
    Withdraw { slashing_spans: u32 },
    /// Vote for these validators with the stake.
    Nominate { targets: Vec<AccountId> },
    /// Neither validate nor nominate from the next era on.
    Chill,
    /// Stand for election, and keep `commission` parts of a thousand million of the nominators' rewards. When `blocked`, nobody new
    /// may nominate.
    Validate { commission: u32, blocked: bool },
    /// Send rewards elsewhere from now on.
    SetPayTo { pay_to: PayTo },
    /// Set the session keys, with the proof that `author_rotateKeysWithOwner` gives.
    SetKeys { keys: SessionKeys, proof: Vec<u8> },
    /// Forget the session keys; their deposit comes back.
    PurgeKeys,
    /// Pay out these pages; one that is paid already does not stop the others.
    Payout { pages: Vec<PayoutPage> },
    /// Make a nomination pool, with all its offices held by the signer.
    PoolCreate { amount: Balance },
    /// Give a pool its name.
    PoolName { pool: u32, name: String },
    /// Vote for these validators with a pool's stake.
    PoolNominate { pool: u32, targets: Vec<AccountId> },
    /// Put so much into a pool.
    PoolJoin { pool: u32, amount: Balance },
    /// Put more into the signer's pool.
    PoolBondExtra { amount: Balance },
    /// Put what the pool has earned for the signer into it.
    PoolBondRewards,
    /// Begin to take so many points out of the signer's pool.
    PoolUnbond { points: Balance },
    /// Take out of the pool what has been unbonding for long enough. `slashing_spans` is [`PoolMember::slashing_spans`](super::PoolMember).
    PoolWithdraw { slashing_spans: u32 },
    /// Take what the pool has earned for the signer.
    PoolClaim,
}

impl StakingCall {
    /// Pallet and name of the call.
    pub fn name(&self) -> (&'static str, &'static str) {
        match self {
            Self::Bond { .. } => ("Staking", "bond"),
            Self::BondExtra { .. } => ("Staking", "bond_extra"),
            Self::Unbond { .. } => ("Staking", "unbond"),
            Self::Withdraw { .. } => ("Staking", "withdraw_unbonded"),
            Self::Nominate { .. } => ("Staking", "nominate"),
            Self::Chill => ("Staking", "chill"),
            Self::Validate { .. } => ("Staking", "validate"),
            Self::SetPayTo { .. } => ("Staking", "set_payee"),
            Self::SetKeys { .. } => ("Session", "set_keys"),
            Self::PurgeKeys => ("Session", "purge_keys"),
            Self::Payout { .. } => ("Utility", "force_batch"),
            Self::PoolCreate { .. } => ("NominationPools", "create"),
            Self::PoolName { .. } => ("NominationPools", "set_metadata"),
            Self::PoolNominate { .. } => ("NominationPools", "nominate"),
            Self::PoolJoin { .. } => ("NominationPools", "join"),
            Self::PoolBondExtra { .. } | Self::PoolBondRewards => ("NominationPools", "bond_extra"),
            Self::PoolUnbond { .. } => ("NominationPools", "unbond"),
            Self::PoolWithdraw { .. } => ("NominationPools", "withdraw_unbonded"),
            Self::PoolClaim => ("NominationPools", "claim_payout"),
        }
    }
}

/// A staking call together with its signer: some name the account that signs.
pub(crate) struct Signed {
    pub(crate) call: StakingCall,
    pub(crate) by: AccountId,
}

impl Dispatchable for Signed {
    fn pallet_and_call(&self) -> (&str, &str) {
        self.call.name()
    }

    fn encode(&self, at: &AtBlock) -> Result<Vec<u8>, Failure> {
        Ok(at.tx().call_data(&payload(self))?)
    }

    fn amount(&self) -> Balance {
        match &self.call {
            StakingCall::Bond { amount, .. }
            | StakingCall::BondExtra { amount }
            | StakingCall::PoolCreate { amount }
            | StakingCall::PoolJoin { amount, .. }
            | StakingCall::PoolBondExtra { amount } => *amount,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_keys_are_96_bytes_in_order() {
        let bytes: Vec<u8> = (0..96).collect();
        let keys = SessionKeys::from_bytes(&bytes).expect("96 bytes");
        assert_eq!(
            (keys.babe[0], keys.grandpa[0], keys.authority_discovery[31]),
            (0, 32, 95)
        );
        assert_eq!(keys.to_bytes(), bytes);
        for wrong in [0, 32, 95, 97, 128] {
            assert_eq!(SessionKeys::from_bytes(&vec![0; wrong]), None, "{wrong} bytes");
        }
    }
}
