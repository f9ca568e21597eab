//! Headers as a node's RPC shows them.

use anyhow::{Context, Result};
use codec::{Compact, Decode, Encode};
use serde_json::Value;

/// Hash of a block.
pub type Hash = [u8; 32];

/// Number of the digest item that BABE's author writes, among the kinds of digest items.
const PRE_RUNTIME: u8 = 6;
const BABE: [u8; 4] = *b"BABE";

/// What the network test reads of a block's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its hash.
    pub hash: Hash,
    /// Hash of the block before it.
    pub parent: Hash,
    /// Its height.
    pub number: u64,
    /// BABE's slot, counted from 1970; `None` for the first block.
    pub slot: Option<u64>,
    /// Place of the author among the authorities of its epoch.
    pub author: Option<u32>,
}

impl Block {
    /// Reads a header as JSON: `{"parentHash", "number", "stateRoot", "extrinsicsRoot", "digest": {"logs": […]}}`.
    pub fn read(header: &Value) -> Result<Self> {
        let text = |name: &str| {
            let value = header.get(name).and_then(Value::as_str);
            value.with_context(|| format!("a header without {name}: {header}"))
        };
        let parent = hash(text("parentHash")?)?;
        let number = u64::from_str_radix(text("number")?.trim_start_matches("0x"), 16)
            .context("a height that is not hexadecimal")?;
        let logs = header.pointer("/digest/logs").and_then(Value::as_array);
        let logs = logs.with_context(|| format!("a header without a digest: {header}"))?;
        let logs: Vec<Vec<u8>> = logs
            .iter()
            .map(|log| bytes(log.as_str().context("a digest item that is not text")?))
            .collect::<Result<_>>()?;

        // SCALE: the parent, the compact height, two roots, the digest items one after the other.
        let mut encoded = parent.to_vec();
        Compact(number).encode_to(&mut encoded);
        encoded.extend(hash(text("stateRoot")?)?);
        encoded.extend(hash(text("extrinsicsRoot")?)?);
        Compact(u32::try_from(logs.len())?).encode_to(&mut encoded);
        logs.iter().for_each(|log| encoded.extend(log));

        let authored = logs.iter().find_map(|log| authored(log));
        Ok(Self {
            hash: sp_crypto_hashing::blake2_256(&encoded),
            parent,
            number,
            slot: authored.map(|(_, slot)| slot),
            author: authored.map(|(author, _)| author),
        })
    }
}

/// A hash from its hexadecimal form.
pub fn hash(text: &str) -> Result<Hash> {
    let bytes = bytes(text)?;
    Hash::try_from(bytes.as_slice()).with_context(|| format!("{text} is not 32 bytes"))
}

fn bytes(text: &str) -> Result<Vec<u8>> {
    hex::decode(text.trim_start_matches("0x")).with_context(|| format!("{text} is not hexadecimal"))
}

/// Author and slot of a digest item of BABE's: the kind of claim, `u32` author, `u64` slot, then what proves the claim.
fn authored(log: &[u8]) -> Option<(u32, u64)> {
    let mut rest = log.strip_prefix(&[PRE_RUNTIME])?.strip_prefix(&BABE)?;
    Compact::<u32>::decode(&mut rest).ok()?;
    let (_kind, author, slot) = <(u8, u32, u64)>::decode(&mut rest).ok()?;
    Some((author, slot))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
    use super::*;

    #[test]
    fn author_and_slot_are_read_from_babes_digest() {
        let claim = (3u8, 7u32, 0x1122_3344u64, [9u8; 96]).encode();
        let mut log = vec![PRE_RUNTIME];
        log.extend(BABE);
        claim.encode_to(&mut log);
        assert_eq!(authored(&log), Some((7, 0x1122_3344)));
    }

    #[test]
    fn hash_of_a_header_is_that_of_its_encoding() {
        let zeros = format!("0x{}", "00".repeat(32));
        let header = serde_json::json!({
            "parentHash": zeros, "number": "0x0", "stateRoot": zeros, "extrinsicsRoot": zeros, "digest": { "logs": [] }
        });
        let block = Block::read(&header).unwrap();
        // 32 bytes parent, one byte for the height, two roots, one byte for no digest items: all zero.
        assert_eq!(block.hash, sp_crypto_hashing::blake2_256(&[0; 98]));
        assert_eq!((block.number, block.slot), (0, None));
    }
}
