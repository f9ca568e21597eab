//! The governed values and their bounds.
//!
//! A change takes effect at once, also in the middle of a period. What exists keeps what it was made with: an open challenge its pieces
//! and its pay, a deal its price, its end and its deposit. Bonds, slashes, the treasury's cut and the least duration are those of the
//! moment in which they are asked for. A bond that has become too low faults nobody who goes on proving.

use crate::{Config, Error};
use blocs_primitives::{Balance, MAX_CHALLENGED_PIECES, Period};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::Perbill;

/// One BLOC in planck.
const BLOC: Balance = 1_000_000_000_000;

/// The market's governed values. They are set together, so that relations between them can be checked.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Params {
    /// Pieces drawn per challenge, K: at least 2, one by bytes and one by slots, and at most half of
    /// [`MAX_CHALLENGED_PIECES`], as a miss carries as many again.
    pub pieces_per_challenge: u32,
    /// Periods missed in a row that make a provider faulted, N: 1 to 1000.
    pub misses_to_fault: u32,
    /// Share of the required bond that a miss costs: at most 10 %.
    pub miss_slash: Perbill,
    /// Share of the required bond that a fault costs, and of a slot's bond that its concession costs: at most 50 %, at least
    /// `miss_slash`.
    pub loss_slash: Perbill,
    /// Share of a slot's bond that a declared loss costs: at most `loss_slash`.
    pub declared_slash: Perbill,
    /// Unanswered challenges are neither slashed nor counted: for halts and migrations.
    pub slashing_paused: bool,
    /// Bond required per GiB kept, in planck: at most 1,000,000 BLOC.
    pub bond_per_gib: Balance,
    /// Least bond, in planck: 1 to 1,000,000 BLOC. It pays for the provider's records and its seat on the ring.
    ///
    /// Raising it, or `bond_per_gib`, makes providers whose bond is below half of what is required from then on faulted
    /// at their next miss, so give them time to top up.
    pub min_bond: Balance,
    /// The treasury's share of pay: at most 20 %.
    pub treasury_cut: Perbill,
    /// Periods that a terminated deal runs at least, T, counted from its start: at least 1.
    pub min_termination: Period,
    /// Periods after a deal's end that are the owner's and the provider's to clean up, G: at most `max_duration`.
    pub cleanup_grace: Period,
    /// Share of a slot's part of the deposit that anyone else earns by cleaning up afterwards: at most 50 %.
    pub cleanup_bounty: Perbill,
    /// Longest deal, in periods: `min_termination` to 10,000,000.
    pub max_duration: Period,
    /// Deposit per stored record, in planck: at most 1,000 BLOC.
    pub deposit_per_item: Balance,
    /// Deposit per stored byte, in planck: at most 1 BLOC.
    pub deposit_per_byte: Balance,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            pieces_per_challenge: 8,
            misses_to_fault: 12,
            miss_slash: Perbill::from_parts(5_000_000),
            loss_slash: Perbill::from_percent(20),
            declared_slash: Perbill::from_percent(10),
            slashing_paused: false,
            bond_per_gib: BLOC / 10,
            min_bond: 100 * BLOC,
            treasury_cut: Perbill::from_percent(5),
            min_termination: 24,
            cleanup_grace: 24,
            cleanup_bounty: Perbill::from_percent(10),
            max_duration: 500_000,
            deposit_per_item: BLOC / 100,
            deposit_per_byte: BLOC / 100_000,
        }
    }
}

impl Params {
    /// Checks every bound and relation.
    ///
    /// # Errors
    ///
    /// Names the first rule that is broken.
    pub fn check(&self) -> Result<(), BrokenRule> {
        let rules = [
            (
                self.pieces_per_challenge >= 2,
                Bounds::PiecesPerChallenge,
                "pieces_per_challenge must be at least 2: half of the pieces are drawn by bytes, half by slots",
            ),
            (
                self.pieces_per_challenge <= MAX_CHALLENGED_PIECES / 2,
                Bounds::PiecesPerChallenge,
                "pieces_per_challenge must be at most 32, which leaves room for as many carried pieces",
            ),
            (
                (1..=1000).contains(&self.misses_to_fault),
                Bounds::MissesToFault,
                "misses_to_fault must be 1 to 1000",
            ),
            (
                self.miss_slash <= Perbill::from_percent(10),
                Bounds::MissSlash,
                "miss_slash must be at most 10 %",
            ),
            (
                self.loss_slash <= Perbill::from_percent(50),
                Bounds::LossSlash,
                "loss_slash must be at most 50 %",
            ),
            (
                self.miss_slash <= self.loss_slash,
                Bounds::MissSlash,
                "miss_slash must be at most loss_slash",
            ),
            (
                self.declared_slash <= self.loss_slash,
                Bounds::DeclaredSlash,
                "declared_slash must be at most loss_slash",
            ),
            (
                self.treasury_cut <= Perbill::from_percent(20),
                Bounds::TreasuryCut,
                "treasury_cut must be at most 20 %",
            ),
            (
                self.cleanup_bounty <= Perbill::from_percent(50),
                Bounds::CleanupBounty,
                "cleanup_bounty must be at most 50 %",
            ),
            // A seat on the ring that costs nothing could be taken by anybody, and there are not many.
            (
                self.min_bond >= BLOC,
                Bounds::MinBond,
                "min_bond must be at least 1 BLOC",
            ),
            (
                self.min_bond <= 1_000_000 * BLOC,
                Bounds::MinBond,
                "min_bond must be at most 1,000,000 BLOC",
            ),
            (
                self.min_termination >= 1,
                Bounds::MinTermination,
                "min_termination must be at least 1",
            ),
            (
                self.min_termination <= self.max_duration,
                Bounds::MinTermination,
                "min_termination must be at most max_duration",
            ),
            (
                self.cleanup_grace <= self.max_duration,
                Bounds::CleanupGrace,
                "cleanup_grace must be at most max_duration",
            ),
            // Sums of escrow over all deals must stay far from the ledger's limit.
            (
                self.max_duration <= 10_000_000,
                Bounds::MaxDuration,
                "max_duration must be at most 10,000,000",
            ),
            (
                self.bond_per_gib <= 1_000_000 * BLOC,
                Bounds::BondPerGib,
                "bond_per_gib must be at most 1,000,000 BLOC",
            ),
            (
                self.deposit_per_item <= 1_000 * BLOC,
                Bounds::DepositPerItem,
                "deposit_per_item must be at most 1,000 BLOC",
            ),
            (
                self.deposit_per_byte <= BLOC,
                Bounds::DepositPerByte,
                "deposit_per_byte must be at most 1 BLOC",
            ),
        ];
        rules
            .into_iter()
            .find(|(kept, ..)| !kept)
            .map_or(Ok(()), |(_, of, rule)| Err(BrokenRule { of, rule }))
    }

