//! The block that a key file encrypts: a header, the secret, a divider, the public key.
//!
//! The secret is, for sr25519, 64 bytes: the scalar times the cofactor, and the nonce; for ed25519 64: seed and public key; for ecdsa
//! 32. Files of versions 1 and 2 have the seed of 32 bytes for every scheme.

use crate::{Pair, Scheme};
use sp_core::sr25519;
use zeroize::Zeroizing;

const HEADER: &[u8] = &[48, 83, 2, 1, 1, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
const DIVIDER: &[u8] = &[161, 35, 3, 33, 0];

/// A key's block.
pub(super) fn encode(pair: &Pair) -> Zeroizing<Vec<u8>> {
    let public = pair.public();
    let mut block = Zeroizing::new(Vec::with_capacity(128));
    block.extend_from_slice(HEADER);
    match pair.as_sr25519() {
        Some(pair) => {
            let keypair: &schnorrkel::Keypair = pair.as_ref();
            block.extend_from_slice(Zeroizing::new(keypair.secret.to_ed25519_bytes()).as_ref());
        }
        None => {
            block.extend_from_slice(pair.root_secret().as_ref());
            if public.scheme() == Scheme::Ed25519 {
                block.extend_from_slice(public.as_bytes());
            }
        }
    }
    block.extend_from_slice(DIVIDER);
    block.extend_from_slice(public.as_bytes());
    block
}

/// What a block holds.
pub(super) struct Parts<'a> {
    secret: &'a [u8],
    public: &'a [u8],
}

/// Takes a block apart; `None` when it is none.
pub(super) fn decode(block: &[u8]) -> Option<Parts<'_>> {
    let body = block.strip_prefix(HEADER)?;
    [64, 32].into_iter().find_map(|length| {
        let (secret, rest) = body.split_at_checked(length)?;
        let public = rest.strip_prefix(DIVIDER)?;
        Some(Parts { secret, public })
    })
}

impl Parts<'_> {
    /// The pair, when it is one of this scheme and public and secret key belong together.
    pub(super) fn pair(&self, scheme: Scheme) -> Option<Pair> {
        let pair = match (scheme, self.secret.len()) {
            (Scheme::Sr25519, 64) => {
                let secret = schnorrkel::SecretKey::from_ed25519_bytes(self.secret).ok()?;
                Pair::from_sr25519(sr25519::Pair::from(secret))
            }
            (Scheme::Ed25519, 64) => Pair::from_seed(scheme, self.secret.get(..32)?)?,
            (_, 32) => Pair::from_seed(scheme, self.secret)?,
            _ => return None,
        };
        // Old files of ecdsa keys have the first 32 bytes only.
        let public = pair.public();
        let stated = self.public;
        (stated.len() >= 32 && public.as_bytes().starts_with(stated)).then_some(pair)
    }
}
