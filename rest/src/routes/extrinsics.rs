//! Extrinsics and events as answers show them.

use crate::{
    moment::Moment,
    pick,
    problem::Problem,
    state::Api,
    words::{Amount, Data},
};
use blocs_chain::{CallError, Decoded, DecodedCall, DecodedEvent, DecodedExtrinsic, PalletInfo, value};
use blocs_primitives::Hash;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A call with its arguments.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Call {
    /// Its pallet.
    #[schema(example = "Balances")]
    pallet: String,
    /// Its name.
    #[schema(example = "transfer_keep_alive")]
    call: String,
    /// Its arguments by name; calls in them have this same shape.
    args: BTreeMap<String, Data>,
    /// BLAKE2-256 hash of its encoding.
    hash: String,
}

impl Call {
    pub(crate) fn of(api: &Api, call: &DecodedCall) -> Self {
        Self {
            pallet: call.pallet.clone(),
            call: call.call.clone(),
            args: call
                .fields
                .iter()
                .map(|(name, data)| (name.clone(), api.json(data)))
                .collect(),
            hash: crate::moment::hex_hash(call.hash),
        }
    }
}

/// Why an extrinsic had no effect.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Failure {
    /// The pallet whose error it is; null for errors of the runtime as a whole.
    #[schema(required)]
    pallet: Option<String>,
    /// The error's name.
    #[schema(example = "InsufficientBalance")]
    error: String,
    /// What the runtime's documentation says of it.
    docs: String,
}

/// An extrinsic: what a block's author put in, or somebody's transaction.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ExtrinsicView {
    /// Its place in the block.
    index: u32,
    /// BLAKE2-256 hash of its bytes.
    hash: String,
    /// Its size in bytes.
    size: usize,
    /// `bare`: an inherent, or a transaction that needs no signature; `signed`; `general`: a transaction whose extensions say who may
    /// send it (version 5).
    #[schema(example = "signed")]
    kind: String,
    /// Version of the format: 4 or 5.
    version: u8,
    /// Who signed it; null when nobody did.
    signer: Data,
    /// The signature; null when there is none.
    signature: Data,
    /// The values of its transaction extensions by name: nonce, tip, mortality and more.
    extensions: BTreeMap<String, Data>,
    /// What it calls; null when its bytes cannot be understood, see `undecodable`.
    #[schema(required)]
    call: Option<Call>,
    /// Why its bytes cannot be understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    undecodable: Option<String>,
    /// Whether it took effect.
    success: bool,
    /// Why not.
    #[schema(required)]
    error: Option<Failure>,
    /// The fee that was taken, with the tip, in planck.
    #[schema(required)]
    fee: Option<Amount>,
    /// Places of its events among the block's.
    events: Vec<u32>,
}

/// Something that happened in a block.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EventView {
    /// Its place among the block's events.
    index: u32,
    /// Place of the extrinsic that caused it; null for what the block did by itself.
    #[schema(required)]
    extrinsic: Option<u32>,
    /// Its pallet.
    #[schema(example = "Balances")]
    pallet: String,
    /// Its name.
    #[schema(example = "Transfer")]
    event: String,
    /// Its fields.
    fields: Data,
}

/// One extrinsic of a block.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OneExtrinsic {
    /// The block.
    pub(crate) at: Moment,
    /// The extrinsic.
    pub(crate) extrinsic: ExtrinsicView,
    /// What it caused, in order.
    pub(crate) events: Vec<EventView>,
}

impl ExtrinsicView {
    /// An extrinsic on its own: what became of it is not known.
    pub(crate) fn of(api: &Api, index: u32, bytes: &[u8], decoded: Result<DecodedExtrinsic, CallError>) -> Self {
        let (kind, version) = format(bytes);
        let mut view = Self {
            index,
            hash: format!("0x{}", hex::encode(sp_crypto_hashing::blake2_256(bytes))),
            size: bytes.len(),
            kind: kind.to_owned(),
            version,
            signer: Data::default(),
            signature: Data::default(),
            extensions: BTreeMap::new(),
            call: None,
            undecodable: None,
            success: false,
            error: None,
            fee: None,
            events: Vec::new(),
        };
        match decoded {
            Ok(decoded) => {
                view.signer = api.json_or_null(decoded.signer.as_ref());
                view.signature = api.json_or_null(decoded.signature.as_ref());
                view.extensions = decoded
                    .extensions
                    .iter()
                    .map(|(name, data)| (name.clone(), api.json(data)))
                    .collect();
                view.call = Some(Call::of(api, &decoded.call));
            }
            Err(reason) => view.undecodable = Some(reason.to_string()),
        }
        view
    }

