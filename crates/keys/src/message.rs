//! Messages that accounts sign outside the chain.

use crate::{Scheme, Signature};
use sp_core::crypto::AccountId32;

const OPEN: &[u8] = b"<Bytes>";
const CLOSE: &[u8] = b"</Bytes>";

/// The message between `<Bytes>` and `</Bytes>`, as wallets sign it, so that it is never a transaction. One that is wrapped
/// already stays as it is.
pub fn wrap_message(message: &[u8]) -> Vec<u8> {
    if unwrap_message(message).is_some() {
        return message.to_vec();
    }
    [OPEN, message, CLOSE].concat()
}

/// What is between `<Bytes>` and `</Bytes>`, when the message is wrapped.
pub fn unwrap_message(message: &[u8]) -> Option<&[u8]> {
    message.strip_prefix(OPEN)?.strip_suffix(CLOSE)
}

/// The scheme with which the account has signed the message: as it is, wrapped, or without its wrapping. `None` when it has not.
pub fn verify_message(message: &[u8], signature: &[u8], account: &AccountId32) -> Option<Scheme> {
    let wrapped = wrap_message(message);
    let bare = unwrap_message(message).unwrap_or(message);
    let readings = Signature::readings(signature);
    let signed = readings.into_iter().find(|signature| {
        [message, &wrapped, bare]
            .into_iter()
            .any(|message| signature.verify(message, account))
    });
    signed.map(|signature| signature.scheme())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use crate::Pair;

    #[test]
    fn a_signed_message_verifies_however_it_is_wrapped() {
        for scheme in Scheme::ALL {
            let pair = Pair::from_suri(scheme, "//Alice").unwrap();
            let wrapped = wrap_message(b"hello");
            assert_eq!(wrapped, b"<Bytes>hello</Bytes>");
            assert_eq!(wrap_message(&wrapped), wrapped);
            for signed in [&b"hello"[..], &wrapped] {
                let signature = pair.sign(signed).encode();
                for asked in [&b"hello"[..], &wrapped] {
                    assert_eq!(verify_message(asked, &signature, &pair.account()), Some(scheme));
                }
                assert_eq!(verify_message(b"hullo", &signature, &pair.account()), None);
                assert_eq!(verify_message(b"hello", b"short", &pair.account()), None);
            }
        }
    }
}
