//! Signing: the transaction extensions by the names that the metadata gives them.

use super::{Dispatchable, Transaction, checkpoint, query_error};
use crate::{
    At, QueryError, Signer, SubmitError, TxOptions,
    connection::{AtBlock, Failure, Live},
    subxt_client::{Inner, key},
};
use blocs_primitives::{Balance, BlockNumber};
use codec::{Compact, Decode, Encode};
use frame_metadata::RuntimeMetadataPrefixed;
use merkleized_metadata::{ExtraInfo, generate_metadata_digest};
use scale_info::{PortableRegistry, TypeDef};
use subxt::utils::{AccountId32, Era, H256, MultiAddress};

/// A payload longer than this is signed by its hash.
const LONGEST_PAYLOAD: usize = 256;
/// Version 4, signed.
const SIGNED: u8 = 0b1000_0100;
/// Version of the metadata that the hash is made from.
const HASHED_METADATA: u32 = 15;

/// What a signature covers beside the call.
pub(super) struct Extensions {
    pub(super) nonce: u32,
    pub(super) tip: Balance,
    /// For how many blocks it is valid, from this block on.
    pub(super) lifetime: u32,
    pub(super) birth: (BlockNumber, H256),
    /// The metadata's hash, when the signer wants it checked.
    pub(super) metadata_hash: Option<[u8; 32]>,
}

impl Extensions {
    /// The value of an extension in the transaction, and what only the signature covers.
    fn parts(&self, name: &str, at: &AtBlock) -> Option<(Vec<u8>, Vec<u8>)> {
        let nothing = Vec::new;
        Some(match name {
            "CheckSpecVersion" => (nothing(), at.spec_version().encode()),
            "CheckTxVersion" => (nothing(), at.transaction_version().encode()),
            "CheckGenesis" => (nothing(), at.genesis_hash()?.encode()),
            "CheckMortality" | "CheckEra" => {
                let era = Era::mortal(self.lifetime.into(), self.birth.0.into());
                (era.encode(), self.birth.1.encode())
            }
            "CheckNonce" => (Compact(self.nonce).encode(), nothing()),
            "ChargeTransactionPayment" => (Compact(self.tip).encode(), nothing()),
            "CheckMetadataHash" => (
                u8::from(self.metadata_hash.is_some()).encode(),
                self.metadata_hash.encode(),
            ),
            _ => return None,
        })
    }
}

/// Whether values of this type take no bytes.
fn is_nothing(types: &PortableRegistry, ty: u32) -> bool {
    match types.resolve(ty).map(|ty| &ty.type_def) {
        Some(TypeDef::Composite(composite)) => composite.fields.iter().all(|field| is_nothing(types, field.ty.id)),
        Some(TypeDef::Tuple(tuple)) => tuple.fields.iter().all(|field| is_nothing(types, field.id)),
        _ => false,
    }
}

/// The bytes of the signed transaction.
pub(super) fn signed(at: &AtBlock, signer: &Signer, call: &[u8], extensions: &Extensions) -> Result<Vec<u8>, Failure> {
    let metadata = at.metadata_ref();
    let known = metadata.extrinsic().transaction_extensions_by_version(0);
    let known = known.ok_or_else(|| Failure::shape("the runtime names no transaction extensions"))?;
    let mut values = Vec::new();
    let mut implicit = Vec::new();
    for extension in known {
        match extensions.parts(extension.identifier(), at) {
            Some((value, covered)) => {
                values.extend(value);
                implicit.extend(covered);
            }
            None if is_nothing(metadata.types(), extension.extra_ty())
                && is_nothing(metadata.types(), extension.additional_ty()) => {}
            None => {
                return Err(Failure::Shape(format!(
                    "the transaction extension {} is unknown here",
                    extension.identifier()
                )));
            }
        }
    }
    let mut payload = [call, &values, &implicit].concat();
    if payload.len() > LONGEST_PAYLOAD {
        payload = sp_crypto_hashing::blake2_256(&payload).to_vec();
    }
    let address: MultiAddress<AccountId32, ()> = MultiAddress::Id(AccountId32(key(&signer.account())));
    // The signature of the trait of subxt, which names its scheme.
    let signature = subxt::tx::Signer::sign(signer, &payload);
    let mut body = vec![SIGNED];
    address.encode_to(&mut body);
    signature.encode_to(&mut body);
    body.extend(values);
    body.extend_from_slice(call);
    Ok(body.encode())
}

