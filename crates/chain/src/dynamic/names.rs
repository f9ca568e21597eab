//! Finding what a name means, and what was perhaps meant.

use super::CallError;
use scale_info::{Variant, form::PortableForm};
use subxt::metadata::{Metadata, PalletMetadata};

/// A name without what people write differently: case, `_` and `-`.
fn loose(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '_' | '-'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether two names are the same but for case and underscores.
pub fn same(a: &str, b: &str) -> bool {
    a == b || loose(a) == loose(b)
}

/// `; did you mean …?`, or what there is: the end of a sentence about a name that is not known.
pub fn hint<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let wanted = loose(name);
    let mut near: Vec<(usize, &str)> = known
        .map(|known| {
            let found = loose(known);
            let apart = if wanted.len() >= 3 && (found.contains(&wanted) || wanted.contains(&found)) {
                1
            } else {
                distance(&wanted, &found)
            };
            (apart, known)
        })
        .collect();
    near.sort();
    let limit = (wanted.chars().count() / 3).max(1);
    let close: Vec<&str> = near
        .iter()
        .filter(|(apart, _)| *apart <= limit)
        .take(3)
        .map(|(_, name)| *name)
        .collect();
    if !close.is_empty() {
        return format!("; did you mean {}?", close.join(" or "));
    }
    let mut all: Vec<&str> = near.into_iter().map(|(_, name)| name).collect();
    all.sort_unstable();
    match all.as_slice() {
        [] => "; there are none".to_owned(),
        [one] => format!("; there is only {one}"),
        _ => format!("; there are {}", all.join(", ")),
    }
}

/// Letters to change, add or remove.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, other) in row.iter_mut().skip(1).zip(&b) {
            let above = *cell;
            let here = (diagonal + usize::from(letter != *other)).min(above + 1).min(left + 1);
            diagonal = above;
            left = here;
            *cell = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

/// The one of `all` with this name.
pub(super) fn find<'a, I>(
    what: &str,
    name: &str,
    all: impl Iterator<Item = I> + Clone,
    key: impl Fn(&I) -> &'a str,
) -> Result<I, CallError> {
    if let Some(found) = all.clone().find(|item| same(key(item), name)) {
        return Ok(found);
    }
    let known: Vec<&str> = all.map(|item| key(&item)).collect();
    Err(CallError::Unknown {
        what: what.to_owned(),
        name: name.to_owned(),
        hint: hint(name, known.into_iter()),
    })
}

/// The pallet of this name.
pub(super) fn pallet<'a>(metadata: &'a Metadata, name: &str) -> Result<PalletMetadata<'a>, CallError> {
    let all: Vec<PalletMetadata<'a>> = metadata.pallets().collect();
    find("pallet", name, all.into_iter(), |pallet| pallet.name())
}

/// The call of this name.
pub(super) fn call<'a>(
    metadata: &'a Metadata,
    pallet_name: &str,
    call: &str,
) -> Result<(PalletMetadata<'a>, &'a Variant<PortableForm>), CallError> {
    let pallet = pallet(metadata, pallet_name)?;
    let calls = pallet.call_variants().unwrap_or_default();
    let what = format!("call of {}", pallet.name());
    Ok((pallet, find(&what, call, calls.iter(), |call| call.name.as_str())?))
}

/// `pallet.call` in its two parts; also with `/`, `::` or a space between.
pub(super) fn split_path(path: &str) -> Option<(&str, &str)> {
    let path = path.trim();
    let at = path.find(['.', '/', ':', ' '])?;
    let (pallet, call) = path.split_at(at);
    let call = call.trim_start_matches(['.', '/', ':', ' ']);
    (!pallet.is_empty() && !call.is_empty()).then_some((pallet, call))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_in_any_case() {
        assert!(same("storageMarket", "StorageMarket") && same("setParams", "set_params"));
        assert!(!same("set_params", "set_param"));
    }

    #[test]
    fn near_names_are_suggested_and_else_all_are_listed() {
        let known = ["Balances", "System", "StorageMarket"];
        let text = |name| hint(name, known.iter().copied());
        assert_eq!(text("balance"), "; did you mean Balances?");
        assert_eq!(text("sistem"), "; did you mean System?");
        assert_eq!(text("market"), "; did you mean StorageMarket?");
        assert_eq!(text("xyz"), "; there are Balances, StorageMarket, System");
    }

    #[test]
    fn paths_have_two_parts() {
        assert_eq!(split_path("system.remark"), Some(("system", "remark")));
        assert_eq!(split_path("System::remark"), Some(("System", "remark")));
        assert_eq!(split_path("system"), None);
        assert_eq!(split_path("system."), None);
    }
}
