//! Amounts of an asset as people write and read them.

use crate::exit::{Status, error};
use blocs_primitives::Balance;

/// How amounts of an asset are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Denomination {
    pub(super) symbol: String,
    pub(super) decimals: u8,
}

impl Denomination {
    /// `1.5 GOLD`: all decimals that are not zero.
    pub(super) fn show(&self, amount: Balance) -> String {
        let width = usize::from(self.decimals);
        let digits = format!("{amount:0>least$}", least = width.saturating_add(1));
        let (whole, fraction) = digits.split_at(digits.len().saturating_sub(width));
        let fraction = fraction.trim_end_matches('0');
        let number = match fraction.is_empty() {
            true => whole.to_owned(),
            false => format!("{whole}.{fraction}"),
        };
        match self.symbol.is_empty() {
            true => number,
            false => format!("{number} {}", self.symbol),
        }
    }

    /// Reads `1.5`, or `1.5 GOLD`.
    pub(super) fn parse(&self, text: &str) -> anyhow::Result<Balance> {
        let bad = || {
            let message = format!(
                "{text:?} is not an amount of an asset with {} decimals: write a number such as {}",
                self.decimals,
                self.show(10u128.saturating_pow(self.decimals.into()))
            );
            error(Status::Usage, message)
        };
        let trimmed = text.trim();
        let number = match self.symbol.is_empty() {
            true => trimmed,
            false => trimmed.strip_suffix(self.symbol.as_str()).unwrap_or(trimmed).trim_end(),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let width = usize::from(self.decimals);
        if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > width {
            return Err(bad());
        }
        format!("{whole}{fraction:0<width$}").parse().map_err(|_| bad())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    #[test]
    fn amounts_are_shown_by_the_assets_decimals_and_read_back() {
        let gold = Denomination {
            symbol: "GOLD".into(),
            decimals: 3,
        };
        for (amount, shown) in [(0, "0 GOLD"), (1, "0.001 GOLD"), (1_500, "1.5 GOLD"), (2_000, "2 GOLD")] {
            assert_eq!(gold.show(amount), shown);
            assert_eq!(gold.parse(shown).unwrap(), amount);
        }
        for wrong in ["", "x", "-1", "1.0001", ".5", "1 SILVER"] {
            assert!(gold.parse(wrong).is_err(), "{wrong}");
        }
        let plain = Denomination::default();
        assert_eq!(plain.show(17), "17");
        assert_eq!(plain.parse("17").unwrap(), 17);
        assert!(plain.parse("1.5").is_err());
    }
}
