//! Staking calls in the shape that the metadata asks for.

use super::{
    PayTo, StakingCall,
    call::{PayoutPage, Signed},
};
use crate::{
    encode::{CallData, Payload, encoded},
    layout::Bytes32,
    subxt_client::key,
};
use blocs_primitives::{AccountId, Balance};
use subxt::{
    ext::{
        scale_encode::{EncodeAsFields, EncodeAsType, Error},
        scale_type_resolver::{FieldIter, TypeResolver},
    },
    tx::DynamicPayload,
    utils::{AccountId32, MultiAddress},
};

type Address = MultiAddress<AccountId32, ()>;

fn address(account: &AccountId) -> Address {
    MultiAddress::Id(AccountId32(key(account)))
}

pub(super) fn payload(signed: &Signed) -> Payload {
    let (pallet, name) = signed.call.name();
    let data = match signed.call.clone() {
        StakingCall::Bond { amount, pay_to } => StakingData::Bond(BondArgs {
            value: amount,
            payee: pay_to.into(),
        }),
        StakingCall::BondExtra { amount } => StakingData::BondExtra(BondExtraArgs { max_additional: amount }),
        StakingCall::Unbond { amount } => StakingData::Unbond(UnbondArgs { value: amount }),
        StakingCall::Withdraw { slashing_spans } => StakingData::Withdraw(WithdrawArgs {
            num_slashing_spans: slashing_spans,
        }),
        StakingCall::Nominate { targets } => StakingData::Nominate(NominateArgs {
            targets: targets.iter().map(address).collect(),
        }),
        StakingCall::Chill | StakingCall::PurgeKeys | StakingCall::PoolClaim => StakingData::Nothing(NothingArgs {}),
        StakingCall::Validate { commission, blocked } => StakingData::Validate(ValidateArgs {
            prefs: PrefsData { commission, blocked },
        }),
        StakingCall::SetPayTo { pay_to } => StakingData::SetPayee(SetPayeeArgs { payee: pay_to.into() }),
        StakingCall::SetKeys { keys, proof } => StakingData::SetKeys(SetKeysArgs {
            keys: KeysData {
                babe: keys.babe,
                grandpa: keys.grandpa,
                authority_discovery: keys.authority_discovery,
            },
            proof,
        }),
        StakingCall::Payout { pages } => StakingData::Batch(BatchArgs {
            calls: pages.iter().map(Into::into).collect(),
        }),
        StakingCall::PoolCreate { amount } => StakingData::PoolCreate(PoolCreateArgs {
            amount,
            root: address(&signed.by),
            nominator: address(&signed.by),
            bouncer: address(&signed.by),
        }),
        StakingCall::PoolName { pool, name } => StakingData::PoolName(PoolNameArgs {
            pool_id: pool,
            metadata: name.into_bytes(),
        }),
        StakingCall::PoolNominate { pool, targets } => StakingData::PoolNominate(PoolNominateArgs {
            pool_id: pool,
            validators: targets.iter().map(key).collect(),
        }),
        StakingCall::PoolJoin { pool, amount } => StakingData::PoolJoin(PoolJoinArgs { amount, pool_id: pool }),
        StakingCall::PoolBondExtra { amount } => StakingData::PoolBondExtra(PoolBondExtraArgs {
            extra: ExtraData::FreeBalance(amount),
        }),
        StakingCall::PoolBondRewards => StakingData::PoolBondExtra(PoolBondExtraArgs {
            extra: ExtraData::Rewards,
        }),
        StakingCall::PoolUnbond { points } => StakingData::PoolUnbond(PoolUnbondArgs {
            member_account: address(&signed.by),
            unbonding_points: points,
        }),
        StakingCall::PoolWithdraw { slashing_spans } => StakingData::PoolWithdraw(PoolWithdrawArgs {
            member_account: address(&signed.by),
            num_slashing_spans: slashing_spans,
        }),
    };
    DynamicPayload::new(pallet, name, CallData::Staking(data))
}

