//! What voters, proposers and thieves see. Calls themselves are made in the tests of the kit.

use crate::{Dao, Error, Rules, State, MAX_PERIOD};
use ink::{
    env::{
        test::{
            default_accounts, get_account_balance, set_account_balance, set_block_number, set_callee, set_caller,
            DefaultAccounts,
        },
        DefaultEnvironment,
    },
    primitives::AccountId,
};

fn accounts() -> DefaultAccounts<DefaultEnvironment> {
    default_accounts::<DefaultEnvironment>()
}

fn by(account: AccountId) {
    set_caller::<DefaultEnvironment>(account);
}

fn at(block: u32) {
    set_block_number::<DefaultEnvironment>(block);
}

fn rules() -> Rules {
    Rules {
        voting_period: 10,
        execution_window: 5,
        quorum: 3,
        proposal_threshold: 1,
    }
}

/// Alice has 1, Bob 2, Charlie 3; the contract lives at Frank's account.
fn members() -> Dao {
    set_callee::<DefaultEnvironment>(accounts().frank);
    by(accounts().alice);
    let members = vec![(accounts().alice, 1), (accounts().bob, 2), (accounts().charlie, 3)];
    Dao::with_members(members, rules()).unwrap()
}

/// Units at Eve's account vote; Alice has locked 5 and Bob 1, a block ago.
fn holders() -> Dao {
    set_callee::<DefaultEnvironment>(accounts().frank);
    by(accounts().alice);
    let mut dao = Dao::with_token(accounts().eve, rules()).unwrap();
    dao.credit(accounts().alice, 5).unwrap();
    dao.credit(accounts().bob, 1).unwrap();
    at(1);
    dao
}

/// Alice proposes that Charlie is paid 300.
fn propose(dao: &mut Dao) -> u32 {
    by(accounts().alice);
    dao.propose(accounts().charlie, 300, vec![], [0; 32].into()).unwrap()
}

fn vote(dao: &mut Dao, voter: AccountId, id: u32, approve: bool) -> Result<(), Error> {
    by(voter);
    dao.vote(id, approve)
}

#[ink::test]
fn what_passes_is_done_once() {
    let mut dao = members();
    set_account_balance::<DefaultEnvironment>(accounts().frank, 1_000_000);
    set_account_balance::<DefaultEnvironment>(accounts().charlie, 1_000_000);
    let id = propose(&mut dao);
    vote(&mut dao, accounts().charlie, id, true).unwrap();
    vote(&mut dao, accounts().bob, id, false).unwrap();
    assert_eq!(dao.execute(id), Err(Error::WrongState(State::Voting)), "executed early");
    at(11);
    assert_eq!(dao.state(id), Some(State::Passed));
    by(accounts().django);
    dao.execute(id).unwrap();
    assert_eq!(
        get_account_balance::<DefaultEnvironment>(accounts().charlie),
        Ok(1_000_300)
    );
    assert_eq!(
        dao.execute(id),
        Err(Error::WrongState(State::Executed)),
        "executed twice"
    );
    assert_eq!(dao.proposed_call(id), None);
}

#[ink::test]
fn nobody_votes_twice_or_late_or_without_weight() {
    let mut dao = members();
    let id = propose(&mut dao);
    vote(&mut dao, accounts().bob, id, true).unwrap();
    assert_eq!(vote(&mut dao, accounts().bob, id, true), Err(Error::AlreadyVoted));
    assert_eq!(
        vote(&mut dao, accounts().bob, id, false),
        Err(Error::AlreadyVoted),
        "a vote is not changed"
    );
    assert_eq!(vote(&mut dao, accounts().django, id, true), Err(Error::NotEnoughWeight));
    assert_eq!(vote(&mut dao, accounts().bob, 7, true), Err(Error::NoSuchProposal));
    at(11);
    assert_eq!(
        vote(&mut dao, accounts().charlie, id, true),
        Err(Error::WrongState(State::Rejected))
    );
    assert_eq!(dao.proposal(id).unwrap().yes, 2);
}

#[ink::test]
fn a_tie_and_a_missed_quorum_reject() {
    let mut dao = members();
    let tie = propose(&mut dao);
    let few = propose(&mut dao);
    vote(&mut dao, accounts().alice, tie, true).unwrap();
    vote(&mut dao, accounts().bob, tie, true).unwrap();
    vote(&mut dao, accounts().charlie, tie, false).unwrap();
    vote(&mut dao, accounts().bob, few, true).unwrap();
    at(11);
    for id in [tie, few] {
        assert_eq!(dao.state(id), Some(State::Rejected));
        assert_eq!(dao.execute(id), Err(Error::WrongState(State::Rejected)));
    }
}

