//! Public keys as people write them, and those whose secret everybody knows.

use blocs_runtime::units::SS58_PREFIX;
use serde::{Deserialize, Deserializer, de};
use sp_core::{
    Pair as _,
    crypto::{AccountId32, DEV_PHRASE, Ss58Codec as _},
    ed25519, sr25519,
};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use std::{collections::BTreeMap, fmt, sync::LazyLock};

/// A public key of 32 bytes, of an account or of a session: `"5…"` (SS58) or `"0x…"` (hexadecimal).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PublicKey(pub(crate) [u8; 32]);

impl PublicKey {
    /// Whether an sr25519 signature can be made for it at all: three of four ed25519 keys or mistyped ones are none.
    pub(crate) fn is_sr25519(&self) -> bool {
        schnorrkel::PublicKey::from_bytes(&self.0).is_ok()
    }

    /// The well-known secret that it belongs to, if any.
    pub(crate) fn well_known(&self) -> Option<&'static str> {
        well_known_key(&self.0)
    }
}

/// Reads a key.
pub(crate) fn parse(text: &str) -> Result<PublicKey, String> {
    if let Some(digits) = text.strip_prefix("0x") {
        let mut key = [0; 32];
        hex::decode_to_slice(digits, &mut key)
            .map_err(|_| format!("`{text}` is no public key: after 0x it needs exactly 64 hexadecimal digits"))?;
        return Ok(PublicKey(key));
    }
    let (account, format) = AccountId32::from_ss58check_with_version(text).map_err(|_| {
        format!("`{text}` is neither an SS58 address (its checksum would tell a typing error) nor 0x and 64 hexadecimal digits: copy it again")
    })?;
    if u16::from(format) != SS58_PREFIX {
        return Err(format!(
            "`{text}` is an address of another network (SS58 prefix {}): give it with prefix {SS58_PREFIX}, it begins with 5; or as 0x and hexadecimal",
            u16::from(format)
        ));
    }
    Ok(PublicKey(account.into()))
}

impl fmt::Display for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = AccountId32::from(self.0).to_ss58check_with_version(SS58_PREFIX.into());
        formatter.write_str(&address)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl de::Visitor<'_> for Text {
            type Value = PublicKey;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a public key in quotes: an SS58 address, or 0x and 64 hexadecimal digits")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<PublicKey, E> {
                parse(text).map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// Name of the owner of a public key that everybody can sign for: Alice to Ferdie, One, Two, their `//stash` derivations, and the development
/// phrase itself, in sr25519 and ed25519.
pub fn well_known_key(key: &[u8; 32]) -> Option<&'static str> {
    WELL_KNOWN.get(key).map(String::as_str)
}

/// All keys that [`well_known_key`] knows.
pub fn well_known_keys() -> impl Iterator<Item = (&'static [u8; 32], &'static str)> {
    WELL_KNOWN.iter().map(|(key, secret)| (key, secret.as_str()))
}

static WELL_KNOWN: LazyLock<BTreeMap<[u8; 32], String>> = LazyLock::new(|| {
    let mut known = BTreeMap::new();
    known.extend(Sr25519Keyring::iter().map(|key| (key.public().0, format!("{key:?} (sr25519)"))));
    known.extend(Ed25519Keyring::iter().map(|key| (key.public().0, format!("{key:?} (ed25519)"))));
    let phrase = (DEV_PHRASE.to_owned(), "the development phrase".to_owned());
    let stashes = ["One", "Two"].map(|name| (format!("//{name}//stash"), format!("//{name}//stash")));
    for (secret, name) in std::iter::once(phrase).chain(stashes) {
        if let Ok(pair) = sr25519::Pair::from_string(&secret, None) {
            known.insert(pair.public().0, format!("{name} (sr25519)"));
        }
        if let Ok(pair) = ed25519::Pair::from_string(&secret, None) {
            known.insert(pair.public().0, format!("{name} (ed25519)"));
        }
    }
    known
});

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    const ALICE_HEX: &str = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";

    #[test]
    fn address_and_hexadecimal_are_the_same_key() {
        assert_eq!(parse(ALICE).unwrap(), parse(ALICE_HEX).unwrap());
        assert_eq!(parse(ALICE_HEX).unwrap().to_string(), ALICE);
    }

    #[test]
    fn mistyped_keys_and_those_of_other_networks_are_refused() {
        let mistyped = ALICE.replace("Fz9", "Fz8");
        assert!(parse(&mistyped).unwrap_err().contains("checksum"));
        assert!(parse(&ALICE_HEX[..60]).unwrap_err().contains("64 hexadecimal digits"));
        assert!(
            parse(&ALICE_HEX.replace('d', "g"))
                .unwrap_err()
                .contains("64 hexadecimal digits")
        );
        // Alice on Polkadot.
        let elsewhere = parse("15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5").unwrap_err();
        assert!(elsewhere.contains("SS58 prefix 0"), "{elsewhere}");
        assert!(parse("").is_err());
    }

    #[test]
    fn keys_of_the_development_phrase_are_well_known() {
        for secret in [
            "//Alice",
            "//Bob",
            "//Charlie",
            "//Dave",
            "//Eve",
            "//Ferdie",
            "//Alice//stash",
            "//Ferdie//stash",
            "//One",
            "//Two",
            "//One//stash",
            DEV_PHRASE,
        ] {
            let sr25519 = sr25519::Pair::from_string(secret, None).unwrap().public().0;
            let ed25519 = ed25519::Pair::from_string(secret, None).unwrap().public().0;
            assert!(well_known_key(&sr25519).is_some(), "{secret}");
            assert!(well_known_key(&ed25519).is_some(), "{secret}");
        }
        assert_eq!(well_known_key(&[7; 32]), None);
        assert_eq!(well_known_keys().count(), 34);
    }
}
