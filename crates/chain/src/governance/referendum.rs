//! Referenda, and what becomes of them if nothing changes.

use super::{Tally, Track};
use blocs_primitives::{AccountId, Balance, BlockNumber, Hash};

/// What is proposed: the call itself, or the hash of its preimage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposal {
    /// A short call.
    Inline(Vec<u8>),
    /// A call that is stored elsewhere on chain.
    Lookup {
        /// Hash of its encoding.
        hash: Hash,
        /// Length of its encoding, when known.
        len: Option<u32>,
    },
}

impl Proposal {
    /// Longest call that is held inline.
    pub const MAX_INLINE: usize = 128;

    /// Hash of the call's encoding.
    pub fn hash(&self) -> Hash {
        match self {
            Self::Inline(bytes) => Hash::from(sp_crypto_hashing::blake2_256(bytes)),
            Self::Lookup { hash, .. } => *hash,
        }
    }
}

/// When an approved call takes effect, if its track allows it so early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enactment {
    /// At this block.
    At(BlockNumber),
    /// So many blocks after its approval.
    After(BlockNumber),
}

/// Tokens put down, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deposit {
    /// By whom.
    pub who: AccountId,
    /// How much, in planck.
    pub amount: Balance,
}

/// How a referendum ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It passed, and its call takes effect.
    Approved,
    /// It failed.
    Rejected,
    /// It was cancelled; deposits come back.
    Cancelled,
    /// Nobody put the decision deposit down in time.
    TimedOut,
    /// It was killed; deposits are lost.
    Killed,
}

impl Ending {
    /// A word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timed out",
            Self::Killed => "killed",
        }
    }
}

/// The end of a referendum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How it ended.
    pub kind: Ending,
    /// At which block.
    pub block: BlockNumber,
    /// The submission deposit, unless it was given back or lost.
    pub submission_deposit: Option<Deposit>,
    /// The decision deposit, unless it was given back or lost.
    pub decision_deposit: Option<Deposit>,
}

/// A decision that has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deciding {
    /// Since which block.
    pub since: BlockNumber,
    /// While it stands above both curves: the block at which it passes.
    pub confirming: Option<BlockNumber>,
}

/// A referendum that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ongoing {
    /// Number of its track.
    pub track: u16,
    /// The origin that its call gets, by name: `root` or `MarketAdmin`.
    pub origin: String,
    /// What is proposed.
    pub proposal: Proposal,
    /// When it shall take effect.
    pub enactment: Enactment,
    /// The block of its submission.
    pub submitted: BlockNumber,
    /// Who proposed it, and what that holds.
    pub submission_deposit: Deposit,
    /// Who wants it decided, and what that holds.
    pub decision_deposit: Option<Deposit>,
    /// Its decision, when begun.
    pub deciding: Option<Deciding>,
    /// The votes.
    pub tally: Tally,
    /// Whether it waits because too many are being decided.
    pub in_queue: bool,
}

/// A referendum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referendum {
    /// Its number.
    pub index: u32,
    /// Where it stands.
    pub state: ReferendumState,
}

/// Where a referendum stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferendumState {
    /// It can be voted on.
    Ongoing(Box<Ongoing>),
    /// It has ended.
    Ended(Outcome),
}

/// Where an ongoing referendum stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Waits for its decision deposit; times out at this block.
    AwaitingDeposit(BlockNumber),
    /// Its decision begins at this block.
    Preparing(BlockNumber),
    /// Waits until fewer are being decided.
    Queued,
    /// Is being decided, until this block.
    Deciding(BlockNumber),
    /// Stands above both curves; passes at this block.
    Confirming(BlockNumber),
}

impl Stage {
    /// A word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::AwaitingDeposit(_) => "awaiting deposit",
            Self::Preparing(_) => "preparing",
            Self::Queued => "queued",
            Self::Deciding(_) => "deciding",
            Self::Confirming(_) => "confirming",
        }
    }
}

/// What becomes of a referendum if no vote changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forecast {
    /// It passes at a block, and takes effect at a later one.
    Passes {
        /// The block from which on it stands above both curves.
        from: BlockNumber,
        /// The block at which it is approved.
        approved: BlockNumber,
        /// The block at which its call takes effect.
        enacted: BlockNumber,
    },
    /// It is rejected at this block.
    Fails(BlockNumber),
    /// It times out at this block, since nobody puts the decision deposit down.
    TimesOut(BlockNumber),
    /// It waits in line.
    Waits,
}

impl Ongoing {
    /// Where it stands. `timeout` is the chain's limit in blocks for putting the decision deposit down.
    pub fn stage(&self, track: &Track, timeout: BlockNumber) -> Stage {
        match self.deciding {
            Some(Deciding {
                confirming: Some(block),
                ..
            }) => Stage::Confirming(block),
            Some(Deciding { since, .. }) => Stage::Deciding(since.saturating_add(track.decision_period)),
            None if self.in_queue => Stage::Queued,
            None if self.decision_deposit.is_none() => Stage::AwaitingDeposit(self.submitted.saturating_add(timeout)),
            None => Stage::Preparing(self.submitted.saturating_add(track.prepare_period)),
        }
    }

