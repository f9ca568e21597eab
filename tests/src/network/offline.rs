//! A signer that sees no node: what a hardware wallet sends, byte by byte.

use crate::Node;
use anyhow::{Context, Result};
use blocs_chain::RawCall;
use blocs_primitives::Hash;
use codec::{Compact, Encode};
use serde_json::json;
use sp_core::{Pair, crypto::Ss58Codec, sr25519};
use sp_version::RuntimeVersion;

/// Version 4 of the extrinsic format, signed.
const SIGNED: u8 = 0x84;
/// The account by its id, and the scheme sr25519, as variants.
const ID: u8 = 0;
const SR25519: u8 = 1;
/// A transaction that is valid forever.
const IMMORTAL: u8 = 0;
/// `CheckMetadataHash` with the hash in what is signed.
const WITH_HASH: u8 = 1;
/// What is longer is hashed before it is signed.
const LONGEST: usize = 256;

/// An account, and the chain that it sends to.
pub struct Sender {
    pair: sr25519::Pair,
    genesis: Hash,
    versions: (u32, u32),
}

impl Sender {
    /// The account of a URI.
    pub fn new(suri: &str, genesis: Hash, version: &RuntimeVersion) -> Result<Self> {
        Ok(Self {
            pair: sr25519::Pair::from_string(suri, None).with_context(|| format!("no secret follows from {suri}"))?,
            genesis,
            versions: (version.spec_version, version.transaction_version),
        })
    }

    /// Number of its next transaction, those in the node's pool included.
    pub async fn next_nonce(&self, node: &Node) -> Result<u32> {
        let address = self.pair.public().to_ss58check();
        let nonce = node.rpc("system_accountNextIndex", json!([address])).await?;
        Ok(u32::try_from(nonce.as_u64().context("no next nonce")?)?)
    }

    /// Signs a call with the hash of the metadata that it believes in, and hands it to a node's pool.
    pub async fn send(&self, node: &Node, call: &RawCall, nonce: u32, metadata_hash: [u8; 32]) -> Result<()> {
        let transaction = self.sign(call, nonce, metadata_hash);
        let hex = format!("0x{}", hex::encode(transaction));
        node.rpc("author_submitExtrinsic", json!([hex])).await?;
        Ok(())
    }

    /// The extensions in the runtime's order; those that say nothing are left out.
    fn sign(&self, call: &RawCall, nonce: u32, metadata_hash: [u8; 32]) -> Vec<u8> {
        let tip = Compact(0u128);
        let said = (IMMORTAL, Compact(nonce), tip, WITH_HASH).encode();
        // Versions, chain, the block from which it is valid, metadata: known to both sides.
        let implied = (self.versions, self.genesis, self.genesis, Some(metadata_hash)).encode();
        let mut payload = [call.bytes.as_slice(), &said, &implied].concat();
        if payload.len() > LONGEST {
            payload = sp_crypto_hashing::blake2_256(&payload).to_vec();
        }
        let signature = self.pair.sign(&payload);
        let mut body = vec![SIGNED, ID];
        body.extend_from_slice(self.pair.public().as_ref());
        body.push(SR25519);
        body.extend_from_slice(signature.as_ref());
        body.extend(said);
        body.extend_from_slice(&call.bytes);
        body.encode()
    }
}
