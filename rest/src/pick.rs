//! Parts of decoded data, with our own error where they are missing.

use crate::problem::Problem;
use blocs_chain::{Decoded, value};
use blocs_primitives::AccountId;

/// A field.
pub(crate) fn field<'a>(data: &'a Decoded, name: &str) -> Result<&'a Decoded, Problem> {
    value::field(data, name).ok_or_else(|| Problem::shape(format!("the field {name}")))
}

/// The value itself as a number.
pub(crate) fn number(data: &Decoded, what: &str) -> Result<u128, Problem> {
    value::as_u128(data).ok_or_else(|| Problem::shape(format!("the number {what}")))
}

/// A field that is a number.
pub(crate) fn amount(data: &Decoded, name: &str) -> Result<u128, Problem> {
    number(field(data, name)?, name)
}

/// A field that is a small number.
pub(crate) fn small(data: &Decoded, name: &str) -> Result<u32, Problem> {
    narrow(amount(data, name)?, name)
}

/// A number that must not be large.
pub(crate) fn narrow(number: u128, what: &str) -> Result<u32, Problem> {
    u32::try_from(number).map_err(|_| Problem::shape(format!("the number {what}")))
}

/// The value itself as an account.
pub(crate) fn account(data: &Decoded, what: &str) -> Result<AccountId, Problem> {
    value::as_account(data).ok_or_else(|| Problem::shape(format!("the account {what}")))
}

/// The value itself as a list of accounts.
pub(crate) fn accounts(data: Option<&Decoded>, what: &str) -> Result<Vec<AccountId>, Problem> {
    let items = data.map(value::items).unwrap_or_default();
    items.into_iter().map(|item| account(item, what)).collect()
}

/// Bytes in hexadecimal digits.
pub(crate) fn hex_of(data: &Decoded) -> Option<String> {
    value::as_bytes(data).map(|bytes| format!("0x{}", hex::encode(bytes)))
}

/// The value of an option, or of a field that is one.
pub(crate) fn option<'a>(data: &'a Decoded, name: &str) -> Result<Option<&'a Decoded>, Problem> {
    Ok(value::some(field(data, name)?))
}

/// The nth of a tuple's or list's values.
pub(crate) fn nth<'a>(data: &'a Decoded, index: usize, what: &str) -> Result<&'a Decoded, Problem> {
    value::items(data)
        .get(index)
        .copied()
        .ok_or_else(|| Problem::shape(what.to_owned()))
}

/// `RejectedByVote` as `rejected_by_vote`.
pub(crate) fn snake(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    for (place, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() && place > 0 {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

/// The first key of an entry.
pub(crate) fn first<'a>(keys: &'a [Decoded], what: &str) -> Result<&'a Decoded, Problem> {
    keys.first().ok_or_else(|| Problem::shape(format!("the key {what}")))
}
