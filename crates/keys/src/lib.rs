//! Keys of accounts: secret phrases, derivation, three signature schemes, and the polkadot.js key file.
//!
//! ```
//! use blocs_keys::{KeyFile, Pair, Scheme};
//!
//! let alice = Pair::from_suri(Scheme::Sr25519, "//Alice")?;
//! let signature = alice.sign(b"message");
//! assert!(signature.verify(b"message", &alice.account()));
//!
//! let file = KeyFile::seal(&alice, None, None, "alice")?;
//! assert_eq!(file.open(None)?.pair.account(), alice.account());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address;
mod key_file;
mod message;
mod pair;
mod suri;

pub use address::{AddressError, parse_address, show_address};
pub use key_file::{Batch, KeyFile, KeyFileError, Unlocked};
pub use message::{unwrap_message, verify_message, wrap_message};
pub use pair::{Pair, PublicKey, Scheme, Signature, UnknownScheme};
pub use sp_core::crypto::AccountId32;
pub use suri::{SuriError, WordCount, derivation, new_mnemonic};