    /// What becomes of it if no vote changes, seen from block `now`; `electorate` is all tokens that can vote.
    pub fn forecast(&self, track: &Track, timeout: BlockNumber, now: BlockNumber, electorate: Balance) -> Forecast {
        let (approval, support) = (self.tally.approval(), self.tally.support_of(electorate));
        let deciding = match self.stage(track, timeout) {
            Stage::AwaitingDeposit(block) => return Forecast::TimesOut(block),
            Stage::Queued => return Forecast::Waits,
            Stage::Confirming(block) => {
                let since = self.deciding.map_or(now, |deciding| deciding.since);
                if track.passing(now.saturating_sub(since), approval, support) {
                    return self.passes(track, block.saturating_sub(track.confirm_period), block.max(now));
                }
                since
            }
            Stage::Deciding(_) => self.deciding.map_or(now, |deciding| deciding.since),
            Stage::Preparing(block) => block.max(now.saturating_add(1)),
        };
        match track.passing_after(approval, support) {
            Some(offset) => {
                let from = deciding.saturating_add(offset).max(now);
                self.passes(track, from, from.saturating_add(track.confirm_period))
            }
            None => Forecast::Fails(deciding.saturating_add(track.decision_period)),
        }
    }

    fn passes(&self, track: &Track, from: BlockNumber, approved: BlockNumber) -> Forecast {
        let desired = match self.enactment {
            Enactment::At(block) => block,
            Enactment::After(blocks) => approved.saturating_add(blocks),
        };
        let enacted = desired.max(approved.saturating_add(track.min_enactment_period.max(1)));
        Forecast::Passes {
            from,
            approved,
            enacted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::track::tests::fast, *};

    const TIMEOUT: BlockNumber = 100;

    fn ongoing(ayes: Balance, support: Balance) -> Ongoing {
        let deposit = Deposit {
            who: AccountId::new([1; 32]),
            amount: 10,
        };
        Ongoing {
            track: 0,
            origin: "root".to_owned(),
            proposal: Proposal::Inline(vec![0, 0]),
            enactment: Enactment::After(0),
            submitted: 10,
            submission_deposit: deposit.clone(),
            decision_deposit: Some(deposit),
            deciding: None,
            tally: Tally { ayes, nays: 0, support },
            in_queue: false,
        }
    }

    #[test]
    fn a_referendum_goes_through_its_stages() {
        let track = fast(0, "root");
        let mut referendum = ongoing(0, 0);
        assert_eq!(referendum.stage(&track, TIMEOUT), Stage::Preparing(12));
        referendum.in_queue = true;
        assert_eq!(referendum.stage(&track, TIMEOUT), Stage::Queued);
        referendum.in_queue = false;
        referendum.decision_deposit = None;
        assert_eq!(referendum.stage(&track, TIMEOUT), Stage::AwaitingDeposit(110));
        referendum.deciding = Some(Deciding {
            since: 20,
            confirming: None,
        });
        assert_eq!(referendum.stage(&track, TIMEOUT), Stage::Deciding(40));
        referendum.deciding = Some(Deciding {
            since: 20,
            confirming: Some(33),
        });
        assert_eq!(referendum.stage(&track, TIMEOUT), Stage::Confirming(33));
    }

    #[test]
    fn the_forecast_follows_the_curves() {
        let track = fast(0, "root");
        // A tenth of all tokens for it: enough after 16 of the 20 blocks that begin at block 12.
        let mut referendum = ongoing(100, 100);
        let passes = |from, approved, enacted| Forecast::Passes {
            from,
            approved,
            enacted,
        };
        assert_eq!(referendum.forecast(&track, TIMEOUT, 11, 1_000), passes(28, 30, 32));
        // An earlier effect than the track allows is put off, a later one is kept.
        referendum.enactment = Enactment::At(500);
        assert_eq!(referendum.forecast(&track, TIMEOUT, 11, 1_000), passes(28, 30, 500));
        referendum.enactment = Enactment::At(20);
        assert_eq!(referendum.forecast(&track, TIMEOUT, 11, 1_000), passes(28, 30, 32));
        // Nobody voted: support may fall to nothing, approval never does.
        assert_eq!(ongoing(0, 0).forecast(&track, TIMEOUT, 11, 1_000), Forecast::Fails(32));
        referendum.deciding = Some(Deciding {
            since: 12,
            confirming: Some(30),
        });
        assert_eq!(referendum.forecast(&track, TIMEOUT, 29, 1_000), passes(28, 30, 32));
        referendum.decision_deposit = None;
        referendum.deciding = None;
        assert_eq!(referendum.forecast(&track, TIMEOUT, 11, 1_000), Forecast::TimesOut(110));
    }
}
