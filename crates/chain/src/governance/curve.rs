//! Shares of a whole and the curves that a referendum must stay above, computed as pallet-referenda does, to the last digit.

use std::fmt;

/// Parts in a whole.
const WHOLE: u32 = 1_000_000_000;

/// A share from nothing to everything, in parts of a thousand million.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u32);

impl Share {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// Everything.
    pub const ONE: Self = Self(WHOLE);

    /// So many parts of a thousand million, at most everything.
    pub const fn from_parts(parts: u32) -> Self {
        Self(if parts > WHOLE { WHOLE } else { parts })
    }

    /// So many percent, at most everything.
    pub const fn from_percent(percent: u32) -> Self {
        Self::from_parts(percent.saturating_mul(WHOLE / 100))
    }

    /// `part` of `whole`, rounded down; everything when the whole is nothing or smaller than the part.
    pub fn of(part: u128, whole: u128) -> Self {
        if whole == 0 || part >= whole {
            return Self::ONE;
        }
        let parts = match part.checked_mul(WHOLE.into()) {
            Some(product) => product / whole,
            None => part / (whole / u128::from(WHOLE)).max(1),
        };
        Self::from_wide(parts)
    }

    /// Parts of a thousand million.
    pub const fn parts(self) -> u32 {
        self.0
    }

    /// From 0.0 to 1.0, for drawing.
    pub fn ratio(self) -> f64 {
        f64::from(self.0) / f64::from(WHOLE)
    }

    /// This share of a number of blocks, rounded up.
    pub fn of_blocks_up(self, blocks: u32) -> u32 {
        let product = u64::from(self.0) * u64::from(blocks);
        u32::try_from(product.div_ceil(WHOLE.into())).unwrap_or(blocks)
    }

    fn from_wide(parts: u128) -> Self {
        Self::from_parts(u32::try_from(parts).unwrap_or(WHOLE))
    }

    fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    fn plus(self, other: Self) -> Self {
        Self::from_parts(self.0.saturating_add(other.0))
    }

    /// The product, rounded down.
    fn times(self, other: Self) -> Self {
        Self::from_wide(u128::from(self.0) * u128::from(other.0) / u128::from(WHOLE))
    }

    /// The quotient rounded down; everything when it is more than that.
    fn over(self, other: Self) -> Self {
        Self::of(self.0.into(), other.0.into())
    }

    /// The quotient rounded up; everything when it is more than that.
    fn over_up(self, other: Self) -> Self {
        if other.0 == 0 || self.0 > other.0 {
            return Self::ONE;
        }
        Self::from_wide((u128::from(self.0) * u128::from(WHOLE)).div_ceil(other.0.into()))
    }
}

/// As a percentage with at most two decimals, rounded down.
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = self.0 / (WHOLE / 10_000);
        let (whole, fraction) = (hundredths / 100, hundredths % 100);
        match (fraction / 10, fraction % 10) {
            (0, 0) => write!(f, "{whole}%"),
            (tenth, 0) => write!(f, "{whole}.{tenth}%"),
            _ => write!(f, "{whole}.{fraction:02}%"),
        }
    }
}

/// What a referendum needs over its decision period: a share that falls as the period passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Curve {
    /// From `ceil` in a straight line to `floor` after `length` of the period; then `floor`.
    Linear {
        /// Share of the period after which the floor is reached.
        length: Share,
        /// The least that is needed.
        floor: Share,
        /// What is needed in the beginning.
        ceil: Share,
    },
    /// From `begin` in steps to `end`.
    Stepped {
        /// What is needed in the beginning.
        begin: Share,
        /// The least that is needed.
        end: Share,
        /// Height of a step.
        step: Share,
        /// Length of a step, as a share of the period.
        period: Share,
    },
    /// `factor / (x + x_offset) + y_offset`, each in parts of a thousand million.
    Reciprocal {
        /// The factor.
        factor: i64,
        /// What is added to the share of the period.
        x_offset: i64,
        /// What is added to the quotient.
        y_offset: i64,
    },
}

impl Curve {
    /// What is needed when `x` of the period has passed.
    pub fn threshold(&self, x: Share) -> Share {
        match self {
            Self::Linear { length, floor, ceil } => ceil.minus(x.min(*length).over(*length).times(ceil.minus(*floor))),
            Self::Stepped {
                begin,
                end,
                step,
                period,
            } => {
                let steps = x.0.checked_div(period.0).unwrap_or(u32::MAX);
                let fallen = Share::from_parts(step.0.saturating_mul(steps));
                begin.minus(fallen.min(*begin)).max(*end)
            }
            Self::Reciprocal {
                factor,
                x_offset,
                y_offset,
            } => {
                let below = i128::from(x.0) + i128::from(*x_offset);
                match scaled(*factor).div_down(below).and_then(fitting) {
                    Some(quotient) => clamped(quotient + i128::from(*y_offset)),
                    None => Share::ONE,
                }
            }
        }
    }

    /// The share of the period after which `y` is enough, as the chain computes when to look again; everything when it never is.
    pub fn delay(&self, y: Share) -> Share {
        match self {
            Self::Linear { length, floor, ceil } => {
                if y < *floor {
                    Share::ONE
                } else if y > *ceil {
                    Share::ZERO
                } else {
                    ceil.minus(y).over_up(ceil.minus(*floor)).times(*length)
                }
            }
            Self::Stepped {
                begin,
                end,
                step,
                period,
            } => {
                if y < *end {
                    return Share::ONE;
                }
                let fall = begin.minus(y.min(*begin)).plus(Share(step.0.saturating_sub(1)));
                let steps = fall.0.checked_div(step.0).unwrap_or(u32::MAX);
                Share::from_parts(period.0.saturating_mul(steps))
            }
            Self::Reciprocal {
                factor,
                x_offset,
                y_offset,
            } => {
                let below = i128::from(y.0) - i128::from(*y_offset);
                let quotient = scaled(*factor).div_up(below).and_then(fitting);
                match quotient.map(|quotient| quotient - i128::from(*x_offset)) {
                    Some(x) if (0..=i128::from(WHOLE)).contains(&x) => clamped(x),
                    _ => Share::ONE,
                }
            }
        }
    }

