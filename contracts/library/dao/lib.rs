//! Members, or holders of a token, decide on calls; what passes is made in the name of the DAO.
//!
//! A DAO is one of two kinds for ever. **Of members**: each has a weight, which only the DAO itself changes. **Of a
//! token** (`fungible-token`, or one that has its `transfer` and `transfer_from` and moves exactly what they say): a holder
//! locks units in the DAO and votes with them. They stay locked until the last vote that they took part in is over, so no
//! unit votes twice. Weight counts only for proposals that are made in a later block than it was gained in; who locks more
//! sits out the votes that are open then, with all units.
//!
//! **The token must revert when it does not move exactly what was asked**, as `fungible-token` does: the DAO cannot see what a
//! token answers, and counts what it asked for. With a token that keeps a fee, or says `false` and goes on, weight is made
//! from nothing.
//!
//! Rules under which nobody could propose or decide anything are refused, and members who would make the rules such. In a DAO
//! of members `quorum` is at most the sum of the weights, and `proposal_threshold` at most their average, rounded up: then
//! there is a member who reaches it, whoever that is. A DAO of a token cannot check this: who holds how much is the token's. Periods are at most [`MAX_PERIOD`] blocks.
//!
//! A proposal is one call: contract, value, selector with arguments; an empty input pays `value` to an account. Voting is
//! open for `voting_period` blocks. It passes with more weight for it than against it, if both together reach the quorum.
//! Then anyone executes it, once, within `execution_window` blocks. If the callee refuses, nothing is changed and it can
//! be tried again in that time. Proposals keep the rules under which they were made.
//!
//! The DAO changes its own rules and members by proposals whose callee is the DAO. It cannot call the token that votes in
//! it: the units that it holds are its voters'. A DAO that shall own a treasury of its own token owns a timelock.
//!
//! # Storage (stable)
//!
//! The root cell: `token`, which never changes, so that a call of the DAO to itself cannot be overwritten. Cells of their
//! own: `rules`, `total` (sum of weights), `members` (how many have a weight, in a DAO of members), `next_id`, `weights`
//! (account → `Weight`, absent for zero), `locked_until` (account → block), `proposals` (id → `Proposal`), `calls` (id → [`parts::Call`], until executed or cancelled),
//! `votes` ((id, account) → for or against).
//!
//! # Events (stable)
//!
//! `Proposed`, `Voted`, `Executed`, `Cancelled`, `WeightChanged`, `RulesChanged`.

#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![warn(missing_docs)]

pub use self::dao::{Dao, DaoRef};
pub use types::{Error, Proposal, Result, Rules, State, Status, Weight, MAX_PERIOD};

mod types;

/// The contract.
#[ink::contract]
mod dao {
    use crate::types::{Error, Proposal, Result, Rules, State, Status, Weight};
    use ink::{
        prelude::vec::Vec,
        scale::Encode,
        storage::{Lazy, Mapping},
    };
    use parts::{invoke, Call, MAX_INPUT};

    /// The most members that the constructor takes; more come by proposals.
    pub const MAX_MEMBERS: usize = 64;

    /// The DAO.
    #[ink(storage)]
    pub struct Dao {
        token: Option<AccountId>,
        rules: Lazy<Rules>,
        total: Lazy<Balance>,
        members: Lazy<u32>,
        next_id: Lazy<u32>,
        weights: Mapping<AccountId, Weight>,
        locked_until: Mapping<AccountId, BlockNumber>,
        proposals: Mapping<u32, Proposal>,
        calls: Mapping<u32, Call>,
        votes: Mapping<(u32, AccountId), bool>,
    }

    /// A proposal was made.
    #[ink(event)]
    pub struct Proposed {
        /// Its number.
        #[ink(topic)]
        pub id: u32,
        /// Who made it.
        #[ink(topic)]
        pub proposer: AccountId,
        /// Who is to be called.
        #[ink(topic)]
        pub callee: AccountId,
        /// What goes with the call, in planck.
        pub value: Balance,
        /// Selector and arguments.
        pub input: Vec<u8>,
        /// Hash of the text that gives the reasons.
        pub description: Hash,
        /// The last block in which it can be voted on.
        pub end: BlockNumber,
    }

