//! Making calls and taking them apart, with nothing but metadata.

use super::{
    CallError, DecodedCall, DecodedExtrinsic, RawCall, arguments::arguments, decode::Decoder, encode::Encoder, names,
};
use crate::{
    ChainProperties,
    value::{Decoded, Value},
};
use blocs_primitives::Hash;
use codec::{Compact, Decode};
use scale_info::{Variant as VariantType, form::PortableForm};
use scale_value::{Composite, ValueDef, Variant};
use subxt::{
    ext::frame_decode::extrinsics::ExtrinsicTypeInfo,
    metadata::{Metadata, PalletMetadata},
};

/// The calls of one runtime.
#[derive(Clone, Copy)]
pub(super) struct Calls<'a> {
    metadata: &'a Metadata,
    properties: &'a ChainProperties,
}

impl<'a> Calls<'a> {
    pub(super) fn new(metadata: &'a Metadata, properties: &'a ChainProperties) -> Self {
        Self { metadata, properties }
    }

    fn ty(&self) -> u32 {
        self.metadata.outer_enums().call_enum_ty()
    }

    fn decoder(&self, bytes: usize) -> Decoder<'a> {
        Decoder::new(self.metadata.types(), self.ty(), bytes)
    }

    pub(super) fn written(&self, path: &str, args: &[String]) -> Result<RawCall, CallError> {
        let (pallet, call) = names::split_path(path).ok_or_else(|| CallError::Unknown {
            what: "call".to_owned(),
            name: path.to_owned(),
            hint: ": write pallet.call, as in system.remark".to_owned(),
        })?;
        let (pallet, call) = names::call(self.metadata, pallet, call)?;
        let name = format!("{}.{}", pallet.name(), call.name);
        let encoder = Encoder::new(self.metadata, self.properties);
        let mut bytes = vec![pallet.call_index(), call.index];
        arguments(&encoder, &call.fields, args, &mut bytes).map_err(|fault| CallError::Argument {
            call: name,
            argument: fault.argument,
            reason: fault.reason,
        })?;
        self.made(pallet, call, bytes)
    }

    pub(super) fn built(&self, pallet: &str, call: &str, fields: Vec<(&str, Value)>) -> Result<RawCall, CallError> {
        let (pallet, call) = names::call(self.metadata, pallet, call)?;
        let mut bytes = vec![pallet.call_index(), call.index];
        let values = if fields.is_empty() {
            Composite::Unnamed(Vec::new())
        } else {
            Composite::named(fields)
        };
        Encoder::new(self.metadata, self.properties)
            .fields(&values, &call.fields, &mut bytes, 0)
            .map_err(|reason| CallError::Argument {
                call: format!("{}.{}", pallet.name(), call.name),
                argument: "its arguments".to_owned(),
                reason,
            })?;
        self.made(pallet, call, bytes)
    }

    /// What was made must be what the chain will read.
    fn made(
        &self,
        pallet: PalletMetadata<'_>,
        call: &VariantType<PortableForm>,
        bytes: Vec<u8>,
    ) -> Result<RawCall, CallError> {
        self.whole(&bytes)?;
        Ok(RawCall {
            pallet: pallet.name().to_owned(),
            call: call.name.clone(),
            bytes,
        })
    }

    fn whole(&self, bytes: &[u8]) -> Result<Decoded, CallError> {
        if bytes.len() < 2 {
            return Err(CallError::Undecodable {
                reason: format!("{} bytes are too few for a call", bytes.len()),
            });
        }
        self.decoder(bytes.len())
            .whole(bytes, self.ty())
            .map_err(|reason| CallError::Undecodable { reason })
    }

    pub(super) fn encoded(&self, bytes: &[u8]) -> Result<RawCall, CallError> {
        let (pallet, call, _) = parts(self.whole(bytes)?)?;
        Ok(RawCall {
            pallet,
            call,
            bytes: bytes.to_vec(),
        })
    }

    pub(super) fn decode(&self, bytes: &[u8]) -> Result<DecodedCall, CallError> {
        let (pallet, call, fields) = parts(self.whole(bytes)?)?;
        Ok(DecodedCall {
            pallet,
            call,
            fields,
            hash: Hash::from(sp_crypto_hashing::blake2_256(bytes)),
            properties: self.properties.clone(),
        })
    }

    /// Version 4 signed, version 5 general, and bare ones of both; with or without their length in front.
    pub(super) fn extrinsic(&self, bytes: &[u8]) -> Result<DecodedExtrinsic, CallError> {
        self.try_extrinsic(bytes)
            .map_err(|reason| CallError::Undecodable { reason })
    }

    fn try_extrinsic(&self, bytes: &[u8]) -> Result<DecodedExtrinsic, String> {
        const SIGNED: u8 = 0b1000_0100;
        const GENERAL: u8 = 0b0100_0101;
        let mut rest = bytes;
        let length = Compact::<u32>::decode(&mut rest).map(|length| usize::try_from(length.0).unwrap_or(usize::MAX));
        if length != Ok(rest.len()) {
            return Err("its first bytes are not its length".to_owned());
        }
        let (&version, after) = rest.split_first().ok_or("it is empty")?;
        let mut rest = after;
        let mut decoder = self.decoder(bytes.len());
        let (mut signer, mut signature, mut extensions) = (None, None, Vec::new());
        let extension_version = match version {
            4 | 5 => None,
            SIGNED => {
                let info = self.metadata.extrinsic_signature_info().map_err(|e| e.to_string())?;
                signer = Some(decoder.value(&mut rest, info.address_id)?);
                signature = Some(decoder.value(&mut rest, info.signature_id)?);
                Some(0)
            }
            GENERAL => {
                let (&version, after) = rest.split_first().ok_or("it ends too early")?;
                rest = after;
                Some(version)
            }
            other => return Err(format!("{other} is no version of an extrinsic that is known here")),
        };
        if let Some(version) = extension_version {
            let known = self.metadata.extrinsic().transaction_extensions_by_version(version);
            for extension in known.ok_or_else(|| format!("there are no transaction extensions of version {version}"))? {
                let value = decoder.value(&mut rest, extension.extra_ty())?;
                extensions.push((extension.identifier().to_owned(), value));
            }
        }
        let call = self.decode(rest).map_err(|error| match error {
            CallError::Undecodable { reason } => reason,
            other => other.to_string(),
        })?;
        Ok(DecodedExtrinsic {
            hash: Hash::from(sp_crypto_hashing::blake2_256(bytes)),
            signer,
            signature,
            extensions,
            call,
        })
    }
}

/// Pallet, call and arguments.
pub(crate) type Parts = (String, String, Vec<(String, Decoded)>);

/// The parts of a decoded call.
pub(crate) fn parts(value: Decoded) -> Result<Parts, CallError> {
    let odd = || CallError::Undecodable {
        reason: "it is no call of a pallet".to_owned(),
    };
    let ValueDef::Variant(Variant { name: pallet, values }) = value.value else {
        return Err(odd());
    };
    let inner = values.into_values().next().ok_or_else(odd)?;
    let ValueDef::Variant(Variant { name: call, values }) = inner.value else {
        return Err(odd());
    };
    let fields = match values {
        Composite::Named(fields) => fields,
        Composite::Unnamed(fields) => fields
            .into_iter()
            .enumerate()
            .map(|(index, value)| (index.to_string(), value))
            .collect(),
    };
    Ok((pallet, call, fields))
}
