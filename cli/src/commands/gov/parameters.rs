//! Changes of the storage market's parameters, by name.

use super::desk::{Desk, usage};
use crate::{
    commands::stake::percent,
    exit::{Status, error},
};
use anyhow::Context as _;
use blocs_chain::{ChainClient, Decoded, RawCall, Value, value};

const MARKET: &str = "StorageMarket";

/// The call that makes these changes, `missSlash=1%`, and each change in words.
///
/// A single one leaves all other values as they are when it takes effect; several are set together with all other present values, so that
/// they are checked together.
pub(super) async fn change(desk: &Desk, changes: &[String]) -> anyhow::Result<(RawCall, Vec<String>)> {
    let chain = &desk.assembly.chain;
    let present = chain.read(desk.assembly.at, MARKET, "Params", Vec::new()).await?;
    let present = present.context("the market's parameters cannot be read: is the node of this release?")?;
    let names: Vec<String> = match value::to_json(&present, chain.properties()) {
        serde_json::Value::Object(fields) => fields.into_iter().map(|(name, _)| name).collect(),
        _ => Vec::new(),
    };
    let mut wanted = Vec::new();
    for change in changes {
        wanted.push(split(change, &names)?);
    }
    let call = match wanted.as_slice() {
        [(name, text)] => {
            let parameter = Value::unnamed_variant(camel(name), [Value::string(text.clone())]);
            let fields = vec![("parameter", parameter)];
            chain.call_from_values(MARKET, "set_parameter", fields).await
        }
        _ => {
            let fields = names.iter().map(|name| {
                let new = wanted.iter().find(|(changed, _)| changed == name);
                let value = match new {
                    Some((_, text)) => Value::string(text.clone()),
                    None => value::field(&present, name)
                        .cloned()
                        .map_or_else(|| Value::u128(0), value::plain),
                };
                (name.clone(), value)
            });
            let params = Value::named_composite(fields);
            chain
                .call_from_values(MARKET, "set_params", vec![("params", params)])
                .await
        }
    };
    let call = call.map_err(usage)?;
    let decoded = chain.decode_call(&call.bytes).await?;
    let shown = wanted.iter().map(|(name, text)| {
        let show = |value: &Decoded| match value::as_u128(value).and_then(|parts| u32::try_from(parts).ok()) {
            Some(parts) if text.ends_with('%') => percent(parts),
            _ => value::to_text(value, chain.properties()),
        };
        let old = value::field(&present, name).map(show).unwrap_or_default();
        let argument = decoded.fields.first().map(|(_, argument)| argument);
        let new = argument.and_then(|argument| match value::field(argument, name) {
            Some(of_all) => Some(of_all),
            None => value::items(argument).into_iter().next(),
        });
        let new = new.map_or_else(|| text.clone(), show);
        format!("{name}: {old} -> {new}")
    });
    Ok((call, shown.collect()))
}

fn loose(name: &str) -> String {
    name.replace(['_', '-'], "").to_lowercase()
}

/// `name=value` with the market's own name.
fn split(change: &str, names: &[String]) -> anyhow::Result<(String, String)> {
    let Some((name, text)) = change.split_once('=') else {
        let message = format!("{change:?} is no change of a parameter: write missSlash=1%");
        return Err(error(Status::Usage, message));
    };
    let known = names.iter().find(|known| loose(known) == loose(name.trim()));
    let known = known.ok_or_else(|| {
        error(
            Status::Usage,
            format!("the market has no parameter {name:?}: it has {}", names.join(", ")),
        )
    })?;
    Ok((known.clone(), text.trim().to_owned()))
}

/// `MissSlash` of `miss_slash`.
fn camel(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    name.split('_').map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_named_in_any_case() {
        let names = ["miss_slash".to_owned(), "min_bond".to_owned()];
        for text in ["missSlash=1%", "miss_slash = 1%", "MISS-SLASH=1%"] {
            assert_eq!(
                split(text, &names).ok(),
                Some(("miss_slash".to_owned(), "1%".to_owned())),
                "{text}"
            );
        }
        let unknown = split("slash=1%", &names).map_err(|error| error.to_string());
        assert!(unknown.is_err_and(|text| text.contains("miss_slash, min_bond")));
        assert!(split("missSlash", &names).is_err());
        assert_eq!(camel("bond_per_gib"), "BondPerGib");
    }
}