    /// Bond that `bytes` require, in planck, rounded up; `None` when it does not fit.
    pub fn bond_for(&self, bytes: u64) -> Option<Balance> {
        let total = self.bond_per_gib.checked_mul(u128::from(bytes))?;
        Some(total.div_ceil(u128::from(blocs_primitives::GIB)))
    }

    /// Bond that a provider keeping `used` bytes must have, in planck.
    pub fn required_bond(&self, used: u64) -> Option<Balance> {
        Some(self.bond_for(used)?.max(self.min_bond))
    }
}

/// One governed value, to change it and leave the others as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Parameter {
    /// [`Params::pieces_per_challenge`].
    PiecesPerChallenge(u32),
    /// [`Params::misses_to_fault`].
    MissesToFault(u32),
    /// [`Params::miss_slash`].
    MissSlash(Perbill),
    /// [`Params::loss_slash`].
    LossSlash(Perbill),
    /// [`Params::declared_slash`].
    DeclaredSlash(Perbill),
    /// [`Params::slashing_paused`].
    SlashingPaused(bool),
    /// [`Params::bond_per_gib`].
    BondPerGib(Balance),
    /// [`Params::min_bond`].
    MinBond(Balance),
    /// [`Params::treasury_cut`].
    TreasuryCut(Perbill),
    /// [`Params::min_termination`].
    MinTermination(Period),
    /// [`Params::cleanup_grace`].
    CleanupGrace(Period),
    /// [`Params::cleanup_bounty`].
    CleanupBounty(Perbill),
    /// [`Params::max_duration`].
    MaxDuration(Period),
    /// [`Params::deposit_per_item`].
    DepositPerItem(Balance),
    /// [`Params::deposit_per_byte`].
    DepositPerByte(Balance),
}

impl Parameter {
    /// The values with this one in its place; not checked.
    pub fn put_into(self, mut params: Params) -> Params {
        match self {
            Self::PiecesPerChallenge(value) => params.pieces_per_challenge = value,
            Self::MissesToFault(value) => params.misses_to_fault = value,
            Self::MissSlash(value) => params.miss_slash = value,
            Self::LossSlash(value) => params.loss_slash = value,
            Self::DeclaredSlash(value) => params.declared_slash = value,
            Self::SlashingPaused(value) => params.slashing_paused = value,
            Self::BondPerGib(value) => params.bond_per_gib = value,
            Self::MinBond(value) => params.min_bond = value,
            Self::TreasuryCut(value) => params.treasury_cut = value,
            Self::MinTermination(value) => params.min_termination = value,
            Self::CleanupGrace(value) => params.cleanup_grace = value,
            Self::CleanupBounty(value) => params.cleanup_bounty = value,
            Self::MaxDuration(value) => params.max_duration = value,
            Self::DepositPerItem(value) => params.deposit_per_item = value,
            Self::DepositPerByte(value) => params.deposit_per_byte = value,
        }
        params
    }
}

/// A rule that values do not keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrokenRule {
    of: Bounds,
    /// The rule in words.
    pub rule: &'static str,
}

/// The value that a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bounds {
    PiecesPerChallenge,
    MissesToFault,
    MissSlash,
    LossSlash,
    DeclaredSlash,
    BondPerGib,
    MinBond,
    TreasuryCut,
    MinTermination,
    CleanupGrace,
    CleanupBounty,
    MaxDuration,
    DepositPerItem,
    DepositPerByte,
}

impl<T: Config> From<BrokenRule> for Error<T> {
    fn from(broken: BrokenRule) -> Self {
        match broken.of {
            Bounds::PiecesPerChallenge => Self::PiecesPerChallengeOutOfBounds,
            Bounds::MissesToFault => Self::MissesToFaultOutOfBounds,
            Bounds::MissSlash => Self::MissSlashOutOfBounds,
            Bounds::LossSlash => Self::LossSlashOutOfBounds,
            Bounds::DeclaredSlash => Self::DeclaredSlashOutOfBounds,
            Bounds::BondPerGib => Self::BondPerGibOutOfBounds,
            Bounds::MinBond => Self::MinBondOutOfBounds,
            Bounds::TreasuryCut => Self::TreasuryCutOutOfBounds,
            Bounds::MinTermination => Self::MinTerminationOutOfBounds,
            Bounds::CleanupGrace => Self::CleanupGraceOutOfBounds,
            Bounds::CleanupBounty => Self::CleanupBountyOutOfBounds,
            Bounds::MaxDuration => Self::MaxDurationOutOfBounds,
            Bounds::DepositPerItem => Self::DepositPerItemOutOfBounds,
            Bounds::DepositPerByte => Self::DepositPerByteOutOfBounds,
        }
    }
}
