//! The technical collective, safe mode and paused calls.

use blocs_primitives::{AccountId, BlockNumber, Hash};

/// The technical collective.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collective {
    /// Its members.
    pub members: Vec<AccountId>,
    /// What they vote on.
    pub motions: Vec<Motion>,
}

impl Collective {
    /// The least number of members that is `numerator` of `denominator` parts of all of them.
    pub fn threshold(&self, numerator: u32, denominator: u32) -> u32 {
        let members = u32::try_from(self.members.len()).unwrap_or(u32::MAX);
        members.saturating_mul(numerator).div_ceil(denominator.max(1)).max(1)
    }
}

/// A motion of the collective.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Motion {
    /// Its number.
    pub index: u32,
    /// Hash of the call that it would dispatch.
    pub hash: Hash,
    /// The call's encoding.
    pub call: Vec<u8>,
    /// Ayes that it needs.
    pub threshold: u32,
    /// Who said aye.
    pub ayes: Vec<AccountId>,
    /// Who said nay.
    pub nays: Vec<AccountId>,
    /// The block at which voting ends.
    pub end: BlockNumber,
}

impl Motion {
    /// Whether it has the ayes that it needs.
    pub fn passes(&self) -> bool {
        u32::try_from(self.ayes.len()).is_ok_and(|ayes| ayes >= self.threshold)
    }
}

/// What is stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stopped {
    /// The block until which safe mode lasts; `None` when it is off.
    pub safe_mode_until: Option<BlockNumber>,
    /// Calls that are paused, as `Pallet.call`.
    pub paused: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_the_members_are_rounded_up() {
        let collective = |members: u8| Collective {
            members: (0..members).map(|number| AccountId::new([number; 32])).collect(),
            motions: Vec::new(),
        };
        assert_eq!(collective(3).threshold(2, 3), 2);
        assert_eq!(collective(3).threshold(3, 4), 3);
        assert_eq!(collective(4).threshold(3, 4), 3);
        assert_eq!(collective(0).threshold(3, 4), 1);
    }
}
