//! Offences: a validator that authors two blocks in a slot, or votes twice in a round, is reported by whoever sees it, slashed and disabled.

use crate::{Runtime, RuntimeCall, RuntimeEvent, Staking, UncheckedExtrinsic};
use frame_system::offchain::{CreateBare, CreateTransactionBase};

impl pallet_offences::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type IdentificationTuple = pallet_session::historical::IdentificationTuple<Self>;
    type OnOffenceHandler = Staking;
}

impl<C> CreateTransactionBase<C> for Runtime
where
    RuntimeCall: From<C>,
{
    type Extrinsic = UncheckedExtrinsic;
    type RuntimeCall = RuntimeCall;
}

/// The node reports equivocations in transactions that nobody signs or pays: their proof is what makes them valid.
impl<C> CreateBare<C> for Runtime
where
    RuntimeCall: From<C>,
{
    fn create_bare(call: RuntimeCall) -> UncheckedExtrinsic {
        UncheckedExtrinsic::new_bare(call)
    }
}
