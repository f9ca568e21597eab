//! The parts of staking's records that this crate reads, by the names that the metadata gives them.

#![allow(unused_imports, reason = "the derive's own import looks unused inside a macro")]

use super::{Nominations, PayTo, SessionKeys, Unlocking, ValidatorPrefs};
use crate::layout::Bytes32;
use blocs_primitives::{AccountId, Balance};
use subxt::{dynamic, ext::scale_decode::DecodeAsType, storage::DynamicAddress};

pub(super) const STAKING: &str = "Staking";
pub(super) const SESSION: &str = "Session";
pub(super) const POOLS: &str = "NominationPools";
pub(super) const BABE: &str = "Babe";
pub(super) const TIMING: &str = "Timing";

/// A value that is not a map.
pub(super) fn value<V: DecodeAsType>(pallet: &str, entry: &str) -> (DynamicAddress<(), V>, ()) {
    (dynamic::storage(pallet, entry), ())
}

/// An entry of a map with one key.
pub(super) fn of<V: DecodeAsType>(
    pallet: &str,
    entry: &str,
    account: Bytes32,
) -> (DynamicAddress<(Bytes32,), V>, (Bytes32,)) {
    (dynamic::storage(pallet, entry), (account,))
}

/// An entry of a map of eras, or of pools.
pub(super) fn at_index<V: DecodeAsType>(pallet: &str, entry: &str, index: u32) -> (DynamicAddress<(u32,), V>, (u32,)) {
    (dynamic::storage(pallet, entry), (index,))
}

/// An entry of one of staking's maps of eras and validators.
pub(super) fn in_era<V: DecodeAsType>(
    entry: &str,
    era: u32,
    validator: Bytes32,
) -> (DynamicAddress<(u32, Bytes32), V>, (u32, Bytes32)) {
    (dynamic::storage(STAKING, entry), (era, validator))
}

/// Declares a struct that is decoded by field names.
macro_rules! decoded {
    ($name:ident { $($field:ident: $kind:ty),* $(,)? }) => {
        #[derive(DecodeAsType)]
        #[decode_as_type(crate_path = "subxt::ext::scale_decode")]
        pub(super) struct $name { $(pub(super) $field: $kind),* }
    };
}

decoded!(ActiveEraLayout { index: u32 });
decoded!(LedgerLayout {
    total: Balance,
    active: Balance,
    unlocking: Vec<ChunkLayout>,
});
decoded!(ChunkLayout {
    value: Balance,
    era: u32
});
decoded!(PrefsLayout {
    commission: u32,
    blocked: bool
});
decoded!(NominationsLayout {
    targets: Vec<Bytes32>,
    submitted_in: u32,
});
decoded!(SpansLayout { prior: Vec<u32> });
decoded!(KeysLayout {
    babe: Bytes32,
    grandpa: Bytes32,
    authority_discovery: Bytes32,
});
decoded!(OverviewLayout {
    total: Balance,
    own: Balance,
    nominator_count: u32,
    page_count: u32,
});
decoded!(ExposurePageLayout {
    others: Vec<IndividualLayout>
});
decoded!(IndividualLayout {
    who: Bytes32,
    value: Balance
});
decoded!(PointsLayout {
    total: u32,
    individual: Vec<(Bytes32, u32)>,
});
decoded!(UnappliedLayout {
    validator: Bytes32,
    own: Balance
});
decoded!(PoolLayout {
    commission: PoolCommissionLayout,
    member_counter: u32,
    points: Balance,
    roles: RolesLayout,
    state: PoolStateLayout,
});
decoded!(PoolCommissionLayout {
    current: Option<(u32, Bytes32)>
});
decoded!(RolesLayout {
    nominator: Option<Bytes32>
});
decoded!(MemberLayout {
    pool_id: u32,
    points: Balance,
    unbonding_eras: Vec<(u32, Balance)>,
});

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) enum PoolStateLayout {
    Open,
    Blocked,
    Destroying,
}

impl PoolStateLayout {
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Blocked => "blocked",
            Self::Destroying => "destroying",
        }
    }
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub(super) enum PayeeLayout {
    Staked,
    Stash,
    Controller,
    Account(Bytes32),
    None,
}

impl From<Option<PayeeLayout>> for PayTo {
    fn from(layout: Option<PayeeLayout>) -> Self {
        match layout {
            Some(PayeeLayout::Staked) => Self::Stake,
            // An account is its own controller here.
            Some(PayeeLayout::Stash | PayeeLayout::Controller) => Self::Account,
            Some(PayeeLayout::Account(account)) => Self::Other(AccountId::new(account)),
            Some(PayeeLayout::None) | None => Self::Nobody,
        }
    }
}

impl From<PrefsLayout> for ValidatorPrefs {
    fn from(layout: PrefsLayout) -> Self {
        Self {
            commission: layout.commission,
            blocked: layout.blocked,
        }
    }
}

impl From<NominationsLayout> for Nominations {
    fn from(layout: NominationsLayout) -> Self {
        Self {
            targets: layout.targets.into_iter().map(AccountId::new).collect(),
            era: layout.submitted_in,
        }
    }
}

impl From<KeysLayout> for SessionKeys {
    fn from(layout: KeysLayout) -> Self {
        Self {
            babe: layout.babe,
            grandpa: layout.grandpa,
            authority_discovery: layout.authority_discovery,
        }
    }
}

impl From<ChunkLayout> for Unlocking {
    fn from(layout: ChunkLayout) -> Self {
        Self {
            amount: layout.value,
            era: layout.era,
        }
    }
}
