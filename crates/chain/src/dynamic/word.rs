//! What single words mean: numbers, amounts, shares, bytes, accounts.

use crate::ChainProperties;
use blocs_primitives::{AccountId, Balance};
use scale_info::{Type, form::PortableForm};
use sp_core::crypto::{Ss58AddressFormat, Ss58Codec};

type Result<T> = std::result::Result<T, String>;

/// `5`, `1_000`, `0x1f`.
pub(super) fn number(text: &str) -> Result<u128> {
    let digits = text.replace('_', "");
    let parsed = match digits.strip_prefix("0x") {
        Some(hex) => u128::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    parsed.map_err(|_| format!("{text:?} is no number"))
}

/// `-5` too.
pub(super) fn signed(text: &str) -> Result<i128> {
    text.replace('_', "")
        .parse()
        .map_err(|_| format!("{text:?} is no number"))
}

/// A number, or an amount with the token's symbol.
pub(super) fn amount(text: &str, properties: &ChainProperties) -> Result<Balance> {
    let lower = text.to_ascii_lowercase();
    if let Some(planck) = lower.strip_suffix("planck") {
        return number(planck.trim());
    }
    let symbol = &properties.token_symbol;
    match lower.strip_suffix(&symbol.to_ascii_lowercase()) {
        Some(tokens) => decimal(tokens.trim(), properties.token_decimals.into())
            .ok_or_else(|| format!("{text:?} is no amount: write 1.5{symbol}, or planck as a number")),
        None => number(text).map_err(|_| format!("{text:?} is no amount: write 1.5{symbol}, or planck as a number")),
    }
}

/// A decimal number times ten to the power of `places`, exactly.
fn decimal(text: &str, places: usize) -> Option<u128> {
    let text = text.replace('_', "");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > places {
        return None;
    }
    format!("{whole}{fraction:0<places$}").parse().ok()
}

/// What a share of this type counts in: a millionth, a billionth.
pub(super) fn share(ty: &Type<PortableForm>) -> Option<u128> {
    match ty.path.segments.last().map(String::as_str)? {
        "Percent" => Some(100),
        "PerU16" => Some(65_535),
        "Permill" => Some(1_000_000),
        "Perbill" => Some(1_000_000_000),
        "Perquintill" => Some(1_000_000_000_000_000_000),
        _ => None,
    }
}

/// `12.5%` in parts.
pub(super) fn percent(text: &str, parts: u128) -> Result<u128> {
    let bad = || format!("{text:?} is no share: write 12.5%, at most 100%");
    let millionths = decimal(text.trim_end_matches('%').trim(), 6).ok_or_else(bad)?;
    let scaled = millionths.checked_mul(parts).ok_or_else(bad)? / 100_000_000;
    if scaled > parts { Err(bad()) } else { Ok(scaled) }
}

/// The bytes of `0x…`.
pub(super) fn hex(text: &str) -> Result<Vec<u8>> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    hex::decode(digits).map_err(|e| format!("{text:.20?} is not bytes in hex: {e}"))
}

/// An address of this chain, or 32 bytes in hex.
pub(super) fn account(text: &str, properties: &ChainProperties) -> Result<AccountId> {
    if text.starts_with("//") {
        return Err(format!("{text} is the name of a secret: give the account's address"));
    }
    if text.starts_with("0x") {
        let bytes: [u8; 32] = hex(text)?
            .try_into()
            .map_err(|_| format!("{text} is not 32 bytes in hex"))?;
        return Ok(AccountId::new(bytes));
    }
    let (account, format) = AccountId::from_ss58check_with_version(text)
        .map_err(|_| format!("{text:?} is not an address: is it whole?"))?;
    let wanted = Ss58AddressFormat::custom(properties.ss58_prefix);
    if format != wanted {
        return Err(format!(
            "the address {text} is of another network: its prefix is {}, that of {} is {}; on this chain the same account has \
             the address {}, use that if you are sure",
            named(format),
            properties.name,
            named(wanted),
            account.to_ss58check_with_version(wanted)
        ));
    }
    Ok(account)
}

/// `0 (polkadot)`.
fn named(format: Ss58AddressFormat) -> String {
    let number = u16::from(format);
    match sp_core::crypto::Ss58AddressFormatRegistry::try_from(format) {
        Ok(network) => format!("{number} ({network})"),
        Err(_) => number.to_string(),
    }
}
