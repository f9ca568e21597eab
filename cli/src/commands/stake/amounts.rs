//! Amounts and shares as the commands of staking take them.

use crate::units::parse_amount;
use blocs_primitives::Balance;

/// Parts of a whole in one percent.
const PERCENT: u32 = 10_000_000;

/// An amount, or everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Amount {
    /// So much, in planck.
    Of(Balance),
    /// Everything.
    All,
}

impl Amount {
    /// The amount, when everything is `all`.
    pub(super) fn of(self, all: Balance) -> Balance {
        match self {
            Self::Of(amount) => amount,
            Self::All => all,
        }
    }
}

/// Reads an amount in BLOC, or `all`.
pub(super) fn parse_amount_or_all(text: &str) -> Result<Amount, String> {
    if text.trim() == "all" {
        return Ok(Amount::All);
    }
    parse_amount(text).map(Amount::Of)
}

/// Reads a percentage, `5`, `2.5` or `2.5%`, as parts of a thousand million.
pub(super) fn parse_percent(text: &str) -> Result<u32, String> {
    let bad = || format!("{text:?} is not a percentage from 0 to 100: write 5, 2.5 or 2.5%");
    let number = text.trim().trim_end_matches('%').trim_end();
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > 7 {
        return Err(bad());
    }
    let whole: u32 = whole.parse().map_err(|_| bad())?;
    let fraction: u32 = format!("{fraction:0<7}").parse().map_err(|_| bad())?;
    let parts = whole.checked_mul(PERCENT).and_then(|parts| parts.checked_add(fraction));
    parts.filter(|parts| *parts <= PERCENT * 100).ok_or_else(bad)
}

/// Parts of a thousand million as a percentage.
pub(crate) fn percent(parts: u32) -> String {
    let (whole, fraction) = (parts / PERCENT, parts % PERCENT);
    if fraction == 0 {
        return format!("{whole}%");
    }
    let fraction = format!("{fraction:07}");
    format!("{whole}.{}%", fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_read_back() {
        for (text, parts) in [
            ("0", 0),
            ("5", 50_000_000),
            ("2.5%", 25_000_000),
            ("100 %", 1_000_000_000),
        ] {
            assert_eq!(parse_percent(text), Ok(parts), "{text}");
            assert_eq!(parse_percent(&percent(parts)), Ok(parts));
        }
        assert_eq!(percent(25_000_000), "2.5%");
        for wrong in ["", "x", "-1", "101", "100.1", "1.00000001", "0,5"] {
            assert!(parse_percent(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn all_is_an_amount() {
        assert_eq!(parse_amount_or_all("all").map(|amount| amount.of(7)), Ok(7));
        assert_eq!(parse_amount_or_all("3 planck").map(|amount| amount.of(7)), Ok(3));
        assert!(parse_amount_or_all("some").is_err());
    }
}