    /// Somebody voted.
    #[ink(event)]
    pub struct Voted {
        /// The proposal.
        #[ink(topic)]
        pub id: u32,
        /// Who.
        #[ink(topic)]
        pub voter: AccountId,
        /// For it, or against it.
        pub approve: bool,
        /// With which weight.
        pub weight: Balance,
    }

    /// A proposal's call was made.
    #[ink(event)]
    pub struct Executed {
        /// The proposal.
        #[ink(topic)]
        pub id: u32,
        /// Who executed it.
        #[ink(topic)]
        pub by: AccountId,
    }

    /// A proposal was taken back.
    #[ink(event)]
    pub struct Cancelled {
        /// The proposal.
        #[ink(topic)]
        pub id: u32,
    }

    /// An account votes with another weight.
    #[ink(event)]
    pub struct WeightChanged {
        /// The account.
        #[ink(topic)]
        pub account: AccountId,
        /// Its weight now.
        pub weight: Balance,
    }

    /// Proposals from now on follow other rules.
    #[ink(event)]
    pub struct RulesChanged {
        /// The rules now.
        pub rules: Rules,
    }

    impl Dao {
        /// A DAO of members with weights.
        #[ink(constructor)]
        pub fn with_members(members: Vec<(AccountId, Balance)>, rules: Rules) -> Result<Self> {
            if members.len() > MAX_MEMBERS {
                return Err(Error::TooManyMembers);
            }
            let mut dao = Self::empty(None);
            for (account, weight) in members {
                if weight == 0 || dao.weights.contains(account) {
                    return Err(Error::BadMember);
                }
                dao.change_weight(account, Weight { weight, since: 0 })?;
            }
            dao.do_set_rules(rules)?;
            Ok(dao)
        }

        /// A DAO of those who lock units of `token`.
        #[ink(constructor)]
        pub fn with_token(token: AccountId, rules: Rules) -> Result<Self> {
            let mut dao = Self::empty(Some(token));
            dao.do_set_rules(rules)?;
            Ok(dao)
        }

        /// The token whose units vote, none in a DAO of members.
        #[ink(message)]
        pub fn token(&self) -> Option<AccountId> {
            self.token
        }

        /// The rules for new proposals.
        #[ink(message)]
        pub fn rules(&self) -> Rules {
            self.rules.get_or_default()
        }

        /// The weight with which `account` votes.
        #[ink(message)]
        pub fn weight_of(&self, account: AccountId) -> Balance {
            self.weights.get(account).unwrap_or_default().weight
        }

        /// The sum of all weights.
        #[ink(message)]
        pub fn total_weight(&self) -> Balance {
            self.total.get_or_default()
        }

        /// The last block of the votes that `account` took part in; its units stay locked that long.
        #[ink(message)]
        pub fn locked_until(&self, account: AccountId) -> Option<BlockNumber> {
            self.locked_until.get(account)
        }

        /// A proposal.
        #[ink(message)]
        pub fn proposal(&self, id: u32) -> Option<Proposal> {
            self.proposals.get(id)
        }

        /// The call of a proposal that was neither executed nor cancelled.
        #[ink(message)]
        pub fn proposed_call(&self, id: u32) -> Option<Call> {
            self.calls.get(id)
        }

        /// Where a proposal stands.
        #[ink(message)]
        pub fn state(&self, id: u32) -> Option<State> {
            Some(self.proposals.get(id)?.state(self.env().block_number()))
        }

        /// How `account` voted.
        #[ink(message)]
        pub fn vote_of(&self, id: u32, account: AccountId) -> Option<bool> {
            self.votes.get((id, account))
        }

        /// Proposes a call and says its number. Only who has the weight that the rules ask for.
        #[ink(message)]
        pub fn propose(&mut self, callee: AccountId, value: Balance, input: Vec<u8>, description: Hash) -> Result<u32> {
            let proposer = self.env().caller();
            let rules = self.rules();
            let weight = self.weight_of(proposer);
            if weight == 0 || weight < rules.proposal_threshold {
                return Err(Error::NotEnoughWeight);
            }
            if self.token == Some(callee) {
                return Err(Error::TokenOfVoters);
            }
            if input.len() > MAX_INPUT {
                return Err(Error::InputTooLong);
            }
            let id = self.next_id.get_or_default();
            self.next_id.set(&id.checked_add(1).ok_or(Error::Overflow)?);
            let proposal = Proposal::new(proposer, self.env().block_number(), &rules)?;
            self.proposals.insert(id, &proposal);
            let call = Call { callee, value, input };
            self.calls.insert(id, &call);
            let (input, end) = (call.input, proposal.end);
            self.env().emit_event(Proposed {
                id,
                proposer,
                callee,
                value,
                input,
                description,
                end,
            });
            Ok(id)
        }

