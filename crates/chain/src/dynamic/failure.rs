//! Errors of calls inside calls: the transaction succeeds, and an event says that what it carried failed.

use crate::{
    At, DecodedEvent, QueryError, SubxtChain,
    value::{Decoded, as_bytes, as_u128, field, to_text, variant},
};

impl SubxtChain {
    /// Why the call inside a multisig's approval or a proxy's call failed; `None` when it did not, or there is none.
    pub async fn inner_failure(&self, events: &[DecodedEvent]) -> Result<Option<String>, QueryError> {
        for event in events {
            let carries = matches!(
                (event.pallet.as_str(), event.event.as_str()),
                ("Multisig", "MultisigExecuted") | ("Proxy", "ProxyExecuted")
            );
            let result = field(&event.fields, "result").filter(|_| carries).and_then(variant);
            if let Some(("Err", fields)) = result {
                return match fields.values().next() {
                    Some(error) => self.dispatch_failure(error).await.map(Some),
                    None => Ok(Some("for an unknown reason".to_owned())),
                };
            }
        }
        Ok(None)
    }

    /// A `DispatchError` that the chain gave, as `Pallet::Error: what it means`.
    pub async fn dispatch_failure(&self, error: &Decoded) -> Result<String, QueryError> {
        let Some(("Module", fields)) = variant(error) else {
            return Ok(to_text(error, self.inner.properties()));
        };
        let whole = fields.values().next();
        let part = |name: &str| {
            let named = match fields {
                scale_value::Composite::Named(fields) => {
                    fields.iter().find(|(key, _)| key == name).map(|(_, value)| value)
                }
                scale_value::Composite::Unnamed(_) => None,
            };
            named.or_else(|| whole.and_then(|whole| field(whole, name)))
        };
        let pallet = part("index")
            .and_then(as_u128)
            .and_then(|index| u8::try_from(index).ok());
        let index = part("error")
            .and_then(as_bytes)
            .and_then(|bytes| bytes.first().copied());
        let (Some(pallet), Some(index)) = (pallet, index) else {
            return Ok(to_text(error, self.inner.properties()));
        };
        self.inner
            .read_at("the metadata", At::Best, move |at| async move {
                let metadata = at.metadata_ref();
                let found = metadata.pallet_by_error_index(pallet);
                let named = found.and_then(|found| Some((found.name(), found.error_variant_by_index(index)?)));
                Ok(match named {
                    Some((pallet, error)) => format!("{pallet}::{}: {}", error.name, error.docs.join(" ").trim()),
                    None => format!("error {index} of pallet {pallet}"),
                })
            })
            .await
    }
}