#[ink::test]
fn the_last_block_of_each_time_still_counts() {
    let mut dao = members();
    let id = propose(&mut dao);
    at(10);
    vote(&mut dao, accounts().charlie, id, true).unwrap();
    at(15);
    assert_eq!(dao.state(id), Some(State::Passed));
    at(16);
    assert_eq!(
        dao.execute(id),
        Err(Error::WrongState(State::Expired)),
        "nobody executed it in time"
    );
}

#[ink::test]
fn a_proposer_takes_back_only_its_own_and_only_in_time() {
    let mut dao = members();
    let id = propose(&mut dao);
    by(accounts().bob);
    assert_eq!(dao.cancel(id), Err(Error::NotProposer));
    by(accounts().alice);
    dao.cancel(id).unwrap();
    assert_eq!(dao.cancel(id), Err(Error::WrongState(State::Cancelled)));
    let id = propose(&mut dao);
    vote(&mut dao, accounts().charlie, id, true).unwrap();
    by(accounts().alice);
    at(11);
    assert_eq!(dao.cancel(id), Err(Error::WrongState(State::Passed)));
}

#[ink::test]
fn only_the_dao_changes_itself() {
    let mut dao = members();
    assert_eq!(dao.set_member(accounts().alice, 100), Err(Error::NotSelf));
    assert_eq!(dao.set_rules(rules()), Err(Error::NotSelf));
    by(accounts().frank);
    dao.set_member(accounts().alice, 100).unwrap();
    assert_eq!(dao.total_weight(), 105);
    dao.set_rules(Rules { quorum: 105, ..rules() }).unwrap();
    assert_eq!(
        dao.set_member(accounts().bob, 0),
        Err(Error::BadRules),
        "nothing could be decided any more"
    );
}

#[ink::test]
fn weight_that_moved_does_not_vote_twice() {
    let mut dao = members();
    let id = propose(&mut dao);
    vote(&mut dao, accounts().charlie, id, true).unwrap();
    by(accounts().frank);
    dao.set_member(accounts().charlie, 0).unwrap();
    dao.set_member(accounts().django, 3).unwrap();
    assert_eq!(vote(&mut dao, accounts().django, id, true), Err(Error::TooNew));
    at(1);
    let next = propose(&mut dao);
    vote(&mut dao, accounts().django, next, true).unwrap();
}

#[ink::test]
fn a_running_vote_keeps_its_quorum() {
    let mut dao = members();
    let id = propose(&mut dao);
    by(accounts().frank);
    dao.set_rules(Rules { quorum: 1, ..rules() }).unwrap();
    vote(&mut dao, accounts().bob, id, true).unwrap();
    at(11);
    assert_eq!(dao.state(id), Some(State::Rejected));
}

#[ink::test]
fn units_that_vote_stay_until_the_vote_is_over() {
    let mut dao = holders();
    let id = propose(&mut dao);
    vote(&mut dao, accounts().alice, id, true).unwrap();
    assert_eq!(
        dao.debit(accounts().alice, 5),
        Err(Error::Locked),
        "they could vote again from another account"
    );
    assert_eq!(dao.debit(accounts().bob, 2), Err(Error::NotEnoughWeight));
    dao.debit(accounts().bob, 1).unwrap();
    at(11);
    assert_eq!(dao.debit(accounts().alice, 5), Err(Error::Locked));
    at(12);
    dao.debit(accounts().alice, 5).unwrap();
    assert_eq!(
        dao.debit(accounts().alice, 1),
        Err(Error::NotEnoughWeight),
        "unlocked twice"
    );
    assert_eq!(dao.state(id), Some(State::Passed));
    assert_eq!(dao.total_weight(), 0);
}

#[ink::test]
fn units_that_are_locked_after_a_proposal_do_not_vote_on_it() {
    let mut dao = holders();
    let id = propose(&mut dao);
    // In the proposal's own block and in its last one: free again in the next, they would have risked nothing.
    dao.credit(accounts().charlie, 100).unwrap();
    at(11);
    dao.credit(accounts().django, 100).unwrap();
    dao.credit(accounts().bob, 100).unwrap();
    for late in [accounts().charlie, accounts().django, accounts().bob] {
        assert_eq!(vote(&mut dao, late, id, true), Err(Error::TooNew));
    }
    dao.debit(accounts().django, 1).unwrap();
    assert_eq!(
        vote(&mut dao, accounts().django, id, true),
        Err(Error::TooNew),
        "unlocking some made the others old"
    );
    vote(&mut dao, accounts().alice, id, true).unwrap();
    at(12);
    let next = propose(&mut dao);
    vote(&mut dao, accounts().django, next, true).unwrap();
}

