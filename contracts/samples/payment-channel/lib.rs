//! Payments off the chain, settled once. The payer puts funds in and signs vouchers, each for all that is owed so far; the payee takes the last
//! one to the contract. If the payee never does, the payer gets the funds back after a time.

#![cfg_attr(not(feature = "std"), no_std, no_main)]

/// A channel from one payer to one payee.
#[ink::contract]
pub mod payment_channel {
    use ink::{env::hash::Blake2x256, prelude::vec::Vec, scale::Encode};

    /// What a voucher begins with, so that a signature for it is good for nothing else.
    pub const DOMAIN: &[u8] = b"blocs/sample/voucher/1";

    /// Storage layout: `payer`, `key` (its vouchers' key), `payee`, `paid` (what the payee has had), `patience` (in ms), `closes` (time in ms).
    #[ink(storage)]
    pub struct PaymentChannel {
        payer: AccountId,
        key: Key,
        payee: AccountId,
        paid: Balance,
        patience: Timestamp,
        closes: Option<Timestamp>,
    }

    /// The key that signs vouchers.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    #[cfg_attr(feature = "std", derive(ink::storage::traits::StorageLayout))]
    pub enum Key {
        /// Of an ordinary account.
        Sr25519([u8; 32]),
        /// As Ethereum's wallets have it, compressed.
        Ecdsa([u8; 33]),
    }

