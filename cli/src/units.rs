//! Amounts, sizes and times as people write and read them.

use blocs_chain::ChainProperties;
use blocs_primitives::{Balance, Period};
use std::time::Duration;

/// Decimals of the token.
const DECIMALS: u32 = 12;
/// Planck in one BLOC.
const BLOC: Balance = 10u128.pow(DECIMALS);

/// `1.5 BLOC`: all decimals that are not zero.
pub(crate) fn bloc(planck: Balance) -> String {
    let (whole, fraction) = (planck / BLOC, planck % BLOC);
    if fraction == 0 {
        return format!("{whole} BLOC");
    }
    let fraction = format!("{fraction:012}");
    format!("{whole}.{} BLOC", fraction.trim_end_matches('0'))
}

/// Reads `1.5`, `1.5 BLOC` or `1500000000000 planck`.
pub(crate) fn parse_amount(text: &str) -> Result<Balance, String> {
    let bad = || format!("{text:?} is not an amount: write 1.5, \"1.5 BLOC\" or \"1500000000000 planck\"");
    let trimmed = text.trim();
    if let Some(planck) = trimmed.strip_suffix("planck") {
        return planck.trim().parse().map_err(|_| bad());
    }
    let number = trimmed.strip_suffix("BLOC").unwrap_or(trimmed).trim();
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let width = usize::try_from(DECIMALS).map_err(|_| bad())?;
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > width {
        return Err(bad());
    }
    let whole: Balance = whole.parse().map_err(|_| bad())?;
    let fraction: Balance = format!("{fraction:0<width$}").parse().map_err(|_| bad())?;
    whole
        .checked_mul(BLOC)
        .and_then(|planck| planck.checked_add(fraction))
        .ok_or_else(bad)
}

/// `1.4 GiB`: three significant figures by powers of 1024.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if count < 1024 {
        return format!("{count} B");
    }
    let mut unit = 0;
    let mut scale = 1024u64;
    while unit + 1 < UNITS.len() && count / scale >= 1024 {
        scale = scale.saturating_mul(1024);
        unit += 1;
    }
    let tenths = u128::from(count).saturating_mul(10) / u128::from(scale);
    let (whole, tenth) = (tenths / 10, tenths % 10);
    match (whole, tenth) {
        (100.., _) | (_, 0) => format!("{whole} {}", UNITS[unit]),
        _ => format!("{whole}.{tenth} {}", UNITS[unit]),
    }
}

/// `2d 3h`: the two largest units.
pub(crate) fn duration(length: Duration) -> String {
    let seconds = length.as_secs();
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3_600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let shown: Vec<String> = parts
        .iter()
        .skip_while(|(count, _)| *count == 0)
        .take(2)
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    if shown.is_empty() {
        "0s".to_owned()
    } else {
        shown.join(" ")
    }
}

/// For how long something is to be kept: a time, or a number of proving periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Term {
    /// A time.
    Time(Duration),
    /// Proving periods.
    Periods(Period),
}

impl Term {
    /// In proving periods of this chain, rounded up.
    pub(crate) fn periods(self, chain: &ChainProperties) -> Period {
        match self {
            Self::Time(length) => chain.periods(length),
            Self::Periods(count) => count,
        }
    }
}

impl std::str::FromStr for Term {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad =
            || format!("{text:?} is not a duration: write 90d, 12h, 30min, 2w, 1y, or 20p for 20 proving periods");
        let text = text.trim();
        let end = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(bad)?;
        let (number, unit) = text.split_at(end);
        let number: u64 = number.parse().ok().filter(|number| *number > 0).ok_or_else(bad)?;
        let seconds: u64 = match unit.trim() {
            "p" => return Ok(Self::Periods(Period::try_from(number).map_err(|_| bad())?)),
            "s" => 1,
            "m" | "min" => 60,
            "h" => 3_600,
            "d" => 86_400,
            "w" => 7 * 86_400,
            "y" => 365 * 86_400,
            _ => return Err(bad()),
        };
        Ok(Self::Time(Duration::from_secs(
            number.checked_mul(seconds).ok_or_else(bad)?,
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_without_needless_zeros_and_read_back() {
        for (planck, shown) in [
            (0, "0 BLOC"),
            (1, "0.000000000001 BLOC"),
            (BLOC, "1 BLOC"),
            (BLOC + BLOC / 2, "1.5 BLOC"),
            (123_456_789 * BLOC + 10, "123456789.00000000001 BLOC"),
        ] {
            assert_eq!(bloc(planck), shown);
            assert_eq!(parse_amount(shown), Ok(planck));
        }
        assert_eq!(parse_amount("2.5"), Ok(2_500_000_000_000));
        assert_eq!(parse_amount("7 planck"), Ok(7));
        for wrong in ["", "x", "-1", "1.0000000000001", "1e3", ".5", "1 DOT"] {
            assert!(parse_amount(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_and_durations_are_short() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(1024), "1 KiB");
        assert_eq!(bytes(1536), "1.5 KiB");
        assert_eq!(bytes(64 << 20), "64 MiB");
        assert_eq!(bytes(1 << 60), "1024 PiB");
        assert_eq!(duration(Duration::from_secs(0)), "0s");
        assert_eq!(duration(Duration::from_secs(90)), "1min 30s");
        assert_eq!(duration(Duration::from_secs(86_400 * 2 + 5)), "2d");
    }

    #[test]
    fn terms_are_times_or_periods() {
        assert_eq!("90d".parse(), Ok(Term::Time(Duration::from_secs(90 * 86_400))));
        assert_eq!("12h".parse(), Ok(Term::Time(Duration::from_secs(12 * 3_600))));
        assert_eq!("20p".parse(), Ok(Term::Periods(20)));
        for wrong in ["", "d", "0d", "10", "5 parsecs", "99999999999999999999d"] {
            assert!(wrong.parse::<Term>().is_err(), "{wrong}");
        }
    }
}
