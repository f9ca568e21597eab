//! Encryption of one chunk.

use crate::{
    Codec,
    keys::{ContentKey, KEY_BYTES, TAG_BYTES, open, seal},
};
use ring::aead::NONCE_LEN;

/// Version of the chunk format, authenticated with every chunk.
const FORMAT: u8 = 1;

/// The nonce of every chunk.
///
/// It may be fixed because no key ever sees two plaintexts: the key is derived from the content key, the chunk's id (a keyed hash of
/// its bytes), the codec and the codec's level. The content key is random for every deal and encrypts only inside the process that
/// drew it, so one version of Zstandard makes one output of one chunk.
const NONCE: [u8; NONCE_LEN] = [0; NONCE_LEN];

/// Name of a chunk: BLAKE3 of its bytes, keyed with a secret of the account.
pub type ChunkId = [u8; 32];

/// Encrypts the stored form of a chunk in place and returns the tag.
pub(crate) fn seal_chunk(key: &ContentKey, id: &ChunkId, codec: Codec, stored: &mut [u8]) -> [u8; TAG_BYTES] {
    let form = form(id, codec);
    seal(&key.chunk_key(&form), NONCE, &form[KEY_BYTES..], stored)
}

/// Decrypts a chunk and its tag in place; `None` when it is not what was encrypted.
pub(crate) fn open_chunk<'a>(
    key: &ContentKey,
    id: &ChunkId,
    codec: Codec,
    stored_and_tag: &'a mut [u8],
) -> Option<&'a mut [u8]> {
    let form = form(id, codec);
    open(&key.chunk_key(&form), NONCE, &form[KEY_BYTES..], stored_and_tag)
}

/// What the key is derived from; the part after the id is also authenticated.
fn form(id: &ChunkId, codec: Codec) -> [u8; KEY_BYTES + 3] {
    let mut form = [0; KEY_BYTES + 3];
    form[..KEY_BYTES].copy_from_slice(id);
    let [number, level] = codec.numbers();
    form[KEY_BYTES..].copy_from_slice(&[FORMAT, number, level]);
    form
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunk_opens_only_as_what_it_was_sealed() {
        let key = ContentKey::random();
        let mut sealed = *b"sixteen bytes ofXXXXXXXXXXXXXXXX";
        let (body, tag) = sealed.split_at_mut(16);
        tag.copy_from_slice(&seal_chunk(&key, &[1; 32], Codec::None, body));

        let opened = |key: &ContentKey, id, codec, flip: Option<usize>| {
            let mut copy = sealed;
            if let Some(at) = flip {
                copy[at] ^= 1;
            }
            open_chunk(key, id, codec, &mut copy).map(|body| body.to_vec())
        };
        assert_eq!(
            opened(&key, &[1; 32], Codec::None, None).as_deref(),
            Some(&b"sixteen bytes of"[..])
        );
        assert_eq!(opened(&key, &[2; 32], Codec::None, None), None);
        assert_eq!(opened(&key, &[1; 32], Codec::Zstd { level: 1 }, None), None);
        assert_eq!(opened(&ContentKey::random(), &[1; 32], Codec::None, None), None);
        for at in 0..sealed.len() {
            assert_eq!(opened(&key, &[1; 32], Codec::None, Some(at)), None, "byte {at}");
        }
    }
}