/// Declares the arguments of the calls, and the enum over them.
macro_rules! staking_data {
    ($($variant:ident($args:ident)),* $(,)?) => {
        /// The arguments of a call.
        pub(crate) enum StakingData { $($variant($args)),* }

        impl EncodeAsFields for StakingData {
            fn encode_as_fields_to<R: TypeResolver>(
                &self,
                fields: &mut dyn FieldIter<'_, R::TypeId>,
                types: &R,
                out: &mut Vec<u8>,
            ) -> Result<(), Error> {
                match self { $(Self::$variant(args) => args.encode_as_fields_to(fields, types, out)),* }
            }
        }
    };
}

staking_data!(
    Bond(BondArgs),
    BondExtra(BondExtraArgs),
    Unbond(UnbondArgs),
    Withdraw(WithdrawArgs),
    Nominate(NominateArgs),
    Nothing(NothingArgs),
    Validate(ValidateArgs),
    SetPayee(SetPayeeArgs),
    SetKeys(SetKeysArgs),
    Batch(BatchArgs),
    PoolCreate(PoolCreateArgs),
    PoolName(PoolNameArgs),
    PoolNominate(PoolNominateArgs),
    PoolJoin(PoolJoinArgs),
    PoolBondExtra(PoolBondExtraArgs),
    PoolUnbond(PoolUnbondArgs),
    PoolWithdraw(PoolWithdrawArgs),
);

encoded!(BondArgs {
    value: Balance,
    payee: PayeeData
});
encoded!(BondExtraArgs {
    max_additional: Balance
});
encoded!(UnbondArgs { value: Balance });
encoded!(WithdrawArgs {
    num_slashing_spans: u32
});
encoded!(NominateArgs { targets: Vec<Address> });
encoded!(NothingArgs {});
encoded!(ValidateArgs { prefs: PrefsData });
encoded!(PrefsData {
    commission: u32,
    blocked: bool
});
encoded!(SetPayeeArgs { payee: PayeeData });
encoded!(SetKeysArgs { keys: KeysData, proof: Vec<u8> });
encoded!(KeysData {
    babe: Bytes32,
    grandpa: Bytes32,
    authority_discovery: Bytes32
});
encoded!(BatchArgs { calls: Vec<RuntimeCallData> });
encoded!(PoolCreateArgs {
    amount: Balance,
    root: Address,
    nominator: Address,
    bouncer: Address
});
encoded!(PoolNameArgs { pool_id: u32, metadata: Vec<u8> });
encoded!(PoolNominateArgs { pool_id: u32, validators: Vec<Bytes32> });
encoded!(PoolJoinArgs {
    amount: Balance,
    pool_id: u32
});
encoded!(PoolBondExtraArgs { extra: ExtraData });
encoded!(PoolUnbondArgs {
    member_account: Address,
    unbonding_points: Balance
});
encoded!(PoolWithdrawArgs {
    member_account: Address,
    num_slashing_spans: u32
});

#[derive(EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) enum PayeeData {
    Staked,
    Stash,
    Account(Bytes32),
    None,
}

impl From<PayTo> for PayeeData {
    fn from(pay_to: PayTo) -> Self {
        match pay_to {
            PayTo::Stake => Self::Staked,
            PayTo::Account => Self::Stash,
            PayTo::Other(account) => Self::Account(key(&account)),
            PayTo::Nobody => Self::None,
        }
    }
}

#[derive(EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) enum ExtraData {
    FreeBalance(Balance),
    Rewards,
}

/// A call inside of a batch.
#[derive(EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) enum RuntimeCallData {
    Staking(BatchedCallData),
}

#[derive(EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
#[allow(non_camel_case_types, reason = "the metadata names calls so")]
pub(crate) enum BatchedCallData {
    payout_stakers_by_page {
        validator_stash: Bytes32,
        era: u32,
        page: u32,
    },
}

impl From<&PayoutPage> for RuntimeCallData {
    fn from(page: &PayoutPage) -> Self {
        Self::Staking(BatchedCallData::payout_stakers_by_page {
            validator_stash: key(&page.validator),
            era: page.era,
            page: page.page,
        })
    }
}
