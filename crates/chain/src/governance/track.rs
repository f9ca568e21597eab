//! Tracks: what each power of governance asks of a referendum.

use super::{Curve, Share};
use crate::value::Value;
use blocs_primitives::{Balance, BlockNumber};

/// A track: referenda of one power, and what they must reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// Its number.
    pub id: u16,
    /// Its name, such as `market_admin`.
    pub name: String,
    /// Most referenda that are decided at the same time; others wait.
    pub max_deciding: u32,
    /// What must be put down before a referendum is decided, in planck.
    pub decision_deposit: Balance,
    /// Blocks between submission and decision, at least.
    pub prepare_period: BlockNumber,
    /// Blocks that a decision may take.
    pub decision_period: BlockNumber,
    /// Blocks for which a referendum must stand above both curves.
    pub confirm_period: BlockNumber,
    /// Blocks between approval and effect, at least.
    pub min_enactment_period: BlockNumber,
    /// Share of ayes among the votes, weighted by conviction, that is needed.
    pub min_approval: Curve,
    /// Share of all tokens that voted aye or abstained that is needed.
    pub min_support: Curve,
}

impl Track {
    /// The track whose name or number is `text`; the name in any case, with `-` or `_`.
    pub fn find<'a>(tracks: &'a [Self], text: &str) -> Option<&'a Self> {
        if let Ok(id) = text.parse::<u16>() {
            return tracks.iter().find(|track| track.id == id);
        }
        let plain = |name: &str| name.replace(['-', '_', ' '], "").to_lowercase();
        tracks.iter().find(|track| plain(&track.name) == plain(text))
    }

    /// Name of the variant of the chain's own origins that this track gives, `None` for root: `MarketAdmin` of `market_admin`.
    pub fn power(&self) -> Option<String> {
        if self.name == "root" {
            return None;
        }
        let word = |word: &str| {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        };
        Some(self.name.split('_').map(word).collect())
    }

    /// The origin of a referendum on this track, in the chain's shape.
    pub fn origin(&self) -> Value {
        let nothing = Vec::<Value>::new;
        match self.power() {
            None => Value::unnamed_variant("system", [Value::unnamed_variant("Root", nothing())]),
            Some(power) => Value::unnamed_variant("Origins", [Value::unnamed_variant(power, nothing())]),
        }
    }

    /// The share of the decision period that has passed after so many blocks of it.
    pub fn passed(&self, elapsed: BlockNumber) -> Share {
        Share::of(elapsed.min(self.decision_period).into(), self.decision_period.into())
    }

    /// Whether these shares are enough after so many blocks of the decision period.
    pub fn passing(&self, elapsed: BlockNumber, approval: Share, support: Share) -> bool {
        let x = self.passed(elapsed);
        self.min_support.passing(x, support) && self.min_approval.passing(x, approval)
    }

    /// After how many blocks of the decision period these shares are enough, `None` when they never are.
    pub fn passing_after(&self, approval: Share, support: Share) -> Option<BlockNumber> {
        if !self.passing(self.decision_period, approval, support) {
            return None;
        }
        // Both curves fall, so that there is one point from which on it passes.
        let (mut fails, mut passes) = (None, self.decision_period);
        loop {
            let low = fails.map_or(0, |fails: BlockNumber| fails.saturating_add(1));
            if low >= passes {
                return Some(passes);
            }
            let middle = low + (passes - low) / 2;
            if self.passing(middle, approval, support) {
                passes = middle;
            } else {
                fails = Some(middle);
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A track of a development chain.
    pub(in super::super) fn fast(id: u16, name: &str) -> Track {
        Track {
            id,
            name: name.to_owned(),
            max_deciding: 10,
            decision_deposit: 5_000_000_000_000,
            prepare_period: 2,
            decision_period: 20,
            confirm_period: 2,
            min_enactment_period: 2,
            min_approval: Curve::Linear {
                length: Share::ONE,
                floor: Share::from_percent(50),
                ceil: Share::ONE,
            },
            min_support: Curve::Linear {
                length: Share::ONE,
                floor: Share::ZERO,
                ceil: Share::from_percent(50),
            },
        }
    }

    #[test]
    fn tracks_are_found_by_name_and_number() {
        let tracks = [fast(0, "root"), fast(10, "market_admin")];
        let id = |text: &str| Track::find(&tracks, text).map(|track| track.id);
        assert_eq!(id("root"), Some(0));
        assert_eq!(id("10"), Some(10));
        assert_eq!(id("Market-Admin"), Some(10));
        assert_eq!(id("marketAdmin"), Some(10));
        assert_eq!(id("market"), None);
        assert_eq!(id("1"), None);
        assert_eq!(tracks.first().and_then(Track::power), None);
        assert_eq!(tracks.last().and_then(Track::power).as_deref(), Some("MarketAdmin"));
    }

    #[test]
    fn shares_are_enough_from_one_block_on() {
        let track = fast(0, "root");
        // Support of a tenth is enough when the curve has fallen from 50 % to 10 %: after 16 of 20 blocks.
        assert_eq!(track.passing_after(Share::ONE, Share::from_percent(10)), Some(16));
        assert!(!track.passing(15, Share::ONE, Share::from_percent(10)));
        assert_eq!(track.passing_after(Share::ONE, Share::from_percent(50)), Some(0));
        assert_eq!(track.passing_after(Share::from_percent(49), Share::ONE), None);
        assert_eq!(track.passing_after(Share::from_percent(50), Share::ZERO), Some(20));
    }
}