        /// Votes for a proposal or against it, with all the caller's weight, once.
        #[ink(message)]
        pub fn vote(&mut self, id: u32, approve: bool) -> Result<()> {
            let voter = self.env().caller();
            let mut proposal = self.in_state(id, State::Voting)?;
            if self.votes.contains((id, voter)) {
                return Err(Error::AlreadyVoted);
            }
            let Weight { weight, since } = self.weights.get(voter).ok_or(Error::NotEnoughWeight)?;
            if since > proposal.start {
                return Err(Error::TooNew);
            }
            let side = if approve { &mut proposal.yes } else { &mut proposal.no };
            *side = side.checked_add(weight).ok_or(Error::Overflow)?;
            self.votes.insert((id, voter), &approve);
            if self.token.is_some() {
                let until = self.locked_until.get(voter).unwrap_or_default().max(proposal.end);
                self.locked_until.insert(voter, &until);
            }
            self.proposals.insert(id, &proposal);
            self.env().emit_event(Voted {
                id,
                voter,
                approve,
                weight,
            });
            Ok(())
        }

        /// Makes the call of a proposal that passed. Anyone, once.
        #[ink(message)]
        pub fn execute(&mut self, id: u32) -> Result<()> {
            let call = self.take_passed(id)?;
            invoke(&call).map_err(Error::Call)
        }

        /// Takes a proposal back while it is voted on. Only its proposer.
        #[ink(message)]
        pub fn cancel(&mut self, id: u32) -> Result<()> {
            let mut proposal = self.in_state(id, State::Voting)?;
            if proposal.proposer != self.env().caller() {
                return Err(Error::NotProposer);
            }
            proposal.status = Status::Cancelled;
            self.proposals.insert(id, &proposal);
            self.calls.remove(id);
            self.env().emit_event(Cancelled { id });
            Ok(())
        }

        /// Locks units of the token, which the caller allowed the DAO to move. In a DAO of a token, and not by the DAO: what it
        /// holds are its voters' units.
        ///
        /// The caller votes, with all its units, only on proposals of later blocks: who looks at a vote first and then locks
        /// cannot turn it in its last block and be gone in the next.
        #[ink(message)]
        pub fn lock(&mut self, amount: Balance) -> Result<()> {
            let account = self.env().caller();
            let token = self.credit(account, amount)?;
            let to = self.env().account_id();
            self.call_token(
                token,
                (ink::selector_bytes!("transfer_from"), account, to, amount).encode(),
            )
        }

        /// Gives units back, when no vote that the caller took part in is open. In a DAO of a token.
        #[ink(message)]
        pub fn unlock(&mut self, amount: Balance) -> Result<()> {
            let account = self.env().caller();
            let token = self.debit(account, amount)?;
            self.call_token(token, (ink::selector_bytes!("transfer"), account, amount).encode())
        }

        /// Gives `account` a weight; zero removes it. Only the DAO itself, in a DAO of members.
        ///
        /// Who gains weight votes only on proposals that come later: weight that moved does not count twice.
        #[ink(message)]
        pub fn set_member(&mut self, account: AccountId, weight: Balance) -> Result<()> {
            self.ensure_self()?;
            if self.token.is_some() {
                return Err(Error::WrongKind);
            }
            let old = self.weights.get(account).unwrap_or_default();
            let since = if weight > old.weight {
                self.next_block()?
            } else {
                old.since
            };
            self.change_weight(account, Weight { weight, since })?;
            self.ensure_reachable(&self.rules())
        }

        /// Changes the rules for new proposals. Only the DAO itself.
        #[ink(message)]
        pub fn set_rules(&mut self, rules: Rules) -> Result<()> {
            self.ensure_self()?;
            self.do_set_rules(rules)
        }

        fn empty(token: Option<AccountId>) -> Self {
            Self {
                token,
                rules: Lazy::default(),
                total: Lazy::default(),
                members: Lazy::default(),
                next_id: Lazy::default(),
                weights: Mapping::default(),
                locked_until: Mapping::default(),
                proposals: Mapping::default(),
                calls: Mapping::default(),
                votes: Mapping::default(),
            }
        }

