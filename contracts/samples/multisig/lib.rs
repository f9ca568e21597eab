//! A wallet of several owners: as many as agreed on must confirm a call before it is made. The owners change by the same way: a call of the
//! wallet to itself.

#![cfg_attr(not(feature = "std"), no_std, no_main)]

/// A wallet of several owners.
#[ink::contract]
pub mod multisig {
    use ink::{
        env::{
            call::{build_call, ExecutionInput, Selector},
            CallFlags, DefaultEnvironment,
        },
        prelude::{vec, vec::Vec},
        scale::{self, Input, Output},
        storage::{Lazy, Mapping},
    };

    /// The most owners.
    pub const MAX_OWNERS: usize = 32;

    /// Storage layout: `owners` in order and `threshold`, `next` (number of the next proposal), `proposals` (number, proposal), `confirmed`
    /// (number and owner). Each is a cell of its own: a call of the wallet to itself changes the owners while the call around it still runs,
    /// which at its end writes the root cell back as it knew it.
    #[ink(storage)]
    pub struct Multisig {
        owners: Lazy<(Vec<AccountId>, u32)>,
        next: Lazy<u32>,
        proposals: Mapping<u32, Call>,
        confirmed: Mapping<(u32, AccountId), ()>,
    }

    /// A call that is proposed.
    #[derive(Clone, Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    #[cfg_attr(feature = "std", derive(ink::storage::traits::StorageLayout))]
    pub struct Call {
        /// The contract that is called, or the account that is sent something.
        pub callee: AccountId,
        /// Selector of the message; `None` to send the value only.
        pub selector: Option<[u8; 4]>,
        /// Its arguments in SCALE.
        pub arguments: Vec<u8>,
        /// What it is sent, in planck.
        pub value: Balance,
        /// Whether the message gives a `Result`, whose `Err` is then a failure of the call.
        pub fallible: bool,
    }

    /// A call was proposed.
    #[ink(event)]
    pub struct Proposed {
        /// Its number.
        #[ink(topic)]
        proposal: u32,
        /// Who did.
        #[ink(topic)]
        by: AccountId,
    }

    /// An owner confirmed a call.
    #[ink(event)]
    pub struct Confirmed {
        /// Its number.
        #[ink(topic)]
        proposal: u32,
        /// Who did.
        #[ink(topic)]
        by: AccountId,
    }

    /// A call was made.
    #[ink(event)]
    pub struct Executed {
        /// Its number.
        #[ink(topic)]
        proposal: u32,
        /// The answer's bytes.
        answer: Vec<u8>,
    }