    pub(crate) fn event_places(&self) -> &[u32] {
        &self.events
    }
}

/// Kind and version, from the byte behind the length.
fn format(bytes: &[u8]) -> (&'static str, u8) {
    let mut rest = bytes;
    let whole = <codec::Compact<u32> as codec::Decode>::decode(&mut rest)
        .is_ok_and(|length| usize::try_from(length.0).is_ok_and(|length| length == rest.len()));
    let first = if whole { rest.first() } else { bytes.first() };
    let Some(first) = first else { return ("bare", 0) };
    let kind = match first >> 6 {
        0b00 => "bare",
        0b10 => "signed",
        _ => "general",
    };
    (kind, first & 0b0011_1111)
}

/// Events as answers show them, each with its place.
pub(crate) fn events(api: &Api, events: &[DecodedEvent]) -> Vec<EventView> {
    (0..)
        .zip(events)
        .map(|(index, event)| EventView {
            index,
            extrinsic: event.extrinsic,
            pallet: event.pallet.clone(),
            event: event.event.clone(),
            fields: api.json(&event.fields),
        })
        .collect()
}

/// Tells each extrinsic what became of it.
pub(crate) async fn outcomes(
    api: &Api,
    block: Hash,
    views: &mut [ExtrinsicView],
    events: &[DecodedEvent],
) -> Result<(), Problem> {
    let mut pallets: Option<Vec<PalletInfo>> = None;
    for (place, event) in (0u32..).zip(events) {
        let view = event
            .extrinsic
            .and_then(|index| usize::try_from(index).ok())
            .and_then(|index| views.get_mut(index));
        let Some(view) = view else { continue };
        view.events.push(place);
        match (event.pallet.as_str(), event.event.as_str()) {
            ("System", "ExtrinsicSuccess") => view.success = true,
            ("System", "ExtrinsicFailed") => {
                if pallets.is_none() {
                    pallets = Some(api.source.pallets(block).await?);
                }
                let known = pallets.as_deref().unwrap_or_default();
                view.error = Some(failure(api, pick::field(&event.fields, "dispatch_error")?, known));
            }
            ("TransactionPayment", "TransactionFeePaid") => {
                view.fee = Some(Amount(pick::amount(&event.fields, "actual_fee")?));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A dispatch error by its names.
pub(crate) fn failure(api: &Api, error: &Decoded, pallets: &[PalletInfo]) -> Failure {
    module_error(error, pallets).unwrap_or_else(|| Failure {
        pallet: None,
        error: match api.json(error).0 {
            serde_json::Value::String(name) => name,
            other => other.to_string(),
        },
        docs: String::new(),
    })
}

fn module_error(error: &Decoded, pallets: &[PalletInfo]) -> Option<Failure> {
    let (name, fields) = value::variant(error)?;
    if name != "Module" {
        return None;
    }
    // One nameless struct, or its two fields.
    let inner = match value::field(error, "index") {
        Some(_) => error,
        None => fields.values().next()?,
    };
    let pallet = u8::try_from(value::as_u128(value::field(inner, "index")?)?).ok()?;
    let code = value::as_bytes(value::field(inner, "error")?)?.first().copied()?;
    let pallet = pallets.iter().find(|known| known.index == pallet)?;
    let known = pallet.errors.iter().find(|known| known.index == code)?;
    Some(Failure {
        pallet: Some(pallet.name.clone()),
        error: known.name.clone(),
        docs: known.docs.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::format;

    #[test]
    fn kinds_are_told_by_the_first_byte() {
        assert_eq!(format(&[8, 0x84, 0]), ("signed", 4));
        assert_eq!(format(&[8, 0x05, 0]), ("bare", 5));
        assert_eq!(format(&[8, 0x45, 0]), ("general", 5));
        assert_eq!(format(&[8, 0x04, 0]), ("bare", 4));
        assert_eq!(format(&[]), ("bare", 0));
    }
}