        fn ensure_self(&self) -> Result<()> {
            if self.env().caller() == self.env().account_id() {
                Ok(())
            } else {
                Err(Error::NotSelf)
            }
        }

        /// Whoever gains weight votes on proposals from this block on.
        fn next_block(&self) -> Result<BlockNumber> {
            self.env().block_number().checked_add(1).ok_or(Error::Overflow)
        }

        fn in_state(&self, id: u32, state: State) -> Result<Proposal> {
            let proposal = self.proposals.get(id).ok_or(Error::NoSuchProposal)?;
            let found = proposal.state(self.env().block_number());
            if found == state {
                Ok(proposal)
            } else {
                Err(Error::WrongState(found))
            }
        }

        /// All of `execute` but the call: marks it as made before it is made.
        pub(crate) fn take_passed(&mut self, id: u32) -> Result<Call> {
            let mut proposal = self.in_state(id, State::Passed)?;
            let call = self.calls.take(id).ok_or(Error::NoSuchProposal)?;
            proposal.status = Status::Executed;
            self.proposals.insert(id, &proposal);
            self.env().emit_event(Executed {
                id,
                by: self.env().caller(),
            });
            Ok(call)
        }

        /// All of `lock` but the transfer.
        pub(crate) fn credit(&mut self, account: AccountId, amount: Balance) -> Result<AccountId> {
            let token = self.token.ok_or(Error::WrongKind)?;
            if account == self.env().account_id() {
                return Err(Error::TokenOfVoters);
            }
            let weight = self.weight_of(account).checked_add(amount).ok_or(Error::Overflow)?;
            let since = self.next_block()?;
            self.change_weight(account, Weight { weight, since })?;
            Ok(token)
        }

        /// All of `unlock` but the transfer.
        pub(crate) fn debit(&mut self, account: AccountId, amount: Balance) -> Result<AccountId> {
            let token = self.token.ok_or(Error::WrongKind)?;
            if self
                .locked_until
                .get(account)
                .is_some_and(|until| self.env().block_number() <= until)
            {
                return Err(Error::Locked);
            }
            let Weight { weight, since } = self.weights.get(account).unwrap_or_default();
            let weight = weight.checked_sub(amount).ok_or(Error::NotEnoughWeight)?;
            self.locked_until.remove(account);
            self.change_weight(account, Weight { weight, since })?;
            Ok(token)
        }

        fn call_token(&self, token: AccountId, input: Vec<u8>) -> Result<()> {
            invoke(&Call {
                callee: token,
                value: 0,
                input,
            })
            .map_err(Error::Token)
        }

        fn change_weight(&mut self, account: AccountId, weight: Weight) -> Result<()> {
            let old = self.weight_of(account);
            let others = self.total_weight().checked_sub(old).ok_or(Error::Overflow)?;
            self.total
                .set(&others.checked_add(weight.weight).ok_or(Error::Overflow)?);
            if self.token.is_none() {
                let members = self.members.get_or_default();
                let members = match (old, weight.weight) {
                    (0, 1..) => members.checked_add(1),
                    (1.., 0) => members.checked_sub(1),
                    _ => Some(members),
                };
                self.members.set(&members.ok_or(Error::Overflow)?);
            }
            if weight.weight == 0 {
                self.weights.remove(account);
            } else {
                self.weights.insert(account, &weight);
            }
            self.env().emit_event(WeightChanged {
                account,
                weight: weight.weight,
            });
            Ok(())
        }

        fn do_set_rules(&mut self, rules: Rules) -> Result<()> {
            rules.ensure_usable()?;
            self.ensure_reachable(&rules)?;
            self.rules.set(&rules);
            self.env().emit_event(RulesChanged { rules });
            Ok(())
        }

        /// Members that together miss the quorum, or none of whom may propose, could never decide on anything again.
        ///
        /// There is no list of members to find the largest weight in, but some member has at least the average.
        fn ensure_reachable(&self, rules: &Rules) -> Result<()> {
            if self.token.is_some() {
                return Ok(());
            }
            let total = self.total_weight();
            let average = match self.members.get_or_default() {
                0 => 0,
                members => total.div_ceil(members.into()),
            };
            if rules.quorum > total || rules.proposal_threshold > average {
                return Err(Error::BadRules);
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests;
