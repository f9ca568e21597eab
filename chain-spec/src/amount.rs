//! Amounts as people write them: decimal BLOC, exact to the last planck.

use blocs_runtime::{
    Balance,
    units::{BLOC, TOKEN_DECIMALS},
};
use serde::{Deserialize, Deserializer, de};
use std::fmt;

/// An amount in planck, which a file gives as decimal text: `"100000"`, `"0.5"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Amount(pub(crate) Balance);

/// Reads decimal BLOC. Nothing is rounded: a thirteenth decimal is an error.
pub(crate) fn parse(text: &str) -> Result<Amount, String> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let decimals = usize::from(TOKEN_DECIMALS);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !fraction.is_none_or(digits) {
        return Err(format!(
            "`{text}` is no amount: write decimal BLOC without sign, spaces or separators, such as \"100000\" or \"0.5\""
        ));
    }
    let fraction = fraction.unwrap_or_default();
    if fraction.len() > decimals {
        return Err(format!(
            "`{text}` has {} decimals: a BLOC has {decimals}, so give at most that many",
            fraction.len()
        ));
    }
    let too_large = |_| format!("`{text}` is more BLOC than the chain can count: give a smaller amount");
    let whole: Balance = whole.parse().map_err(|_| too_large(()))?;
    let fraction: Balance = format!("{fraction:0<decimals$}").parse().map_err(|_| too_large(()))?;
    whole
        .checked_mul(BLOC)
        .and_then(|planck| planck.checked_add(fraction))
        .map(Amount)
        .ok_or_else(|| too_large(()))
}

impl fmt::Display for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / BLOC, self.0 % BLOC);
        if rest == 0 {
            return write!(formatter, "{whole} BLOC");
        }
        let digits = format!("{rest:0>width$}", width = usize::from(TOKEN_DECIMALS));
        write!(formatter, "{whole}.{} BLOC", digits.trim_end_matches('0'))
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl de::Visitor<'_> for Text {
            type Value = Amount;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an amount of BLOC in quotes, such as \"100000\" or \"0.5\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Amount, E> {
                parse(text).map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    #[test]
    fn decimal_text_is_exact_to_the_planck() {
        for (text, planck) in [
            ("0", 0),
            ("1", BLOC),
            ("0.5", BLOC / 2),
            ("0.000000000001", 1),
            ("100000", 100_000 * BLOC),
            ("007.10", 7 * BLOC + BLOC / 10),
            // Beyond what 64 bits hold, and not a multiple of what a float could.
            ("18446744073.709551617000", 18_446_744_073_709_551_617_000),
        ] {
            assert_eq!(parse(text).unwrap().0, planck, "{text}");
        }
        assert_eq!(
            parse("340282366920938463463374607.431768211455").unwrap().0,
            Balance::MAX
        );
    }

    #[test]
    fn what_is_no_amount_is_refused_with_the_reason() {
        for text in [
            "", ".", ".5", "5.", "-1", "+1", "1e3", "1_000", "1,5", " 1", "1 BLOC", "1.2.3", "٣",
        ] {
            assert!(parse(text).unwrap_err().contains("is no amount"), "{text}");
        }
        assert!(parse("0.0000000000001").unwrap_err().contains("13 decimals"));
        for text in [
            "340282366920938463463374607.431768211456",
            "999999999999999999999999999999999999999999",
        ] {
            assert!(parse(text).unwrap_err().contains("more BLOC than"), "{text}");
        }
    }

    #[test]
    fn amounts_are_shown_as_they_are_written() {
        for text in ["0", "1", "0.5", "100000", "0.000000000001", "12.03"] {
            assert_eq!(parse(text).unwrap().to_string(), format!("{text} BLOC"));
        }
    }
}
