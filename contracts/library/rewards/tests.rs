//! What operators, accounts, funders and thieves see. After each step the pool must be able to pay.

use crate::{Error, Ledger, Pool, Rewards, OPERATOR};
use ink::{
    env::{
        test::{
            default_accounts, get_account_balance, set_account_balance, set_callee, set_caller, set_value_transferred,
            transfer_in, DefaultAccounts,
        },
        DefaultEnvironment,
    },
    primitives::AccountId,
};
use parts::{RolesError, ADMIN};

fn accounts() -> DefaultAccounts<DefaultEnvironment> {
    default_accounts::<DefaultEnvironment>()
}

fn by(account: AccountId) {
    set_caller::<DefaultEnvironment>(account);
}

fn balance(account: AccountId) -> u128 {
    get_account_balance::<DefaultEnvironment>(account).unwrap()
}

/// Alice administers, Bob operates, Charlie works; 1,000 in the pool; the contract lives at Frank's account.
fn rewards() -> Rewards {
    set_callee::<DefaultEnvironment>(accounts().frank);
    set_account_balance::<DefaultEnvironment>(accounts().frank, 1_000_000);
    set_account_balance::<DefaultEnvironment>(accounts().charlie, 1_000_000);
    by(accounts().alice);
    set_value_transferred::<DefaultEnvironment>(0);
    let mut rewards = Rewards::new(accounts().bob).unwrap();
    transfer_in::<DefaultEnvironment>(1_000);
    rewards.fund().unwrap();
    by(accounts().bob);
    rewards
}

#[ink::test]
fn a_reward_is_claimed_once() {
    let mut rewards = rewards();
    rewards.reward(accounts().charlie, 400, 0).unwrap();
    assert_eq!(
        rewards.pool(),
        Pool {
            free: 600,
            reserved: 400
        }
    );
    by(accounts().charlie);
    assert_eq!(rewards.claim(), Ok(400));
    assert_eq!(balance(accounts().charlie), 1_000_400);
    assert_eq!(rewards.pool(), Pool { free: 600, reserved: 0 });
    assert_eq!(rewards.claim(), Err(Error::NothingToClaim), "claimed twice");
}

#[ink::test]
fn nothing_is_promised_that_is_not_there() {
    let mut rewards = rewards();
    assert_eq!(rewards.reward(accounts().charlie, 1_001, 0), Err(Error::PoolTooSmall));
}

#[ink::test]
fn the_administrator_takes_no_money_that_was_promised() {
    let mut rewards = rewards();
    rewards.reward(accounts().charlie, 900, 0).unwrap();
    by(accounts().alice);
    assert_eq!(rewards.withdraw(accounts().alice, 101), Err(Error::PoolTooSmall));
    rewards.withdraw(accounts().alice, 100).unwrap();
    by(accounts().charlie);
    assert_eq!(rewards.claim(), Ok(900));
    assert_eq!(
        rewards.withdraw(accounts().charlie, 0),
        Err(Error::Roles(RolesError::MissingRole(ADMIN)))
    );
}

#[ink::test]
fn a_penalty_takes_back_what_was_not_claimed_and_the_rest_is_owed() {
    let mut rewards = rewards();
    rewards.reward(accounts().charlie, 300, 0).unwrap();
    rewards.penalise(accounts().charlie, 500, 1).unwrap();
    assert_eq!(
        rewards.ledger_of(accounts().charlie),
        Ledger {
            claimable: 0,
            debt: 200
        }
    );
    assert_eq!(
        rewards.pool(),
        Pool {
            free: 1_000,
            reserved: 0
        }
    );

    rewards.reward(accounts().charlie, 250, 2).unwrap();
    assert_eq!(rewards.ledger_of(accounts().charlie), Ledger { claimable: 50, debt: 0 });
    assert_eq!(
        rewards.pool(),
        Pool {
            free: 950,
            reserved: 50
        }
    );
}

#[ink::test]
fn an_account_cannot_claim_and_owe() {
    let mut rewards = rewards();
    rewards.penalise(accounts().charlie, 10, 0).unwrap();
    by(accounts().charlie);
    assert_eq!(rewards.claim(), Err(Error::NothingToClaim));
}

#[ink::test]
fn a_repeated_booking_is_refused() {
    let mut rewards = rewards();
    rewards.reward(accounts().charlie, 100, 0).unwrap();
    assert_eq!(rewards.reward(accounts().charlie, 100, 0), Err(Error::WrongSequence(1)));
    assert_eq!(
        rewards.penalise(accounts().charlie, 100, 2),
        Err(Error::WrongSequence(1)),
        "one is missing"
    );
    assert_eq!(rewards.next_sequence(accounts().bob), 1);
    assert_eq!(rewards.ledger_of(accounts().charlie).claimable, 100);
}

#[ink::test]
fn only_operators_book() {
    let mut rewards = rewards();
    by(accounts().alice);
    let refused = Err(Error::Roles(RolesError::MissingRole(OPERATOR)));
    assert_eq!(
        rewards.reward(accounts().alice, 1, 0),
        refused,
        "not even the administrator"
    );
    rewards.revoke_role(OPERATOR, accounts().bob).unwrap();
    by(accounts().bob);
    assert_eq!(rewards.reward(accounts().bob, 1, 0), refused);
    assert_eq!(rewards.penalise(accounts().charlie, 1, 0), refused);
    assert_eq!(
        rewards.grant_role(OPERATOR, accounts().bob),
        Err(Error::Roles(RolesError::MissingRole(ADMIN)))
    );
}

#[ink::test]
fn numbers_do_not_wrap() {
    let mut rewards = rewards();
    rewards.penalise(accounts().charlie, u128::MAX, 0).unwrap();
    assert_eq!(rewards.penalise(accounts().charlie, 1, 1), Err(Error::Overflow));
}

#[ink::test]
fn money_that_came_without_a_message_is_found() {
    let mut rewards = rewards();
    // 1,000,000 were there before the 1,000 of the pool.
    assert_eq!(rewards.recognise(), Ok(1_000_000));
    assert_eq!(rewards.recognise(), Ok(0), "found twice");
    assert_eq!(
        rewards.pool(),
        Pool {
            free: 1_001_000,
            reserved: 0
        }
    );
}
