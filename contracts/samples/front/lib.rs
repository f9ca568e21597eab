//! Keeps storage and funds at one address and lets other code work on them: a delegate call. The code stays on the chain as long as it is in use.

#![cfg_attr(not(feature = "std"), no_std, no_main)]

/// Forwards to the code of `tally`, or to what replaces it.
#[ink::contract]
pub mod front {
    use ink::{
        env::{
            call::{build_call, ExecutionInput, Selector},
            CallFlags, DefaultEnvironment,
        },
        storage::{traits::ManualKey, Lazy, Mapping},
    };

    /// Storage layout: `total` in the root cell and `shares` under the key `0x7a11`, as the code knows them; `code` under `0xc0de` and `admin`
    /// under `0xad`, which it does not know.
    #[ink(storage)]
    pub struct Front {
        total: u64,
        shares: Mapping<AccountId, u64, ManualKey<0x7a11>>,
        code: Lazy<Hash, ManualKey<0xc0de>>,
        admin: Lazy<AccountId, ManualKey<0xad>>,
    }

    /// Why it refuses.
    #[derive(Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Error {
        /// Only whoever deployed it switches the code.
        NotAdmin,
        /// The code is not on the chain, or it failed.
        Failed,
    }

    impl Front {
        /// Runs the code of this hash, which must be uploaded. Its deposit is locked with it.
        #[ink(constructor)]
        pub fn new(code: Hash) -> Self {
            let mut front = Self {
                total: 0,
                shares: Mapping::default(),
                code: Lazy::default(),
                admin: Lazy::default(),
            };
            front.env().lock_delegate_dependency(&code);
            front.code.set(&code);
            let admin = front.env().caller();
            front.admin.set(&admin);
            front
        }

        /// Lets the code add: it writes the storage of this contract, and its answer is this contract's. What it cannot run traps.
        #[ink(message)]
        pub fn add(&mut self, amount: u64) -> u64 {
            build_call::<DefaultEnvironment>()
                .delegate(self.code())
                // the code answers in this contract's place, which therefore does not write its own view of the storage over the code's
                .call_flags(CallFlags::TAIL_CALL)
                .exec_input(ExecutionInput::new(Selector::new(ink::selector_bytes!("add"))).push_arg(amount))
                .returns::<u64>()
                .invoke()
        }

        /// Asks the code for the total, and goes on with its answer.
        #[ink(message)]
        pub fn ask_total(&self) -> Result<u64, Error> {
            build_call::<DefaultEnvironment>()
                .delegate(self.code())
                .exec_input(ExecutionInput::new(Selector::new(ink::selector_bytes!("total"))))
                .returns::<u64>()
                .try_invoke()
                .map_err(|_| Error::Failed)?
                .map_err(|_| Error::Failed)
        }

        /// Runs other code from now on. The deposit for the old one comes free.
        #[ink(message)]
        pub fn switch(&mut self, code: Hash) -> Result<(), Error> {
            if Some(self.env().caller()) != self.admin.get() {
                return Err(Error::NotAdmin);
            }
            self.env().unlock_delegate_dependency(&self.code());
            self.env().lock_delegate_dependency(&code);
            self.code.set(&code);
            Ok(())
        }

        /// The total, read by this contract itself.
        #[ink(message)]
        pub fn total(&self) -> u64 {
            self.total
        }

        /// What an account added, read by this contract itself.
        #[ink(message)]
        pub fn share(&self, of: AccountId) -> u64 {
            self.shares.get(of).unwrap_or_default()
        }

        /// The code that works here.
        #[ink(message)]
        pub fn code(&self) -> Hash {
            self.code.get().unwrap_or_default()
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        // the off-chain environment knows no code: what it can tell is that the layout is one of cells of their own
        #[ink::test]
        fn an_empty_front_has_no_code() {
            let front = Front {
                total: 5,
                shares: Mapping::default(),
                code: Lazy::default(),
                admin: Lazy::default(),
            };
            assert_eq!(front.total(), 5);
            assert_eq!(front.code(), Hash::default());
            assert_eq!(front.share(AccountId::from([1; 32])), 0);
        }
    }
}