    /// A signature under a voucher: over [`DOMAIN`], the contract's address and the amount in SCALE; with an ECDSA key, over the BLAKE2 hash of
    /// these.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Signature {
        /// Of an ordinary account.
        Sr25519([u8; 64]),
        /// With the recovery id at the end.
        Ecdsa([u8; 65]),
    }

    /// The payee was paid.
    #[ink(event)]
    pub struct Paid {
        /// How much more than before.
        amount: Balance,
        /// How much in all.
        total: Balance,
    }

    /// The payer wants the rest back.
    #[ink(event)]
    pub struct Closing {
        /// From when on, in ms.
        at: Timestamp,
    }

    /// Why nothing is paid.
    #[derive(Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Error {
        /// Somebody else has to do that.
        NotYours,
        /// The signature is not the payer's, or is for another channel or amount.
        BadSignature,
        /// So much has been paid already.
        AlreadyPaid(Balance),
        /// There is not so much in the channel.
        TooLittle(Balance),
        /// The payer may take the rest at this time, in ms, and not before; `None` if it has not asked to.
        TooEarly(Option<Timestamp>),
    }

    impl PaymentChannel {
        /// A channel from the caller to `payee`, with the value that comes along. The payee has `patience` ms to settle when the payer wants the
        /// rest back.
        #[ink(constructor, payable)]
        pub fn new(payee: AccountId, key: Key, patience: Timestamp) -> Self {
            Self {
                payer: Self::env().caller(),
                key,
                payee,
                paid: 0,
                patience,
                closes: None,
            }
        }

        /// Pays what the voucher says, less what was paid before: for the payee. Gives what was paid now.
        #[ink(message)]
        pub fn settle(&mut self, total: Balance, signature: Signature) -> Result<Balance, Error> {
            if self.env().caller() != self.payee {
                return Err(Error::NotYours);
            }
            if !self.is_good(total, signature) {
                return Err(Error::BadSignature);
            }
            let amount = total.checked_sub(self.paid).filter(|more| *more > 0);
            let amount = amount.ok_or(Error::AlreadyPaid(self.paid))?;
            self.paid = total;
            let sent = self.env().transfer(self.payee, amount);
            sent.map_err(|_| Error::TooLittle(self.env().balance()))?;
            self.env().emit_event(Paid { amount, total });
            Ok(amount)
        }

        /// Pays what the voucher says and the rest to the payer, and ends the contract: for the payee.
        #[ink(message)]
        pub fn close(&mut self, total: Balance, signature: Signature) -> Result<(), Error> {
            match self.settle(total, signature) {
                Ok(_) | Err(Error::AlreadyPaid(_)) => self.env().terminate_contract(self.payer),
                Err(error) => Err(error),
            }
        }

        /// Tells the payee to settle in time: for the payer.
        #[ink(message)]
        pub fn start_closing(&mut self) -> Result<Timestamp, Error> {
            self.check_payer()?;
            let at = match self.closes {
                Some(at) => at,
                None => self.env().block_timestamp().saturating_add(self.patience),
            };
            self.closes = Some(at);
            self.env().emit_event(Closing { at });
            Ok(at)
        }

        /// Takes the rest back and ends the contract: for the payer, when the payee's time is over.
        #[ink(message)]
        pub fn reclaim(&mut self) -> Result<(), Error> {
            self.check_payer()?;
            match self.closes {
                Some(at) if at <= self.env().block_timestamp() => self.env().terminate_contract(self.payer),
                closes => Err(Error::TooEarly(closes)),
            }
        }

        /// The bytes that a voucher for this amount is signed over.
        #[ink(message)]
        pub fn voucher(&self, total: Balance) -> Vec<u8> {
            (DOMAIN, self.env().account_id(), total).encode()
        }

        /// Whether a voucher's signature is the payer's.
        #[ink(message)]
        pub fn is_good(&self, total: Balance, signature: Signature) -> bool {
            let voucher = self.voucher(total);
            match (&self.key, signature) {
                (Key::Sr25519(key), Signature::Sr25519(signature)) => {
                    self.env().sr25519_verify(&signature, &voucher, key).is_ok()
                }
                (Key::Ecdsa(key), Signature::Ecdsa(signature)) => {
                    let hash = self.env().hash_bytes::<Blake2x256>(&voucher);
                    self.env()
                        .ecdsa_recover(&signature, &hash)
                        .is_ok_and(|signer| signer == *key)
                }
                _ => false,
            }
        }

        /// What the payee has had, in planck.
        #[ink(message)]
        pub fn paid(&self) -> Balance {
            self.paid
        }

        /// What is in the channel, in planck.
        #[ink(message)]
        pub fn rest(&self) -> Balance {
            self.env().balance()
        }

        fn check_payer(&self) -> Result<(), Error> {
            match self.env().caller() == self.payer {
                true => Ok(()),
                false => Err(Error::NotYours),
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use ink::env::{test, DefaultEnvironment};

        fn channel() -> PaymentChannel {
            let accounts = test::default_accounts::<DefaultEnvironment>();
            PaymentChannel::new(accounts.bob, Key::Sr25519([0; 32]), 1_000)
        }

        #[ink::test]
        fn a_signature_of_somebody_else_pays_nothing() {
            let mut channel = channel();
            let signature = Signature::Sr25519([1; 64]);
            assert_eq!(channel.settle(5, signature.clone()), Err(Error::NotYours));
            test::set_caller::<DefaultEnvironment>(channel.payee);
            assert_eq!(channel.settle(5, signature), Err(Error::BadSignature));
            assert_eq!(channel.settle(5, Signature::Ecdsa([0; 65])), Err(Error::BadSignature));
        }

        #[ink::test]
        fn the_payer_waits_before_it_takes_the_rest() {
            let mut channel = channel();
            assert_eq!(channel.reclaim(), Err(Error::TooEarly(None)));
            test::set_block_timestamp::<DefaultEnvironment>(500);
            assert_eq!(channel.start_closing(), Ok(1_500));
            test::set_block_timestamp::<DefaultEnvironment>(1_499);
            assert_eq!(channel.start_closing(), Ok(1_500), "asking again gains nothing");
            assert_eq!(channel.reclaim(), Err(Error::TooEarly(Some(1_500))));
        }

        #[ink::test]
        fn a_voucher_names_the_channel_and_the_amount() {
            let channel = channel();
            let voucher = channel.voucher(7);
            assert_ne!(voucher, channel.voucher(8));
            let address = test::callee::<DefaultEnvironment>().encode();
            assert!(voucher.windows(32).any(|part| part == address));
        }
    }
}