    /// Why the wallet does nothing.
    #[derive(Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Error {
        /// Only owners do that.
        NotOwner,
        /// Only the wallet itself does that: propose it.
        NotWallet,
        /// There is no such proposal, or no longer.
        UnknownProposal,
        /// The owner has confirmed it already, or has not.
        AlreadySo,
        /// Too few have confirmed.
        TooFew {
            /// Confirmations.
            have: u32,
            /// Confirmations that it takes.
            need: u32,
        },
        /// Owners and threshold do not fit: one to 32 owners, each once, and a threshold between one and their number.
        BadOwners,
        /// The call failed; the proposal stays.
        CallFailed,
    }

    /// Arguments that are SCALE already, and an answer that stays SCALE.
    struct Raw(Vec<u8>);

    impl scale::Encode for Raw {
        fn encode_to<T: Output + ?Sized>(&self, output: &mut T) {
            output.write(&self.0);
        }
    }

    impl scale::Decode for Raw {
        fn decode<I: Input>(input: &mut I) -> Result<Self, scale::Error> {
            let mut bytes = vec![0; input.remaining_len()?.unwrap_or_default()];
            input.read(&mut bytes)?;
            Ok(Self(bytes))
        }
    }

    impl Multisig {
        /// A wallet of these owners, of whom `threshold` must agree.
        #[ink(constructor, payable)]
        pub fn new(owners: Vec<AccountId>, threshold: u32) -> Result<Self, Error> {
            check(&owners, threshold)?;
            let mut wallet = Self {
                owners: Lazy::new(),
                next: Lazy::new(),
                proposals: Mapping::new(),
                confirmed: Mapping::new(),
            };
            wallet.owners.set(&(owners, threshold));
            Ok(wallet)
        }

        /// Proposes a call and confirms it; gives its number.
        #[ink(message)]
        pub fn propose(&mut self, call: Call) -> Result<u32, Error> {
            let by = self.owner()?;
            let proposal = self.next.get().unwrap_or_default();
            self.next.set(&proposal.checked_add(1).ok_or(Error::UnknownProposal)?);
            self.proposals.insert(proposal, &call);
            self.confirmed.insert((proposal, by), &());
            self.env().emit_event(Proposed { proposal, by });
            Ok(proposal)
        }

        /// Confirms a proposal; gives the confirmations so far.
        #[ink(message)]
        pub fn confirm(&mut self, proposal: u32) -> Result<u32, Error> {
            let by = self.owner()?;
            if !self.proposals.contains(proposal) {
                return Err(Error::UnknownProposal);
            }
            if self.confirmed.insert((proposal, by), &()).is_some() {
                return Err(Error::AlreadySo);
            }
            self.env().emit_event(Confirmed { proposal, by });
            Ok(self.confirmations(proposal))
        }

        /// Takes a confirmation back.
        #[ink(message)]
        pub fn revoke(&mut self, proposal: u32) -> Result<(), Error> {
            let by = self.owner()?;
            self.confirmed.take((proposal, by)).ok_or(Error::AlreadySo)
        }

        /// Makes the call of a proposal that enough owners have confirmed; gives the answer's bytes.
        #[ink(message)]
        pub fn execute(&mut self, proposal: u32) -> Result<Vec<u8>, Error> {
            self.owner()?;
            let call = self.proposals.get(proposal).ok_or(Error::UnknownProposal)?;
            let (have, need) = (self.confirmations(proposal), self.threshold());
            if have < need {
                return Err(Error::TooFew { have, need });
            }
            // gone before the call, and back with everything else when the call fails
            self.forget(proposal);
            let answer = self.run(call)?;
            self.env().emit_event(Executed {
                proposal,
                answer: answer.clone(),
            });
            Ok(answer)
        }

        /// Other owners and another threshold: for the wallet itself. Confirmations of those who go count no longer.
        #[ink(message)]
        pub fn change_owners(&mut self, owners: Vec<AccountId>, threshold: u32) -> Result<(), Error> {
            if self.env().caller() != self.env().account_id() {
                return Err(Error::NotWallet);
            }
            check(&owners, threshold)?;
            self.owners.set(&(owners, threshold));
            Ok(())
        }

        /// The owners.
        #[ink(message)]
        pub fn owners(&self) -> Vec<AccountId> {
            self.owners.get().unwrap_or_default().0
        }

        /// How many of them must confirm.
        #[ink(message)]
        pub fn threshold(&self) -> u32 {
            self.owners.get().unwrap_or_default().1
        }

        /// A proposal that waits.
        #[ink(message)]
        pub fn proposal(&self, proposal: u32) -> Option<Call> {
            self.proposals.get(proposal)
        }

        /// How many of today's owners have confirmed a proposal.
        #[ink(message)]
        pub fn confirmations(&self, proposal: u32) -> u32 {
            let owners = self.owners();
            let confirmed = owners
                .iter()
                .filter(|owner| self.confirmed.contains((proposal, **owner)));
            u32::try_from(confirmed.count()).unwrap_or(u32::MAX)
        }

        fn owner(&self) -> Result<AccountId, Error> {
            let caller = self.env().caller();
            match self.owners().contains(&caller) {
                true => Ok(caller),
                false => Err(Error::NotOwner),
            }
        }

        fn forget(&mut self, proposal: u32) {
            self.proposals.remove(proposal);
            for owner in self.owners() {
                self.confirmed.remove((proposal, owner));
            }
        }

        fn run(&mut self, call: Call) -> Result<Vec<u8>, Error> {
            let Some(selector) = call.selector else {
                let sent = self.env().transfer(call.callee, call.value);
                return sent.map(|()| Vec::new()).map_err(|_| Error::CallFailed);
            };
            // only a call to itself may come back in
            let flags = match call.callee == self.env().account_id() {
                true => CallFlags::ALLOW_REENTRY,
                false => CallFlags::empty(),
            };
            let input = ExecutionInput::new(Selector::new(selector)).push_arg(Raw(call.arguments));
            let answer = build_call::<DefaultEnvironment>()
                .call(call.callee)
                .transferred_value(call.value)
                .call_flags(flags)
                .exec_input(input)
                .returns::<Raw>()
                .try_invoke()
                .map_err(|_| Error::CallFailed)?
                .map_err(|_| Error::CallFailed)?;
            match call.fallible && answer.0.first() != Some(&0) {
                true => Err(Error::CallFailed),
                false => Ok(answer.0),
            }
        }
    }

    fn check(owners: &[AccountId], threshold: u32) -> Result<(), Error> {
        let each_once = owners
            .iter()
            .enumerate()
            .all(|(at, owner)| owners.iter().take(at).all(|earlier| earlier != owner));
        let enough = usize::try_from(threshold).is_ok_and(|threshold| (1..=owners.len()).contains(&threshold));
        match each_once && enough && owners.len() <= MAX_OWNERS {
            true => Ok(()),
            false => Err(Error::BadOwners),
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use ink::env::test::{self, DefaultAccounts};

        fn accounts() -> DefaultAccounts<DefaultEnvironment> {
            test::default_accounts::<DefaultEnvironment>()
        }

        fn wallet() -> Multisig {
            let DefaultAccounts {
                alice,
                bob,
                charlie,
                frank,
                ..
            } = accounts();
            test::set_callee::<DefaultEnvironment>(frank);
            Multisig::new([alice, bob, charlie].into(), 2).unwrap()
        }

        fn payment(value: Balance) -> Call {
            Call {
                callee: accounts().eve,
                selector: None,
                arguments: Vec::new(),
                value,
                fallible: false,
            }
        }

        fn by(caller: AccountId) {
            test::set_caller::<DefaultEnvironment>(caller);
        }

        #[ink::test]
        fn a_payment_takes_as_many_owners_as_agreed_on() {
            let mut wallet = wallet();
            let this = test::callee::<DefaultEnvironment>();
            test::set_account_balance::<DefaultEnvironment>(this, 9_000_000);
            test::set_account_balance::<DefaultEnvironment>(accounts().eve, 0);
            let proposal = wallet.propose(payment(3_000_000)).unwrap();
            assert_eq!(wallet.execute(proposal), Err(Error::TooFew { have: 1, need: 2 }));
            assert_eq!(wallet.confirm(proposal), Err(Error::AlreadySo));
            by(accounts().bob);
            assert_eq!(wallet.confirm(proposal), Ok(2));
            assert_eq!(wallet.execute(proposal), Ok(Vec::new()));
            assert_eq!(
                test::get_account_balance::<DefaultEnvironment>(accounts().eve),
                Ok(3_000_000)
            );
            assert_eq!(wallet.execute(proposal), Err(Error::UnknownProposal));
        }

        #[ink::test]
        fn a_confirmation_can_be_taken_back() {
            let mut wallet = wallet();
            let proposal = wallet.propose(payment(1)).unwrap();
            wallet.revoke(proposal).unwrap();
            assert_eq!(wallet.confirmations(proposal), 0);
            assert_eq!(wallet.revoke(proposal), Err(Error::AlreadySo));
        }

        #[ink::test]
        fn strangers_do_nothing_and_owners_cannot_change_the_owners() {
            let mut wallet = wallet();
            assert_eq!(
                wallet.change_owners([accounts().alice].into(), 1),
                Err(Error::NotWallet)
            );
            by(accounts().eve);
            assert_eq!(wallet.propose(payment(1)), Err(Error::NotOwner));
        }

        #[ink::test]
        fn owners_and_threshold_must_fit() {
            let DefaultAccounts { alice, bob, .. } = accounts();
            for (owners, threshold) in [
                (vec![], 0),
                (vec![alice, bob], 3),
                (vec![alice, bob], 0),
                (vec![alice, bob, alice], 2),
            ] {
                assert!(matches!(Multisig::new(owners, threshold), Err(Error::BadOwners)));
            }
        }
    }
}