/// Blocks for which a transaction is valid, as they can be encoded.
pub(super) fn lifetime(options: &TxOptions) -> u32 {
    options.mortal_blocks.clamp(4, 65_536).next_power_of_two()
}

/// Weight, fee and length of the runtime's answer about a transaction.
pub(super) async fn payment(live: &Live, at: &AtBlock, bytes: &[u8]) -> Result<(u64, Balance), Failure> {
    let length = u32::try_from(bytes.len()).map_err(Failure::shape)?;
    let params = [bytes, &length.encode()].concat();
    let answer = live
        .methods
        .state_call("TransactionPaymentApi_query_info", Some(&params), Some(at.block_hash()))
        .await?;
    let (ref_time, _, _, fee) =
        <(Compact<u64>, Compact<u64>, u8, Balance)>::decode(&mut answer.as_slice()).map_err(Failure::shape)?;
    Ok((ref_time.0, fee))
}

impl Inner {
    pub(super) async fn sign(
        &self,
        signer: &Signer,
        call: &dyn Dispatchable,
        nonce: u32,
        options: &TxOptions,
    ) -> Result<Transaction, QueryError> {
        self.read("what a transaction needs", move |live| async move {
            let lifetime = lifetime(options);
            let birth = checkpoint(&live, lifetime).await?;
            let at = live.at(At::Best).await?;
            let extensions = Extensions {
                nonce,
                tip: options.tip,
                lifetime,
                birth,
                metadata_hash: match options.metadata_hash {
                    true => Some(self.metadata_hash(&live, &at).await?),
                    false => None,
                },
            };
            let bytes = signed(&at, signer, &call.encode(&at)?, &extensions)?;
            let sender = Some((signer.account(), nonce));
            Ok(Transaction::new(bytes, birth.0, lifetime, sender).for_version(at.spec_version()))
        })
        .await
    }

    /// The fee of the call, as if it were sent now.
    pub(crate) async fn estimate_fee(&self, signer: &Signer, call: &dyn Dispatchable) -> Result<Balance, SubmitError> {
        let fee = self.read("the fee", move |live| async move {
            let at = live.at(At::Best).await?;
            let options = TxOptions::default();
            let extensions = Extensions {
                nonce: 0,
                tip: 0,
                lifetime: lifetime(&options),
                birth: (
                    u32::try_from(at.block_number()).map_err(Failure::shape)?,
                    at.block_hash(),
                ),
                metadata_hash: None,
            };
            let bytes = signed(&at, signer, &call.encode(&at)?, &extensions)?;
            Ok(payment(&live, &at, &bytes).await?.1)
        });
        fee.await.map_err(|e| query_error(call, e))
    }

    /// The hash that `CheckMetadataHash` compares: RFC 78.
    pub(super) async fn metadata_hash(&self, live: &Live, at: &AtBlock) -> Result<[u8; 32], Failure> {
        let block = Some(at.block_hash());
        let answer = live
            .methods
            .state_call("Metadata_metadata_at_version", Some(&HASHED_METADATA.encode()), block)
            .await?;
        let metadata = Option::<Vec<u8>>::decode(&mut answer.as_slice())
            .map_err(Failure::shape)?
            .ok_or_else(|| Failure::Shape(format!("the runtime has no metadata of version {HASHED_METADATA}")))?;
        let metadata = RuntimeMetadataPrefixed::decode(&mut metadata.as_slice()).map_err(Failure::shape)?;
        let version = live.methods.state_get_runtime_version(block).await?;
        let spec_name = version.other.get("specName").and_then(|name| name.as_str());
        let properties = self.properties();
        let info = ExtraInfo {
            spec_version: at.spec_version(),
            spec_name: spec_name
                .ok_or_else(|| Failure::shape("the runtime has no name"))?
                .to_owned(),
            base58_prefix: properties.ss58_prefix,
            decimals: properties.token_decimals,
            token_symbol: properties.token_symbol.clone(),
        };
        let digest = generate_metadata_digest(&metadata.1, info).map_err(Failure::Shape)?;
        Ok(digest.hash())
    }
}
