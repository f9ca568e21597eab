//! Proxy: accounts that may make some of another account's calls.

use crate::{Balances, Runtime, RuntimeCall, RuntimeEvent, System, units::deposit};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::traits::{ConstU32, ConstU128, InstanceFilter};
use scale_info::TypeInfo;
use sp_runtime::traits::BlakeTwo256;

/// What a proxy may do. The order is part of the chain's encoding.
#[derive(
    Copy,
    Clone,
    Default,
    Eq,
    PartialEq,
    Ord,
    PartialOrd,
    Debug,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub enum ProxyType {
    /// Everything.
    #[default]
    Any,
    /// Everything that moves no tokens to others.
    NonTransfer,
    /// Votes, proposals, delegations.
    Governance,
    /// Staking, session keys and nomination pools.
    Staking,
    /// The storage market: a provider's or a client's deals.
    Market,
}

impl ProxyType {
    fn governs(call: &RuntimeCall) -> bool {
        matches!(
            call,
            RuntimeCall::ConvictionVoting(..)
                | RuntimeCall::Referenda(..)
                | RuntimeCall::Preimage(..)
                | RuntimeCall::Whitelist(..)
                | RuntimeCall::TechnicalCollective(..)
                | RuntimeCall::Treasury(..)
                | RuntimeCall::Bounties(..)
                | RuntimeCall::Utility(..)
        )
    }

    fn stakes(call: &RuntimeCall) -> bool {
        matches!(
            call,
            RuntimeCall::Staking(..)
                | RuntimeCall::Session(..)
                | RuntimeCall::VoterList(..)
                | RuntimeCall::NominationPools(..)
                | RuntimeCall::Utility(..)
        )
    }
}

impl InstanceFilter<RuntimeCall> for ProxyType {
    fn filter(&self, call: &RuntimeCall) -> bool {
        match self {
            Self::Any => true,
            // A list of what is allowed: a pallet that joins later is not, until somebody has thought about it.
            Self::NonTransfer => {
                Self::governs(call)
                    || Self::stakes(call)
                    || matches!(
                        call,
                        RuntimeCall::System(..)
                            | RuntimeCall::Identity(..)
                            | RuntimeCall::Multisig(..)
                            | RuntimeCall::Proxy(..)
                    )
            }
            Self::Governance => Self::governs(call),
            Self::Staking => Self::stakes(call),
            // What a batch carries is checked by itself.
            Self::Market => matches!(call, RuntimeCall::StorageMarket(..) | RuntimeCall::Utility(..)),
        }
    }

    fn is_superset(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) => true,
            (Self::NonTransfer, Self::Governance | Self::Staking) => true,
            (one, two) => one == two,
        }
    }
}

impl pallet_proxy::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type Currency = Balances;
    type ProxyType = ProxyType;
    // One entry: a balance; and for each proxy an account, its type and delay.
    type ProxyDepositBase = ConstU128<{ deposit(1, 16) }>;
    type ProxyDepositFactor = ConstU128<{ deposit(0, 37) }>;
    type MaxProxies = ConstU32<32>;
    type WeightInfo = pallet_proxy::weights::SubstrateWeight<Self>;
    type MaxPending = ConstU32<32>;
    type CallHasher = BlakeTwo256;
    type AnnouncementDepositBase = ConstU128<{ deposit(1, 16) }>;
    type AnnouncementDepositFactor = ConstU128<{ deposit(0, 68) }>;
    type BlockNumberProvider = System;
}