#[ink::test]
fn the_units_of_the_voters_cannot_be_voted_away() {
    let mut dao = holders();
    let stolen = dao.propose(accounts().eve, 0, vec![1, 2, 3, 4], [0; 32].into());
    assert_eq!(stolen, Err(Error::TokenOfVoters));
    assert_eq!(
        dao.credit(accounts().frank, 5),
        Err(Error::TokenOfVoters),
        "the DAO would vote with units of others"
    );
    assert_eq!(dao.total_weight(), 6);
}

#[ink::test]
fn rules_under_which_no_member_can_propose_are_refused() {
    let threshold = |proposal_threshold| Rules {
        proposal_threshold,
        ..rules()
    };
    let mut dao = members();
    by(accounts().frank);
    // Together they have 6, and no one 4.
    assert_eq!(dao.set_rules(threshold(4)), Err(Error::BadRules));
    assert_eq!(dao.set_rules(threshold(3)), Err(Error::BadRules), "above the average");
    dao.set_rules(threshold(2)).unwrap();
    assert_eq!(
        dao.set_member(accounts().eve, 1),
        Ok(()),
        "the average of 7 over 4 members is still 2"
    );
    assert_eq!(dao.set_member(accounts().charlie, 0), Ok(()), "4 over 3, rounded up");
    assert_eq!(
        dao.set_member(accounts().bob, 1),
        Err(Error::BadRules),
        "nobody would have 2"
    );
}

#[ink::test]
fn founders_none_of_whom_could_propose_found_nothing() {
    let people = vec![(accounts().alice, 2), (accounts().bob, 2), (accounts().charlie, 2)];
    let high = Rules {
        proposal_threshold: 3,
        ..rules()
    };
    set_callee::<DefaultEnvironment>(accounts().frank);
    assert_eq!(Dao::with_members(people, high).err(), Some(Error::BadRules));
}

#[ink::test]
fn periods_that_lead_beyond_the_last_block_are_refused() {
    let mut dao = members();
    by(accounts().frank);
    for bad in [
        Rules {
            voting_period: MAX_PERIOD + 1,
            ..rules()
        },
        Rules {
            execution_window: u32::MAX,
            ..rules()
        },
    ] {
        assert_eq!(dao.set_rules(bad), Err(Error::BadRules));
    }
    dao.set_rules(Rules {
        voting_period: MAX_PERIOD,
        execution_window: MAX_PERIOD,
        ..rules()
    })
    .unwrap();
    at(3_000_000_000);
    propose(&mut dao);
}

#[ink::test]
fn the_two_kinds_do_not_mix() {
    let mut dao = members();
    assert_eq!(dao.lock(1), Err(Error::WrongKind));
    assert_eq!(dao.unlock(1), Err(Error::WrongKind));
    let mut dao = holders();
    by(accounts().frank);
    assert_eq!(dao.set_member(accounts().alice, 100), Err(Error::WrongKind));
}

#[ink::test]
fn who_has_too_little_weight_proposes_nothing() {
    let mut dao = members();
    by(accounts().django);
    let call = |dao: &mut Dao, input| dao.propose(accounts().eve, 0, input, [0; 32].into());
    assert_eq!(call(&mut dao, vec![]), Err(Error::NotEnoughWeight));
    by(accounts().alice);
    assert_eq!(call(&mut dao, vec![0; 2049]), Err(Error::InputTooLong));
    by(accounts().frank);
    dao.set_rules(Rules {
        proposal_threshold: 2,
        ..rules()
    })
    .unwrap();
    by(accounts().alice);
    assert_eq!(call(&mut dao, vec![]), Err(Error::NotEnoughWeight));
}

#[ink::test]
fn useless_rules_and_members_are_refused() {
    let alice = accounts().alice;
    // The off-chain environment does not undo what a failed constructor wrote: each has an account of its own.
    let mut account = 100;
    let mut made = |members, rules| {
        account += 1;
        set_callee::<DefaultEnvironment>([account; 32].into());
        Dao::with_members(members, rules).err()
    };
    for bad in [
        Rules {
            voting_period: 0,
            ..rules()
        },
        Rules {
            execution_window: 0,
            ..rules()
        },
        Rules { quorum: 0, ..rules() },
        Rules { quorum: 6, ..rules() },
        Rules {
            proposal_threshold: 6,
            ..rules()
        },
    ] {
        assert_eq!(made(vec![(alice, 5)], bad), Some(Error::BadRules));
    }
    assert_eq!(made(vec![(alice, 5), (alice, 5)], rules()), Some(Error::BadMember));
    assert_eq!(made(vec![(accounts().django, 0)], rules()), Some(Error::BadMember));
}
