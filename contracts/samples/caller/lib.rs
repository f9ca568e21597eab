//! Calls another contract: by its type, by its bytes, with limits and value; and makes one from code that is on the chain.

#![cfg_attr(not(feature = "std"), no_std, no_main)]

/// Works a counter from outside.
#[ink::contract]
pub mod caller {
    use counter::{CounterRef, Error as CounterError};
    use ink::{
        env::{
            call::{build_call, ExecutionInput, Selector},
            DefaultEnvironment,
        },
        prelude::vec::Vec,
        ToAccountId,
    };

    /// Storage layout: `counter` (address of the counter), `made` (counters made here).
    #[ink(storage)]
    pub struct Caller {
        counter: CounterRef,
        made: Vec<AccountId>,
    }

    /// Why a call came to nothing.
    #[derive(Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Error {
        /// The counter itself says no.
        Counter(CounterError),
        /// There is no contract, it trapped, or a limit was too low.
        Failed,
        /// What was called is a contract, but knows no such message.
        NotACounter,
    }

    impl From<CounterError> for Error {
        fn from(error: CounterError) -> Self {
            Self::Counter(error)
        }
    }

    impl Caller {
        /// Calls the counter at this address.
        #[ink(constructor)]
        pub fn new(counter: AccountId) -> Self {
            Self {
                counter: ink::env::call::FromAccountId::from_account_id(counter),
                made: Vec::new(),
            }
        }

        /// Makes a counter of its own from uploaded code.
        #[ink(constructor)]
        pub fn with_own(code: Hash, limit: u32) -> Self {
            let counter = CounterRef::new(limit)
                .code_hash(code)
                .endowment(0)
                .salt_bytes([0u8; 4])
                .instantiate();
            let made = [counter.to_account_id()].into();
            Self { counter, made }
        }

        /// Adds through the counter's type; its refusal is passed on.
        #[ink(message)]
        pub fn add(&mut self, by: u32) -> Result<u32, Error> {
            Ok(self.counter.add(by)?)
        }

        /// Adds twice; when the second is refused, the first is undone with it.
        #[ink(message)]
        pub fn add_twice(&mut self, by: u32) -> Result<u32, Error> {
            self.counter.add(by)?;
            self.add(by)
        }

        /// The number, asked by the bytes of the message, of whatever is at an address.
        #[ink(message)]
        pub fn ask(&self, address: AccountId) -> Result<u32, Error> {
            build_call::<DefaultEnvironment>()
                .call(address)
                .exec_input(ExecutionInput::new(Selector::new(ink::selector_bytes!("get"))))
                .returns::<u32>()
                .try_invoke()
                .map_err(|_| Error::Failed)?
                .map_err(|_| Error::NotACounter)
        }

        /// Adds with no more than this much computation.
        #[ink(message)]
        pub fn add_within(&mut self, by: u32, ref_time: u64, proof_size: u64) -> Result<u32, Error> {
            let answer = build_call::<DefaultEnvironment>()
                .call(self.counter.to_account_id())
                .ref_time_limit(ref_time)
                .proof_size_limit(proof_size)
                .exec_input(ExecutionInput::new(Selector::new(ink::selector_bytes!("add"))).push_arg(by))
                .returns::<Result<u32, CounterError>>()
                .try_invoke()
                .map_err(|_| Error::Failed)?
                .map_err(|_| Error::NotACounter)?;
            Ok(answer?)
        }

        /// Passes on the value that comes with the call; gives what the counter saw of it.
        #[ink(message, payable)]
        pub fn pay_on(&mut self) -> Result<Balance, Error> {
            build_call::<DefaultEnvironment>()
                .call(self.counter.to_account_id())
                .transferred_value(self.env().transferred_value())
                .exec_input(ExecutionInput::new(Selector::new(ink::selector_bytes!("pay"))))
                .returns::<Balance>()
                .try_invoke()
                .map_err(|_| Error::Failed)?
                .map_err(|_| Error::NotACounter)
        }

        /// Makes another counter and calls that one from now on. Its constructor's refusal is passed on.
        #[ink(message)]
        pub fn make(&mut self, code: Hash, limit: u32) -> Result<AccountId, Error> {
            let salt = u32::try_from(self.made.len()).unwrap_or(u32::MAX).to_le_bytes();
            self.counter = CounterRef::checked(limit)
                .code_hash(code)
                .endowment(0)
                .salt_bytes(salt)
                .try_instantiate()
                .map_err(|_| Error::Failed)?
                .map_err(|_| Error::NotACounter)??;
            let address = self.counter.to_account_id();
            self.made.push(address);
            Ok(address)
        }

        /// Address of the counter.
        #[ink(message)]
        pub fn counter(&self) -> AccountId {
            self.counter.to_account_id()
        }

        /// The counters that were made here.
        #[ink(message)]
        pub fn made(&self) -> Vec<AccountId> {
            self.made.clone()
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[ink::test]
        fn knows_whom_it_calls() {
            let counter = AccountId::from([7; 32]);
            let caller = Caller::new(counter);
            assert_eq!(caller.counter(), counter);
            assert_eq!(caller.made(), []);
        }
    }
}