    /// Whether `y` is enough when `x` of the period has passed.
    pub fn passing(&self, x: Share, y: Share) -> bool {
        y >= self.threshold(x)
    }
}

/// A fixed-point number as the dividend of another.
fn scaled(number: i64) -> i128 {
    i128::from(number) * i128::from(WHOLE)
}

/// What fits into the chain's fixed-point numbers.
fn fitting(number: i128) -> Option<i128> {
    i64::try_from(number).ok().map(i128::from)
}

fn clamped(number: i128) -> Share {
    Share::from_wide(u128::try_from(number).unwrap_or(0))
}

/// Division with the roundings that the curves need.
trait RoundedDivision: Sized {
    /// Towards minus infinity; `None` for a division by zero.
    fn div_down(self, by: Self) -> Option<Self>;
    /// Towards infinity; `None` for a division by zero.
    fn div_up(self, by: Self) -> Option<Self>;
}

impl RoundedDivision for i128 {
    fn div_down(self, by: Self) -> Option<Self> {
        let quotient = self.checked_div(by)?;
        let inexact = self.checked_rem(by)? != 0;
        Some(if inexact && (self < 0) != (by < 0) {
            quotient - 1
        } else {
            quotient
        })
    }

    fn div_up(self, by: Self) -> Option<Self> {
        let quotient = self.checked_div(by)?;
        let inexact = self.checked_rem(by)? != 0;
        Some(if inexact && (self < 0) == (by < 0) {
            quotient + 1
        } else {
            quotient
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn pc(percent: u32) -> Share {
        Share::from_percent(percent)
    }

    const fn less(share: Share) -> Share {
        Share(share.0 - 1)
    }

    /// The values of pallet-referenda's own test of this curve.
    #[test]
    fn steps_are_those_of_the_pallet() {
        let curve = Curve::Stepped {
            begin: pc(80),
            end: pc(30),
            step: pc(10),
            period: pc(15),
        };
        for (x, y) in [
            (pc(0), 80),
            (less(pc(15)), 80),
            (pc(15), 70),
            (less(pc(30)), 70),
            (pc(30), 60),
            (pc(45), 50),
            (less(pc(60)), 50),
            (pc(60), 40),
            (less(pc(75)), 40),
            (pc(75), 30),
            (pc(100), 30),
        ] {
            assert_eq!(curve.threshold(x), pc(y), "{x:?}");
        }
        for (y, x) in [
            (pc(100), 0),
            (pc(80), 0),
            (less(pc(80)), 15),
            (pc(70), 15),
            (less(pc(70)), 30),
            (pc(60), 30),
            (pc(50), 45),
            (pc(40), 60),
            (less(pc(40)), 75),
            (pc(30), 75),
            (less(pc(30)), 100),
            (pc(0), 100),
        ] {
            assert_eq!(curve.delay(y), pc(x), "{y:?}");
        }
    }

    /// The curve and the property of pallet-referenda's own test, and its formula by hand at the ends.
    #[test]
    fn reciprocals_are_those_of_the_pallet() {
        let curve = Curve::Reciprocal {
            factor: 31_250_000,
            x_offset: 36_330_683,
            y_offset: 139_845_532,
        };
        // 0.03125 / 0.036330683 = 0.860154487…, with the offset a little more than everything; 0.03125 / 1.036330683 = 0.030154467…
        assert_eq!(curve.threshold(Share::ZERO), Share::ONE);
        assert_eq!(curve.threshold(Share::ONE).parts(), 30_154_467 + 139_845_532);
        for step in 0..100_000 {
            let y = Share::of(step, 100_000);
            let x = curve.delay(y);
            assert!(x == Share::ONE || curve.passing(x, y), "{y:?}");
        }
    }

    #[test]
    fn a_straight_line_falls_evenly_and_then_stays() {
        // What a development chain asks of everybody: approval from all to a half, support from a half to nothing.
        let approval = Curve::Linear {
            length: pc(100),
            floor: pc(50),
            ceil: pc(100),
        };
        assert_eq!(approval.threshold(Share::of(1, 20)).parts(), 975_000_000);
        assert_eq!(approval.threshold(Share::ONE), pc(50));
        assert_eq!(approval.delay(pc(75)), pc(50));
        assert_eq!(approval.delay(less(pc(50))), Share::ONE);
        let short = Curve::Linear {
            length: pc(40),
            floor: pc(10),
            ceil: pc(50),
        };
        assert_eq!(short.threshold(pc(20)), pc(30));
        assert_eq!(short.threshold(pc(90)), pc(10));
        assert_eq!(short.delay(pc(60)), Share::ZERO);
        assert_eq!(short.delay(pc(20)), pc(30));
    }

    #[test]
    fn shares_round_as_the_chain_does() {
        assert_eq!(Share::of(1, 3).parts(), 333_333_333);
        assert_eq!(Share::of(0, 0), Share::ONE);
        assert_eq!(Share::of(u128::MAX / 2, u128::MAX), pc(50));
        assert_eq!(pc(50).of_blocks_up(3), 2);
        assert_eq!(Share::ONE.of_blocks_up(20), 20);
        assert_eq!(Share::from_parts(16_666_666).to_string(), "1.66%");
        assert_eq!(pc(50).to_string(), "50%");
        assert_eq!(Share::from_parts(975_000_000).to_string(), "97.5%");
    }
}
